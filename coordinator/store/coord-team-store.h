#pragma once

#include "protocol/ent-api-people.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Teams of an organisation. */

/* COORD_ERROR_CONFLICT when the organisation has one of this name. */
gboolean coord_team_store_add (CoordDb *db,
  const char *id,
  const char *org_id,
  const char *name,
  gint64 now_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND; COORD_ERROR_CONFLICT for a name that is taken. */
gboolean coord_team_store_rename (CoordDb *db,
  const char *org_id,
  const char *id,
  const char *name,
  GError **error);

/* COORD_ERROR_NOT_FOUND, also for the team of another organisation. */
EntApiTeam *coord_team_store_find (CoordDb *db, const char *org_id, const char *id, GError **error);

/* In the order of ids (GPtrArray of EntApiTeam, owned). */
GPtrArray *
coord_team_store_list (CoordDb *db, const char *org_id, const CoordPage *page, GError **error);

/* Its members are in no team then. */
gboolean coord_team_store_remove (CoordDb *db, const char *org_id, const char *id, GError **error);

G_END_DECLS
