#include "protocol/ent-api-schedule.h"

#include "protocol/ent-limits.h"

const char *const ent_api_repeat_nicks[] = { "day", "week", NULL };
const char *const ent_api_change_nicks[] = { "booked", "moved", "cancelled", "no-show", "ended",
  NULL };

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)
#define ID(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_ID, flags, 0)
#define TIME(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_TIME, flags, 0)
#define INT(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_INT, flags, max)
#define LIST(Type, member, max, of) \
  ENT_FIELD_STRUCT_OF (Type, member, ENT_FIELD_LIST, ENT_REQUIRED, max, of)

static const EntField ent_api_hours_fields[] = {
  INT (EntApiHours, day, ENT_REQUIRED, 6),
  INT (EntApiHours, from, ENT_REQUIRED, 1440),
  INT (EntApiHours, until, ENT_REQUIRED, 1440),
};
ENT_STRUCT_DEFINE (EntApiHours, ent_api_hours)

static const EntField ent_api_special_hours_fields[] = {
  STRING (EntApiSpecialHours, date, ENT_REQUIRED, 10),
  INT (EntApiSpecialHours, from, ENT_REQUIRED, 1440),
  INT (EntApiSpecialHours, until, ENT_REQUIRED, 1440),
};
ENT_STRUCT_DEFINE (EntApiSpecialHours, ent_api_special_hours)

static const EntField ent_api_availability_fields[] = {
  STRING (EntApiAvailability, zone, ENT_REQUIRED, 64),
  LIST (EntApiAvailability, weekly, 100, &ent_api_hours_struct),
  LIST (EntApiAvailability, special, 1000, &ent_api_special_hours_struct),
  INT (EntApiAvailability, length_s, ENT_REQUIRED, 12 * 3600),
  INT (EntApiAvailability, buffer_s, ENT_OPTIONAL, 12 * 3600),
  INT (EntApiAvailability, notice_s, ENT_OPTIONAL, 90 * 24 * 3600),
  INT (EntApiAvailability, ahead_days, ENT_REQUIRED, 366),
  INT (EntApiAvailability, daily_limit, ENT_OPTIONAL, 100),
  INT (EntApiAvailability, version, ENT_OPTIONAL, G_MAXINT64),
};
ENT_STRUCT_DEFINE (EntApiAvailability, ent_api_availability)

static const EntField ent_api_opening_fields[] = {
  TIME (EntApiOpening, starts, ENT_REQUIRED),
  TIME (EntApiOpening, ends, ENT_REQUIRED),
  ID (EntApiOpening, slot, ENT_OPTIONAL),
  ENT_FIELD (EntApiOpening, interviewers, ENT_FIELD_STRINGS, ENT_OPTIONAL, 12),
};
ENT_STRUCT_DEFINE (EntApiOpening, ent_api_opening)

static const EntField ent_api_openings_fields[] = {
  LIST (EntApiOpenings, items, ENT_MAX_LIST, &ent_api_opening_struct),
};
ENT_STRUCT_DEFINE (EntApiOpenings, ent_api_openings)

static const EntField ent_api_new_series_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiNewSeries,
    slot,
    ENT_FIELD_OBJECT,
    ENT_REQUIRED,
    0,
    &ent_api_new_slot_struct),
  ENT_FIELD_ENUM_OF (EntApiNewSeries, every, ENT_REQUIRED, ent_api_repeat_nicks),
  INT (EntApiNewSeries, interval, ENT_OPTIONAL, 52),
  INT (EntApiNewSeries, count, ENT_REQUIRED, ENT_MAX_LIST),
};
ENT_STRUCT_DEFINE (EntApiNewSeries, ent_api_new_series)

static const EntField ent_api_series_fields[] = {
  LIST (EntApiSeries, items, ENT_MAX_LIST, &ent_api_slot_struct),
};
ENT_STRUCT_DEFINE (EntApiSeries, ent_api_series)

