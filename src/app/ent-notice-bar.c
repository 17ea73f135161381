#include "config.h"

#include "ent-notice-bar.h"

struct _EntNoticeBar {
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkLabel *label;
  GtkButton *button;

  char *sentence;
};

G_DEFINE_FINAL_TYPE (EntNoticeBar, ent_notice_bar, ADW_TYPE_BIN)

enum { PROP_0, PROP_SENTENCE, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
ent_notice_bar_finalize (GObject *object)
{
  g_free (ENT_NOTICE_BAR (object)->sentence);

  G_OBJECT_CLASS (ent_notice_bar_parent_class)->finalize (object);
}

static void
ent_notice_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_SENTENCE:
    g_value_set_string (value, ENT_NOTICE_BAR (object)->sentence);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_notice_bar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_SENTENCE:
    ent_notice_bar_set_sentence (ENT_NOTICE_BAR (object), g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* Words that are true no more are not left behind for screen readers. */
static void
child_revealed_cb (GtkRevealer *revealer, GParamSpec *pspec, gpointer data)
{
  EntNoticeBar *self = data;

  if (!self->sentence && !gtk_revealer_get_child_revealed (revealer))
    gtk_label_set_label (self->label, "");
}

static void
ent_notice_bar_class_init (EntNoticeBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = ent_notice_bar_finalize;
  object_class->get_property = ent_notice_bar_get_property;
  object_class->set_property = ent_notice_bar_set_property;

  props[PROP_SENTENCE] = g_param_spec_string ("sentence", NULL, NULL, NULL,
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-notice-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, EntNoticeBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, EntNoticeBar, label);
  gtk_widget_class_bind_template_child (widget_class, EntNoticeBar, button);
  gtk_widget_class_bind_template_callback (widget_class, child_revealed_cb);
}

static void
ent_notice_bar_init (EntNoticeBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_notice_bar_set_sentence (EntNoticeBar *self, const char *sentence)
{
  g_return_if_fail (ENT_IS_NOTICE_BAR (self));

  if (g_strcmp0 (self->sentence, sentence) == 0)
    return;
  g_free (self->sentence);
  self->sentence = g_strdup (sentence);
  /* The old words stay in view while the bar goes away. */
  if (sentence)
    gtk_label_set_label (self->label, sentence);
  gtk_revealer_set_reveal_child (self->revealer, sentence != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SENTENCE]);
}

const char *
ent_notice_bar_get_sentence (EntNoticeBar *self)
{
  g_return_val_if_fail (ENT_IS_NOTICE_BAR (self), NULL);
  return self->sentence;
}

void
ent_notice_bar_set_button (EntNoticeBar *self, const char *label, const char *action_name)
{
  g_return_if_fail (ENT_IS_NOTICE_BAR (self));

  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  gtk_button_set_label (self->button, label ? label : "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), action_name);
}
