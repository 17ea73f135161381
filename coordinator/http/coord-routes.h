#pragma once

#include "http/coord-router.h"

G_BEGIN_DECLS

/* One function per resource; each adds its table. */
void coord_routes_add_accounts (CoordRouter *router);
void coord_routes_add_me (CoordRouter *router);
void coord_routes_add_keys (CoordRouter *router);
void coord_routes_add_orgs (CoordRouter *router);
void coord_routes_add_interviews (CoordRouter *router);
void coord_routes_add_rooms (CoordRouter *router);
void coord_routes_add_health (CoordRouter *router);
void coord_routes_add_metrics (CoordRouter *router);

/* What lists have in common: ?limit= (50, at most 200); COORD_ERROR_INVALID. */
gboolean coord_routes_read_limit (CoordRequest *request, guint *limit, GError **error);

G_END_DECLS
