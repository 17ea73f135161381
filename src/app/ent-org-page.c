#include "config.h"

#include "ent-org-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-membership.h"
#include "ent-org-page-private.h"
#include "ent-permission-table.h"

G_DEFINE_FINAL_TYPE (EntOrgPage, ent_org_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_INVITED_ELSEWHERE, N_SIGNALS };
static guint signals[N_SIGNALS];

static const struct {
  const char *path; /* "%s" is the organisation */
  const EntStruct *type;
} asked[N_ASKED] = {
  [ASK_ME] = { "/api/me", &ent_api_me_struct },
  [ASK_PERMISSIONS] = { "/api/permissions", &ent_api_permission_list_struct },
  [ASK_TEAMS] = { "/api/orgs/%s/teams?limit=200", &ent_api_team_list_struct },
  [ASK_MEMBERS] = { "/api/orgs/%s/members?limit=200", &ent_api_member_list_struct },
  [ASK_INVITES] = { "/api/orgs/%s/invites?limit=200", &ent_api_org_invite_list_struct },
};

void
ent_org_page_show_busy (EntOrgPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

void
ent_org_page_say (EntOrgPage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

void
ent_org_page_lead_elsewhere (EntOrgPage *self, const char *link)
{
  g_signal_emit (self, signals[SIGNAL_INVITED_ELSEWHERE], 0, link);
}

GtkWidget *
ent_org_page_new_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

void
ent_org_page_add_button (GtkWidget *row,
  const char *icon,
  const char *name,
  const char *action,
  const char *id)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  ent_accessible_set_name (button, name);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}
/* --- changing: sent, said, asked anew
 * -------------------------------------------------------------- */

typedef struct {
  EntOrgPage *page;
  const char *done; /* what is said then */
} Change;

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Change *change = data;
  g_autoptr (EntOrgPage) self = change->page;
  g_autoptr (GError) error = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  ent_org_page_say (self, error != NULL ? error->message : change->done);
  ent_org_page_load (self);
}

void
ent_org_page_change (EntOrgPage *self,
  const char *method,
  const char *path,
  const EntStruct *type,
  gconstpointer body,
  const char *done)
{
  EntClient *client = ent_account_get_client (self->account);
  Change *what;

  if (client == NULL || self->org == NULL)
    return;
  what = g_new0 (Change, 1);
  what->page = g_object_ref (self);
  what->done = done;
  ent_client_call_async (
    client, method, path, type, body, NULL, TRUE, self->cancellable, changed_cb, what);
}

char *
ent_org_page_new_path (EntOrgPage *self, const char *kind, const char *id)
{
  return id != NULL ? g_strdup_printf ("/api/orgs/%s/%s/%s", self->org, kind, id)
                    : g_strdup_printf ("/api/orgs/%s/%s", self->org, kind);
}

/* --- taking away: asked first
 * ---------------------------------------------------------------------- */

typedef struct {
  EntOrgPage *page;
  const char *kind; /* in the path */
  char *id;
  const char *done;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->page);
  g_free (removal->id);
  g_free (removal);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
removal_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Removal) removal = data;
  g_autofree char *path = NULL;

  if (!ent_dialogs_confirm_finish (result) || removal->page->org == NULL)
    return;
  path = ent_org_page_new_path (removal->page, removal->kind, removal->id);
  ent_org_page_change (removal->page, "DELETE", path, NULL, NULL, removal->done);
}

static void
confirm_removal (EntOrgPage *self,
  const char *kind,
  GVariant *id,
  const char *heading,
  const char *body,
  const char *word,
  const char *done)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->page = g_object_ref (self);
  removal->kind = kind;
  removal->id = g_variant_dup_string (id, NULL);
  removal->done = done;
  ent_dialogs_confirm_async (GTK_WIDGET (self), heading, body, word, removal_confirmed_cb, removal);
}

static void
revoke_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  confirm_removal (ENT_ORG_PAGE (widget), "invites", parameter, _ ("Take back this invitation?"),
    _ ("Its link will not work any more."), _ ("_Take back"), _ ("The invitation is taken back."));
}

static void
remove_member_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  confirm_removal (ENT_ORG_PAGE (widget), "members", parameter,
    _ ("Remove this person from the organisation?"),
    _ ("They keep their account, and the interviews they have a place in."), _ ("_Remove"),
    _ ("The person is removed."));
}

static void
remove_team_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  confirm_removal (ENT_ORG_PAGE (widget), "teams", parameter, _ ("Remove this team?"),
    _ ("Its members stay in the organisation, without a team."), _ ("_Remove"),
    _ ("The team is removed."));
}

