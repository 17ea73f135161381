#pragma once

#include "http/coord-router.h"
#include "service/coord-booking-service.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* One function per resource; each adds its table. */
void coord_routes_add_accounts (CoordRouter *router);
void coord_routes_add_account_links (CoordRouter *router);
void coord_routes_add_me (CoordRouter *router);
void coord_routes_add_privacy (CoordRouter *router);
void coord_routes_add_providers (CoordRouter *router);
void coord_routes_add_second_factor (CoordRouter *router);
void coord_routes_add_keys (CoordRouter *router);
void coord_routes_add_admin (CoordRouter *router);
void coord_routes_add_audit (CoordRouter *router);
void coord_routes_add_orgs (CoordRouter *router);
void coord_routes_add_schedule (CoordRouter *router);
void coord_routes_add_notices (CoordRouter *router);
void coord_routes_add_interviews (CoordRouter *router);
void coord_routes_add_rooms (CoordRouter *router);
void coord_routes_add_health (CoordRouter *router);
void coord_routes_add_metrics (CoordRouter *router);

/* Somebody at this machine, or with the operator's token: may read /metrics. */
gboolean coord_routes_is_operator (CoordRequest *request);

/* What lists have in common: ?limit= (50, at most 200); COORD_ERROR_INVALID. A page has the query's
 * cursor too, which is "" at the start. */
gboolean coord_routes_read_limit (CoordRequest *request, guint *limit, GError **error);
gboolean coord_routes_read_page (CoordRequest *request, CoordPage *page, GError **error);

/* What the configuration and the clock say of times. */
CoordTimes coord_routes_get_times (const CoordCall *call);

G_END_DECLS
