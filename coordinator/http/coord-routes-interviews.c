/* Slots, interviews and their invitations. */

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "service/coord-booking-service.h"
#include "service/coord-invitation-service.h"
#include "store/coord-error.h"

static CoordTimes
get_times (const CoordCall *call)
{
  const CoordConfig *config = call->services->config;

  return (CoordTimes){ call->now_us, config->room_opens_minutes * G_TIME_SPAN_MINUTE,
    config->grace_minutes * G_TIME_SPAN_MINUTE };
}

static gpointer
list_slots (CoordCall *call, GError **error)
{
  CoordTimes times = get_times (call);
  guint limit;

  if (!coord_routes_read_limit (call->request, &limit, error))
    return NULL;
  return coord_booking_service_list_slots (
    call->db, call->caller, coord_request_get_query (call->request, "after"), limit, &times, error);
}

static gpointer
add_slot (CoordCall *call, GError **error)
{
  CoordTimes times = get_times (call);

  return coord_booking_service_add_slot (call->db, call->caller, call->body, &times, error);
}

static gpointer
book (CoordCall *call, GError **error)
{
  CoordTimes times = get_times (call);

  return coord_booking_service_book (call->db, call->caller, call->body, &times, error);
}

static gpointer
list_my_interviews (CoordCall *call, GError **error)
{
  const char *when = coord_request_get_query (call->request, "when");
  CoordTimes times = get_times (call);
  guint limit;

  if (!coord_routes_read_limit (call->request, &limit, error))
    return NULL;
  if (when != NULL && !g_str_equal (when, "upcoming") && !g_str_equal (when, "past")) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_INVALID, "'when' must be 'upcoming' or 'past'.");
    return NULL;
  }
  return coord_booking_service_list_mine (call->db, call->caller, g_strcmp0 (when, "past") == 0,
    coord_request_get_query (call->request, "after"), limit, &times, error);
}

static gpointer
show_interview (CoordCall *call, GError **error)
{
  CoordTimes times = get_times (call);

  return coord_booking_service_show (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), &times, error);
}

static gpointer
list_invitations (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_invitation_service_list (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), &page, error);
}

static gpointer
create_invitation (CoordCall *call, GError **error)
{
  CoordTimes times = get_times (call);

  return coord_invitation_service_create (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->services->origin,
    times.grace_us, call->now_us, error);
}

static gpointer
revoke_invitation (CoordCall *call, GError **error)
{
  coord_invitation_service_revoke (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"),
    coord_request_get_parameter (call->request, "invitation"), call->now_us, call->events, error);
  return NULL;
}

#define SIGNED_IN COORD_CALLER_ANY, COORD_LIMIT_GENERAL
#define WRITES .work = COORD_WORK_WRITE

static const CoordRoute routes[] = {
  { "GET", "/api/slots", SIGNED_IN, .service = list_slots, .answer = &ent_api_slot_list_struct },
  { "POST", "/api/slots", SIGNED_IN, .service = add_slot, WRITES, .body = &ent_api_new_slot_struct,
    .answer = &ent_api_slot_struct, .status = 201 },
  { "POST", "/api/interviews", SIGNED_IN, .service = book, WRITES, .body = &ent_api_booking_struct,
    .answer = &ent_api_interview_answer_struct, .status = 201 },
  { "GET", "/api/interviews/my", SIGNED_IN, .service = list_my_interviews,
    .answer = &ent_api_interview_list_struct },
  { "GET", "/api/interviews/{id}", SIGNED_IN, .service = show_interview,
    .answer = &ent_api_interview_answer_struct },
  { "GET", "/api/interviews/{id}/invitations", SIGNED_IN, .service = list_invitations,
    .answer = &ent_api_invitation_list_struct },
  { "POST", "/api/interviews/{id}/invitations", SIGNED_IN, .service = create_invitation, WRITES,
    .body = &ent_api_new_invitation_struct, .answer = &ent_api_invitation_struct, .status = 201 },
  { "DELETE", "/api/interviews/{id}/invitations/{invitation}", SIGNED_IN,
    .service = revoke_invitation, WRITES },
};

void
coord_routes_add_interviews (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
