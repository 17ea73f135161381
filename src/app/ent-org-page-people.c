/* The members and the teams of an organisation. */
#include "config.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-list-box.h"
#include "ent-org-page-private.h"
#include "ent-permission-table.h"

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

const char *
ent_org_page_get_team (EntOrgPage *self, guint selected)
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
  g_autofree char *path = ent_org_page_new_path (self, "members", NULL);
  EntApiMember body = { .email = member->email,
    .role = gtk_drop_down_get_selected (roles),
    .team = (char *) ent_org_page_get_team (self, gtk_drop_down_get_selected (teams)) };

  ent_org_page_change (
    self, "POST", path, &ent_api_member_struct, &body, _ ("The member is changed."));
}

static void
add_boxes (EntOrgPage *self, GtkSizeGroup *widths, GtkWidget *row, const EntApiMember *member)
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
    gtk_size_group_add_widget (widths, both[i]);
    gtk_box_append (GTK_BOX (box), both[i]);
  }
  g_object_set_data (G_OBJECT (row), "roles", roles);
  g_object_set_data (G_OBJECT (row), "teams", teams);
  gtk_widget_set_visible (teams, self->team_ids->len > 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), box);
}

/* The box of a member that has the keyboard, or whose list has it; NULL: none. */
static GObject *
find_focused_box (EntOrgPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *box = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_DROP_DOWN) : NULL;

  return box != NULL && g_object_get_data (G_OBJECT (box), "member") != NULL ? G_OBJECT (box)
                                                                             : NULL;
}

void
ent_org_page_show_members (EntOrgPage *self, const EntApiMemberList *members)
{
  g_autofree char *user = ent_account_dup_user (self->account);
  g_autoptr (GtkSizeGroup) widths = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  GObject *focused = find_focused_box (self);
  const EntApiMember *chosen = focused != NULL ? g_object_get_data (focused, "member") : NULL;
  g_autofree char *chosen_user = chosen != NULL ? g_strdup (chosen->user) : NULL;
  const char *which =
    focused != NULL && g_object_get_data (focused, "teams") == focused ? "teams" : "roles";

  ent_list_box_remove_all (self->members_list);
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
    GtkWidget *row = ent_org_page_new_row (member->name, subtitle);

    if (can_change) {
      add_boxes (self, widths, row, member);
      ent_org_page_add_button (
        row, "user-trash-symbolic", remove, "org.remove-member", member->user);
    }
    gtk_list_box_append (self->members_list, row);
    /* Whoever changed one goes on there. */
    if (can_change && chosen_user != NULL && g_strcmp0 (member->user, chosen_user) == 0)
      gtk_widget_grab_focus (g_object_get_data (G_OBJECT (row), which));
  }
}

/* --- teams
 * ----------------------------------------------------------------------------------------- */

void
ent_org_page_show_teams (EntOrgPage *self, const EntApiTeamList *teams)
{
  /* A new list: boxes that show the old one are not to choose something else. */
  g_object_unref (self->team_names);
  self->team_names = gtk_string_list_new (NULL);
  g_ptr_array_set_size (self->team_ids, 0);
  gtk_string_list_append (self->team_names, _ ("No team"));
  ent_list_box_remove_all (self->teams_list);
  gtk_widget_set_visible (self->teams_group, teams != NULL);
  gtk_widget_set_visible (self->new_team_group, teams != NULL && self->can_change_teams);
  for (guint i = 0; teams != NULL && teams->items != NULL && i < teams->items->len; i++) {
    const EntApiTeam *team = g_ptr_array_index (teams->items, i);
    g_autofree char *subtitle =
      g_strdup_printf (ngettext ("%u member", "%u members", team->members), (guint) team->members);
    g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), team->name);
    GtkWidget *row = ent_org_page_new_row (team->name, subtitle);

    g_ptr_array_add (self->team_ids, g_strdup (team->id));
    gtk_string_list_append (self->team_names, team->name);
    if (self->can_change_teams)
      ent_org_page_add_button (row, "user-trash-symbolic", remove, "org.remove-team", team->id);
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
  path = ent_org_page_new_path (self, "teams", NULL);
  ent_org_page_change (self, "POST", path, &ent_api_new_team_struct,
    &(EntApiNewTeam){ .name = name }, _ ("The team is there."));
  gtk_editable_set_text (self->team_name_row, "");
}

void
ent_org_page_install_people (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "org.add-team", NULL, add_team_cb);
}
