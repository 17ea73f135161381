#include "service/coord-team-service.h"

#include "base/ent-id.h"
#include "service/coord-permission.h"
#include "service/coord-version.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-team-store.h"

EntApiTeamList *
coord_team_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error)
{
  GPtrArray *teams;
  EntApiTeamList *list;

  if (!coord_permission_check_org (db, caller, COORD_ACTION_TEAMS_LIST, org_id, error) ||
      (teams = coord_team_store_list (db, org_id, page, error)) == NULL)
    return NULL;
  list = ent_api_team_list_new ();
  list->items = teams;
  list->next = coord_page_get_next (page, teams, G_STRUCT_OFFSET (EntApiTeam, id));
  return list;
}

/* The name that is asked for, without blanks around it; NULL when the caller may not, or there is
 * none. */
static char *
check_change (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewTeam *request,
  GError **error)
{
  g_autofree char *name = g_strstrip (g_strdup (request->name));

  if (!coord_permission_check_org (db, caller, COORD_ACTION_TEAMS_CHANGE, org_id, error))
    return NULL;
  if (*name != '\0')
    return g_steal_pointer (&name);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, "A name is needed.");
  return NULL;
}

EntApiTeam *
coord_team_service_add (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewTeam *request,
  gint64 now_us,
  GError **error)
{
  g_autofree char *name = check_change (db, caller, org_id, request, error);
  g_autofree char *id = ent_id_new ();

  if (name == NULL || !coord_team_store_add (db, id, org_id, name, now_us, error) ||
      !coord_audit_store_add (db, org_id, caller->user_id, "team.add", id, "", now_us, error))
    return NULL;
  return coord_team_store_find (db, org_id, id, error);
}

EntApiTeam *
coord_team_service_rename (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  const EntApiNewTeam *request,
  gint64 version,
  gint64 now_us,
  GError **error)
{
  g_autofree char *name = check_change (db, caller, org_id, request, error);
  g_autoptr (EntApiTeam) before = NULL;

  if (name == NULL || (before = coord_team_store_find (db, org_id, id, error)) == NULL ||
      !coord_version_check (version, before->version, error) ||
      !coord_team_store_rename (db, org_id, id, name, error) ||
      !coord_audit_store_add (db, org_id, caller->user_id, "team.rename", id, "", now_us, error))
    return NULL;
  return coord_team_store_find (db, org_id, id, error);
}

gboolean
coord_team_service_remove (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (EntApiTeam) team = NULL;

  return coord_permission_check_org (db, caller, COORD_ACTION_TEAMS_CHANGE, org_id, error) &&
         (team = coord_team_store_find (db, org_id, id, error)) != NULL &&
         coord_team_store_remove (db, org_id, id, error) &&
         coord_audit_store_add (db, org_id, caller->user_id, "team.remove", id, "", now_us, error);
}
