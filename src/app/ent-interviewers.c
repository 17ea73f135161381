#include "config.h"

#include "ent-interviewers.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-list-box.h"
#include "protocol/ent-limits.h"

/* From that many colleagues on they can be searched. */
#define MANY 8
/* So many are shown at once, beside those who were chosen. */
#define MAX_SHOWN 20

struct _EntInterviewers {
  AdwBin parent_instance;

  GtkDropDown *host_choice;
  GtkEditable *search;
  GtkListBox *list;
  GtkLabel *more;

  GPtrArray *colleagues; /* EntApiColleague by name, as the choice lists them */
  GHashTable *panel; /* ids; the host's own does not count */
  gboolean is_filling; /* the choice is changed by the program */
};

G_DEFINE_FINAL_TYPE (EntInterviewers, ent_interviewers, ADW_TYPE_BIN)

/* --- the panel
 * ------------------------------------------------------------------------------------- */

static const char *
get_user (GtkWidget *check)
{
  return g_object_get_data (G_OBJECT (check), "user");
}

static void
toggled_cb (GtkCheckButton *check, gpointer data)
{
  EntInterviewers *self = data;
  const char *user = get_user (GTK_WIDGET (check));

  if (gtk_check_button_get_active (check))
    g_hash_table_add (self->panel, g_strdup (user));
  else
    g_hash_table_remove (self->panel, user);
}

static GtkWidget *
new_row (EntInterviewers *self, const EntApiColleague *colleague)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), colleague->name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (
    GTK_CHECK_BUTTON (check), g_hash_table_contains (self->panel, colleague->user));
  g_object_set_data_full (G_OBJECT (check), "user", g_strdup (colleague->user), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check); /* which names it, too */
  return row;
}

static void
show_more (EntInterviewers *self, guint n_more)
{
  g_autofree char *sentence =
    g_strdup_printf (ngettext ("%u more colleague is not shown. Search for the name.",
                       "%u more colleagues are not shown. Search for their names.", n_more),
      n_more);

  gtk_label_set_label (self->more, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->more), n_more > 0);
}

/* Whoever hosts sits on no panel; whoever was chosen is shown whatever is searched for. */
static void
show_panel (EntInterviewers *self)
{
  const char *host = ent_interviewers_get_host (self);
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (self->search), -1);
  guint n_found = 0;

  ent_list_box_remove_all (self->list);
  for (guint i = 0; i < self->colleagues->len; i++) {
    const EntApiColleague *colleague = g_ptr_array_index (self->colleagues, i);
    g_autofree char *name = g_utf8_casefold (colleague->name, -1);
    gboolean is_chosen = g_hash_table_contains (self->panel, colleague->user);

    if (g_strcmp0 (colleague->user, host) == 0)
      continue;
    if (!is_chosen && (strstr (name, wanted) == NULL || n_found++ >= MAX_SHOWN))
      continue;
    gtk_list_box_append (self->list, new_row (self, colleague));
  }
  show_more (self, n_found > MAX_SHOWN ? n_found - MAX_SHOWN : 0);
}

static void
search_changed_cb (GtkSearchEntry *entry, gpointer data)
{
  show_panel (ENT_INTERVIEWERS (data));
}

static void
host_chosen_cb (GtkDropDown *choice, GParamSpec *pspec, gpointer data)
{
  EntInterviewers *self = data;

  if (!self->is_filling)
    show_panel (self);
}

/* --- names of any length in the choice
 * ------------------------------------------------------------- */

static void
set_up_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkStringObject *name = gtk_list_item_get_item (item);

  gtk_label_set_label (
    GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (name));
}

static GtkListItemFactory *
new_factory (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (set_up_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  return factory;
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const EntApiColleague *first = *(const EntApiColleague *const *) a;
  const EntApiColleague *second = *(const EntApiColleague *const *) b;
  int order = g_utf8_collate (first->name, second->name);

  return order != 0 ? order : strcmp (first->user, second->user);
}

static gboolean
find (EntInterviewers *self, const char *user, guint *place)
{
  for (guint i = 0; user != NULL && i < self->colleagues->len; i++) {
    const EntApiColleague *colleague = g_ptr_array_index (self->colleagues, i);

    if (!g_str_equal (colleague->user, user))
      continue;
    *place = i;
    return TRUE;
  }
  return FALSE;
}

static gboolean
is_gone (gpointer user, gpointer value, gpointer data)
{
  guint place;

  return !find (ENT_INTERVIEWERS (data), user, &place);
}

static void
show_hosts (EntInterviewers *self, guint chosen)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < self->colleagues->len; i++)
    gtk_string_list_append (
      names, ((const EntApiColleague *) g_ptr_array_index (self->colleagues, i))->name);
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->host_choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->host_choice, chosen);
  self->is_filling = FALSE;
  gtk_drop_down_set_enable_search (self->host_choice, self->colleagues->len > MANY);
  gtk_widget_set_visible (GTK_WIDGET (self->search), self->colleagues->len > MANY);
  gtk_widget_set_visible (GTK_WIDGET (self), self->colleagues->len > 1);
}

