/* ent-doc-tool: drives the document engine by one JSON command a line, for other engines, fixture
 * sets and fuzzers. README.md documents each command. It reads standard input, answers one line per
 * line on standard output, and keeps any number of documents by name. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/ent-awareness.h"
#include "document/ent-doc-relpos.h"
#include "document/ent-doc-undo.h"
#include "tools/ent-doc-view.h"

#define MAX_LINE_BYTES (256u << 20)

typedef struct {
  EntDoc *doc;
  EntUndo *undo;
  GBytes *update; /* what the last transaction emitted, NULL before the first */
  guint n_events;
  EntAwareness *awareness;
} Replica;

typedef struct {
  GHashTable *replicas; /* name -> Replica */
  EntValue *request;
  Replica *replica; /* of the request */
} Tool;

/* Answers a request, or returns NULL with the error set. */
typedef EntValue *(*Command) (Tool *tool, GError **error);

static void
replica_free (gpointer data)
{
  Replica *replica = data;

  g_clear_pointer (&replica->undo, ent_undo_free);
  g_clear_pointer (&replica->awareness, ent_awareness_free);
  g_clear_pointer (&replica->doc, ent_doc_unref);
  g_clear_pointer (&replica->update, g_bytes_unref);
  g_free (replica);
}

/* --- fields of a request --- */

static gpointer G_GNUC_PRINTF (2, 3) fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (
    error, g_error_new_valist (ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID, format, args));
  va_end (args);
  return NULL;
}

static EntValue *
need (Tool *tool, const char *name, EntValueKind kind, GError **error)
{
  EntValue *value = ent_value_get_member (tool->request, name);

  if (value && ent_value_get_kind (value) == kind)
    return value;
  return fail (error, "The request needs a proper \"%s\"", name);
}

static const char *
need_text (Tool *tool, const char *name, GError **error)
{
  EntValue *value = need (tool, name, ENT_VALUE_STRING, error);

  return value ? ent_value_get_string (value, NULL) : NULL;
}

static gboolean
need_number (Tool *tool, const char *name, double max, double *number, GError **error)
{
  EntValue *value = ent_value_get_member (tool->request, name);

  *number = value ? ent_value_get_double (value) : -1;
  if (*number >= 0 && *number <= max)
    return TRUE;
  fail (error, "The request needs a proper \"%s\"", name);
  return FALSE;
}

static gboolean
need_index (Tool *tool, const char *name, guint32 *index, GError **error)
{
  double number;

  if (!need_number (tool, name, G_MAXUINT32, &number, error))
    return FALSE;
  *index = (guint32) number;
  return TRUE;
}

static GBytes *
decode (const char *base64)
{
  gsize size;
  guchar *data = g_base64_decode (base64, &size);

  return g_bytes_new_take (data, size);
}

static GBytes *
need_bytes (Tool *tool, const char *name, GError **error)
{
  const char *base64 = need_text (tool, name, error);

  return base64 ? decode (base64) : NULL;
}

static EntType *
need_type (Tool *tool, EntTypeKind kind, GError **error)
{
  const char *root = need_text (tool, "root", error);
  EntValue *path = ent_value_get_member (tool->request, "path");
  EntType *type;

  if (!root)
    return NULL;
  type = ent_doc_get_root (tool->replica->doc, root, path ? ENT_TYPE_UNKNOWN : kind);
  for (guint i = 0; path && type && i < ent_value_get_length (path); i++) {
    EntValue *step = ent_value_get_item (path, i);
    const char *key = ent_value_get_string (step, NULL);

    type = key ? ent_map_get_type (type, key)
               : ent_array_get_type (type, (guint32) ent_value_get_int (step));
  }
  return type ? type : fail (error, "There is no type at \"%s\"", "path");
}

/* --- answers --- */

static EntValue *
answer (const char *name, EntValue *take_value)
{
  EntValue *object = ent_value_new_object ();

  ent_value_object_set (object, name, take_value);
  return object;
}

static EntValue *
answer_ok (gboolean ok)
{
  return ok ? answer ("ok", ent_value_new_bool (TRUE)) : NULL;
}

static EntValue *
answer_bytes (const char *name, GBytes *take_bytes)
{
  g_autoptr (GBytes) bytes = take_bytes;
  gsize size;
  const guchar *data;
  g_autofree char *base64 = NULL;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  base64 = g_base64_encode (data, size);
  return answer (name, ent_value_new_string (base64, -1));
}

