/* Where appointments can start. Zones themselves are compared with another program: test_zones.py.
 */

#include "calendar/coord-hours.h"
#include "calendar/coord-zone.h"

#define HOUR_US G_TIME_SPAN_HOUR
#define MINUTE_US G_TIME_SPAN_MINUTE

/* Monday 2026-03-23; clocks in Berlin go forward on Sunday the 29th at 2:00. */
#define MONDAY 20535

static CoordAvailability
make_hours (const char *zone, const CoordHours *weekly, guint n)
{
  CoordAvailability availability = { .zone = g_time_zone_new_identifier (zone),
    .weekly = g_array_new (FALSE, FALSE, sizeof (CoordHours)),
    .special = g_array_new (FALSE, FALSE, sizeof (CoordHours)),
    .length_us = HOUR_US,
    .ahead_us = 60 * G_TIME_SPAN_DAY };

  g_array_append_vals (availability.weekly, weekly, n);
  return availability;
}

static void
clear (CoordAvailability *availability)
{
  g_time_zone_unref (availability->zone);
  g_array_unref (availability->weekly);
  g_array_unref (availability->special);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CoordAvailability, clear)

/* The openings of a day and the days after as "day:minute", in their zone. */
static char *
list (CoordAvailability *availability, GArray *busy, gint64 now_us, int days)
{
  gint64 from_us = coord_zone_find_time (availability->zone, MONDAY, 0);
  gint64 until_us = coord_zone_find_time (availability->zone, MONDAY + days, 0);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  g_autoptr (GArray) openings = coord_hours_find_openings (
    availability, busy != NULL ? busy : none, NULL, now_us, from_us, until_us, 100);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < openings->len; i++) {
    const CoordSpan *span = &g_array_index (openings, CoordSpan, i);
    int minute;
    int day = coord_zone_find_day (availability->zone, span->starts_us, &minute);

    g_assert_true (
      coord_hours_allow (availability, busy != NULL ? busy : none, NULL, now_us, span));
    g_string_append_printf (text, "%d:%d ", day - MONDAY, minute);
  }
  return g_strdup (text->str);
}

static void
add_busy (GArray *busy, const CoordAvailability *availability, int day, int from, int until)
{
  CoordSpan span = { coord_zone_find_time (availability->zone, MONDAY + day, from),
    coord_zone_find_time (availability->zone, MONDAY + day, until) };

  g_array_append_val (busy, span);
}

static const CoordHours morning[] = { { 0, 540, 720 }, { 1, 540, 720 } };

static void
test_week (void)
{
  g_auto (CoordAvailability) hours = make_hours ("Europe/Berlin", morning, 2);
  gint64 now_us = coord_zone_find_time (hours.zone, MONDAY, 0);
  g_autofree char *text = list (&hours, NULL, now_us, 7);

  g_assert_cmpint (coord_zone_get_weekday (MONDAY), ==, 0);
  g_assert_cmpstr (text, ==, "0:540 0:600 0:660 1:540 1:600 1:660 ");
}

static void
test_notice_and_horizon (void)
{
  g_auto (CoordAvailability) hours = make_hours ("Europe/Berlin", morning, 2);
  gint64 now_us = coord_zone_find_time (hours.zone, MONDAY, 480);
  g_autofree char *text = NULL;

  hours.notice_us = 2 * HOUR_US;
  hours.ahead_us = 26 * HOUR_US;
  text = list (&hours, NULL, now_us, 7);
  g_assert_cmpstr (text, ==, "0:600 0:660 1:540 ");
}

static void
test_busy_and_buffer (void)
{
  g_auto (CoordAvailability) hours = make_hours ("Europe/Berlin", morning, 1);
  g_autoptr (GArray) busy = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  gint64 now_us = coord_zone_find_time (hours.zone, MONDAY, 0);
  g_autofree char *text = NULL;

  hours.length_us = 30 * MINUTE_US;
  hours.buffer_us = 15 * MINUTE_US;
  add_busy (busy, &hours, 0, 585, 620);
  text = list (&hours, busy, now_us, 1);
  g_assert_cmpstr (text, ==, "0:540 0:630 0:675 ");
}

static void
test_daily_limit (void)
{
  g_auto (CoordAvailability) hours = make_hours ("Europe/Berlin", morning, 2);
  g_autoptr (GArray) busy = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  gint64 now_us = coord_zone_find_time (hours.zone, MONDAY, 0);
  g_autofree char *text = NULL;

  hours.daily_limit = 2;
  add_busy (busy, &hours, 0, 540, 600);
  add_busy (busy, &hours, 0, 1000, 1060);
  add_busy (busy, &hours, 1, 540, 600);
  text = list (&hours, busy, now_us, 2);
  g_assert_cmpstr (text, ==, "1:600 1:660 ");
}

