/* Nodes, homes of rooms, notices: the statements on both engines. */

#include "store/coord-error.h"
#include "store/coord-node-store.h"
#include "support/coord-test-store.h"

#define LEASE_US (10 * G_USEC_PER_SEC)
#define ROOM "room"

static CoordTestStore *
new_store (void)
{
  CoordTestStore *store = coord_test_store_new ();
  gint64 now_us = g_get_real_time ();

  coord_test_store_add_room (store, now_us, now_us + G_TIME_SPAN_HOUR);
  return store;
}

static void
enter (CoordTestStore *store, const char *node_id, gint64 lease_us)
{
  g_autofree char *url = g_strconcat ("https://", node_id, ".example.org", NULL);
  g_autoptr (GError) error = NULL;

  coord_node_store_enter (store->db, node_id, "p", url, lease_us, &error);
  g_assert_no_error (error);
}

static gint64
take (CoordTestStore *store, const char *node_id)
{
  g_autoptr (GError) error = NULL;
  gint64 epoch = coord_home_store_take (store->db, ROOM, node_id, &error);

  g_assert_no_error (error);
  return epoch;
}

/* Every opening has an epoch of its own, also at the same node. */
static void
test_epochs_rise (void)
{
  g_autoptr (CoordTestStore) store = new_store ();

  enter (store, "a", LEASE_US);
  g_assert_cmpint (take (store, "a"), ==, 1);
  g_assert_cmpint (take (store, "a"), ==, 2);
}

