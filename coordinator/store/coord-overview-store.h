#pragma once

#include "protocol/ent-api-admin.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Numbers of the whole installation. Counts whole tables: some milliseconds for a large one. */
EntApiOverview *coord_overview_store_read (CoordDb *db, gint64 now_us, GError **error);

G_END_DECLS
