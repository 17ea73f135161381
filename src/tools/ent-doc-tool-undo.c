#include "document/ent-doc-relpos.h"
#include "tools/ent-doc-tool-private.h"

/* Commands about undo, positions and awareness. */

/* --- undo --- */

static EntValue *
run_undo_scope (Tool *tool, GError **error)
{
  EntType *type = tool_need_type (tool, error);

  if (!type)
    return NULL;
  if (!tool->replica->undo)
    tool->replica->undo = ent_undo_new (tool->replica->doc, NULL, NULL);
  ent_undo_add_scope (tool->replica->undo, type);
  return tool_answer_ok (TRUE);
}

static EntUndo *
need_undo (Tool *tool, GError **error)
{
  return tool->replica->undo ? tool->replica->undo
                             : tool_fail (error, "There is no undo yet: %s first", "undo-scope");
}

static EntValue *
run_undo_stop (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);

  if (!undo)
    return NULL;
  ent_undo_stop (undo);
  return tool_answer_ok (TRUE);
}

static EntValue *
run_undo (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);

  return undo ? tool_answer_bool ("did", ent_undo_undo (undo)) : NULL;
}

static EntValue *
run_redo (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);

  return undo ? tool_answer_bool ("did", ent_undo_redo (undo)) : NULL;
}

static EntValue *
run_undo_depth (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);
  EntValue *result;

  if (!undo)
    return NULL;
  result = tool_answer ("undo", ent_value_new_int (ent_undo_get_undo_depth (undo)));
  ent_value_object_set (result, "redo", ent_value_new_int (ent_undo_get_redo_depth (undo)));
  return result;
}

const ToolCommand tool_undo_commands[] = {
  { "undo-scope", run_undo_scope, FALSE, ENT_TYPE_UNKNOWN },
  { "undo-stop", run_undo_stop, FALSE, ENT_TYPE_UNKNOWN },
  { "undo", run_undo, FALSE, ENT_TYPE_UNKNOWN },
  { "redo", run_redo, FALSE, ENT_TYPE_UNKNOWN },
  { "undo-depth", run_undo_depth, FALSE, ENT_TYPE_UNKNOWN },
  { NULL, NULL, FALSE, ENT_TYPE_UNKNOWN },
};

/* --- positions --- */

static EntValue *
run_relpos_encode (Tool *tool, GError **error)
{
  EntType *type = tool_need_type (tool, error);
  g_autoptr (EntRelPos) pos = NULL;
  EntValue *result;
  double assoc = 0;
  guint32 index;

  if (!type || !tool_need_index (tool, "index", &index, error))
    return NULL;
  if (tool_get (tool, "assoc") &&
      !tool_need_number (tool, "assoc", G_MININT32, G_MAXINT32, &assoc, error))
    return NULL;
  pos = ent_rel_pos_new_utf16 (type, index, (int) assoc);
  result = tool_answer_bytes ("relpos", ent_rel_pos_encode (pos));
  ent_value_object_set (result, "json", ent_rel_pos_to_value (pos));
  return result;
}

static EntValue *
run_relpos_resolve (Tool *tool, GError **error)
{
  EntValue *json;
  g_autoptr (EntRelPos) pos = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint32 index;

  if (!tool_get_kind (tool, "json", ENT_VALUE_OBJECT, &json, error))
    return NULL;
  if (json) {
    pos = ent_rel_pos_from_value (json, error);
  } else {
    bytes = tool_need_bytes (tool, "relpos", error);
    if (bytes)
      pos = ent_rel_pos_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  }
  if (!pos)
    return NULL;
  if (!ent_rel_pos_resolve (pos, tool->replica->doc, NULL, NULL, &index))
    return tool_answer ("index", ent_value_new_null ());
  return tool_answer ("index", ent_value_new_double (index));
}

/* --- awareness --- */

static gboolean
get_now (Tool *tool, gint64 *now_ms, GError **error)
{
  double now = 0;

  if (tool_get (tool, "now") &&
      !tool_need_number (tool, "now", 0, (double) ENT_DOC_MAX_CLIENT_ID, &now, error))
    return FALSE;
  *now_ms = (gint64) now;
  return TRUE;
}

