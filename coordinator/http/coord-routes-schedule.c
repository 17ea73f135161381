/* Free hours, appointments that are offered, and links to book with. */

#include "http/coord-routes.h"
#include "protocol/ent-api-schedule.h"
#include "protocol/ent-time.h"
#include "service/coord-availability-service.h"
#include "service/coord-booking-link-service.h"
#include "service/coord-slot-service.h"
#include "store/coord-error.h"

#define WINDOW_US (14 * G_TIME_SPAN_DAY)
#define MAX_OPENINGS 200

static const char *
get_id (const CoordCall *call)
{
  return coord_request_get_parameter (call->request, "id");
}

static gpointer
show_availability (CoordCall *call, GError **error)
{
  return coord_availability_service_show (call->db, call->caller, get_id (call),
    coord_request_get_parameter (call->request, "user"), error);
}

static gpointer
set_availability (CoordCall *call, GError **error)
{
  return coord_availability_service_set (call->db, call->caller, get_id (call),
    coord_request_get_parameter (call->request, "user"), call->body, call->version, call->now_us,
    error);
}

/* A time of the query, or the one that stands for it when it is absent. */
static gboolean
read_time (const CoordCall *call,
  const char *name,
  gint64 absent_us,
  gint64 *time_us,
  GError **error)
{
  const char *text = coord_request_get_query (call->request, name);

  *time_us = absent_us;
  if (text == NULL || ent_time_parse (text, time_us))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "'%s' must be a time like 2026-03-29T01:30:00Z.", name);
  return FALSE;
}

static gpointer
list_openings (CoordCall *call, GError **error)
{
  const char *people = coord_request_get_query (call->request, "interviewers");
  const char *any = coord_request_get_query (call->request, "any");
  g_auto (GStrv) interviewers = g_strsplit (people != NULL ? people : "", ",", -1);
  CoordSearch search = {
    .interviewers = interviewers, .is_any = g_strcmp0 (any, "1") == 0, .limit = MAX_OPENINGS
  };

  if (!read_time (call, "from", call->now_us, &search.from_us, error) ||
      !read_time (call, "to", search.from_us + WINDOW_US, &search.until_us, error))
    return NULL;
  return coord_availability_service_search (
    call->db, call->caller, get_id (call), &search, call->now_us, error);
}

static gpointer
list_slots (CoordCall *call, GError **error)
{
  guint limit;

  if (!coord_routes_read_limit (call->request, &limit, error))
    return NULL;
  return coord_slot_service_list (call->db, call->caller,
    coord_request_get_query (call->request, "after"), limit, call->now_us, error);
}

static gpointer
add_slot (CoordCall *call, GError **error)
{
  return coord_slot_service_add (call->db, call->caller, call->body, call->now_us, error);
}

static gpointer
add_series (CoordCall *call, GError **error)
{
  return coord_slot_service_add_series (call->db, call->caller, call->body, call->now_us, error);
}

static gpointer
change_slot (CoordCall *call, GError **error)
{
  return coord_slot_service_change (
    call->db, call->caller, get_id (call), call->body, call->version, call->now_us, error);
}

static gpointer
remove_slot (CoordCall *call, GError **error)
{
  const char *rest = coord_request_get_query (call->request, "rest");

  coord_slot_service_remove (call->db, call->caller, get_id (call), g_strcmp0 (rest, "1") == 0,
    call->version, call->now_us, error);
  return NULL;
}

static gpointer
list_links (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_booking_link_service_list (call->db, call->caller, get_id (call), &page, error);
}

static gpointer
add_link (CoordCall *call, GError **error)
{
  return coord_booking_link_service_add (
    call->db, call->caller, get_id (call), call->body, call->services->origin, call->now_us, error);
}

static gpointer
revoke_link (CoordCall *call, GError **error)
{
  coord_booking_link_service_revoke (call->db, call->caller, get_id (call),
    coord_request_get_parameter (call->request, "link"), call->now_us, error);
  return NULL;
}

static gpointer
show_booking (CoordCall *call, GError **error)
{
  CoordTimes times = coord_routes_get_times (call);

  return coord_booking_link_service_show (call->db, call->body, &times, error);
}

static gpointer
book_as_guest (CoordCall *call, GError **error)
{
  CoordTimes times = coord_routes_get_times (call);

  return coord_booking_link_service_book (
    call->db, call->body, call->services->origin, &times, call->events, error);
}

static gpointer
move_as_guest (CoordCall *call, GError **error)
{
  CoordTimes times = coord_routes_get_times (call);

  return coord_booking_link_service_move (call->db, call->body, &times, call->events, error);
}

static gpointer
cancel_as_guest (CoordCall *call, GError **error)
{
  CoordTimes times = coord_routes_get_times (call);

  return coord_booking_link_service_cancel (call->db, call->body, &times, call->events, error);
}

#define SIGNED_IN COORD_CALLER_ANY, COORD_LIMIT_GENERAL
#define WRITES .work = COORD_WORK_WRITE
#define GUEST(func) \
  COORD_CALLER_NONE, COORD_LIMIT_GENERAL, .service = func, .body = &ent_api_guest_booking_struct, \
                                          .answer = &ent_api_guest_view_struct

/* An answer with a link's token is not kept, so its POST takes no Idempotency-Key. */
static const CoordRoute routes[] = {
  { "GET", "/api/orgs/{id}/availability/{user}", SIGNED_IN, .service = show_availability,
    .answer = &ent_api_availability_struct },
  { "PUT", "/api/orgs/{id}/availability/{user}", SIGNED_IN, .service = set_availability, WRITES,
    .body = &ent_api_availability_struct, .answer = &ent_api_availability_struct,
    .is_versioned = TRUE },
  { "GET", "/api/orgs/{id}/openings", SIGNED_IN, .service = list_openings,
    .query = "interviewers any from to", .answer = &ent_api_openings_struct },
  { "GET", "/api/slots", SIGNED_IN, .service = list_slots, .answer = &ent_api_slot_list_struct },
  { "POST", "/api/slots", SIGNED_IN, .service = add_slot, WRITES, .body = &ent_api_new_slot_struct,
    .answer = &ent_api_slot_struct, .status = 201 },
  { "POST", "/api/slots/series", SIGNED_IN, .service = add_series, WRITES,
    .body = &ent_api_new_series_struct, .answer = &ent_api_series_struct, .status = 201 },
  { "PATCH", "/api/slots/{id}", SIGNED_IN, .service = change_slot, WRITES,
    .body = &ent_api_slot_change_struct, .answer = &ent_api_slot_struct, .is_versioned = TRUE },
  { "DELETE", "/api/slots/{id}", SIGNED_IN, .service = remove_slot, WRITES, .query = "rest",
    .is_versioned = TRUE },
  { "GET", "/api/orgs/{id}/booking-links", SIGNED_IN, .service = list_links,
    .answer = &ent_api_booking_link_list_struct },
  { "POST", "/api/orgs/{id}/booking-links", SIGNED_IN, .service = add_link, WRITES,
    .body = &ent_api_new_booking_link_struct, .answer = &ent_api_booking_link_struct },
  { "DELETE", "/api/orgs/{id}/booking-links/{link}", SIGNED_IN, .service = revoke_link, WRITES },
  { "POST", "/api/book/show", GUEST (show_booking) },
  { "POST", "/api/book", GUEST (book_as_guest), WRITES },
  { "POST", "/api/book/reschedule", GUEST (move_as_guest), WRITES },
  { "POST", "/api/book/cancel", GUEST (cancel_as_guest), WRITES },
};

void
coord_routes_add_schedule (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
