/* What people are told, and calendars. */

#include <string.h>

#include "http/coord-routes.h"
#include "protocol/ent-api-schedule.h"
#include "service/coord-notice-service.h"

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

  coord_request_reply_text (request, 200, "text/calendar; charset=utf-8", text);
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

/* The address ends with .ics, so that programs see what it is. */
static gpointer
write_feed (CoordCall *call, GError **error)
{
  const char *name = coord_request_get_parameter (call->request, "token");
  const char *end = strrchr (name, '.');
  g_autofree char *token =
    g_strcmp0 (end, ".ics") == 0 ? g_strndup (name, end - name) : g_strdup (name);

  return coord_notice_service_write_feed (
    call->db, token, call->services->origin, call->now_us, error);
}

static void
show_feed (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, write_feed, g_free, calendar_written, NULL, NULL);
}

/* An answer with an address that is a secret is not kept, so its POST takes no Idempotency-Key. */
static const CoordRoute routes[] = {
  { "GET", "/api/notifications", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = list_notifications, .answer = &ent_api_notification_list_struct },
  { "POST", "/api/notifications/read", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = mark_read,
    .work = COORD_WORK_WRITE, .body = &ent_api_read_struct },
  { "GET", "/api/interviews/{id}/invite.ics", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .handler = show_entry },
  { "POST", "/api/me/calendar", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = make_feed,
    .work = COORD_WORK_WRITE, .answer = &ent_api_feed_struct },
  { "DELETE", "/api/me/calendar", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = end_feed,
    .work = COORD_WORK_WRITE },
  { "GET", "/api/calendar/{token}", COORD_CALLER_NONE, COORD_LIMIT_GENERAL, .handler = show_feed },
};

void
coord_routes_add_notices (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
