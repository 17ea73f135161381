#include "coord-clock-watch.h"

#define LOOK_MS 1000
#define BEFORE_NEWEST_US G_TIME_SPAN_MINUTE /* other hosts write too, with clocks of their own */
#define AFTER_NEWEST_US G_TIME_SPAN_DAY /* a server in use writes something each day */

struct _CoordClockWatch {
  EntClock *clock;
  guint timer;
  gint64 ahead_us; /* of the clock that cannot be turned, at the last look */
  gint64 doubted_us; /* since when it is not believed, by that one; -1: it is */
  guint n_turns;
};

static char *
format_time (gint64 us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("no time");
}

static gint64
get_ahead_us (EntClock *clock)
{
  return ent_clock_get_wall_us (clock) - ent_clock_get_monotonic_us (clock);
}

gboolean
coord_clock_watch_is_wrong (const CoordClockWatch *watch)
{
  return ent_clock_get_wall_us (watch->clock) < COORD_CLOCK_FLOOR_US;
}

/* A turn that nobody has looked at yet counts too. */
gboolean
coord_clock_watch_is_stable (const CoordClockWatch *watch)
{
  gint64 age_us = ent_clock_get_monotonic_us (watch->clock) - watch->doubted_us;
  gint64 apart_us = get_ahead_us (watch->clock) - watch->ahead_us;

  return !coord_clock_watch_is_wrong (watch) && ABS (apart_us) <= COORD_CLOCK_APART_US &&
         (watch->doubted_us < 0 || age_us >= COORD_CLOCK_STABLE_MS * G_GINT64_CONSTANT (1000));
}

guint
coord_clock_watch_count_turns (const CoordClockWatch *watch)
{
  return watch->n_turns;
}

static gboolean
look_cb (gpointer data)
{
  CoordClockWatch *watch = data;
  gint64 ahead_us = get_ahead_us (watch->clock);
  gint64 by_us = ahead_us - watch->ahead_us;
  g_autofree char *now = NULL;

  watch->ahead_us = ahead_us;
  if (ABS (by_us) <= COORD_CLOCK_APART_US)
    return G_SOURCE_CONTINUE;
  watch->n_turns++;
  watch->doubted_us = ent_clock_get_monotonic_us (watch->clock);
  now = format_time (ent_clock_get_wall_us (watch->clock));
  g_warning ("This host's clock was turned by %.1f s, or the host slept: it is %s now. Nothing is "
             "removed for its age within the next 10 minutes",
    by_us / (double) G_USEC_PER_SEC, now);
  return G_SOURCE_CONTINUE;
}

CoordClockWatch *
coord_clock_watch_new (EntClock *clock, gint64 newest_us)
{
  CoordClockWatch *watch = g_new0 (CoordClockWatch, 1);
  gint64 now_us = ent_clock_get_wall_us (clock);
  g_autofree char *now = format_time (now_us);
  g_autofree char *newest = format_time (newest_us);

  watch->clock = ent_clock_ref (clock);
  watch->ahead_us = get_ahead_us (clock);
  watch->doubted_us = -1;
  watch->timer = ent_clock_add (clock, LOOK_MS, look_cb, watch);
  if (coord_clock_watch_is_wrong (watch))
    g_warning ("This host's clock says %s, which cannot be. Set it: links, bookings, tokens and "
               "reminders go by it",
      now);
  else if (now_us < newest_us - BEFORE_NEWEST_US)
    g_warning ("This host's clock says %s, but the database has something of %s. One of them is "
               "wrong; links, bookings, tokens and reminders go by the clock",
      now, newest);
  else if (newest_us != 0 && now_us > newest_us + AFTER_NEWEST_US) {
    watch->doubted_us = ent_clock_get_monotonic_us (clock);
    g_message ("This host's clock says %s, and the last entry of the audit is of %s. If the clock "
               "is ahead, set it: nothing is removed for its age within the next 10 minutes",
      now, newest);
  }
  return watch;
}

void
coord_clock_watch_free (CoordClockWatch *watch)
{
  ent_clock_remove (watch->clock, watch->timer);
  ent_clock_unref (watch->clock);
  g_free (watch);
}
