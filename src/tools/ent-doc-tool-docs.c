#include <string.h>

#include "tools/ent-doc-tool-private.h"
#include "tools/ent-doc-view.h"

/* Commands about whole documents: making, reading, checking them. */

void
tool_replica_free (gpointer data)
{
  ToolReplica *replica = data;

  g_clear_pointer (&replica->undo, ent_undo_free);
  g_clear_pointer (&replica->awareness, ent_awareness_free);
  g_clear_pointer (&replica->doc, ent_doc_unref);
  g_clear_pointer (&replica->update, g_bytes_unref);
  g_clear_pointer (&replica->named_roots, g_hash_table_unref);
  g_free (replica);
}

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  ToolReplica *replica = data;

  g_clear_pointer (&replica->update, g_bytes_unref);
  replica->update = g_bytes_ref (ent_doc_event_get_update (event));
  replica->n_events++;
}

static EntValue *
run_new (Tool *tool, GError **error)
{
  const char *name = tool_need_text (tool, "doc", error);
  EntValue *gc;
  double client;
  ToolReplica *replica;
  gboolean keep;

  if (!name ||
      !tool_need_number (tool, "client", 1, (double) ENT_DOC_MAX_OWN_CLIENT_ID, &client, error) ||
      !tool_get_kind (tool, "gc", ENT_VALUE_BOOL, &gc, error))
    return NULL;
  keep = gc && !ent_value_get_bool (gc);
  replica = g_new0 (ToolReplica, 1);
  replica->doc = ent_doc_new ((guint64) client, keep ? ENT_DOC_KEEP_DELETED : ENT_DOC_DEFAULT);
  replica->awareness = ent_awareness_new ((guint64) client);
  replica->named_roots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ent_doc_observe (replica->doc, changed_cb, replica, NULL);
  g_hash_table_replace (tool->replicas, g_strdup (name), replica);
  return tool_answer_ok (TRUE);
}

static EntValue *
run_free (Tool *tool, GError **error)
{
  g_hash_table_remove (tool->replicas, tool_need_text (tool, "doc", NULL));
  return tool_answer_ok (TRUE);
}

static EntValue *
run_set_client (Tool *tool, GError **error)
{
  double client;

  if (!tool_need_number (tool, "client", 0, (double) ENT_DOC_MAX_CLIENT_ID, &client, error))
    return NULL;
  return tool_answer_ok (ent_doc_set_client_id (tool->replica->doc, (guint64) client, error));
}

static EntValue *
run_begin (Tool *tool, GError **error)
{
  ent_doc_begin (tool->replica->doc, NULL);
  return tool_answer_ok (TRUE);
}

static EntValue *
run_commit (Tool *tool, GError **error)
{
  if (!ent_doc_in_transaction (tool->replica->doc))
    return tool_fail (error, "There is no open %s", "transaction");
  ent_doc_commit (tool->replica->doc);
  return tool_answer_ok (TRUE);
}

/* Plain text and XML roots are strings, the others are tagged, as the fixtures have them. A root
 * that was named only by commands that failed is none. */
static EntValue *
run_json (Tool *tool, GError **error)
{
  EntDoc *doc = tool->replica->doc;
  g_auto (GStrv) names = ent_doc_list_roots (doc);
  EntValue *roots = ent_value_new_object ();

  for (guint i = 0; names[i]; i++) {
    EntType *root = ent_doc_get_root (doc, names[i], ENT_TYPE_UNKNOWN);
    EntTypeKind kind = ent_type_guess_kind (root);
    gboolean tagged = kind == ENT_TYPE_MAP || kind == ENT_TYPE_ARRAY;

    if (kind != ENT_TYPE_UNKNOWN || g_hash_table_contains (tool->replica->named_roots, names[i]))
      ent_value_object_set (roots, names[i], ent_doc_view_type (root, tagged));
  }
  return tool_answer ("json", roots);
}

static EntValue *
run_pending (Tool *tool, GError **error)
{
  gboolean structs = ent_doc_has_pending_structs (tool->replica->doc);
  gboolean deletes = ent_doc_has_pending_deletes (tool->replica->doc);
  EntValue *result = tool_answer_bool ("pending", structs || deletes);

  ent_value_object_set (result, "structs", ent_value_new_bool (structs));
  ent_value_object_set (result, "deletes", ent_value_new_bool (deletes));
  return result;
}

static EntValue *
run_hash (Tool *tool, GError **error)
{
  g_autofree char *hash = ent_doc_dup_state_hash (tool->replica->doc);

  return tool_answer ("hash", ent_value_new_string (hash, -1));
}

static EntValue *
run_check (Tool *tool, GError **error)
{
  return tool_answer_ok (ent_doc_check (tool->replica->doc, error));
}

static EntValue *
run_events (Tool *tool, GError **error)
{
  return tool_answer ("events", ent_value_new_int (tool->replica->n_events));
}

const ToolCommand tool_doc_commands[] = {
  { "new", run_new, TRUE, ENT_TYPE_UNKNOWN },
  { "free", run_free, FALSE, ENT_TYPE_UNKNOWN },
  { "set-client", run_set_client, FALSE, ENT_TYPE_UNKNOWN },
  { "begin", run_begin, FALSE, ENT_TYPE_UNKNOWN },
  { "commit", run_commit, FALSE, ENT_TYPE_UNKNOWN },
  { "json", run_json, FALSE, ENT_TYPE_UNKNOWN },
  { "pending", run_pending, FALSE, ENT_TYPE_UNKNOWN },
  { "events", run_events, FALSE, ENT_TYPE_UNKNOWN },
  { "hash", run_hash, FALSE, ENT_TYPE_UNKNOWN },
  { "check", run_check, FALSE, ENT_TYPE_UNKNOWN },
  { NULL, NULL, FALSE, ENT_TYPE_UNKNOWN },
};
