#include "tools/ent-doc-view.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 60

static EntValue *view_type (EntType *type, gboolean tagged, guint depth);

static EntValue *
tag (const char *name, EntValue *take_value)
{
  EntValue *object = ent_value_new_object ();

  ent_value_object_set (object, name, take_value);
  return object;
}

static EntValue *
view_number (double number)
{
  if (isnan (number))
    return tag ("$number", ent_value_new_string ("NaN", -1));
  if (isinf (number))
    return tag ("$number", ent_value_new_string (number > 0 ? "Infinity" : "-Infinity", -1));
  if (number == 0 && signbit (number))
    return tag ("$number", ent_value_new_string ("-0", -1));
  return ent_value_new_double (number);
}

EntValue *
ent_doc_view_value (EntValue *value)
{
  EntValue *result;
  gsize size;
  const guint8 *data;
  g_autofree char *text = NULL;

  switch (ent_value_get_kind (value)) {
  case ENT_VALUE_UNDEFINED:
    return tag ("$undefined", ent_value_new_bool (TRUE));
  case ENT_VALUE_DOUBLE:
    return view_number (ent_value_get_double (value));
  case ENT_VALUE_BIGINT:
    text = g_strdup_printf ("%" G_GINT64_FORMAT, ent_value_get_int (value));
    return tag ("$bigint", ent_value_new_string (text, -1));
  case ENT_VALUE_BYTES:
    data = g_bytes_get_data (ent_value_get_bytes (value), &size);
    text = g_base64_encode (data, size);
    return tag ("$bytes", ent_value_new_string (text, -1));
  case ENT_VALUE_ARRAY:
    result = ent_value_new_array ();
    for (guint i = 0; i < ent_value_get_length (value); i++)
      ent_value_array_add (result, ent_doc_view_value (ent_value_get_item (value, i)));
    return result;
  case ENT_VALUE_OBJECT:
    result = ent_value_new_object ();
    for (guint i = 0; i < ent_value_get_length (value); i++)
      ent_value_object_set (
        result, ent_value_get_key (value, i), ent_doc_view_value (ent_value_get_item (value, i)));
    return result;
  case ENT_VALUE_NULL:
  case ENT_VALUE_BOOL:
  case ENT_VALUE_INT:
  case ENT_VALUE_STRING:
    break;
  }
  return ent_value_ref (value);
}

static EntValue *
parse_tag (const char *name, EntValue *inner)
{
  const char *text = ent_value_get_string (inner, NULL);

  if (g_str_equal (name, "$undefined"))
    return ent_value_new_undefined ();
  if (!text)
    return NULL;
  if (g_str_equal (name, "$bigint"))
    return ent_value_new_bigint (g_ascii_strtoll (text, NULL, 10));
  if (g_str_equal (name, "$number"))
    return ent_value_new_double (g_ascii_strtod (text, NULL));
  if (g_str_equal (name, "$bytes")) {
    gsize size;
    guchar *data = g_base64_decode (text, &size);
    g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);

    return ent_value_new_bytes (bytes);
  }
  return NULL;
}

EntValue *
ent_doc_view_parse (EntValue *json)
{
  EntValue *result;

  if (ent_value_get_kind (json) == ENT_VALUE_ARRAY) {
    result = ent_value_new_array ();
    for (guint i = 0; i < ent_value_get_length (json); i++)
      ent_value_array_add (result, ent_doc_view_parse (ent_value_get_item (json, i)));
    return result;
  }
  if (ent_value_get_kind (json) != ENT_VALUE_OBJECT)
    return ent_value_ref (json);
  if (ent_value_get_length (json) == 1) {
    result = parse_tag (ent_value_get_key (json, 0), ent_value_get_item (json, 0));
    if (result)
      return result;
  }
  result = ent_value_new_object ();
  for (guint i = 0; i < ent_value_get_length (json); i++)
    ent_value_object_set (
      result, ent_value_get_key (json, i), ent_doc_view_parse (ent_value_get_item (json, i)));
  return result;
}

/* --- types --- */

static EntValue *
view_subdoc (char *take_guid)
{
  g_autofree char *guid = take_guid;

  return tag ("$subdoc", ent_value_new_string (guid ? guid : "", -1));
}

