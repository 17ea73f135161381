/* Rooms of a real coordinator process: two libsoup clients, each with both sockets. */

#include <string.h>

#include "test-room-peer.h"
#include "test-server.h"

typedef struct {
  TestServer *server;
  TestRoom *room;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = test_server_new ();
  f->room = test_server_add_room (f->server);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_room_free (f->room);
  test_server_free (f->server);
}

static gint64
get_client (const EntApiJoined *joined, guint index)
{
  return g_array_index (joined->clients, gint64, index);
}

static void
connect_peer (Fixture *f, TestRoomPeer *peer, const EntApiJoined *joined)
{
  test_room_peer_connect (
    peer, f->server->session, f->server->origin, f->room->id, joined->room_token);
  g_assert_cmpuint (peer->room_code, ==, 0);
  g_assert_cmpuint (peer->sync_code, ==, 0);
}

/* A new peer with both sockets. */
static TestRoomPeer *
enter (Fixture *f, const EntApiJoined *joined)
{
  TestRoomPeer *peer = test_room_peer_new (get_client (joined, 0));

  connect_peer (f, peer, joined);
  return peer;
}

static gboolean
shows_same (TestRoomPeer *a, TestRoomPeer *b)
{
  g_autofree char *text = test_room_peer_dup_text (a, "main.py");

  return test_room_peer_shows (b, "main.py", text);
}

static void
test_two_people (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiJoined) lead = test_server_join (f->server, f->room, f->room->lead, "a");
  g_autoptr (EntApiJoined) guest = test_server_join (f->server, f->room, f->room->candidate, "b");
  g_autoptr (TestRoomPeer) a = enter (f, lead);
  g_autoptr (TestRoomPeer) b = enter (f, guest);

  g_assert_cmpuint (test_room_peer_count_files (a), ==, 3);
  g_assert_cmpuint (test_room_peer_count_files (b), ==, 3);
  test_room_peer_type (a, "main.py", 0, "# from a ∀😀\n");
  test_wait (shows_same (a, b));
  test_room_peer_type (b, "main.py", 3, "and b ");
  test_wait (shows_same (b, a));
  test_wait (test_room_peer_is_durable (a) && test_room_peer_is_durable (b));
}

/* What was acknowledged before a kill -9 is there after it, also when it came in mid-typing. */
static void
test_killed_while_typing (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiJoined) lead = test_server_join (f->server, f->room, f->room->lead, "a");
  g_autoptr (EntApiJoined) guest = test_server_join (f->server, f->room, f->room->candidate, "b");
  g_autoptr (TestRoomPeer) a = enter (f, lead);
  g_autoptr (TestRoomPeer) b = NULL;
  g_autoptr (EntStateVector) acknowledged = NULL;
  g_autoptr (EntStateVector) kept = NULL;

  for (guint i = 0; i < 400; i++) {
    test_room_peer_type (a, "main.py", 0, "x");
    test_turn ();
    if (i >= 200 && !test_room_peer_is_durable (a))
      break;
  }
  acknowledged = ent_state_vector_copy (a->durable);
  test_server_kill (f->server);
  test_wait (a->room_code != 0 && a->sync_code != 0);
  test_room_peer_type (a, "main.py", 0, "# made offline\n");
  test_server_start (f->server);
  b = enter (f, guest);
  kept = ent_doc_dup_state_vector (b->doc);
  g_assert_true (ent_state_vector_covers (kept, acknowledged));
  g_assert_cmpuint (test_room_peer_count_files (b), ==, 3);
  connect_peer (f, a, lead);
  test_wait (shows_same (a, b));
  test_wait (test_room_peer_is_durable (a));
}

static void
test_orderly_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiJoined) lead = test_server_join (f->server, f->room, f->room->lead, "a");
  g_autoptr (TestRoomPeer) a = enter (f, lead);
  g_autoptr (TestRoomPeer) again = test_room_peer_new (get_client (lead, 1));

  test_room_peer_type (a, "main.py", 0, "kept\n");
  test_turn ();
  test_server_stop (f->server);
  test_wait (a->room_code == 4503 && a->sync_code == 4503);
  test_server_start (f->server);
  connect_peer (f, again, lead);
  connect_peer (f, a, lead);
  test_wait (shows_same (a, again));
}

static void
test_token_of_another_room (Fixture *f, gconstpointer data)
{
  g_autoptr (TestRoom) other = test_server_add_room (f->server);
  g_autoptr (EntApiJoined) lead = test_server_join (f->server, f->room, f->room->lead, "a");
  g_autoptr (TestRoomPeer) a = test_room_peer_new (get_client (lead, 0));
  g_autoptr (TestRoomPeer) b = test_room_peer_new (get_client (lead, 1));

  test_room_peer_connect (a, f->server->session, f->server->origin, other->id, lead->room_token);
  g_assert_cmpuint (a->room_code, ==, 4403);
  g_assert_cmpuint (a->sync_code, ==, 4403);
  g_assert_cmpuint (test_room_peer_count_files (a), ==, 0);
  test_room_peer_connect (b, f->server->session, f->server->origin, f->room->id, "nonsense");
  g_assert_cmpuint (b->room_code, ==, 4401);
  g_assert_cmpuint (b->sync_code, ==, 4401);
}

/* Rooms are islands: what is typed in one is seen in no other. */
static void
test_two_rooms (Fixture *f, gconstpointer data)
{
  g_autoptr (TestRoom) other = test_server_add_room (f->server);
  g_autoptr (EntApiJoined) here = test_server_join (f->server, f->room, f->room->lead, "a");
  g_autoptr (EntApiJoined) there = test_server_join (f->server, other, other->lead, "a");
  g_autoptr (TestRoomPeer) a = enter (f, here);
  g_autoptr (TestRoomPeer) b = test_room_peer_new (get_client (there, 0));
  guint n_updates;

  test_room_peer_connect (b, f->server->session, f->server->origin, other->id, there->room_token);
  n_updates = b->n_updates;
  test_room_peer_type (a, "main.py", 0, "secret ");
  test_wait (test_room_peer_is_durable (a));
  test_room_peer_type (b, "main.js", 0, "other ");
  test_wait (test_room_peer_is_durable (b));
  g_assert_cmpuint (b->n_updates, ==, n_updates);
}

static void
test_observer (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiJoined) lead = test_server_join (f->server, f->room, f->room->lead, "a");
  g_autoptr (EntApiJoined) observer = test_server_join (f->server, f->room, f->room->observer, "o");
  g_autoptr (TestRoomPeer) a = enter (f, lead);
  g_autoptr (TestRoomPeer) o = enter (f, observer);
  g_autofree char *before = test_room_peer_dup_text (a, "main.py");

  test_room_peer_type (o, "main.py", 0, "not allowed ");
  test_room_peer_type (a, "main.js", 0, "y");
  test_wait (o->n_updates == 1);
  g_assert_true (test_room_peer_shows (a, "main.py", before));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/realtime/two-people", test_two_people);
  ADD ("/realtime/killed-while-typing", test_killed_while_typing);
  ADD ("/realtime/orderly-restart", test_orderly_restart);
  ADD ("/realtime/token-of-another-room", test_token_of_another_room);
  ADD ("/realtime/two-rooms", test_two_rooms);
  ADD ("/realtime/observer", test_observer);
  return g_test_run ();
}
