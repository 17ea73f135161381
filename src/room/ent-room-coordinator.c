#include <glib/gi18n-lib.h>
#include <string.h>

#include "config.h"
#include "client/ent-client-wording.h"
#include "protocol/ent-link-uri.h"
#include "room/ent-room-private.h"

typedef struct {
  EntRoomKind kind;
  GTask *task; /* may be NULL */
} EntRoomRequest;

static void
free_request (gpointer data)
{
  EntRoomRequest *request = data;

  if (request->task != NULL) {
    g_task_return_new_error (request->task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
      _ ("The server cannot be reached, so it could not be asked. Try again when it is back."));
    g_object_unref (request->task);
  }
  g_free (request);
}

/* --- people ---------------------------------------------------------------------------------- */

EntParticipant *
ent_room_find_participant (EntRoom *room, const char *id)
{
  GListModel *model = G_LIST_MODEL (room->roster);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (model, i);

    if (g_strcmp0 (ent_participant_get_id (person), id) == 0)
      return person;
  }
  return NULL;
}

EntParticipant *
ent_room_find_author (EntRoom *room, guint64 client)
{
  GListModel *model = G_LIST_MODEL (room->roster);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (model, i);

    if (ent_participant_has_client (person, client))
      return person;
  }
  return NULL;
}

const char *
ent_room_find_owner (guint64 client, gpointer data)
{
  EntParticipant *person = ent_room_find_author (data, client);

  return person != NULL ? ent_participant_get_id (person) : NULL;
}

/* Returns whether client IDs were added. */
static gboolean
take_person (EntRoom *room, const EntMsgPeer *peer)
{
  EntParticipant *person = ent_room_find_participant (room, peer->id);
  GListModel *model = G_LIST_MODEL (room->roster);
  gboolean is_me = g_strcmp0 (peer->id, room->joined->participant) == 0;
  g_autoptr (EntParticipant) added = NULL;

  if (person == NULL) {
    if (g_list_model_get_n_items (model) >= ENT_MAX_LIST)
      return FALSE;
    added = ent_participant_new (peer, is_me);
    g_list_store_append (room->roster, added);
    return TRUE;
  }
  return ent_participant_update (person, peer);
}

static void
clients_changed (EntRoom *room)
{
  ent_room_lists_refresh_authors (room);
  ent_room_presence_refresh (room);
}

/* Who was never in wrote nothing. */
static void
take_removed (EntRoom *room)
{
  ent_room_set_phase (room, ENT_ROOM_PHASE_REMOVED,
    room->doc != NULL ? _ ("The interviewer removed you from this interview. What you wrote stays "
                           "with the others.")
                      : _ ("The interviewer removed you from the lobby of this interview."));
}

static void
take_ended (EntRoom *room)
{
  ent_room_set_phase (room, ENT_ROOM_PHASE_ENDED,
    room->doc != NULL ? _ ("The interview has ended. What was written is kept.")
                      : _ ("It ended while you were waiting. If you did not expect that, ask the "
                           "interviewer."));
}

static void
take_peer (EntRoom *room, const EntMsgPeer *peer)
{
  EntRole role = ent_room_get_role (room);
  gboolean had_seat = ent_participant_get_seat (room->me);

  if (take_person (room, peer))
    clients_changed (room);
  if (g_strcmp0 (peer->id, room->joined->participant) == 0) {
    if (ent_room_get_role (room) != role) {
      ent_room_notify (room, ENT_ROOM_PROP_ROLE);
      ent_room_notify_rights (room);
    }
    if (peer->state == ENT_PEER_REMOVED)
      take_removed (room);
    if (peer->seat && !had_seat)
      ent_room_set_call_state (room, ENT_ROOM_CALL_ON, NULL);
  } else if (!peer->seat && room->call_state == ENT_ROOM_CALL_FULL) {
    ent_room_coordinator_request (room, ENT_ROOM_RTC_JOIN, NULL, NULL);
  }
  ent_room_pairs_review (room);
}

/* --- the room's state ------------------------------------------------------------------------ */

