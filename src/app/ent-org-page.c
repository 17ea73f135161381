#include "config.h"

#include "ent-org-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-notice-bar.h"
#include "ent-permission-table.h"
#include "ent-wording.h"
#include "protocol/ent-limits.h"

/* What is asked for, one after the other; what the role may not see is left out. */
typedef enum { ASK_ME, ASK_PERMISSIONS, ASK_TEAMS, ASK_MEMBERS, ASK_INVITES, N_ASKED } Asked;

struct _EntOrgPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  EntNoticeBar *notice;
  GtkSpinner *spinner;
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkWidget *members_group;
  GtkListBox *members_list;
  GtkWidget *invites_group;
  GtkListBox *invites_list;
  GtkEditable *email_row;
  AdwComboRow *role_row;
  AdwComboRow *team_row;
  GtkWidget *link_box;
  GtkLabel *link_label;
  GtkWidget *teams_group;
  GtkListBox *teams_list;
  GtkEditable *team_name_row;
  GtkWidget *new_team_group;
  GtkWidget *permissions_group;
  GtkScrolledWindow *permissions_scroller;
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
  char *link; /* of the invitation made last; NULL: none */
  char *link_email;
  gpointer answers[N_ASKED];
  gboolean is_known;
  guint fill_id; /* the rows are about to be made anew */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntOrgPage, ent_org_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
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

static void
show_busy (EntOrgPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

static void
say (EntOrgPage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

static void
remove_rows (GtkListBox *list)
{
  GtkWidget *row;

  while (
    (row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL && GTK_IS_LIST_BOX_ROW (row))
    gtk_list_box_remove (list, row);
}

static GtkWidget *
new_row (const char *title, const char *subtitle)
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

static void
add_button (GtkWidget *row, const char *icon, const char *name, const char *action, const char *id)
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

static void load (EntOrgPage *self);

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
  say (self, error != NULL ? error->message : change->done);
  load (self);
}

static void
change (EntOrgPage *self,
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

static char *
new_path (EntOrgPage *self, const char *kind, const char *id)
{
  return id != NULL ? g_strdup_printf ("/api/orgs/%s/%s/%s", self->org, kind, id)
                    : g_strdup_printf ("/api/orgs/%s/%s", self->org, kind);
}

/* --- members
 * --------------------------------------------------------------------------------------- */

static guint
find_team (EntOrgPage *self, const char *id)
{
  guint place;

  if (id == NULL || !g_ptr_array_find_with_equal_func (self->team_ids, id, g_str_equal, &place))
    return 0;
  return place + 1;
}

static const char *
get_team (EntOrgPage *self, guint selected)
{
  return selected > 0 && selected <= self->team_ids->len
           ? g_ptr_array_index (self->team_ids, selected - 1)
           : NULL;
}

/* Role and team are set together, so each of the two boxes sends both. */
static void
member_chosen_cb (GtkDropDown *box, GParamSpec *pspec, gpointer data)
{
  EntOrgPage *self = data;
  GtkDropDown *roles = g_object_get_data (G_OBJECT (box), "roles");
  GtkDropDown *teams = g_object_get_data (G_OBJECT (box), "teams");
  const EntApiMember *member = g_object_get_data (G_OBJECT (box), "member");
  g_autofree char *path = new_path (self, "members", NULL);
  EntApiMember body = { .email = member->email,
    .role = gtk_drop_down_get_selected (roles),
    .team = (char *) get_team (self, gtk_drop_down_get_selected (teams)) };

  change (self, "POST", path, &ent_api_member_struct, &body, _ ("The member is changed."));
}

static void
add_boxes (EntOrgPage *self, GtkWidget *row, const EntApiMember *member)
{
  GtkWidget *roles = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (self->role_names)), NULL);
  GtkWidget *teams = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (self->team_names)), NULL);
  GtkWidget *both[] = { roles, teams };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  /* Translators: the name of a person, as in all of these. */
  g_autofree char *role_name = g_strdup_printf (_ ("Role of %s"), member->name);
  g_autofree char *team_name = g_strdup_printf (_ ("Team of %s"), member->name);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (roles), member->role);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (teams), find_team (self, member->team));
  ent_accessible_set_name (roles, role_name);
  ent_accessible_set_name (teams, team_name);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    g_object_set_data (G_OBJECT (both[i]), "roles", roles);
    g_object_set_data (G_OBJECT (both[i]), "teams", teams);
    g_object_set_data_full (G_OBJECT (both[i]), "member",
      ent_struct_copy (&ent_api_member_struct, member), (GDestroyNotify) ent_api_member_free);
    g_signal_connect_object (both[i], "notify::selected", G_CALLBACK (member_chosen_cb), self, 0);
    gtk_box_append (GTK_BOX (box), both[i]);
  }
  gtk_widget_set_visible (teams, self->team_ids->len > 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), box);
}

