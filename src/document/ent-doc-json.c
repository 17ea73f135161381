#include "document/ent-doc-json.h"

#include <math.h>
#include <string.h>

#include "document/ent-doc-value.h"
#include "document/ent-doc-wire.h"

typedef struct {
  const char *start;
  const char *at;
  const char *end;
  guint max_depth;
} Parser;

static void
skip_space (Parser *parser)
{
  while (parser->at < parser->end &&
         (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\n' || *parser->at == '\r'))
    parser->at++;
}

static gboolean
take (Parser *parser, char wanted)
{
  skip_space (parser);
  if (parser->at >= parser->end || *parser->at != wanted)
    return FALSE;
  parser->at++;
  return TRUE;
}

static gboolean
take_word (Parser *parser, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (parser->end - parser->at) < length || memcmp (parser->at, word, length) != 0)
    return FALSE;
  parser->at += length;
  return TRUE;
}

static int
read_hex4 (Parser *parser)
{
  int value = 0;

  if (parser->end - parser->at < 4)
    return -1;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (*parser->at++);

    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* After a backslash and the u; a pair of escapes makes one character, half a pair U+FFFD. */
static gboolean
read_unicode (Parser *parser, GString *out)
{
  int first = read_hex4 (parser);
  const char *rest = parser->at;

  if (first < 0)
    return FALSE;
  if (first >= 0xd800 && first < 0xdc00 && take_word (parser, "\\u")) {
    int second = read_hex4 (parser);

    if (second < 0)
      return FALSE;
    if (second >= 0xdc00 && second < 0xe000) {
      if (out)
        g_string_append_unichar (out, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
      return TRUE;
    }
    parser->at = rest;
  }
  if (out && first == 0)
    g_string_append_c (out, '\0');
  else if (out)
    g_string_append_unichar (out, first >= 0xd800 && first < 0xe000 ? 0xfffd : first);
  return TRUE;
}

static gboolean
read_escape (Parser *parser, GString *out)
{
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *found;
  char c;

  if (parser->at >= parser->end)
    return FALSE;
  c = *parser->at++;
  if (c == 'u')
    return read_unicode (parser, out);
  found = c ? strchr (names, c) : NULL;
  if (!found)
    return FALSE;
  if (out)
    g_string_append_c (out, meanings[found - names]);
  return TRUE;
}

/* out may be NULL when only the form is asked for. */
static gboolean
read_json_string (Parser *parser, GString *out)
{
  guint32 units, chars;

  if (!take (parser, '"'))
    return FALSE;
  while (parser->at < parser->end) {
    const char *run = parser->at;

    while (parser->at < parser->end && *parser->at != '"' && *parser->at != '\\' &&
           (guint8) *parser->at >= 0x20)
      parser->at++;
    if (!ent_utf8_scan (run, parser->at - run, &units, &chars))
      return FALSE;
    if (out)
      g_string_append_len (out, run, parser->at - run);
    if (parser->at >= parser->end || (guint8) *parser->at < 0x20)
      return FALSE;
    if (*parser->at++ == '"')
      return TRUE;
    if (!read_escape (parser, out))
      return FALSE;
  }
  return FALSE;
}

static gboolean
take_digits (Parser *parser)
{
  const char *start = parser->at;

  while (parser->at < parser->end && g_ascii_isdigit (*parser->at))
    parser->at++;
  return parser->at > start;
}

static gboolean
read_number (Parser *parser, double *number)
{
  const char *start = parser->at;
  g_autofree char *copy = NULL;

  if (parser->at < parser->end && *parser->at == '-')
    parser->at++;
  if (parser->at < parser->end && *parser->at == '0')
    parser->at++;
  else if (!take_digits (parser))
    return FALSE;
  if (parser->at < parser->end && *parser->at == '.') {
    parser->at++;
    if (!take_digits (parser))
      return FALSE;
  }
  if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
    parser->at++;
    if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-'))
      parser->at++;
    if (!take_digits (parser))
      return FALSE;
  }
  if (!number)
    return TRUE;
  copy = g_strndup (start, parser->at - start);
  *number = g_ascii_strtod (copy, NULL);
  return TRUE;
}

/* Skips one value that is no array and no object. */
static gboolean
skip_scalar (Parser *parser)
{
  skip_space (parser);
  if (parser->at >= parser->end)
    return FALSE;
  switch (*parser->at) {
  case '"':
    return read_json_string (parser, NULL);
  case 't':
    return take_word (parser, "true");
  case 'f':
    return take_word (parser, "false");
  case 'n':
    return take_word (parser, "null");
  default:
    return read_number (parser, NULL);
  }
}

static gboolean
skip_value (Parser *parser)
{
  g_autoptr (GByteArray) open = g_byte_array_new (); /* closing brackets still to come */

  for (;;) {
    skip_space (parser);
    if (parser->at < parser->end && (*parser->at == '[' || *parser->at == '{')) {
      guint8 closing = *parser->at++ == '[' ? ']' : '}';

      if (!take (parser, closing)) {
        if (open->len >= parser->max_depth)
          return FALSE;
        g_byte_array_append (open, &closing, 1);
        if (closing == '}' && !(read_json_string (parser, NULL) && take (parser, ':')))
          return FALSE;
        continue;
      }
    } else if (!skip_scalar (parser)) {
      return FALSE;
    }
    while (open->len && take (parser, open->data[open->len - 1]))
      g_byte_array_set_size (open, open->len - 1);
    if (!open->len)
      return TRUE;
    if (!take (parser, ','))
      return FALSE;
    if (open->data[open->len - 1] == '}' &&
        !(read_json_string (parser, NULL) && take (parser, ':')))
      return FALSE;
  }
}

gboolean
ent_json_is_valid (const char *json, gsize size, guint max_depth)
{
  Parser parser = { json, json, json + size, max_depth };

  if (!skip_value (&parser))
    return FALSE;
  skip_space (&parser);
  return parser.at == parser.end;
}

/* --- into values --- */

static EntValue *read_value (Parser *parser, guint depth);

static EntValue *
read_array (Parser *parser, guint depth)
{
  g_autoptr (EntValue) array = ent_value_new_array ();

  if (take (parser, ']'))
    return g_steal_pointer (&array);
  do {
    EntValue *item = read_value (parser, depth + 1);

    if (!item)
      return NULL;
    ent_value_array_add (array, item);
  } while (take (parser, ','));
  return take (parser, ']') ? g_steal_pointer (&array) : NULL;
}

static EntValue *
read_object (Parser *parser, guint depth)
{
  g_autoptr (EntValue) object = ent_value_new_object ();

  if (take (parser, '}'))
    return g_steal_pointer (&object);
  do {
    g_autoptr (GString) key = g_string_new (NULL);
    EntValue *item;

    if (!read_json_string (parser, key) || !take (parser, ':'))
      return NULL;
    item = read_value (parser, depth + 1);
    if (!item)
      return NULL;
    ent_value_object_set (object, key->str, item);
  } while (take (parser, ','));
  return take (parser, '}') ? g_steal_pointer (&object) : NULL;
}

static EntValue *
read_value (Parser *parser, guint depth)
{
  double number;

  skip_space (parser);
  if (parser->at >= parser->end || depth > parser->max_depth)
    return NULL;
  switch (*parser->at) {
  case '[':
    parser->at++;
    return read_array (parser, depth);
  case '{':
    parser->at++;
    return read_object (parser, depth);
  case '"': {
    g_autoptr (GString) text = g_string_new (NULL);

    return read_json_string (parser, text) ? ent_value_new_string (text->str, text->len) : NULL;
  }
  case 't':
    return take_word (parser, "true") ? ent_value_new_bool (TRUE) : NULL;
  case 'f':
    return take_word (parser, "false") ? ent_value_new_bool (FALSE) : NULL;
  case 'n':
    return take_word (parser, "null") ? ent_value_new_null () : NULL;
  default:
    return read_number (parser, &number) ? ent_value_new_double (number) : NULL;
  }
}

EntValue *
ent_value_from_json (const char *json, gssize length, guint max_depth, GError **error)
{
  gsize size = length < 0 ? strlen (json) : (gsize) length;
  Parser parser = { json, json, json + size, MIN (max_depth, ENT_VALUE_MAX_DEPTH) };
  g_autoptr (EntValue) value = read_value (&parser, 0);

  skip_space (&parser);
  if (value && parser.at == parser.end)
    return g_steal_pointer (&value);
  g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_MALFORMED,
    "Could not read JSON: a fault at byte %" G_GSIZE_FORMAT, (gsize) (parser.at - parser.start));
  return NULL;
}

void
ent_json_append_string (GString *out, const char *text, gsize size)
{
  g_string_append_c (out, '"');
  for (gsize i = 0; i < size; i++) {
    guint8 c = text[i];

    switch (c) {
    case '"':
    case '\\':
      g_string_append_c (out, '\\');
      g_string_append_c (out, c);
      break;
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    case '\b':
      g_string_append (out, "\\b");
      break;
    case '\f':
      g_string_append (out, "\\f");
      break;
    default:
      if (c < 0x20)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_c (out, c);
    }
  }
  g_string_append_c (out, '"');
}

/* A finite number as JavaScript writes it: the fewest digits that read back the same, an exponent
 * below 1e-6 and from 1e21 on. */
static void
append_number (GString *out, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  GString *digits;
  int exponent;

  if (!isfinite (number)) {
    g_string_append (out, "null");
    return;
  }
  if (number == 0) {
    g_string_append_c (out, '0'); /* JSON of JavaScript has no negative zero */
    return;
  }
  for (int n = 0; n <= 16; n++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%de", n);
    g_ascii_formatd (text, sizeof text, format, fabs (number));
    if (g_ascii_strtod (text, NULL) == fabs (number))
      break;
  }
  if (number < 0)
    g_string_append_c (out, '-');
  exponent = (int) g_ascii_strtoll (strchr (text, 'e') + 1, NULL, 10);
  digits = g_string_new_len (text, strcspn (text, ".e"));
  if (text[1] == '.')
    g_string_append_len (digits, text + 2, strcspn (text + 2, "e"));
  if (exponent >= 21 || exponent < -6) {
    g_string_append_c (out, digits->str[0]);
    if (digits->len > 1)
      g_string_append_printf (out, ".%s", digits->str + 1);
    g_string_append_printf (out, "e%+d", exponent);
  } else if (exponent < 0) {
    g_string_append_printf (out, "0.%.*s%s", -exponent - 1, "00000", digits->str);
  } else {
    while ((int) digits->len <= exponent)
      g_string_append_c (digits, '0');
    g_string_append_len (out, digits->str, exponent + 1);
    if ((int) digits->len > exponent + 1)
      g_string_append_printf (out, ".%s", digits->str + exponent + 1);
  }
  g_string_free (digits, TRUE);
}

static void
append_value (GString *out, const EntValue *value)
{
  gsize size;
  const char *text;
  g_autofree char *base64 = NULL;

  switch (ent_value_get_kind (value)) {
  case ENT_VALUE_UNDEFINED:
  case ENT_VALUE_NULL:
    g_string_append (out, "null");
    break;
  case ENT_VALUE_BOOL:
    g_string_append (out, ent_value_get_bool (value) ? "true" : "false");
    break;
  case ENT_VALUE_INT:
  case ENT_VALUE_BIGINT:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, ent_value_get_int (value));
    break;
  case ENT_VALUE_DOUBLE:
    append_number (out, ent_value_get_double (value));
    break;
  case ENT_VALUE_STRING:
    text = ent_value_get_string (value, &size);
    ent_json_append_string (out, text, size);
    break;
  case ENT_VALUE_BYTES:
    text = g_bytes_get_data (ent_value_get_bytes (value), &size);
    base64 = g_base64_encode ((const guchar *) text, size);
    ent_json_append_string (out, base64, strlen (base64));
    break;
  case ENT_VALUE_ARRAY:
    g_string_append_c (out, '[');
    for (guint i = 0; i < ent_value_get_length (value); i++) {
      if (i)
        g_string_append_c (out, ',');
      append_value (out, ent_value_get_item (value, i));
    }
    g_string_append_c (out, ']');
    break;
  case ENT_VALUE_OBJECT:
    g_string_append_c (out, '{');
    for (guint i = 0; i < ent_value_get_length (value); i++) {
      const char *key = ent_value_get_key (value, i);

      if (i)
        g_string_append_c (out, ',');
      ent_json_append_string (out, key, strlen (key));
      g_string_append_c (out, ':');
      append_value (out, ent_value_get_item (value, i));
    }
    g_string_append_c (out, '}');
    break;
  }
}

char *
ent_value_to_json (const EntValue *value)
{
  GString *out = g_string_new (NULL);

  append_value (out, value);
  return g_string_free (out, FALSE);
}