/* --- documents --- */

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Replica *replica = data;

  g_clear_pointer (&replica->update, g_bytes_unref);
  replica->update = g_bytes_ref (event->update);
  replica->n_events++;
}

static EntValue *
run_new (Tool *tool, GError **error)
{
  const char *name = need_text (tool, "doc", error);
  EntValue *gc = ent_value_get_member (tool->request, "gc");
  gboolean keep = gc && ent_value_get_kind (gc) == ENT_VALUE_BOOL && !ent_value_get_bool (gc);
  double client;
  Replica *replica;

  if (!name || !need_number (tool, "client", ENT_DOC_MAX_OWN_CLIENT_ID, &client, error))
    return NULL;
  if (client < 1)
    return fail (error, "The request needs a proper \"%s\"", "client");
  replica = g_new0 (Replica, 1);
  replica->doc = ent_doc_new ((guint64) client, keep ? ENT_DOC_KEEP_DELETED : ENT_DOC_DEFAULT);
  replica->awareness = ent_awareness_new ((guint64) client);
  ent_doc_observe (replica->doc, changed_cb, replica, NULL);
  g_hash_table_replace (tool->replicas, g_strdup (name), replica);
  return answer_ok (TRUE);
}

static EntValue *
run_free (Tool *tool, GError **error)
{
  const char *name = need_text (tool, "doc", error);

  if (!name)
    return NULL;
  g_hash_table_remove (tool->replicas, name);
  return answer_ok (TRUE);
}

static EntValue *
run_set_client (Tool *tool, GError **error)
{
  double client;

  if (!need_number (tool, "client", (double) ENT_DOC_MAX_CLIENT_ID, &client, error))
    return NULL;
  return answer_ok (ent_doc_set_client_id (tool->replica->doc, (guint64) client, error));
}

static EntValue *
run_begin (Tool *tool, GError **error)
{
  ent_doc_begin (tool->replica->doc, NULL);
  return answer_ok (TRUE);
}

static EntValue *
run_commit (Tool *tool, GError **error)
{
  if (!ent_doc_in_transaction (tool->replica->doc))
    return fail (error, "There is no open %s", "transaction");
  ent_doc_commit (tool->replica->doc);
  return answer_ok (TRUE);
}

/* --- text --- */

static EntValue *
run_insert (Tool *tool, GError **error)
{
  EntType *text = need_type (tool, ENT_TYPE_TEXT, error);
  EntValue *content = text ? need (tool, "text", ENT_VALUE_STRING, error) : NULL;
  EntValue *attributes = ent_value_get_member (tool->request, "attributes");
  const char *utf8;
  gsize size;
  guint32 index;

  if (!content || !need_index (tool, "index", &index, error))
    return NULL;
  utf8 = ent_value_get_string (content, &size);
  return answer_ok (ent_text_insert_utf16 (text, index, utf8, size, attributes, error));
}

static EntValue *
run_insert_embed (Tool *tool, GError **error)
{
  EntType *text = need_type (tool, ENT_TYPE_TEXT, error);
  EntValue *embed = text ? need (tool, "embed", ENT_VALUE_OBJECT, error) : NULL;
  EntValue *attributes = ent_value_get_member (tool->request, "attributes");
  guint32 index;

  if (!embed || !need_index (tool, "index", &index, error))
    return NULL;
  return answer_ok (ent_text_insert_embed_utf16 (text, index, embed, attributes, error));
}

static EntValue *
run_delete (Tool *tool, GError **error)
{
  EntType *text = need_type (tool, ENT_TYPE_TEXT, error);
  guint32 index;
  guint32 length;

  if (!text || !need_index (tool, "index", &index, error) ||
      !need_index (tool, "length", &length, error))
    return NULL;
  return answer_ok (ent_text_delete_utf16 (text, index, length, error));
}

static EntValue *
run_format (Tool *tool, GError **error)
{
  EntType *text = need_type (tool, ENT_TYPE_TEXT, error);
  EntValue *attributes = text ? need (tool, "attributes", ENT_VALUE_OBJECT, error) : NULL;
  guint32 index;
  guint32 length;

  if (!attributes || !need_index (tool, "index", &index, error) ||
      !need_index (tool, "length", &length, error))
    return NULL;
  return answer_ok (ent_text_format_utf16 (text, index, length, attributes, error));
}

