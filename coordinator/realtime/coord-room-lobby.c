/* The lobby: who waits there has one socket, by which nothing of the room is told and nothing is
 * taken. Whether somebody has to wait stands in the database; those who lead see who does. */

#include "realtime/coord-open-room-private.h"

static const CoordSocketLimits limits = {
  .max_message_bytes = 8 * 1024,
  .max_messages_per_s = 20,
  .max_queue_bytes = 64 * 1024,
};

typedef struct {
  CoordOpenRoom *room; /* referenced */
  CoordMember *member;
  CoordSocket *socket; /* referenced */
  char *device_hash;
  gint64 expires_at_us;
} Waiter;

static void
waiter_free (Waiter *waiter)
{
  coord_socket_unref (waiter->socket);
  coord_open_room_unref (waiter->room);
  g_free (waiter->device_hash);
  g_free (waiter);
}

static void
tell (Waiter *waiter, EntRoomKind kind, gint64 re, gconstpointer data)
{
  g_autofree char *text = ent_room_message_encode (kind, 0, re, data);

  coord_socket_send_string (waiter->socket, text);
}

/* There is nothing to be asked here. */
static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *bytes, gpointer data)
{
  static const EntMsgError refusal = { (char *) "denied",
    (char *) "You are in the lobby. Wait until the interviewer lets you in." };
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (EntMessage) message = is_text ? ent_room_message_decode (text, size, NULL) : NULL;

  if (message == NULL)
    coord_socket_close (socket, COORD_CLOSE_BAD_MESSAGE, "This message cannot be read.");
  else
    tell (data, ENT_ROOM_ERROR, message->id, &refusal);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  Waiter *waiter = data;
  CoordOpenRoom *room = waiter->room;
  CoordMember *member = waiter->member;

  if (!room->is_closed) {
    g_ptr_array_remove_fast (room->lobby, waiter);
    member->n_waiting--;
    room->empty_since_us = coord_open_room_steady_us (room);
    if (member->n_waiting == 0 && member->must_wait)
      coord_open_room_tell_leads (room, member);
  }
  waiter_free (waiter);
}

static const CoordSocketEvents events = { message_cb, closed_cb };

void
coord_room_lobby_close (CoordOpenRoom *room,
  CoordMember *member,
  const char *except_device,
  guint code,
  const char *reason)
{
  for (guint i = 0; i < room->lobby->len; i++) {
    Waiter *waiter = g_ptr_array_index (room->lobby, i);

    if ((member == NULL || waiter->member == member) &&
        g_strcmp0 (waiter->device_hash, except_device) != 0)
      coord_socket_close (waiter->socket, code, reason);
  }
}

/* The same device has come anew. */
static void
make_way (CoordOpenRoom *room, CoordMember *member, const char *device)
{
  for (guint i = 0; i < room->lobby->len; i++) {
    Waiter *waiter = g_ptr_array_index (room->lobby, i);

    if (waiter->member == member && g_strcmp0 (waiter->device_hash, device) == 0)
      coord_socket_close (
        waiter->socket, COORD_CLOSE_TAKEN_OVER, "The same device has connected anew.");
  }
}

/* Nothing of the person counts any more, and their sockets go. */
static void
put_out (CoordOpenRoom *room, CoordMember *member)
{
  member->must_wait = TRUE;
  member->has_seat = FALSE;
  coord_open_room_close_links (room, member, NULL, COORD_CLOSE_NOT_SIGNED_IN,
    "You were sent back to the lobby. Join the interview again.");
  if (!member->is_expected)
    coord_open_room_broadcast_peer (room, member);
}

/* With another token everything else is given, so they join again. */
static void
let_in (CoordOpenRoom *room, CoordMember *member)
{
  static const EntMsgEmpty empty;

  member->must_wait = FALSE;
  for (guint i = 0; i < room->lobby->len; i++) {
    Waiter *waiter = g_ptr_array_index (room->lobby, i);

    if (waiter->member == member) {
      tell (waiter, ENT_ROOM_ADMITTED, 0, &empty);
      coord_socket_close (
        waiter->socket, COORD_CLOSE_NOT_SIGNED_IN, "You were let in. Join the interview again.");
    }
  }
  if (member->n_waiting > 0)
    coord_open_room_tell_leads (room, member);
}

void
coord_room_lobby_set_waits (CoordOpenRoom *room, CoordMember *member, gboolean must_wait)
{
  if (must_wait && !member->must_wait)
    put_out (room, member);
  else if (!must_wait && member->must_wait && !room->is_loading_people)
    let_in (room, member);
}

void
coord_room_lobby_return (CoordOpenRoom *room, const char *participant_id)
{
  CoordMember *member = g_hash_table_lookup (room->members, participant_id);

  if (member != NULL && !member->must_wait)
    put_out (room, member);
  coord_open_room_load_people (room); /* after one under way, which may know nothing of it */
}

/* What the room was loaded with, or the last load, may be older than the seat: what counts now is
 * read once more. */
static void
catch_up (CoordOpenRoom *room, CoordMember *member, const CoordSeat *seat)
{
  if (!member->must_wait)
    put_out (room, member);
  else if (g_strcmp0 (member->owner_hash, seat->device_hash) == 0)
    return;
  coord_open_room_load_people (room);
}

void
coord_room_lobby_join (CoordOpenRoom *room, const CoordSeat *seat, CoordSocket *socket, gint64 re)
{
  const EntMsgWaiting waiting = { room->record->title, seat->name };
  const char *reason = NULL;
  guint refusal = coord_open_room_find_refusal (room, seat, &reason);
  CoordMember *member;
  Waiter *waiter;

  if (refusal != 0) {
    coord_socket_close (socket, refusal, reason);
    return;
  }
  member = coord_open_room_get_member (room, seat);
  make_way (room, member, seat->device_hash);
  waiter = g_new0 (Waiter, 1);
  waiter->room = coord_open_room_ref (room);
  waiter->member = member;
  waiter->socket = coord_socket_ref (socket);
  waiter->device_hash = g_strdup (seat->device_hash);
  waiter->expires_at_us = seat->expires_at_us;
  g_ptr_array_add (room->lobby, waiter);
  member->n_waiting++;
  coord_socket_set_limits (socket, &limits);
  coord_socket_set_events (socket, &events, waiter, NULL);
  tell (waiter, ENT_ROOM_WAITING, re, &waiting);
  catch_up (room, member, seat);
  coord_open_room_tell_leads (room, member);
}

void
coord_room_lobby_tick (CoordOpenRoom *room)
{
  gint64 now_us = coord_open_room_now_us (room);

  for (guint i = 0; i < room->lobby->len; i++) {
    Waiter *waiter = g_ptr_array_index (room->lobby, i);

    if (waiter->expires_at_us < now_us)
      coord_socket_close (waiter->socket, COORD_CLOSE_NOT_SIGNED_IN,
        "Your place in this interview has expired. Join it again.");
  }
}
