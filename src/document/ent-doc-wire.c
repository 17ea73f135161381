#include "document/ent-doc-wire.h"

#include <string.h>

#include "document/ent-doc-json.h"

#define PLAIN_BYTES 64 /* what a plain struct takes before its text, and then some */

G_DEFINE_QUARK (ent_doc_error, ent_doc_error)

void
ent_reader_init (EntReader *reader, const guint8 *data, gsize size)
{
  /* Empty bytes may have no address. */
  if (!data)
    data = (const guint8 *) "";
  *reader = (EntReader){ .start = data, .at = data, .end = data + size };
}

void
ent_reader_fail (EntReader *reader, EntDocError code, const char *fault)
{
  if (reader->fault)
    return;
  reader->fault = fault;
  reader->fault_code = code;
  reader->end = reader->at;
}

gboolean
ent_reader_set_error (const EntReader *reader, const char *subject, GError **error)
{
  g_set_error (error, ENT_DOC_ERROR, reader->fault_code, "%s: %s at byte %" G_GSIZE_FORMAT, subject,
    reader->fault, (gsize) (reader->at - reader->start));
  return FALSE;
}

static guint64
read_bytewise (EntReader *reader)
{
  const guint8 *at = reader->at;
  const guint8 *end = reader->end;
  const char *fault = "ends too early";
  guint64 value = 0;

  for (int shift = 0; at < end; shift += 7) {
    guint8 byte = *at++;

    if (shift < 63)
      value |= (guint64) (byte & 0x7f) << shift;
    if (shift > 63 || (shift == 63 && byte & 0x7f) || value > ENT_MAX_SAFE_INTEGER) {
      fault = "a number over 2^53-1";
      break;
    }
    if (byte < 0x80) {
      reader->at = at;
      return value;
    }
  }
  reader->at = at;
  ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, fault);
  return 0;
}

static inline gboolean
read_wordwise (EntReader *reader, guint64 *value)
{
  const guint8 *at = ent_get_word_uint (reader->at, value);

  if (!at)
    return FALSE;
  reader->at = at;
  return TRUE;
}

guint64
ent_read_long_uint (EntReader *reader)
{
  guint64 value;

  if (reader->end - reader->at >= 8 && read_wordwise (reader, &value))
    return value;
  return read_bytewise (reader);
}

guint64
ent_read_client (EntReader *reader)
{
  const guint8 *start = reader->at;
  gboolean has_word = reader->end - start >= 8;
  guint64 client;
  gsize size;

  if (has_word && reader->client_size &&
      (ent_load_word (start) & reader->client_mask) == reader->client_bytes) {
    reader->at += reader->client_size;
    return reader->client;
  }
  client = ent_read_uint (reader);
  size = reader->at - start;
  if (has_word && size <= 8 && !ent_reader_failed (reader)) {
    reader->client = client;
    reader->client_size = size;
    reader->client_mask = G_MAXUINT64 >> (64 - 8 * size);
    reader->client_bytes = ent_load_word (start) & reader->client_mask;
  }
  return client;
}

guint64
ent_read_uint_max (EntReader *reader, guint64 max, const char *fault)
{
  guint64 value = ent_read_uint (reader);

  if (value <= max)
    return value;
  ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, fault);
  return 0;
}

gint64
ent_read_int (EntReader *reader, gboolean *negative_zero)
{
  guint8 byte = ent_read_u8 (reader);
  gboolean negative = (byte & 0x40) != 0;
  guint64 value = byte & 0x3f;

  for (int shift = 6; byte & 0x80; shift += 7) {
    byte = ent_read_u8 (reader);
    if (shift <= 48)
      value |= (guint64) (byte & 0x7f) << shift;
    else if (byte & 0x7f || shift > 62)
      value = ENT_MAX_SAFE_INTEGER + 1;
    if (value > ENT_MAX_SAFE_INTEGER) {
      ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "a number over 2^53-1");
      return 0;
    }
  }
  if (negative_zero)
    *negative_zero = negative && value == 0;
  return negative ? -(gint64) value : (gint64) value;
}

