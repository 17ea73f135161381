/* The room socket: entrevue.v1, JSON messages about everything but the document. */

#include "realtime/coord-open-room-private.h"

/* The biggest message starts a run: a state vector in base64, and an input of which JSON may write
 * six bytes for one. */
const CoordSocketLimits coord_room_link_limits = {
  .max_message_bytes = ENT_MAX_STATE_VECTOR / 3 * 4 + 6 * ENT_MAX_STDIN + 16 * 1024,
  .max_messages_per_s = 2000,
  .max_queue_bytes = 4 * 1024 * 1024,
};

static GPtrArray *
list_others (CoordRoomLink *link)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_peer_free);
  gboolean to_lead = ent_role_can_lead (link->member->role);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, link->room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CoordMember *member = value;

    if (member != link->member && (!member->is_expected || (to_lead && member->n_waiting > 0)))
      g_ptr_array_add (peers, coord_open_room_new_peer (link->room, member, to_lead));
  }
  return peers;
}

static void
send_welcome (CoordRoomLink *link, gint64 re)
{
  const CoordRoomHost *host = link->room->host;
  g_autoptr (EntMsgWelcome) welcome = ent_msg_welcome_new ();

  welcome->you = coord_open_room_new_peer (link->room, link->member, FALSE);
  welcome->room = coord_room_service_describe (link->room->record);
  welcome->peers = list_others (link);
  welcome->ice =
    coord_ice_servers (host->config, host->secrets, link->member->id, link->seat->expires_at_us);
  welcome->relay_only = host->config->ice_policy == COORD_ICE_RELAY;
  welcome->run = g_strdup (link->room->run_tail_id);
  coord_open_room_send (link, ENT_ROOM_WELCOME, re, welcome);
}

void
coord_room_link_start (CoordRoomLink *link, gint64 re)
{
  send_welcome (link, re);
  coord_room_document_send_durable (link);
  coord_room_run_send_runners (link);
  coord_room_run_send_tail (link);
}

static void
take_message (CoordRoomLink *link, const EntMessage *message)
{
  gint64 re = message->id;

  switch ((EntRoomKind) message->kind) {
  case ENT_ROOM_TIMES:
    coord_room_document_take_times (link->member, message->data);
    break;
  case ENT_ROOM_RTC_JOIN:
    coord_room_call_join (link, re);
    break;
  case ENT_ROOM_RTC_LEAVE:
    coord_room_call_leave (link->member, link->room);
    break;
  case ENT_ROOM_RTC_OFFER:
  case ENT_ROOM_RTC_ANSWER:
    coord_room_call_describe (link, message->kind, re, message->data);
    break;
  case ENT_ROOM_RTC_CANDIDATE:
    coord_room_call_candidate (link, re, message->data);
    break;
  case ENT_ROOM_LOCK:
  case ENT_ROOM_REMOVE:
  case ENT_ROOM_END:
  case ENT_ROOM_LOBBY:
  case ENT_ROOM_LOBBY_ADMIT:
  case ENT_ROOM_LOBBY_RETURN:
    coord_room_order_take (link, message);
    break;
  case ENT_ROOM_RUN_START:
    coord_room_run_start (link, re, message->data);
    break;
  case ENT_ROOM_RUN_STOP:
    coord_room_run_stop (link, re, message->data);
    break;
  case ENT_ROOM_RUN_INPUT:
    coord_room_run_input (link, re, message->data);
    break;
  case ENT_ROOM_RUN_RESIZE:
    coord_room_run_resize (link, re, message->data);
    break;
  case ENT_ROOM_HELLO:
  case ENT_ROOM_WELCOME:
  case ENT_ROOM_ERROR:
  case ENT_ROOM_STATE:
  case ENT_ROOM_PEER:
  case ENT_ROOM_DURABLE:
  case ENT_ROOM_WAITING:
  case ENT_ROOM_ADMITTED:
  case ENT_ROOM_RUN_STARTED:
  case ENT_ROOM_RUN_OUTPUT:
  case ENT_ROOM_RUN_ENDED:
  case ENT_ROOM_RUNNERS:
    coord_open_room_send_error (
      link, re, "unexpected", "A room does not expect this message from a client.");
    break;
  case ENT_ROOM_UNKNOWN:
    if (re != 0)
      coord_open_room_send_error (link, re, "unknown_kind", "This server does not know that.");
    break;
  }
}

void
coord_room_link_take (CoordRoomLink *link, gboolean is_text, GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (EntMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (coord_member_is_out (link->member))
    return; /* it waited for the replica meanwhile */
  message = is_text ? ent_room_message_decode (text, size, &error) : NULL;
  if (message == NULL) {
    g_debug ("A bad message: %s", error != NULL ? error->message : "it is binary");
    coord_socket_close (link->socket, COORD_CLOSE_BAD_MESSAGE, "This message cannot be read.");
    return;
  }
  coord_open_room_heard (link);
  if (message->kind == ENT_ROOM_TIMES ||
      coord_open_room_count_question (link, COORD_ROOM_REQUESTS_PER_S))
    take_message (link, message);
}

static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *bytes, gpointer data)
{
  CoordRoomLink *link = data;

  if (!link->room->is_closed && !coord_room_loan_hold_message (link, is_text, bytes))
    coord_room_link_take (link, is_text, bytes);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  if (!coord_room_loan_hold_close (data, code))
    coord_room_link_closed (data, code);
}

const CoordSocketEvents coord_room_link_events = { message_cb, closed_cb };
