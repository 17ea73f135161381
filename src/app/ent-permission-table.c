#include "config.h"

#include "ent-permission-table.h"

#include <glib/gi18n.h>

#define N_ROLES 6
#define NAME_CHARS 18 /* of all names alike, so that their rows are as high wherever they stand */

/* What each action is called; one that is not known here is shown by its name. */
static const struct {
  const char *action;
  const char *text;
} known[] = {
  { "org.create", N_ ("Make an organisation") },
  { "org.change", N_ ("Change the organisation") },
  { "members.list", N_ ("See the members") },
  { "members.change", N_ ("Change the members") },
  { "admins.change", N_ ("Make administrators") },
  { "teams.list", N_ ("See the teams") },
  { "teams.change", N_ ("Change the teams") },
  { "keys", N_ ("See and change keys for programs") },
  { "audit", N_ ("Read the audit") },
  { "availability.show", N_ ("See free hours") },
  { "availability.change", N_ ("Change free hours") },
  { "slots.offer", N_ ("Offer times") },
  { "slots.change", N_ ("Change offered times") },
  { "booking.links", N_ ("Make links to book with") },
  { "book.self", N_ ("Book for themselves") },
  { "book.others", N_ ("Book for candidates") },
  { "interview.show", N_ ("See an interview") },
  { "interview.list", N_ ("See the interviews of others") },
  { "interview.change", N_ ("Move and cancel interviews") },
  { "interview.no-show", N_ ("Say that nobody came") },
  { "interview.invite", N_ ("Invite people to an interview") },
};

static const char *
get_action (const char *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].action, action))
      return _ (known[i].text);
  return action;
}

static const char *
get_reach (int reach)
{
  switch (reach) {
  case 1:
    return C_ ("reach", "Own");
  case 2:
    return C_ ("reach", "Team");
  case 3:
    return C_ ("reach", "All");
  default:
    return C_ ("reach", "No");
  }
}

const char *
ent_permission_table_get_role (EntOrgRole role)
{
  switch (role) {
  case ENT_ORG_CANDIDATE:
    return C_ ("member", "Candidate");
  case ENT_ORG_INTERVIEWER:
    return C_ ("member", "Interviewer");
  case ENT_ORG_LEAD:
    return C_ ("member", "Lead");
  case ENT_ORG_HR:
    return C_ ("member", "HR");
  case ENT_ORG_ADMIN:
    return C_ ("member", "Administrator");
  }
  return "";
}

/* In the order of the columns. */
static void
read_reaches (const EntApiPermission *permission, int reaches[N_ROLES])
{
  reaches[0] = permission->candidate;
  reaches[1] = permission->interviewer;
  reaches[2] = permission->lead;
  reaches[3] = permission->hr;
  reaches[4] = permission->admin;
  reaches[5] = permission->site_admin;
}

int
ent_permission_table_get_reach (const EntApiPermissionList *permissions,
  const char *action,
  EntOrgRole role)
{
  for (guint i = 0; permissions->items != NULL && i < permissions->items->len; i++) {
    const EntApiPermission *permission = g_ptr_array_index (permissions->items, i);
    int reaches[N_ROLES];

    read_reaches (permission, reaches);
    if (g_str_equal (permission->action, action))
      return reaches[role];
  }
  return 0;
}

static void
attach (GtkGrid *grid, const char *text, int column, int row, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 0.5);
  gtk_label_set_wrap (GTK_LABEL (label), column == 0);
  gtk_label_set_width_chars (GTK_LABEL (label), column == 0 ? NAME_CHARS : -1);
  gtk_label_set_max_width_chars (GTK_LABEL (label), column == 0 ? NAME_CHARS : -1);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

/* With the first column and without a heading. */
static GtkWidget *
new_grid (const EntApiPermissionList *permissions)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  for (guint i = 0; permissions->items != NULL && i < permissions->items->len; i++) {
    const EntApiPermission *permission = g_ptr_array_index (permissions->items, i);

    attach (GTK_GRID (grid), get_action (permission->action), 0, i + 1, NULL);
  }
  return grid;
}

GtkWidget *
ent_permission_table_new_names (const EntApiPermissionList *permissions)
{
  GtkWidget *grid = new_grid (permissions);

  attach (GTK_GRID (grid), "", 0, 0, "caption-heading");
  gtk_widget_add_css_class (grid, "kept-in-sight");
  gtk_widget_set_halign (grid, GTK_ALIGN_START);
  gtk_widget_set_valign (grid, GTK_ALIGN_START);
  gtk_widget_set_can_target (grid, FALSE);
  gtk_accessible_update_state (
    GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1); /* the table has them, too */
  return grid;
}

GtkWidget *
ent_permission_table_new (const EntApiPermissionList *permissions)
{
  GtkWidget *grid = new_grid (permissions);

  for (int role = 0; role < N_ROLES; role++)
    attach (GTK_GRID (grid),
      role < N_ROLES - 1 ? ent_permission_table_get_role (role) : _ ("Site administrator"),
      role + 1, 0, "caption-heading");
  for (guint i = 0; permissions->items != NULL && i < permissions->items->len; i++) {
    const EntApiPermission *permission = g_ptr_array_index (permissions->items, i);
    int reaches[N_ROLES];

    read_reaches (permission, reaches);
    for (int role = 0; role < N_ROLES; role++)
      attach (GTK_GRID (grid), get_reach (reaches[role]), role + 1, i + 1,
        reaches[role] == 0 ? "dim-label" : NULL);
  }
  return grid;
}

/* --- a table that may be wider than its page
 * -------------------------------------------------------- */

static gboolean
scrolled_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  GtkAdjustment *place = gtk_scrolled_window_get_hadjustment (data);

  if (dx == 0)
    return GDK_EVENT_PROPAGATE;
  gtk_adjustment_set_value (
    place, gtk_adjustment_get_value (place) + dx * gtk_adjustment_get_step_increment (place));
  return GDK_EVENT_STOP;
}

void
ent_permission_table_prepare_scroller (GtkScrolledWindow *scroller)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (scroller));
  GtkEventController *sideways =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_HORIZONTAL);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
      gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
  }
  g_signal_connect (sideways, "scroll", G_CALLBACK (scrolled_cb), scroller);
  gtk_widget_add_controller (GTK_WIDGET (scroller), sideways);
}
