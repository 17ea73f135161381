/* Two nodes on one database: a room is at home at one of them, and the other one can do it no harm.
 */

#include "room-fixture.h"

#include "store/coord-node-store.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

#define URL_A "https://a.example.org"

static void
set_lease_of (RoomFixture *f, const char *node_id, gint64 lease_us)
{
  g_autofree char *url = g_strdup_printf ("https://%s.example.org", node_id);
  g_autoptr (GError) error = NULL;

  coord_node_store_enter (f->store->db, node_id, "p", url, lease_us, &error);
  g_assert_no_error (error);
}

static void
set_lease (RoomFixture *f, gint64 lease_us)
{
  set_lease_of (f, "a", lease_us);
}

static void
set_up (RoomFixture *f, gconstpointer data)
{
  room_fixture_set_up (f, data);
  set_lease_of (f, "a", G_TIME_SPAN_MINUTE);
  set_lease_of (f, "b", G_TIME_SPAN_MINUTE);
  f->node_id = "a";
  room_fixture_restart (f);
}

/* Who comes to the wrong node is told the address of the right one, on both sockets. */
static void
test_moved (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = NULL;
  g_autoptr (TestRoomPeer) lost = test_room_peer_new (guest->first_client);
  RoomFixture second;

  room_fixture_set_up_beside (&second, f, "b");
  a = room_fixture_join (f, host);
  room_fixture_connect (&second, lost, guest, NULL);
  g_assert_cmpuint (lost->room_code, ==, COORD_CLOSE_MOVED);
  g_assert_cmpuint (lost->sync_code, ==, COORD_CLOSE_MOVED);
  g_assert_cmpstr (soup_websocket_connection_get_close_data (lost->room), ==, URL_A);
  test_room_peer_type (a, "main.py", 0, "still here;");
  test_wait (test_room_peer_is_durable (a));
  room_fixture_tear_down_beside (&second);
}

/* The lease is over and another node has the room: the first one writes nothing any more, its
 * sockets are closed so that people come back, and what was acknowledged is there. */
static void
test_taken_over (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gint64 n_rows;
  RoomFixture second;

  test_room_peer_type (a, "main.py", 0, "acknowledged;");
  test_wait (test_room_peer_is_durable (a));
  before = test_room_peer_dup_text (a, "main.py");
  set_lease (f, 0);
  room_fixture_set_up_beside (&second, f, "b");
  b = room_fixture_join (&second, guest);
  g_assert_true (test_room_peer_shows (b, "main.py", before));
  n_rows = coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_log WHERE kind = 1");

  test_room_peer_type (a, "main.py", 0, "late;");
  test_wait (a->room_code == COORD_CLOSE_GOING_DOWN && a->sync_code == COORD_CLOSE_GOING_DOWN);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_log WHERE kind = 1"), ==, n_rows);

  /* The typist still has it, and brings it to the new home. */
  room_fixture_connect (&second, a, host, NULL);
  after = g_strconcat ("late;", before, NULL);
  test_wait (test_room_peer_shows (b, "main.py", after) && test_room_peer_is_durable (a));
  g_assert_true (test_room_peer_shows (a, "main.py", after));
  room_fixture_tear_down_beside (&second);
}

/* People come back to the node that had the room and do not know that another one has it now. */
static void
test_comes_back (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = NULL;
  g_autoptr (TestRoomPeer) again = test_room_peer_new (host->first_client + 1);
  RoomFixture second;

  set_lease (f, 0);
  room_fixture_set_up_beside (&second, f, "b");
  b = room_fixture_join (&second, guest);
  room_fixture_connect (f, again, host, NULL);
  g_assert_cmpuint (again->room_code, ==, COORD_CLOSE_MOVED);
  g_assert_cmpstr (
    soup_websocket_connection_get_close_data (again->room), ==, "https://b.example.org");
  test_wait (a->room_code == COORD_CLOSE_GOING_DOWN);
  g_assert_cmpuint (coord_room_table_count (f->table), ==, 0);
  room_fixture_tear_down_beside (&second);
}

/* A node that may not be the home any more lets everybody go at once, and takes them again. */
static void
test_closes_all (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);

  test_room_peer_type (a, "main.py", 0, "kept;");
  coord_room_table_close_rooms (f->table, FALSE);
  test_wait (a->room_code == COORD_CLOSE_GOING_DOWN && a->sync_code == COORD_CLOSE_GOING_DOWN);
  room_fixture_connect (f, a, host, NULL);
  test_wait (test_room_peer_is_durable (a));
  coord_room_table_close_rooms (f->table, TRUE);
  test_wait (a->room_code == COORD_CLOSE_GOING_DOWN);
  room_fixture_connect (f, a, host, NULL);
  g_assert_cmpuint (a->room_code, ==, COORD_CLOSE_TRY_AGAIN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("COORD_TEST_DATABASE") != NULL) {
    g_test_add ("/room-home/moved", RoomFixture, NULL, set_up, test_moved, room_fixture_tear_down);
    g_test_add (
      "/room-home/comes-back", RoomFixture, NULL, set_up, test_comes_back, room_fixture_tear_down);
  }
  g_test_add (
    "/room-home/taken-over", RoomFixture, NULL, set_up, test_taken_over, room_fixture_tear_down);
  g_test_add (
    "/room-home/closes-all", RoomFixture, NULL, set_up, test_closes_all, room_fixture_tear_down);
  return g_test_run ();
}