/* While a node holds its lease its rooms are at home there; then who comes first has them. */
static void
test_lease (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  g_autoptr (GError) error = NULL;

  enter (store, "a", LEASE_US);
  enter (store, "b", LEASE_US);
  g_assert_cmpint (take (store, "a"), ==, 1);
  g_assert_cmpint (coord_home_store_take (store->db, ROOM, "b", &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_MOVED);
  g_assert_cmpstr (error->message, ==, "https://a.example.org");
  g_clear_error (&error);
  g_assert_true (coord_home_store_check (store->db, ROOM, "a", &error));
  enter (store, "a", 0);
  g_assert_cmpint (take (store, "b"), ==, 2);
  g_assert_cmpint (coord_home_store_take (store->db, ROOM, "a", &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  g_assert_cmpint (coord_node_store_count (store->db, NULL), ==, 1);
  g_assert_cmpint (coord_node_store_count_homes (store->db, "b", NULL), ==, 1);
}

static void
test_left (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  g_autoptr (GError) error = NULL;

  enter (store, "a", LEASE_US);
  enter (store, "b", LEASE_US);
  take (store, "a");
  g_assert_true (coord_node_store_leave (store->db, "a", &error));
  g_assert_cmpint (take (store, "b"), ==, 2);
  g_assert_true (coord_home_store_give_up (store->db, ROOM, 1, &error)); /* not its epoch */
  g_assert_cmpint (coord_node_store_count_homes (store->db, "b", NULL), ==, 1);
  g_assert_true (coord_home_store_give_up (store->db, ROOM, 2, &error));
  g_assert_cmpint (coord_node_store_count_homes (store->db, "b", NULL), ==, 0);
}

/* A process that comes back as the node has no room open. */
static void
test_entered_again (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  g_autoptr (GError) error = NULL;

  enter (store, "a", LEASE_US);
  enter (store, "b", LEASE_US);
  take (store, "a");
  enter (store, "b", LEASE_US); /* of others it says nothing */
  g_assert_cmpint (coord_node_store_count_homes (store->db, "a", NULL), ==, 1);
  enter (store, "a", LEASE_US);
  g_assert_cmpint (coord_node_store_count_homes (store->db, "a", NULL), ==, 0);
  g_assert_true (coord_home_store_hold (store->db, ROOM, 1, &error)); /* until somebody takes it */
  g_assert_no_error (error);
  g_assert_cmpint (take (store, "b"), ==, 2);
}

static void
renew (CoordTestStore *store, const char *process, gint64 lease_us)
{
  g_autoptr (GError) error = NULL;

  coord_node_store_renew (store->db, "a", process, "https://a", lease_us, &error);
  g_assert_no_error (error);
}

/* Whose lease has lapsed has closed its rooms, also when it gets another one. */
static void
test_lapsed (void)
{
  g_autoptr (CoordTestStore) store = new_store ();

  enter (store, "a", LEASE_US);
  take (store, "a");
  renew (store, "p", LEASE_US);
  renew (store, "p", 0);
  g_assert_cmpint (coord_node_store_count_homes (store->db, "a", NULL), ==, 1);
  renew (store, "p", LEASE_US);
  g_assert_cmpint (coord_node_store_count_homes (store->db, "a", NULL), ==, 0);
}

/* Two processes under one id: the older one is told. */
static void
test_same_id (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  g_autoptr (GError) error = NULL;

  enter (store, "a", LEASE_US);
  g_assert_true (coord_node_store_renew (store->db, "a", "p", "https://a", LEASE_US, &error));
  g_assert_no_error (error);
  coord_node_store_enter (store->db, "a", "other", "https://a", LEASE_US, &error);
  g_assert_no_error (error);
  g_assert_false (coord_node_store_renew (store->db, "a", "p", "https://a", LEASE_US, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
}

static CoordHomeAnswer
begin (CoordTestStore *store, gint64 epoch, gint64 batch, gboolean is_moved)
{
  g_autoptr (GError) error = NULL;
  CoordHomeAnswer answer = coord_home_store_begin_batch (store->db, ROOM, epoch, batch, &error);

  if (is_moved)
    g_assert_error (error, COORD_ERROR, COORD_ERROR_MOVED);
  else
    g_assert_no_error (error);
  return answer;
}

/* A batch is written once, and only by the newest opening. */
static void
test_batches (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  gint64 epoch = take (store, "");

  g_assert_cmpint (begin (store, epoch, 1, FALSE), ==, COORD_HOME_MINE);
  g_assert_cmpint (begin (store, epoch, 2, FALSE), ==, COORD_HOME_MINE);
  g_assert_cmpint (begin (store, epoch, 2, FALSE), ==, COORD_HOME_WRITTEN);
  g_assert_cmpint (begin (store, epoch, 1, FALSE), ==, COORD_HOME_WRITTEN);
  g_assert_cmpint (begin (store, epoch, 4, TRUE), ==, COORD_HOME_FAILED); /* the third is missing */
  take (store, "");
  g_assert_cmpint (begin (store, epoch, 3, TRUE), ==, COORD_HOME_FAILED);
  g_assert_false (coord_home_store_hold (store->db, ROOM, epoch, NULL));
  g_assert_cmpint (begin (store, epoch + 1, 1, FALSE), ==, COORD_HOME_MINE);
}

static void
add_notice (CoordTestStore *store, gint64 kind, const char *participant)
{
  g_autoptr (GError) error = NULL;
  const CoordNotice notice = { 0, kind, (char *) ROOM, (char *) participant, NULL };

  coord_notice_store_add (store->db, &notice, &error);
  g_assert_no_error (error);
}

static void
test_notices (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  const CoordNotice *notice;

  g_assert_cmpint (coord_notice_store_get_last (store->db, &error), ==, 0);
  add_notice (store, 1, NULL);
  add_notice (store, 2, "p");
  list = coord_notice_store_load (store->db, 1, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  notice = g_ptr_array_index (list, 0);
  g_assert_cmpint (notice->id, ==, 2);
  g_assert_cmpint (notice->kind, ==, 2);
  g_assert_cmpstr (notice->room_id, ==, ROOM);
  g_assert_cmpstr (notice->participant_id, ==, "p");
  g_assert_null (notice->device_hash);
  coord_db_run (store->db, &error, "UPDATE notice SET at = 0");
  g_assert_no_error (error);
  g_assert_true (coord_notice_store_tidy (store->db, &error));
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT (*) FROM notice"), ==, 1);
  add_notice (store, 3, NULL);
  g_assert_cmpint (coord_notice_store_get_last (store->db, &error), ==, 3);
}

static void
test_keys_alike (void)
{
  g_autoptr (CoordTestStore) store = new_store ();
  g_autoptr (GError) error = NULL;

  g_assert_true (coord_key_check_store_compare (store->db, "signing-key", "1", &error));
  g_assert_true (coord_key_check_store_compare (store->db, "signing-key", "1", &error));
  g_assert_false (coord_key_check_store_compare (store->db, "signing-key", "2", &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "signing-key"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/home/epochs-rise", test_epochs_rise);
  if (g_getenv ("COORD_TEST_DATABASE") != NULL)
    g_test_add_func ("/home/lease", test_lease);
  g_test_add_func ("/home/left", test_left);
  g_test_add_func ("/home/entered-again", test_entered_again);
  g_test_add_func ("/home/lapsed", test_lapsed);
  g_test_add_func ("/home/batches-once", test_batches);
  g_test_add_func ("/node/same-id-twice", test_same_id);
  g_test_add_func ("/notice/in-order", test_notices);
  g_test_add_func ("/keys/alike", test_keys_alike);
  return g_test_run ();
}
