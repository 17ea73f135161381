#pragma once

#include "document/ent-doc-utf8.h"
#include "document/ent-doc.h"

G_BEGIN_DECLS

/* The primitives of the wire format and the form of one struct, shared by everything in this folder
 * that reads or writes bytes. Private to the library.
 *
 * A reader never runs past its end: after the first fault it stands at its end, returns zeros, and
 * keeps the first error message. Callers test ent_reader_failed() where it matters. */
typedef struct {
  const guint8 *start;
  const guint8 *at;
  const guint8 *end;
  const char *fault; /* static text, NULL while all is well */
  EntDocError fault_code;

  /* The client ID read last and its bytes: an update names few clients over and over. */
  guint64 client;
  guint64 client_bytes;
  guint64 client_mask;
  guint client_size; /* 0 before the first */
} EntReader;

void ent_reader_init (EntReader *reader, const guint8 *data, gsize size);
void ent_reader_fail (EntReader *reader, EntDocError code, const char *fault);
#define ent_reader_failed(reader) ((reader)->fault != NULL)

/* Sets error from the fault: "subject: fault at byte n". Always FALSE. */
gboolean ent_reader_set_error (const EntReader *reader, const char *subject, GError **error);

#define ENT_MAX_SAFE_INTEGER G_GUINT64_CONSTANT (0x1fffffffffffff)

/* Where eight bytes can be read, all bytes of a number are taken at once: what follows the last of
 * them is cut off, and the groups of seven bits are pushed together in pairs, fours and eights.
 * NULL for a number that has to be looked at byte by byte. */
static inline const guint8 *
ent_get_word_uint (const guint8 *at, guint64 *value)
{
  guint64 word = ent_load_word (at);
  guint64 ends = ~word & ENT_HIGH_BITS;

  word &= ends ^ (ends - 1);
  word = (word & 0x007f007f007f007f) | (word & 0x7f007f007f007f00) >> 1;
  word = (word & 0x00003fff00003fff) | (word & 0x3fff00003fff0000) >> 2;
  word = (word & 0x000000000fffffff) | (word & 0x0fffffff00000000) >> 4;
  if (!ends || word > ENT_MAX_SAFE_INTEGER)
    return NULL;
  *value = word;
  return at + (__builtin_ctzll (ends) + 1) / 8;
}

/* The same for lengths and clocks, most of which have up to three bytes. NULL for a number over
 * 2^32-1 as well. */
static inline const guint8 *
ent_get_word_uint32 (const guint8 *at, guint32 *value)
{
  guint32 low = at[0] | at[1] << 8 | at[2] << 16;
  guint64 word;

  if (!(low & 0x80)) {
    *value = low & 0x7f;
    return at + 1;
  }
  if (!(low & 0x8000)) {
    *value = (low & 0x7f) | (low & 0x7f00) >> 1;
    return at + 2;
  }
  if (!(low & 0x800000)) {
    *value = (low & 0x7f) | (low & 0x7f00) >> 1 | (low & 0x7f0000) >> 2;
    return at + 3;
  }
  if (!(at = ent_get_word_uint (at, &word)) || word > ENT_DOC_MAX_CLOCK)
    return NULL;
  *value = word;
  return at;
}

guint64 ent_read_long_uint (EntReader *reader);

static inline guint8
ent_read_u8 (EntReader *reader)
{
  if (reader->at < reader->end)
    return *reader->at++;
  ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "ends too early");
  return 0;
}

/* Up to 2^53-1. Most numbers have one byte. */
static inline guint64
ent_read_uint (EntReader *reader)
{
  if (reader->at < reader->end && *reader->at < 0x80)
    return *reader->at++;
  return ent_read_long_uint (reader);
}

/* The same, for numbers that are most likely the ID that was read last. */
guint64 ent_read_client (EntReader *reader);

/* A number that must not be over max; over it is TOO_LARGE. */
guint64 ent_read_uint_max (EntReader *reader, guint64 max, const char *fault);

/* Sign and magnitude; *negative_zero may be NULL. */
gint64 ent_read_int (EntReader *reader, gboolean *negative_zero);
const guint8 *ent_read_raw (EntReader *reader, gsize size);
const guint8 *ent_read_bytes (EntReader *reader, gsize *size);

/* Checked UTF-8, not ended by NUL. units and chars may be NULL. */
const char *ent_read_string (EntReader *reader, gsize *size, guint32 *units, guint32 *chars);

/* Steps over one any value, checked, at most ENT_VALUE_MAX_DEPTH deep. */
void ent_skip_any (EntReader *reader);
EntValue *ent_read_any (EntReader *reader);

/* A growing byte buffer. */
typedef struct {
  guint8 *data;
  gsize size;
  gsize allocated;
} EntWriter;

void ent_writer_init (EntWriter *writer, gsize expected);
void ent_writer_clear (EntWriter *writer);
GBytes *ent_writer_end (EntWriter *writer);
void ent_writer_grow (EntWriter *writer, gsize size);

/* Room for size more bytes; what is put there counts once writer->size is raised. */
static inline guint8 *
ent_writer_reserve (EntWriter *writer, gsize size)
{
  if (writer->allocated - writer->size < size)
    ent_writer_grow (writer, size);
  return writer->data + writer->size;
}

