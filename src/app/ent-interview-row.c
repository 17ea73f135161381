#include "config.h"

#include "ent-interview-row.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"

struct _EntInterviewRow {
  AdwActionRow parent_instance;

  GtkWidget *state_label;
  GtkWidget *join_button;
  GtkWidget *change_button;

  EntInterview *interview;
};

G_DEFINE_FINAL_TYPE (EntInterviewRow, ent_interview_row, ADW_TYPE_ACTION_ROW)

enum { PROP_0, PROP_INTERVIEW, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
interview_changed_cb (EntInterview *interview, GParamSpec *pspec, gpointer data)
{
  EntInterviewRow *self = data;
  g_autofree char *when = NULL;
  g_autofree char *people = NULL;
  g_autofree char *role = NULL;
  g_autofree char *opens_text = NULL;
  GString *text;

  g_object_get (
    interview, "when", &when, "people", &people, "role", &role, "opens-text", &opens_text, NULL);
  text = g_string_new (when);
  if (people && *people)
    g_string_append_printf (text, "\n%s", people);
  /* Translators: the person's own role in an interview. */
  g_string_append_printf (text, _ ("\nYou are: %s"), role);
  if (opens_text)
    g_string_append_printf (text, "\n%s", opens_text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text->str);
  g_string_free (text, TRUE);
}

/* The entries are about this interview, so each row has a menu of its own. */
static GMenuModel *
new_menu (EntInterview *interview)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  const char *id = ent_interview_get_id (interview);
  g_autoptr (GMenuItem) move = g_menu_item_new (_ ("_Move to another time"), NULL);
  g_autoptr (GMenuItem) cancel = g_menu_item_new (_ ("_Cancel interview"), NULL);

  g_menu_item_set_action_and_target (move, "win.move-interview", "s", id);
  g_menu_item_set_action_and_target (cancel, "win.cancel-interview", "s", id);
  g_menu_append_item (menu, move);
  g_menu_append_item (menu, cancel);
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
ent_interview_row_constructed (GObject *object)
{
  EntInterviewRow *self = ENT_INTERVIEW_ROW (object);
  g_autoptr (GMenuModel) menu = new_menu (self->interview);
  g_autofree char *name = NULL;
  g_autofree char *change = NULL;

  G_OBJECT_CLASS (ent_interview_row_parent_class)->constructed (object);

  /* Translators: the title of an interview. */
  change = g_strdup_printf (_ ("Change %s"), ent_interview_get_title (self->interview));
  ent_accessible_set_name (self->change_button, change);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->change_button), menu);
  g_object_bind_property (
    self->interview, "can-change", self->change_button, "visible", G_BINDING_SYNC_CREATE);

  /* Translators: the title of an interview. */
  name = g_strdup_printf (_ ("Join %s"), ent_interview_get_title (self->interview));
  ent_accessible_set_name (self->join_button, name);
  adw_preferences_row_set_title (
    ADW_PREFERENCES_ROW (self), ent_interview_get_title (self->interview));
  g_object_bind_property (
    self->interview, "state-text", self->state_label, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (
    self->interview, "can-join", self->join_button, "visible", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (
    self->interview, "notify::opens-text", G_CALLBACK (interview_changed_cb), self, 0);
  interview_changed_cb (self->interview, NULL, self);
  gtk_actionable_set_action_target (
    GTK_ACTIONABLE (self->join_button), "s", ent_interview_get_room (self->interview));
  gtk_actionable_set_action_target (
    GTK_ACTIONABLE (self), "s", ent_interview_get_id (self->interview));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "win.show-interview");
}

static void
ent_interview_row_dispose (GObject *object)
{
  g_clear_object (&ENT_INTERVIEW_ROW (object)->interview);

  G_OBJECT_CLASS (ent_interview_row_parent_class)->dispose (object);
}

static void
ent_interview_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_INTERVIEW:
    g_value_set_object (value, ENT_INTERVIEW_ROW (object)->interview);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_interview_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_INTERVIEW:
    ENT_INTERVIEW_ROW (object)->interview = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_interview_row_class_init (EntInterviewRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = ent_interview_row_constructed;
  object_class->dispose = ent_interview_row_dispose;
  object_class->get_property = ent_interview_row_get_property;
  object_class->set_property = ent_interview_row_set_property;

  props[PROP_INTERVIEW] = g_param_spec_object ("interview", NULL, NULL, ENT_TYPE_INTERVIEW,
    G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-interview-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EntInterviewRow, join_button);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewRow, change_button);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewRow, state_label);
}

static void
ent_interview_row_init (EntInterviewRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_interview_row_new (EntInterview *interview)
{
  return g_object_new (ENT_TYPE_INTERVIEW_ROW, "interview", interview, NULL);
}
