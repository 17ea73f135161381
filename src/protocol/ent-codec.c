#include "protocol/ent-codec.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/ent-id.h"

#define MAX_LISTED_STRING (64 * 1024)
#define TIME_SIZE 32
#define LAST_TIME_US (253402300800 * G_USEC_PER_SEC) /* the year 10000 */
#define MAX_SAFE_INTEGER ((gint64) 1 << 53)

G_DEFINE_QUARK (ent_codec_error, ent_codec_error)

#define AT(Type, value, field) (*(Type *) ((char *) (value) + (field)->offset))

/* Times */

static void
put_digits (char *at, guint n_digits, guint number)
{
  while (n_digits-- > 0) {
    at[n_digits] = '0' + number % 10;
    number /= 10;
  }
}

/* The date of a day since 1970, counted in eras of 400 years that start on a 1st of March, so that
 * a leap day comes last (H. Hinnant, chrono-compatible low-level date algorithms). */
static void
put_date (char *at, guint64 day)
{
  guint64 shifted = day + 719468, era = shifted / 146097;
  guint of_era = shifted % 146097;
  guint year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  guint of_year = of_era - (365 * year + year / 4 - year / 100);
  guint month = (5 * of_year + 2) / 153; /* from March */

  put_digits (at + 8, 2, of_year - (153 * month + 2) / 5 + 1);
  month = month < 10 ? month + 3 : month - 9;
  put_digits (at + 5, 2, month);
  put_digits (at, 4, era * 400 + year + (month <= 2));
}

/* What no time of ours can be reads as the start of 1970. */
static void
put_time (char *at, gint64 time_us)
{
  gint64 seconds = time_us >= 0 && time_us < LAST_TIME_US ? time_us / G_USEC_PER_SEC : 0;
  guint of_day = seconds % 86400;

  strcpy (at, "0000-00-00T00:00:00Z");
  put_date (at, seconds / 86400);
  put_digits (at + 11, 2, of_day / 3600);
  put_digits (at + 14, 2, of_day / 60 % 60);
  put_digits (at + 17, 2, of_day % 60);
  if (time_us % G_USEC_PER_SEC == 0 || time_us < 0 || time_us >= LAST_TIME_US)
    return;
  strcpy (at + 19, ".000000Z");
  put_digits (at + 20, 6, time_us % G_USEC_PER_SEC);
}

char *
ent_time_format (gint64 time_us)
{
  char text[TIME_SIZE];

  put_time (text, time_us);
  return g_strdup (text);
}

gboolean
ent_time_parse (const char *text, gint64 *time_us)
{
  g_autoptr (GDateTime) time = NULL;
  gsize length = strlen (text);

  /* GLib also reads week dates and ordinal dates; RFC 3339 has neither. */
  if (length < 20 || length > 40 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't'))
    return FALSE;
  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL || g_date_time_to_unix (time) < 0)
    return FALSE;
  *time_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return TRUE;
}

/* Freeing and copying */

static void
clear_field (const EntField *field, gpointer value)
{
  switch (field->type) {
  case ENT_FIELD_STRING:
  case ENT_FIELD_ID:
    g_clear_pointer (&AT (char *, value, field), g_free);
    break;
  case ENT_FIELD_BYTES:
    g_clear_pointer (&AT (GBytes *, value, field), g_bytes_unref);
    break;
  case ENT_FIELD_STRINGS:
    g_clear_pointer (&AT (char **, value, field), g_strfreev);
    break;
  case ENT_FIELD_INTS:
    g_clear_pointer (&AT (GArray *, value, field), g_array_unref);
    break;
  case ENT_FIELD_OBJECT:
    ent_struct_free (field->of, g_steal_pointer (&AT (gpointer, value, field)));
    break;
  case ENT_FIELD_LIST: {
    GPtrArray *list = g_steal_pointer (&AT (GPtrArray *, value, field));

    if (list == NULL)
      break;
    g_ptr_array_set_free_func (list, NULL);
    for (guint i = 0; i < list->len; i++)
      ent_struct_free (field->of, list->pdata[i]);
    g_ptr_array_unref (list);
    break;
  }
  case ENT_FIELD_INT:
  case ENT_FIELD_BOOL:
  case ENT_FIELD_DOUBLE:
  case ENT_FIELD_ENUM:
  case ENT_FIELD_TIME:
    break;
  }
}

