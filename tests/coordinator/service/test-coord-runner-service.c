/* Runners, the statements on both engines. */

#include "service/coord-runner-service.h"
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner-service/clock-of-drain", test_clock_of_drain);
  return g_test_run ();
}
