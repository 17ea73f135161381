#include "http/coord-routes.h"

#include "protocol/ent-limits.h"
#include "store/coord-error.h"

#define STANDARD_LIMIT 50

gboolean
coord_routes_read_limit (CoordRequest *request, guint *limit, GError **error)
{
  const char *text = coord_request_get_query (request, "limit");
  guint64 value = STANDARD_LIMIT;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, ENT_MAX_LIST, &value, NULL)) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID, "'limit' must be a number from 1 to %d.",
      ENT_MAX_LIST);
    return FALSE;
  }
  *limit = value;
  return TRUE;
}

gboolean
coord_routes_read_page (CoordRequest *request, CoordPage *page, GError **error)
{
  const char *after = coord_request_get_query (request, "after");

  page->after = after != NULL ? after : "";
  return coord_routes_read_limit (request, &page->limit, error);
}

CoordTimes
coord_routes_get_times (const CoordCall *call)
{
  const CoordConfig *config = call->services->config;

  return (CoordTimes){ call->now_us, config->room_opens_minutes * G_TIME_SPAN_MINUTE,
    config->grace_minutes * G_TIME_SPAN_MINUTE, config->change_hours * G_TIME_SPAN_HOUR };
}

void
coord_routes_add_all (CoordRouter *router)
{
  coord_routes_add_health (router);
  coord_routes_add_metrics (router);
  coord_routes_add_accounts (router);
  coord_routes_add_account_links (router);
  coord_routes_add_me (router);
  coord_routes_add_providers (router);
  coord_routes_add_second_factor (router);
  coord_routes_add_admin (router);
  coord_routes_add_privacy (router);
  coord_routes_add_keys (router);
  coord_routes_add_audit (router);
  coord_routes_add_orgs (router);
  coord_routes_add_schedule (router);
  coord_routes_add_interviews (router);
  coord_routes_add_notices (router);
  coord_routes_add_rooms (router);
}