static void
show_members (EntOrgPage *self, const EntApiMemberList *members)
{
  g_autofree char *user = ent_account_dup_user (self->account);

  remove_rows (self->members_list);
  gtk_widget_set_visible (self->members_group, members != NULL);
  for (guint i = 0; members != NULL && members->items != NULL && i < members->items->len; i++) {
    const EntApiMember *member = g_ptr_array_index (members->items, i);
    gboolean is_own = g_strcmp0 (member->user, user) == 0;
    gboolean can_change = self->can_change_members && !is_own &&
                          (member->role != ENT_ORG_ADMIN || self->can_change_admins);
    g_autofree char *subtitle = can_change ? g_strdup (member->email)
                                           /* Translators: an address, then a role. */
                                           : g_strdup_printf (_ ("%s\n%s"), member->email,
                                               ent_permission_table_get_role (member->role));
    g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), member->name);
    GtkWidget *row = new_row (member->name, subtitle);

    if (can_change) {
      add_boxes (self, row, member);
      add_button (row, "user-trash-symbolic", remove, "org.remove-member", member->user);
    }
    gtk_list_box_append (self->members_list, row);
  }
}

/* --- teams
 * ----------------------------------------------------------------------------------------- */

static void
show_teams (EntOrgPage *self, const EntApiTeamList *teams)
{
  /* A new list: boxes that show the old one are not to choose something else. */
  g_object_unref (self->team_names);
  self->team_names = gtk_string_list_new (NULL);
  g_ptr_array_set_size (self->team_ids, 0);
  gtk_string_list_append (self->team_names, _ ("No team"));
  remove_rows (self->teams_list);
  gtk_widget_set_visible (self->teams_group, teams != NULL);
  gtk_widget_set_visible (self->new_team_group, teams != NULL && self->can_change_teams);
  for (guint i = 0; teams != NULL && teams->items != NULL && i < teams->items->len; i++) {
    const EntApiTeam *team = g_ptr_array_index (teams->items, i);
    g_autofree char *subtitle =
      g_strdup_printf (ngettext ("%u member", "%u members", team->members), (guint) team->members);
    g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), team->name);
    GtkWidget *row = new_row (team->name, subtitle);

    g_ptr_array_add (self->team_ids, g_strdup (team->id));
    gtk_string_list_append (self->team_names, team->name);
    if (self->can_change_teams)
      add_button (row, "user-trash-symbolic", remove, "org.remove-team", team->id);
    gtk_list_box_append (self->teams_list, row);
  }
}

static void
add_team_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->team_name_row)));
  g_autofree char *path = NULL;

  if (*name == '\0' || self->org == NULL)
    return;
  path = new_path (self, "teams", NULL);
  change (self, "POST", path, &ent_api_new_team_struct, &(EntApiNewTeam){ .name = name },
    _ ("The team is there."));
  gtk_editable_set_text (self->team_name_row, "");
}

/* --- invitations
 * ----------------------------------------------------------------------------------- */

