#include "http/coord-rate.h"

#define S G_USEC_PER_SEC

static void
test_burst_and_refill (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  CoordRateState state;

  for (guint i = 0; i < 10; i++) {
    g_assert_true (coord_rate_take (rate, "a", 10, 100, 1000 * S, &state));
    g_assert_cmpint (state.remaining, ==, 9 - i);
  }
  g_assert_false (coord_rate_take (rate, "a", 10, 100, 1000 * S, &state));
  g_assert_cmpint (state.retry_s, >=, 10);
  g_assert_cmpint (state.retry_s, <=, 11);
  g_assert_cmpint (state.reset_s, ==, 100);
  g_assert_true (coord_rate_take (rate, "b", 10, 100, 1000 * S, &state));
  g_assert_false (coord_rate_take (rate, "a", 10, 100, 1009 * S, &state));
  g_assert_true (coord_rate_take (rate, "a", 10, 100, 1010 * S, &state));
  g_assert_false (coord_rate_take (rate, "a", 10, 100, 1010 * S, &state));
}

static void
test_growing_wait (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();

  for (guint i = 0; i < 5; i++)
    coord_rate_fail (rate, "a", 1000 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), ==, 0);
  coord_rate_fail (rate, "a", 1000 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), ==, 2);
  coord_rate_fail (rate, "a", 1000 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), ==, 3);
  for (guint i = 0; i < 40; i++)
    coord_rate_fail (rate, "a", 1000 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), <=, 901);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 2000 * S), ==, 0);
  coord_rate_succeed (rate, "a");
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), ==, 0);
}

static void
test_known (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  const gint64 day_us = G_TIME_SPAN_DAY;

  g_assert_false (coord_rate_is_known (rate, "a", 0));
  coord_rate_know (rate, "a", 0);
  g_assert_true (coord_rate_is_known (rate, "a", 29 * day_us));
  g_assert_false (coord_rate_is_known (rate, "b", 29 * day_us));
  g_assert_false (coord_rate_is_known (rate, "a", 31 * day_us));
  coord_rate_know (rate, "a", 31 * day_us);
  g_assert_true (coord_rate_is_known (rate, "a", 60 * day_us));
  /* When it is full, those that are over make room, and no others. */
  for (guint i = 0; i < 100000; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "n%u", i);
    coord_rate_know (rate, name, 40 * day_us);
  }
  g_assert_false (coord_rate_is_known (rate, "n99999", 40 * day_us));
  coord_rate_know (rate, "n99999", 62 * day_us);
  g_assert_true (coord_rate_is_known (rate, "n99999", 62 * day_us));
  g_assert_true (coord_rate_is_known (rate, "n0", 62 * day_us));
  g_assert_false (coord_rate_is_known (rate, "a", 62 * day_us));
}

/* When nobody is over, a new one is refused, and the table is not looked through for each of them;
 * those who are in it go on. */
static void
test_full (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  CoordRateState state;
  gint64 began_us;

  for (guint i = 0; i < 100000; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "n%u", i);
    g_assert_true (coord_rate_take (rate, name, 10, 100, 1000 * S, &state));
  }
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < 10000; i++)
    g_assert_false (coord_rate_take (rate, "new", 10, 100, 1001 * S, &state));
  g_test_message ("10000 refusals: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - began_us);
  g_assert_true (coord_rate_take (rate, "n7", 10, 100, 1001 * S, &state));
  g_assert_true (coord_rate_take (rate, "new", 10, 100, 1011 * S, &state));
}

/* Each of three has a third, rounded down, and one at least; a wait is three times as long. */
static void
test_shares (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  CoordRateState state;

  coord_rate_set_shares (rate, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (coord_rate_take (rate, "a", 10, 90, 1000 * S, &state));
  g_assert_cmpint (state.limit, ==, 3);
  g_assert_false (coord_rate_take (rate, "a", 10, 90, 1000 * S, &state));
  g_assert_true (coord_rate_take (rate, "few", 2, 90, 1000 * S, &state));
  g_assert_false (coord_rate_take (rate, "few", 2, 90, 1000 * S, &state));
  coord_rate_fail (rate, "a", 1000 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), ==, 0);
  coord_rate_fail (rate, "a", 1000 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "a", 1000 * S), ==, 4);

  /* The others have gone. */
  coord_rate_set_shares (rate, 0);
  g_assert_false (coord_rate_take (rate, "a", 10, 90, 1000 * S - 1, &state));
  g_assert_cmpint (state.limit, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_true (coord_rate_take (rate, "b", 10, 90, 1000 * S, &state));
  g_assert_false (coord_rate_take (rate, "b", 10, 90, 1000 * S, &state));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/burst-and-refill", test_burst_and_refill);
  g_test_add_func ("/rate/growing-wait", test_growing_wait);
  g_test_add_func ("/rate/known", test_known);
  g_test_add_func ("/rate/full", test_full);
  g_test_add_func ("/rate/shares", test_shares);
  return g_test_run ();
}
