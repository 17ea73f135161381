/* Rooms that nobody has ended are ended and sealed by the server. */

#include "realtime/coord-room-tidy.h"

#include "realtime/coord-room-seal.h"
#include "room-fixture.h"
#include "store/coord-audit-store.h"
#include "store/coord-node-store.h"

#define GRACE "30"
#define OVER_MINUTES (30 + 45) /* after the planned end */
#define MANY (2 * COORD_ROOM_TIDY_AT_ONCE + 3)

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

static void
run_sql (RoomFixture *f, const char *sql)
{
  g_autoptr (GError) error = NULL;

  coord_db_run (f->store->db, &error, sql);
  g_assert_no_error (error);
}

/* The plan and the tokens of all rooms, as if it were so many minutes after the planned end. */
static void
let_pass (RoomFixture *f, int minutes)
{
  gint64 ends_us = g_get_real_time () - minutes * G_TIME_SPAN_MINUTE;
  g_autoptr (GError) error = NULL;

  coord_db_run (f->store->db, &error, "UPDATE interview SET starts_at = $1 - 1, ends_at = $1",
    COORD_INT (ends_us));
  g_assert_no_error (error);
  coord_db_run (f->store->db, &error, "UPDATE room_token SET expires_at = $1",
    COORD_INT (ends_us + 30 * G_TIME_SPAN_MINUTE));
  g_assert_no_error (error);
}

static CoordRoomTidy *
prepare (RoomFixture *f)
{
  g_autoptr (GError) error = NULL;
  CoordRoomTidy *tidy = coord_room_tidy_prepare (f->store->db, GRACE, g_get_real_time (), &error);

  g_assert_no_error (error);
  g_assert_nonnull (tidy);
  return tidy;
}

typedef struct {
  CoordRoomTidy *tidy;
  gint64 now_us;
  gint64 again_us;
  GPtrArray *events;
} Store;

static gpointer
store_cb (CoordDb *db, gpointer data, GError **error)
{
  Store *store = data;

  store->again_us =
    coord_room_tidy_store (db, GRACE, store->tidy, store->now_us, store->events, error);
  return NULL;
}

/* The second half, in a transaction as the job has it: how many it ended. Takes the first. */
static guint
store (RoomFixture *f, CoordRoomTidy *taken, gboolean *is_more)
{
  g_autoptr (CoordRoomTidy) tidy = taken;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  Store call = { tidy, g_get_real_time (), 0, events };
  g_autoptr (GError) error = NULL;

  coord_db_transaction (f->store->db, store_cb, &call, &error);
  g_assert_no_error (error);
  g_assert_cmpint (call.again_us, >=, call.now_us);
  if (is_more != NULL)
    *is_more = call.again_us == call.now_us;
  coord_events_publish (f->events, events);
  return events->len;
}

static guint
tidy_up (RoomFixture *f)
{
  return store (f, prepare (f), NULL);
}

#define COUNT_ENDED "SELECT COUNT (*) FROM room WHERE state = 'ended' AND seal IS NOT NULL"
#define COUNT_AUDITED \
  "SELECT COUNT (*) FROM audit WHERE actor = 'server' AND action = 'room.end' AND subject = " \
  "'room'"
#define COUNT_END_ROWS \
  "SELECT COUNT (*) FROM room_log WHERE room = 'room' AND via = '' AND kind = 4"

static void
assert_sealed (RoomFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (coord_test_count (f->store->db, COUNT_ENDED), ==, 1);
  g_assert_cmpint (coord_test_count (f->store->db, COUNT_AUDITED), ==, 1);
  g_assert_cmpint (coord_test_count (f->store->db, COUNT_END_ROWS), ==, 1);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_token WHERE revoked_at IS NULL"),
    ==, 0);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM interview WHERE state = 'booked'"), ==,
    1);
  g_assert_true (coord_room_seal_verify_all (f->store->db, &error));
  g_assert_no_error (error);
}

/* A room that two were in is sealed once, with all that they wrote, and shows it to who comes. */
static void
test_overdue (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);

  test_room_peer_type (a, "main.py", 0, "written ");
  test_wait (test_room_peer_is_durable (a));
  test_room_peer_cut (a);
  room_fixture_restart (f);
  let_pass (f, OVER_MINUTES - 1);
  g_assert_cmpuint (tidy_up (f), ==, 0);
  let_pass (f, OVER_MINUTES + 1);
  g_assert_cmpuint (tidy_up (f), ==, 1);
  assert_sealed (f);
  g_assert_cmpuint (tidy_up (f), ==, 0);
  assert_sealed (f);
  room_fixture_connect (f, a, host, NULL);
  g_assert_cmpuint (a->room_code, ==, COORD_CLOSE_NOT_SIGNED_IN);
  run_sql (f, "DELETE FROM room_log WHERE seq = 2");
  g_assert_false (coord_room_seal_verify_all (f->store->db, NULL));
}

/* Nobody ever came. */
static void
test_never_opened (RoomFixture *f, gconstpointer data)
{
  let_pass (f, OVER_MINUTES + 1);
  g_assert_cmpuint (tidy_up (f), ==, 1);
  assert_sealed (f);
}

/* One that was moved forward: who got in before may still be there. */
static void
test_good_token (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  CoordRoomTidy *tidy;

  test_room_peer_type (a, "main.py", 0, "still here ");
  let_pass (f, OVER_MINUTES + 1);
  tidy = prepare (f);
  run_sql (f, "UPDATE room_token SET expires_at = expires_at + 120000000");
  g_assert_cmpuint (store (f, tidy, NULL), ==, 0); /* somebody was given one meanwhile */
  g_assert_cmpuint (tidy_up (f), ==, 0);
  test_room_peer_type (a, "main.py", 0, "and here ");
  test_wait (test_room_peer_is_durable (a));
  g_assert_cmpuint (a->room_code, ==, 0);
}

