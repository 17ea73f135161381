#include "config.h"

#include "ent-problem-label.h"

struct _EntProblemLabel {
  AdwBin parent_instance;

  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (EntProblemLabel, ent_problem_label, ADW_TYPE_BIN)

void
ent_problem_label_set_sentence (EntProblemLabel *self, const char *sentence)
{
  g_return_if_fail (ENT_IS_PROBLEM_LABEL (self));

  gtk_label_set_label (self->label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self), sentence != NULL);
}

static void
ent_problem_label_class_init (EntProblemLabelClass *klass)
{
}

static void
ent_problem_label_init (EntProblemLabel *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, "wrap",
    TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "error");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