void
ent_struct_free (const EntStruct *type, gpointer value)
{
  if (value == NULL)
    return;
  for (guint i = 0; i < type->n_fields; i++)
    clear_field (&type->fields[i], value);
  g_free (value);
}

static void
copy_field (const EntField *field, gconstpointer value, gpointer copy)
{
  switch (field->type) {
  case ENT_FIELD_STRING:
  case ENT_FIELD_ID:
    AT (char *, copy, field) = g_strdup (AT (char *, value, field));
    break;
  case ENT_FIELD_BYTES:
    if (AT (GBytes *, value, field) != NULL)
      AT (GBytes *, copy, field) = g_bytes_ref (AT (GBytes *, value, field));
    break;
  case ENT_FIELD_STRINGS:
    AT (char **, copy, field) = g_strdupv (AT (char **, value, field));
    break;
  case ENT_FIELD_INTS:
    if (AT (GArray *, value, field) != NULL)
      AT (GArray *, copy, field) = g_array_copy (AT (GArray *, value, field));
    break;
  case ENT_FIELD_OBJECT:
    AT (gpointer, copy, field) = ent_struct_copy (field->of, AT (gpointer, value, field));
    break;
  case ENT_FIELD_LIST: {
    GPtrArray *list = AT (GPtrArray *, value, field);

    if (list == NULL)
      break;
    AT (GPtrArray *, copy, field) = g_ptr_array_sized_new (list->len);
    for (guint i = 0; i < list->len; i++)
      g_ptr_array_add (AT (GPtrArray *, copy, field), ent_struct_copy (field->of, list->pdata[i]));
    break;
  }
  case ENT_FIELD_INT:
  case ENT_FIELD_BOOL:
  case ENT_FIELD_DOUBLE:
  case ENT_FIELD_ENUM:
  case ENT_FIELD_TIME:
    break;
  }
}

gpointer
ent_struct_copy (const EntStruct *type, gconstpointer value)
{
  gpointer copy;

  if (value == NULL)
    return NULL;
  copy = g_memdup2 (value, type->size);
  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];

    if (field->type != ENT_FIELD_INT && field->type != ENT_FIELD_BOOL &&
        field->type != ENT_FIELD_DOUBLE && field->type != ENT_FIELD_ENUM &&
        field->type != ENT_FIELD_TIME)
      AT (gpointer, copy, field) = NULL;
    copy_field (field, value, copy);
  }
  return copy;
}

/* Writing: straight into the text. json-glib's tree of nodes costs ten times as much. */

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

/* Text that JSON holds as it is: our own names and words, and times. */
static void
write_plain (GString *out, const char *text, gsize size)
{
  gsize at = out->len;

  g_string_set_size (out, at + size + 2);
  out->str[at] = out->str[at + size + 1] = '"';
  memcpy (out->str + at + 1, text, size);
}

static void
write_string (GString *out, const char *text)
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

static void
write_int (GString *out, gint64 number)
{
  char digits[24];
  guint at = sizeof digits;
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;

  do
    digits[--at] = '0' + rest % 10;
  while ((rest /= 10) > 0);
  if (number < 0)
    digits[--at] = '-';
  g_string_append_len (out, digits + at, sizeof digits - at);
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

  write_string (out, text);
}

static void
write_strings (GString *out, char **strings)
{
  g_string_append_c (out, '[');
  for (guint i = 0; strings != NULL && strings[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    write_string (out, strings[i]);
  }
  g_string_append_c (out, ']');
}

static void
write_ints (GString *out, GArray *ints)
{
  g_string_append_c (out, '[');
  for (guint i = 0; ints != NULL && i < ints->len; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    write_int (out, g_array_index (ints, gint64, i));
  }
  g_string_append_c (out, ']');
}

static void
write_list (GString *out, const EntField *field, GPtrArray *list)
{
  g_string_append_c (out, '[');
  for (guint i = 0; list != NULL && i < list->len; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    write_struct (out, field->of, list->pdata[i]);
  }
  g_string_append_c (out, ']');
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
    return AT (gpointer, value, field) != NULL;
  case ENT_FIELD_INT:
    return is_required || AT (gint64, value, field) != 0;
  case ENT_FIELD_BOOL:
    return is_required || AT (gboolean, value, field);
  case ENT_FIELD_DOUBLE:
    return is_required || AT (double, value, field) != 0;
  case ENT_FIELD_ENUM:
    return TRUE;
  case ENT_FIELD_TIME:
    return AT (gint64, value, field) != 0;
  case ENT_FIELD_STRINGS:
  case ENT_FIELD_INTS:
  case ENT_FIELD_LIST:
    return is_required || AT (gpointer, value, field) != NULL;
  }
  return FALSE;
}