/* What changes between the two halves is not overwritten. */
static void
test_between (RoomFixture *f, gconstpointer data)
{
  g_autoptr (CoordLogRow) row = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{}", 2);
  g_autoptr (GError) error = NULL;
  CoordRoomTidy *tidy;

  let_pass (f, OVER_MINUTES + 1);
  tidy = prepare (f);
  let_pass (f, OVER_MINUTES - 1); /* moved */
  g_assert_cmpuint (store (f, tidy, NULL), ==, 0);
  let_pass (f, OVER_MINUTES + 1);
  tidy = prepare (f);
  row = coord_log_row_new (COORD_LOG_CHAT_TIME, 1, 0, "somebody", bytes);
  coord_room_store_append (f->store->db, "room", row, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (store (f, tidy, NULL), ==, 1);
  assert_sealed (f);
  run_sql (f, "UPDATE room SET state = 'open', seal = NULL");
  tidy = prepare (f);
  run_sql (f, "UPDATE room SET state = 'ended', seal = 'by hand'");
  g_assert_cmpuint (store (f, tidy, NULL), ==, 0);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM room WHERE seal = 'by hand'"), ==, 1);
}

/* One that a node has open is left to it, until it gives the room up or loses it. */
static void
test_at_home_elsewhere (RoomFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CoordRoomTidy *tidy;
  gint64 epoch;

  coord_node_store_enter (
    f->store->db, "other", "process", "http://other", G_TIME_SPAN_HOUR, &error);
  g_assert_no_error (error);
  let_pass (f, OVER_MINUTES + 1);
  tidy = prepare (f);
  epoch = coord_home_store_take (f->store->db, "room", "other", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (store (f, tidy, NULL), ==, 0);
  g_assert_cmpuint (tidy_up (f), ==, 0);
  g_assert_true (coord_home_store_hold (f->store->db, "room", epoch, &error));
  run_sql (f, "UPDATE node SET lease_until = 1");
  g_assert_cmpuint (tidy_up (f), ==, 1);
  assert_sealed (f);
  /* Whoever had it finds that it is not its home any more. */
  g_assert_false (coord_home_store_hold (f->store->db, "room", epoch, NULL));
}

static void
add_rooms (RoomFixture *f, guint count)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++) {
    g_autofree char *id = g_strdup_printf ("more-%u", i);

    coord_db_run (f->store->db, &error,
      "INSERT INTO interview (id, org, slot, interviewer, candidate, kind, title, state, starts_at,"
      " ends_at, created_at) SELECT $1, org, slot, interviewer, candidate, kind, title, 'no-show',"
      " starts_at, ends_at, 1 FROM interview WHERE id = 'interview'",
      COORD_TEXT (id));
    g_assert_no_error (error);
    coord_db_run (f->store->db, &error,
      "INSERT INTO room (id, interview, state) VALUES ($1, $1, 'open')", COORD_TEXT (id));
    g_assert_no_error (error);
  }
}

/* Thousands that were never ended, of a server of before, are ended some at a time. */
static void
test_portions (RoomFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean is_more = TRUE;
  guint n_ended = 0;

  add_rooms (f, MANY - 1);
  let_pass (f, OVER_MINUTES + 1);
  for (guint i = 0; is_more; i++) {
    guint n = store (f, prepare (f), &is_more);

    g_assert_cmpuint (n, <=, COORD_ROOM_TIDY_AT_ONCE);
    g_assert_cmpuint (i, <, MANY);
    n_ended += n;
  }
  g_assert_cmpuint (n_ended, ==, MANY);
  g_assert_cmpint (coord_test_count (f->store->db, COUNT_ENDED), ==, MANY);
  g_assert_true (coord_room_seal_verify_all (f->store->db, &error));
  g_assert_no_error (error);
}

/* Two nodes that look at the same time see the same ones; the rest does not wait for the next time.
 */
static void
test_two_look (RoomFixture *f, gconstpointer data)
{
  gboolean is_more = FALSE;
  CoordRoomTidy *other;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  g_autoptr (GError) error = NULL;
  gint64 now_us = g_get_real_time ();

  add_rooms (f, MANY - 1);
  let_pass (f, OVER_MINUTES + 1);
  other = prepare (f);
  g_assert_cmpuint (store (f, prepare (f), &is_more), ==, COORD_ROOM_TIDY_AT_ONCE);
  g_assert_true (is_more);
  g_assert_cmpint (coord_room_tidy_store (f->store->db, GRACE, other, now_us, events, &error), <=,
    now_us + G_USEC_PER_SEC);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 0);
  coord_room_tidy_free (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/room-tidy/overdue", test_overdue);
  ADD_ROOM_TEST ("/room-tidy/never-opened", test_never_opened);
  ADD_ROOM_TEST ("/room-tidy/good-token", test_good_token);
  ADD_ROOM_TEST ("/room-tidy/between", test_between);
  ADD_ROOM_TEST ("/room-tidy/at-home-elsewhere", test_at_home_elsewhere);
  ADD_ROOM_TEST ("/room-tidy/portions", test_portions);
  ADD_ROOM_TEST ("/room-tidy/two-look", test_two_look);
  return g_test_run ();
}
