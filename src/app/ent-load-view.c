#include "config.h"

#include "ent-load-view.h"

struct _EntLoadView {
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *loading;
  AdwStatusPage *problem;
  GtkActionable *retry_button;
  AdwBin *content_bin;
};

G_DEFINE_FINAL_TYPE (EntLoadView, ent_load_view, ADW_TYPE_BIN)

enum { PROP_0, PROP_CONTENT, PROP_LOADING_TITLE, PROP_PROBLEM_TITLE, PROP_RETRY_ACTION, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
ent_load_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntLoadView *self = ENT_LOAD_VIEW (object);

  switch (id) {
  case PROP_CONTENT:
    g_value_set_object (value, adw_bin_get_child (self->content_bin));
    break;
  case PROP_LOADING_TITLE:
    g_value_set_string (value, adw_status_page_get_title (self->loading));
    break;
  case PROP_PROBLEM_TITLE:
    g_value_set_string (value, adw_status_page_get_title (self->problem));
    break;
  case PROP_RETRY_ACTION:
    g_value_set_string (value, gtk_actionable_get_action_name (self->retry_button));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_load_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EntLoadView *self = ENT_LOAD_VIEW (object);

  switch (id) {
  case PROP_CONTENT:
    adw_bin_set_child (self->content_bin, g_value_get_object (value));
    break;
  case PROP_LOADING_TITLE:
    adw_status_page_set_title (self->loading, g_value_get_string (value));
    break;
  case PROP_PROBLEM_TITLE:
    adw_status_page_set_title (self->problem, g_value_get_string (value));
    break;
  case PROP_RETRY_ACTION:
    gtk_actionable_set_action_name (self->retry_button, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_load_view_class_init (EntLoadViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ent_load_view_get_property;
  object_class->set_property = ent_load_view_set_property;

  props[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags);
  props[PROP_LOADING_TITLE] = g_param_spec_string ("loading-title", NULL, NULL, NULL, flags);
  props[PROP_PROBLEM_TITLE] = g_param_spec_string ("problem-title", NULL, NULL, NULL, flags);
  props[PROP_RETRY_ACTION] = g_param_spec_string ("retry-action", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-load-view.ui");
  gtk_widget_class_bind_template_child (widget_class, EntLoadView, stack);
  gtk_widget_class_bind_template_child (widget_class, EntLoadView, loading);
  gtk_widget_class_bind_template_child (widget_class, EntLoadView, problem);
  gtk_widget_class_bind_template_child (widget_class, EntLoadView, retry_button);
  gtk_widget_class_bind_template_child (widget_class, EntLoadView, content_bin);
}

static void
ent_load_view_init (EntLoadView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_load_view_show_loading (EntLoadView *self)
{
  g_return_if_fail (ENT_IS_LOAD_VIEW (self));
  gtk_stack_set_visible_child_name (self->stack, "loading");
}

void
ent_load_view_show_content (EntLoadView *self)
{
  g_return_if_fail (ENT_IS_LOAD_VIEW (self));
  gtk_stack_set_visible_child_name (self->stack, "content");
}

void
ent_load_view_show_problem (EntLoadView *self, const char *sentence)
{
  g_autofree char *escaped = sentence != NULL ? g_markup_escape_text (sentence, -1) : NULL;

  g_return_if_fail (ENT_IS_LOAD_VIEW (self));
  /* Which is markup. */
  adw_status_page_set_description (self->problem, escaped);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

gboolean
ent_load_view_has_content (EntLoadView *self)
{
  g_return_val_if_fail (ENT_IS_LOAD_VIEW (self), FALSE);
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "content") == 0;
}
