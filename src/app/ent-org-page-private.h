#pragma once

#include "ent-link-box.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-org-page.h"

G_BEGIN_DECLS

/* What is asked for, one after the other; what the role may not see is left out. */
typedef enum { ASK_ME, ASK_PERMISSIONS, ASK_TEAMS, ASK_MEMBERS, ASK_INVITES, N_ASKED } Asked;

struct _EntOrgPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *view;
  GtkWidget *members_group;
  GtkListBox *members_list;
  GtkWidget *invites_group;
  GtkListBox *invites_list;
  GtkEditable *email_row;
  AdwComboRow *role_row;
  AdwComboRow *team_row;
  EntLinkBox *link_box; /* of the invitation made last */
  GtkWidget *teams_group;
  GtkListBox *teams_list;
  GtkEditable *team_name_row;
  GtkWidget *new_team_group;
  GtkWidget *permissions_group;
  GtkOverlay *permissions_overlay;
  GtkScrolledWindow *permissions_scroller;
  GtkWidget *permission_names; /* over the table; NULL: not filled yet */
  GtkEditable *accept_row;

  EntAccount *account;
  EntClock *clock;
  char *org; /* NULL: none */
  EntOrgRole role; /* one's own */
  gboolean can_change_members;
  gboolean can_change_admins;
  gboolean can_change_teams;
  GPtrArray *team_ids; /* as the combo boxes list them, after "no team" */
  GtkStringList *team_names;
  GtkStringList *role_names;
  gboolean leads_to_invitation; /* that waits in accept_row, once the page has loaded */
  gpointer answers[N_ASKED];
  gboolean is_known;
  guint fill_id; /* the rows are about to be made anew */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

/* What the parts of the page share. */

void ent_org_page_show_busy (EntOrgPage *self, gboolean is_busy);
void ent_org_page_say (EntOrgPage *self, const char *sentence);

/* To the other server that an invitation is for. */
void ent_org_page_lead_elsewhere (EntOrgPage *self, const char *link);

/* Asks the server for everything anew. */
void ent_org_page_load (EntOrgPage *self);

/* Sends a change, says what was done, and asks anew. */
void ent_org_page_change (EntOrgPage *self,
  const char *method,
  const char *path,
  const EntStruct *type,
  gconstpointer body,
  const char *done);

/* "/api/orgs/ORG/KIND/ID"; id may be NULL. The caller owns it. */
char *ent_org_page_new_path (EntOrgPage *self, const char *kind, const char *id);

/* Rows of the lists. */
GtkWidget *ent_org_page_new_row (const char *title, const char *subtitle);
void ent_org_page_add_button (GtkWidget *row,
  const char *icon,
  const char *name,
  const char *action,
  const char *id);

/* ent-org-page-people.c */
void ent_org_page_show_members (EntOrgPage *self, const EntApiMemberList *members);
void ent_org_page_show_teams (EntOrgPage *self, const EntApiTeamList *teams);
void ent_org_page_install_people (GtkWidgetClass *widget_class);

/* The id of a team that a combo box lists there; NULL: no team. Borrowed. */
const char *ent_org_page_get_team (EntOrgPage *self, guint selected);

/* ent-org-page-invites.c */
void ent_org_page_show_invites (EntOrgPage *self, const EntApiOrgInviteList *invites);
void ent_org_page_lead_to_invitation (EntOrgPage *self);
void ent_org_page_install_invites (GtkWidgetClass *widget_class);

G_END_DECLS
