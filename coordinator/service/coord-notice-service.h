#pragma once

#include "protocol/ent-api-schedule.h"
#include "service/coord-caller.h"
#include "service/coord-event.h"
#include "service/coord-notice-text.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Telling people: mail with a calendar entry, and notifications in the app, written in the
 * transaction of what they tell of. */

#define COORD_JOB_REMINDER "reminder" /* subject: interview's id, ':', minutes before */

/* Tells everybody with a place in the interview, and has them reminded a day and half an hour
 * before it. guest_link is the link into the room of a guest who booked, or NULL. To events
 * (CoordEvent) is added whom it has told. */
gboolean coord_notice_service_tell (CoordDb *db,
  const char *interview_id,
  CoordNoticeKind kind,
  const char *reason,
  const char *guest_link,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* The job: a reminder that comes too early waits on, one that comes too late, or when the next one
 * is due too, is not given. */
gint64 coord_notice_service_remind (CoordDb *db,
  const char *subject,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

EntApiNotificationList *coord_notice_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  GError **error);
gboolean coord_notice_service_mark_read (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gint64 now_us,
  GError **error);

/* Calendars. */

/* The entry of one interview, for who may see it; the caller owns the text. origin is what links
 * start with. */
char *coord_notice_service_write_entry (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const char *origin,
  gint64 now_us,
  GError **error);

/* A private address to subscribe to: a new one ends the old one. */
EntApiFeed *coord_notice_service_make_feed (CoordDb *db,
  const CoordCaller *caller,
  const char *origin,
  gint64 now_us,
  GError **error);
gboolean coord_notice_service_end_feed (CoordDb *db, const CoordCaller *caller, GError **error);

/* By its token alone. */
char *coord_notice_service_write_feed (CoordDb *db,
  const char *token,
  const char *origin,
  gint64 now_us,
  GError **error);

G_END_DECLS
