/* What those who lead the room ask of the services: locks, the lobby, removals, the end. */

#include "realtime/coord-open-room-private.h"

#include "service/coord-lobby-service.h"

typedef struct {
  EntRoomKind kind;
  CoordSeat *seat;
  gboolean is_edit_locked;
  gboolean is_run_locked;
  gboolean is_on; /* the lobby */
  char **here; /* ids of participants: who stays when it is switched on */
  char *participant_id; /* whom it is about; NULL: nobody */
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
  g_strfreev (order->here);
  g_free (order->participant_id);
  g_ptr_array_unref (order->events);
}

static void
order_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, order_clear);
}

static gboolean
serve (CoordDb *db, Order *order, GError **error)
{
  switch (order->kind) {
  case ENT_ROOM_LOCK:
    return coord_room_service_lock (
      db, order->seat, order->is_edit_locked, order->is_run_locked, order->events, error);
  case ENT_ROOM_REMOVE:
    return coord_room_service_remove (
      db, order->seat, order->participant_id, order->now_us, order->events, error);
  case ENT_ROOM_LOBBY:
    return coord_lobby_service_set (db, order->seat, order->is_on,
      (const char *const *) order->here, order->now_us, order->events, error);
  case ENT_ROOM_LOBBY_ADMIT:
    return coord_lobby_service_admit (
      db, order->seat, order->participant_id, order->now_us, order->events, error);
  case ENT_ROOM_LOBBY_RETURN:
    return coord_lobby_service_return (
      db, order->seat, order->participant_id, order->now_us, order->events, error);
  default:
    g_return_val_if_reached (FALSE);
  }
}

/* Runs in the writer. */
static gpointer
run_order (CoordDb *db, gpointer data, GError **error)
{
  Order *order = data;

  if (serve (db, order, error))
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
log_event (CoordOpenRoom *room, const Order *order, CoordRoomEventKind kind, const char *about)
{
  coord_open_room_append (
    room, coord_room_event_new_row (kind, order->seat->participant_id, about, order->now_us));
}

static void
log_locks (CoordOpenRoom *room, const Order *order)
{
  g_autofree char *about = g_strconcat (order->is_edit_locked ? "edit" : "",
    order->is_edit_locked && order->is_run_locked ? " " : "", order->is_run_locked ? "run" : "",
    NULL);

  log_event (room, order, COORD_ROOM_EVENT_LOCKS, about);
}

/* Something was changed, and is durable. Whoever was sent back writes nothing from now on, also
 * before the room has read it. */
static void
take_effect (CoordOpenRoom *room, const Order *order)
{
  switch (order->kind) {
  case ENT_ROOM_LOCK:
    log_locks (room, order);
    break;
  case ENT_ROOM_LOBBY:
    log_event (room, order, COORD_ROOM_EVENT_LOBBY, order->is_on ? "on" : "off");
    break;
  case ENT_ROOM_LOBBY_ADMIT:
    log_event (room, order, COORD_ROOM_EVENT_ADMITTED, order->participant_id);
    break;
  case ENT_ROOM_LOBBY_RETURN:
    log_event (room, order, COORD_ROOM_EVENT_RETURNED, order->participant_id);
    coord_room_lobby_return (room, order->participant_id);
    break;
  default:
    break;
  }
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
    if (asked->order->events->len > 0)
      take_effect (room, asked->order);
    coord_events_publish (room->host->events, asked->order->events);
  } else if ((link = coord_open_room_find_socket (room, asked->participant_id)) != NULL)
    coord_open_room_send_gerror (link, asked->re, error);
  asked_free (asked);
}

/* The ids of those who are in the room now; the caller owns them. */
static char **
list_here (CoordOpenRoom *room)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const CoordMember *member = value;

    if (member->n_links > 0)
      g_strv_builder_add (ids, member->id);
  }
  return g_strv_builder_end (ids);
}

static void
fill (Order *order, CoordOpenRoom *room, const EntMessage *message)
{
  const EntMsgLock *lock = message->data;
  const EntMsgRemove *removal = message->data;
  const EntMsgLobby *lobby = message->data;
  const EntMsgLobbyPerson *person = message->data;

  switch (order->kind) {
  case ENT_ROOM_LOCK:
    order->is_edit_locked = lock->edit;
    order->is_run_locked = lock->run;
    break;
  case ENT_ROOM_REMOVE:
    order->participant_id = g_strdup (removal->participant);
    break;
  case ENT_ROOM_LOBBY:
    order->is_on = lobby->on;
    order->here = list_here (room);
    break;
  default:
    order->participant_id = g_strdup (person->participant);
  }
}

void
coord_room_order_take (CoordRoomLink *link, const EntMessage *message)
{
  CoordOpenRoom *room = link->room;
  Order *order;
  Asked *asked;

  if (!ent_role_can_lead (link->member->role)) {
    coord_open_room_send_error (link, message->id, "denied",
      "Only interviewers can lock or end the interview, remove somebody or see to the lobby.");
    return;
  }
  if (message->kind == ENT_ROOM_END) {
    coord_room_end_begin (link, message->id);
    return;
  }
  order = g_atomic_rc_box_new0 (Order);
  order->kind = message->kind;
  order->seat = coord_room_event_copy_seat (link->seat);
  order->now_us = coord_open_room_now_us (room);
  order->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  fill (order, room, message);
  asked = g_new0 (Asked, 1);
  asked->room = coord_open_room_ref (room);
  asked->participant_id = g_strdup (link->member->id);
  asked->re = message->id;
  asked->order = order;
  coord_db_pool_write_async (room->host->pool, run_order, g_atomic_rc_box_acquire (order),
    order_unref, NULL, NULL, order_done_cb, asked);
}
