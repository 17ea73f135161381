#include "config.h"

#include "ent-week.h"

#include <glib/gi18n.h>
#include <string.h>

struct _EntWeek {
  GTimeZone *zone;
  GDate monday;
};

EntWeek *
ent_week_new (GTimeZone *zone, gint64 at_us)
{
  EntWeek *week = g_new0 (EntWeek, 1);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) at = g_date_time_to_timezone (utc, zone);

  week->zone = g_time_zone_ref (zone);
  g_date_set_dmy (&week->monday, g_date_time_get_day_of_month (at), g_date_time_get_month (at),
    g_date_time_get_year (at));
  g_date_subtract_days (&week->monday, g_date_time_get_day_of_week (at) - 1);
  return week;
}

EntWeek *
ent_week_copy (const EntWeek *week)
{
  EntWeek *copy = g_new0 (EntWeek, 1);

  copy->zone = g_time_zone_ref (week->zone);
  copy->monday = week->monday;
  return copy;
}

void
ent_week_free (EntWeek *week)
{
  g_time_zone_unref (week->zone);
  g_free (week);
}

void
ent_week_move (EntWeek *week, int weeks)
{
  if (weeks >= 0)
    g_date_add_days (&week->monday, 7 * weeks);
  else
    g_date_subtract_days (&week->monday, -7 * weeks);
}

/* A minute of a day on the wall of a zone. */
static GDateTime *
new_time (GTimeZone *zone, const GDate *date, int minute)
{
  GDate at = *date;

  /* The midnight at the end of a day is the one that begins the next. */
  if (minute >= ENT_HOURS_DAY_MINUTES) {
    g_date_add_days (&at, 1);
    minute -= ENT_HOURS_DAY_MINUTES;
  }
  return g_date_time_new (zone, g_date_get_year (&at), g_date_get_month (&at), g_date_get_day (&at),
    minute / 60, minute % 60, 0);
}

static gint64
to_us (GDateTime *time)
{
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

gint64
ent_week_get_time_us (const EntWeek *week, int day, int minute)
{
  GDate date = week->monday;
  g_autoptr (GDateTime) at = NULL;

  g_date_add_days (&date, day);
  at = new_time (week->zone, &date, minute);
  return to_us (at);
}

gint64
ent_week_get_day_us (const EntWeek *week, int day)
{
  return ent_week_get_time_us (week, day, 0);
}

gboolean
ent_week_find (const EntWeek *week, gint64 at_us, int *day, int *minute)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) at = utc ? g_date_time_to_timezone (utc, week->zone) : NULL;
  GDate date;
  int days;

  if (at == NULL)
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, g_date_time_get_day_of_month (at), g_date_time_get_month (at),
    g_date_time_get_year (at));
  days = g_date_days_between (&week->monday, &date);
  if (days < 0 || days >= ENT_HOURS_DAYS)
    return FALSE;
  *day = days;
  *minute = g_date_time_get_hour (at) * 60 + g_date_time_get_minute (at);
  return TRUE;
}

char *
ent_week_new_day_name (const EntWeek *week, int day, gboolean is_short)
{
  GDate date = week->monday;
  g_autoptr (GDateTime) start = NULL;

  g_date_add_days (&date, day);
  start = new_time (week->zone, &date, 12 * 60);
  /* Translators: the head of a day in a calendar, see the manual of g_date_time_format(). */
  return g_date_time_format (start, is_short ? _ ("%a %-e") : _ ("%A, %-e %B"));
}

char *
ent_week_new_title (const EntWeek *week)
{
  GDate sunday = week->monday;
  g_autoptr (GDateTime) from = new_time (week->zone, &week->monday, 12 * 60);
  g_autoptr (GDateTime) until = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  g_date_add_days (&sunday, 6);
  until = new_time (week->zone, &sunday, 12 * 60);
  /* Translators: the first and the last day of a week, see the manual of g_date_time_format(). */
  first = g_date_time_format (from, _ ("%-e %b"));
  last = g_date_time_format (until, _ ("%-e %b %Y"));
  /* Translators: from a day to a day. */
  return g_strdup_printf (_ ("%s to %s"), first, last);
}

/* Adds what lies in the week, in parts where it goes over a midnight. */
static void
add_span (const EntWeek *week, EntHours *hours, gint64 from_us, gint64 until_us)
{
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    gint64 starts_us = MAX (from_us, ent_week_get_day_us (week, day));
    gint64 ends_us = MIN (until_us, ent_week_get_day_us (week, day + 1));
    int from_day, from, until_day, until;

    if (starts_us >= ends_us || !ent_week_find (week, starts_us, &from_day, &from))
      continue;
    if (ends_us == ent_week_get_day_us (week, day + 1) ||
        !ent_week_find (week, ends_us, &until_day, &until))
      until = ENT_HOURS_DAY_MINUTES;
    ent_hours_set (hours, day, from, until, TRUE);
  }
}

static void
add_on_date (const EntWeek *week,
  EntHours *hours,
  GTimeZone *zone,
  const GDate *date,
  int from,
  int until)
{
  g_autoptr (GDateTime) starts = new_time (zone, date, from);
  g_autoptr (GDateTime) ends = new_time (zone, date, until);

  add_span (week, hours, to_us (starts), to_us (ends));
}

/* Whether the day has hours of its own, which are added. */
static gboolean
add_special (const EntWeek *week,
  EntHours *hours,
  GTimeZone *zone,
  const GDate *date,
  const GPtrArray *special)
{
  char text[16];
  gboolean is_special = FALSE;

  g_date_strftime (text, sizeof text, "%Y-%m-%d", date);
  for (guint i = 0; special != NULL && i < special->len; i++) {
    const EntApiSpecialHours *span = g_ptr_array_index (special, i);

    if (strcmp (span->date, text) != 0)
      continue;
    is_special = TRUE;
    if (span->from < span->until)
      add_on_date (week, hours, zone, date, span->from, span->until);
  }
  return is_special;
}

EntHours *
ent_week_expand (const EntWeek *week, const EntApiAvailability *availability)
{
  EntHours *hours = ent_hours_new ();
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (availability->zone);

  if (zone == NULL)
    return hours;
  /* What is Sunday there may be Monday here. */
  for (int offset = -1; offset <= ENT_HOURS_DAYS; offset++) {
    GDate date = week->monday;

    if (offset < 0)
      g_date_subtract_days (&date, 1);
    else
      g_date_add_days (&date, offset);
    if (add_special (week, hours, zone, &date, availability->special))
      continue;
    for (guint i = 0; availability->weekly != NULL && i < availability->weekly->len; i++) {
      const EntApiHours *span = g_ptr_array_index (availability->weekly, i);

      if (span->day == (offset + ENT_HOURS_DAYS) % ENT_HOURS_DAYS)
        add_on_date (week, hours, zone, &date, span->from, span->until);
    }
  }
  return hours;
}
