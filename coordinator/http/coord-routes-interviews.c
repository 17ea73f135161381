/* Interviews, what becomes of them, and their invitations. */

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "service/coord-interview-service.h"
#include "service/coord-invitation-service.h"
#include "store/coord-error.h"

static gpointer
book (CoordCall *call, GError **error)
{
  CoordTimes times = coord_routes_get_times (call);

  return coord_booking_service_book (
    call->db, call->caller, call->body, &times, call->events, error);
}

static gpointer
list_my_interviews (CoordCall *call, GError **error)
{
  const char *when = coord_request_get_query (call->request, "when");
  CoordTimes times = coord_routes_get_times (call);
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
  CoordTimes times = coord_routes_get_times (call);

  return coord_booking_service_show (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), &times, error);
}

static gpointer
list_interviews (CoordCall *call, GError **error)
{
  const char *org = coord_request_get_query (call->request, "org");
  CoordTimes times = coord_routes_get_times (call);
  guint limit;

  if (!coord_routes_read_limit (call->request, &limit, error))
    return NULL;
  if (org == NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, "'org' is needed: ?org=ID");
    return NULL;
  }
  return coord_booking_service_list_of_org (call->db, call->caller, org,
    coord_request_get_query (call->request, "after"), limit, &times, error);
}

static gpointer
move_interview (CoordCall *call, GError **error)
{
  CoordTimes times = coord_routes_get_times (call);

  return coord_interview_service_move (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->version, &times,
    call->events, error);
}

static gpointer
cancel_interview (CoordCall *call, GError **error)
{
  const EntApiReason *body = call->body;
  CoordTimes times = coord_routes_get_times (call);

  return coord_interview_service_cancel (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), body->reason, call->version, &times,
    call->events, error);
}

static gpointer
set_no_show (CoordCall *call, GError **error)
{
  const EntApiReason *body = call->body;
  CoordTimes times = coord_routes_get_times (call);

  return coord_interview_service_set_no_show (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), body->reason, call->version, &times, error);
}

static gpointer
list_history (CoordCall *call, GError **error)
{
  return coord_interview_service_list_history (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), error);
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
  CoordTimes times = coord_routes_get_times (call);

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
  { "POST", "/api/interviews", SIGNED_IN, .service = book, WRITES, .body = &ent_api_booking_struct,
    .answer = &ent_api_interview_answer_struct, .status = 201 },
  { "GET", "/api/interviews/my", SIGNED_IN, .service = list_my_interviews,
    .answer = &ent_api_interview_list_struct, .query = "when" },
  { "GET", "/api/interviews/{id}", SIGNED_IN, .service = show_interview,
    .answer = &ent_api_interview_answer_struct },
  { "GET", "/api/interviews", SIGNED_IN, .service = list_interviews,
    .answer = &ent_api_interview_list_struct, .query = "org" },
  { "PATCH", "/api/interviews/{id}/reschedule", SIGNED_IN, .service = move_interview, WRITES,
    .body = &ent_api_reschedule_struct, .answer = &ent_api_interview_answer_struct,
    .is_versioned = TRUE },
  { "PATCH", "/api/interviews/{id}/cancel", SIGNED_IN, .service = cancel_interview, WRITES,
    .body = &ent_api_reason_struct, .answer = &ent_api_interview_answer_struct,
    .is_versioned = TRUE },
  { "PATCH", "/api/interviews/{id}/no-show", SIGNED_IN, .service = set_no_show, WRITES,
    .body = &ent_api_reason_struct, .answer = &ent_api_interview_answer_struct,
    .is_versioned = TRUE },
  { "GET", "/api/interviews/{id}/history", SIGNED_IN, .service = list_history,
    .answer = &ent_api_history_struct },
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
