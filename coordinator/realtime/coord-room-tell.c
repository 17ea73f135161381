/* What people are told over their room sockets. */

#include "realtime/coord-open-room-private.h"

#include "coord-log.h"
#include "store/coord-error.h"

void
coord_open_room_send (CoordRoomLink *link, EntRoomKind kind, gint64 re, gconstpointer data)
{
  g_autofree char *text = ent_room_message_encode (kind, 0, re, data);

  coord_socket_send_string (link->socket, text);
}

void
coord_open_room_send_error (CoordRoomLink *link, gint64 re, const char *code, const char *text)
{
  const EntMsgError error = { (char *) code, (char *) text };

  coord_open_room_send (link, ENT_ROOM_ERROR, re, &error);
}

/* Inner faults are logged; the person reads only that there was one. */
void
coord_open_room_send_gerror (CoordRoomLink *link, gint64 re, const GError *error)
{
  gboolean is_shown =
    error->domain == COORD_ERROR && !g_error_matches (error, COORD_ERROR, COORD_ERROR_INTERNAL);

  if (!is_shown)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, link->room->record->id, "%s", error->message);
  coord_open_room_send_error (link, re, coord_error_get_code (error),
    is_shown ? error->message : "Something went wrong on the server. Try again.");
}

void
coord_open_room_broadcast_text (CoordOpenRoom *room, GBytes *text)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (!link->is_sync)
      coord_socket_send_text (link->socket, text);
  }
}

void
coord_open_room_broadcast (CoordOpenRoom *room, EntRoomKind kind, gconstpointer data)
{
  char *text = ent_room_message_encode (kind, 0, 0, data);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  coord_open_room_broadcast_text (room, bytes);
}

/* Of the lobby only those who lead are told; for the others who is there has left, or never came.
 */
static EntPeerState
get_state (const CoordMember *member, gboolean to_lead)
{
  if (!member->must_wait || member->state == ENT_PEER_REMOVED)
    return member->state;
  return to_lead && member->n_waiting > 0 ? ENT_PEER_LOBBY : ENT_PEER_LEFT;
}

EntMsgPeer *
coord_open_room_new_peer (CoordOpenRoom *room, CoordMember *member, gboolean to_lead)
{
  EntMsgPeer *peer = ent_msg_peer_new ();

  peer->id = g_strdup (member->id);
  peer->name = g_strdup (member->name);
  peer->role = member->role;
  peer->state = get_state (member, to_lead);
  peer->seat = member->has_seat;
  peer->colour = member->colour;
  peer->clients = coord_room_clients_list (room->clients, member->id, FALSE);
  peer->unconfirmed = coord_room_clients_list (room->clients, member->id, TRUE);
  return peer;
}

static GBytes *
write_peer (CoordOpenRoom *room, CoordMember *member, gboolean to_lead)
{
  g_autoptr (EntMsgPeer) peer = coord_open_room_new_peer (room, member, to_lead);
  char *text = ent_room_message_encode (ENT_ROOM_PEER, 0, 0, peer);

  return g_bytes_new_take (text, strlen (text));
}

static void
tell_peer (CoordOpenRoom *room, GBytes *for_leads, GBytes *for_others)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);
    GBytes *text = ent_role_can_lead (link->member->role) ? for_leads : for_others;

    if (!link->is_sync && text != NULL)
      coord_socket_send_text (link->socket, text);
  }
}

void
coord_open_room_tell_leads (CoordOpenRoom *room, CoordMember *member)
{
  g_autoptr (GBytes) text = write_peer (room, member, TRUE);

  tell_peer (room, text, NULL);
}

void
coord_open_room_broadcast_peer (CoordOpenRoom *room, CoordMember *member)
{
  g_autoptr (GBytes) for_leads = write_peer (room, member, TRUE);
  g_autoptr (GBytes) for_others = NULL;

  if (member->must_wait && !member->is_expected)
    for_others = write_peer (room, member, FALSE);
  else if (!member->is_expected)
    for_others = g_bytes_ref (for_leads);
  tell_peer (room, for_leads, for_others);
}

void
coord_open_room_broadcast_state (CoordOpenRoom *room)
{
  g_autoptr (EntMsgRoom) state = coord_room_service_describe (room->record);

  coord_open_room_broadcast (room, ENT_ROOM_STATE, state);
}
