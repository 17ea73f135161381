#pragma once

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers about free hours, appointments and what becomes of them. */

/* From minute to minute of a day, on a clock on the wall; day of the week, 0 Monday. */
typedef struct {
  gint64 day;
  gint64 from;
  gint64 until;
} EntApiHours;
ENT_STRUCT_DECLARE (EntApiHours, ent_api_hours)

/* All there is on one day, "2026-03-29"; from and until 0: nothing. */
typedef struct {
  char *date;
  gint64 from;
  gint64 until;
} EntApiSpecialHours;
ENT_STRUCT_DECLARE (EntApiSpecialHours, ent_api_special_hours)

/* GET, PUT /api/orgs/{id}/availability/{user} */
typedef struct {
  char *zone;
  GPtrArray *weekly; /* EntApiHours */
  GPtrArray *special; /* EntApiSpecialHours */
  gint64 length_s; /* of an appointment */
  gint64 buffer_s; /* kept free after one */
  gint64 notice_s; /* none sooner than that */
  gint64 ahead_days; /* none later than that */
  gint64 daily_limit; /* 0: none */
  gint64 version; /* answers only */
} EntApiAvailability;
ENT_STRUCT_DECLARE (EntApiAvailability, ent_api_availability)

/* A time at which an appointment can be had. */
typedef struct {
  gint64 starts;
  gint64 ends;
  char *slot; /* id, of one that was offered */
  char **interviewers; /* ids: who would be there */
} EntApiOpening;
ENT_STRUCT_DECLARE (EntApiOpening, ent_api_opening)

typedef struct {
  GPtrArray *items; /* EntApiOpening */
} EntApiOpenings;
ENT_STRUCT_DECLARE (EntApiOpenings, ent_api_openings)

/* POST /api/slots/series: the same hour on the wall, again and again. */
extern const char *const ent_api_repeat_nicks[]; /* day week */

typedef struct {
  EntApiNewSlot *slot; /* the first one */
  int every; /* index into the nicks above */
  gint64 interval; /* each, every second, ... */
  gint64 count; /* of appointments */
} EntApiNewSeries;
ENT_STRUCT_DECLARE (EntApiNewSeries, ent_api_new_series)

typedef struct {
  GPtrArray *items; /* EntApiSlot */
} EntApiSeries;
ENT_STRUCT_DECLARE (EntApiSeries, ent_api_series)

/* PATCH /api/slots/{id}: what is absent stays. */
typedef struct {
  gint64 starts;
  gint64 ends;
  char *title;
} EntApiSlotChange;
ENT_STRUCT_DECLARE (EntApiSlotChange, ent_api_slot_change)

/* PATCH /api/interviews/{id}/reschedule: a slot, or a time in the hours of its people. */
typedef struct {
  char *slot_id;
  gint64 starts;
  char *reason;
} EntApiReschedule;
ENT_STRUCT_DECLARE (EntApiReschedule, ent_api_reschedule)

/* PATCH /api/interviews/{id}/cancel and /no-show */
typedef struct {
  char *reason;
} EntApiReason;
ENT_STRUCT_DECLARE (EntApiReason, ent_api_reason)

/* GET /api/interviews/{id}/history */
extern const char *const ent_api_change_nicks[]; /* booked moved cancelled no-show ended */

typedef struct {
  gint64 seq;
  gint64 at;
  char *actor; /* a user's id, "operator" or "guest" */
  char *actor_name; /* NULL: not known any more */
  int kind; /* index into the nicks above */
  gint64 starts; /* after the change */
  char *reason;
} EntApiChange;
ENT_STRUCT_DECLARE (EntApiChange, ent_api_change)

typedef struct {
  GPtrArray *items; /* EntApiChange */
} EntApiHistory;
ENT_STRUCT_DECLARE (EntApiHistory, ent_api_history)

/* POST /api/orgs/{id}/booking-links */
typedef struct {
  char *name; /* of the candidate */
  char *email;
  char **interviewers; /* ids; the first one hosts */
  char *title;
} EntApiNewBookingLink;
ENT_STRUCT_DECLARE (EntApiNewBookingLink, ent_api_new_booking_link)

typedef struct {
  char *id;
  char *name;
  char *email;
  char *title;
  char *host_name; /* in a list: of the first one of those who interview */
  char **panel_names; /* in a list: of the others; NULL: nobody */
  char *interview; /* id, once booked */
  gint64 starts; /* of that interview; 0: none is booked, or it was cancelled */
  gint64 expires;
  char *token; /* once, in the answer that made it */
  char *link; /* likewise */
} EntApiBookingLink;
ENT_STRUCT_DECLARE (EntApiBookingLink, ent_api_booking_link)

typedef struct {
  GPtrArray *items; /* EntApiBookingLink */
  char *next;
} EntApiBookingLinkList;
ENT_STRUCT_DECLARE (EntApiBookingLinkList, ent_api_booking_link_list)

/* POST /api/book/show, /book, /reschedule and /cancel: by the token alone. */
typedef struct {
  char *token;
  gint64 starts; /* of one of the openings; book and reschedule */
  char *zone; /* of the candidate, for what is written to them; book */
  char *locale;
  char *reason; /* reschedule and cancel */
} EntApiGuestBooking;
ENT_STRUCT_DECLARE (EntApiGuestBooking, ent_api_guest_booking)

typedef struct {
  char *org_name;
  char *title;
  char *name; /* of the candidate */
  char *host_name;
  char *zone; /* of the host */
  GPtrArray *openings; /* EntApiOpening */
  EntApiInterview *interview; /* once booked */
  char *join_link; /* entrevue://join/..., in the answer to book */
} EntApiGuestView;
ENT_STRUCT_DECLARE (EntApiGuestView, ent_api_guest_view)

/* GET /api/notifications: the newest first. */
extern const char *const ent_api_notice_nicks[]; /* booked moved cancelled day-before soon */

typedef struct {
  char *id;
  gint64 at;
  int kind; /* index into the nicks above */
  char *interview;
  char *title;
  gint64 starts; /* of the interview, when it was told */
  char *reason;
  gint64 read; /* 0: not yet */
} EntApiNotification;
ENT_STRUCT_DECLARE (EntApiNotification, ent_api_notification)

typedef struct {
  GPtrArray *items; /* EntApiNotification */
  char *next;
} EntApiNotificationList;
ENT_STRUCT_DECLARE (EntApiNotificationList, ent_api_notification_list)

/* POST /api/notifications/read */
typedef struct {
  char *id; /* NULL: all */
} EntApiRead;
ENT_STRUCT_DECLARE (EntApiRead, ent_api_read)

/* POST /api/me/calendar */
typedef struct {
  char *url; /* once */
} EntApiFeed;
ENT_STRUCT_DECLARE (EntApiFeed, ent_api_feed)

G_END_DECLS