const guint8 *
ent_read_raw (EntReader *reader, gsize size)
{
  const guint8 *data = reader->at;

  if (size > (gsize) (reader->end - reader->at)) {
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "a length beyond the end");
    return reader->at;
  }
  reader->at += size;
  return data;
}

const guint8 *
ent_read_bytes (EntReader *reader, gsize *size)
{
  const guint8 *data;

  *size = ent_read_uint (reader);
  data = ent_read_raw (reader, *size);
  if (ent_reader_failed (reader))
    *size = 0;
  return data;
}

const char *
ent_read_string (EntReader *reader, gsize *size, guint32 *units, guint32 *chars)
{
  const char *text = (const char *) ent_read_bytes (reader, size);
  guint32 ignored[2];

  if (ent_utf8_scan (text, *size, units ? units : &ignored[0], chars ? chars : &ignored[1]))
    return text;
  ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "text that is not UTF-8");
  *size = 0;
  return text;
}

void
ent_writer_init (EntWriter *writer, gsize expected)
{
  writer->allocated = MAX (expected, 32);
  writer->data = g_malloc (writer->allocated);
  writer->size = 0;
}

void
ent_writer_clear (EntWriter *writer)
{
  g_clear_pointer (&writer->data, g_free);
  writer->size = writer->allocated = 0;
}

GBytes *
ent_writer_end (EntWriter *writer)
{
  gsize size = writer->size;
  guint8 *data = g_steal_pointer (&writer->data);

  if (writer->allocated - size > size / 4 + 64)
    data = g_realloc (data, MAX (size, 1));
  writer->size = writer->allocated = 0;
  return g_bytes_new_take (data, size);
}

void
ent_writer_grow (EntWriter *writer, gsize size)
{
  writer->allocated = writer->allocated * 2 + size;
  writer->data = g_realloc (writer->data, writer->allocated);
}

void
ent_write_int (EntWriter *writer, gint64 value, gboolean negative_zero)
{
  gboolean negative = value < 0 || negative_zero;
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value;

  ent_write_u8 (
    writer, (magnitude > 0x3f ? 0x80 : 0) | (negative ? 0x40 : 0) | (guint8) (magnitude & 0x3f));
  magnitude >>= 6;
  while (magnitude) {
    ent_write_u8 (writer, (magnitude > 0x7f ? 0x80 : 0) | (guint8) (magnitude & 0x7f));
    magnitude >>= 7;
  }
}

void
ent_write_raw (EntWriter *writer, const void *data, gsize size)
{
  if (!size)
    return;
  memcpy (ent_writer_reserve (writer, size), data, size);
  writer->size += size;
}

void
ent_write_bytes (EntWriter *writer, const void *data, gsize size)
{
  ent_write_uint (writer, size);
  ent_write_raw (writer, data, size);
}

guint64
ent_read_block (EntReader *reader, guint64 *client, guint32 *clock)
{
  guint64 n = ent_read_uint (reader);

  *client = ent_read_client (reader);
  *clock = ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK, "a clock over 2^32-1");
  /* A struct takes at least two bytes. */
  if (n > (guint64) (reader->end - reader->at))
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "more structs than bytes");
  return ent_reader_failed (reader) ? 0 : n;
}

static void
check_json (EntReader *reader, const char *json, gsize size)
{
  if (!ent_reader_failed (reader) && !ent_json_is_valid (json, size, ENT_VALUE_MAX_DEPTH))
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "content that is not JSON");
}

static void
read_count (EntReader *reader, EntRef *ref)
{
  ref->length = ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK, "a length over 2^32-1");
}

static void
read_values (EntReader *reader, EntRef *ref)
{
  read_count (reader, ref);
  ref->content = (const char *) reader->at;
  if (ref->length > (gsize) (reader->end - reader->at))
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "more values than bytes");
  for (guint32 i = 0; i < ref->length && !ent_reader_failed (reader); i++) {
    gsize size;
    const char *json;

    if (ref->kind == ENT_KIND_ANY) {
      ent_skip_any (reader);
      continue;
    }
    json = ent_read_string (reader, &size, NULL, NULL);
    if (!(size == 9 && memcmp (json, "undefined", 9) == 0))
      check_json (reader, json, size);
  }
  ref->content_size = (const char *) reader->at - ref->content;
}

