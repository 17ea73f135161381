/* What site administrators see and do. */

#include "http/coord-routes.h"
#include "service/coord-admin-service.h"
#include "service/coord-runner-service.h"

static gpointer
list_accounts (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_admin_service_list_accounts (
    call->db, call->caller, coord_request_get_query (call->request, "q"), &page, error);
}

static gpointer
change_account (CoordCall *call, GError **error)
{
  const EntApiAccountChange *body = coord_request_get_body (call->request);

  return coord_admin_service_set_active (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), body->active, call->now_us, error);
}

static gpointer
show_overview (CoordCall *call, GError **error)
{
  return coord_admin_service_get_overview (call->db, call->caller, call->now_us, error);
}

static gpointer
list_runners (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_runner_service_list (call->db, call->caller, &page, error);
}

static gpointer
list_images (CoordCall *call, GError **error)
{
  return coord_runner_service_list_images (call->db, call->caller, error);
}

static gpointer
drain_runner (CoordCall *call, GError **error)
{
  return coord_runner_service_drain (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), TRUE, call->now_us, error);
}

static gpointer
undrain_runner (CoordCall *call, GError **error)
{
  return coord_runner_service_drain (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), FALSE, call->now_us, error);
}

static const CoordRoute routes[] = {
  { "GET", "/api/users", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_accounts,
    .answer = &ent_api_account_list_struct, .query = "q" },
  { "PATCH", "/api/users/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = change_account,
    .work = COORD_WORK_WRITE, .body = &ent_api_account_change_struct,
    .answer = &ent_api_account_struct },
  { "GET", "/api/admin/overview", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = show_overview,
    .answer = &ent_api_overview_struct },
  { "GET", "/api/admin/runners", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_runners,
    .answer = &ent_api_runner_list_struct },
  { "GET", "/api/admin/images", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_images,
    .answer = &ent_api_image_list_struct },
  { "POST", "/api/admin/runners/{id}/drain", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = drain_runner, .work = COORD_WORK_WRITE, .answer = &ent_api_runner_struct },
  { "DELETE", "/api/admin/runners/{id}/drain", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = undrain_runner, .work = COORD_WORK_WRITE, .answer = &ent_api_runner_struct },
};

void
coord_routes_add_admin (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
