#include <math.h>
#include <string.h>

#include "tools/ent-doc-tool-private.h"

gpointer
tool_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (
    error, g_error_new_valist (ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID, format, args));
  va_end (args);
  return NULL;
}

static gpointer
fail_member (const char *name, GError **error)
{
  return tool_fail (error, "The request needs a proper \"%s\"", name);
}

EntValue *
tool_get (Tool *tool, const char *name)
{
  EntValue *value = ent_value_get_member (tool->request, name);

  return value && ent_value_get_kind (value) != ENT_VALUE_NULL ? value : NULL;
}

EntValue *
tool_need (Tool *tool, const char *name, EntValueKind kind, GError **error)
{
  EntValue *value = tool_get (tool, name);

  return value && ent_value_get_kind (value) == kind ? value : fail_member (name, error);
}

gboolean
tool_get_kind (Tool *tool, const char *name, EntValueKind kind, EntValue **value, GError **error)
{
  *value = tool_get (tool, name);
  return !*value || ent_value_get_kind (*value) == kind || fail_member (name, error);
}

const char *
tool_need_text (Tool *tool, const char *name, GError **error)
{
  EntValue *value = tool_need (tool, name, ENT_VALUE_STRING, error);
  gsize size;
  const char *text = value ? ent_value_get_string (value, &size) : NULL;

  if (text && strlen (text) != size)
    return fail_member (name, error);
  return text;
}

gboolean
tool_read_number (const EntValue *value, double min, double max, double *number)
{
  EntValueKind kind = value ? ent_value_get_kind (value) : ENT_VALUE_NULL;

  if (kind != ENT_VALUE_INT && kind != ENT_VALUE_DOUBLE)
    return FALSE;
  *number = ent_value_get_double (value);
  return *number >= min && *number <= max && floor (*number) == *number;
}

gboolean
tool_need_number (Tool *tool,
  const char *name,
  double min,
  double max,
  double *number,
  GError **error)
{
  return tool_read_number (tool_get (tool, name), min, max, number) || fail_member (name, error);
}

gboolean
tool_need_index (Tool *tool, const char *name, guint32 *index, GError **error)
{
  double number = 0;

  if (!tool_need_number (tool, name, 0, G_MAXUINT32, &number, error))
    return FALSE;
  *index = (guint32) number;
  return TRUE;
}

/* --- bytes --- */

GBytes *
tool_decode (const EntValue *value)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize length = 0;
  const char *text = value ? ent_value_get_string (value, &length) : NULL;
  gsize n_digits;
  gsize size;
  guchar *data;

  if (!text || strlen (text) != length || length % 4)
    return NULL;
  n_digits = strspn (text, digits);
  if (length - n_digits > 2 || strspn (text + n_digits, "=") != length - n_digits)
    return NULL;
  data = g_base64_decode (text, &size);
  return g_bytes_new_take (data, size);
}

GBytes *
tool_need_bytes (Tool *tool, const char *name, GError **error)
{
  GBytes *bytes = tool_decode (tool_get (tool, name));

  return bytes ? bytes : fail_member (name, error);
}

/* --- types --- */

static EntType *
follow (EntType *type, const EntValue *step)
{
  gsize size;
  const char *key = ent_value_get_string (step, &size);
  double index = 0;

  if (key)
    return strlen (key) == size ? ent_map_get_type (type, key) : NULL;
  if (!tool_read_number (step, 0, G_MAXUINT32, &index))
    return NULL;
  return ent_array_get_type (type, (guint32) index);
}

EntType *
tool_need_type (Tool *tool, GError **error)
{
  const char *root = tool_need_text (tool, "root", error);
  EntValue *path;
  EntType *type;

  if (!root || !tool_get_kind (tool, "path", ENT_VALUE_ARRAY, &path, error))
    return NULL;
  if (strlen (root) > ENT_DOC_MAX_NAME_BYTES)
    return fail_member ("root", error);
  type = ent_doc_get_root (tool->replica->doc, root, ENT_TYPE_UNKNOWN);
  for (guint i = 0; path && type && i < ent_value_get_length (path); i++)
    type = follow (type, ent_value_get_item (path, i));
  return type ? type : tool_fail (error, "There is no type at this \"%s\"", "path");
}

/* --- answers --- */

EntValue *
tool_answer (const char *name, EntValue *take_value)
{
  EntValue *object = ent_value_new_object ();

  ent_value_object_set (object, name, take_value);
  return object;
}

EntValue *
tool_answer_bool (const char *name, gboolean value)
{
  return tool_answer (name, ent_value_new_bool (value));
}

EntValue *
tool_answer_ok (gboolean ok)
{
  return ok ? tool_answer_bool ("ok", TRUE) : NULL;
}

EntValue *
tool_answer_bytes (const char *name, GBytes *take_bytes)
{
  g_autoptr (GBytes) bytes = take_bytes;
  gsize size;
  const guchar *data;
  g_autofree char *base64 = NULL;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  base64 = g_base64_encode (data, size);
  return tool_answer (name, ent_value_new_string (base64, -1));
}
