#include "document/ent-doc-value.h"

#include <math.h>
#include <string.h>

#include "document/ent-doc-wire.h"

#define MAX_WIRE_INT 0x7fffffff

struct _EntValue {
  guint ref_count;
  EntValueKind kind;
  union {
    gint64 integer;
    double number;
    GString *text;
    GBytes *bytes;
    struct {
      GPtrArray *items;
      GPtrArray *keys; /* objects only */
    };
  };
};

static EntValue *
new_value (EntValueKind kind)
{
  EntValue *value = g_new0 (EntValue, 1);

  value->ref_count = 1;
  value->kind = kind;
  return value;
}

EntValue *
ent_value_new_undefined (void)
{
  return new_value (ENT_VALUE_UNDEFINED);
}

EntValue *
ent_value_new_null (void)
{
  return new_value (ENT_VALUE_NULL);
}

EntValue *
ent_value_new_bool (gboolean boolean)
{
  EntValue *value = new_value (ENT_VALUE_BOOL);

  value->integer = boolean != FALSE;
  return value;
}

EntValue *
ent_value_new_int (gint64 integer)
{
  EntValue *value;

  if (integer > MAX_WIRE_INT || integer < -MAX_WIRE_INT)
    return ent_value_new_double ((double) integer);
  value = new_value (ENT_VALUE_INT);
  value->integer = integer;
  return value;
}

EntValue *
ent_value_new_double (double number)
{
  gboolean is_int =
    fabs (number) <= MAX_WIRE_INT && number == floor (number) && !(number == 0 && signbit (number));
  EntValue *value = new_value (is_int ? ENT_VALUE_INT : ENT_VALUE_DOUBLE);

  if (is_int)
    value->integer = (gint64) number;
  else
    value->number = number;
  return value;
}

EntValue *
ent_value_new_bigint (gint64 integer)
{
  EntValue *value = new_value (ENT_VALUE_BIGINT);

  value->integer = integer;
  return value;
}

EntValue *
ent_value_new_string (const char *text, gssize length)
{
  EntValue *value = new_value (ENT_VALUE_STRING);
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  guint32 units, chars;

  value->text = g_string_new_len (NULL, 0);
  if (ent_utf8_scan (text, size, &units, &chars)) {
    g_string_append_len (value->text, text, size);
  } else {
    g_autofree char *repaired = g_utf8_make_valid (text, size);

    g_string_append (value->text, repaired);
  }
  return value;
}

EntValue *
ent_value_new_bytes (GBytes *bytes)
{
  EntValue *value = new_value (ENT_VALUE_BYTES);

  value->bytes = g_bytes_ref (bytes);
  return value;
}

EntValue *
ent_value_new_array (void)
{
  EntValue *value = new_value (ENT_VALUE_ARRAY);

  value->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_value_unref);
  return value;
}

EntValue *
ent_value_new_object (void)
{
  EntValue *value = new_value (ENT_VALUE_OBJECT);

  value->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_value_unref);
  value->keys = g_ptr_array_new_with_free_func (g_free);
  return value;
}

void
ent_value_array_add (EntValue *array, EntValue *take_item)
{
  g_return_if_fail (array->kind == ENT_VALUE_ARRAY);

  g_ptr_array_add (array->items, take_item);
}

static void
object_append (EntValue *object, char *take_key, EntValue *take_item)
{
  g_ptr_array_add (object->keys, take_key);
  g_ptr_array_add (object->items, take_item);
}

void
ent_value_object_set (EntValue *object, const char *key, EntValue *take_item)
{
  g_return_if_fail (object->kind == ENT_VALUE_OBJECT);

  for (guint i = object->keys->len; i > 0; i--) {
    if (!g_str_equal (object->keys->pdata[i - 1], key))
      continue;
    ent_value_unref (object->items->pdata[i - 1]);
    object->items->pdata[i - 1] = take_item;
    return;
  }
  object_append (object, g_strdup (key), take_item);
}

