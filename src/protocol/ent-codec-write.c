#include "protocol/ent-codec-write.h"

#include <string.h>

#include "protocol/ent-time.h"

#define MAX_GROWTH (16 * 1024) /* beyond what is needed: a list grows by four */

static void write_struct (GString *out, const EntStruct *type, gconstpointer value);

/* Where the first byte is that a string of JSON does not hold as it is, or the end. */
static const char *
skip_plain (const char *text)
{
  static const guint8 is_odd[256] = {
    [0 ... 0x1f] = TRUE, ['"'] = TRUE, ['\\'] = TRUE, [0x7f] = TRUE
  };

  while (!is_odd[(guchar) *text])
    text++;
  return text;
}

/* Where size bytes more are to be written. A list is thousands of small pieces. */
static inline char *
extend (GString *out, gsize size)
{
  gsize at = out->len;

  if (out->allocated_len - at <= size)
    g_string_set_size (out, at + size + MIN (3 * at, MAX_GROWTH));
  out->len = at + size;
  out->str[out->len] = '\0';
  return out->str + at;
}

static inline void
write_byte (GString *out, char byte)
{
  *extend (out, 1) = byte;
}

/* Text that JSON holds as it is: our own names and words, and times. */
static inline void
write_plain (GString *out, const char *text, gsize size)
{
  char *at = extend (out, size + 2);

  at[0] = at[size + 1] = '"';
  memcpy (at + 1, text, size);
}

void
ent_codec_write_string (GString *out, const char *text)
{
  static const char short_forms[] = "btn.fr"; /* for 8 to 13 */
  const char *start = text, *end = skip_plain (text);

  if (*end == '\0') {
    write_plain (out, text, end - text);
    return;
  }
  g_string_append_c (out, '"');
  for (text = end; *text != '\0'; text = skip_plain (start)) {
    guchar c = *text;

    g_string_append_len (out, start, text - start);
    start = text + 1;
    g_string_append_c (out, '\\');
    if (c == '"' || c == '\\')
      g_string_append_c (out, c);
    else if (c >= 8 && c <= 13 && c != 11)
      g_string_append_c (out, short_forms[c - 8]);
    else
      g_string_append_printf (out, "u%04x", c);
  }
  g_string_append_len (out, start, text - start);
  g_string_append_c (out, '"');
}

void
ent_codec_write_int (GString *out, gint64 number)
{
  char digits[24];
  guint at = sizeof digits;
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;

  do
    digits[--at] = '0' + rest % 10;
  while ((rest /= 10) > 0);
  if (number < 0)
    digits[--at] = '-';
  memcpy (extend (out, sizeof digits - at), digits + at, sizeof digits - at);
}

static void
write_double (GString *out, double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_dtostr (digits, sizeof digits, number));
}

static void
write_base64 (GString *out, GBytes *bytes)
{
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_base64_encode (data, size);

  ent_codec_write_string (out, text);
}

static void
write_strings (GString *out, char **strings)
{
  write_byte (out, '[');
  for (guint i = 0; strings != NULL && strings[i] != NULL; i++) {
    if (i > 0)
      write_byte (out, ',');
    ent_codec_write_string (out, strings[i]);
  }
  write_byte (out, ']');
}

static void
write_ints (GString *out, GArray *ints)
{
  write_byte (out, '[');
  for (guint i = 0; ints != NULL && i < ints->len; i++) {
    if (i > 0)
      write_byte (out, ',');
    ent_codec_write_int (out, g_array_index (ints, gint64, i));
  }
  write_byte (out, ']');
}

static void
write_list (GString *out, const EntField *field, GPtrArray *list)
{
  write_byte (out, '[');
  for (guint i = 0; list != NULL && i < list->len; i++) {
    if (i > 0)
      write_byte (out, ',');
    write_struct (out, field->of, list->pdata[i]);
  }
  write_byte (out, ']');
}

/* Whether the member is written at all. */
static gboolean
is_written (const EntField *field, gconstpointer value)
{
  gboolean is_required = field->flags & ENT_REQUIRED;

  switch (field->type) {
  case ENT_FIELD_STRING:
  case ENT_FIELD_ID:
  case ENT_FIELD_BYTES:
  case ENT_FIELD_OBJECT:
    return ENT_FIELD_AT (gpointer, value, field) != NULL;
  case ENT_FIELD_INT:
    return is_required || ENT_FIELD_AT (gint64, value, field) != 0;
  case ENT_FIELD_BOOL:
    return is_required || ENT_FIELD_AT (gboolean, value, field);
  case ENT_FIELD_DOUBLE:
    return is_required || ENT_FIELD_AT (double, value, field) != 0;
  case ENT_FIELD_ENUM:
    return TRUE;
  case ENT_FIELD_TIME:
    return ENT_FIELD_AT (gint64, value, field) != 0;
  case ENT_FIELD_STRINGS:
  case ENT_FIELD_INTS:
  case ENT_FIELD_LIST:
    return is_required || ENT_FIELD_AT (gpointer, value, field) != NULL;
  }
  return FALSE;
}

static void
write_field (GString *out, const EntField *field, gconstpointer value)
{
  char time[ENT_TIME_SIZE];
  const char *nick;

  switch (field->type) {
  case ENT_FIELD_STRING:
  case ENT_FIELD_ID:
    ent_codec_write_string (out, ENT_FIELD_AT (char *, value, field));
    break;
  case ENT_FIELD_INT:
    ent_codec_write_int (out, ENT_FIELD_AT (gint64, value, field));
    break;
  case ENT_FIELD_BOOL:
    g_string_append (out, ENT_FIELD_AT (gboolean, value, field) ? "true" : "false");
    break;
  case ENT_FIELD_DOUBLE:
    write_double (out, ENT_FIELD_AT (double, value, field));
    break;
  case ENT_FIELD_ENUM:
    nick = field->nicks[ENT_FIELD_AT (int, value, field)];
    write_plain (out, nick, strlen (nick));
    break;
  case ENT_FIELD_TIME:
    ent_time_write (time, ENT_FIELD_AT (gint64, value, field));
    write_plain (out, time, strlen (time));
    break;
  case ENT_FIELD_BYTES:
    write_base64 (out, ENT_FIELD_AT (GBytes *, value, field));
    break;
  case ENT_FIELD_STRINGS:
    write_strings (out, ENT_FIELD_AT (char **, value, field));
    break;
  case ENT_FIELD_INTS:
    write_ints (out, ENT_FIELD_AT (GArray *, value, field));
    break;
  case ENT_FIELD_OBJECT:
    write_struct (out, field->of, ENT_FIELD_AT (gpointer, value, field));
    break;
  case ENT_FIELD_LIST:
    write_list (out, field, ENT_FIELD_AT (GPtrArray *, value, field));
    break;
  }
}

static void
write_name (GString *out, const char *name, gboolean is_first)
{
  gsize size = strlen (name);
  char *at = extend (out, size + (is_first ? 3 : 4));

  if (!is_first)
    *at++ = ',';
  *at = '"';
  memcpy (at + 1, name, size);
  at[size + 1] = '"';
  at[size + 2] = ':';
}

static void
write_struct (GString *out, const EntStruct *type, gconstpointer value)
{
  gboolean is_first = TRUE;

  write_byte (out, '{');
  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];

    if (!is_written (field, value))
      continue;
    write_name (out, field->name, is_first);
    is_first = FALSE;
    write_field (out, field, value);
  }
  write_byte (out, '}');
}

void
ent_codec_write_struct (GString *out, const EntStruct *type, gconstpointer value)
{
  write_struct (out, type, value);
}
