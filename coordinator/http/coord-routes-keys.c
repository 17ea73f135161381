/* API keys of organisations. */

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "service/coord-key-service.h"

static gpointer
list_keys (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_key_service_list (
    call->db, call->caller, coord_request_get_query (call->request, "org"), &page, error);
}

static gpointer
add_key (CoordCall *call, GError **error)
{
  return coord_key_service_add (call->db, call->caller, call->body, call->now_us, error);
}

static gpointer
revoke_key (CoordCall *call, GError **error)
{
  coord_key_service_revoke (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), call->now_us, error);
  return NULL;
}

/* No key makes keys, and a kept answer would keep one: the POST takes no Idempotency-Key. */
static const CoordRoute routes[] = {
  { "GET", "/api/keys", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_keys,
    .answer = &ent_api_key_list_struct, .query = "org" },
  { "POST", "/api/keys", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = add_key,
    .work = COORD_WORK_WRITE, .body = &ent_api_new_key_struct, .answer = &ent_api_key_struct },
  { "DELETE", "/api/keys/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = revoke_key,
    .work = COORD_WORK_WRITE },
};

void
coord_routes_add_keys (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