static void
read_type (EntReader *reader, EntRef *ref)
{
  ref->type_number = ent_read_uint_max (reader, 6, "an unknown type");
  if (ref->type_number == 3 || ref->type_number == 5)
    ref->content = ent_read_string (reader, &ref->content_size, NULL, NULL);
  if (ref->content_size > ENT_DOC_MAX_NAME_BYTES)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a name that is too long");
}

/* Format and subdocument content is kept as it stands. */
static void
read_pair (EntReader *reader, EntRef *ref)
{
  gsize size;
  const char *json;

  ref->content = (const char *) reader->at;
  ent_read_string (reader, &size, NULL, NULL);
  if (size > ENT_DOC_MAX_NAME_BYTES)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a name that is too long");
  if (ref->kind == ENT_KIND_FORMAT) {
    json = ent_read_string (reader, &size, NULL, NULL);
    check_json (reader, json, size);
  } else {
    ent_skip_any (reader);
  }
  ref->content_size = (const char *) reader->at - ref->content;
}

static void
read_content (EntReader *reader, EntRef *ref)
{
  ref->length = 1;
  switch (ref->kind) {
  case ENT_KIND_GC:
  case ENT_KIND_DELETED:
  case ENT_KIND_SKIP:
    read_count (reader, ref);
    break;
  case ENT_KIND_JSON:
  case ENT_KIND_ANY:
    read_values (reader, ref);
    break;
  case ENT_KIND_BINARY:
    ref->content = (const char *) ent_read_bytes (reader, &ref->content_size);
    break;
  case ENT_KIND_STRING:
    ref->content = ent_read_string (reader, &ref->content_size, &ref->length, &ref->chars);
    break;
  case ENT_KIND_EMBED:
    ref->content = ent_read_string (reader, &ref->content_size, NULL, NULL);
    check_json (reader, ref->content, ref->content_size);
    break;
  case ENT_KIND_FORMAT:
  case ENT_KIND_DOC:
    read_pair (reader, ref);
    break;
  case ENT_KIND_TYPE:
    read_type (reader, ref);
    break;
  default:
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "an unknown kind of content");
  }
}

/* With room to look ahead, and the client of the ID before, as nearly all have it. */
static inline gboolean
read_near_id (EntReader *reader, guint64 *client, guint64 *clock)
{
  if (reader->end - reader->at < 16 || !reader->client_size ||
      (ent_load_word (reader->at) & reader->client_mask) != reader->client_bytes)
    return FALSE;
  reader->at += reader->client_size;
  *client = reader->client;
  if (*reader->at < 0x80)
    *clock = *reader->at++;
  else if (!read_wordwise (reader, clock))
    *clock = read_bytewise (reader);
  return TRUE;
}

static void
read_id (EntReader *reader, const EntRef *ref, guint64 *client, guint32 *clock)
{
  guint64 value;

  if (!read_near_id (reader, client, &value)) {
    *client = ent_read_client (reader);
    value = ent_read_uint (reader);
  }
  *clock = value;
  if (value > ENT_DOC_MAX_CLOCK)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a clock over 2^32-1");
  if (*client == ref->client && value >= ref->clock)
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "a struct that depends on itself");
}

static void
read_parent (EntReader *reader, EntRef *ref)
{
  guint64 is_root = ent_read_uint (reader);

  if (is_root == 1) {
    ref->root = ent_read_string (reader, &ref->root_size, NULL, NULL);
  } else {
    ref->has_parent_id = TRUE;
    read_id (reader, ref, &ref->parent_client, &ref->parent_clock);
  }
  if (ref->info & ENT_INFO_SUB)
    ref->sub = ent_read_string (reader, &ref->sub_size, NULL, NULL);
  if (ref->root_size > ENT_DOC_MAX_NAME_BYTES || ref->sub_size > ENT_DOC_MAX_NAME_BYTES)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a name that is too long");
}