static EntValue *
run_text (Tool *tool, GError **error)
{
  EntType *text = need_type (tool, ENT_TYPE_TEXT, error);
  g_autofree char *content = NULL;
  gsize size;

  if (!text)
    return NULL;
  content = ent_text_dup (text, &size);
  return answer ("text", ent_value_new_string (content, size));
}

static EntValue *
run_delta (Tool *tool, GError **error)
{
  EntType *text = need_type (tool, ENT_TYPE_TEXT, error);

  return text ? answer ("delta", ent_doc_view_delta (text)) : NULL;
}

/* --- maps and arrays --- */

static EntTypeKind
kind_of_name (const char *name)
{
  if (g_strcmp0 (name, "text") == 0)
    return ENT_TYPE_TEXT;
  if (g_strcmp0 (name, "array") == 0)
    return ENT_TYPE_ARRAY;
  if (g_strcmp0 (name, "map") == 0)
    return ENT_TYPE_MAP;
  if (g_strcmp0 (name, "xml") == 0)
    return ENT_TYPE_XML_FRAGMENT;
  return ENT_TYPE_UNKNOWN;
}

static EntValue *
run_map_set (Tool *tool, GError **error)
{
  EntType *map = need_type (tool, ENT_TYPE_MAP, error);
  const char *key = map ? need_text (tool, "key", error) : NULL;
  const char *type = ent_value_get_member_string (tool->request, "type");
  EntValue *json = ent_value_get_member (tool->request, "value");
  g_autoptr (EntValue) value = NULL;

  if (!key)
    return NULL;
  if (type)
    return answer_ok (ent_map_set_type (map, key, kind_of_name (type), error) != NULL);
  if (!json)
    return fail (error, "The request needs a proper \"%s\"", "value");
  value = ent_doc_view_parse (json);
  return answer_ok (ent_map_set (map, key, value, error));
}

static EntValue *
run_map_delete (Tool *tool, GError **error)
{
  EntType *map = need_type (tool, ENT_TYPE_MAP, error);
  const char *key = map ? need_text (tool, "key", error) : NULL;

  return key ? answer_ok (ent_map_delete (map, key, error)) : NULL;
}

static EntValue *
run_array_insert (Tool *tool, GError **error)
{
  EntType *array = need_type (tool, ENT_TYPE_ARRAY, error);
  const char *type = ent_value_get_member_string (tool->request, "type");
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_value_unref);
  EntValue *json;
  guint32 index;

  if (!array || !need_index (tool, "index", &index, error))
    return NULL;
  if (type)
    return answer_ok (ent_array_insert_type (array, index, kind_of_name (type), error) != NULL);
  json = need (tool, "values", ENT_VALUE_ARRAY, error);
  if (!json)
    return NULL;
  for (guint i = 0; i < ent_value_get_length (json); i++)
    g_ptr_array_add (values, ent_doc_view_parse (ent_value_get_item (json, i)));
  return answer_ok (
    ent_array_insert (array, index, (EntValue *const *) values->pdata, values->len, error));
}

static EntValue *
run_array_delete (Tool *tool, GError **error)
{
  EntType *array = need_type (tool, ENT_TYPE_ARRAY, error);
  guint32 index;
  guint32 length;

  if (!array || !need_index (tool, "index", &index, error) ||
      !need_index (tool, "length", &length, error))
    return NULL;
  return answer_ok (ent_array_delete (array, index, length, error));
}

static EntValue *
run_root (Tool *tool, GError **error)
{
  const char *kind = need_text (tool, "kind", error);

  if (!kind || !need_type (tool, kind_of_name (kind), error))
    return NULL;
  return answer_ok (TRUE);
}

/* Plain text roots are text, the others are tagged, as the fixtures have them. */
static EntValue *
run_json (Tool *tool, GError **error)
{
  EntDoc *doc = tool->replica->doc;
  g_auto (GStrv) names = ent_doc_list_roots (doc);
  EntValue *roots = ent_value_new_object ();

  for (guint i = 0; names[i]; i++) {
    EntType *root = ent_doc_get_root (doc, names[i], ENT_TYPE_UNKNOWN);
    EntTypeKind kind = ent_type_get_kind (root);
    gboolean tagged = kind == ENT_TYPE_MAP || kind == ENT_TYPE_ARRAY;

    ent_value_object_set (roots, names[i], ent_doc_view_type (root, tagged));
  }
  return answer ("json", roots);
}

/* --- updates --- */