static EntValue *
run_awareness_set (Tool *tool, GError **error)
{
  EntValue *state = ent_value_get_member (tool->request, "state"); /* null: leaves */
  g_autofree char *json = NULL;
  gint64 now_ms;

  if (!state)
    return tool_fail (error, "The request needs a proper \"%s\"", "state");
  if (!get_now (tool, &now_ms, error))
    return NULL;
  if (ent_value_get_kind (state) != ENT_VALUE_NULL)
    json = ent_value_to_json (state);
  return tool_answer_ok (ent_awareness_set_state (tool->replica->awareness, json, now_ms, error));
}

static EntValue *
run_awareness_apply (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = tool_need_bytes (tool, "update", error);
  gint64 now_ms;

  if (!update || !get_now (tool, &now_ms, error))
    return NULL;
  return tool_answer_ok (ent_awareness_apply (tool->replica->awareness,
    g_bytes_get_data (update, NULL), g_bytes_get_size (update), now_ms, NULL, error));
}

/* An array of guint64; empty when the request has none. */
static GArray *
get_clients (Tool *tool, GError **error)
{
  g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (guint64));
  EntValue *list;

  if (!tool_get_kind (tool, "clients", ENT_VALUE_ARRAY, &list, error))
    return NULL;
  for (guint i = 0; list && i < ent_value_get_length (list); i++) {
    double number;
    guint64 client;

    if (!tool_read_number (
          ent_value_get_item (list, i), 0, (double) ENT_DOC_MAX_CLIENT_ID, &number))
      return tool_fail (error, "The request needs proper \"%s\"", "clients");
    client = (guint64) number;
    g_array_append_val (clients, client);
  }
  return g_steal_pointer (&clients);
}

static EntValue *
run_awareness_encode (Tool *tool, GError **error)
{
  g_autoptr (GArray) clients = get_clients (tool, error);
  gboolean all = !tool_get (tool, "clients");

  if (!clients)
    return NULL;
  return tool_answer_bytes ("update", ent_awareness_encode (tool->replica->awareness,
                                        all ? NULL : (guint64 *) clients->data, clients->len));
}

static EntValue *
run_awareness_remove (Tool *tool, GError **error)
{
  g_autoptr (GArray) clients = get_clients (tool, error);

  if (!clients)
    return NULL;
  ent_awareness_remove (tool->replica->awareness, (guint64 *) clients->data, clients->len, NULL);
  return tool_answer_ok (TRUE);
}

static EntValue *
run_awareness_tick (Tool *tool, GError **error)
{
  gint64 now_ms;

  if (!get_now (tool, &now_ms, error))
    return NULL;
  ent_awareness_tick (tool->replica->awareness, now_ms);
  return tool_answer_ok (TRUE);
}

static EntValue *
run_awareness_states (Tool *tool, GError **error)
{
  EntAwareness *awareness = tool->replica->awareness;
  g_autoptr (GArray) clients = ent_awareness_list_clients (awareness);
  EntValue *states = ent_value_new_object ();
  EntValue *clocks = ent_value_new_object ();
  EntValue *result = tool_answer ("states", states);

  ent_value_object_set (result, "clocks", clocks);
  for (guint i = 0; i < clients->len; i++) {
    guint64 client = g_array_index (clients, guint64, i);
    g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, client);
    EntValue *state = ent_value_from_json (
      ent_awareness_get_state (awareness, client), -1, ENT_AWARENESS_MAX_DEPTH, error);

    if (!state) {
      ent_value_unref (result);
      return NULL;
    }
    ent_value_object_set (states, key, state);
    ent_value_object_set (
      clocks, key, ent_value_new_double (ent_awareness_get_clock (awareness, client)));
  }
  return result;
}

const ToolCommand tool_awareness_commands[] = {
  { "relpos-encode", run_relpos_encode, FALSE, ENT_TYPE_UNKNOWN },
  { "relpos-resolve", run_relpos_resolve, FALSE, ENT_TYPE_UNKNOWN },
  { "awareness-set", run_awareness_set, FALSE, ENT_TYPE_UNKNOWN },
  { "awareness-apply", run_awareness_apply, FALSE, ENT_TYPE_UNKNOWN },
  { "awareness-encode", run_awareness_encode, FALSE, ENT_TYPE_UNKNOWN },
  { "awareness-remove", run_awareness_remove, FALSE, ENT_TYPE_UNKNOWN },
  { "awareness-tick", run_awareness_tick, FALSE, ENT_TYPE_UNKNOWN },
  { "awareness-states", run_awareness_states, FALSE, ENT_TYPE_UNKNOWN },
  { NULL, NULL, FALSE, ENT_TYPE_UNKNOWN },
};