static void
write_field (GString *out, const EntField *field, gconstpointer value)
{
  char time[TIME_SIZE];
  const char *nick;

  switch (field->type) {
  case ENT_FIELD_STRING:
  case ENT_FIELD_ID:
    write_string (out, AT (char *, value, field));
    break;
  case ENT_FIELD_INT:
    write_int (out, AT (gint64, value, field));
    break;
  case ENT_FIELD_BOOL:
    g_string_append (out, AT (gboolean, value, field) ? "true" : "false");
    break;
  case ENT_FIELD_DOUBLE:
    write_double (out, AT (double, value, field));
    break;
  case ENT_FIELD_ENUM:
    nick = field->nicks[AT (int, value, field)];
    write_plain (out, nick, strlen (nick));
    break;
  case ENT_FIELD_TIME:
    put_time (time, AT (gint64, value, field));
    write_plain (out, time, strlen (time));
    break;
  case ENT_FIELD_BYTES:
    write_base64 (out, AT (GBytes *, value, field));
    break;
  case ENT_FIELD_STRINGS:
    write_strings (out, AT (char **, value, field));
    break;
  case ENT_FIELD_INTS:
    write_ints (out, AT (GArray *, value, field));
    break;
  case ENT_FIELD_OBJECT:
    write_struct (out, field->of, AT (gpointer, value, field));
    break;
  case ENT_FIELD_LIST:
    write_list (out, field, AT (GPtrArray *, value, field));
    break;
  }
}

static void
write_struct (GString *out, const EntStruct *type, gconstpointer value)
{
  gboolean is_first = TRUE;

  g_string_append_c (out, '{');
  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];

    if (!is_written (field, value))
      continue;
    if (!is_first)
      g_string_append_c (out, ',');
    is_first = FALSE;
    write_plain (out, field->name, strlen (field->name));
    g_string_append_c (out, ':');
    write_field (out, field, value);
  }
  g_string_append_c (out, '}');
}

char *
ent_codec_encode (const EntStruct *type, gconstpointer value)
{
  GString *out = g_string_sized_new (256);

  write_struct (out, type, value);
  return g_string_free (out, FALSE);
}

/* Reading */

static gboolean
fail_syntax (GError **error, const char *sentence)
{
  g_set_error_literal (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_SYNTAX, sentence);
  return FALSE;
}

/* What may stand between the strings of JSON; no comments, which could hide a quote. */
static gboolean
is_between (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("{}[]:,+-. \t\r\n", c) != NULL);
}

/* json-glib recurses on nesting, cuts strings at NUL, takes comments, and loses the memory of all
 * but the last of several values: so all these are refused before it runs. */
static gboolean
check_text (const char *text, gsize size, GError **error)
{
  gboolean in_string = FALSE, is_over = FALSE;
  guint depth = 0;

  if (!g_utf8_validate_len (text, size, NULL))
    return fail_syntax (error, "The message is not valid UTF-8");
  for (gsize i = 0; i < size; i++) {
    char c = text[i];

    if (in_string && c == '\\') {
      if (size - i >= 6 && memcmp (text + i, "\\u0000", 6) == 0)
        return fail_syntax (error, "A text contains the character NUL");
      i++;
      continue;
    }
    if (c == '"' && depth > 0)
      in_string = !in_string;
    if (in_string || (c == '"' && depth > 0))
      continue;
    if (!is_between (c) || (is_over && !g_ascii_isspace (c)))
      return fail_syntax (error, "The message is not valid JSON");
    if (depth == 0 && c != '{' && !g_ascii_isspace (c))
      return fail_syntax (error, "The message is not a JSON object");
    if ((c == '{' || c == '[') && ++depth > ENT_CODEC_MAX_DEPTH)
      return fail_syntax (error, "The message is nested too deeply");
    if (c == '}' || c == ']')
      is_over = --depth == 0;
  }
  return TRUE;
}