static EntValue *
view_entry (EntType *map, const char *key, guint depth)
{
  EntType *type = ent_map_get_type (map, key);
  g_autoptr (EntValue) value = NULL;

  if (type)
    return view_type (type, TRUE, depth + 1);
  if (ent_map_get_element_kind (map, key) == ENT_ELEMENT_SUBDOC)
    return view_subdoc (ent_map_dup_subdoc_guid (map, key));
  value = ent_map_get (map, key);
  return value ? ent_doc_view_value (value) : ent_value_new_null ();
}

static EntValue *
view_map (EntType *map, guint depth)
{
  EntValue *object = ent_value_new_object ();
  g_auto (GStrv) keys = ent_map_list_keys (map);

  for (guint i = 0; keys[i]; i++)
    ent_value_object_set (object, keys[i], view_entry (map, keys[i], depth));
  return object;
}

static EntValue *
view_array (EntType *array, guint depth)
{
  EntValue *result = ent_value_new_array ();

  for (guint32 i = 0; i < ent_array_get_length (array); i++) {
    EntType *type = ent_array_get_type (array, i);
    g_autoptr (EntValue) value = NULL;

    if (type) {
      ent_value_array_add (result, view_type (type, TRUE, depth + 1));
    } else if (ent_array_get_element_kind (array, i) == ENT_ELEMENT_SUBDOC) {
      ent_value_array_add (result, view_subdoc (ent_array_dup_subdoc_guid (array, i)));
    } else {
      value = ent_array_get (array, i);
      ent_value_array_add (result, value ? ent_doc_view_value (value) : ent_value_new_null ());
    }
  }
  return result;
}

static EntValue *
view_text (EntType *text)
{
  gsize size;
  g_autofree char *content = ent_text_dup (text, &size);

  return ent_value_new_string (content, size);
}

/* --- XML as yjs prints it --- */

#define OBJECT_TEXT "[object Object]" /* what JavaScript prints of what it cannot print */

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* A value as JavaScript makes text of it. */
static void
append_as_text (GString *out, const EntValue *value, guint depth)
{
  g_autofree char *json = NULL;
  const char *text;
  gsize size;

  switch (ent_value_get_kind (value)) {
  case ENT_VALUE_UNDEFINED:
    g_string_append (out, "undefined");
    return;
  case ENT_VALUE_STRING:
    text = ent_value_get_string (value, &size);
    g_string_append_len (out, text, size);
    return;
  case ENT_VALUE_OBJECT:
    g_string_append (out, OBJECT_TEXT);
    return;
  case ENT_VALUE_ARRAY:
    for (guint i = 0; i < ent_value_get_length (value) && depth < MAX_DEPTH; i++) {
      EntValue *item = ent_value_get_item (value, i);
      EntValueKind kind = ent_value_get_kind (item);

      if (i)
        g_string_append_c (out, ',');
      if (kind != ENT_VALUE_NULL && kind != ENT_VALUE_UNDEFINED)
        append_as_text (out, item, depth + 1);
    }
    return;
  default:
    json = ent_value_to_json (value);
    g_string_append (out, json);
  }
}

static void
append_attributes (GString *out, EntValue *attributes)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  if (ent_value_get_kind (attributes) != ENT_VALUE_OBJECT)
    return;
  for (guint i = 0; i < ent_value_get_length (attributes); i++)
    g_ptr_array_add (keys, (gpointer) ent_value_get_key (attributes, i));
  g_ptr_array_sort (keys, compare_keys);
  for (guint i = 0; i < keys->len; i++) {
    g_string_append_printf (out, " %s=\"", (const char *) keys->pdata[i]);
    append_as_text (out, ent_value_get_member (attributes, keys->pdata[i]), 0);
    g_string_append_c (out, '"');
  }
}

static void
append_run (const EntTextRun *run, gpointer data)
{
  GString *out = data;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; run->attributes && i < ent_value_get_length (run->attributes); i++)
    g_ptr_array_add (names, (gpointer) ent_value_get_key (run->attributes, i));
  g_ptr_array_sort (names, compare_keys);
  for (guint i = 0; i < names->len; i++) {
    g_string_append_printf (out, "<%s", (const char *) names->pdata[i]);
    append_attributes (out, ent_value_get_member (run->attributes, names->pdata[i]));
    g_string_append_c (out, '>');
  }
  if (run->text)
    g_string_append_len (out, run->text, run->text_bytes);
  else if (run->embed)
    append_as_text (out, run->embed, 0);
  for (guint i = names->len; i > 0; i--)
    g_string_append_printf (out, "</%s>", (const char *) names->pdata[i - 1]);
}