static void
test_special_days (void)
{
  g_auto (CoordAvailability) hours = make_hours ("Europe/Berlin", morning, 2);
  const CoordHours special[] = { { MONDAY, 0, 0 }, { MONDAY + 1, 780, 840 },
    { MONDAY + 2, 600, 660 } };
  gint64 now_us = coord_zone_find_time (hours.zone, MONDAY, 0);
  g_autofree char *text = NULL;

  g_array_append_vals (hours.special, special, 3);
  text = list (&hours, NULL, now_us, 7);
  g_assert_cmpstr (text, ==, "1:780 2:600 ");
}

/* On the Sunday of the change 2:00 to 3:00 is skipped; the appointments are an hour long all the
 * same. In autumn the hour comes twice and is used twice. */
static void
test_change_of_clocks (void)
{
  const CoordHours night[] = { { 6, 60, 240 } };
  g_auto (CoordAvailability) spring = make_hours ("Europe/Berlin", night, 1);
  g_auto (CoordAvailability) autumn = make_hours ("Europe/Berlin", night, 1);
  gint64 now_us = coord_zone_find_time (spring.zone, MONDAY, 0);
  g_autofree char *text = list (&spring, NULL, now_us, 7);
  g_autoptr (GArray) spans = NULL;
  int sunday;

  g_assert_cmpstr (text, ==, "6:60 6:180 ");
  g_assert_true (coord_zone_parse_day ("2026-10-25", &sunday));
  spans = coord_hours_expand (&autumn, coord_zone_find_time (autumn.zone, sunday, 0),
    coord_zone_find_time (autumn.zone, sunday + 1, 0));
  g_assert_cmpuint (spans->len, ==, 1);
  g_assert_cmpint (
    g_array_index (spans, CoordSpan, 0).ends_us - g_array_index (spans, CoordSpan, 0).starts_us, ==,
    4 * HOUR_US);
}

static void
test_dates (void)
{
  static const char *const bad[] = { "", "2026-02-29", "2026-13-01", "26-01-01", "2026-1-01",
    "2026-01-0x", "2026/01/01", "1969-12-31", "2026-01-011", "+026-01-01" };
  int day;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (coord_zone_parse_day (bad[i], &day));
  for (int i = 0; i < 80000; i += 7) {
    g_autofree char *text = coord_zone_format_day (i);

    g_assert_true (coord_zone_parse_day (text, &day));
    g_assert_cmpint (day, ==, i);
  }
}

static void
test_faults (void)
{
  static const struct {
    CoordHours hours[2];
    gboolean is_weekly, is_good;
  } cases[] = {
    { { { 0, 0, 10 }, { 0, 20, 30 } }, TRUE, TRUE },
    { { { 0, 0, 10 }, { 0, 10, 30 } }, TRUE, FALSE },
    { { { 0, 0, 10 }, { 1, 5, 30 } }, TRUE, TRUE },
    { { { 0, 0, 10 }, { 7, 5, 30 } }, TRUE, FALSE },
    { { { 0, 0, 10 }, { 1, 30, 5 } }, TRUE, FALSE },
    { { { 0, 0, 1440 }, { 1, 0, 1441 } }, TRUE, FALSE },
    { { { 0, 0, 10 }, { 1, 5, 5 } }, TRUE, FALSE },
    { { { 20000, 0, 0 }, { 20001, 5, 30 } }, FALSE, TRUE },
    { { { 20000, 0, 0 }, { 20000, 0, 30 } }, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (CoordHours));

    g_array_append_vals (hours, cases[i].hours, 2);
    g_assert_true (
      (coord_hours_find_fault (hours, cases[i].is_weekly) == NULL) == cases[i].is_good);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-hours/week", test_week);
  g_test_add_func ("/coord-hours/notice-and-horizon", test_notice_and_horizon);
  g_test_add_func ("/coord-hours/busy-and-buffer", test_busy_and_buffer);
  g_test_add_func ("/coord-hours/daily-limit", test_daily_limit);
  g_test_add_func ("/coord-hours/special-days", test_special_days);
  g_test_add_func ("/coord-hours/change-of-clocks", test_change_of_clocks);
  g_test_add_func ("/coord-hours/dates", test_dates);
  g_test_add_func ("/coord-hours/faults", test_faults);
  return g_test_run ();
}
