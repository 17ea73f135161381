#pragma once

#include "service/coord-booking-service.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Personal links: one person without an account books one interview, moves it, cancels it. */
#define COORD_BOOKING_LINK_SECONDS (14 * 24 * 3600)

/* I for themselves; L for their team; H, A for everybody who interviews. The answer has the token,
 * which is stored as a hash only. */
EntApiBookingLink *coord_booking_link_service_add (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewBookingLink *request,
  const char *origin,
  gint64 now_us,
  GError **error);

/* Own ones; H and A see and revoke all of the organisation. */
EntApiBookingLinkList *coord_booking_link_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error);
gboolean coord_booking_link_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error);

/* By the token alone. What is booked, or the times that can be booked. */
EntApiGuestView *coord_booking_link_service_show (CoordDb *db,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GError **error);

/* COORD_ERROR_SLOT_TAKEN with the next free times. The answer has a link into the room. Booking the
 * same time again gives the same interview and a new link. */
EntApiGuestView *coord_booking_link_service_book (CoordDb *db,
  const EntApiGuestBooking *request,
  const char *origin,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);
EntApiGuestView *coord_booking_link_service_move (CoordDb *db,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);
EntApiGuestView *coord_booking_link_service_cancel (CoordDb *db,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);

G_END_DECLS