/* --- what is shown
 * --------------------------------------------------------------------------------- */

static gboolean
may (const EntApiPermissionList *permissions, const char *action, EntOrgRole role)
{
  return ent_permission_table_get_reach (permissions, action, role) > 0;
}

/* Administrators are offered to who may make them. */
static void
show_roles (EntOrgPage *self)
{
  int last = self->can_change_admins ? ENT_ORG_ADMIN : ENT_ORG_HR;

  g_object_unref (self->role_names);
  self->role_names = gtk_string_list_new (NULL);
  for (int role = ENT_ORG_CANDIDATE; role <= last; role++)
    gtk_string_list_append (self->role_names, ent_permission_table_get_role (role));
  adw_combo_row_set_model (self->role_row, G_LIST_MODEL (self->role_names));
  adw_combo_row_set_selected (self->role_row, ENT_ORG_INTERVIEWER);
}

void
ent_org_page_take (EntOrgPage *self,
  const EntApiMembership *membership,
  const EntApiPermissionList *permissions,
  const EntApiTeamList *teams,
  const EntApiMemberList *members,
  const EntApiOrgInviteList *invites)
{
  g_return_if_fail (ENT_IS_ORG_PAGE (self));

  self->is_known = TRUE;
  self->role = membership != NULL ? (EntOrgRole) membership->role : ENT_ORG_CANDIDATE;
  self->can_change_members = may (permissions, "members.change", self->role);
  self->can_change_admins = may (permissions, "admins.change", self->role);
  self->can_change_teams = may (permissions, "teams.change", self->role);
  adw_window_title_set_subtitle (self->title, membership != NULL ? membership->name : "");
  show_roles (self);
  ent_org_page_show_teams (self, teams);
  ent_org_page_show_members (self, members);
  ent_org_page_show_invites (self, invites);
  adw_combo_row_set_model (self->team_row, G_LIST_MODEL (self->team_names));
  gtk_widget_set_visible (GTK_WIDGET (self->team_row), self->team_ids->len > 0);
  gtk_scrolled_window_set_child (
    self->permissions_scroller, ent_permission_table_new (permissions));
  if (self->permission_names != NULL)
    gtk_overlay_remove_overlay (self->permissions_overlay, self->permission_names);
  self->permission_names = ent_permission_table_new_names (permissions);
  gtk_overlay_add_overlay (self->permissions_overlay, self->permission_names);
  gtk_widget_set_visible (self->permissions_group, membership != NULL);
  ent_load_view_show_content (self->view);
  ent_org_page_lead_to_invitation (self);
}

/* --- asking
 * ---------------------------------------------------------------------------------------- */

static void
forget_answers (EntOrgPage *self)
{
  for (int i = 0; i < N_ASKED; i++)
    if (self->answers[i] != NULL)
      ent_struct_free (asked[i].type, g_steal_pointer (&self->answers[i]));
}

static const EntApiMembership *
find_membership (const EntApiMe *me)
{
  return ent_membership_find (me, ENT_ORG_CANDIDATE);
}

static gboolean
may_ask (EntOrgPage *self, Asked what)
{
  const EntApiMembership *own =
    self->answers[ASK_ME] != NULL ? find_membership (self->answers[ASK_ME]) : NULL;

  switch (what) {
  case ASK_TEAMS:
    return own != NULL && may (self->answers[ASK_PERMISSIONS], "teams.list", own->role);
  case ASK_MEMBERS:
    return own != NULL && may (self->answers[ASK_PERMISSIONS], "members.list", own->role);
  case ASK_INVITES:
    return own != NULL && may (self->answers[ASK_PERMISSIONS], "members.change", own->role);
  case ASK_ME:
  case ASK_PERMISSIONS:
  case N_ASKED:
    return TRUE;
  }
  return FALSE;
}

/* Not in the middle of what a row does. */
static gboolean
fill_cb (gpointer data)
{
  EntOrgPage *self = data;
  const EntApiMembership *membership = find_membership (self->answers[ASK_ME]);

  self->fill_id = 0;
  g_free (self->org);
  self->org = membership != NULL ? g_strdup (membership->org) : NULL;
  ent_org_page_show_busy (self, FALSE);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_org_page_take (self, membership, self->answers[ASK_PERMISSIONS], self->answers[ASK_TEAMS],
    self->answers[ASK_MEMBERS], self->answers[ASK_INVITES]);
  forget_answers (self);
  return G_SOURCE_REMOVE;
}

static void ask (EntOrgPage *self, EntClient *client, Asked what);