void
ent_ref_read (EntReader *reader, guint64 client, guint32 clock, EntRef *ref)
{
  ref->client = client;
  ref->clock = clock;
  ref->start = reader->at;
  ref->type_number = 0;
  ref->has_parent_id = FALSE;
  ref->chars = 0;
  ref->root = ref->sub = ref->content = NULL;
  ref->root_size = ref->sub_size = ref->content_size = 0;
  ref->info = ent_read_u8 (reader);
  ref->kind = ref->info & 0x1f;
  if (ref->kind == ENT_KIND_GC || ref->kind == ENT_KIND_SKIP)
    ref->info = ref->kind;
  if (ref->info & ENT_INFO_ORIGIN)
    read_id (reader, ref, &ref->origin_client, &ref->origin_clock);
  if (ref->info & ENT_INFO_RIGHT)
    read_id (reader, ref, &ref->right_client, &ref->right_clock);
  if (!(ref->info & (ENT_INFO_ORIGIN | ENT_INFO_RIGHT)) && ref->kind != ENT_KIND_GC &&
      ref->kind != ENT_KIND_SKIP)
    read_parent (reader, ref);
  read_content (reader, ref);
  if (ref->length == 0)
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "a struct without length");
  if (ref->length > ENT_DOC_MAX_CLOCK - clock)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a clock over 2^32-1");
  ref->end = reader->at;
}

static void
write_id (EntWriter *writer, guint64 client, guint32 clock)
{
  ent_write_uint (writer, client);
  ent_write_uint (writer, clock);
}

void
ent_write_head (EntWriter *writer, const EntHead *head)
{
  ent_write_u8 (writer, head->kind | (head->has_origin ? ENT_INFO_ORIGIN : 0) |
                          (head->has_right ? ENT_INFO_RIGHT : 0) |
                          (head->has_sub ? ENT_INFO_SUB : 0));
  if (head->has_origin)
    write_id (writer, head->origin_client, head->origin_clock);
  if (head->has_right)
    write_id (writer, head->right_client, head->right_clock);
  if (head->has_origin || head->has_right)
    return;
  if (head->root) {
    ent_write_u8 (writer, 1);
    ent_write_bytes (writer, head->root, head->root_size);
  } else {
    ent_write_u8 (writer, 0);
    write_id (writer, head->parent_client, head->parent_clock);
  }
  if (head->has_sub)
    ent_write_bytes (writer, head->sub, head->sub_size);
}

gsize
ent_content_offset (guint8 kind, const char *content, gsize size, guint32 n)
{
  EntReader reader;

  ent_reader_init (&reader, (const guint8 *) content, size);
  for (guint32 i = 0; i < n; i++) {
    gsize length;

    if (kind == ENT_KIND_ANY)
      ent_skip_any (&reader);
    else
      ent_read_bytes (&reader, &length);
  }
  return reader.at - reader.start;
}

static void
write_text_tail (EntWriter *writer, const char *text, gsize size, guint32 offset)
{
  gboolean inside_pair;
  gsize start = ent_utf8_offset_of_unit (text, size, offset, NULL, &inside_pair);

  if (!inside_pair) {
    ent_write_bytes (writer, text + start, size - start);
    return;
  }
  ent_write_uint (writer, size - start - 4 + 3);
  ent_write_raw (writer, "\xef\xbf\xbd", 3);
  ent_write_raw (writer, text + start + 4, size - start - 4);
}