static JsonObject *
parse_object (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;

  if (!check_text (text, size, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (size == 0 || !json_parser_load_from_data (parser, text, size, &local_error)) {
    g_set_error_literal (
      error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_SYNTAX, "The message is not valid JSON");
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (
      error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_SYNTAX, "The message is not a JSON object");
    return NULL;
  }
  return json_node_dup_object (root);
}

static gboolean
fail (GError **error, EntCodecError code, const char *path, const char *what)
{
  g_set_error (error, ENT_CODEC_ERROR, code, "%s: %s", path, what);
  return FALSE;
}

static gboolean read_struct (const EntStruct *type,
  JsonObject *object,
  const char *path,
  EntUnknown unknown,
  gpointer value,
  GError **error);

/* NULL: no text, or one with a lone surrogate, which json-glib turns into invalid UTF-8. */
static const char *
get_string (JsonNode *node)
{
  const char *text;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  text = json_node_get_string (node);
  return g_utf8_validate (text, -1, NULL) ? text : NULL;
}

static gboolean
read_int (JsonNode *node, const EntField *field, const char *path, gint64 *number, GError **error)
{
  gint64 n;

  if (!JSON_NODE_HOLDS_VALUE (node))
    return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a whole number");
  if (json_node_get_value_type (node) == G_TYPE_INT64) {
    n = json_node_get_int (node);
  } else if (json_node_get_value_type (node) == G_TYPE_DOUBLE) {
    double d = json_node_get_double (node);

    if (!(d >= -(double) MAX_SAFE_INTEGER && d <= (double) MAX_SAFE_INTEGER) ||
        d != (double) (gint64) d)
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a whole number");
    n = (gint64) d;
  } else {
    return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a whole number");
  }
  if (n < ((field->flags & ENT_SIGNED) ? -field->max : 0) || n > field->max)
    return fail (error, ENT_CODEC_ERROR_TOO_LARGE, path, "is outside its range");
  *number = n;
  return TRUE;
}

static gboolean
read_enum (JsonNode *node, const EntField *field, const char *path, int *index, GError **error)
{
  const char *text = get_string (node);

  for (int i = 0; text != NULL && field->nicks[i] != NULL; i++)
    if (g_str_equal (field->nicks[i], text)) {
      *index = i;
      return TRUE;
    }
  return fail (error, ENT_CODEC_ERROR_INVALID, path, "is not one of the known words");
}

static gboolean
read_bytes (JsonNode *node, const EntField *field, const char *path, GBytes **bytes, GError **error)
{
  const char *text = get_string (node);
  guchar *data;
  gsize length, size, padding = 0;

  if (text == NULL)
    return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be base64");
  length = strlen (text);
  if (length / 4 > (gsize) field->max / 3 + 1)
    return fail (error, ENT_CODEC_ERROR_TOO_LARGE, path, "is too long");
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  if (length % 4 != 0)
    return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be base64");
  for (gsize i = 0; i < length - padding; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be base64");
  data = g_base64_decode (text, &size);
  if (size > (gsize) field->max) {
    g_free (data);
    return fail (error, ENT_CODEC_ERROR_TOO_LARGE, path, "is too long");
  }
  *bytes = g_bytes_new_take (data, size);
  return TRUE;
}

static JsonArray *
get_array (JsonNode *node, const EntField *field, const char *path, GError **error)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a list");
    return NULL;
  }
  array = json_node_get_array (node);
  if (json_array_get_length (array) > field->max) {
    fail (error, ENT_CODEC_ERROR_TOO_LARGE, path, "has too many entries");
    return NULL;
  }
  return array;
}

static gboolean
read_strings (JsonNode *node,
  const EntField *field,
  const char *path,
  char ***strings,
  GError **error)
{
  JsonArray *array = get_array (node, field, path, error);
  g_auto (GStrv) texts = NULL;

  if (array == NULL)
    return FALSE;
  texts = g_new0 (char *, json_array_get_length (array) + 1);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    const char *text = get_string (json_array_get_element (array, i));

    if (text == NULL)
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a list of texts");
    if (strlen (text) > MAX_LISTED_STRING)
      return fail (error, ENT_CODEC_ERROR_TOO_LARGE, path, "has an entry that is too long");
    texts[i] = g_strdup (text);
  }
  *strings = g_steal_pointer (&texts);
  return TRUE;
}

