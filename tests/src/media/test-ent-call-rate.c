#include "media/ent-call-rate.h"

#include <math.h>

static void
report_times (EntCallRate *rate, const char *peer_id, double loss, guint kbit, guint n)
{
  for (guint i = 0; i < n; i++)
    ent_call_rate_report (rate, peer_id, loss, kbit);
}

static void
test_slowest_rules (void)
{
  g_autoptr (EntCallRate) rate = ent_call_rate_new ();

  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_START_KBIT);
  ent_call_rate_add (rate, "a");
  g_assert_cmpuint (ent_call_rate_get_divisor (rate), ==, 1);
  ent_call_rate_add (rate, "b");
  g_assert_cmpuint (ent_call_rate_get_divisor (rate), ==, 2);
  report_times (rate, "a", 0, 600, 20);
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_START_KBIT);
  report_times (rate, "b", 0.3, 300, 5);
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), <, ENT_CALL_RATE_SLOW_KBIT);
  g_assert_cmpuint (ent_call_rate_get_divisor (rate), ==, 4);
  ent_call_rate_remove (rate, "b");
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_MAX_KBIT);
  g_assert_cmpuint (ent_call_rate_get_divisor (rate), ==, 1);
}

/* One on a bad line keeps the sound; the others keep their pictures. */
static void
test_sound_only (void)
{
  g_autoptr (EntCallRate) rate = ent_call_rate_new ();

  ent_call_rate_add (rate, "good");
  ent_call_rate_add (rate, "bad");
  report_times (rate, "bad", 0.5, 50, 20);
  g_assert_false (ent_call_rate_gives_video (rate, "bad"));
  g_assert_true (ent_call_rate_gives_video (rate, "good"));
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_START_KBIT);
  report_times (rate, "bad", 0, 0, 20);
  g_assert_false (ent_call_rate_gives_video (rate, "bad"));
  report_times (rate, "bad", 0, 0, 5);
  g_assert_true (ent_call_rate_gives_video (rate, "bad"));
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), >, ENT_CALL_RATE_AGAIN_KBIT);
}

/* A still picture needs little; that says nothing about the line. */
static void
test_no_proof (void)
{
  g_autoptr (EntCallRate) rate = ent_call_rate_new ();

  ent_call_rate_add (rate, "a");
  report_times (rate, "a", 0, 20, 50);
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_START_KBIT);
  report_times (rate, "a", 0.05, 600, 50);
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_START_KBIT);
}

static void
test_odd_reports (void)
{
  g_autoptr (EntCallRate) rate = ent_call_rate_new ();
  const double odd[] = { -1, 2, 1e300, NAN, INFINITY, -INFINITY };

  ent_call_rate_add (rate, "a");
  ent_call_rate_report (rate, "nobody", 0.5, 1);
  g_assert_false (ent_call_rate_gives_video (rate, "nobody"));
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    report_times (rate, "a", odd[i], G_MAXUINT, 30);
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), <=, ENT_CALL_RATE_MAX_KBIT);
  report_times (rate, "a", 0, G_MAXUINT, 200);
  g_assert_cmpuint (ent_call_rate_get_kbit (rate), ==, ENT_CALL_RATE_MAX_KBIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-rate/slowest-rules", test_slowest_rules);
  g_test_add_func ("/call-rate/sound-only", test_sound_only);
  g_test_add_func ("/call-rate/no-proof", test_no_proof);
  g_test_add_func ("/call-rate/odd-reports", test_odd_reports);
  return g_test_run ();
}