static void
take_state (EntRoom *room, const EntMsgRoom *state)
{
  gboolean title_differs;

  if (room->state != NULL && state->rev < room->state->rev)
    return;
  title_differs = room->state == NULL || g_strcmp0 (room->state->title, state->title) != 0;
  g_clear_pointer (&room->state, ent_msg_room_free);
  room->state = ent_struct_copy (&ent_msg_room_struct, state);
  if (title_differs)
    ent_room_notify (room, ENT_ROOM_PROP_TITLE);
  ent_room_notify (room, ENT_ROOM_PROP_EDIT_LOCKED);
  ent_room_notify (room, ENT_ROOM_PROP_RUN_LOCKED);
  ent_room_notify (room, ENT_ROOM_PROP_LOBBY);
  if (state->state == ENT_ROOM_ENDED)
    take_ended (room);
  ent_room_notify_rights (room);
}

static gboolean
is_listed (const EntMsgWelcome *welcome, EntParticipant *person)
{
  for (guint i = 0; welcome->peers != NULL && i < welcome->peers->len; i++)
    if (g_str_equal (
          ((EntMsgPeer *) welcome->peers->pdata[i])->id, ent_participant_get_id (person)))
      return TRUE;
  return FALSE;
}

/* Who waited when the server was last heard, was never in, and is not in the lobby any more. */
static void
forget_waiting (EntRoom *room, const EntMsgWelcome *welcome)
{
  GListModel *model = G_LIST_MODEL (room->roster);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (model, i);
    const EntMsgPeer gone = { .id = (char *) ent_participant_get_id (person),
      .name = (char *) ent_participant_get_name (person),
      .role = ent_participant_get_role (person),
      .state = ENT_PEER_LEFT,
      .colour = ent_participant_get_colour (person) };

    if (ent_participant_get_state (person) == ENT_PEER_LOBBY && !is_listed (welcome, person))
      ent_participant_update (person, &gone);
  }
}

static void
take_welcome (EntRoom *room, const EntMsgWelcome *welcome)
{
  gboolean differs;

  room->is_welcome = TRUE;
  ent_room_runs_take_welcome (room, welcome->run);
  ent_room_pairs_set_ice (room, welcome->ice, welcome->relay_only);
  differs = take_person (room, welcome->you);
  for (guint i = 0; welcome->peers != NULL && i < welcome->peers->len; i++)
    differs = take_person (room, g_ptr_array_index (welcome->peers, i)) || differs;
  forget_waiting (room, welcome);
  if (differs)
    clients_changed (room);
  ent_room_set_phase (room, ENT_ROOM_PHASE_JOINED, NULL);
  ent_room_notify (room, ENT_ROOM_PROP_ROLE);
  take_state (room, welcome->room);
  if (room->has_peer_links && !ent_room_is_over (room)) {
    if (room->call_state != ENT_ROOM_CALL_ON)
      ent_room_set_call_state (room, ENT_ROOM_CALL_WAITING, NULL);
    ent_room_coordinator_request (room, ENT_ROOM_RTC_JOIN, NULL, NULL);
  }
  ent_room_pairs_review (room);
}

static void
take_error (EntRoom *room, gint64 re, const EntMsgError *problem)
{
  EntRoomRequest *request = re != 0 ? g_hash_table_lookup (room->requests, &re) : NULL;
  EntRoomKind kind = request != NULL ? request->kind : ENT_ROOM_UNKNOWN;
  GTask *task = request != NULL ? g_steal_pointer (&request->task) : NULL;
  const char *known = ent_client_wording_get_for_room (problem->code);
  const char *sentence = known != NULL ? known : problem->detail;

  if (request != NULL)
    g_hash_table_remove (room->requests, &re);
  if (task != NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", sentence);
    g_object_unref (task);
    return;
  }
  /* Why a hello was refused is told by how the socket is closed; often it is only joined again. */
  if (re == ENT_ROOM_QUIET_ID || !room->is_welcome)
    return;
  if (g_strcmp0 (problem->code, "call_full") == 0 || kind == ENT_ROOM_RTC_JOIN) {
    ent_room_set_call_state (room, ENT_ROOM_CALL_FULL, sentence);
    return;
  }
  ent_room_tell (room, sentence);
}