static void append_xml (GString *out, EntType *type, guint depth);

static void
append_xml_children (GString *out, EntType *type, guint depth)
{
  for (guint32 i = 0; i < ent_array_get_length (type); i++) {
    EntType *child = ent_array_get_type (type, i);

    if (child)
      append_xml (out, child, depth + 1);
  }
}

static void
append_xml (GString *out, EntType *type, guint depth)
{
  g_autofree char *name = NULL;
  g_autoptr (EntValue) attributes = NULL;

  if (depth > MAX_DEPTH)
    return;
  switch (ent_type_get_kind (type)) {
  case ENT_TYPE_XML_TEXT:
    ent_text_foreach_run (type, append_run, out);
    return;
  case ENT_TYPE_XML_ELEMENT:
    name = g_utf8_strdown (ent_type_get_node_name (type), -1);
    attributes = view_map (type, depth);
    g_string_append_printf (out, "<%s", name);
    append_attributes (out, attributes);
    g_string_append_c (out, '>');
    append_xml_children (out, type, depth);
    g_string_append_printf (out, "</%s>", name);
    return;
  case ENT_TYPE_XML_HOOK:
    g_string_append (out, OBJECT_TEXT);
    return;
  default:
    append_xml_children (out, type, depth);
  }
}

static EntValue *
view_xml (EntType *type, guint depth)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_xml (out, type, depth);
  return ent_value_new_string (out->str, out->len);
}

static EntValue *
view_type (EntType *type, gboolean tagged, guint depth)
{
  const char *name = "$xml";
  EntValue *value;

  if (depth > MAX_DEPTH)
    return ent_value_new_null ();
  switch (ent_type_guess_kind (type)) {
  case ENT_TYPE_ARRAY:
    name = "$array";
    value = view_array (type, depth);
    break;
  case ENT_TYPE_MAP:
    name = "$map";
    value = view_map (type, depth);
    break;
  case ENT_TYPE_TEXT:
  case ENT_TYPE_UNKNOWN:
    name = "$text";
    value = view_text (type);
    break;
  default:
    value = view_xml (type, depth);
    break;
  }
  return tagged ? tag (name, value) : value;
}

EntValue *
ent_doc_view_type (EntType *type, gboolean tagged)
{
  return view_type (type, tagged, 0);
}

static void
add_run (const EntTextRun *run, gpointer data)
{
  EntValue *delta = data;
  EntValue *op = ent_value_new_object ();
  EntValue *insert;

  if (run->text)
    insert = ent_value_new_string (run->text, run->text_bytes);
  else if (run->type)
    insert = view_type (run->type, TRUE, 0);
  else
    insert = ent_doc_view_value (run->embed);
  ent_value_object_set (op, "insert", insert);
  if (run->attributes) {
    EntValue *copy = ent_value_new_object ();

    for (guint i = 0; i < ent_value_get_length (run->attributes); i++)
      ent_value_object_set (copy, ent_value_get_key (run->attributes, i),
        ent_value_ref (ent_value_get_item (run->attributes, i)));
    ent_value_object_set (op, "attributes", copy);
  }
  ent_value_array_add (delta, op);
}

EntValue *
ent_doc_view_delta (EntType *text)
{
  EntValue *delta = ent_value_new_array ();

  ent_text_foreach_run (text, add_run, delta);
  return delta;
}

static gboolean
is_number (EntValue *value)
{
  return ent_value_get_kind (value) == ENT_VALUE_INT ||
         ent_value_get_kind (value) == ENT_VALUE_DOUBLE;
}

gboolean
ent_doc_view_equal (EntValue *a, EntValue *b)
{
  if (is_number (a) && is_number (b))
    return ent_value_get_double (a) == ent_value_get_double (b);
  if (ent_value_get_kind (a) != ent_value_get_kind (b) ||
      ent_value_get_length (a) != ent_value_get_length (b))
    return FALSE;
  for (guint i = 0; i < ent_value_get_length (a); i++) {
    EntValue *other = ent_value_get_kind (a) == ENT_VALUE_OBJECT
                        ? ent_value_get_member (b, ent_value_get_key (a, i))
                        : ent_value_get_item (b, i);

    if (!other || !ent_doc_view_equal (ent_value_get_item (a, i), other))
      return FALSE;
  }
  return ent_value_get_kind (a) == ENT_VALUE_ARRAY || ent_value_get_kind (a) == ENT_VALUE_OBJECT ||
         ent_value_equal (a, b);
}
