#pragma once

#include <glib.h>

#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* Hours of a week, on a clock on the wall: for each day (0 Monday) spans of minutes from midnight
 * on, in order, which neither touch nor overlap. */
#define ENT_HOURS_DAYS 7
#define ENT_HOURS_DAY_MINUTES 1440

typedef struct {
  int from;
  int until; /* not included; ENT_HOURS_DAY_MINUTES is the end of the day */
} EntHoursSpan;

typedef struct {
  GArray *days[ENT_HOURS_DAYS]; /* EntHoursSpan */
} EntHours;

EntHours *ent_hours_new (void);
void ent_hours_free (EntHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntHours, ent_hours_free)

/* From what the server knows, and back: GPtrArray of EntApiHours; the caller owns it. */
void ent_hours_load (EntHours *hours, const GPtrArray *weekly);
GPtrArray *ent_hours_save (const EntHours *hours);

/* Adds these minutes to the day's hours, or takes them away. */
void ent_hours_set (EntHours *hours, int day, int from, int until, gboolean is_free);
gboolean ent_hours_is_free (const EntHours *hours, int day, int minute);

/* "09:00-12:00, 13:30-17:00", "" for nothing; the caller owns it. */
char *ent_hours_format (const EntHours *hours, int day);

/* Takes what a person wrote for a day, such as "9-12, 13:30 - 17:00"; FALSE with a sentence, and
 * nothing changed, when it cannot be read. */
gboolean ent_hours_parse (EntHours *hours, int day, const char *text, GError **error);

/* One span, as a person writes it; "" is from 0 until 0. */
gboolean ent_hours_parse_span (const char *text, EntHoursSpan *span, GError **error);

G_END_DECLS
