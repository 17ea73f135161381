#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/ent-id.h"
#include "room/ent-room-private.h"

/* Origins, compared by address: edits that undo must not touch. */
static const char chat_origin[] = "chat";

static void
notify_undo (EntUndo *undo, gpointer data)
{
  EntRoom *room = data;
  gboolean can_undo = ent_undo_can_undo (room->undo);
  gboolean can_redo = ent_undo_can_redo (room->undo);

  if (can_undo != room->could_undo) {
    room->could_undo = can_undo;
    ent_room_notify (room, ENT_ROOM_PROP_CAN_UNDO);
  }
  if (can_redo != room->could_redo) {
    room->could_redo = can_redo;
    ent_room_notify (room, ENT_ROOM_PROP_CAN_REDO);
  }
}

/* --- the device's log ------------------------------------------------------------------------ */

static GPtrArray *
list_kept (EntRoom *room)
{
  GPtrArray *list = g_ptr_array_new ();

  for (GList *l = room->kept.head; l != NULL; l = l->next)
    g_ptr_array_add (list, l->data);
  return list;
}

static void
fold_log (EntRoom *room)
{
  g_autoptr (GBytes) state = ent_doc_encode (room->doc);
  g_autoptr (GPtrArray) kept = list_kept (room);

  ent_room_log_fold (room->log, state, kept);
}

static void
append_to_log (EntRoom *room, EntLogEntry *take_entry)
{
  if (room->log == NULL) {
    ent_log_entry_free (take_entry);
    return;
  }
  ent_room_log_append (room->log, take_entry);
  if (ent_room_log_get_size (room->log) > ENT_ROOM_LOG_FOLD_BYTES)
    fold_log (room);
}

static void
log_changed (gpointer data)
{
  EntRoom *room = data;

  ent_room_set_log_sentence (room, ent_room_log_get_problem (room->log));
}

/* Without a log nothing tells which IDs were used: a random one then. */
static guint64
take_fresh_client (EntRoom *room)
{
  if (room->log != NULL)
    return ent_room_log_take_next_client (room->log);
  return ENT_POLICY_FIRST_RANDOM_CLIENT + (g_random_int () & 0x7fffffff);
}

/* --- events ---------------------------------------------------------------------------------- */

static gboolean
take_new_identity (EntRoom *room)
{
  for (guint i = 0; i < ENT_CLIENT_IDS; i++) {
    guint64 client = take_fresh_client (room);

    if (!ent_doc_set_client_id (room->doc, client, NULL))
      continue;
    room->own_clock = 0;
    ent_participant_add_client (room->me, client);
    ent_awareness_set_client_id (
      room->awareness, client, ent_clock_get_monotonic_us (room->clock) / 1000);
    return TRUE;
  }
  return FALSE;
}

static void
end_clash (EntRoom *room)
{
  if (take_new_identity (room))
    ent_room_tell (room, _ ("Two devices used one identity in this room; yours was renewed."));
}

static void
send_local_update (EntRoom *room, GBytes *update)
{
  guint64 client = ent_doc_get_client_id (room->doc);
  guint32 clock = ent_doc_get_clock (room->doc, client);
  gint64 made_at_us = ent_clock_get_wall_us (room->clock);
  guint32 length = clock - room->own_clock;

  append_to_log (
    room, ent_log_entry_new (update, TRUE, client, room->own_clock, length, made_at_us));
  g_queue_push_tail (
    &room->kept, ent_log_entry_new (update, TRUE, client, room->own_clock, length, made_at_us));
  room->own_clock = clock;
  ent_room_pairs_send_update (room, update);
  ent_room_coordinator_send_update (room, update);
  ent_room_notify (room, ENT_ROOM_PROP_KEPT_EDITS);
}

static void
tell_changes (EntRoom *room, const EntDocEvent *event)
{
  for (guint i = 0; i < event->n_types; i++) {
    EntRoomFile *file = g_hash_table_lookup (room->files_by_text, event->types[i].type);

    if (file == NULL || event->types[i].n_changes == 0)
      continue;
    g_signal_emit (room, ent_room_signals[ENT_ROOM_SIGNAL_CHANGE], 0, file, event->is_local);
    ent_room_presence_moved (room, file);
  }
}

static void
document_changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  EntRoom *room = data;

  room->changed_us = ent_clock_get_monotonic_us (room->clock);
  g_clear_pointer (&room->copy_hash, g_free);
  if (event->is_local)
    send_local_update (room, ent_doc_event_get_update (event));
  else
    append_to_log (room, ent_log_entry_new (ent_doc_event_get_update (event), FALSE, 0, 0, 0, 0));
  if (event->clash)
    end_clash (room);
  ent_room_lists_take_event (room, event);
  tell_changes (room, event);
}

/* --- opening --------------------------------------------------------------------------------- */

static gint64
undo_now (gpointer data)
{
  EntRoom *room = data;

  return ent_clock_get_monotonic_us (room->clock) / 1000;
}

