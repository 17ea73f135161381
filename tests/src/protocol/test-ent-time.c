#include "protocol/ent-time.h"

static void
test_times (void)
{
  gint64 time_us;
  g_autofree char *text = ent_time_format (G_GINT64_CONSTANT (1774747800000000));

  g_assert_cmpstr (text, ==, "2026-03-29T01:30:00Z");
  g_assert_true (ent_time_parse ("2026-03-29T03:30:00+02:00", &time_us));
  g_assert_cmpint (time_us, ==, G_GINT64_CONSTANT (1774747800000000));
  g_assert_true (ent_time_parse ("2026-03-29T01:30:00.5Z", &time_us));
  g_assert_cmpint (time_us, ==, G_GINT64_CONSTANT (1774747800500000));
  g_assert_false (ent_time_parse ("2026-03-29", &time_us));
  g_assert_false (ent_time_parse ("2026-W13-7T01:30:00Z", &time_us));
  g_assert_false (ent_time_parse ("2026-02-30T01:30:00Z", &time_us));
  g_assert_false (ent_time_parse ("1969-12-31T23:59:59Z", &time_us));
}

/* Against GLib's calendar: every day of four hundred years, and odd moments of others. */
static void
test_times_written (void)
{
  for (gint64 day = 0; day < 146097 + 366; day++) {
    gint64 time_us = day * G_TIME_SPAN_DAY + day * 591 % 86400 * G_USEC_PER_SEC;
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
    g_autofree char *expected = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *text = ent_time_format (time_us);

    g_assert_cmpstr (text, ==, expected);
  }
  for (guint i = 0; i < 20000; i++) {
    gint64 time_us = (gint64) (g_test_rand_double () * 253402300799e6), again = -1;
    g_autofree char *text = ent_time_format (time_us);

    g_assert_true (ent_time_parse (text, &again));
    g_assert_cmpint (again, ==, time_us);
  }
  for (guint i = 0; i < 3; i++) {
    const gint64 odd[] = { -1, G_MININT64, G_MAXINT64 };
    g_autofree char *text = ent_time_format (odd[i]);

    g_assert_cmpstr (text, ==, "1970-01-01T00:00:00Z");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/forms", test_times);
  g_test_add_func ("/time/written", test_times_written);
  return g_test_run ();
}
