#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-people.h"

G_BEGIN_DECLS

/* An organisation of the person: members with their roles, teams, invitations, and the table of who
 * may do what. What a role may not do is not shown.
 *
 * Actions: org.refresh, org.invite, org.revoke (an id), org.remove-member (an id), org.add-team,
 * org.remove-team (an id), org.accept.
 * Signals: toast (const char *sentence); invited-elsewhere (const char *link), when the person has
 * given an invitation that is for another server. */
#define ENT_TYPE_ORG_PAGE (ent_org_page_get_type ())
G_DECLARE_FINAL_TYPE (EntOrgPage, ent_org_page, ENT, ORG_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_org_page_new (EntAccount *account, EntClock *clock);

/* Asks the server. */
void ent_org_page_start (EntOrgPage *page);

/* What the server has answered; members and invites are NULL for who may not see them, membership
 * for who is in no organisation. */
void ent_org_page_take (EntOrgPage *page,
  const EntApiMembership *membership,
  const EntApiPermissionList *permissions,
  const EntApiTeamList *teams,
  const EntApiMemberList *members,
  const EntApiOrgInviteList *invites);

/* Shows the link of an invitation that only has to be accepted, once the page has loaded. */
void ent_org_page_show_invitation (EntOrgPage *page, const char *link);

void ent_org_page_clear (EntOrgPage *page);

G_END_DECLS
