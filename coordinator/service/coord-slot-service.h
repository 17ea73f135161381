#pragma once

#include "protocol/ent-api-schedule.h"
#include "service/coord-caller.h"
#include "store/coord-booking-store.h"

G_BEGIN_DECLS

/* Appointments that are offered: single ones and series, with panels and capacity. */

/* I for themselves; L for their team; H, A for every interviewer of the organisation. */
EntApiSlot *coord_slot_service_add (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSlot *request,
  gint64 now_us,
  GError **error);

/* The same hour on the wall every so many days or weeks, all of them or none. */
EntApiSeries *coord_slot_service_add_series (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSeries *request,
  gint64 now_us,
  GError **error);

/* Of one that nobody has booked: COORD_ERROR_CONFLICT when somebody has. */
EntApiSlot *coord_slot_service_change (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const EntApiSlotChange *request,
  gint64 version,
  gint64 now_us,
  GError **error);

/* with_rest: and those of its series that come later, but for booked ones. */
gboolean coord_slot_service_remove (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gboolean with_rest,
  gint64 version,
  gint64 now_us,
  GError **error);

/* Slots of the caller's organisations from now on; candidates see those with a free place. after is
 * a cursor, or "". */
EntApiSlotList *coord_slot_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *after,
  guint limit,
  gint64 now_us,
  GError **error);

/* Cursors of lists in order of start; COORD_ERROR_INVALID for one that is none. */
char *coord_slot_make_cursor (gint64 starts_at_us, const char *id);
gboolean coord_slot_read_cursor (const char *after, CoordRange *range, GError **error);

/* The rest checks no caller. is_ad_hoc leaves calendars alone.
 *
 * Makes a slot, with the id that it has, and reserves the time of its people. */
gboolean coord_slot_service_open (CoordDb *db,
  const CoordSlot *slot,
  gboolean is_ad_hoc,
  gint64 now_us,
  GError **error);

/* Frees the time of its people; it is offered no more. */
gboolean coord_slot_service_close (CoordDb *db, const char *id, GError **error);

/* All who interview in it: the interviewer, then the panel. Free with g_strfreev(). */
char **coord_slot_list_people (const CoordSlot *slot);

G_END_DECLS
