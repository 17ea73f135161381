#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Structs to JSON and back, from a table of their fields. This is the only code that touches JSON;
 * a struct that came out of ent_codec_decode() has been checked whole: types, required members,
 * sizes, ranges, UTF-8. */

#define ENT_CODEC_ERROR (ent_codec_error_quark ())
typedef enum {
  ENT_CODEC_ERROR_SYNTAX, /* not JSON, not UTF-8, NUL or half a pair of surrogates in a text, nested
                             too deeply */
  ENT_CODEC_ERROR_INVALID, /* a member has the wrong type or an impossible value */
  ENT_CODEC_ERROR_MISSING, /* a required member is absent */
  ENT_CODEC_ERROR_UNKNOWN, /* a member that the table does not name */
  ENT_CODEC_ERROR_TOO_LARGE, /* a text, a list or a number is over its limit */
} EntCodecError;
GQuark ent_codec_error_quark (void);

#define ENT_CODEC_MAX_DEPTH 16

/* C type of each kind of field:
 *   STRING   char *        max: bytes
 *   ID       char *        a UUID (see ent-id.h)
 *   INT      gint64        max: greatest value; below 0 only with ENT_SIGNED (least is then -max)
 *   BOOL     gboolean
 *   DOUBLE   double
 *   ENUM     int           index into nicks, written as that nick
 *   TIME     gint64        microseconds since 1970, written as RFC 3339 in UTC; 0 is absent
 *   BYTES    GBytes *      base64; max: decoded bytes
 *   STRINGS  char **       NULL-terminated; max: how many, each at most 64 KiB
 *   INTS     GArray *      of gint64; max: how many
 *   OBJECT   T *           described by `of`
 *   LIST     GPtrArray *   of T described by `of`, with its free function; max: how many
 */
typedef enum {
  ENT_FIELD_STRING,
  ENT_FIELD_ID,
  ENT_FIELD_INT,
  ENT_FIELD_BOOL,
  ENT_FIELD_DOUBLE,
  ENT_FIELD_ENUM,
  ENT_FIELD_TIME,
  ENT_FIELD_BYTES,
  ENT_FIELD_STRINGS,
  ENT_FIELD_INTS,
  ENT_FIELD_OBJECT,
  ENT_FIELD_LIST,
} EntFieldType;

/* An optional field may be absent or null; it is then NULL, 0 or FALSE, and is left out when
 * written so. A required one is always written (NULL lists as an empty list). */
typedef enum {
  ENT_OPTIONAL = 0,
  ENT_REQUIRED = 1 << 0,
  ENT_SIGNED = 1 << 1,
} EntFieldFlags;

typedef struct _EntStruct EntStruct;

typedef struct {
  const char *name;
  gsize offset;
  EntFieldType type;
  EntFieldFlags flags;
  gint64 max;
  const EntStruct *of; /* OBJECT and LIST */
  const char *const *nicks; /* ENUM: NULL-terminated */
} EntField;

struct _EntStruct {
  const char *name; /* for messages */
  gsize size;
  const EntField *fields;
  guint n_fields;
};

#define ENT_FIELD(Type, member, kind, flags, max) \
  { \
#member, G_STRUCT_OFFSET(Type, member), (kind), (flags), (max), NULL, NULL \
  }
#define ENT_FIELD_ENUM_OF(Type, member, flags, nicks) \
  { \
#member, G_STRUCT_OFFSET(Type, member), ENT_FIELD_ENUM, (flags), 0, NULL, (nicks) \
  }
#define ENT_FIELD_STRUCT_OF(Type, member, kind, flags, max, of) \
  { \
#member, G_STRUCT_OFFSET(Type, member), (kind), (flags), (max), (of), NULL \
  }
/* As above where the JSON name is no C name, or camelCase. */
#define ENT_FIELD_NAMED(Type, member, json_name, kind, flags, max) \
  { \
    (json_name), G_STRUCT_OFFSET (Type, member), (kind), (flags), (max), NULL, NULL \
  }

/* The member that field describes, of the struct at value. */
#define ENT_FIELD_AT(Type, value, field) (*(Type *) ((char *) (value) + (field)->offset))

/* In a header: declares prefix_struct, prefix_new(), prefix_free() and the autoptr of Type. */
#define ENT_STRUCT_DECLARE(Type, prefix) \
  extern const EntStruct prefix##_struct; \
  static inline G_GNUC_UNUSED Type *prefix##_new (void) \
  { \
    return g_new0 (Type, 1); \
  } \
  static inline void prefix##_free (Type *value) \
  { \
    ent_struct_free (&prefix##_struct, value); \
  } \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (Type, prefix##_free)

/* In the source file, after `static const EntField prefix_fields[]`. */
#define ENT_STRUCT_DEFINE(Type, prefix) \
  const EntStruct prefix##_struct = { #Type, sizeof (Type), prefix##_fields, \
    G_N_ELEMENTS (prefix##_fields) };

/* Frees a struct with all its fields; NULL is fine. */
void ent_struct_free (const EntStruct *type, gpointer value);

/* Deep copy; the caller owns it. */
gpointer ent_struct_copy (const EntStruct *type, gconstpointer value);

/* Whether members that the table does not name are passed over (sockets) or refused (HTTP). */
typedef enum {
  ENT_UNKNOWN_IGNORED,
  ENT_UNKNOWN_REFUSED,
} EntUnknown;

/* Compact JSON of the struct; the caller owns the text. Fields must be valid UTF-8. */
char *ent_codec_encode (const EntStruct *type, gconstpointer value);

/* Reads one JSON object of size bytes. Returns a new struct for ent_struct_free(), or NULL with an
 * error whose message starts with the path of the member ("slots[2].starts: ..."). */
gpointer ent_codec_decode (const EntStruct *type,
  const char *text,
  gsize size,
  EntUnknown unknown,
  GError **error);

/* The envelope of socket messages: {"t": kind, "id": n?, "re": n?, "d": object?}. type is chosen by
 * the caller from the kind: find_type returns NULL for a kind that it does not know. */
typedef const EntStruct *(*EntFindType) (const char *kind, gpointer data);

typedef struct {
  char *kind;
  gint64 id; /* 0: none */
  gint64 re; /* the id of the message that this one answers; 0: none */
  const EntStruct *type; /* NULL: the kind is unknown and d was not read */
  gpointer data; /* of that type */
} EntEnvelope;

void ent_envelope_free (EntEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntEnvelope, ent_envelope_free)

char *ent_envelope_encode (const char *kind,
  gint64 id,
  gint64 re,
  const EntStruct *type,
  gconstpointer value);
EntEnvelope *ent_envelope_decode (const char *text,
  gsize size,
  EntFindType find_type,
  gpointer data,
  GError **error);

G_END_DECLS
