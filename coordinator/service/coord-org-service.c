#include "service/coord-org-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "protocol/ent-limits.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

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
      "Only a site administrator can make an organisation.");
    return NULL;
  }
  if (*name == '\0' || coord_zone_find_fault (zone) != NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
      *name == '\0' ? "A name is needed." : coord_zone_find_fault (zone));
    return NULL;
  }
  if (!coord_org_store_add (db, id, name, zone, now_us, error) ||
      !coord_org_store_set_member (db, id, caller->user_id, ENT_ORG_ADMIN, now_us, error) ||
      !coord_audit_store_add (db, id, caller->user_id, "org.create", id, "", now_us, error))
    return NULL;
  org = ent_api_org_new ();
  org->id = g_steal_pointer (&id);
  org->name = g_steal_pointer (&name);
  org->zone = g_strdup (zone);
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

/* The caller's role when it manages members. */
static gboolean
check_manages (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  EntOrgRole *role,
  GError **error)
{
  if (!coord_caller_get_role (db, caller, org_id, no_such_org, role, error))
    return FALSE;
  if (*role == ENT_ORG_ADMIN || *role == ENT_ORG_HR)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
    "Only administrators and HR of the organisation can see and change its members.");
  return FALSE;
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
  EntOrgRole own, old = ENT_ORG_CANDIDATE;
  g_autoptr (GError) failure = NULL;
  EntApiMember *member;

  if (!check_manages (db, caller, org_id, &own, error) ||
      (person = coord_account_store_find_by_email (db, request->email, error)) == NULL)
    return NULL;
  if (!coord_org_store_find_role (db, org_id, person->id, &old, &failure) && failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if ((request->role == ENT_ORG_ADMIN || old == ENT_ORG_ADMIN) && own != ENT_ORG_ADMIN) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
      "Only an administrator can make or change an administrator.");
    return NULL;
  }
  if (old == ENT_ORG_ADMIN && strcmp (person->id, caller->user_id) == 0 &&
      request->role != ENT_ORG_ADMIN) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
      "You cannot take your own administration away; another administrator can.");
    return NULL;
  }
  if (!coord_org_store_set_member (db, org_id, person->id, request->role, now_us, error) ||
      !coord_audit_store_add (db, org_id, caller->user_id, "member.set", person->id,
        ent_org_role_nicks[request->role], now_us, error))
    return NULL;
  member = ent_api_member_new ();
  member->user = g_strdup (person->id);
  member->email = g_strdup (person->email);
  member->name = g_strdup (person->name);
  member->role = request->role;
  return member;
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
  EntOrgRole own;

  if (!check_manages (db, caller, org_id, &own, error) ||
      (members = coord_org_store_list_members (db, org_id, page, error)) == NULL)
    return NULL;
  list = ent_api_member_list_new ();
  list->items = members;
  list->next = coord_page_get_next (page, members, G_STRUCT_OFFSET (EntApiMember, user));
  return list;
}
