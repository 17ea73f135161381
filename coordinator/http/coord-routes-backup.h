#pragma once

#include "http/coord-router.h"
#include "jobs/coord-backups.h"

G_BEGIN_DECLS

/* Backups for site administrators. backups is borrowed and must live longer. */
void coord_routes_backup_add (CoordRouter *router, CoordBackups *backups);

G_END_DECLS
