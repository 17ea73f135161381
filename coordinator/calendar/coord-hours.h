#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When somebody can be met: their hours of the week in their zone, days that differ, and what is
 * kept free around appointments. */

/* From minute to minute of a day, on the wall. */
typedef struct {
  int day; /* of the week, 0 Monday; of a special one the day since 1970 */
  int from;
  int until; /* from == until on a special day: nothing */
} CoordHours;

typedef struct {
  GTimeZone *zone; /* borrowed */
  GArray *weekly; /* CoordHours */
  GArray *special; /* CoordHours: all there is on these days; NULL: none */
  gint64 length_us; /* of an appointment */
  gint64 buffer_us; /* kept free after one */
  gint64 notice_us; /* no appointment sooner than that */
  gint64 ahead_us; /* nor later than that */
  guint daily_limit; /* of appointments that start on one day; 0: none */
} CoordAvailability;

/* From time to time, the end not included. */
typedef struct {
  gint64 starts_us;
  gint64 ends_us;
} CoordSpan;

/* Their hours as moments: those that end after from and start before until, in order, those that
 * touch or overlap joined. GArray of CoordSpan. */
GArray *coord_hours_expand (const CoordAvailability *availability, gint64 from_us, gint64 until_us);

/* Where appointments can start: in their hours, one after another from the start of each, away from
 * what is busy (GArray of CoordSpan in order of start; buffers included), within the daily limit.
 * daily counts appointments by their start, so it may differ from busy; NULL: the same. GArray of
 * CoordSpan (of an appointment), at most limit. */
GArray *coord_hours_find_openings (const CoordAvailability *availability,
  const GArray *busy,
  const GArray *daily,
  gint64 now_us,
  gint64 from_us,
  gint64 until_us,
  guint limit);

/* Whether an appointment of this time can start then, by the same rules, at any minute. */
gboolean coord_hours_allow (const CoordAvailability *availability,
  const GArray *busy,
  const GArray *daily,
  gint64 now_us,
  const CoordSpan *span);

/* NULL, or the sentence why these cannot be somebody's hours. */
const char *coord_hours_find_fault (const GArray *hours, gboolean is_weekly);

G_END_DECLS