static gboolean
read_ints (JsonNode *node, const EntField *field, const char *path, GArray **ints, GError **error)
{
  const EntField element = { .max = MAX_SAFE_INTEGER };
  JsonArray *array = get_array (node, field, path, error);
  g_autoptr (GArray) numbers = NULL;

  if (array == NULL)
    return FALSE;
  numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < json_array_get_length (array); i++) {
    gint64 number;

    if (!read_int (json_array_get_element (array, i), &element, path, &number, error))
      return FALSE;
    g_array_append_val (numbers, number);
  }
  *ints = g_steal_pointer (&numbers);
  return TRUE;
}

static gboolean
read_list (JsonNode *node,
  const EntField *field,
  const char *path,
  EntUnknown unknown,
  GPtrArray **list,
  GError **error)
{
  JsonArray *array = get_array (node, field, path, error);

  if (array == NULL)
    return FALSE;
  *list = g_ptr_array_new ();
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *at = g_strdup_printf ("%s[%u]", path, i);
    JsonNode *element = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (element))
      return fail (error, ENT_CODEC_ERROR_INVALID, at, "must be an object");
    g_ptr_array_add (*list, g_malloc0 (field->of->size));
    if (!read_struct (field->of, json_node_get_object (element), at, unknown,
          (*list)->pdata[(*list)->len - 1], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_field (const EntField *field,
  JsonNode *node,
  const char *path,
  EntUnknown unknown,
  gpointer value,
  GError **error)
{
  const char *text = get_string (node);

  switch (field->type) {
  case ENT_FIELD_STRING:
    if (text == NULL)
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a text");
    if (strlen (text) > (gsize) field->max)
      return fail (error, ENT_CODEC_ERROR_TOO_LARGE, path, "is too long");
    AT (char *, value, field) = g_strdup (text);
    return TRUE;
  case ENT_FIELD_ID:
    if (!ent_id_is_valid (text))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be an identifier");
    AT (char *, value, field) = g_strdup (text);
    return TRUE;
  case ENT_FIELD_INT:
    return read_int (node, field, path, &AT (gint64, value, field), error);
  case ENT_FIELD_BOOL:
    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be true or false");
    AT (gboolean, value, field) = json_node_get_boolean (node);
    return TRUE;
  case ENT_FIELD_DOUBLE:
    if (!JSON_NODE_HOLDS_VALUE (node) || (json_node_get_value_type (node) != G_TYPE_DOUBLE &&
                                           json_node_get_value_type (node) != G_TYPE_INT64))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a number");
    AT (double, value, field) = json_node_get_double (node);
    return TRUE;
  case ENT_FIELD_ENUM:
    return read_enum (node, field, path, &AT (int, value, field), error);
  case ENT_FIELD_TIME:
    if (text == NULL || !ent_time_parse (text, &AT (gint64, value, field)))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a time as in RFC 3339");
    return TRUE;
  case ENT_FIELD_BYTES:
    return read_bytes (node, field, path, &AT (GBytes *, value, field), error);
  case ENT_FIELD_STRINGS:
    return read_strings (node, field, path, &AT (char **, value, field), error);
  case ENT_FIELD_INTS:
    return read_ints (node, field, path, &AT (GArray *, value, field), error);
  case ENT_FIELD_OBJECT:
    if (!JSON_NODE_HOLDS_OBJECT (node))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be an object");
    AT (gpointer, value, field) = g_malloc0 (field->of->size);
    return read_struct (
      field->of, json_node_get_object (node), path, unknown, AT (gpointer, value, field), error);
  case ENT_FIELD_LIST:
    return read_list (node, field, path, unknown, &AT (GPtrArray *, value, field), error);
  }
  return FALSE;
}

static gboolean
refuse_unknown (const EntStruct *type, JsonObject *object, const char *path, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next) {
    gboolean found = FALSE;

    for (guint i = 0; i < type->n_fields && !found; i++)
      found = g_str_equal (type->fields[i].name, l->data);
    if (!found) {
      g_autofree char *name = g_strndup (l->data, 64);

      g_set_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_UNKNOWN, "%s%s%s: is not known here",
        path, *path != '\0' ? "." : "", name);
      return FALSE;
    }
  }
  return TRUE;
}

