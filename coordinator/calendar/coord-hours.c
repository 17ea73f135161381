#include "calendar/coord-hours.h"

#include "calendar/coord-zone.h"

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const CoordSpan *one = a, *two = b;

  return (one->starts_us > two->starts_us) - (one->starts_us < two->starts_us);
}

static gboolean
has_special (const GArray *special, int day)
{
  for (guint i = 0; special != NULL && i < special->len; i++)
    if (g_array_index (special, CoordHours, i).day == day)
      return TRUE;
  return FALSE;
}

/* Adds those hours that are of a day (of the week) as moments of one day. */
static void
add_hours (GTimeZone *zone, const GArray *hours, int of_day, int day, GArray *spans)
{
  for (guint i = 0; i < hours->len; i++) {
    const CoordHours *one = &g_array_index (hours, CoordHours, i);
    CoordSpan span;

    if (one->day != of_day || one->from == one->until)
      continue;
    span.starts_us = coord_zone_find_time (zone, day, one->from);
    span.ends_us = coord_zone_find_time (zone, day, one->until);
    if (span.starts_us < span.ends_us)
      g_array_append_val (spans, span);
  }
}

/* Sorts, joins, and drops what is out of the window. */
static GArray *
join (GArray *spans, gint64 from_us, gint64 until_us)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (CoordSpan));

  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++) {
    const CoordSpan *span = &g_array_index (spans, CoordSpan, i);
    CoordSpan *last = joined->len > 0 ? &g_array_index (joined, CoordSpan, joined->len - 1) : NULL;

    if (last != NULL && span->starts_us <= last->ends_us)
      last->ends_us = MAX (last->ends_us, span->ends_us);
    else
      g_array_append_vals (joined, span, 1);
  }
  for (guint i = joined->len; i-- > 0;) {
    const CoordSpan *span = &g_array_index (joined, CoordSpan, i);

    if (span->ends_us <= from_us || span->starts_us >= until_us)
      g_array_remove_index (joined, i);
  }
  g_array_unref (spans);
  return joined;
}

GArray *
coord_hours_expand (const CoordAvailability *availability, gint64 from_us, gint64 until_us)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  int first = coord_zone_find_day (availability->zone, from_us, NULL) - 1;
  int last = coord_zone_find_day (availability->zone, until_us, NULL) + 1;

  for (int day = first; day <= last; day++) {
    if (has_special (availability->special, day))
      add_hours (availability->zone, availability->special, day, day, spans);
    else
      add_hours (
        availability->zone, availability->weekly, coord_zone_get_weekday (day), day, spans);
  }
  return join (spans, from_us, until_us);
}

/* The end of what is busy at the latest in this span, or 0 when nothing is. */
static gint64
find_busy_end (const GArray *busy, gint64 starts_us, gint64 ends_us)
{
  gint64 end_us = 0;

  for (guint i = 0; i < busy->len; i++) {
    const CoordSpan *span = &g_array_index (busy, CoordSpan, i);

    if (span->starts_us < ends_us && span->ends_us > starts_us)
      end_us = MAX (end_us, span->ends_us);
  }
  return end_us;
}

static gboolean
is_day_full (const CoordAvailability *availability, const GArray *daily, gint64 starts_us)
{
  int day = coord_zone_find_day (availability->zone, starts_us, NULL);
  guint n = 0;

  if (availability->daily_limit == 0)
    return FALSE;
  for (guint i = 0; i < daily->len; i++)
    n += coord_zone_find_day (
           availability->zone, g_array_index (daily, CoordSpan, i).starts_us, NULL) == day;
  return n >= availability->daily_limit;
}

GArray *
coord_hours_find_openings (const CoordAvailability *availability,
  const GArray *busy,
  const GArray *daily,
  gint64 now_us,
  gint64 from_us,
  gint64 until_us,
  guint limit)
{
  gint64 least_us = MAX (from_us, now_us + availability->notice_us);
  gint64 most_us = MIN (until_us, now_us + availability->ahead_us);
  gint64 kept_us = availability->length_us + availability->buffer_us;
  GArray *openings = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  g_autoptr (GArray) hours = NULL;

  if (least_us >= most_us)
    return openings;
  hours = coord_hours_expand (availability, least_us, most_us);
  for (guint i = 0; i < hours->len; i++) {
    const CoordSpan *span = &g_array_index (hours, CoordSpan, i);
    gint64 at_us = span->starts_us;

    while (at_us + availability->length_us <= span->ends_us && at_us < most_us &&
           openings->len < limit) {
      gint64 busy_end_us = find_busy_end (busy, at_us, at_us + kept_us);
      CoordSpan opening = { at_us, at_us + availability->length_us };

      if (busy_end_us == 0 && at_us >= least_us &&
          !is_day_full (availability, daily != NULL ? daily : busy, at_us))
        g_array_append_val (openings, opening);
      /* On the grid of these hours. */
      at_us += kept_us;
      while (at_us < busy_end_us)
        at_us += kept_us;
    }
  }
  return openings;
}

gboolean
coord_hours_allow (const CoordAvailability *availability,
  const GArray *busy,
  const GArray *daily,
  gint64 now_us,
  const CoordSpan *span)
{
  g_autoptr (GArray) hours = coord_hours_expand (availability, span->starts_us, span->ends_us);
  gboolean is_inside = FALSE;

  for (guint i = 0; i < hours->len; i++) {
    const CoordSpan *one = &g_array_index (hours, CoordSpan, i);

    is_inside |= one->starts_us <= span->starts_us && span->ends_us <= one->ends_us;
  }
  return is_inside && span->ends_us - span->starts_us == availability->length_us &&
         span->starts_us >= now_us + availability->notice_us &&
         span->starts_us < now_us + availability->ahead_us &&
         find_busy_end (busy, span->starts_us, span->ends_us + availability->buffer_us) == 0 &&
         !is_day_full (availability, daily != NULL ? daily : busy, span->starts_us);
}

const char *
coord_hours_find_fault (const GArray *hours, gboolean is_weekly)
{
  for (guint i = 0; i < hours->len; i++) {
    const CoordHours *one = &g_array_index (hours, CoordHours, i);

    if (is_weekly && (one->day < 0 || one->day > 6))
      return "A day of the week is a number from 0 (Monday) to 6 (Sunday).";
    if (one->from < 0 || one->until > COORD_DAY_MINUTES || one->from > one->until ||
        (is_weekly && one->from == one->until))
      return "Hours go from one minute of a day to a later one, 1440 at most.";
    for (guint k = 0; k < i; k++) {
      const CoordHours *other = &g_array_index (hours, CoordHours, k);

      if (one->day == other->day && one->from <= other->until && other->from <= one->until)
        return "Hours of the same day overlap or touch; make them one.";
    }
  }
  return NULL;
}