static EntValue *
run_apply (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = need_bytes (tool, "update", error);

  if (!update)
    return NULL;
  return answer_ok (ent_doc_apply_bytes (tool->replica->doc, update, tool, error));
}

static EntValue *
run_update (Tool *tool, GError **error)
{
  if (!tool->replica->update)
    return answer ("update", ent_value_new_null ());
  return answer_bytes ("update", g_bytes_ref (tool->replica->update));
}

static EntValue *
run_encode (Tool *tool, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (EntStateVector) known = NULL;

  if (!ent_value_get_member (tool->request, "stateVector"))
    return answer_bytes ("update", ent_doc_encode (tool->replica->doc));
  bytes = need_bytes (tool, "stateVector", error);
  if (!bytes)
    return NULL;
  known = ent_state_vector_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  return known ? answer_bytes ("update", ent_doc_encode_diff (tool->replica->doc, known)) : NULL;
}

static EntValue *
run_state_vector (Tool *tool, GError **error)
{
  g_autoptr (EntStateVector) vector = NULL;
  g_autoptr (GBytes) update = NULL;

  if (ent_value_get_member (tool->request, "update")) {
    update = need_bytes (tool, "update", error);
    vector = update ? ent_update_dup_state_vector (update, error) : NULL;
  } else if (tool->replica) {
    vector = ent_doc_dup_state_vector (tool->replica->doc);
  } else {
    fail (error, "The request needs a proper \"%s\"", "doc");
  }
  return vector ? answer_bytes ("stateVector", ent_state_vector_encode (vector)) : NULL;
}

static EntValue *
run_merge (Tool *tool, GError **error)
{
  EntValue *list = need (tool, "updates", ENT_VALUE_ARRAY, error);
  g_autoptr (GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; list && i < ent_value_get_length (list); i++) {
    const char *base64 = ent_value_get_string (ent_value_get_item (list, i), NULL);

    if (!base64)
      return fail (error, "The request needs a proper \"%s\"", "updates");
    g_ptr_array_add (updates, decode (base64));
  }
  if (!list)
    return NULL;
  return answer_bytes (
    "update", ent_update_merge ((GBytes *const *) updates->pdata, updates->len, error));
}

static EntValue *
run_diff (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = need_bytes (tool, "update", error);
  g_autoptr (GBytes) bytes = update ? need_bytes (tool, "stateVector", error) : NULL;
  g_autoptr (EntStateVector) known = NULL;

  if (bytes)
    known =
      ent_state_vector_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  return known ? answer_bytes ("update", ent_update_diff (update, known, error)) : NULL;
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
  g_autoptr (GBytes) update = need_bytes (tool, "update", error);
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
  result = answer ("roots", roots);
  ent_value_object_set (result, "resolved", ent_value_new_bool (info->all_resolved));
  ent_value_object_set (result, "created", view_ranges (info->created));
  ent_value_object_set (result, "deleted", view_ranges (info->deleted));
  ent_value_object_set (result, "structs", ent_value_new_int (info->n_structs));
  ent_value_object_set (result, "textBytes", ent_value_new_double (info->text_bytes));
  return result;
}

static EntValue *
run_pending (Tool *tool, GError **error)
{
  EntDoc *doc = tool->replica->doc;
  EntValue *result = answer ("structs", ent_value_new_bool (ent_doc_has_pending_structs (doc)));

  ent_value_object_set (result, "deletes", ent_value_new_bool (ent_doc_has_pending_deletes (doc)));
  return result;
}

static EntValue *
run_hash (Tool *tool, GError **error)
{
  g_autofree char *hash = ent_doc_dup_state_hash (tool->replica->doc);

  return answer ("hash", ent_value_new_string (hash, -1));
}

static EntValue *
run_check (Tool *tool, GError **error)
{
  return answer_ok (ent_doc_check (tool->replica->doc, error));
}

static EntValue *
run_events (Tool *tool, GError **error)
{
  return answer ("events", ent_value_new_int (tool->replica->n_events));
}

/* --- undo --- */

static EntValue *
run_undo_scope (Tool *tool, GError **error)
{
  EntType *type = need_type (tool, ENT_TYPE_UNKNOWN, error);

  if (!type)
    return NULL;
  if (!tool->replica->undo)
    tool->replica->undo = ent_undo_new (tool->replica->doc, NULL, NULL);
  ent_undo_add_scope (tool->replica->undo, type);
  return answer_ok (TRUE);
}

