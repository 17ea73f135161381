/* Runners, the statements on both engines. */

#include "service/coord-runner-service.h"
#include "store/coord-runner-store.h"
#include "support/coord-test-store.h"

/* Whether it is drained is asked of the database's clock, so that clock tells since when it should
 * be, not that of the host where somebody said so. */
static void
test_clock_of_drain (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *token = coord_runner_service_add (store->db, "one", 1, &error);
  gint64 before_us = coord_db_get_now_us (store->db, &error);
  gint64 draining_us;

  g_assert_no_error (error);
  g_assert_nonnull (token);
  g_assert_true (coord_runner_service_drain_name (store->db, "one", TRUE, 1, &error));
  g_assert_no_error (error);
  draining_us = coord_test_count (store->db, "SELECT draining_at FROM runner");
  g_assert_cmpint (draining_us, >=, before_us);
  g_assert_true (coord_runner_service_drain_name (store->db, "one", FALSE, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
    coord_test_count (store->db, "SELECT COUNT (*) FROM runner WHERE draining_at IS NULL"), ==, 1);
}

static void
run_sql (CoordTestStore *store, const char *sql, gint64 number)
{
  g_autoptr (GError) error = NULL;

  coord_db_run (store->db, &error, sql, COORD_INT (number));
  g_assert_no_error (error);
}

static EntApiRunner *
find_only (CoordTestStore *store, GPtrArray **list)
{
  g_autoptr (GError) error = NULL;

  *list = coord_runner_store_list (store->db, NULL, TRUE, &(CoordPage){ "", 9 }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint ((*list)->len, ==, 1);
  return (*list)->pdata[0];
}

/* A coordinator that is cut off from the database may still have programs on the runner: it is not
 * drained until that one is certainly over. One that such a coordinator had started itself is not
 * seen any more. */
static void
test_lapsed_lease (void)
{
  const struct {
    gint64 lease_after_us;
    gboolean is_drained;
    gint64 busy;
  } cases[] = { { G_TIME_SPAN_HOUR, FALSE, 1 }, { -G_TIME_SPAN_MINUTE, FALSE, 0 },
    { -G_TIME_SPAN_HOUR, TRUE, 0 } };
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *token = coord_runner_service_add (store->db, "one", 1, &error);
  gint64 now_us = coord_db_get_now_us (store->db, &error);

  g_assert_no_error (error);
  if (!coord_db_is_shared (store->db)) {
    g_test_skip ("no coordinator has a lease on SQLite");
    return;
  }
  run_sql (store, "UPDATE runner SET draining_at = $1", now_us - G_TIME_SPAN_MINUTE);
  run_sql (store,
    "INSERT INTO runner_link (node, runner, slots, busy, version, note, languages)"
    " VALUES ('n', 'one', 2, $1, '1', '', '{\"languages\":[]}')",
    1);
  run_sql (store, "INSERT INTO node (id, process, url, lease_until) VALUES ('n', 'p', 'u', $1)", 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) list = NULL;
    const EntApiRunner *runner;

    run_sql (store, "UPDATE node SET lease_until = $1", now_us + cases[i].lease_after_us);
    runner = find_only (store, &list);
    g_assert_cmpint (runner->drained, ==, cases[i].is_drained);
    g_assert_cmpint (runner->busy, ==, cases[i].busy);
    g_assert_cmpint (runner->connected, ==, cases[i].lease_after_us > 0);
  }
  run_sql (store, "UPDATE runner_link SET runner = 'local', slots = $1", 3);
  {
    g_autoptr (GPtrArray) list = NULL;

    g_assert_cmpstr (find_only (store, &list)->name, ==, "one");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner-service/clock-of-drain", test_clock_of_drain);
  g_test_add_func ("/runner-service/lapsed-lease", test_lapsed_lease);
  return g_test_run ();
}
