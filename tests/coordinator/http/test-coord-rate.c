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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/burst-and-refill", test_burst_and_refill);
  g_test_add_func ("/rate/growing-wait", test_growing_wait);
  return g_test_run ();
}