static EntUndo *
need_undo (Tool *tool, GError **error)
{
  return tool->replica->undo ? tool->replica->undo
                             : fail (error, "There is no undo yet: %s first", "undo-scope");
}

static EntValue *
run_undo_stop (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);

  if (!undo)
    return NULL;
  ent_undo_stop (undo);
  return answer_ok (TRUE);
}

static EntValue *
run_undo (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);

  return undo ? answer ("did", ent_value_new_bool (ent_undo_undo (undo))) : NULL;
}

static EntValue *
run_redo (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);

  return undo ? answer ("did", ent_value_new_bool (ent_undo_redo (undo))) : NULL;
}

static EntValue *
run_undo_depth (Tool *tool, GError **error)
{
  EntUndo *undo = need_undo (tool, error);
  EntValue *result;

  if (!undo)
    return NULL;
  result = answer ("undo", ent_value_new_int (ent_undo_get_undo_depth (undo)));
  ent_value_object_set (result, "redo", ent_value_new_int (ent_undo_get_redo_depth (undo)));
  return result;
}

/* --- positions --- */

static EntValue *
run_relpos_encode (Tool *tool, GError **error)
{
  EntType *type = need_type (tool, ENT_TYPE_TEXT, error);
  EntValue *assoc = ent_value_get_member (tool->request, "assoc");
  g_autoptr (EntRelPos) pos = NULL;
  EntValue *result;
  guint32 index;

  if (!type || !need_index (tool, "index", &index, error))
    return NULL;
  pos = ent_rel_pos_new_utf16 (type, index, assoc && ent_value_get_double (assoc) < 0 ? -1 : 0);
  result = answer_bytes ("relpos", ent_rel_pos_encode (pos));
  ent_value_object_set (result, "json", ent_rel_pos_to_value (pos));
  return result;
}

static EntValue *
run_relpos_resolve (Tool *tool, GError **error)
{
  EntValue *json = ent_value_get_member (tool->request, "json");
  g_autoptr (EntRelPos) pos = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint32 index;

  if (json && ent_value_get_kind (json) == ENT_VALUE_OBJECT) {
    pos = ent_rel_pos_from_value (json, error);
  } else {
    bytes = need_bytes (tool, "relpos", error);
    if (bytes)
      pos = ent_rel_pos_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  }
  if (!pos)
    return NULL;
  if (!ent_rel_pos_resolve (pos, tool->replica->doc, NULL, NULL, &index))
    return answer ("index", ent_value_new_null ());
  return answer ("index", ent_value_new_double (index));
}

/* --- awareness --- */

static gint64
now_of (Tool *tool)
{
  EntValue *now = ent_value_get_member (tool->request, "now");

  return now ? (gint64) ent_value_get_double (now) : 0;
}

static EntValue *
run_awareness_set (Tool *tool, GError **error)
{
  EntValue *state = ent_value_get_member (tool->request, "state");
  g_autofree char *json = state ? ent_value_to_json (state) : NULL;

  return answer_ok (ent_awareness_set_state (tool->replica->awareness, json, now_of (tool), error));
}

static EntValue *
run_awareness_apply (Tool *tool, GError **error)
{
  g_autoptr (GBytes) update = need_bytes (tool, "update", error);

  if (!update)
    return NULL;
  return answer_ok (ent_awareness_apply (tool->replica->awareness, g_bytes_get_data (update, NULL),
    g_bytes_get_size (update), now_of (tool), NULL, error));
}

static EntValue *
run_awareness_encode (Tool *tool, GError **error)
{
  return answer_bytes ("update", ent_awareness_encode (tool->replica->awareness, NULL, 0));
}

static EntValue *
run_awareness_tick (Tool *tool, GError **error)
{
  ent_awareness_tick (tool->replica->awareness, now_of (tool));
  return answer_ok (TRUE);
}

static EntValue *
run_awareness_states (Tool *tool, GError **error)
{
  g_autoptr (GArray) clients = ent_awareness_list_clients (tool->replica->awareness);
  EntValue *states = ent_value_new_object ();

  for (guint i = 0; i < clients->len; i++) {
    guint64 client = g_array_index (clients, guint64, i);
    g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, client);
    EntValue *state =
      ent_value_from_json (ent_awareness_get_state (tool->replica->awareness, client), -1,
        ENT_AWARENESS_MAX_DEPTH, error);

    if (!state) {
      ent_value_unref (states);
      return NULL;
    }
    ent_value_object_set (states, key, state);
  }
  return answer ("states", states);
}

