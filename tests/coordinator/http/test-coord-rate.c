#include "http/coord-rate.h"

#define S G_USEC_PER_SEC
#define FULL 100000

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
}

static gboolean
take (CoordRate *rate, const char *prefix, guint number, gint64 now_us)
{
  CoordRateState state;
  char name[32];

  g_snprintf (name, sizeof name, "%s%u", prefix, number);
  return coord_rate_take (rate, name, 10, 100, now_us, &state);
}

/* However many there are, a newcomer is served, and by an own rate. */
static void
test_full (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  gint64 began_us;

  for (guint i = 0; i < FULL; i++)
    g_assert_true (take (rate, "n", i, 1000 * S));
  for (guint i = 0; i < 10; i++)
    g_assert_true (take (rate, "new", 0, 1001 * S));
  g_assert_false (take (rate, "new", 0, 1001 * S));
  began_us = g_get_monotonic_time ();
  for (guint i = 1; i < FULL; i++)
    g_assert_true (take (rate, "new", i, 1001 * S));
  g_test_message ("100000 newcomers: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - began_us);
  g_assert_false (take (rate, "new", 0, 1001 * S));
}

/* Whoever brings strangers without end does not get the rate back of one who is in use. */
static void
test_flood (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();

  for (guint i = 0; i < 10; i++)
    g_assert_true (take (rate, "used", 0, 1000 * S));
  for (guint i = 0; i < 3 * FULL; i++) {
    g_assert_true (take (rate, "n", i, 1000 * S + i));
    if (i % (FULL / 2) == 0)
      g_assert_false (take (rate, "used", 0, 1000 * S + i));
  }
  g_assert_false (take (rate, "used", 0, 1001 * S));
}

/* Those who are over go before one that was used longer ago and is not. */
static void
test_over_first (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();

  for (guint i = 0; i < 10; i++)
    g_assert_true (take (rate, "empty", 0, 1000 * S));
  for (guint i = 0; i < FULL - 1; i++)
    g_assert_true (take (rate, "n", i, 1000 * S));
  for (guint i = 0; i < FULL - 1; i++)
    g_assert_true (take (rate, "new", i, 1010 * S));
  g_assert_true (take (rate, "empty", 0, 1010 * S));
  g_assert_false (take (rate, "empty", 0, 1010 * S));
}

/* A flood of one limit leaves those of another alone. */
static void
test_kinds (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  CoordRateState state;

  for (guint i = 0; i < 5; i++)
    g_assert_true (coord_rate_take (rate, "account", 5, 100, 1000 * S, &state));
  for (guint i = 0; i < 3 * FULL; i++)
    g_assert_true (take (rate, "n", i, 1000 * S));
  g_assert_false (coord_rate_take (rate, "account", 5, 100, 1000 * S, &state));
}

/* Failures elsewhere do not end the wait of an account. */
static void
test_full_of_failures (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  char name[32];

  for (guint i = 0; i < 20; i++)
    coord_rate_fail (rate, "guessed", 1000 * S);
  for (guint i = 0; i < 3 * FULL; i++) {
    g_snprintf (name, sizeof name, "n%u", i);
    coord_rate_fail (rate, name, 1001 * S);
  }
  g_assert_cmpint (coord_rate_get_wait_s (rate, "guessed", 1001 * S), >, 890);
  for (guint i = 0; i < 6; i++)
    coord_rate_fail (rate, "new", 1001 * S);
  g_assert_cmpint (coord_rate_get_wait_s (rate, "new", 1001 * S), ==, 2);
}

/* The newest are known, and those who come again. */
static void
test_full_of_known (void)
{
  g_autoptr (CoordRate) rate = coord_rate_new ();
  char name[32];

  coord_rate_know (rate, "comes again", 0);
  coord_rate_know (rate, "once", 0);
  for (guint i = 0; i < 2 * FULL; i++) {
    g_snprintf (name, sizeof name, "n%u", i);
    coord_rate_know (rate, name, 1000 * S);
    g_assert_true (coord_rate_is_known (rate, name, 1000 * S));
    if (i % (FULL / 2) == 0)
      g_assert_true (coord_rate_is_known (rate, "comes again", 1000 * S));
  }
  g_assert_true (coord_rate_is_known (rate, "comes again", 1000 * S));
  g_assert_false (coord_rate_is_known (rate, "once", 1000 * S));
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
  g_test_add_func ("/rate/flood", test_flood);
  g_test_add_func ("/rate/over-first", test_over_first);
  g_test_add_func ("/rate/kinds", test_kinds);
  g_test_add_func ("/rate/full-of-failures", test_full_of_failures);
  g_test_add_func ("/rate/full-of-known", test_full_of_known);
  g_test_add_func ("/rate/shares", test_shares);
  return g_test_run ();
}
