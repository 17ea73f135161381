/* What people are told, and calendars. */

#include <string.h>

#include "base/ent-secret.h"
#include "http/coord-routes.h"
#include "protocol/ent-api-schedule.h"
#include "service/coord-notice-service.h"

#define CALENDAR "text/calendar; charset=utf-8"
#define FEED_COUNT 60 /* of one feed, in the time below */
#define FEED_WINDOW_S 3600

static gpointer
list_notifications (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_notice_service_list (call->db, call->caller, &page, error);
}

static gpointer
mark_read (CoordCall *call, GError **error)
{
  const EntApiRead *body = call->body;

  coord_notice_service_mark_read (call->db, call->caller, body->id, call->now_us, error);
  return NULL;
}

static gpointer
make_feed (CoordCall *call, GError **error)
{
  return coord_notice_service_make_feed (
    call->db, call->caller, call->services->origin, call->now_us, error);
}

static gpointer
end_feed (CoordCall *call, GError **error)
{
  coord_notice_service_end_feed (call->db, call->caller, error);
  return NULL;
}

static void
calendar_written (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autofree char *text = result;

  coord_request_reply_text (request, 200, CALENDAR, text);
}

static gpointer
write_entry (CoordCall *call, GError **error)
{
  return coord_notice_service_write_entry (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->services->origin, call->now_us, error);
}

static void
show_entry (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, write_entry, g_free, calendar_written, NULL, NULL);
}

/* The address ends with .ics, so that programs see what it is. The caller owns it. */
static char *
dup_feed_token (CoordRequest *request)
{
  const char *name = coord_request_get_parameter (request, "token");
  const char *end = strrchr (name, '.');

  return g_strcmp0 (end, ".ics") == 0 ? g_strndup (name, end - name) : g_strdup (name);
}

static gpointer
write_feed (CoordCall *call, GError **error)
{
  g_autofree char *token = dup_feed_token (call->request);

  return coord_notice_service_write_feed (
    call->db, token, call->services->origin, call->now_us, error);
}

/* The same for the same appointments, whenever they are asked for. The caller owns it. */
static char *
make_feed_tag (const char *text)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "DTSTAMP:"))
      g_checksum_update (sum, (const guchar *) lines[i], strlen (lines[i]) + 1);
  return g_strdup_printf ("W/\"%.32s\"", g_checksum_get_string (sum));
}

static void
feed_written (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autofree char *text = result;
  g_autofree char *tag = make_feed_tag (text);
  const char *known = coord_request_get_header (request, "If-None-Match");

  coord_request_set_header (request, "ETag", tag);
  if (known != NULL && strstr (known, tag) != NULL)
    coord_request_reply_text (request, 304, NULL, NULL);
  else
    coord_request_reply_text (request, 200, CALENDAR, text);
}

/* Programs ask by themselves, some of them far too often. */
static void
show_feed (CoordRequest *request, gpointer data)
{
  g_autofree char *token = dup_feed_token (request);
  g_autofree char *hash = ent_secret_hash (token);
  g_autofree char *subject = g_strconcat ("feed:", hash, NULL);

  if (coord_request_count (request, subject, FEED_COUNT, FEED_WINDOW_S))
    coord_request_work (request, FALSE, write_feed, g_free, feed_written, NULL, NULL);
}

/* An answer with an address that is a secret is not kept, so its POST takes no Idempotency-Key. */
static const CoordRoute routes[] = {
  { "GET", "/api/notifications", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = list_notifications, .answer = &ent_api_notification_list_struct },
  { "POST", "/api/notifications/read", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = mark_read,
    .work = COORD_WORK_WRITE, .body = &ent_api_read_struct },
  { "GET", "/api/interviews/{id}/invite.ics", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .handler = show_entry, .media_type = "text/calendar" },
  { "POST", "/api/me/calendar", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = make_feed,
    .work = COORD_WORK_WRITE, .answer = &ent_api_feed_struct },
  { "DELETE", "/api/me/calendar", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = end_feed,
    .work = COORD_WORK_WRITE },
  { "GET", "/api/calendar/{token}", COORD_CALLER_NONE, COORD_LIMIT_GENERAL, .handler = show_feed,
    .media_type = "text/calendar" },
};

void
coord_routes_add_notices (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
