#pragma once

#include "protocol/ent-api-schedule.h"
#include "service/coord-caller.h"
#include "store/coord-booking-store.h"

G_BEGIN_DECLS

/* Booking: from a slot, or from the free hours of interviewers, to an interview with its room. What
 * becomes of it is in coord-interview-service.h. */

/* What the configuration says is given as plain values. */
typedef struct {
  gint64 now_us;
  gint64 room_opens_us; /* before the start */
  gint64 grace_us; /* after the planned end */
  gint64 change_us; /* until so long before the start candidates may move and cancel */
} CoordTimes;

/* C for themselves; I for their own appointments, L for those of their team, H, A for any, naming
 * the candidate. COORD_ERROR_SLOT_TAKEN, with the next times that are free; COORD_ERROR_OVERLAP
 * when the candidate has something else then. */
EntApiInterviewAnswer *coord_booking_service_book (CoordDb *db,
  const CoordCaller *caller,
  const EntApiBooking *request,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);

/* after is a cursor, or "". */
EntApiInterviewList *coord_booking_service_list_mine (CoordDb *db,
  const CoordCaller *caller,
  gboolean is_past,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error);

/* L those of their team, H and A all of the organisation, that are not over. */
EntApiInterviewList *coord_booking_service_list_of_org (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error);

/* Those with a place in the room, L of the team, H and A. */
EntApiInterviewAnswer *coord_booking_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const CoordTimes *times,
  GError **error);

/* The rest checks no caller. */

EntApiInterview *
coord_booking_service_describe (const CoordInterview *interview, const CoordTimes *times);

/* For whom. */
typedef struct {
  const char *candidate_id; /* NULL: nobody with an account */
  const CoordGuest *guest; /* NULL: nobody who booked without one */
  const char *note;
  const char *created_by; /* a person's id, "operator" or "guest" */
  gboolean is_ad_hoc; /* leaves calendars alone */
} CoordBooking;

/* Takes a place of the slot, and makes interview, room and the people in it. Returns the
 * interview's id. */
char *coord_booking_service_make (CoordDb *db,
  const CoordSlot *slot,
  const CoordBooking *booking,
  gint64 now_us,
  GError **error);

/* A slot made of the free hours of these, as if it had been offered; COORD_ERROR_SLOT_TAKEN when
 * they are not free then. It is not in the database yet. */
CoordSlot *coord_booking_service_plan (CoordDb *db,
  const char *org_id,
  char **interviewers,
  gint64 starts_at_us,
  const char *title,
  gint64 now_us,
  GError **error);

/* Sets COORD_ERROR_SLOT_TAKEN with the next five times at which an appointment like this one, later
 * than it, can be had. */
void
coord_booking_service_set_taken (CoordDb *db, const CoordSlot *slot, gint64 now_us, GError **error);

/* Those who interview in a room get their places, hosts first. */
gboolean coord_booking_service_seat (CoordDb *db,
  const char *room_id,
  const CoordSlot *slot,
  gint64 now_us,
  GError **error);

/* What a candidate may not overlap: the person, or the address of one without an account. The
 * caller owns it. */
char *coord_booking_get_busy_name (const char *candidate_id, const CoordGuest *guest);

G_END_DECLS