void
ent_value_object_remove (EntValue *object, const char *key)
{
  g_return_if_fail (object->kind == ENT_VALUE_OBJECT);

  for (guint i = object->keys->len; i > 0; i--) {
    if (!g_str_equal (object->keys->pdata[i - 1], key))
      continue;
    g_ptr_array_remove_index (object->keys, i - 1);
    g_ptr_array_remove_index (object->items, i - 1);
  }
}

EntValue *
ent_value_ref (EntValue *value)
{
  value->ref_count++;
  return value;
}

void
ent_value_unref (EntValue *value)
{
  if (--value->ref_count)
    return;
  switch (value->kind) {
  case ENT_VALUE_STRING:
    g_string_free (value->text, TRUE);
    break;
  case ENT_VALUE_BYTES:
    g_bytes_unref (value->bytes);
    break;
  case ENT_VALUE_OBJECT:
    g_ptr_array_unref (value->keys);
    G_GNUC_FALLTHROUGH;
  case ENT_VALUE_ARRAY:
    g_ptr_array_unref (value->items);
    break;
  case ENT_VALUE_UNDEFINED:
  case ENT_VALUE_NULL:
  case ENT_VALUE_BOOL:
  case ENT_VALUE_INT:
  case ENT_VALUE_DOUBLE:
  case ENT_VALUE_BIGINT:
    break;
  }
  g_free (value);
}

EntValueKind
ent_value_get_kind (const EntValue *value)
{
  return value->kind;
}

gboolean
ent_value_get_bool (const EntValue *value)
{
  return value->kind == ENT_VALUE_BOOL && value->integer;
}

gint64
ent_value_get_int (const EntValue *value)
{
  return value->kind == ENT_VALUE_INT || value->kind == ENT_VALUE_BIGINT ? value->integer : 0;
}

double
ent_value_get_double (const EntValue *value)
{
  if (value->kind == ENT_VALUE_DOUBLE)
    return value->number;
  return value->kind == ENT_VALUE_INT ? (double) value->integer : 0;
}

const char *
ent_value_get_string (const EntValue *value, gsize *length_bytes)
{
  if (value->kind != ENT_VALUE_STRING)
    return NULL;
  if (length_bytes)
    *length_bytes = value->text->len;
  return value->text->str;
}

GBytes *
ent_value_get_bytes (const EntValue *value)
{
  return value->kind == ENT_VALUE_BYTES ? value->bytes : NULL;
}

guint
ent_value_get_length (const EntValue *value)
{
  return value->kind == ENT_VALUE_ARRAY || value->kind == ENT_VALUE_OBJECT ? value->items->len : 0;
}

EntValue *
ent_value_get_item (const EntValue *value, guint index)
{
  return index < ent_value_get_length (value) ? value->items->pdata[index] : NULL;
}

const char *
ent_value_get_key (const EntValue *value, guint index)
{
  return value->kind == ENT_VALUE_OBJECT && index < value->keys->len ? value->keys->pdata[index]
                                                                     : NULL;
}

EntValue *
ent_value_get_member (const EntValue *object, const char *key)
{
  if (object->kind != ENT_VALUE_OBJECT)
    return NULL;
  for (guint i = object->keys->len; i > 0; i--) {
    if (g_str_equal (object->keys->pdata[i - 1], key))
      return object->items->pdata[i - 1];
  }
  return NULL;
}

const char *
ent_value_get_member_string (const EntValue *object, const char *key)
{
  EntValue *member = ent_value_get_member (object, key);

  return member ? ent_value_get_string (member, NULL) : NULL;
}