void
ent_write_content (EntWriter *writer,
  guint8 kind,
  const char *content,
  gsize content_size,
  guint32 length,
  guint32 offset,
  guint8 type_number)
{
  gsize start;

  switch (kind) {
  case ENT_KIND_DELETED:
    ent_write_uint (writer, length - offset);
    break;
  case ENT_KIND_JSON:
  case ENT_KIND_ANY:
    start = offset ? ent_content_offset (kind, content, content_size, offset) : 0;
    ent_write_uint (writer, length - offset);
    ent_write_raw (writer, content + start, content_size - start);
    break;
  case ENT_KIND_STRING:
    if (offset)
      write_text_tail (writer, content, content_size, offset);
    else
      ent_write_bytes (writer, content, content_size);
    break;
  case ENT_KIND_BINARY:
  case ENT_KIND_EMBED:
    ent_write_bytes (writer, content, content_size);
    break;
  case ENT_KIND_FORMAT:
  case ENT_KIND_DOC:
    ent_write_raw (writer, content, content_size);
    break;
  case ENT_KIND_TYPE:
    ent_write_uint (writer, type_number);
    if (type_number == 3 || type_number == 5)
      ent_write_bytes (writer, content, content_size);
    break;
  default:
    g_assert_not_reached ();
  }
}

void
ent_ref_write (EntWriter *writer, const EntRef *ref, guint32 offset)
{
  EntHead head = { .kind = ref->kind, .has_origin = TRUE };

  if (ref->kind == ENT_KIND_GC || ref->kind == ENT_KIND_SKIP) {
    ent_write_u8 (writer, ref->kind);
    ent_write_uint (writer, ref->length - offset);
    return;
  }
  if (offset == 0) {
    ent_write_raw (writer, ref->start, ref->end - ref->start);
    return;
  }
  head.has_sub = (ref->info & ENT_INFO_SUB) != 0;
  head.origin_client = ref->client;
  head.origin_clock = ref->clock + offset - 1;
  if (ref->info & ENT_INFO_RIGHT) {
    head.has_right = TRUE;
    head.right_client = ref->right_client;
    head.right_clock = ref->right_clock;
  }
  ent_write_head (writer, &head);
  ent_write_content (
    writer, ref->kind, ref->content, ref->content_size, ref->length, offset, ref->type_number);
}

typedef struct {
  guint64 id;
  guint64 bytes; /* as it is written */
  guint64 mask; /* 0: none yet */
  guint size;
} NearClient;

static inline void
take_near_client (NearClient *near, guint64 id, guint64 word, guint size)
{
  near->id = id;
  near->size = size;
  near->mask = G_MAXUINT64 >> (64 - 8 * size);
  near->bytes = word & near->mask;
}

/* Steps over an ID; NULL when it needs a closer look. */
static inline const guint8 *
skip_near_id (const guint8 *at, const NearClient *own, NearClient *other, guint32 clock)
{
  guint64 word = ent_load_word (at);
  guint32 named;

  if ((word & own->mask) == own->bytes) {
    at = ent_get_word_uint32 (at + own->size, &named);
    return at && named < clock ? at : NULL;
  }
  if (other->mask && (word & other->mask) == other->bytes) {
    at += other->size;
  } else {
    const guint8 *start = at;
    guint64 id;

    if (!(at = ent_get_word_uint (at, &id)) || id == own->id)
      return NULL;
    take_near_client (other, id, word, at - start);
  }
  return ent_get_word_uint32 (at, &named);
}

static inline const guint8 *
skip_plain_struct (const EntReader *reader,
  const guint8 *at,
  const NearClient *own,
  NearClient *other,
  guint32 *clock)
{
  guint8 info = *at++;
  guint8 kind = info & 0x1f;
  guint32 length;
  guint32 chars;

  if ((kind != ENT_KIND_STRING && kind != ENT_KIND_DELETED) ||
      !(info & (ENT_INFO_ORIGIN | ENT_INFO_RIGHT)))
    return NULL;
  if (info & ENT_INFO_ORIGIN && !(at = skip_near_id (at, own, other, *clock)))
    return NULL;
  if (info & ENT_INFO_RIGHT && !(at = skip_near_id (at, own, other, *clock)))
    return NULL;
  if (!(at = ent_get_word_uint32 (at, &length)))
    return NULL;
  if (kind == ENT_KIND_STRING) {
    const char *text = (const char *) at;

    if (length > (gsize) (reader->end - at))
      return NULL;
    at += length;
    if (!ent_utf8_scan (text, length, &length, &chars))
      return NULL;
  }
  if (!length || length > ENT_DOC_MAX_CLOCK - *clock)
    return NULL;
  *clock += length;
  return at;
}

