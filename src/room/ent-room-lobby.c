/* Waiting in the lobby: one socket, by which nothing of the room comes but that one was let in. */

#include <glib/gi18n-lib.h>

#include "config.h"
#include "protocol/ent-link-uri.h"
#include "room/ent-room-private.h"

static void
set_title (EntRoom *room, const char *title)
{
  if (g_strcmp0 (room->lobby_title, title) == 0)
    return;
  g_free (room->lobby_title);
  room->lobby_title = g_strdup (title);
  ent_room_notify (room, ENT_ROOM_PROP_TITLE);
}

static void
opened_cb (EntChannel *channel, gpointer data)
{
  EntRoom *room = data;
  EntMsgHello hello = {
    .room_token = room->waiting->waiting_token,
    .app = (char *) "entrevue/" ENT_VERSION,
  };
  g_autofree char *text = ent_room_message_encode (ENT_ROOM_HELLO, 0, 0, &hello);

  ent_channel_send_text (channel, text);
}

static void
text_cb (EntChannel *channel, const char *text, gsize size, gpointer data)
{
  EntRoom *room = data;
  g_autoptr (EntMessage) message = ent_room_message_decode (text, size, NULL);

  if (message == NULL)
    return;
  g_object_ref (room);
  if (message->kind == ENT_ROOM_WAITING) {
    set_title (room, ((EntMsgWaiting *) message->data)->title);
    ent_room_set_phase (room, ENT_ROOM_PHASE_WAITING, NULL);
  } else if (message->kind == ENT_ROOM_ADMITTED)
    ent_room_join_again (room);
  g_object_unref (room);
}

static void
lost_cb (EntChannel *channel, guint code, const char *reason, gboolean is_final, gpointer data)
{
  EntRoom *room = data;

  g_object_ref (room);
  if (is_final)
    ent_room_coordinator_take_final_close (room, code, reason);
  else if (code != ENT_CHANNEL_MOVED)
    ent_room_set_phase (room, ENT_ROOM_PHASE_WAITING,
      _ ("The server cannot be reached. You keep your place in the lobby and are connected again "
         "when it is back."));
  g_object_unref (room);
}

/* Who waits sees themselves. */
static void
open_call (EntRoom *room)
{
  const EntMsgPeer peer = {
    .id = room->waiting->participant,
    .name = room->waiting->name,
    .role = room->waiting->role,
    .state = ENT_PEER_LOBBY,
  };

  if (room->waiting_me == NULL)
    room->waiting_me =
      room->me != NULL ? g_object_ref (room->me) : ent_participant_new (&peer, TRUE);
  ent_room_pairs_open_call (room, room->waiting->role);
}

void
ent_room_lobby_enter (EntRoom *room, EntApiJoined *take_waiting)
{
  g_autofree char *pin = NULL;
  g_autofree char *origin = ent_place_split (ent_client_get_place (room->client), &pin);
  g_autofree char *path = g_strdup_printf ("/api/rooms/%s/socket", room->id);
  g_autofree char *uri = ent_channel_build_uri (origin, path);

  g_clear_pointer (&room->waiting, ent_api_joined_free);
  room->waiting = take_waiting;
  ent_room_coordinator_stop (room);
  ent_room_pairs_drop_all_later (room);
  if (room->me != NULL)
    ent_room_set_call_state (room, ENT_ROOM_CALL_OFF, NULL);
  if (room->lobby_socket == NULL) {
    room->lobby_socket = ent_channel_new (ENT_ROOM_PROTOCOL, ENT_MAX_SOCKET_MESSAGE);
    g_signal_connect_object (room->lobby_socket, "opened", G_CALLBACK (opened_cb), room, 0);
    g_signal_connect_object (room->lobby_socket, "text", G_CALLBACK (text_cb), room, 0);
    g_signal_connect_object (room->lobby_socket, "lost", G_CALLBACK (lost_cb), room, 0);
  }
  open_call (room);
  ent_channel_set_pin (room->lobby_socket, pin);
  ent_room_set_phase (room, ENT_ROOM_PHASE_WAITING, NULL);
  ent_channel_start (room->lobby_socket, uri);
}

void
ent_room_lobby_leave (EntRoom *room)
{
  if (room->lobby_socket != NULL)
    ent_channel_stop (room->lobby_socket);
  g_clear_object (&room->lobby_socket);
  g_clear_pointer (&room->waiting, ent_api_joined_free);
  g_clear_object (&room->waiting_me);
}