static void
show_link (EntOrgPage *self)
{
  g_autofree char *sentence = NULL;

  gtk_widget_set_visible (self->link_box, self->link != NULL);
  if (self->link == NULL)
    return;
  /* Translators: an address. */
  sentence = g_strdup_printf (
    _ ("The invitation for %s is made. Its link is shown once: copy it, or write a mail with it."),
    self->link_email);
  gtk_label_set_label (self->link_label, sentence);
}

static void
show_invites (EntOrgPage *self, const EntApiOrgInviteList *invites)
{
  gint64 now_us = ent_clock_get_wall_us (self->clock);

  remove_rows (self->invites_list);
  gtk_widget_set_visible (self->invites_group, invites != NULL);
  for (guint i = 0; invites != NULL && invites->items != NULL && i < invites->items->len; i++) {
    const EntApiOrgInvite *invite = g_ptr_array_index (invites->items, i);
    g_autofree char *expires = ent_wording_new_day_time (invite->expires, now_us);
    /* Translators: a role, then a day with a time. */
    g_autofree char *subtitle = g_strdup_printf (
      _ ("%s, good until %s"), ent_permission_table_get_role (invite->role), expires);
    g_autofree char *revoke =
      g_strdup_printf (_ ("Take back the invitation for %s"), invite->email);
    GtkWidget *row = new_row (invite->email, subtitle);

    add_button (row, "user-trash-symbolic", revoke, "org.revoke", invite->id);
    gtk_list_box_append (self->invites_list, row);
  }
  show_link (self);
}

static void
invited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOrgPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiOrgInvite) invite = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  invite = answer;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (invite == NULL) {
    show_busy (self, FALSE);
    ent_notice_bar_set_sentence (self->notice, error != NULL ? error->message : NULL);
    return;
  }
  g_free (self->link);
  g_free (self->link_email);
  self->link = g_strdup (invite->link);
  self->link_email = g_strdup (invite->email);
  gtk_editable_set_text (self->email_row, "");
  load (self);
}

static void
invite_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));
  g_autofree char *path = NULL;
  EntApiNewOrgInvite body = { .email = email,
    .role = adw_combo_row_get_selected (self->role_row),
    .team = (char *) get_team (self, adw_combo_row_get_selected (self->team_row)) };

  if (client == NULL || self->org == NULL)
    return;
  if (strchr (email, '@') == NULL) {
    ent_notice_bar_set_sentence (
      self->notice, _ ("Write the address of whom you invite, such as ada@example.org."));
    gtk_widget_grab_focus (GTK_WIDGET (self->email_row));
    return;
  }
  ent_notice_bar_set_sentence (self->notice, NULL);
  show_busy (self, TRUE);
  path = new_path (self, "invites", NULL);
  ent_client_call_async (client, "POST", path, &ent_api_new_org_invite_struct, &body,
    &ent_api_org_invite_struct, TRUE, self->cancellable, invited_cb, g_object_ref (self));
}

static void
copy_link_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);

  if (self->link == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->link);
  say (self, _ ("The link is copied."));
}

static void
mail_link_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);
  g_autofree char *to = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *body = NULL;
  g_autofree char *uri = NULL;

  if (self->link == NULL)
    return;
  to = g_uri_escape_string (self->link_email, "@", FALSE);
  subject = g_uri_escape_string (_ ("Invitation to Entrevue"), NULL, FALSE);
  body = g_uri_escape_string (self->link, NULL, FALSE);
  uri = g_strdup_printf ("mailto:%s?subject=%s&body=%s", to, subject, body);
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOrgPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_in = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  ent_notice_bar_set_sentence (self->notice, is_in ? NULL : error->message);
  if (!is_in)
    return;
  gtk_editable_set_text (self->accept_row, "");
  say (self, _ ("You are a member now."));
  load (self);
}

/* By the token of a link, or what was written when it is none. */
static void
accept_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->accept_row)));
  char *mark = strrchr (text, '#');
  char *token = mark != NULL ? mark + 1 : text;

  if (client == NULL || *token == '\0' || strlen (token) > ENT_MAX_TOKEN)
    return;
  ent_client_call_async (client, "POST", "/api/invites/accept", &ent_api_token_struct,
    &(EntApiToken){ .token = token }, &ent_api_membership_struct, TRUE, self->cancellable,
    accepted_cb, g_object_ref (self));
}

