#pragma once

#include "ent-hours.h"

G_BEGIN_DECLS

/* A week on the clock on the wall of a zone, Monday first. Days in which clocks change have as many
 * hours as they have. */
typedef struct _EntWeek EntWeek;

/* The week of that moment. */
EntWeek *ent_week_new (GTimeZone *zone, gint64 at_us);
EntWeek *ent_week_copy (const EntWeek *week);
void ent_week_free (EntWeek *week);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntWeek, ent_week_free)

/* So many weeks later, or earlier. */
void ent_week_move (EntWeek *week, int weeks);

/* When a day begins, 0 Monday; 7 is the end of the week. */
gint64 ent_week_get_day_us (const EntWeek *week, int day);

/* A minute of a day on the wall. */
gint64 ent_week_get_time_us (const EntWeek *week, int day, int minute);

/* Day and minute on the wall at a moment; FALSE when it is in another week. */
gboolean ent_week_find (const EntWeek *week, gint64 at_us, int *day, int *minute);

/* "Monday 23 November" and such, for a heading; "Mon 23" where there is little room. Caller owns.
 */
char *ent_week_new_day_name (const EntWeek *week, int day, gboolean is_short);

/* "23 November to 29 November 2026". Caller owns. */
char *ent_week_new_title (const EntWeek *week);

/* Somebody's hours, which are on the wall of their own zone, as they are on this wall. Caller
 * owns. */
EntHours *ent_week_expand (const EntWeek *week, const EntApiAvailability *availability);

G_END_DECLS
