#include "config.h"

#include "ent-time-list.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-wording.h"

struct _EntTimeList {
  AdwBin parent_instance;

  GtkBox *days;
  AdwPreferencesGroup *last; /* the day that was added last; NULL: there is none */
};

G_DEFINE_FINAL_TYPE (EntTimeList, ent_time_list, ADW_TYPE_BIN)

static GtkWidget *
new_row (const EntTime *time, gint64 now_us)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_with_label (time->label);
  g_autofree char *starts = ent_wording_new_time (time->starts_us);
  g_autofree char *ends = ent_wording_new_time (time->ends_us);
  g_autofree char *other = ent_wording_new_other_time (time->starts_us, time->zone);
  g_autofree char *span = ent_wording_new_span (time->starts_us, time->ends_us, now_us);
  /* Translators: two times of day. */
  g_autofree char *title = g_strdup_printf (_ ("%s to %s"), starts, ends);
  g_autofree char *name = g_strdup_printf ("%s: %s", time->label, span);
  gboolean has_both = time->subtitle != NULL && other != NULL;
  g_autofree char *subtitle =
    g_strconcat (time->subtitle != NULL ? time->subtitle : "", has_both ? "\n" : "", other, NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), time->target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), time->action);
  ent_accessible_set_name (button, name);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

void
ent_time_list_add (EntTimeList *self, const EntTime *time, gint64 now_us)
{
  g_autofree char *day = ent_wording_new_day (time->starts_us, now_us);

  g_return_if_fail (ENT_IS_TIME_LIST (self));

  if (self->last == NULL || g_strcmp0 (adw_preferences_group_get_title (self->last), day) != 0) {
    self->last = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
    adw_preferences_group_set_title (self->last, day);
    gtk_box_append (self->days, GTK_WIDGET (self->last));
  }
  adw_preferences_group_add (self->last, new_row (time, now_us));
}

void
ent_time_list_clear (EntTimeList *self)
{
  GtkWidget *day;

  g_return_if_fail (ENT_IS_TIME_LIST (self));

  self->last = NULL;
  while ((day = gtk_widget_get_first_child (GTK_WIDGET (self->days))) != NULL)
    gtk_box_remove (self->days, day);
}

gboolean
ent_time_list_is_empty (EntTimeList *self)
{
  g_return_val_if_fail (ENT_IS_TIME_LIST (self), TRUE);
  return self->last == NULL;
}

static void
ent_time_list_class_init (EntTimeListClass *klass)
{
}

static void
ent_time_list_init (EntTimeList *self)
{
  self->days = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 24));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->days));
}
