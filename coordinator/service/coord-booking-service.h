#pragma once

#include "service/coord-caller.h"
#include "store/coord-booking-store.h"

G_BEGIN_DECLS

/* Slots and interviews. What the configuration says is given as plain values. */
typedef struct {
  gint64 now_us;
  gint64 room_opens_us; /* before the start */
  gint64 grace_us; /* after the planned end */
} CoordTimes;

/* I, L for themselves; H, A for every interviewer of the organisation. */
EntApiSlot *coord_booking_service_add_slot (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSlot *request,
  const CoordTimes *times,
  GError **error);

/* Slots of the caller's organisations from now on; candidates see those with a free place. after is
 * the cursor of an earlier answer, or NULL. */
EntApiSlotList *coord_booking_service_list_slots (CoordDb *db,
  const CoordCaller *caller,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error);

/* Books a slot: C for themselves; I for a slot of their own, H, A for any, naming the candidate.
 * COORD_ERROR_SLOT_TAKEN, COORD_ERROR_OVERLAP. */
EntApiInterviewAnswer *coord_booking_service_book (CoordDb *db,
  const CoordCaller *caller,
  const EntApiBooking *request,
  const CoordTimes *times,
  GError **error);

EntApiInterviewList *coord_booking_service_list_mine (CoordDb *db,
  const CoordCaller *caller,
  gboolean is_past,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error);

/* Those with a place in the room, H and A. */
EntApiInterviewAnswer *coord_booking_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const CoordTimes *times,
  GError **error);

/* For operators, who are not checked here. is_ad_hoc leaves calendars alone.
 *
 * Makes a slot, with the id that it has. */
gboolean coord_booking_service_open_slot (CoordDb *db,
  const CoordSlot *slot,
  gboolean is_ad_hoc,
  gint64 now_us,
  GError **error);

/* Takes a place of the slot, and makes interview, room and the people in it. candidate_id may be
 * NULL: a guest. created_by is a person's id, or "operator". Returns the interview's id. */
char *coord_booking_service_make (CoordDb *db,
  const CoordSlot *slot,
  const char *candidate_id,
  const char *note,
  const char *created_by,
  gboolean is_ad_hoc,
  gint64 now_us,
  GError **error);

G_END_DECLS
