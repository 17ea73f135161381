#include "config.h"

#include "ent-notice-bar.h"

/* Below this width the button stands under the sentence. */
#define NARROW_WIDTH 480
#define SPACING 12

struct _EntNoticeBar {
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkWidget *box; /* has a layout of its own */
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

/* --- the sentence and its button, side by side or one above the other
 * ------------------------------ */

static GtkSizeRequestMode
get_request_mode (GtkWidget *box)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
measure_natural (GtkWidget *widget, GtkOrientation orientation, int for_size)
{
  int natural;

  gtk_widget_measure (widget, orientation, for_size, NULL, &natural, NULL, NULL);
  return natural;
}

/* Where both stand in that width. */
static void
place (GtkWidget *box, int width, GtkAllocation *label_at, GtkAllocation *button_at)
{
  GtkWidget *label = gtk_widget_get_first_child (box);
  GtkWidget *button = gtk_widget_get_last_child (box);
  gboolean is_beside = width >= NARROW_WIDTH;

  *label_at = (GtkAllocation){ 0, 0, width, 0 };
  *button_at = (GtkAllocation){ 0 };
  if (gtk_widget_get_visible (button)) {
    button_at->width = MIN (measure_natural (button, GTK_ORIENTATION_HORIZONTAL, -1), width);
    button_at->height = measure_natural (button, GTK_ORIENTATION_VERTICAL, button_at->width);
    if (is_beside)
      label_at->width -= button_at->width + SPACING;
    if (gtk_widget_get_direction (box) == GTK_TEXT_DIR_RTL)
      label_at->x = width - label_at->width;
    else
      button_at->x = width - button_at->width;
  }
  label_at->height = measure_natural (label, GTK_ORIENTATION_VERTICAL, label_at->width);
  if (!is_beside) {
    button_at->y = label_at->height + SPACING / 2;
    return;
  }
  button_at->y = MAX (0, label_at->height - button_at->height) / 2;
  label_at->y = MAX (0, button_at->height - label_at->height) / 2;
}

static void
measure (GtkWidget *box,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  GtkWidget *button = gtk_widget_get_last_child (box);
  GtkAllocation label_at, button_at;
  int button_minimum = 0, button_natural = 0;

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0) {
    place (box, for_size, &label_at, &button_at);
    *minimum = *natural =
      MAX (label_at.y + label_at.height, button_at.height > 0 ? button_at.y + button_at.height : 0);
    return;
  }
  gtk_widget_measure (
    gtk_widget_get_first_child (box), orientation, -1, minimum, natural, NULL, NULL);
  if (!gtk_widget_get_visible (button))
    return;
  gtk_widget_measure (button, orientation, -1, &button_minimum, &button_natural, NULL, NULL);
  *minimum = MAX (*minimum, button_minimum);
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? *natural + SPACING + button_natural
                                                       : MAX (*natural, button_natural);
}

static void
allocate (GtkWidget *box, int width, int height, int baseline)
{
  GtkWidget *button = gtk_widget_get_last_child (box);
  GtkAllocation label_at, button_at;

  place (box, width, &label_at, &button_at);
  gtk_widget_size_allocate (gtk_widget_get_first_child (box), &label_at, -1);
  if (gtk_widget_get_visible (button))
    gtk_widget_size_allocate (button, &button_at, -1);
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
  gtk_widget_class_bind_template_child (widget_class, EntNoticeBar, box);
  gtk_widget_class_bind_template_child (widget_class, EntNoticeBar, label);
  gtk_widget_class_bind_template_child (widget_class, EntNoticeBar, button);
  gtk_widget_class_bind_template_callback (widget_class, child_revealed_cb);
}

static void
ent_notice_bar_init (EntNoticeBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (
    self->box, gtk_custom_layout_new (get_request_mode, measure, allocate));
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
ent_notice_bar_set_button (EntNoticeBar *self, const char *label, const char *action)
{
  GtkActionable *button;
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  g_return_if_fail (ENT_IS_NOTICE_BAR (self));
  g_return_if_fail (!action || g_action_parse_detailed_name (action, &name, &target, NULL));

  button = GTK_ACTIONABLE (self->button);
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  gtk_button_set_label (self->button, label ? label : "");
  /* GTK complains of a name and a parameter that do not belong together, also for a moment. */
  gtk_actionable_set_action_name (button, NULL);
  gtk_actionable_set_action_target_value (button, target);
  gtk_actionable_set_action_name (button, name);
}