static void
take_room_message (EntRoom *room, const EntMessage *message)
{
  switch ((EntRoomKind) message->kind) {
  case ENT_ROOM_WELCOME:
    take_welcome (room, message->data);
    break;
  case ENT_ROOM_ERROR:
    take_error (room, message->re, message->data);
    break;
  case ENT_ROOM_STATE:
    take_state (room, message->data);
    break;
  case ENT_ROOM_PEER:
    take_peer (room, message->data);
    break;
  case ENT_ROOM_DURABLE:
    ent_room_document_take_durable (room, message->data);
    break;
  case ENT_ROOM_RTC_OFFER:
  case ENT_ROOM_RTC_ANSWER:
  case ENT_ROOM_RTC_CANDIDATE:
    ent_room_pairs_take (room, message);
    break;
  case ENT_ROOM_RUN_STARTED:
  case ENT_ROOM_RUN_OUTPUT:
  case ENT_ROOM_RUN_ENDED:
  case ENT_ROOM_RUNNERS:
    ent_room_runs_take (room, message);
    break;
  case ENT_ROOM_HELLO:
  case ENT_ROOM_TIMES:
  case ENT_ROOM_RTC_JOIN:
  case ENT_ROOM_RTC_LEAVE:
  case ENT_ROOM_LOCK:
  case ENT_ROOM_REMOVE:
  case ENT_ROOM_END:
  case ENT_ROOM_LOBBY:
  case ENT_ROOM_LOBBY_ADMIT:
  case ENT_ROOM_LOBBY_RETURN:
  case ENT_ROOM_WAITING:
  case ENT_ROOM_ADMITTED:
  case ENT_ROOM_RUN_START:
  case ENT_ROOM_RUN_STOP:
  case ENT_ROOM_RUN_INPUT:
  case ENT_ROOM_RUN_RESIZE:
  case ENT_ROOM_UNKNOWN:
    break;
  }
}

/* --- the room socket ------------------------------------------------------------------------- */

static void
room_socket_opened_cb (EntChannel *channel, gpointer data)
{
  EntRoom *room = data;
  EntMsgHello hello = {
    .room_token = room->joined->room_token,
    .app = (char *) "entrevue/" ENT_VERSION,
  };
  g_autofree char *text = ent_room_message_encode (ENT_ROOM_HELLO, 0, 0, &hello);

  ent_channel_send_text (channel, text);
}

static void
room_socket_text_cb (EntChannel *channel, const char *text, gsize size, gpointer data)
{
  EntRoom *room = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_room_message_decode (text, size, &error);

  if (message == NULL) {
    g_debug ("A message on the room socket was passed over: %s", error->message);
    return;
  }
  g_object_ref (room);
  take_room_message (room, message);
  g_object_unref (room);
}

void
ent_room_coordinator_take_final_close (EntRoom *room, guint code, const char *reason)
{
  switch (code) {
  case 4401:
    ent_room_join_again (room);
    return;
  case 4403:
    if (room->phase == ENT_ROOM_PHASE_JOINING)
      ent_room_set_phase (room, ENT_ROOM_PHASE_FAILED,
        _ ("This invitation is for another interview. Ask the interviewer for a new link."));
    else
      take_removed (room);
    return;
  case 4404:
    ent_room_set_phase (room, ENT_ROOM_PHASE_FAILED,
      _ ("This interview does not exist any more. Ask the interviewer for a new link."));
    return;
  case 4409:
    ent_room_set_phase (room, ENT_ROOM_PHASE_TAKEN_OVER,
      _ (
        "You joined this interview on another device. Go on there, or leave here and join again."));
    return;
  case 4410:
    take_ended (room);
    return;
  default:
    g_debug ("The server closed a socket of the room: %u %s", code, reason);
    ent_room_join_again (room);
  }
}

static void
room_socket_lost_cb (EntChannel *channel,
  guint code,
  const char *reason,
  gboolean is_final,
  gpointer data)
{
  EntRoom *room = data;

  g_object_ref (room);
  room->is_welcome = FALSE;
  g_hash_table_remove_all (room->requests);
  if (!ent_room_is_over (room)) {
    if (code != ENT_CHANNEL_MOVED && (room->phase == ENT_ROOM_PHASE_JOINED ||
                                       (room->phase == ENT_ROOM_PHASE_JOINING && !is_final)))
      ent_room_set_phase (room, ENT_ROOM_PHASE_RECONNECTING,
        _ ("The server cannot be reached. Editing and the call go on; it gets everything when it "
           "is back."));
    if (is_final)
      ent_room_coordinator_take_final_close (room, code, reason);
  }
  ent_room_pairs_review (room);
  g_object_unref (room);
}

/* --- the document socket --------------------------------------------------------------------- */

static void
send_times (EntRoom *room, const EntLogEntry *entry)
{
  EntMsgTimes times = {
    .client = entry->client,
    .clock = entry->clock,
    .made_at = entry->made_at_us,
  };

  ent_room_coordinator_send (room, ENT_ROOM_TIMES, &times);
}