void
ent_interviewers_take (EntInterviewers *self, const GPtrArray *colleagues, const char *user)
{
  g_autofree char *host = NULL;
  guint chosen = 0;

  g_return_if_fail (ENT_IS_INTERVIEWERS (self));

  host = g_strdup (ent_interviewers_get_host (self));
  g_ptr_array_set_size (self->colleagues, 0);
  for (guint i = 0; i < colleagues->len; i++)
    g_ptr_array_add (self->colleagues,
      ent_struct_copy (&ent_api_colleague_struct, g_ptr_array_index (colleagues, i)));
  g_ptr_array_sort (self->colleagues, compare_names);
  g_hash_table_foreach_remove (self->panel, is_gone, self);
  if (!find (self, host, &chosen))
    find (self, user, &chosen);
  show_hosts (self, chosen);
  show_panel (self);
}

void
ent_interviewers_clear (EntInterviewers *self)
{
  g_return_if_fail (ENT_IS_INTERVIEWERS (self));

  g_ptr_array_set_size (self->colleagues, 0);
  g_hash_table_remove_all (self->panel);
  show_hosts (self, 0);
  gtk_editable_set_text (self->search, "");
  show_panel (self);
}

const char *
ent_interviewers_get_host (EntInterviewers *self)
{
  guint selected;

  g_return_val_if_fail (ENT_IS_INTERVIEWERS (self), NULL);

  selected = gtk_drop_down_get_selected (self->host_choice);
  return selected < self->colleagues->len
           ? ((const EntApiColleague *) g_ptr_array_index (self->colleagues, selected))->user
           : NULL;
}

char **
ent_interviewers_build_panel (EntInterviewers *self)
{
  g_autoptr (GPtrArray) panel = g_ptr_array_new ();
  const char *host = ent_interviewers_get_host (self);

  for (guint i = 0; i < self->colleagues->len; i++) {
    const EntApiColleague *colleague = g_ptr_array_index (self->colleagues, i);

    if (g_hash_table_contains (self->panel, colleague->user) &&
        g_strcmp0 (colleague->user, host) != 0)
      g_ptr_array_add (panel, colleague->user);
  }
  if (panel->len == 0)
    return NULL;
  g_ptr_array_add (panel, NULL);
  return (char **) g_ptr_array_steal (panel, NULL);
}

const char *
ent_interviewers_find_fault (EntInterviewers *self)
{
  g_autofree char **panel = ent_interviewers_build_panel (self);

  return panel != NULL && g_strv_length (panel) > ENT_MAX_PANEL
           ? _ ("A panel has seven colleagues at most, beside the interviewer.")
           : NULL;
}

static void
ent_interviewers_finalize (GObject *object)
{
  EntInterviewers *self = ENT_INTERVIEWERS (object);

  g_ptr_array_unref (self->colleagues);
  g_hash_table_unref (self->panel);

  G_OBJECT_CLASS (ent_interviewers_parent_class)->finalize (object);
}

static void
ent_interviewers_class_init (EntInterviewersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ent_interviewers_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-interviewers.ui");
  gtk_widget_class_bind_template_child (widget_class, EntInterviewers, host_choice);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewers, search);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewers, list);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewers, more);
  gtk_widget_class_bind_template_callback (widget_class, host_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
}

static void
ent_interviewers_init (EntInterviewers *self)
{
  g_autoptr (GtkListItemFactory) factory = new_factory ();
  g_autoptr (GtkExpression) name =
    gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  self->colleagues = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_colleague_free);
  self->panel = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_filling = FALSE;
  gtk_drop_down_set_factory (self->host_choice, factory);
  gtk_drop_down_set_expression (self->host_choice, name); /* by which it is searched */
}
