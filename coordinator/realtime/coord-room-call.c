/* Link seats, and the descriptions of data links on their way from one seat holder to another. */

#include "realtime/coord-open-room-private.h"

typedef struct {
  guint taken;
  CoordMember *absent; /* holds a seat and has no socket; NULL: none */
  CoordMember *observer; /* holds a seat and only watches */
} Seats;

static Seats
look_at_seats (CoordOpenRoom *room)
{
  Seats seats = { 0 };
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CoordMember *member = value;

    if (!member->has_seat)
      continue;
    seats.taken++;
    if (member->n_links == 0)
      seats.absent = member;
    else if (member->role == ENT_ROLE_OBSERVER)
      seats.observer = member;
  }
  return seats;
}

void
coord_room_call_leave (CoordMember *member, CoordOpenRoom *room)
{
  if (!member->has_seat)
    return;
  member->has_seat = FALSE;
  coord_open_room_broadcast_peer (room, member);
}

/* Who lost the connection keeps the seat, since the call goes on without the coordinator, until
 * somebody else needs it; an observer yields to a speaker. */
void
coord_room_call_join (CoordRoomLink *link, gint64 re)
{
  CoordOpenRoom *room = link->room;
  CoordMember *member = link->member;
  Seats seats = look_at_seats (room);

  if (!member->has_seat && seats.taken >= ENT_MAX_SEATS) {
    CoordMember *yields = seats.absent;

    if (yields == NULL && member->role != ENT_ROLE_OBSERVER)
      yields = seats.observer;
    if (yields == NULL) {
      coord_open_room_send_error (
        link, re, "call_full", "The call is full (4 people). You can edit and chat.");
      return;
    }
    coord_room_call_leave (yields, room);
  }
  member->has_seat = TRUE;
  coord_open_room_broadcast_peer (room, member);
}

/* The socket to pass a message to; NULL and an error to the sender when there is none. */
static CoordRoomLink *
find_receiver (CoordRoomLink *link, gint64 re, const char *to)
{
  CoordMember *receiver = to != NULL ? g_hash_table_lookup (link->room->members, to) : NULL;
  CoordRoomLink *socket;

  if (!link->member->has_seat) {
    coord_open_room_send_error (link, re, "no_seat", "You are not in the call.");
    return NULL;
  }
  if (receiver == NULL || receiver == link->member || !receiver->has_seat) {
    coord_open_room_send_error (link, re, "not_in_call", "That person is not in the call.");
    return NULL;
  }
  socket = coord_open_room_find_socket (link->room, to);
  if (socket == NULL)
    coord_open_room_send_error (
      link, re, "away", "That person has lost the connection to the server.");
  else if (coord_socket_get_queued_bytes (socket->socket) > COORD_ROOM_MAX_RELAYED) {
    /* Else one person could push another one out. */
    coord_open_room_send_error (
      link, re, "busy", "That person's connection is too slow right now. Try again in a moment.");
    return NULL;
  }
  return socket;
}

void
coord_room_call_describe (CoordRoomLink *link,
  EntRoomKind kind,
  gint64 re,
  EntMsgDescription *description)
{
  CoordRoomLink *receiver = find_receiver (link, re, description->to);

  if (receiver == NULL)
    return;
  g_free (description->from);
  description->from = g_strdup (link->member->id);
  coord_open_room_send (receiver, kind, 0, description);
}

void
coord_room_call_candidate (CoordRoomLink *link, gint64 re, EntMsgCandidate *candidate)
{
  CoordRoomLink *receiver = find_receiver (link, re, candidate->to);

  if (receiver == NULL)
    return;
  g_free (candidate->from);
  candidate->from = g_strdup (link->member->id);
  coord_open_room_send (receiver, ENT_ROOM_RTC_CANDIDATE, 0, candidate);
}