#define ENT_UINT_BYTES 10 /* the most one number takes */
#define ENT_CLOCK_BYTES 5 /* the most a clock or length takes */

static inline guint8 *
ent_put_uint (guint8 *at, guint64 value)
{
  while (value >= 0x80) {
    *at++ = (guint8) (value | 0x80);
    value >>= 7;
  }
  *at++ = (guint8) value;
  return at;
}

static inline void
ent_write_u8 (EntWriter *writer, guint8 byte)
{
  *ent_writer_reserve (writer, 1) = byte;
  writer->size++;
}

static inline void
ent_write_uint (EntWriter *writer, guint64 value)
{
  guint8 *at = ent_writer_reserve (writer, ENT_UINT_BYTES);

  writer->size = ent_put_uint (at, value) - writer->data;
}

void ent_write_int (EntWriter *writer, gint64 value, gboolean negative_zero);
void ent_write_raw (EntWriter *writer, const void *data, gsize size);
void ent_write_bytes (EntWriter *writer, const void *data, gsize size); /* with its length */
void ent_write_any (EntWriter *writer, const EntValue *value);

#define ENT_KIND_GC 0
#define ENT_KIND_DELETED 1
#define ENT_KIND_JSON 2
#define ENT_KIND_BINARY 3
#define ENT_KIND_STRING 4
#define ENT_KIND_EMBED 5
#define ENT_KIND_FORMAT 6
#define ENT_KIND_TYPE 7
#define ENT_KIND_ANY 8
#define ENT_KIND_DOC 9
#define ENT_KIND_SKIP 10

#define ENT_INFO_SUB 0x20
#define ENT_INFO_RIGHT 0x40
#define ENT_INFO_ORIGIN 0x80

/* One struct as it stands in an update; pointers lead into the bytes read. The members of the IDs
 * are set only when info, or has_parent_id, says that they are there. */
typedef struct {
  guint8 info;
  guint8 kind;
  guint8 type_number; /* ENT_KIND_TYPE */
  gboolean has_parent_id;
  guint64 client;
  guint32 clock;
  guint32 length;
  guint64 origin_client;
  guint64 right_client;
  guint64 parent_client;
  guint32 origin_clock;
  guint32 right_clock;
  guint32 parent_clock;
  guint32 chars; /* ENT_KIND_STRING */
  const char *root;
  gsize root_size;
  const char *sub;
  gsize sub_size;

  /* The content without counts and, for strings, bytes and embeds, without its length. For
   * ENT_KIND_TYPE the node name. */
  const char *content;
  gsize content_size;
  const guint8 *start; /* the whole struct */
  const guint8 *end;
} EntRef;

/* Reads the struct (client, clock); everything about it is checked. */
void ent_ref_read (EntReader *reader, guint64 client, guint32 clock, EntRef *ref);

/* The client and first clock of a block, and its count of structs. */
guint64 ent_read_block (EntReader *reader, guint64 *client, guint32 *clock);

/* The fields of a struct that are written before its content. */
typedef struct {
  guint8 kind;
  gboolean has_origin;
  gboolean has_right;
  gboolean has_sub;
  guint64 origin_client;
  guint64 right_client;
  guint32 origin_clock;
  guint32 right_clock;
  const char *root; /* NULL: the parent is named by ID */
  gsize root_size;
  guint64 parent_client;
  guint32 parent_clock;
  const char *sub;
  gsize sub_size;
} EntHead;

void ent_write_head (EntWriter *writer, const EntHead *head);

/* The content of length units from offset on; content is as EntRef has it. Not for GC and Skip. */
void ent_write_content (EntWriter *writer,
  guint8 kind,
  const char *content,
  gsize content_size,
  guint32 length,
  guint32 offset,
  guint8 type_number);

/* A struct read before, from offset units on, or a GC or Skip of its remaining length. */
void ent_ref_write (EntWriter *writer, const EntRef *ref, guint32 offset);

/* Bytes of the first n items of ENT_KIND_ANY or ENT_KIND_JSON content. */
gsize ent_content_offset (guint8 kind, const char *content, gsize size, guint32 n);

/* Steps over structs of the block of a client, at most n, while they are of the sort of which
 * updates are full: text, or what is left of it, behind or before something. Checks all that
 * ent_ref_read() does; leaves every other struct, what is malformed and the last bytes to that.
 * clock moves on. Gives how many were passed. */
guint64 ent_skip_plain_structs (EntReader *reader, guint64 client, guint32 *clock, guint64 n);

/* Walks a whole update. struct_func and range_func may be NULL; each struct and delete range was
 * checked before it is passed on. */
typedef void (*EntRefFunc) (const EntRef *ref, gpointer data);
typedef void (*EntRangeFunc) (guint64 client, guint32 clock, guint32 length, gpointer data);
void ent_read_ranges (EntReader *reader, EntRangeFunc func, gpointer data); /* the delete set */
gboolean ent_update_walk (const guint8 *data,
  gsize size,
  EntRefFunc struct_func,
  EntRangeFunc range_func,
  gpointer data_for_func,
  GError **error);

G_END_DECLS
