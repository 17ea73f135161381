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
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, link->room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CoordMember *member = value;

    if (member != link->member && !member->is_expected)
      g_ptr_array_add (peers, coord_open_room_new_peer (link->room, member));
  }
  return peers;
}

static void
send_welcome (CoordRoomLink *link, gint64 re)
{
  const CoordRoomHost *host = link->room->host;
  g_autoptr (EntMsgWelcome) welcome = ent_msg_welcome_new ();

  welcome->you = coord_open_room_new_peer (link->room, link->member);
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

/* What leads of the room ask of the services. */

typedef struct {
  CoordSeat *seat;
  gboolean is_edit_locked;
  gboolean is_run_locked;
  char *participant_id; /* to remove; NULL: set the locks */
  gint64 now_us;
  GPtrArray *events;
} Order;

typedef struct {
  CoordOpenRoom *room;
  char *participant_id; /* who asked */
  gint64 re;
  Order *order;
} Asked;

static void
order_clear (gpointer data)
{
  Order *order = data;

  coord_seat_free (order->seat);
  g_free (order->participant_id);
  g_ptr_array_unref (order->events);
}

static void
order_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, order_clear);
}

/* Runs in the writer. */
static gpointer
run_order (CoordDb *db, gpointer data, GError **error)
{
  Order *order = data;
  gboolean is_done = order->participant_id != NULL
                       ? coord_room_service_remove (db, order->seat, order->participant_id,
                           order->now_us, order->events, error)
                       : coord_room_service_lock (db, order->seat, order->is_edit_locked,
                           order->is_run_locked, order->events, error);

  if (is_done)
    coord_events_record (db, order->events, error);
  return NULL;
}

static void
asked_free (Asked *asked)
{
  coord_open_room_unref (asked->room);
  g_free (asked->participant_id);
  order_unref (asked->order);
  g_free (asked);
}

static void
log_locks (CoordOpenRoom *room, const Order *order)
{
  g_autofree char *about = g_strconcat (order->is_edit_locked ? "edit" : "",
    order->is_edit_locked && order->is_run_locked ? " " : "", order->is_run_locked ? "run" : "",
    NULL);

  coord_open_room_append (room, coord_room_event_new_row (COORD_ROOM_EVENT_LOCKS,
                                  order->seat->participant_id, about, order->now_us));
}

static void
order_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  CoordOpenRoom *room = asked->room;
  g_autoptr (GError) error = NULL;
  CoordRoomLink *link;

  coord_db_pool_finish (result, &error);
  if (room->is_closed) {
    asked_free (asked);
    return;
  }
  if (error == NULL) {
    if (asked->order->participant_id == NULL && asked->order->events->len > 0)
      log_locks (room, asked->order);
    coord_events_publish (room->host->events, asked->order->events);
  } else if ((link = coord_open_room_find_socket (room, asked->participant_id)) != NULL)
    coord_open_room_send_gerror (link, asked->re, error);
  asked_free (asked);
}

static void
order (CoordRoomLink *link,
  gint64 re,
  const char *participant_id,
  gboolean edit_locked,
  gboolean run_locked)
{
  CoordOpenRoom *room = link->room;
  Order *new_order = g_atomic_rc_box_new0 (Order);
  Asked *asked = g_new0 (Asked, 1);

  new_order->seat = coord_room_event_copy_seat (link->seat);
  new_order->participant_id = g_strdup (participant_id);
  new_order->is_edit_locked = edit_locked;
  new_order->is_run_locked = run_locked;
  new_order->now_us = coord_open_room_now_us (room);
  new_order->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  asked->room = coord_open_room_ref (room);
  asked->participant_id = g_strdup (link->member->id);
  asked->re = re;
  asked->order = new_order;
  coord_db_pool_write_async (room->host->pool, run_order, g_atomic_rc_box_acquire (new_order),
    order_unref, NULL, NULL, order_done_cb, asked);
}

/* TRUE for leads; others are told that they may not. */
static gboolean
can_lead (CoordRoomLink *link, gint64 re)
{
  if (ent_role_can_lead (link->member->role))
    return TRUE;
  coord_open_room_send_error (
    link, re, "denied", "Only interviewers can lock, end or remove somebody from the interview.");
  return FALSE;
}

static void
take_lock (CoordRoomLink *link, gint64 re, const EntMsgLock *lock)
{
  if (can_lead (link, re))
    order (link, re, NULL, lock->edit, lock->run);
}

static void
take_remove (CoordRoomLink *link, gint64 re, const EntMsgRemove *removal)
{
  if (can_lead (link, re))
    order (link, re, removal->participant, FALSE, FALSE);
}

static void
take_end (CoordRoomLink *link, gint64 re)
{
  if (can_lead (link, re))
    coord_room_end_begin (link, re);
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
    take_lock (link, re, message->data);
    break;
  case ENT_ROOM_REMOVE:
    take_remove (link, re, message->data);
    break;
  case ENT_ROOM_END:
    take_end (link, re);
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

  if (link->member->state == ENT_PEER_REMOVED)
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
