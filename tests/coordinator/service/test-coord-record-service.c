/* How long the records of interviews are kept. */

#include "service/coord-record-service.h"
#include "store/coord-error.h"
#include "store/coord-room-store.h"
#include "support/coord-test-store.h"

#define DAY_US G_TIME_SPAN_DAY
#define STARTS_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define ENDS_US (STARTS_US + G_TIME_SPAN_HOUR)
#define ROWS "SELECT COUNT (*) FROM room_log"

static CoordTestStore *
make_record (void)
{
  CoordTestStore *store = coord_test_store_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  coord_test_store_add_room (store, STARTS_US, ENDS_US);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (CoordLogRow) row = coord_log_row_new (COORD_LOG_EVENT, STARTS_US, 0, "", bytes);

    coord_room_store_append (store->db, "room", row, &error);
    g_assert_no_error (error);
  }
  coord_room_store_save_snapshot (store->db, "room", 3, bytes, &error);
  g_assert_no_error (error);
  return store;
}

static gint64
tidy (CoordTestStore *store, const char *days, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  gint64 again_us = coord_record_service_tidy (store->db, days, now_us, &error);

  g_assert_no_error (error);
  return again_us;
}

static void
assert_removed (CoordTestStore *store, const char *day)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (coord_test_count (store->db, ROWS), ==, 0);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT (*) FROM room_snapshot"), ==, 0);
  g_assert_cmpint (
    coord_test_count (store->db, "SELECT COUNT (*) FROM audit WHERE action = 'record.remove'"), ==,
    1);
  g_assert_false (coord_record_service_check (store->db, "room", &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_ROOM_ENDED);
  g_assert_nonnull (strstr (error->message, day));
}

static void
test_days (void)
{
  g_autoptr (CoordTestStore) store = make_record ();
  g_autoptr (GError) error = NULL;

  tidy (store, "0", ENDS_US + 1000 * DAY_US);
  tidy (store, "30", ENDS_US + 30 * DAY_US);
  g_assert_cmpint (coord_test_count (store->db, ROWS), ==, 3);
  g_assert_true (coord_record_service_check (store->db, "room", &error));
  g_assert_cmpint (tidy (store, "30", ENDS_US + 30 * DAY_US + 1), >, ENDS_US + 30 * DAY_US + 1);
  assert_removed (store, "2027-02-14");
  tidy (store, "30", ENDS_US + 40 * DAY_US); /* once */
  assert_removed (store, "2027-02-14");
}

/* An organisation may keep them for a shorter or a longer time. */
static void
test_of_an_organisation (void)
{
  g_autoptr (CoordTestStore) store = make_record ();

  coord_db_run (store->db, NULL, "UPDATE org SET record_days = 90");
  tidy (store, "30", ENDS_US + 60 * DAY_US);
  g_assert_cmpint (coord_test_count (store->db, ROWS), ==, 3);
  coord_db_run (store->db, NULL, "UPDATE org SET record_days = 0");
  tidy (store, "30", ENDS_US + 600 * DAY_US);
  g_assert_cmpint (coord_test_count (store->db, ROWS), ==, 3);
  coord_db_run (store->db, NULL, "UPDATE org SET record_days = 7");
  tidy (store, "0", ENDS_US + 8 * DAY_US);
  assert_removed (store, "2027-01-23");
}

/* The time counts from when people really left. */
static void
test_ended_later (void)
{
  g_autoptr (CoordTestStore) store = make_record ();

  coord_db_run (store->db, NULL, "UPDATE room SET ended_at = $1", COORD_INT (ENDS_US + 5 * DAY_US));
  tidy (store, "30", ENDS_US + 31 * DAY_US);
  g_assert_cmpint (coord_test_count (store->db, ROWS), ==, 3);
  tidy (store, "30", ENDS_US + 36 * DAY_US);
  g_assert_cmpint (coord_test_count (store->db, ROWS), ==, 0);
}

/* Whoever still has the room open cannot write to it any more. */
static void
test_taken_from_its_home (void)
{
  g_autoptr (CoordTestStore) store = make_record ();
  g_autoptr (GError) error = NULL;

  coord_db_run (store->db, &error,
    "INSERT INTO room_home (room, node, epoch, batch) VALUES ('room', 'one', 4, 9)");
  g_assert_no_error (error);
  g_assert_cmpint (coord_record_service_remove (store->db, "room", ENDS_US, &error), ==, 0);
  g_assert_no_error (error);
  assert_removed (store, "2027-01-15");
  g_assert_cmpint (coord_test_count (store->db, "SELECT epoch FROM room_home"), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-record-service/days", test_days);
  g_test_add_func ("/coord-record-service/of-an-organisation", test_of_an_organisation);
  g_test_add_func ("/coord-record-service/ended-later", test_ended_later);
  g_test_add_func ("/coord-record-service/taken-from-its-home", test_taken_from_its_home);
  return g_test_run ();
}
