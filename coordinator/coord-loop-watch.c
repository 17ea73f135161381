#include "coord-loop-watch.h"

#include <time.h>

#define TELL_EVERY_US (60 * G_USEC_PER_SEC)

/* GLib gives its poll function no data, so there is one of these. */
static struct {
  GPollFunc poll;
  gint64 began_us; /* thread time; 0: no turn yet */
  gint64 told_at_us; /* 0: never */
  CoordLoopCounts counts;
} watch;

static gint64
get_thread_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
note_slow (gint64 took_us)
{
  gint64 now_us = g_get_monotonic_time ();

  watch.counts.n_slow++;
  if (watch.told_at_us != 0 && now_us - watch.told_at_us < TELL_EVERY_US)
    return;
  watch.told_at_us = now_us;
  g_warning ("The main loop was busy for %" G_GINT64_FORMAT " ms at a stretch (%" G_GUINT64_FORMAT
             " times over %d ms so far)",
    took_us / 1000, watch.counts.n_slow, COORD_LOOP_SLOW_US / 1000);
}

static int
poll_cb (GPollFD *fds, guint n_fds, int timeout_ms)
{
  gint64 took_us = watch.began_us != 0 ? get_thread_time_us () - watch.began_us : 0;
  int result;

  watch.counts.longest_us = MAX (watch.counts.longest_us, took_us);
  if (took_us > COORD_LOOP_SLOW_US)
    note_slow (took_us);
  result = watch.poll (fds, n_fds, timeout_ms);
  watch.began_us = get_thread_time_us ();
  return result;
}

void
coord_loop_watch_start (GMainContext *context)
{
  g_return_if_fail (watch.poll == NULL);
  watch.poll = g_main_context_get_poll_func (context);
  g_main_context_set_poll_func (context, poll_cb);
}

void
coord_loop_watch_stop (GMainContext *context)
{
  g_return_if_fail (watch.poll != NULL);
  g_main_context_set_poll_func (context, watch.poll);
  watch.poll = NULL;
  watch.began_us = watch.told_at_us = 0;
  watch.counts = (CoordLoopCounts){ 0 };
}

const CoordLoopCounts *
coord_loop_watch_get_counts (void)
{
  return &watch.counts;
}
