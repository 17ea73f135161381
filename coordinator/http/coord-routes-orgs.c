#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "service/coord-org-service.h"

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
set_member (CoordCall *call, GError **error)
{
  return coord_org_service_set_member (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), call->body, call->now_us, error);
}

static const CoordRoute routes[] = {
  { "GET", "/api/orgs", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_orgs,
    .answer = &ent_api_org_list_struct },
  { "POST", "/api/orgs", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = create_org,
    .work = COORD_WORK_WRITE, .body = &ent_api_org_struct, .answer = &ent_api_org_struct,
    .status = 201 },
  { "GET", "/api/orgs/{id}/members", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_members,
    .answer = &ent_api_member_list_struct },
  { "POST", "/api/orgs/{id}/members", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = set_member,
    .work = COORD_WORK_WRITE, .body = &ent_api_member_struct, .answer = &ent_api_member_struct,
    .status = 201 },
};

void
coord_routes_add_orgs (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
