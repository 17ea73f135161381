#pragma once

#include "calendar/coord-hours.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* When somebody can be met, and when they are busy. */
typedef struct {
  CoordAvailability hours; /* its zone and arrays are owned here */
  char *zone_name;
  gint64 version; /* 1: nothing was said yet, and there are no hours */
} CoordPersonHours;

void coord_person_hours_free (CoordPersonHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordPersonHours, coord_person_hours_free)

/* An hour a time, two weeks ahead, none of them: what holds as long as nothing was said. */
CoordPersonHours *coord_person_hours_new (const char *zone_name);

/* What somebody said, or the above in their zone. COORD_ERROR_NOT_FOUND for no such person. */
CoordPersonHours *
coord_availability_store_find (CoordDb *db, const char *person_id, GError **error);

/* Replaces all of it. */
gboolean coord_availability_store_set (CoordDb *db,
  const char *person_id,
  const CoordPersonHours *hours,
  GError **error);

/* What is reserved of somebody's time in a window, in order of start (GArray of CoordSpan). */
GArray *coord_availability_store_list_busy (CoordDb *db,
  const char *person_id,
  gint64 from_us,
  gint64 until_us,
  GError **error);

G_END_DECLS