/* On failure value is half filled; the caller frees it. */
static gboolean
read_struct (const EntStruct *type,
  JsonObject *object,
  const char *path,
  EntUnknown unknown,
  gpointer value,
  GError **error)
{
  if (unknown == ENT_UNKNOWN_REFUSED && !refuse_unknown (type, object, path, error))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];
    g_autofree char *at = NULL;
    JsonNode *node = json_object_get_member (object, field->name);

    at = *path != '\0' ? g_strdup_printf ("%s.%s", path, field->name) : g_strdup (field->name);
    if (node == NULL || JSON_NODE_HOLDS_NULL (node)) {
      if (field->flags & ENT_REQUIRED)
        return fail (error, ENT_CODEC_ERROR_MISSING, at, "is missing");
      continue;
    }
    if (!read_field (field, node, at, unknown, value, error))
      return FALSE;
  }
  return TRUE;
}

gpointer
ent_codec_decode (const EntStruct *type,
  const char *text,
  gsize size,
  EntUnknown unknown,
  GError **error)
{
  g_autoptr (JsonObject) object = parse_object (text, size, error);
  gpointer value;

  if (object == NULL)
    return NULL;
  value = g_malloc0 (type->size);
  if (!read_struct (type, object, "", unknown, value, error)) {
    ent_struct_free (type, value);
    return NULL;
  }
  return value;
}

/* Envelopes */

void
ent_envelope_free (EntEnvelope *envelope)
{
  if (envelope->type != NULL)
    ent_struct_free (envelope->type, envelope->data);
  g_free (envelope->kind);
  g_free (envelope);
}

char *
ent_envelope_encode (const char *kind,
  gint64 id,
  gint64 re,
  const EntStruct *type,
  gconstpointer value)
{
  GString *out = g_string_sized_new (256);

  g_string_append (out, "{\"t\":");
  write_string (out, kind);
  if (id != 0) {
    g_string_append (out, ",\"id\":");
    write_int (out, id);
  }
  if (re != 0) {
    g_string_append (out, ",\"re\":");
    write_int (out, re);
  }
  if (value != NULL) {
    g_string_append (out, ",\"d\":");
    write_struct (out, type, value);
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

typedef struct {
  char *t;
  gint64 id;
  gint64 re;
} Head;

static const EntField head_fields[] = {
  ENT_FIELD (Head, t, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (Head, id, ENT_FIELD_INT, ENT_OPTIONAL, MAX_SAFE_INTEGER),
  ENT_FIELD (Head, re, ENT_FIELD_INT, ENT_OPTIONAL, MAX_SAFE_INTEGER),
};
static const EntStruct head_struct = { "Head", sizeof (Head), head_fields,
  G_N_ELEMENTS (head_fields) };

EntEnvelope *
ent_envelope_decode (const char *text,
  gsize size,
  EntFindType find_type,
  gpointer data,
  GError **error)
{
  g_autoptr (JsonObject) object = parse_object (text, size, error);
  g_autoptr (JsonObject) empty = NULL;
  g_autoptr (EntEnvelope) envelope = NULL;
  Head head = { 0 };
  JsonNode *body;

  if (object == NULL)
    return NULL;
  if (!read_struct (&head_struct, object, "", ENT_UNKNOWN_IGNORED, &head, error)) {
    g_free (head.t);
    return NULL;
  }
  envelope = g_new0 (EntEnvelope, 1);
  envelope->kind = head.t;
  envelope->id = head.id;
  envelope->re = head.re;
  envelope->type = find_type (head.t, data);
  if (envelope->type == NULL)
    return g_steal_pointer (&envelope);

  body = json_object_get_member (object, "d");
  if (body != NULL && !JSON_NODE_HOLDS_OBJECT (body) && !JSON_NODE_HOLDS_NULL (body)) {
    fail (error, ENT_CODEC_ERROR_INVALID, "d", "must be an object");
    return NULL;
  }
  empty = json_object_new ();
  envelope->data = g_malloc0 (envelope->type->size);
  if (!read_struct (envelope->type,
        body != NULL && JSON_NODE_HOLDS_OBJECT (body) ? json_node_get_object (body) : empty, "d",
        ENT_UNKNOWN_IGNORED, envelope->data, error))
    return NULL;
  return g_steal_pointer (&envelope);
}
