#include "tools/ent-doc-tool-private.h"

/* Commands about updates, with a document and without. */

static EntValue *
run_apply (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = tool_need_bytes (tool, "update", error);

  if (!update)
    return NULL;
  return tool_answer_ok (ent_doc_apply_bytes (tool->replica->doc, update, tool, error));
}

static EntValue *
run_update (Tool *tool, GError **error)
{
  if (!tool->replica->update)
    return tool_answer ("update", ent_value_new_null ());
  return tool_answer_bytes ("update", g_bytes_ref (tool->replica->update));
}

static EntStateVector *
need_vector (Tool *tool, GError **error)
{
  g_autoptr (GBytes) bytes = tool_need_bytes (tool, "stateVector", error);

  return bytes ? ent_state_vector_decode (
                   g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error)
               : NULL;
}

static EntValue *
run_encode (Tool *tool, GError **error)
{
  g_autoptr (EntStateVector) known = NULL;

  if (!tool_get (tool, "stateVector"))
    return tool_answer_bytes ("update", ent_doc_encode (tool->replica->doc));
  known = need_vector (tool, error);
  return known ? tool_answer_bytes ("update", ent_doc_encode_diff (tool->replica->doc, known))
               : NULL;
}

static EntValue *
run_state_vector (Tool *tool, GError **error)
{
  g_autoptr (EntStateVector) vector = NULL;
  g_autoptr (GBytes) update = NULL;

  if (tool_get (tool, "update")) {
    update = tool_need_bytes (tool, "update", error);
    vector = update ? ent_update_dup_state_vector (update, error) : NULL;
  } else if (tool->replica) {
    vector = ent_doc_dup_state_vector (tool->replica->doc);
  } else {
    tool_fail (error, "The request needs a proper \"%s\"", "doc");
  }
  return vector ? tool_answer_bytes ("stateVector", ent_state_vector_encode (vector)) : NULL;
}

static EntValue *
run_merge (Tool *tool, GError **error)
{
  EntValue *list = tool_need (tool, "updates", ENT_VALUE_ARRAY, error);
  g_autoptr (GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (!list)
    return NULL;
  for (guint i = 0; i < ent_value_get_length (list); i++) {
    GBytes *update = tool_decode (ent_value_get_item (list, i));

    if (!update)
      return tool_fail (error, "The request needs proper \"%s\"", "updates");
    g_ptr_array_add (updates, update);
  }
  return tool_answer_bytes (
    "update", ent_update_merge ((GBytes *const *) updates->pdata, updates->len, error));
}

static EntValue *
run_diff (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = tool_need_bytes (tool, "update", error);
  g_autoptr (EntStateVector) known = update ? need_vector (tool, error) : NULL;

  return known ? tool_answer_bytes ("update", ent_update_diff (update, known, error)) : NULL;
}

static EntValue *
view_ranges (GArray *ranges)
{
  EntValue *list = ent_value_new_array ();

  for (guint i = 0; i < ranges->len; i++) {
    const EntClockRange *range = &g_array_index (ranges, EntClockRange, i);
    EntValue *item = ent_value_new_array ();

    ent_value_array_add (item, ent_value_new_double ((double) range->client));
    ent_value_array_add (item, ent_value_new_double (range->clock));
    ent_value_array_add (item, ent_value_new_double (range->length));
    ent_value_array_add (list, item);
  }
  return list;
}

static EntValue *
run_inspect (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = tool_need_bytes (tool, "update", error);
  g_autoptr (EntUpdateInfo) info = NULL;
  EntValue *roots;
  EntValue *result;

  if (update)
    info = tool->replica ? ent_doc_inspect (tool->replica->doc, update, error)
                         : ent_update_inspect (update, error);
  if (!info)
    return NULL;
  roots = ent_value_new_array ();
  for (guint i = 0; i < info->roots->len; i++)
    ent_value_array_add (roots, ent_value_new_string (info->roots->pdata[i], -1));
  result = tool_answer ("roots", roots);
  ent_value_object_set (result, "resolved", ent_value_new_bool (info->all_resolved));
  ent_value_object_set (result, "created", view_ranges (info->created));
  ent_value_object_set (result, "deleted", view_ranges (info->deleted));
  ent_value_object_set (result, "structs", ent_value_new_int (info->n_structs));
  ent_value_object_set (result, "textBytes", ent_value_new_double (info->text_bytes));
  return result;
}

const ToolCommand tool_update_commands[] = {
  { "apply", run_apply, FALSE, ENT_TYPE_UNKNOWN },
  { "update", run_update, FALSE, ENT_TYPE_UNKNOWN },
  { "encode", run_encode, FALSE, ENT_TYPE_UNKNOWN },
  { "state-vector", run_state_vector, TRUE, ENT_TYPE_UNKNOWN },
  { "merge", run_merge, TRUE, ENT_TYPE_UNKNOWN },
  { "diff", run_diff, TRUE, ENT_TYPE_UNKNOWN },
  { "inspect", run_inspect, TRUE, ENT_TYPE_UNKNOWN },
  { NULL, NULL, FALSE, ENT_TYPE_UNKNOWN },
};
