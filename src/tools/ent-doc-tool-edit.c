#include <string.h>

#include "tools/ent-doc-tool-private.h"
#include "tools/ent-doc-view.h"

/* Commands that edit and read types. */

/* --- text --- */

static EntValue *
run_insert (Tool *tool, GError **error)
{
  EntType *text = tool_need_type (tool, error);
  EntValue *content = text ? tool_need (tool, "text", ENT_VALUE_STRING, error) : NULL;
  EntValue *attributes;
  const char *utf8;
  gsize size;
  guint32 index;

  if (!content || !tool_need_index (tool, "index", &index, error) ||
      !tool_get_kind (tool, "attributes", ENT_VALUE_OBJECT, &attributes, error))
    return NULL;
  utf8 = ent_value_get_string (content, &size);
  return tool_answer_ok (ent_text_insert_utf16 (text, index, utf8, size, attributes, error));
}

static EntValue *
run_embed (Tool *tool, GError **error)
{
  EntType *text = tool_need_type (tool, error);
  EntValue *embed = text ? tool_need (tool, "embed", ENT_VALUE_OBJECT, error) : NULL;
  EntValue *attributes;
  guint32 index;

  if (!embed || !tool_need_index (tool, "index", &index, error) ||
      !tool_get_kind (tool, "attributes", ENT_VALUE_OBJECT, &attributes, error))
    return NULL;
  return tool_answer_ok (ent_text_insert_embed_utf16 (text, index, embed, attributes, error));
}

static gboolean
need_range (Tool *tool, guint32 *index, guint32 *length, GError **error)
{
  return tool_need_index (tool, "index", index, error) &&
         tool_need_index (tool, "length", length, error);
}

static EntValue *
run_delete (Tool *tool, GError **error)
{
  EntType *text = tool_need_type (tool, error);
  guint32 index;
  guint32 length;

  if (!text || !need_range (tool, &index, &length, error))
    return NULL;
  return tool_answer_ok (ent_text_delete_utf16 (text, index, length, error));
}

static EntValue *
run_format (Tool *tool, GError **error)
{
  EntType *text = tool_need_type (tool, error);
  EntValue *attributes = text ? tool_need (tool, "attributes", ENT_VALUE_OBJECT, error) : NULL;
  guint32 index;
  guint32 length;

  if (!attributes || !need_range (tool, &index, &length, error))
    return NULL;
  return tool_answer_ok (ent_text_format_utf16 (text, index, length, attributes, error));
}

static EntValue *
run_text (Tool *tool, GError **error)
{
  EntType *text = tool_need_type (tool, error);
  g_autofree char *content = NULL;
  gsize size;

  if (!text)
    return NULL;
  content = ent_text_dup (text, &size);
  return tool_answer ("text", ent_value_new_string (content, size));
}

static EntValue *
run_delta (Tool *tool, GError **error)
{
  EntType *text = tool_need_type (tool, error);

  return text ? tool_answer ("delta", ent_doc_view_delta (text)) : NULL;
}

/* --- values that make nested types --- */

static EntTypeKind
kind_of_name (const char *name)
{
  static const struct {
    const char *name;
    EntTypeKind kind;
  } kinds[] = { { "text", ENT_TYPE_TEXT }, { "array", ENT_TYPE_ARRAY }, { "map", ENT_TYPE_MAP },
    { "xml", ENT_TYPE_XML_FRAGMENT }, { "xml fragment", ENT_TYPE_XML_FRAGMENT },
    { "xml text", ENT_TYPE_XML_TEXT } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_strcmp0 (kinds[i].name, name) == 0)
      return kinds[i].kind;
  }
  return ENT_TYPE_UNKNOWN;
}