static void
send_update_message (EntRoom *room, GBytes *update)
{
  g_autoptr (GBytes) message = ent_sync_new_update (update);

  ent_channel_send_binary (room->sync_socket, message);
}

/* What the coordinator lacks: kept edits one by one with their times, so that the record shows them
 * as they were typed; then the rest at once, which ends the answer also when it is empty. */
static void
send_missing (EntRoom *room, const EntStateVector *theirs)
{
  g_autoptr (EntStateVector) known = ent_state_vector_copy (theirs);
  g_autoptr (GBytes) message = NULL;

  for (GList *l = room->kept.head; l != NULL; l = l->next) {
    EntLogEntry *entry = l->data;
    guint32 end = entry->clock + entry->length;

    if ((entry->length > 0 && ent_state_vector_get (known, entry->client) >= end) ||
        g_bytes_get_size (entry->bytes) > ENT_MAX_UPDATE)
      continue;
    send_times (room, entry);
    send_update_message (room, entry->bytes);
    if (ent_state_vector_get (known, entry->client) == entry->clock)
      ent_state_vector_set (known, entry->client, end);
  }
  message = ent_sync_new_step2 (room->doc, known);
  ent_channel_send_binary (room->sync_socket, message);
}

static void
take_step1 (EntRoom *room, const EntSyncMessage *message)
{
  g_autoptr (EntStateVector) theirs =
    ent_state_vector_decode (message->body, message->body_size, NULL);

  if (theirs == NULL)
    return;
  send_missing (room, theirs);
  room->is_synced = TRUE;
}

static void
take_sync_message (EntRoom *room, const EntSyncMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new (message->body, message->body_size);
  g_autoptr (GBytes) states = NULL;

  switch (message->kind) {
  case ENT_SYNC_STEP1:
    take_step1 (room, message);
    break;
  case ENT_SYNC_STEP2:
  case ENT_SYNC_UPDATE:
    if (!ent_room_document_apply (room, body, room->sync_socket, &error))
      g_debug ("An update of the server was passed over: %s", error->message);
    if (message->kind == ENT_SYNC_STEP2)
      ent_room_agreement_take_step2 (room, body);
    break;
  case ENT_SYNC_AWARENESS:
    ent_awareness_apply (room->awareness, message->body, message->body_size,
      ent_clock_get_monotonic_us (room->clock) / 1000, room->sync_socket, NULL);
    break;
  case ENT_SYNC_QUERY_AWARENESS:
    states = ent_room_presence_new_message (room);
    ent_channel_send_binary (room->sync_socket, states);
    break;
  case ENT_SYNC_DENIED:
  case ENT_SYNC_UNKNOWN:
    break;
  }
}

static void
sync_socket_opened_cb (EntChannel *channel, gpointer data)
{
  EntRoom *room = data;
  g_autoptr (GBytes) step1 = ent_sync_new_step1 (room->doc);
  g_autoptr (GBytes) states = ent_room_presence_new_message (room);

  room->is_synced = FALSE;
  ent_channel_send_binary (channel, step1);
  ent_channel_send_binary (channel, states);
}

static void
sync_socket_binary_cb (EntChannel *channel, GBytes *bytes, gpointer data)
{
  EntRoom *room = data;
  gsize size;
  const guint8 *message_data = g_bytes_get_data (bytes, &size);
  EntSyncMessage message;

  if (!ent_sync_parse (message_data, size, &message, NULL))
    return;
  g_object_ref (room);
  take_sync_message (room, &message);
  g_object_unref (room);
}

static void
sync_socket_lost_cb (EntChannel *channel,
  guint code,
  const char *reason,
  gboolean is_final,
  gpointer data)
{
  EntRoom *room = data;

  room->is_synced = FALSE;
  g_clear_pointer (&room->compared_for, g_free);
  if (is_final && !ent_room_is_over (room))
    ent_room_coordinator_take_final_close (room, code, reason);
}

/* --- start and end --------------------------------------------------------------------------- */