typedef struct {
  EntOrgPage *page;
  Asked what;
} Question;

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (EntOrgPage) self = question->page;
  g_autoptr (GError) error = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL) {
    ent_org_page_show_busy (self, FALSE);
    forget_answers (self);
    ent_notice_bar_set_sentence (self->notice, self->is_known ? error->message : NULL);
    if (!self->is_known)
      ent_load_view_show_problem (self->view, error->message);
    return;
  }
  self->answers[question->what] = answer;
  ask (self, ENT_CLIENT (source), question->what + 1);
}

static void
ask (EntOrgPage *self, EntClient *client, Asked what)
{
  const EntApiMembership *own =
    self->answers[ASK_ME] != NULL ? find_membership (self->answers[ASK_ME]) : NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *path = NULL;
  Question *question;

  while (what < N_ASKED && !may_ask (self, what))
    what++;
  if (what == N_ASKED) {
    self->fill_id = g_idle_add (fill_cb, self);
    return;
  }
  parts = g_strsplit (asked[what].path, "%s", 2);
  path = g_strjoinv (own != NULL ? own->org : "", parts);
  question = g_new0 (Question, 1);
  question->page = g_object_ref (self);
  question->what = what;
  ent_client_call_async (client, "GET", path, NULL, NULL, asked[what].type, TRUE, self->cancellable,
    answered_cb, question);
}

static void
stop (EntOrgPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->fill_id, g_source_remove);
  forget_answers (self);
  ent_org_page_show_busy (self, FALSE);
}

void
ent_org_page_load (EntOrgPage *self)
{
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  stop (self);
  ent_org_page_show_busy (self, self->is_known);
  if (!self->is_known)
    ent_load_view_show_loading (self->view);
  ask (self, client, ASK_ME);
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_org_page_load (ENT_ORG_PAGE (widget));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_org_page_clear (EntOrgPage *self)
{
  g_return_if_fail (ENT_IS_ORG_PAGE (self));

  stop (self);
  self->is_known = FALSE;
  g_clear_pointer (&self->org, g_free);
  ent_link_box_clear (self->link_box);
  self->leads_to_invitation = FALSE;
  gtk_editable_set_text (self->accept_row, "");
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_loading (self->view);
}

void
ent_org_page_start (EntOrgPage *self)
{
  g_return_if_fail (ENT_IS_ORG_PAGE (self));

  ent_org_page_clear (self);
  ent_org_page_load (self);
}

static void
ent_org_page_dispose (GObject *object)
{
  EntOrgPage *self = ENT_ORG_PAGE (object);

  g_clear_handle_id (&self->fill_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_org_page_parent_class)->dispose (object);
}

static void
ent_org_page_finalize (GObject *object)
{
  EntOrgPage *self = ENT_ORG_PAGE (object);

  forget_answers (self);
  g_free (self->org);
  g_ptr_array_unref (self->team_ids);
  g_object_unref (self->team_names);
  g_object_unref (self->role_names);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_org_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, members_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, members_list);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, invites_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, invites_list);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, email_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, role_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, team_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, link_box);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, teams_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, teams_list);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, team_name_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, new_team_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, permissions_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, permissions_overlay);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, permissions_scroller);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, accept_row);
}

static void
ent_org_page_class_init (EntOrgPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_org_page_dispose;
  object_class->finalize = ent_org_page_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_ORG_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_INVITED_ELSEWHERE] = g_signal_new ("invited-elsewhere", ENT_TYPE_ORG_PAGE,
    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_LINK_BOX);
  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-org-page.ui");
  bind_children (widget_class);

  ent_org_page_install_people (widget_class);
  ent_org_page_install_invites (widget_class);
  gtk_widget_class_install_action (widget_class, "org.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "org.revoke", "s", revoke_cb);
  gtk_widget_class_install_action (widget_class, "org.remove-member", "s", remove_member_cb);
  gtk_widget_class_install_action (widget_class, "org.remove-team", "s", remove_team_cb);
}

static void
ent_org_page_init (EntOrgPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->team_ids = g_ptr_array_new_with_free_func (g_free);
  self->team_names = gtk_string_list_new (NULL);
  self->role_names = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_permission_table_prepare_scroller (self->permissions_scroller);
  ent_accessible_name_entry_row (self->email_row, _ ("Address of whom you invite"));
  ent_accessible_name_entry_row (self->team_name_row, _ ("Name of a new team"));
  ent_accessible_name_entry_row (self->accept_row, _ ("Link of an invitation"));
}

GtkWidget *
ent_org_page_new (EntAccount *account, EntClock *clock)
{
  EntOrgPage *self = g_object_new (ENT_TYPE_ORG_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  return GTK_WIDGET (self);
}
