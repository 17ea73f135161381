#include "service/coord-notice-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "calendar/coord-ics.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-booking-service.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-job-store.h"
#include "store/coord-notice-store.h"

#define MAX_FEED 200
#define FEED_PAST_US (30 * G_TIME_SPAN_DAY)

/* Replaced when it is sent: what is written here does not know how the server is called. */
#define ORIGIN "{origin}"
#define FROM "{from}"

static const int reminder_minutes[] = { 24 * 60, 30 };

static CoordIcsEvent
make_event (const CoordInterview *interview, const char *uid, const char *url, gint64 now_us)
{
  return (CoordIcsEvent){ .uid = uid,
    .sequence = interview->sequence,
    .starts_us = interview->starts_at_us,
    .ends_us = interview->ends_at_us,
    .made_at_us = now_us,
    .summary = interview->title,
    .url = url,
    .is_cancelled = g_strcmp0 (interview->state, "cancelled") == 0 };
}

static char *
make_uid (const CoordInterview *interview)
{
  return g_strconcat (interview->id, "@entrevue", NULL);
}

static gboolean
add_mail (CoordDb *db,
  const CoordInterview *interview,
  const CoordRecipient *to,
  CoordNoticeKind kind,
  const char *reason,
  const char *link,
  gint64 now_us,
  GError **error)
{
  const CoordNoticeText words = { kind, to->locale, to->zone, to->name, interview->title,
    interview->org_name, interview->interviewer_name, reason, link, interview->starts_at_us,
    interview->ends_at_us };
  g_autofree char *id = ent_id_new ();
  g_autofree char *uid = make_uid (interview);
  g_autofree char *subject = coord_notice_text_make_subject (&words);
  g_autofree char *text = coord_notice_text_make_text (&words);
  g_autofree char *html = coord_notice_text_make_html (&words);
  g_autofree char *calendar = NULL;
  CoordIcsEvent event = make_event (interview, uid, NULL, now_us);
  const char *method = kind == COORD_NOTICE_CANCELLED ? "CANCEL" : "REQUEST";
  CoordMail mail = { id, to->name, to->email, subject, text, html, NULL, NULL };

  if (!coord_mail_is_address (to->email))
    return TRUE; /* an account of an operator, who gets no mail */
  if (kind <= COORD_NOTICE_CANCELLED) {
    event.organizer = FROM;
    event.attendee = to->email;
    event.attendee_name = to->name;
    calendar = coord_ics_write (&event, method);
    mail.calendar = calendar;
    mail.method = method;
  }
  return coord_outbox_store_add (db, &mail, now_us, error);
}

static gboolean
tell_one (CoordDb *db,
  const CoordInterview *interview,
  const CoordRecipient *to,
  CoordNoticeKind kind,
  const char *reason,
  const char *guest_link,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autofree char *own_link = kind != COORD_NOTICE_CANCELLED && to->person_id != NULL
                                ? g_strconcat (ORIGIN "/join/", interview->room_id, NULL)
                                : NULL;
  g_autofree char *id = NULL;

  if (!add_mail (db, interview, to, kind, reason, to->person_id != NULL ? own_link : guest_link,
        now_us, error))
    return FALSE;
  if (to->person_id == NULL)
    return TRUE;
  id = coord_notification_store_add (db, to->person_id, ent_api_notice_nicks[kind], interview->id,
    interview->starts_at_us, reason, now_us, error);
  if (id == NULL)
    return FALSE;
  g_ptr_array_add (events, coord_event_new (COORD_EVENT_PERSON_TOLD, NULL, to->person_id, id));
  return TRUE;
}

static gboolean
tell_all (CoordDb *db,
  const CoordInterview *interview,
  CoordNoticeKind kind,
  const char *reason,
  const char *guest_link,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (GPtrArray) people = coord_notice_store_list_recipients (db, interview->id, error);

  for (guint i = 0; people != NULL && i < people->len; i++)
    if (!tell_one (
          db, interview, people->pdata[i], kind, reason, guest_link, now_us, events, error))
      return FALSE;
  return people != NULL;
}

gboolean
coord_notice_service_tell (CoordDb *db,
  const char *interview_id,
  CoordNoticeKind kind,
  const char *reason,
  const char *guest_link,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    coord_booking_store_find_interview (db, interview_id, "", error);

  if (interview == NULL ||
      !tell_all (db, interview, kind, reason, guest_link, now_us, events, error))
    return FALSE;
  for (guint i = 0; kind != COORD_NOTICE_CANCELLED && i < G_N_ELEMENTS (reminder_minutes); i++) {
    g_autofree char *subject = g_strdup_printf ("%s:%d", interview_id, reminder_minutes[i]);
    gint64 due_us = interview->starts_at_us - reminder_minutes[i] * G_TIME_SPAN_MINUTE;

    if (due_us > now_us && !coord_job_store_put (db, COORD_JOB_REMINDER, subject, due_us, error))
      return FALSE;
  }
  return TRUE;
}

/* Whether a later reminder is due as well: after a sleep people are not told twice at once. */
static gboolean
is_overtaken (gint64 starts_us, gint64 before_us, gint64 now_us)
{
  for (guint i = 0; i < G_N_ELEMENTS (reminder_minutes); i++) {
    gint64 other_us = reminder_minutes[i] * G_TIME_SPAN_MINUTE;

    if (other_us < before_us && now_us >= starts_us - other_us)
      return TRUE;
  }
  return FALSE;
}