/* Puts what the log held into the document; own edits are kept until they are known durable. */
static void
replay_log (EntRoom *room)
{
  g_autoptr (GPtrArray) entries = ent_room_log_steal_entries (room->log);

  for (guint i = 0; entries != NULL && i < entries->len; i++) {
    EntLogEntry *entry = g_ptr_array_index (entries, i);
    g_autoptr (GError) error = NULL;

    if (!ent_doc_apply_bytes (room->doc, entry->bytes, room->log, &error)) {
      g_debug ("An update of the device's log was passed over: %s", error->message);
      continue;
    }
    if (entry->is_own)
      g_queue_push_tail (&room->kept, ent_log_entry_new (entry->bytes, TRUE, entry->client,
                                        entry->clock, entry->length, entry->made_at_us));
  }
}

/* The document is made with the reserved ID. Were it used before (a log that came back from an old
 * backup), the next one is taken. */
static void
choose_client (EntRoom *room)
{
  guint64 client = ent_doc_get_client_id (room->doc);

  while (ent_doc_get_clock (room->doc, client) > 0 || ent_doc_has_clash (room->doc)) {
    client = take_fresh_client (room);
    if (ent_doc_set_client_id (room->doc, client, NULL))
      break;
  }
  ent_participant_add_client (room->me, ent_doc_get_client_id (room->doc));
}

static void
watch_document (EntRoom *room)
{
  room->changed_us = ent_clock_get_monotonic_us (room->clock);
  room->undo = ent_undo_new (room->doc, undo_now, room);
  ent_undo_set_changed_func (room->undo, notify_undo, room);
  room->observer_id = ent_doc_observe (room->doc, document_changed_cb, room, NULL);
  ent_room_lists_open (room);
}

void
ent_room_document_replace (EntRoom *room, EntDoc *take_fresh)
{
  ent_doc_unobserve (room->doc, room->observer_id);
  ent_room_lists_clear (room);
  g_clear_pointer (&room->undo, ent_undo_free);
  g_clear_pointer (&room->copy_hash, g_free);
  g_clear_pointer (&room->caret_json, g_free);
  g_ptr_array_add (room->replaced, room->doc);
  room->doc = take_fresh;
  take_new_identity (room);
  watch_document (room);
  notify_undo (room->undo, room);
  if (room->log != NULL)
    fold_log (room);
}

void
ent_room_document_open (EntRoom *room, EntRoomLog *log)
{
  room->log = log;
  room->doc =
    ent_doc_new (log != NULL ? ent_room_log_get_client (log)
                             : ENT_POLICY_FIRST_RANDOM_CLIENT + (g_random_int () & 0x7fffffff),
      ENT_DOC_DEFAULT);
  if (log != NULL) {
    ent_room_log_set_changed_func (log, log_changed, room);
    replay_log (room);
  }
  choose_client (room);
  watch_document (room);
  ent_room_notify (room, ENT_ROOM_PROP_KEPT_EDITS);
}

void
ent_room_document_close (EntRoom *room)
{
  if (room->observer_id != 0)
    ent_doc_unobserve (room->doc, room->observer_id);
  room->observer_id = 0;
  g_clear_pointer (&room->undo, ent_undo_free);
  g_clear_pointer (&room->log, ent_room_log_free);
}

gboolean
ent_room_document_apply (EntRoom *room, GBytes *update, gconstpointer origin, GError **error)
{
  if (ent_room_is_over (room))
    return TRUE;
  return ent_doc_apply_bytes (room->doc, update, origin, error);
}

/* --- what is safe ---------------------------------------------------------------------------- */

void
ent_room_document_take_durable (EntRoom *room, const EntMsgDurable *durable)
{
  guint n_before = room->kept.length;
  GList *next;

  if (room->durable == NULL)
    room->durable = ent_durable_new ();
  ent_durable_take (room->durable, durable->sv, durable->deleted);
  for (GList *l = room->kept.head; l != NULL; l = next) {
    EntLogEntry *entry = l->data;

    next = l->next;
    if (!ent_durable_covers_update (room->durable, entry->bytes))
      continue;
    ent_log_entry_free (entry);
    g_queue_delete_link (&room->kept, l);
  }
  if (room->kept.length != n_before)
    ent_room_notify (room, ENT_ROOM_PROP_KEPT_EDITS);
  g_signal_emit (room, ent_room_signals[ENT_ROOM_SIGNAL_DURABLE], 0);
}

gboolean
ent_room_document_is_all_durable (EntRoom *room)
{
  g_autoptr (EntStateVector) sv = NULL;

  if (room->doc == NULL || room->durable == NULL || room->kept.length > 0)
    return FALSE;
  sv = ent_doc_dup_state_vector (room->doc);
  return ent_durable_covers_vector (room->durable, sv);
}

/* --- editing --------------------------------------------------------------------------------- */