/* The type that a value tagged $text, $map or $array stands for. */
static EntTypeKind
kind_of_value (const EntValue *value, EntValue **content)
{
  const char *tag;
  EntValueKind kind;

  if (ent_value_get_kind (value) != ENT_VALUE_OBJECT || ent_value_get_length (value) != 1)
    return ENT_TYPE_UNKNOWN;
  tag = ent_value_get_key (value, 0);
  *content = ent_value_get_item (value, 0);
  kind = ent_value_get_kind (*content);
  if (g_str_equal (tag, "$text") && kind == ENT_VALUE_STRING)
    return ENT_TYPE_TEXT;
  if (g_str_equal (tag, "$map") && kind == ENT_VALUE_OBJECT)
    return ENT_TYPE_MAP;
  if (g_str_equal (tag, "$array") && kind == ENT_VALUE_ARRAY)
    return ENT_TYPE_ARRAY;
  return ENT_TYPE_UNKNOWN;
}

static gboolean insert_values (EntType *array, guint32 at, const EntValue *json, GError **error);

static gboolean set_value (EntType *map, const char *key, EntValue *json, GError **error);

static gboolean
fill (EntType *type, EntTypeKind kind, const EntValue *content, GError **error)
{
  const char *text;
  gsize size;

  if (kind == ENT_TYPE_ARRAY)
    return insert_values (type, 0, content, error);
  if (kind == ENT_TYPE_TEXT) {
    text = ent_value_get_string (content, &size);
    return ent_text_insert_utf16 (type, 0, text, size, NULL, error);
  }
  for (guint i = 0; i < ent_value_get_length (content); i++) {
    if (!set_value (type, ent_value_get_key (content, i), ent_value_get_item (content, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_value (EntType *map, const char *key, EntValue *json, GError **error)
{
  EntValue *content;
  EntTypeKind kind = kind_of_value (json, &content);
  g_autoptr (EntValue) value = NULL;
  EntType *type;

  if (kind == ENT_TYPE_UNKNOWN) {
    value = ent_doc_view_parse (json);
    return ent_map_set (map, key, value, error);
  }
  type = ent_map_set_type (map, key, kind, error);
  return type && fill (type, kind, content, error);
}

/* Runs of plain values go in as one, as yjs does it. */
static gboolean
insert_values (EntType *array, guint32 at, const EntValue *json, GError **error)
{
  guint n = ent_value_get_length (json);

  for (guint i = 0; i < n;) {
    g_autoptr (GPtrArray) run = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_value_unref);
    EntValue *content = NULL;
    EntTypeKind kind = ENT_TYPE_UNKNOWN;

    for (; i < n; i++) {
      EntValue *value = ent_value_get_item (json, i);

      kind = kind_of_value (value, &content);
      if (kind != ENT_TYPE_UNKNOWN)
        break;
      g_ptr_array_add (run, ent_doc_view_parse (value));
    }
    if (!ent_array_insert (array, at, (EntValue *const *) run->pdata, run->len, error))
      return FALSE;
    at += run->len;
    if (kind != ENT_TYPE_UNKNOWN) {
      EntType *type = ent_array_insert_type (array, at, kind, error);

      if (!type || !fill (type, kind, content, error))
        return FALSE;
      at++;
      i++;
    }
  }
  return TRUE;
}

/* Values of many parts are tried elsewhere first, so that a refusal leaves nothing behind. */
static gboolean
try_values (const EntValue *values, GError **error)
{
  g_autoptr (EntDoc) scratch = ent_doc_new (1, ENT_DOC_DEFAULT);
  gboolean ok;

  ent_doc_begin (scratch, NULL);
  ok = insert_values (ent_doc_get_array (scratch, "values"), 0, values, error);
  ent_doc_commit (scratch);
  return ok;
}

/* --- maps and arrays --- */

/* FALSE with the error set when the request has a "type" of no kind. */
static gboolean
get_new_type (Tool *tool, EntTypeKind *kind, GError **error)
{
  EntValue *type;

  *kind = ENT_TYPE_UNKNOWN;
  if (!tool_get_kind (tool, "type", ENT_VALUE_STRING, &type, error))
    return FALSE;
  if (type)
    *kind = kind_of_name (ent_value_get_string (type, NULL));
  if (type && *kind == ENT_TYPE_UNKNOWN)
    tool_fail (error, "The request needs a proper \"%s\"", "type");
  return !type || *kind != ENT_TYPE_UNKNOWN;
}

static EntValue *
run_map_set (Tool *tool, GError **error)
{
  EntType *map = tool_need_type (tool, error);
  const char *key = map ? tool_need_text (tool, "key", error) : NULL;
  EntValue *value = ent_value_get_member (tool->request, "value"); /* may be null */
  g_autoptr (EntValue) list = ent_value_new_array ();
  EntTypeKind kind;
  gboolean ok;

  if (!key || !get_new_type (tool, &kind, error))
    return NULL;
  if (kind != ENT_TYPE_UNKNOWN)
    return tool_answer_ok (ent_map_set_type (map, key, kind, error) != NULL);
  if (!value)
    return tool_fail (error, "The request needs a proper \"%s\"", "value");
  ent_value_array_add (list, ent_value_ref (value));
  if (!try_values (list, error))
    return NULL;
  ent_doc_begin (tool->replica->doc, NULL);
  ok = set_value (map, key, value, error);
  ent_doc_commit (tool->replica->doc);
  return tool_answer_ok (ok);
}

static EntValue *
run_map_delete (Tool *tool, GError **error)
{
  EntType *map = tool_need_type (tool, error);
  const char *key = map ? tool_need_text (tool, "key", error) : NULL;

  return key ? tool_answer_ok (ent_map_delete (map, key, error)) : NULL;
}

static EntValue *
run_array_insert (Tool *tool, GError **error)
{
  EntType *array = tool_need_type (tool, error);
  EntTypeKind kind;
  EntValue *values;
  guint32 index;
  gboolean ok;

  if (!array || !tool_need_index (tool, "index", &index, error) ||
      !get_new_type (tool, &kind, error))
    return NULL;
  if (kind != ENT_TYPE_UNKNOWN)
    return tool_answer_ok (ent_array_insert_type (array, index, kind, error) != NULL);
  values = tool_need (tool, "values", ENT_VALUE_ARRAY, error);
  if (!values || !try_values (values, error))
    return NULL;
  ent_doc_begin (tool->replica->doc, NULL);
  ok = insert_values (array, index, values, error);
  ent_doc_commit (tool->replica->doc);
  return tool_answer_ok (ok);
}

static EntValue *
run_array_delete (Tool *tool, GError **error)
{
  EntType *array = tool_need_type (tool, error);
  guint32 index;
  guint32 length;

  if (!array || !need_range (tool, &index, &length, error))
    return NULL;
  return tool_answer_ok (ent_array_delete (array, index, length, error));
}

static EntValue *
run_root (Tool *tool, GError **error)
{
  const char *root = tool_need_text (tool, "root", error);
  const char *name = root ? tool_need_text (tool, "kind", error) : NULL;
  EntTypeKind kind = kind_of_name (name);

  if (!name)
    return NULL;
  if (strlen (root) > ENT_DOC_MAX_NAME_BYTES)
    return tool_fail (error, "The request needs a proper \"%s\"", "root");
  if (kind == ENT_TYPE_UNKNOWN)
    return tool_fail (error, "The request needs a proper \"%s\"", "kind");
  ent_doc_get_root (tool->replica->doc, root, kind);
  return tool_answer_ok (TRUE);
}

const ToolCommand tool_edit_commands[] = {
  { "root", run_root, FALSE, ENT_TYPE_UNKNOWN },
  { "insert", run_insert, FALSE, ENT_TYPE_TEXT },
  { "embed", run_embed, FALSE, ENT_TYPE_TEXT },
  { "delete", run_delete, FALSE, ENT_TYPE_TEXT },
  { "format", run_format, FALSE, ENT_TYPE_TEXT },
  { "text", run_text, FALSE, ENT_TYPE_TEXT },
  { "delta", run_delta, FALSE, ENT_TYPE_TEXT },
  { "map-set", run_map_set, FALSE, ENT_TYPE_MAP },
  { "map-delete", run_map_delete, FALSE, ENT_TYPE_MAP },
  { "array-insert", run_array_insert, FALSE, ENT_TYPE_ARRAY },
  { "array-delete", run_array_delete, FALSE, ENT_TYPE_ARRAY },
  { NULL, NULL, FALSE, ENT_TYPE_UNKNOWN },
};
