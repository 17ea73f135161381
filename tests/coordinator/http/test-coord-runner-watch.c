/* What a coordinator tells the database of the runners that are here. */

#include "http/coord-runner-watch.h"
#include "service/coord-runner-service.h"
#include "support/coord-test-store.h"

static const CoordRunnerEvents events = { NULL }; /* it gets nothing to run */

static CoordRunner *
add_runner (CoordRunQueue *queue)
{
  g_autoptr (EntMsgRunnerHello) hello = ent_msg_runner_hello_new ();

  hello->version = g_strdup ("1");
  hello->slots = 2;
  hello->languages = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_language_free);
  return coord_run_queue_add_runner (queue, "one", hello, &events, NULL);
}

/* Lets time pass until the database says so; what is told comes from a thread. */
static void
pass_until (CoordTestStore *store, EntClock *clock, guint step_ms, const char *sql)
{
  while (coord_test_count (store->db, sql) == 0) {
    ent_clock_advance (clock, step_ms);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_thread_yield ();
  }
}

/* Else a runner that has worked here for weeks would be one that was last seen weeks ago, once the
 * server is killed. */
static void
test_told_again (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (EntClock) clock = ent_clock_new_test (0);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = coord_runner_service_add (store->db, "one", 1, &error);
  CoordDbPool *pool = coord_db_pool_new (store->path, 1, &error);
  CoordRunQueue *queue = coord_run_queue_new (clock);
  CoordRunnerLinks *links = coord_runner_links_new (queue, clock);
  CoordRunnerWatch *watch;
  CoordRunner *runner = add_runner (queue);

  g_assert_no_error (error);
  watch = coord_runner_watch_new (pool, links, queue, "", clock);
  pass_until (
    store, clock, COORD_RUNNER_REPORT_MS, "SELECT COUNT (*) FROM runner_link WHERE slots = 2");
  coord_db_run (store->db, &error, "UPDATE runner SET seen_at = 1");
  g_assert_no_error (error);
  pass_until (
    store, clock, COORD_RUNNER_REPORT_AGAIN_MS, "SELECT COUNT (*) FROM runner WHERE seen_at > 1");
  coord_runner_remove (runner);
  coord_runner_watch_free (watch);
  coord_db_pool_free (pool);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT (*) FROM runner_link"), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  coord_runner_links_free (links);
  coord_run_queue_free (queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner-watch/told-again", test_told_again);
  return g_test_run ();
}
