/* What the server makes of a clock that is wrong, or is turned. */

#include "coord-clock-watch.h"

#include <string.h>

#define NOW_US (COORD_CLOCK_FLOOR_US + G_TIME_SPAN_DAY)
#define HOUR_US G_TIME_SPAN_HOUR

static GString *said;

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append (said, fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

/* It was said since the last time; and "" for nothing. */
static void
assert_said (const char *text)
{
  if (*text == '\0')
    g_assert_cmpstr (said->str, ==, "");
  else
    g_assert_nonnull (strstr (said->str, text));
  g_string_set_size (said, 0);
}

/* After a turn nothing seems old for ten minutes, and each further one begins them anew. */
static void
test_turn (void)
{
  g_autoptr (EntClock) clock = ent_clock_new_test (NOW_US);
  g_autoptr (CoordClockWatch) watch = coord_clock_watch_new (clock, NOW_US);

  ent_clock_turn (clock, G_USEC_PER_SEC);
  ent_clock_advance (clock, 5000);
  g_assert_true (coord_clock_watch_is_stable (watch));
  assert_said ("");
  ent_clock_turn (clock, HOUR_US);
  g_assert_false (coord_clock_watch_is_stable (watch)); /* before it has looked */
  ent_clock_advance (clock, COORD_CLOCK_STABLE_MS);
  assert_said ("turned by 3600.0 s");
  g_assert_false (coord_clock_watch_is_stable (watch));
  ent_clock_turn (clock, -HOUR_US);
  ent_clock_advance (clock, COORD_CLOCK_STABLE_MS);
  assert_said ("turned by -3600.0 s");
  g_assert_false (coord_clock_watch_is_stable (watch));
  ent_clock_advance (clock, 1000);
  g_assert_true (coord_clock_watch_is_stable (watch));
  g_assert_cmpuint (coord_clock_watch_count_turns (watch), ==, 2);
}

/* A time that cannot be is told at the start, and by nothing believed. */
static void
test_wrong (void)
{
  g_autoptr (EntClock) clock = ent_clock_new_test (0);
  g_autoptr (CoordClockWatch) watch = NULL;

  watch = coord_clock_watch_new (clock, NOW_US);
  assert_said ("says 1970-01-01 00:00:00 UTC, which cannot be");
  g_assert_true (coord_clock_watch_is_wrong (watch));
  g_assert_false (coord_clock_watch_is_stable (watch));
  ent_clock_turn (clock, NOW_US);
  g_assert_false (coord_clock_watch_is_wrong (watch));
}

static void
test_before_newest (void)
{
  g_autoptr (EntClock) clock = ent_clock_new_test (NOW_US);
  g_autoptr (CoordClockWatch) watch = NULL;

  watch = coord_clock_watch_new (clock, NOW_US + G_TIME_SPAN_DAY);
  assert_said ("has something of 2025-01-03");
  g_assert_false (coord_clock_watch_is_wrong (watch));
}

/* A server that was not used for long, or a clock that is ahead: which of them, nobody knows, and
 * whoever reads the log has ten minutes. */
static void
test_after_newest (void)
{
  g_autoptr (EntClock) clock = ent_clock_new_test (NOW_US);
  g_autoptr (CoordClockWatch) used = coord_clock_watch_new (clock, NOW_US - 23 * HOUR_US);
  g_autoptr (CoordClockWatch) watch = NULL;
  g_autoptr (CoordClockWatch) unknown = coord_clock_watch_new (clock, 0);

  assert_said ("");
  watch = coord_clock_watch_new (clock, NOW_US - 25 * HOUR_US);
  assert_said ("the last entry of the audit is of 2024-12-3");
  g_assert_true (coord_clock_watch_is_stable (used));
  g_assert_true (coord_clock_watch_is_stable (unknown));
  g_assert_false (coord_clock_watch_is_stable (watch));
  ent_clock_advance (clock, COORD_CLOCK_STABLE_MS - 1);
  g_assert_false (coord_clock_watch_is_stable (watch));
  ent_clock_advance (clock, 1);
  g_assert_true (coord_clock_watch_is_stable (watch));
  g_assert_cmpuint (coord_clock_watch_count_turns (watch), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* warnings are wanted here */
  g_log_set_writer_func (write_cb, NULL, NULL);
  said = g_string_new (NULL);
  g_test_add_func ("/clock-watch/turn", test_turn);
  g_test_add_func ("/clock-watch/wrong", test_wrong);
  g_test_add_func ("/clock-watch/before-newest", test_before_newest);
  g_test_add_func ("/clock-watch/after-newest", test_after_newest);
  status = g_test_run ();
  g_string_free (said, TRUE);
  return status;
}
