/* Rooms over time: quiet ones, empty ones, slow readers, a disk that refuses. */

#include "room-fixture.h"

#include <sys/socket.h>
#include <unistd.h>

#include "service/coord-account-service.h"
#include "store/coord-error.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

/* A stock client reconnects when it hears nothing for 30 s. */
static void
test_quiet_room (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);

  room_fixture_advance (f, 25);
  test_wait (a->n_awareness == 1);
  room_fixture_advance (f, 25);
  test_wait (a->n_awareness == 2);
}

/* An empty room is folded into a snapshot and closed; who comes then finds everything. */
static void
test_empty_room (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autofree char *text = NULL;

  for (guint i = 0; i < 20; i++)
    test_room_peer_type (a, "main.py", 0, "x");
  test_wait ((room_fixture_advance (f, 1), test_room_peer_is_durable (a)));
  text = test_room_peer_dup_text (a, "main.py");
  test_room_peer_leave (a);
  test_turn_for (50);
  g_assert_cmpuint (coord_room_table_count (f->table), ==, 1);
  test_wait (
    (room_fixture_advance (f, COORD_ROOM_IDLE_S / 10), coord_room_table_count (f->table) == 0));
  g_assert_cmpint (coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_snapshot"), ==, 1);
  room_fixture_connect (f, a, host, NULL);
  g_assert_true (test_room_peer_shows (a, "main.py", text));
}

static void
test_expired (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);

  ent_clock_advance (f->clock, 3601 * 1000);
  /* The tokens are looked at again every now and then, by the same clock. */
  test_wait (
    (room_fixture_advance (f, 1), a->room_code == COORD_CLOSE_NOT_SIGNED_IN && a->sync_code != 0));
}

/* An account that is switched off leaves its rooms, and its room token opens none, until it is on
 * again. */
static void
test_blocked_account (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CO_INTERVIEWER);
  g_autoptr (GError) error = NULL;
  g_autofree char *account =
    coord_account_service_add (f->store->db, "ada@example.org", "Ada", "hash", FALSE, 1, &error);
  g_autoptr (TestRoomPeer) a = NULL;
  g_autoptr (TestRoomPeer) b = NULL;
  g_autoptr (TestRoomPeer) c = NULL;
  g_autoptr (CoordSeat) seat = NULL;

  g_assert_no_error (error);
  g_assert_true (
    coord_db_run (f->store->db, NULL, "UPDATE participant SET person = $1 WHERE id = $2",
      COORD_TEXT (account), COORD_TEXT (guest->id)));
  a = room_fixture_join (f, host);
  b = room_fixture_join (f, guest);
  g_assert_true (coord_account_store_set_active (f->store->db, account, FALSE, &error));
  room_fixture_advance (f, 5);
  test_wait (b->room_code == COORD_CLOSE_NOT_IN_ROOM && b->sync_code == COORD_CLOSE_NOT_IN_ROOM);
  g_assert_cmpuint (a->room_code, ==, 0);
  seat = coord_room_service_admit (f->store->db, "room", guest->token, g_get_real_time (), &error);
  g_assert_null (seat);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_DENIED);
  g_clear_error (&error);

  g_assert_true (coord_account_store_set_active (f->store->db, account, TRUE, &error));
  c = room_fixture_join (f, guest);
}

/* While the disk refuses nothing is acknowledged, and when it takes again nothing is missing. */
static void
test_full_disk (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  test_room_peer_type (a, "main.py", 0, "first ");
  test_wait (test_room_peer_is_durable (a));
  coord_db_run (f->store->db, &error, "ALTER TABLE room_log RENAME TO room_log_away");
  g_assert_no_error (error);
  test_room_peer_type (a, "main.py", 0, "second ");
  test_room_peer_wait_error (b, "storage_full");
  test_room_peer_type (a, "main.py", 0, "third ");
  text = test_room_peer_dup_text (a, "main.py");
  test_wait (test_room_peer_shows (b, "main.py", text));
  g_assert_false (test_room_peer_is_durable (a));
  coord_db_run (f->store->db, &error, "ALTER TABLE room_log_away RENAME TO room_log");
  g_assert_no_error (error);
  test_wait (test_room_peer_is_durable (a));
  test_room_peer_cut (a);
  room_fixture_restart (f);
  room_fixture_connect (f, a, host, NULL);
  g_assert_true (test_room_peer_shows (a, "main.py", text));
}

typedef struct {
  CoordOpenRoom *room;
  CoordSeat *seat;
} Admitted;

static void
admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Admitted *admitted = data;
  g_autoptr (GError) error = NULL;

  admitted->room = coord_room_table_admit_finish (result, &admitted->seat, &error);
  g_assert_no_error (error);
}

/* Who does not read is let go, and holds up nobody. */
static void
test_slow_reader (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autofree char *big = g_strnfill (256 * 1024, 'x');
  g_autoptr (CoordSocket) socket = NULL;
  Admitted admitted = { 0 };
  int fds[2];

  coord_room_table_admit_async (f->table, "room", guest->token, admitted_cb, &admitted);
  test_wait (admitted.room != NULL);
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
  socket = coord_socket_ref (
    coord_socket_hub_adopt (f->hub, fds[0], "", NULL, &coord_socket_default_limits));
  coord_open_room_join_sync (admitted.room, admitted.seat, socket);
  for (guint i = 0; i < 40 && coord_socket_is_open (socket); i++) {
    test_room_peer_type (a, "main.py", 0, big);
    test_wait (test_room_peer_is_durable (a));
  }
  test_wait (!coord_socket_is_open (socket));
  g_assert_cmpuint (a->sync_code, ==, 0);
  close (fds[1]);
  coord_seat_free (admitted.seat);
  coord_open_room_unref (admitted.room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* A disk that refuses is worth a warning. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD_CLOCK_TEST ("/room-table/quiet-room", test_quiet_room);
  ADD_CLOCK_TEST ("/room-table/empty-room", test_empty_room);
  ADD_CLOCK_TEST ("/room-table/expired", test_expired);
  ADD_CLOCK_TEST ("/room-table/blocked-account", test_blocked_account);
  ADD_ROOM_TEST ("/room-table/full-disk", test_full_disk);
  ADD_ROOM_TEST ("/room-table/slow-reader", test_slow_reader);
  return g_test_run ();
}