static const EntField ent_api_slot_change_fields[] = {
  TIME (EntApiSlotChange, starts, ENT_OPTIONAL),
  TIME (EntApiSlotChange, ends, ENT_OPTIONAL),
  STRING (EntApiSlotChange, title, ENT_OPTIONAL, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntApiSlotChange, ent_api_slot_change)

static const EntField ent_api_reschedule_fields[] = {
  ID (EntApiReschedule, slot_id, ENT_OPTIONAL),
  TIME (EntApiReschedule, starts, ENT_OPTIONAL),
  STRING (EntApiReschedule, reason, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntApiReschedule, ent_api_reschedule)

static const EntField ent_api_reason_fields[] = {
  STRING (EntApiReason, reason, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntApiReason, ent_api_reason)

static const EntField ent_api_change_fields[] = {
  INT (EntApiChange, seq, ENT_REQUIRED, G_MAXINT64),
  TIME (EntApiChange, at, ENT_REQUIRED),
  STRING (EntApiChange, actor, ENT_REQUIRED, 64),
  STRING (EntApiChange, actor_name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiChange, kind, ENT_REQUIRED, ent_api_change_nicks),
  TIME (EntApiChange, starts, ENT_REQUIRED),
  STRING (EntApiChange, reason, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntApiChange, ent_api_change)

static const EntField ent_api_history_fields[] = {
  LIST (EntApiHistory, items, ENT_MAX_LIST, &ent_api_change_struct),
};
ENT_STRUCT_DEFINE (EntApiHistory, ent_api_history)

static const EntField ent_api_new_booking_link_fields[] = {
  STRING (EntApiNewBookingLink, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiNewBookingLink, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  ENT_FIELD (EntApiNewBookingLink,
    interviewers,
    ENT_FIELD_STRINGS,
    ENT_REQUIRED,
    1 + ENT_MAX_PANEL),
  STRING (EntApiNewBookingLink, title, ENT_OPTIONAL, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntApiNewBookingLink, ent_api_new_booking_link)

static const EntField ent_api_booking_link_fields[] = {
  ID (EntApiBookingLink, id, ENT_REQUIRED),
  STRING (EntApiBookingLink, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiBookingLink, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  STRING (EntApiBookingLink, title, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiBookingLink, host_name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD (EntApiBookingLink, panel_names, ENT_FIELD_STRINGS, ENT_OPTIONAL, ENT_MAX_PANEL),
  ID (EntApiBookingLink, interview, ENT_OPTIONAL),
  TIME (EntApiBookingLink, starts, ENT_OPTIONAL),
  TIME (EntApiBookingLink, expires, ENT_REQUIRED),
  STRING (EntApiBookingLink, token, ENT_OPTIONAL, ENT_MAX_TOKEN),
  STRING (EntApiBookingLink, link, ENT_OPTIONAL, ENT_MAX_URL),
};
ENT_STRUCT_DEFINE (EntApiBookingLink, ent_api_booking_link)

static const EntField ent_api_booking_link_list_fields[] = {
  LIST (EntApiBookingLinkList, items, ENT_MAX_LIST, &ent_api_booking_link_struct),
  STRING (EntApiBookingLinkList, next, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiBookingLinkList, ent_api_booking_link_list)

static const EntField ent_api_guest_booking_fields[] = {
  STRING (EntApiGuestBooking, token, ENT_REQUIRED, ENT_MAX_TOKEN),
  TIME (EntApiGuestBooking, starts, ENT_OPTIONAL),
  STRING (EntApiGuestBooking, zone, ENT_OPTIONAL, 64),
  STRING (EntApiGuestBooking, locale, ENT_OPTIONAL, 35),
  STRING (EntApiGuestBooking, reason, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntApiGuestBooking, ent_api_guest_booking)

static const EntField ent_api_guest_view_fields[] = {
  STRING (EntApiGuestView, org_name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiGuestView, title, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiGuestView, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiGuestView, host_name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiGuestView, zone, ENT_OPTIONAL, 64),
  LIST (EntApiGuestView, openings, ENT_MAX_LIST, &ent_api_opening_struct),
  ENT_FIELD_STRUCT_OF (EntApiGuestView,
    interview,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_api_interview_struct),
  STRING (EntApiGuestView, join_link, ENT_OPTIONAL, ENT_MAX_URL),
};
ENT_STRUCT_DEFINE (EntApiGuestView, ent_api_guest_view)

const char *const ent_api_notice_nicks[] = { "booked", "moved", "cancelled", "day-before", "soon",
  NULL };

static const EntField ent_api_notification_fields[] = {
  ID (EntApiNotification, id, ENT_REQUIRED),
  TIME (EntApiNotification, at, ENT_REQUIRED),
  ENT_FIELD_ENUM_OF (EntApiNotification, kind, ENT_REQUIRED, ent_api_notice_nicks),
  ID (EntApiNotification, interview, ENT_REQUIRED),
  STRING (EntApiNotification, title, ENT_OPTIONAL, ENT_MAX_NAME),
  TIME (EntApiNotification, starts, ENT_REQUIRED),
  STRING (EntApiNotification, reason, ENT_OPTIONAL, ENT_MAX_TEXT),
  TIME (EntApiNotification, read, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiNotification, ent_api_notification)

static const EntField ent_api_notification_list_fields[] = {
  LIST (EntApiNotificationList, items, ENT_MAX_LIST, &ent_api_notification_struct),
  STRING (EntApiNotificationList, next, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiNotificationList, ent_api_notification_list)

static const EntField ent_api_read_fields[] = {
  ID (EntApiRead, id, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiRead, ent_api_read)

static const EntField ent_api_feed_fields[] = {
  STRING (EntApiFeed, url, ENT_REQUIRED, ENT_MAX_URL),
};
ENT_STRUCT_DEFINE (EntApiFeed, ent_api_feed)