guint64
ent_skip_plain_structs (EntReader *reader, guint64 client, guint32 *clock, guint64 n)
{
  guint8 bytes[16] = { 0 };
  gsize size = ent_put_uint (bytes, client) - bytes;
  NearClient own;
  NearClient other = { 0 };
  guint64 n_done = 0;

  take_near_client (&own, client, ent_load_word (bytes), size);
  for (; n_done < n && reader->end - reader->at >= PLAIN_BYTES; n_done++) {
    const guint8 *at = skip_plain_struct (reader, reader->at, &own, &other, clock);

    if (!at)
      break;
    reader->at = at;
  }
  return n_done;
}

static void
walk_structs (EntReader *reader, EntRefFunc func, gpointer data)
{
  guint64 n_clients = ent_read_uint_max (reader, ENT_DOC_MAX_CLIENTS, "too many clients");

  for (guint64 i = 0; i < n_clients && !ent_reader_failed (reader); i++) {
    guint64 client;
    guint32 clock;
    guint64 n = ent_read_block (reader, &client, &clock);

    for (guint64 k = 0; k < n; k++) {
      EntRef ref;

      if (!func && (k += ent_skip_plain_structs (reader, client, &clock, n - k)) == n)
        break;
      ent_ref_read (reader, client, clock, &ref);
      if (ent_reader_failed (reader))
        return;
      clock += ref.length;
      if (func)
        func (&ref, data);
    }
  }
}

/* A range, where it can be read at once. */
static inline gboolean
read_near_range (EntReader *reader, guint32 *clock, guint32 *length)
{
  const guint8 *at = reader->at;

  if (reader->end - at < 2 * ENT_UINT_BYTES || !(at = ent_get_word_uint32 (at, clock)) ||
      !(at = ent_get_word_uint32 (at, length)) || *length > ENT_DOC_MAX_CLOCK - *clock)
    return FALSE;
  reader->at = at;
  return TRUE;
}

static void
read_range (EntReader *reader, guint32 *clock, guint32 *length)
{
  if (read_near_range (reader, clock, length))
    return;
  *clock = ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK, "a clock over 2^32-1");
  *length = ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK - *clock, "a clock over 2^32-1");
}

void
ent_read_ranges (EntReader *reader, EntRangeFunc func, gpointer data)
{
  guint64 n_clients = ent_read_uint_max (reader, ENT_DOC_MAX_CLIENTS, "too many clients");

  for (guint64 i = 0; i < n_clients && !ent_reader_failed (reader); i++) {
    guint64 client = ent_read_uint (reader);
    guint64 n = ent_read_uint (reader);

    if (n > (guint64) (reader->end - reader->at))
      ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "more ranges than bytes");
    for (guint64 k = 0; k < n && !ent_reader_failed (reader); k++) {
      guint32 clock;
      guint32 length;

      read_range (reader, &clock, &length);
      if (!ent_reader_failed (reader) && length && func)
        func (client, clock, length, data);
    }
  }
}

gboolean
ent_update_walk (const guint8 *data,
  gsize size,
  EntRefFunc struct_func,
  EntRangeFunc range_func,
  gpointer data_for_func,
  GError **error)
{
  EntReader reader;

  if (size > ENT_DOC_MAX_UPDATE_BYTES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "The document update is over the limit of %u MiB", ENT_DOC_MAX_UPDATE_BYTES >> 20);
    return FALSE;
  }
  ent_reader_init (&reader, data, size);
  walk_structs (&reader, struct_func, data_for_func);
  ent_read_ranges (&reader, range_func, data_for_func);
  if (!ent_reader_failed (&reader) && reader.at != reader.end)
    ent_reader_fail (&reader, ENT_DOC_ERROR_MALFORMED, "bytes after the end");
  if (ent_reader_failed (&reader))
    return ent_reader_set_error (&reader, "Could not read a document update", error);
  return TRUE;
}