/* --- the table and the loop --- */

static const struct {
  const char *name;
  Command run;
  gboolean without_doc; /* works without a document, or makes it */
} commands[] = {
  { "new", run_new, TRUE },
  { "free", run_free, TRUE },
  { "set-client", run_set_client, FALSE },
  { "begin", run_begin, FALSE },
  { "commit", run_commit, FALSE },
  { "root", run_root, FALSE },
  { "insert", run_insert, FALSE },
  { "insert-embed", run_insert_embed, FALSE },
  { "delete", run_delete, FALSE },
  { "format", run_format, FALSE },
  { "text", run_text, FALSE },
  { "delta", run_delta, FALSE },
  { "map-set", run_map_set, FALSE },
  { "map-delete", run_map_delete, FALSE },
  { "array-insert", run_array_insert, FALSE },
  { "array-delete", run_array_delete, FALSE },
  { "json", run_json, FALSE },
  { "apply", run_apply, FALSE },
  { "update", run_update, FALSE },
  { "encode", run_encode, FALSE },
  { "state-vector", run_state_vector, TRUE },
  { "merge", run_merge, TRUE },
  { "diff", run_diff, TRUE },
  { "inspect", run_inspect, TRUE },
  { "pending", run_pending, FALSE },
  { "hash", run_hash, FALSE },
  { "check", run_check, FALSE },
  { "events", run_events, FALSE },
  { "undo-scope", run_undo_scope, FALSE },
  { "undo-stop", run_undo_stop, FALSE },
  { "undo", run_undo, FALSE },
  { "redo", run_redo, FALSE },
  { "undo-depth", run_undo_depth, FALSE },
  { "relpos-encode", run_relpos_encode, FALSE },
  { "relpos-resolve", run_relpos_resolve, FALSE },
  { "awareness-set", run_awareness_set, FALSE },
  { "awareness-apply", run_awareness_apply, FALSE },
  { "awareness-encode", run_awareness_encode, FALSE },
  { "awareness-tick", run_awareness_tick, FALSE },
  { "awareness-states", run_awareness_states, FALSE },
};

static EntValue *
run (Tool *tool, GError **error)
{
  const char *op = need_text (tool, "op", error);
  const char *name = ent_value_get_member_string (tool->request, "doc");

  if (!op)
    return NULL;
  tool->replica = name ? g_hash_table_lookup (tool->replicas, name) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (!g_str_equal (commands[i].name, op))
      continue;
    if (!tool->replica && !commands[i].without_doc)
      return fail (error, "There is no document \"%s\"", name ? name : "");
    return commands[i].run (tool, error);
  }
  return fail (error, "There is no command \"%s\"", op);
}

static void
run_line (Tool *tool, const char *line, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntValue) request = ent_value_from_json (line, size, ENT_VALUE_MAX_DEPTH, &error);
  g_autoptr (EntValue) result = NULL;
  g_autofree char *text = NULL;

  if (request) {
    tool->request = request;
    result = run (tool, &error);
  }
  if (!result)
    result = answer ("error", ent_value_new_string (error ? error->message : "It failed", -1));
  text = ent_value_to_json (result);
  puts (text);
  fflush (stdout);
}

static void
print_help (void)
{
  puts ("Usage: ent-doc-tool\n"
        "\n"
        "Reads one JSON command per line on standard input, answers one JSON line each.\n"
        "Commands (src/tools/README.md says what each takes and answers):");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  %s\n", commands[i].name);
}

int
main (int argc, char **argv)
{
  Tool tool = { 0 };
  char *line = NULL;
  size_t allocated = 0;
  ssize_t size;

  if (argc > 1) {
    gboolean help = g_str_equal (argv[1], "--help");

    if (help)
      print_help ();
    else
      fprintf (stderr, "ent-doc-tool: takes no arguments; see --help\n");
    return help ? 0 : 2;
  }
  tool.replicas = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, replica_free);
  while ((size = getline (&line, &allocated, stdin)) >= 0) {
    if (size > MAX_LINE_BYTES) {
      puts ("{\"error\":\"The line is over the limit of 256 MiB\"}");
      continue;
    }
    while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
      size--;
    if (size > 0)
      run_line (&tool, line, size);
  }
  free (line);
  g_hash_table_unref (tool.replicas);
  return 0;
}
