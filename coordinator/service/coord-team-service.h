#pragma once

#include "protocol/ent-api-people.h"
#include "service/coord-caller.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Teams: what a lead sees and manages is that of their own team. */
EntApiTeamList *coord_team_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error);

EntApiTeam *coord_team_service_add (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewTeam *request,
  gint64 now_us,
  GError **error);

EntApiTeam *coord_team_service_rename (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  const EntApiNewTeam *request,
  gint64 version,
  gint64 now_us,
  GError **error);

gboolean coord_team_service_remove (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error);

G_END_DECLS
