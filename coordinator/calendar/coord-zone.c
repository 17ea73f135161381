#include "calendar/coord-zone.h"

#include <string.h>

#define DAY_S (24 * 3600)
#define EPOCH_JULIAN 719163 /* 1970-01-01 as GDate counts */
#define WIDEST_S (26 * 3600) /* no clock is further from UTC */

static gint64
get_offset_s (GTimeZone *zone, gint64 time_s)
{
  return g_time_zone_get_offset (
    zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, time_s));
}

/* Of the offsets that hold well before and well after, the first counts when it still holds then,
 * or when neither does (the time is skipped). */
gint64
coord_zone_find_time (GTimeZone *zone, int day, int minute)
{
  gint64 wall_s = (gint64) day * DAY_S + minute * 60;
  gint64 before_s = get_offset_s (zone, wall_s - WIDEST_S);
  gint64 after_s = get_offset_s (zone, wall_s + WIDEST_S);

  if (get_offset_s (zone, wall_s - before_s) != before_s &&
      get_offset_s (zone, wall_s - after_s) == after_s)
    return (wall_s - after_s) * G_USEC_PER_SEC;
  return (wall_s - before_s) * G_USEC_PER_SEC;
}

static gint64
divide_down (gint64 number, gint64 by)
{
  return number >= 0 ? number / by : -((-number + by - 1) / by);
}

int
coord_zone_find_day (GTimeZone *zone, gint64 time_us, int *minute)
{
  gint64 time_s = divide_down (time_us, G_USEC_PER_SEC);
  gint64 wall_s = time_s + get_offset_s (zone, time_s);
  gint64 day = divide_down (wall_s, DAY_S);

  if (minute != NULL)
    *minute = (wall_s - day * DAY_S) / 60;
  return day;
}

int
coord_zone_get_weekday (int day)
{
  return ((day + 3) % 7 + 7) % 7;
}

char *
coord_zone_format_day (int day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day + EPOCH_JULIAN);
  return g_strdup_printf (
    "%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
}

gboolean
coord_zone_parse_day (const char *text, int *day)
{
  static const char form[] = "dddd-dd-dd";
  int year, month, of_month;
  GDate date;

  if (strlen (text) != strlen (form))
    return FALSE;
  for (guint i = 0; form[i] != '\0'; i++)
    if (form[i] == 'd' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
      return FALSE;
  year = (int) g_ascii_strtoll (text, NULL, 10);
  month = (int) g_ascii_strtoll (text + 5, NULL, 10);
  of_month = (int) g_ascii_strtoll (text + 8, NULL, 10);
  if (year < 1970 || !g_date_valid_dmy (of_month, month, year))
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, of_month, month, year);
  *day = (int) g_date_get_julian (&date) - EPOCH_JULIAN;
  return TRUE;
}
