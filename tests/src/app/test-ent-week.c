#include "app/ent-week.h"

#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
/* Wednesday, 25 March 2026, 12:00 in UTC: in Europe clocks go forward on the Sunday of that week.
 */
#define SPRING (G_GINT64_CONSTANT (1774440000) * G_USEC_PER_SEC)

static void
test_days (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (EntWeek) week = ent_week_new (berlin, SPRING);
  int day, minute;

  for (int i = 0; i < 6; i++)
    g_assert_cmpint (
      ent_week_get_day_us (week, i + 1) - ent_week_get_day_us (week, i), ==, 24 * HOUR);
  g_assert_cmpint (ent_week_get_day_us (week, 7) - ent_week_get_day_us (week, 6), ==, 23 * HOUR);
  g_assert_true (ent_week_find (week, SPRING, &day, &minute));
  g_assert_cmpint (day, ==, 2);
  g_assert_cmpint (minute, ==, 13 * 60);
  /* Four hours after midnight it is five on that Sunday. */
  g_assert_true (ent_week_find (week, ent_week_get_day_us (week, 6) + 4 * HOUR, &day, &minute));
  g_assert_cmpint (day, ==, 6);
  g_assert_cmpint (minute, ==, 5 * 60);
  g_assert_false (ent_week_find (week, ent_week_get_day_us (week, 7), &day, &minute));
  g_assert_false (ent_week_find (week, ent_week_get_day_us (week, 0) - 1, &day, &minute));

  ent_week_move (week, 31);
  g_assert_cmpint (ent_week_get_day_us (week, 6) - ent_week_get_day_us (week, 5), ==, 24 * HOUR);
  /* 25 October 2026 has 25 hours. */
  ent_week_move (week, -1);
  g_assert_cmpint (ent_week_get_day_us (week, 7) - ent_week_get_day_us (week, 6), ==, 25 * HOUR);
}

static void
assert_day (const EntHours *hours, int day, const char *expected)
{
  g_autofree char *text = ent_hours_format (hours, day);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_expand (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (EntWeek) week = ent_week_new (berlin, SPRING);
  g_autoptr (EntApiAvailability) availability = ent_api_availability_new ();
  g_autoptr (EntHours) own = ent_hours_new ();
  g_autoptr (EntHours) same = NULL;
  g_autoptr (EntHours) far = NULL;
  EntApiSpecialHours *special = ent_api_special_hours_new ();

  g_assert_true (ent_hours_parse (own, 0, "9-12", NULL));
  g_assert_true (ent_hours_parse (own, 2, "9-12", NULL));
  g_assert_true (ent_hours_parse (own, 6, "22-24", NULL));
  availability->zone = g_strdup ("Europe/Berlin");
  availability->weekly = ent_hours_save (own);
  *special = (EntApiSpecialHours){ g_strdup ("2026-03-25"), 600, 660 };
  availability->special =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_special_hours_free);
  g_ptr_array_add (availability->special, special);

  same = ent_week_expand (week, availability);
  assert_day (same, 0, "09:00-12:00");
  assert_day (same, 2, "10:00-11:00");
  assert_day (same, 6, "22:00-24:00");

  /* Tokyo is eight hours ahead, and seven after the change: its Sunday evening is our afternoon,
   * and what is Monday morning there begins in our Sunday night. */
  g_free (availability->zone);
  availability->zone = g_strdup ("Asia/Tokyo");
  far = ent_week_expand (week, availability);
  assert_day (far, 0, "01:00-04:00");
  assert_day (far, 2, "02:00-03:00");
  assert_day (far, 6, "15:00-17:00");
}

static void
test_words (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (EntWeek) week = ent_week_new (utc, SPRING);
  g_autofree char *title = ent_week_new_title (week);
  g_autofree char *day = ent_week_new_day_name (week, 6, FALSE);
  g_autofree char *brief = ent_week_new_day_name (week, 6, TRUE);

  g_assert_cmpstr (title, ==, "23 Mar to 29 Mar 2026");
  g_assert_cmpstr (day, ==, "Sunday, 29 March");
  g_assert_cmpstr (brief, ==, "Sun 29");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/week/days-when-clocks-change", test_days);
  g_test_add_func ("/week/hours-of-another-zone", test_expand);
  g_test_add_func ("/week/words", test_words);
  return g_test_run ();
}
