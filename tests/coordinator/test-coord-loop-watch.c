#include <time.h>

#include "coord-log.h"
#include "coord-loop-watch.h"

#define LONG_US 20000

static gint64
get_thread_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
work_cb (gpointer data)
{
  gint64 end_us = get_thread_time_us () + LONG_US;

  while (get_thread_time_us () < end_us)
    continue;
  return G_SOURCE_REMOVE;
}

static gboolean
wait_cb (gpointer data)
{
  g_usleep (LONG_US);
  return G_SOURCE_REMOVE;
}

/* One turn with the callback, and the one that sees how long it took. */
static void
run (GMainContext *context, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, func, NULL, NULL);
  g_source_attach (source, context);
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (context, FALSE);
}

/* Work is counted and told once; waiting takes no processor from anybody. */
static void
test_slow_turns (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  const CoordLoopCounts *counts = coord_loop_watch_get_counts ();

  coord_loop_watch_start (context);
  run (context, wait_cb);
  g_assert_cmpuint (counts->n_slow, ==, 0);
  run (context, work_cb);
  run (context, work_cb);
  g_assert_cmpuint (coord_log_count_warnings (), ==, 1);
  g_assert_cmpuint (counts->n_slow, ==, 2);
  g_assert_cmpint (counts->longest_us, >=, LONG_US);
  coord_loop_watch_stop (context);
  g_assert_cmpuint (counts->n_slow, ==, 0);
  run (context, work_cb);
  g_assert_cmpuint (counts->n_slow, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR); /* a warning is wanted */
  coord_log_start ();
  g_test_add_func ("/loop-watch/slow-turns", test_slow_turns);
  return g_test_run ();
}
