#include "service/coord-org-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "protocol/ent-limits.h"
#include "service/coord-permission.h"
#include "service/coord-version.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "store/coord-team-store.h"

static const char *const no_such_org = "There is no such organisation.";

const char *
coord_zone_find_fault (const char *zone)
{
  g_autoptr (GTimeZone) known = g_time_zone_new_identifier (zone);

  return known != NULL && strlen (zone) <= 64 ? NULL
                                              : "This is not a time zone, such as Europe/Berlin.";
}

EntApiOrg *
coord_org_service_create (CoordDb *db,
  const CoordCaller *caller,
  const EntApiOrg *request,
  gboolean is_open,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  const char *zone = request->zone != NULL ? request->zone : "UTC";
  g_autofree char *name = g_strstrip (g_strdup (request->name));
  g_autofree char *id = ent_id_new ();
  EntApiOrg *org;

  if (person == NULL)
    return NULL;
  if (!person->is_site_admin && !is_open) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
      coord_permission_get_refusal (COORD_ACTION_ORG_CREATE));
    return NULL;
  }
  if (*name == '\0' || coord_zone_find_fault (zone) != NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
      *name == '\0' ? "A name is needed." : coord_zone_find_fault (zone));
    return NULL;
  }
  if (!coord_org_store_add (db, id, name, zone, now_us, error) ||
      !coord_org_store_set_member (db, id, caller->user_id, ENT_ORG_ADMIN, NULL, now_us, error) ||
      !coord_audit_store_add (db, id, caller->user_id, "org.create", id, "", now_us, error))
    return NULL;
  org = ent_api_org_new ();
  org->id = g_steal_pointer (&id);
  org->name = g_steal_pointer (&name);
  org->zone = g_strdup (zone);
  org->version = 1;
  return org;
}

EntApiOrgList *
coord_org_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  GError **error)
{
  GPtrArray *orgs = coord_org_store_list_of (db, caller->user_id, page, error);
  EntApiOrgList *list;

  if (orgs == NULL)
    return NULL;
  list = ent_api_org_list_new ();
  list->items = orgs;
  list->next = coord_page_get_next (page, orgs, G_STRUCT_OFFSET (EntApiOrg, id));
  return list;
}

EntApiOrg *
coord_org_service_show (CoordDb *db, const CoordCaller *caller, const char *org_id, GError **error)
{
  EntOrgRole role;

  return coord_caller_get_role (db, caller, org_id, no_such_org, &role, error)
           ? coord_org_store_find (db, org_id, error)
           : NULL;
}

EntApiOrg *
coord_org_service_change (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiOrgChange *request,
  gint64 version,
  gint64 now_us,
  GError **error)
{
  g_autofree char *name = request->name != NULL ? g_strstrip (g_strdup (request->name)) : NULL;
  const char *fault = request->zone != NULL ? coord_zone_find_fault (request->zone) : NULL;
  g_autoptr (EntApiOrg) before = NULL;

  if (!coord_permission_check_org (db, caller, COORD_ACTION_ORG_CHANGE, org_id, error) ||
      (before = coord_org_store_find (db, org_id, error)) == NULL ||
      !coord_version_check (version, before->version, error))
    return NULL;
  if (request->record_days < 0)
    fault = "Records are kept for one day at least.";
  if (fault != NULL || (name != NULL && *name == '\0')) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_INVALID, fault != NULL ? fault : "A name is needed.");
    return NULL;
  }
  if (!coord_org_store_change (db, org_id, name, request->zone,
        request->standard_records ? -1 : request->record_days, error) ||
      !coord_audit_store_add (db, org_id, caller->user_id, "org.change", org_id, "", now_us, error))
    return NULL;
  return coord_org_store_find (db, org_id, error);
}

/* Whether the caller may give this person that role or take it away; old is the present role,
 * candidate when there is none. */
static gboolean
check_member_change (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  EntOrgRole old,
  gboolean is_admin_after,
  GError **error)
{
  CoordAction action = old == ENT_ORG_ADMIN || is_admin_after ? COORD_ACTION_ADMINS_CHANGE
                                                              : COORD_ACTION_MEMBERS_CHANGE;

  if (!coord_permission_check_org (db, caller, action, org_id, error))
    return FALSE;
  if (old != ENT_ORG_ADMIN || is_admin_after || strcmp (person_id, caller->user_id) != 0)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
    "You cannot take your own administration away; another administrator can.");
  return FALSE;
}