static void
accept_applied_cb (AdwEntryRow *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "org.accept", NULL);
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
  path = new_path (removal->page, removal->kind, removal->id);
  change (removal->page, "DELETE", path, NULL, NULL, removal->done);
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
  show_teams (self, teams);
  show_members (self, members);
  show_invites (self, invites);
  adw_combo_row_set_model (self->team_row, G_LIST_MODEL (self->team_names));
  gtk_widget_set_visible (GTK_WIDGET (self->team_row), self->team_ids->len > 0);
  gtk_scrolled_window_set_child (
    self->permissions_scroller, ent_permission_table_new (permissions));
  gtk_widget_set_visible (self->permissions_group, membership != NULL);
  gtk_stack_set_visible_child_name (self->stack, "org");
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

/* Where somebody has the most to say. */
static const EntApiMembership *
find_membership (const EntApiMe *me)
{
  const EntApiMembership *best = NULL;

  for (guint i = 0; me->memberships != NULL && i < me->memberships->len; i++) {
    const EntApiMembership *membership = g_ptr_array_index (me->memberships, i);

    if (best == NULL || membership->role > best->role)
      best = membership;
  }
  return best;
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
  show_busy (self, FALSE);
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
    show_busy (self, FALSE);
    forget_answers (self);
    ent_notice_bar_set_sentence (self->notice, self->is_known ? error->message : NULL);
    adw_status_page_set_description (self->problem, error->message);
    if (!self->is_known)
      gtk_stack_set_visible_child_name (self->stack, "problem");
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
  show_busy (self, FALSE);
}

static void
load (EntOrgPage *self)
{
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  stop (self);
  show_busy (self, self->is_known);
  if (!self->is_known)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  ask (self, client, ASK_ME);
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  load (ENT_ORG_PAGE (widget));
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
  g_clear_pointer (&self->link, g_free);
  g_clear_pointer (&self->link_email, g_free);
  ent_notice_bar_set_sentence (self->notice, NULL);
  gtk_stack_set_visible_child_name (self->stack, "loading");
}

void
ent_org_page_start (EntOrgPage *self)
{
  g_return_if_fail (ENT_IS_ORG_PAGE (self));

  ent_org_page_clear (self);
  load (self);
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
  g_free (self->link);
  g_free (self->link_email);
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
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, problem);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, members_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, members_list);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, invites_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, invites_list);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, email_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, role_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, team_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, link_box);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, link_label);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, teams_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, teams_list);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, team_name_row);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, new_team_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, permissions_group);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, permissions_scroller);
  gtk_widget_class_bind_template_child (widget_class, EntOrgPage, accept_row);
  gtk_widget_class_bind_template_callback (widget_class, accept_applied_cb);
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

  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-org-page.ui");
  bind_children (widget_class);

  gtk_widget_class_install_action (widget_class, "org.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "org.invite", NULL, invite_cb);
  gtk_widget_class_install_action (widget_class, "org.copy-link", NULL, copy_link_cb);
  gtk_widget_class_install_action (widget_class, "org.mail-link", NULL, mail_link_cb);
  gtk_widget_class_install_action (widget_class, "org.revoke", "s", revoke_cb);
  gtk_widget_class_install_action (widget_class, "org.remove-member", "s", remove_member_cb);
  gtk_widget_class_install_action (widget_class, "org.add-team", NULL, add_team_cb);
  gtk_widget_class_install_action (widget_class, "org.remove-team", "s", remove_team_cb);
  gtk_widget_class_install_action (widget_class, "org.accept", NULL, accept_cb);
}

static void
ent_org_page_init (EntOrgPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->team_ids = g_ptr_array_new_with_free_func (g_free);
  self->team_names = gtk_string_list_new (NULL);
  self->role_names = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
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
