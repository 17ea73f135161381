#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Wall clocks. A day is counted from 1970-01-01 (0, a Thursday), a minute from midnight on (1440 is
 * the midnight at its end). */

#define COORD_DAY_MINUTES 1440

/* The moment (us since 1970 UTC) at which a clock on the wall shows this. A time that a change of
 * clocks skips is later by what was skipped; of two the first counts. */
gint64 coord_zone_find_time (GTimeZone *zone, int day, int minute);

/* What a clock on the wall shows at a moment; minute may be NULL. */
int coord_zone_find_day (GTimeZone *zone, gint64 time_us, int *minute);

/* 0 Monday ... 6 Sunday. */
int coord_zone_get_weekday (int day);

/* "2026-03-29" and back; FALSE when text is no such date of the years 1970 to 9999. */
char *coord_zone_format_day (int day);
gboolean coord_zone_parse_day (const char *text, int *day);

G_END_DECLS