/* Sets *role to that of a member, to candidate for others; FALSE on an error. */
static gboolean
find_old_role (CoordDb *db,
  const char *org_id,
  const char *person_id,
  gboolean *is_member,
  EntOrgRole *role,
  GError **error)
{
  g_autoptr (GError) failure = NULL;

  *role = ENT_ORG_CANDIDATE;
  *is_member = coord_org_store_find_role (db, org_id, person_id, role, &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
check_team (CoordDb *db, const char *org_id, const char *team_id, GError **error)
{
  g_autoptr (EntApiTeam) team =
    team_id != NULL ? coord_team_store_find (db, org_id, team_id, error) : NULL;

  return team_id == NULL || team != NULL;
}

EntApiMember *
coord_org_service_set_member (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiMember *request,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = NULL;
  gboolean is_member;
  EntOrgRole old;
  EntApiMember *member;

  /* First of all, so that nobody learns which addresses are known. */
  if (!coord_permission_check_org (db, caller, COORD_ACTION_MEMBERS_CHANGE, org_id, error) ||
      (person = coord_account_store_find_by_email (db, request->email, error)) == NULL ||
      !find_old_role (db, org_id, person->id, &is_member, &old, error) ||
      !check_member_change (
        db, caller, org_id, person->id, old, request->role == ENT_ORG_ADMIN, error) ||
      !check_team (db, org_id, request->team, error) ||
      !coord_org_store_set_member (
        db, org_id, person->id, request->role, request->team, now_us, error) ||
      !coord_audit_store_add (db, org_id, caller->user_id, "member.set", person->id,
        ent_org_role_nicks[request->role], now_us, error))
    return NULL;
  member = ent_api_member_new ();
  member->user = g_strdup (person->id);
  member->email = g_strdup (person->email);
  member->name = g_strdup (person->name);
  member->role = request->role;
  member->team = g_strdup (request->team);
  return member;
}

gboolean
coord_org_service_remove_member (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  gint64 now_us,
  GError **error)
{
  gboolean is_member;
  EntOrgRole old;

  if (!coord_permission_check_org (db, caller, COORD_ACTION_MEMBERS_CHANGE, org_id, error) ||
      !find_old_role (db, org_id, person_id, &is_member, &old, error))
    return FALSE;
  if (!is_member) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such person in this organisation.");
    return FALSE;
  }
  return check_member_change (db, caller, org_id, person_id, old, FALSE, error) &&
         coord_org_store_remove_member (db, org_id, person_id, error) &&
         coord_audit_store_add (
           db, org_id, caller->user_id, "member.remove", person_id, "", now_us, error);
}

EntApiMemberList *
coord_org_service_list_members (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error)
{
  GPtrArray *members;
  EntApiMemberList *list;

  if (!coord_permission_check_org (db, caller, COORD_ACTION_MEMBERS_LIST, org_id, error) ||
      (members = coord_org_store_list_members (db, org_id, page, error)) == NULL)
    return NULL;
  list = ent_api_member_list_new ();
  list->items = members;
  list->next = coord_page_get_next (page, members, G_STRUCT_OFFSET (EntApiMember, user));
  return list;
}

EntApiColleagueList *
coord_org_service_list_colleagues (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error)
{
  static const CoordColleagues which[] = {
    [COORD_REACH_OWN] = COORD_COLLEAGUES_SELF,
    [COORD_REACH_TEAM] = COORD_COLLEAGUES_TEAM,
    [COORD_REACH_ALL] = COORD_COLLEAGUES_ALL,
  };
  const CoordTarget target = { org_id, caller->user_id,
    .not_found = "There is no such organisation." };
  GPtrArray *colleagues;
  EntApiColleagueList *list;
  EntOrgRole role;

  if (!coord_permission_check (db, caller, COORD_ACTION_SLOTS_OFFER, &target, error) ||
      !coord_caller_get_role (db, caller, org_id, target.not_found, &role, error) ||
      (colleagues = coord_org_store_list_colleagues (db, org_id, caller->user_id,
         which[coord_permission_get_reach (COORD_ACTION_SLOTS_OFFER, role)], page, error)) == NULL)
    return NULL;
  list = ent_api_colleague_list_new ();
  list->items = colleagues;
  list->next = coord_page_get_next (page, colleagues, G_STRUCT_OFFSET (EntApiColleague, user));
  return list;
}