gint64
coord_notice_service_remind (CoordDb *db,
  const char *subject,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  const char *colon = strchr (subject, ':');
  g_autofree char *id = colon != NULL ? g_strndup (subject, colon - subject) : g_strdup (subject);
  gint64 before_us =
    (colon != NULL ? g_ascii_strtoll (colon + 1, NULL, 10) : 0) * G_TIME_SPAN_MINUTE;
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordInterview) interview = coord_booking_store_find_interview (db, id, "", &failure);

  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return -1;
  }
  if (interview == NULL || !coord_interview_is_booked (interview) ||
      now_us >= interview->starts_at_us ||
      is_overtaken (interview->starts_at_us, before_us, now_us))
    return 0;
  if (now_us < interview->starts_at_us - before_us)
    return interview->starts_at_us - before_us;
  return tell_all (db, interview,
           before_us >= G_TIME_SPAN_DAY ? COORD_NOTICE_DAY_BEFORE : COORD_NOTICE_SOON, NULL, NULL,
           now_us, events, error)
           ? 0
           : -1;
}

EntApiNotificationList *
coord_notice_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  GError **error)
{
  GPtrArray *items = coord_notification_store_list (db, caller->user_id, page, error);
  EntApiNotificationList *list;

  if (items == NULL)
    return NULL;
  list = ent_api_notification_list_new ();
  list->items = items;
  list->next = coord_page_get_next (page, items, G_STRUCT_OFFSET (EntApiNotification, id));
  return list;
}

gboolean
coord_notice_service_mark_read (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gint64 now_us,
  GError **error)
{
  return coord_notification_store_mark_read (db, caller->user_id, id, now_us, error);
}

/* Calendars. */

char *
coord_notice_service_write_entry (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const char *origin,
  gint64 now_us,
  GError **error)
{
  const CoordTimes times = { .now_us = now_us };
  g_autoptr (EntApiInterviewAnswer) allowed =
    coord_booking_service_show (db, caller, interview_id, &times, error);
  g_autoptr (CoordInterview) interview =
    allowed != NULL ? coord_booking_store_find_interview (db, interview_id, caller->user_id, error)
                    : NULL;
  g_autofree char *uid = NULL;
  g_autofree char *url = NULL;
  CoordIcsEvent event;

  if (interview == NULL)
    return NULL;
  uid = make_uid (interview);
  url = ent_link_uri_build_web (origin, interview->room_id, NULL);
  event = make_event (interview, uid, url, now_us);
  return coord_ics_write (&event, "PUBLISH");
}

EntApiFeed *
coord_notice_service_make_feed (CoordDb *db,
  const CoordCaller *caller,
  const char *origin,
  gint64 now_us,
  GError **error)
{
  g_autofree char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  g_autofree char *web = NULL;
  EntApiFeed *feed;

  if (!coord_feed_store_set (db, caller->user_id, hash, now_us, error))
    return NULL;
  feed = ent_api_feed_new ();
  web = ent_place_split (origin, NULL);
  feed->url = g_strdup_printf ("%s/api/calendar/%s.ics", web, token);
  return feed;
}

gboolean
coord_notice_service_end_feed (CoordDb *db, const CoordCaller *caller, GError **error)
{
  return coord_feed_store_set (db, caller->user_id, NULL, 0, error);
}

/* The texts of an event that the interview does not have. */
typedef struct {
  CoordIcsEvent event;
  char *uid;
  char *url;
} Entry;

static void
entry_free (Entry *entry)
{
  g_free (entry->uid);
  g_free (entry->url);
  g_free (entry);
}

static gboolean
add_entries (CoordDb *db,
  const char *person_id,
  gboolean is_past,
  const char *origin,
  gint64 now_us,
  GPtrArray *interviews,
  GPtrArray *entries,
  GError **error)
{
  const CoordRange range = {
    .from_us = now_us, .until_us = now_us, .after_id = "", .limit = MAX_FEED
  };
  g_autoptr (GPtrArray) found =
    coord_booking_store_list_interviews (db, person_id, is_past, &range, error);

  for (guint i = 0; found != NULL && i < found->len; i++) {
    const CoordInterview *interview = found->pdata[i];
    Entry *entry;

    if (interview->ends_at_us < now_us - FEED_PAST_US)
      continue;
    entry = g_new0 (Entry, 1);
    entry->uid = make_uid (interview);
    entry->url = ent_link_uri_build_web (origin, interview->room_id, NULL);
    entry->event = make_event (interview, entry->uid, entry->url, now_us);
    g_ptr_array_add (entries, entry);
  }
  if (found != NULL)
    g_ptr_array_extend_and_steal (interviews, g_steal_pointer (&found));
  else
    return FALSE;
  return TRUE;
}

char *
coord_notice_service_write_feed (CoordDb *db,
  const char *token,
  const char *origin,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  g_autofree char *person_id = coord_feed_store_find (db, hash, error);
  g_autoptr (GPtrArray) interviews =
    g_ptr_array_new_with_free_func ((GDestroyNotify) coord_interview_free);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);

  if (person_id == NULL ||
      !add_entries (db, person_id, FALSE, origin, now_us, interviews, entries, error) ||
      !add_entries (db, person_id, TRUE, origin, now_us, interviews, entries, error))
    return NULL;
  return coord_ics_write_all (entries, "Entrevue");
}