void
ent_room_coordinator_open (EntRoom *room)
{
  room->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_request);
  room->room_socket = ent_channel_new (ENT_ROOM_PROTOCOL, ENT_MAX_STEP2);
  g_signal_connect_object (
    room->room_socket, "opened", G_CALLBACK (room_socket_opened_cb), room, 0);
  g_signal_connect_object (room->room_socket, "text", G_CALLBACK (room_socket_text_cb), room, 0);
  g_signal_connect_object (room->room_socket, "lost", G_CALLBACK (room_socket_lost_cb), room, 0);
  room->sync_socket = ent_channel_new (NULL, ENT_SYNC_MAX_BYTES);
  g_signal_connect_object (
    room->sync_socket, "opened", G_CALLBACK (sync_socket_opened_cb), room, 0);
  g_signal_connect_object (
    room->sync_socket, "binary", G_CALLBACK (sync_socket_binary_cb), room, 0);
  g_signal_connect_object (room->sync_socket, "lost", G_CALLBACK (sync_socket_lost_cb), room, 0);
}

void
ent_room_coordinator_start (EntRoom *room)
{
  g_autofree char *pin = NULL;
  g_autofree char *origin = ent_place_split (ent_client_get_place (room->client), &pin);
  g_autofree char *token = g_uri_escape_string (room->joined->room_token, NULL, FALSE);
  g_autofree char *room_path = g_strdup_printf ("/api/rooms/%s/socket", room->id);
  g_autofree char *sync_path = g_strdup_printf ("/api/sync/%s?token=%s", room->id, token);
  g_autofree char *room_uri = ent_channel_build_uri (origin, room_path);
  g_autofree char *sync_uri = ent_channel_build_uri (origin, sync_path);

  ent_channel_set_pin (room->room_socket, pin);
  ent_channel_set_pin (room->sync_socket, pin);
  ent_channel_start (room->room_socket, room_uri);
  ent_channel_start (room->sync_socket, sync_uri);
}

void
ent_room_coordinator_stop (EntRoom *room)
{
  if (room->room_socket != NULL)
    ent_channel_stop (room->room_socket);
  if (room->sync_socket != NULL)
    ent_channel_stop (room->sync_socket);
  room->is_welcome = FALSE;
  room->is_synced = FALSE;
  if (room->requests != NULL)
    g_hash_table_remove_all (room->requests);
}

void
ent_room_coordinator_close (EntRoom *room)
{
  ent_room_coordinator_stop (room);
  g_clear_pointer (&room->requests, g_hash_table_unref);
  g_clear_object (&room->room_socket);
  g_clear_object (&room->sync_socket);
}

void
ent_room_coordinator_send_update (EntRoom *room, GBytes *update)
{
  if (room->is_synced && g_bytes_get_size (update) <= ENT_MAX_UPDATE)
    send_update_message (room, update);
}

void
ent_room_coordinator_send_awareness (EntRoom *room, GBytes *message)
{
  if (room->sync_socket != NULL)
    ent_channel_send_binary (room->sync_socket, message);
}

gboolean
ent_room_coordinator_send (EntRoom *room, EntRoomKind kind, gconstpointer data)
{
  static const EntMsgEmpty empty;
  g_autofree char *text = NULL;

  if (!room->is_welcome)
    return FALSE;
  text = ent_room_message_encode (kind, ENT_ROOM_QUIET_ID, 0, data != NULL ? data : &empty);
  return ent_channel_send_text (room->room_socket, text);
}

void
ent_room_coordinator_request (EntRoom *room, EntRoomKind kind, gconstpointer data, GTask *take_task)
{
  static const EntMsgEmpty empty;
  EntRoomRequest *request = g_new0 (EntRoomRequest, 1);
  g_autofree char *text = NULL;

  request->kind = kind;
  request->task = take_task;
  if (!room->is_welcome) {
    if (take_task == NULL)
      ent_room_tell (room,
        _ ("The server cannot be reached, so it could not be asked. Try again when it is back."));
    free_request (request);
    return;
  }
  text = ent_room_message_encode (kind, ++room->last_request, 0, data != NULL ? data : &empty);
  g_hash_table_insert (
    room->requests, g_memdup2 (&room->last_request, sizeof room->last_request), request);
  ent_channel_send_text (room->room_socket, text);
}

GTask *
ent_room_coordinator_steal_task (EntRoom *room, EntRoomKind kind)
{
  GHashTableIter iter;
  gpointer value;
  GTask *task = NULL;

  g_hash_table_iter_init (&iter, room->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    EntRoomRequest *request = value;

    if (request->kind != kind)
      continue;
    if (task == NULL)
      task = g_steal_pointer (&request->task);
    g_hash_table_iter_remove (&iter);
  }
  return task;
}