EntDoc *
ent_room_get_doc (EntRoom *room)
{
  return room->doc;
}

const char *
ent_room_get_edit_refusal (EntRoom *room)
{
  switch (room->phase) {
  case ENT_ROOM_PHASE_JOINED:
  case ENT_ROOM_PHASE_RECONNECTING:
    break;
  case ENT_ROOM_PHASE_JOINING:
    return _ ("The room is still being joined.");
  case ENT_ROOM_PHASE_WAITING:
    return _ ("You are in the lobby. You can edit when you have been let in.");
  case ENT_ROOM_PHASE_ENDED:
    return _ ("The interview has ended; nothing can be changed any more.");
  case ENT_ROOM_PHASE_REMOVED:
    return _ (
      "The interviewer removed you from this interview. What you wrote stays with the others.");
  case ENT_ROOM_PHASE_TAKEN_OVER:
    return _ (
      "You joined this interview on another device. Go on there, or leave here and join again.");
  case ENT_ROOM_PHASE_FAILED:
  case ENT_ROOM_PHASE_LEFT:
    return _ ("You are not in this room.");
  }
  return ent_room_policy_get_edit_refusal (ent_room_get_role (room),
    room->state != NULL && room->state->edit_locked,
    room->state != NULL && room->state->state == ENT_ROOM_ENDED);
}

gboolean
ent_room_begin_edit (EntRoom *room, GError **error)
{
  const char *refusal = ent_room_get_edit_refusal (room);

  if (refusal != NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, refusal);
    return FALSE;
  }
  ent_doc_begin (room->doc, NULL);
  return TRUE;
}

void
ent_room_end_edit (EntRoom *room)
{
  ent_doc_commit (room->doc);
}

gboolean
ent_room_insert (EntRoom *room, EntRoomFile *file, guint32 at, const char *text, GError **error)
{
  EntType *type = ent_room_file_get_text (file);
  gboolean is_done;

  if (ent_text_get_length_bytes (type) + strlen (text) > ENT_MAX_FILE_TEXT) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
      _ ("Could not add the text: “%s” would be over 1 MiB."), ent_room_file_get_path (file));
    return FALSE;
  }
  if (!ent_room_begin_edit (room, error))
    return FALSE;
  is_done = ent_text_insert (type, at, text, -1, error);
  ent_room_end_edit (room);
  return is_done;
}

gboolean
ent_room_delete (EntRoom *room, EntRoomFile *file, guint32 at, guint32 count, GError **error)
{
  gboolean is_done;

  if (!ent_room_begin_edit (room, error))
    return FALSE;
  is_done = ent_text_delete (ent_room_file_get_text (file), at, count, error);
  ent_room_end_edit (room);
  return is_done;
}

gboolean
ent_room_undo (EntRoom *room)
{
  return ent_room_get_edit_refusal (room) == NULL && ent_undo_undo (room->undo);
}

gboolean
ent_room_redo (EntRoom *room)
{
  return ent_room_get_edit_refusal (room) == NULL && ent_undo_redo (room->undo);
}

gboolean
ent_room_can_undo (EntRoom *room)
{
  return room->could_undo;
}

gboolean
ent_room_can_redo (EntRoom *room)
{
  return room->could_redo;
}

void
ent_room_break_undo (EntRoom *room)
{
  if (room->undo != NULL)
    ent_undo_stop (room->undo);
}

static const char *
get_chat_refusal (EntRoom *room)
{
  const char *refusal = ent_room_get_edit_refusal (room);

  if (refusal == NULL || room->phase == ENT_ROOM_PHASE_ENDED || room->state == NULL)
    return refusal;
  if (room->phase != ENT_ROOM_PHASE_JOINED && room->phase != ENT_ROOM_PHASE_RECONNECTING)
    return refusal;
  return ent_room_policy_get_edit_refusal (
    ent_room_get_role (room), FALSE, room->state->state == ENT_ROOM_ENDED);
}

gboolean
ent_room_send_chat (EntRoom *room, const char *text, GError **error)
{
  const char *refusal = get_chat_refusal (room);
  EntType *chat;
  g_autofree char *id = ent_id_new ();
  g_autoptr (EntValue) value = NULL;
  gboolean is_done;

  if (refusal != NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, refusal);
    return FALSE;
  }
  if (text[0] == '\0' || strlen (text) > ENT_CHAT_MAX_BYTES || !g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("Could not send the message: it is empty or too long."));
    return FALSE;
  }
  value = ent_value_new_object ();
  ent_value_object_set (value, "id", ent_value_new_string (id, -1));
  ent_value_object_set (value, "text", ent_value_new_string (text, -1));
  chat = ent_doc_get_array (room->doc, "chat");
  ent_doc_begin (room->doc, chat_origin);
  is_done = ent_array_insert (chat, ent_array_get_length (chat), &value, 1, error);
  ent_doc_commit (room->doc);
  return is_done;
}
