#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A value that a shared map or array can hold: immutable, counted by reference, a tree.
 *
 * Numbers of JavaScript come in two kinds here: ENT_VALUE_INT for what the wire calls an integer
 * (magnitude up to 2^31-1) and ENT_VALUE_DOUBLE for every other number, negative zero included. */
typedef struct _EntValue EntValue;

typedef enum {
  ENT_VALUE_UNDEFINED,
  ENT_VALUE_NULL,
  ENT_VALUE_BOOL,
  ENT_VALUE_INT,
  ENT_VALUE_DOUBLE,
  ENT_VALUE_BIGINT,
  ENT_VALUE_STRING,
  ENT_VALUE_BYTES,
  ENT_VALUE_ARRAY,
  ENT_VALUE_OBJECT,
} EntValueKind;

/* Arrays and objects deeper than this are refused when read. */
#define ENT_VALUE_MAX_DEPTH 64

/* Simple values; caller owns them, as all new ones. O(1). */
EntValue *ent_value_new_undefined (void);
EntValue *ent_value_new_null (void);
EntValue *ent_value_new_bool (gboolean value);

/* Makes an integer, or a double when the magnitude is over 2^31-1. O(1). */
EntValue *ent_value_new_int (gint64 value);

/* Makes an integer when the number is one that the wire writes so, else a double. O(1). */
EntValue *ent_value_new_double (double value);
EntValue *ent_value_new_bigint (gint64 value);

/* Copies text, UTF-8 of length bytes (-1: up to NUL); broken UTF-8 is repaired with U+FFFD. O(n).
 */
EntValue *ent_value_new_string (const char *text, gssize length);
EntValue *ent_value_new_bytes (GBytes *bytes);

/* An empty array or object, to be filled before it is shown to anybody else. O(1). */
EntValue *ent_value_new_array (void);
EntValue *ent_value_new_object (void);

/* Appends; takes the reference. The array or object must not be shared yet. O(1). */
void ent_value_array_add (EntValue *array, EntValue *take_item);

/* Sets the last occurrence of key or appends it, keeping the order of insertion; takes the
 * reference to the item, copies the key. O(number of keys). */
void ent_value_object_set (EntValue *object, const char *key, EntValue *take_item);

/* Takes a member out of an object not shared yet; an absent key is no change. O(keys). */
void ent_value_object_remove (EntValue *object, const char *key);

/* O(1), the last unref O(all that is in it). */
EntValue *ent_value_ref (EntValue *value);
void ent_value_unref (EntValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntValue, ent_value_unref)

/* O(1). */
EntValueKind ent_value_get_kind (const EntValue *value);

/* The getters return a zero of their kind when the value is of another kind. O(1). */
gboolean ent_value_get_bool (const EntValue *value);
gint64 ent_value_get_int (const EntValue *value); /* int and bigint */
double ent_value_get_double (const EntValue *value); /* int and double */

/* Borrowed text, ended by NUL, or NULL. It may hold NUL inside: length_bytes tells. O(1). */
const char *ent_value_get_string (const EntValue *value, gsize *length_bytes);
GBytes *ent_value_get_bytes (const EntValue *value); /* borrowed, or NULL */

/* Items of an array, or members of an object; by key O(number of keys), else O(1). */
guint ent_value_get_length (const EntValue *value);
EntValue *ent_value_get_item (const EntValue *value, guint index); /* borrowed */
const char *ent_value_get_key (const EntValue *value, guint index); /* borrowed */
EntValue *ent_value_get_member (const EntValue *object, const char *key); /* borrowed or NULL */
const char *
ent_value_get_member_string (const EntValue *object, const char *key); /* borrowed or NULL */

/* Whether both print and encode the same; order of keys counts. O(n). */
gboolean ent_value_equal (const EntValue *a, const EntValue *b);

/* JSON text of a value. What JSON cannot say becomes null (undefined, NaN, infinities), a number
 * (bigint) or base64 (bytes). Caller owns the text. O(n). */
char *ent_value_to_json (const EntValue *value);

/* Reads JSON text of length bytes (-1: up to NUL), strictly, at most max_depth deep. An error says
 * at which byte. Caller owns the value. O(n). */
EntValue *ent_value_from_json (const char *json, gssize length, guint max_depth, GError **error);

G_END_DECLS