gboolean
ent_value_equal (const EntValue *a, const EntValue *b)
{
  if (a == b)
    return TRUE;
  if (a->kind != b->kind)
    return FALSE;
  switch (a->kind) {
  case ENT_VALUE_UNDEFINED:
  case ENT_VALUE_NULL:
    return TRUE;
  case ENT_VALUE_BOOL:
  case ENT_VALUE_INT:
  case ENT_VALUE_BIGINT:
    return a->integer == b->integer;
  case ENT_VALUE_DOUBLE:
    return (isnan (a->number) && isnan (b->number)) ||
           (a->number == b->number && signbit (a->number) == signbit (b->number));
  case ENT_VALUE_STRING:
    return g_string_equal (a->text, b->text);
  case ENT_VALUE_BYTES:
    return g_bytes_equal (a->bytes, b->bytes);
  case ENT_VALUE_ARRAY:
  case ENT_VALUE_OBJECT:
    break;
  }
  if (a->items->len != b->items->len)
    return FALSE;
  for (guint i = 0; i < a->items->len; i++) {
    if (a->keys && !g_str_equal (a->keys->pdata[i], b->keys->pdata[i]))
      return FALSE;
    if (!ent_value_equal (a->items->pdata[i], b->items->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

/* --- the any encoding --- */

/* Values still to come of the arrays and objects that are open. */
typedef struct {
  guint64 left;
  gboolean is_object;
} OpenValue;

void
ent_skip_any (EntReader *reader)
{
  OpenValue open[ENT_VALUE_MAX_DEPTH];
  guint depth = 0;
  gsize size;

  for (;;) {
    guint8 tag = ent_read_u8 (reader);

    switch (tag) {
    case 127:
    case 126:
    case 121:
    case 120:
      break;
    case 125:
      ent_read_int (reader, NULL);
      break;
    case 124:
      ent_read_raw (reader, 4);
      break;
    case 123:
    case 122:
      ent_read_raw (reader, 8);
      break;
    case 119:
      ent_read_string (reader, &size, NULL, NULL);
      break;
    case 116:
      ent_read_bytes (reader, &size);
      break;
    case 118:
    case 117:
      if (depth == ENT_VALUE_MAX_DEPTH) {
        ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a value nested too deep");
        return;
      }
      open[depth].left = ent_read_uint (reader);
      open[depth].is_object = tag == 118;
      if (open[depth].left > (guint64) (reader->end - reader->at))
        ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "more values than bytes");
      depth++;
      break;
    default:
      ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "an unknown kind of value");
    }
    while (depth && open[depth - 1].left == 0)
      depth--;
    if (!depth || ent_reader_failed (reader))
      return;
    open[depth - 1].left--;
    if (open[depth - 1].is_object)
      ent_read_string (reader, &size, NULL, NULL);
  }
}

static guint64
read_big_endian (EntReader *reader, guint bytes)
{
  guint64 bits = 0;

  for (guint i = 0; i < bytes; i++)
    bits = bits << 8 | ent_read_u8 (reader);
  return bits;
}

static EntValue *
new_number (double number)
{
  EntValue *value = new_value (ENT_VALUE_DOUBLE);

  value->number = number;
  return value;
}

static EntValue *read_any (EntReader *reader, guint depth);

static EntValue *
read_any_items (EntReader *reader, guint depth, gboolean is_object)
{
  EntValue *value = is_object ? ent_value_new_object () : ent_value_new_array ();
  guint64 n = ent_read_uint (reader);

  for (guint64 i = 0; i < n && !ent_reader_failed (reader); i++) {
    if (is_object) {
      gsize size;
      const char *key = ent_read_string (reader, &size, NULL, NULL);
      g_autofree char *copy = g_strndup (key, size);

      object_append (value, g_steal_pointer (&copy), read_any (reader, depth + 1));
    } else {
      g_ptr_array_add (value->items, read_any (reader, depth + 1));
    }
  }
  return value;
}

static EntValue *
read_any (EntReader *reader, guint depth)
{
  union {
    guint32 bits;
    float number;
  } narrow;
  union {
    guint64 bits;
    double number;
  } wide;
  gsize size;
  const void *data;
  gboolean negative_zero;
  gint64 integer;

  if (depth > ENT_VALUE_MAX_DEPTH)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a value nested too deep");
  switch (ent_read_u8 (reader)) {
  case 127:
    return ent_value_new_undefined ();
  case 126:
    return ent_value_new_null ();
  case 125:
    integer = ent_read_int (reader, &negative_zero);
    return negative_zero ? new_number (-0.0) : ent_value_new_int (integer);
  case 124:
    narrow.bits = read_big_endian (reader, 4);
    return new_number (narrow.number);
  case 123:
    wide.bits = read_big_endian (reader, 8);
    return new_number (wide.number);
  case 122:
    return ent_value_new_bigint ((gint64) read_big_endian (reader, 8));
  case 121:
    return ent_value_new_bool (FALSE);
  case 120:
    return ent_value_new_bool (TRUE);
  case 119:
    data = ent_read_string (reader, &size, NULL, NULL);
    return ent_value_new_string (data, size);
  case 118:
    return read_any_items (reader, depth, TRUE);
  case 117:
    return read_any_items (reader, depth, FALSE);
  case 116: {
    g_autoptr (GBytes) bytes = NULL;

    data = ent_read_bytes (reader, &size);
    bytes = g_bytes_new (data, size);
    return ent_value_new_bytes (bytes);
  }
  default:
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "an unknown kind of value");
    return ent_value_new_undefined ();
  }
}

EntValue *
ent_read_any (EntReader *reader)
{
  return read_any (reader, 0);
}

static void
write_big_endian (EntWriter *writer, guint64 bits, guint bytes)
{
  while (bytes-- > 0)
    ent_write_u8 (writer, (guint8) (bits >> (bytes * 8)));
}

static void
write_number (EntWriter *writer, double number)
{
  union {
    guint32 bits;
    float number;
  } narrow;
  union {
    guint64 bits;
    double number;
  } wide;

  if (number == 0) {
    ent_write_u8 (writer, 125);
    ent_write_int (writer, 0, signbit (number));
    return;
  }
  narrow.number = (float) number;
  wide.number = number;
  if ((double) narrow.number == number) {
    ent_write_u8 (writer, 124);
    write_big_endian (writer, narrow.bits, 4);
    return;
  }
  ent_write_u8 (writer, 123);
  write_big_endian (writer, isnan (number) ? 0x7ff8000000000000 : wide.bits, 8);
}

void
ent_write_any (EntWriter *writer, const EntValue *value)
{
  gsize size;
  const void *data;

  switch (value->kind) {
  case ENT_VALUE_UNDEFINED:
    ent_write_u8 (writer, 127);
    break;
  case ENT_VALUE_NULL:
    ent_write_u8 (writer, 126);
    break;
  case ENT_VALUE_BOOL:
    ent_write_u8 (writer, value->integer ? 120 : 121);
    break;
  case ENT_VALUE_INT:
    ent_write_u8 (writer, 125);
    ent_write_int (writer, value->integer, FALSE);
    break;
  case ENT_VALUE_DOUBLE:
    write_number (writer, value->number);
    break;
  case ENT_VALUE_BIGINT:
    ent_write_u8 (writer, 122);
    write_big_endian (writer, (guint64) value->integer, 8);
    break;
  case ENT_VALUE_STRING:
    ent_write_u8 (writer, 119);
    ent_write_bytes (writer, value->text->str, value->text->len);
    break;
  case ENT_VALUE_BYTES:
    data = g_bytes_get_data (value->bytes, &size);
    ent_write_u8 (writer, 116);
    ent_write_bytes (writer, data, size);
    break;
  case ENT_VALUE_ARRAY:
  case ENT_VALUE_OBJECT:
    ent_write_u8 (writer, value->keys ? 118 : 117);
    ent_write_uint (writer, value->items->len);
    for (guint i = 0; i < value->items->len; i++) {
      if (value->keys)
        ent_write_bytes (writer, value->keys->pdata[i], strlen (value->keys->pdata[i]));
      ent_write_any (writer, value->items->pdata[i]);
    }
    break;
  }
}
