#include "http/coord-routes.h"
#include "protocol/ent-api-people.h"
#include "service/coord-org-invite-service.h"
#include "service/coord-org-service.h"
#include "service/coord-permission.h"
#include "service/coord-team-service.h"

static gpointer
list_orgs (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_org_service_list (call->db, call->caller, &page, error);
}

static gpointer
create_org (CoordCall *call, GError **error)
{
  return coord_org_service_create (call->db, call->caller, call->body,
    call->services->config->may_anyone_create_orgs, call->now_us, error);
}

static gpointer
list_members (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_org_service_list_members (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), &page, error);
}

static gpointer
list_colleagues (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_org_service_list_colleagues (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), &page, error);
}

static gpointer
set_member (CoordCall *call, GError **error)
{
  return coord_org_service_set_member (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->now_us, error);
}

static gpointer
remove_member (CoordCall *call, GError **error)
{
  coord_org_service_remove_member (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"),
    coord_request_get_parameter (call->request, "user"), call->now_us, error);
  return NULL;
}

static gpointer
show_org (CoordCall *call, GError **error)
{
  return coord_org_service_show (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), error);
}

static gpointer
change_org (CoordCall *call, GError **error)
{
  return coord_org_service_change (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->version, call->now_us,
    error);
}

static gpointer
list_teams (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_team_service_list (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), &page, error);
}

static gpointer
add_team (CoordCall *call, GError **error)
{
  return coord_team_service_add (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->now_us, error);
}

static gpointer
rename_team (CoordCall *call, GError **error)
{
  return coord_team_service_rename (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"),
    coord_request_get_parameter (call->request, "team"), call->body, call->version, call->now_us,
    error);
}

static gpointer
remove_team (CoordCall *call, GError **error)
{
  coord_team_service_remove (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"),
    coord_request_get_parameter (call->request, "team"), call->now_us, error);
  return NULL;
}

static gpointer
list_invites (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_org_invite_service_list (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), &page, call->now_us, error);
}

static gpointer
add_invite (CoordCall *call, GError **error)
{
  return coord_org_invite_service_add (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->services->origin,
    call->now_us, error);
}

static gpointer
revoke_invite (CoordCall *call, GError **error)
{
  coord_org_invite_service_revoke (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"),
    coord_request_get_parameter (call->request, "invite"), call->now_us, error);
  return NULL;
}

static gpointer
accept_invite (CoordCall *call, GError **error)
{
  const EntApiToken *body = call->body;

  return coord_org_invite_service_accept (call->db, call->caller, body->token, call->now_us, error);
}

/* Needs no database, but the caller is looked up there. */
static gpointer
list_permissions (CoordCall *call, GError **error)
{
  return coord_permission_list ();
}

#define SIGNED_IN COORD_CALLER_ANY, COORD_LIMIT_GENERAL
#define WRITES .work = COORD_WORK_WRITE

/* An answer with an invitation's token is not kept, so its POST takes no Idempotency-Key. */
static const CoordRoute routes[] = {
  { "GET", "/api/permissions", SIGNED_IN, .service = list_permissions,
    .answer = &ent_api_permission_list_struct },
  { "GET", "/api/orgs", SIGNED_IN, .service = list_orgs, .answer = &ent_api_org_list_struct },
  { "POST", "/api/orgs", SIGNED_IN, .service = create_org, WRITES, .body = &ent_api_org_struct,
    .answer = &ent_api_org_struct, .status = 201 },
  { "GET", "/api/orgs/{id}", SIGNED_IN, .service = show_org, .answer = &ent_api_org_struct },
  { "PATCH", "/api/orgs/{id}", SIGNED_IN, .service = change_org, WRITES,
    .body = &ent_api_org_change_struct, .answer = &ent_api_org_struct, .is_versioned = TRUE },
  { "GET", "/api/orgs/{id}/members", SIGNED_IN, .service = list_members,
    .answer = &ent_api_member_list_struct },
  { "POST", "/api/orgs/{id}/members", SIGNED_IN, .service = set_member, WRITES,
    .body = &ent_api_member_struct, .answer = &ent_api_member_struct, .status = 201 },
  { "DELETE", "/api/orgs/{id}/members/{user}", SIGNED_IN, .service = remove_member, WRITES },
  { "GET", "/api/orgs/{id}/colleagues", SIGNED_IN, .service = list_colleagues,
    .answer = &ent_api_colleague_list_struct },
  { "GET", "/api/orgs/{id}/teams", SIGNED_IN, .service = list_teams,
    .answer = &ent_api_team_list_struct },
  { "POST", "/api/orgs/{id}/teams", SIGNED_IN, .service = add_team, WRITES,
    .body = &ent_api_new_team_struct, .answer = &ent_api_team_struct, .status = 201 },
  { "PATCH", "/api/orgs/{id}/teams/{team}", SIGNED_IN, .service = rename_team, WRITES,
    .body = &ent_api_new_team_struct, .answer = &ent_api_team_struct, .is_versioned = TRUE },
  { "DELETE", "/api/orgs/{id}/teams/{team}", SIGNED_IN, .service = remove_team, WRITES },
  { "GET", "/api/orgs/{id}/invites", SIGNED_IN, .service = list_invites,
    .answer = &ent_api_org_invite_list_struct },
  { "POST", "/api/orgs/{id}/invites", SIGNED_IN, .service = add_invite, WRITES,
    .body = &ent_api_new_org_invite_struct, .answer = &ent_api_org_invite_struct },
  { "DELETE", "/api/orgs/{id}/invites/{invite}", SIGNED_IN, .service = revoke_invite, WRITES },
  { "POST", "/api/invites/accept", SIGNED_IN, .service = accept_invite, WRITES,
    .body = &ent_api_token_struct, .answer = &ent_api_membership_struct },
};

void
coord_routes_add_orgs (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
