#include "protocol/ent-codec.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/ent-id.h"
#include "protocol/ent-codec-write.h"
#include "protocol/ent-time.h"

#define MAX_LISTED_STRING (64 * 1024)
#define MAX_SAFE_INTEGER ((gint64) 1 << 53)

G_DEFINE_QUARK (ent_codec_error, ent_codec_error)

/* Freeing and copying */

static void
clear_field (const EntField *field, gpointer value)
{
  switch (field->type) {
  case ENT_FIELD_STRING:
  case ENT_FIELD_ID:
    g_clear_pointer (&ENT_FIELD_AT (char *, value, field), g_free);
    break;
  case ENT_FIELD_BYTES:
    g_clear_pointer (&ENT_FIELD_AT (GBytes *, value, field), g_bytes_unref);
    break;
  case ENT_FIELD_STRINGS:
    g_clear_pointer (&ENT_FIELD_AT (char **, value, field), g_strfreev);
    break;
  case ENT_FIELD_INTS:
    g_clear_pointer (&ENT_FIELD_AT (GArray *, value, field), g_array_unref);
    break;
  case ENT_FIELD_OBJECT:
    ent_struct_free (field->of, g_steal_pointer (&ENT_FIELD_AT (gpointer, value, field)));
    break;
  case ENT_FIELD_LIST: {
    GPtrArray *list = g_steal_pointer (&ENT_FIELD_AT (GPtrArray *, value, field));

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
    ENT_FIELD_AT (char *, copy, field) = g_strdup (ENT_FIELD_AT (char *, value, field));
    break;
  case ENT_FIELD_BYTES:
    if (ENT_FIELD_AT (GBytes *, value, field) != NULL)
      ENT_FIELD_AT (GBytes *, copy, field) = g_bytes_ref (ENT_FIELD_AT (GBytes *, value, field));
    break;
  case ENT_FIELD_STRINGS:
    ENT_FIELD_AT (char **, copy, field) = g_strdupv (ENT_FIELD_AT (char **, value, field));
    break;
  case ENT_FIELD_INTS:
    if (ENT_FIELD_AT (GArray *, value, field) != NULL)
      ENT_FIELD_AT (GArray *, copy, field) = g_array_copy (ENT_FIELD_AT (GArray *, value, field));
    break;
  case ENT_FIELD_OBJECT:
    ENT_FIELD_AT (gpointer, copy, field) =
      ent_struct_copy (field->of, ENT_FIELD_AT (gpointer, value, field));
    break;
  case ENT_FIELD_LIST: {
    GPtrArray *list = ENT_FIELD_AT (GPtrArray *, value, field);

    if (list == NULL)
      break;
    ENT_FIELD_AT (GPtrArray *, copy, field) = g_ptr_array_sized_new (list->len);
    for (guint i = 0; i < list->len; i++)
      g_ptr_array_add (
        ENT_FIELD_AT (GPtrArray *, copy, field), ent_struct_copy (field->of, list->pdata[i]));
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
      ENT_FIELD_AT (gpointer, copy, field) = NULL;
    copy_field (field, value, copy);
  }
  return copy;
}

/* Writing */

char *
ent_codec_encode (const EntStruct *type, gconstpointer value)
{
  GString *out = g_string_sized_new (256);

  ent_codec_write_struct (out, type, value);
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

/* One of UTF-16 at "\\u" and four digits. */
static gboolean
read_unit (const char *text, gsize size, guint *unit)
{
  if (size < 6 || text[0] != '\\' || text[1] != 'u')
    return FALSE;
  *unit = 0;
  for (guint i = 2; i < 6; i++) {
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
    *unit = *unit << 4 | (guint) g_ascii_xdigit_value (text[i]);
  }
  return TRUE;
}

/* How long the escape is that text starts with; 0: none that means a character. */
static gsize
measure_escape (const char *text, gsize size)
{
  guint unit, low;

  if (size >= 2 && text[1] != '\0' && strchr ("\"\\/bfnrt", text[1]) != NULL)
    return 2;
  if (!read_unit (text, size, &unit))
    return 0;
  if (unit < 0xd800 || unit > 0xdfff)
    return 6;
  return unit < 0xdc00 && read_unit (text + 6, size - 6, &low) && low >= 0xdc00 && low <= 0xdfff
           ? 12
           : 0;
}

/* json-glib recurses on nesting, cuts strings at NUL, takes comments, and loses the memory of all
 * but the last of several values, and of a text before half of a surrogate pair: so all these are
 * refused before it runs. n_members: as many as it has when it is JSON. */
static gboolean
check_text (const char *text, gsize size, guint *n_members, GError **error)
{
  gboolean in_string = FALSE, is_over = FALSE;
  guint depth = 0;

  if (!g_utf8_validate_len (text, size, NULL))
    return fail_syntax (error, "The message is not valid UTF-8");
  for (gsize i = 0; i < size; i++) {
    char c = text[i];

    if (in_string && c == '\\') {
      gsize length = measure_escape (text + i, size - i);

      if (length == 0)
        return fail_syntax (error, "The message is not valid JSON");
      if (length == 6 && memcmp (text + i, "\\u0000", 6) == 0)
        return fail_syntax (error, "A text contains the character NUL");
      i += length - 1;
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
    *n_members += c == ':';
  }
  return TRUE;
}

static guint
count_members (JsonNode *node)
{
  guint count = 0;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    JsonNode *member;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, NULL, &member))
      count += 1 + count_members (member);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      count += count_members (json_array_get_element (array, i));
  }
  return count;
}

static JsonObject *
parse_object (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;
  guint n_members = 0;

  if (!check_text (text, size, &n_members, error))
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
  /* json-glib keeps the last of two; others may have looked at the first. */
  if (count_members (root) != n_members) {
    fail_syntax (error, "A member is given twice");
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

/* NULL: no text. */
static const char *
get_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
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
    ENT_FIELD_AT (char *, value, field) = g_strdup (text);
    return TRUE;
  case ENT_FIELD_ID:
    if (!ent_id_is_valid (text))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be an identifier");
    ENT_FIELD_AT (char *, value, field) = g_strdup (text);
    return TRUE;
  case ENT_FIELD_INT:
    return read_int (node, field, path, &ENT_FIELD_AT (gint64, value, field), error);
  case ENT_FIELD_BOOL:
    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be true or false");
    ENT_FIELD_AT (gboolean, value, field) = json_node_get_boolean (node);
    return TRUE;
  case ENT_FIELD_DOUBLE:
    if (!JSON_NODE_HOLDS_VALUE (node) || (json_node_get_value_type (node) != G_TYPE_DOUBLE &&
                                           json_node_get_value_type (node) != G_TYPE_INT64))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a number");
    ENT_FIELD_AT (double, value, field) = json_node_get_double (node);
    return TRUE;
  case ENT_FIELD_ENUM:
    return read_enum (node, field, path, &ENT_FIELD_AT (int, value, field), error);
  case ENT_FIELD_TIME:
    if (text == NULL || !ent_time_parse (text, &ENT_FIELD_AT (gint64, value, field)))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be a time as in RFC 3339");
    return TRUE;
  case ENT_FIELD_BYTES:
    return read_bytes (node, field, path, &ENT_FIELD_AT (GBytes *, value, field), error);
  case ENT_FIELD_STRINGS:
    return read_strings (node, field, path, &ENT_FIELD_AT (char **, value, field), error);
  case ENT_FIELD_INTS:
    return read_ints (node, field, path, &ENT_FIELD_AT (GArray *, value, field), error);
  case ENT_FIELD_OBJECT:
    if (!JSON_NODE_HOLDS_OBJECT (node))
      return fail (error, ENT_CODEC_ERROR_INVALID, path, "must be an object");
    ENT_FIELD_AT (gpointer, value, field) = g_malloc0 (field->of->size);
    return read_struct (field->of, json_node_get_object (node), path, unknown,
      ENT_FIELD_AT (gpointer, value, field), error);
  case ENT_FIELD_LIST:
    return read_list (node, field, path, unknown, &ENT_FIELD_AT (GPtrArray *, value, field), error);
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
  ent_codec_write_string (out, kind);
  if (id != 0) {
    g_string_append (out, ",\"id\":");
    ent_codec_write_int (out, id);
  }
  if (re != 0) {
    g_string_append (out, ",\"re\":");
    ent_codec_write_int (out, re);
  }
  if (value != NULL) {
    g_string_append (out, ",\"d\":");
    ent_codec_write_struct (out, type, value);
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
