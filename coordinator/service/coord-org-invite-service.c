#include "service/coord-org-invite-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-account-service.h"
#include "service/coord-permission.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-invite-store.h"
#include "store/coord-org-store.h"
#include "store/coord-team-store.h"

static const char *const unknown = "This invitation is for another mail address. Sign in with "
                                   "the account of that address.";

static gboolean
check_team (CoordDb *db, const char *org_id, const char *team_id, GError **error)
{
  g_autoptr (EntApiTeam) team =
    team_id != NULL ? coord_team_store_find (db, org_id, team_id, error) : NULL;

  return team_id == NULL || team != NULL;
}

EntApiOrgInvite *
coord_org_invite_service_add (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewOrgInvite *request,
  const char *origin,
  gint64 now_us,
  GError **error)
{
  CoordAction action =
    request->role == ENT_ORG_ADMIN ? COORD_ACTION_ADMINS_CHANGE : COORD_ACTION_MEMBERS_CHANGE;
  g_autofree char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  g_autoptr (EntApiOrgInvite) invite = ent_api_org_invite_new ();

  if (!coord_permission_check_org (db, caller, action, org_id, error) ||
      !coord_account_service_check (request->email, "-", error) ||
      !check_team (db, org_id, request->team, error))
    return NULL;
  invite->id = ent_id_new ();
  invite->email = g_ascii_strdown (request->email, -1);
  invite->role = request->role;
  invite->team = g_strdup (request->team);
  invite->expires = now_us + (gint64) COORD_ORG_INVITE_SECONDS * G_USEC_PER_SEC;
  if (!coord_org_invite_store_add (db, invite, org_id, hash, caller->user_id, now_us, error) ||
      !coord_audit_store_add (db, org_id, caller->user_id, "invite.create", invite->id,
        ent_org_role_nicks[request->role], now_us, error))
    return NULL;
  invite->link = ent_link_uri_build_invitation_web (origin, token);
  invite->token = g_steal_pointer (&token);
  return g_steal_pointer (&invite);
}

EntApiOrgInviteList *
coord_org_invite_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  gint64 now_us,
  GError **error)
{
  GPtrArray *invites;
  EntApiOrgInviteList *list;

  if (!coord_permission_check_org (db, caller, COORD_ACTION_MEMBERS_LIST, org_id, error) ||
      (invites = coord_org_invite_store_list (db, org_id, page, now_us, error)) == NULL)
    return NULL;
  list = ent_api_org_invite_list_new ();
  list->items = invites;
  list->next = coord_page_get_next (page, invites, G_STRUCT_OFFSET (EntApiOrgInvite, id));
  return list;
}

gboolean
coord_org_invite_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error)
{
  return coord_permission_check_org (db, caller, COORD_ACTION_MEMBERS_CHANGE, org_id, error) &&
         coord_org_invite_store_close (db, org_id, id, now_us, error) &&
         coord_audit_store_add (
           db, org_id, caller->user_id, "invite.revoke", id, "", now_us, error);
}

/* The open invitation of a token, when it is for this address. */
static EntApiOrgInvite *
find_for (CoordDb *db,
  const char *token,
  const char *email,
  gint64 now_us,
  char **org_id,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  g_autofree char *lower = g_ascii_strdown (email, -1);
  g_autofree char *found_org = NULL;
  g_autoptr (EntApiOrgInvite) invite =
    coord_org_invite_store_find (db, hash, now_us, &found_org, error);

  if (invite == NULL)
    return NULL;
  if (strcmp (invite->email, lower) != 0) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_WRONG, unknown);
    return NULL;
  }
  *org_id = g_steal_pointer (&found_org);
  return g_steal_pointer (&invite);
}

gboolean
coord_org_invite_service_check (CoordDb *db,
  const char *token,
  const char *email,
  gint64 now_us,
  GError **error)
{
  g_autofree char *org_id = NULL;
  g_autoptr (EntApiOrgInvite) invite = find_for (db, token, email, now_us, &org_id, error);

  return invite != NULL;
}

EntApiMembership *
coord_org_invite_service_accept (CoordDb *db,
  const CoordCaller *caller,
  const char *token,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  g_autofree char *org_id = NULL;
  g_autoptr (EntApiOrgInvite) invite = NULL;
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (GError) failure = NULL;
  EntOrgRole role;
  EntApiMembership *membership;

  if (person == NULL ||
      (invite = find_for (db, token, person->email, now_us, &org_id, error)) == NULL ||
      (org = coord_org_store_find (db, org_id, error)) == NULL)
    return NULL;
  if (!coord_org_store_find_role (db, org_id, person->id, &role, &failure))
    role = ENT_ORG_CANDIDATE;
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  role = MAX (role, (EntOrgRole) invite->role);
  if (!coord_org_store_set_member (db, org_id, person->id, role, invite->team, now_us, error) ||
      !coord_org_invite_store_close (db, org_id, invite->id, now_us, error) ||
      !coord_audit_store_add (db, org_id, person->id, "invite.accept", invite->id,
        ent_org_role_nicks[role], now_us, error))
    return NULL;
  membership = ent_api_membership_new ();
  membership->org = g_steal_pointer (&org_id);
  membership->name = g_strdup (org->name);
  membership->role = role;
  return membership;
}
