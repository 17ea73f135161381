#include "config.h"

#include "ent-notices-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-list-box.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-wording.h"

struct _EntNoticesPage {
  AdwBin parent_instance;

  EntNoticeBar *notice;
  EntLoadView *view;
  GtkStack *stack; /* of what there is to show */
  GtkListBox *list;

  EntNotices *notices;
  EntClock *clock;
  guint fill_id; /* the rows are about to be made anew */
};

G_DEFINE_FINAL_TYPE (EntNoticesPage, ent_notices_page, ADW_TYPE_BIN)

/* --- the list
 * -------------------------------------------------------------------------------------- */

static GtkWidget *
new_row (EntNoticesPage *self, const EntApiNotification *notice)
{
  GtkWidget *row = adw_action_row_new ();
  gint64 now_us = ent_clock_get_wall_us (self->clock);
  g_autofree char *title = ent_notices_new_title (notice);
  g_autofree char *body = ent_notices_new_body (notice, now_us);
  g_autofree char *told = ent_wording_new_day_time (notice->at, now_us);
  GtkWidget *told_label = gtk_label_new (told);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), body);
  gtk_widget_add_css_class (told_label, "dim-label");
  gtk_widget_add_css_class (told_label, "caption");
  gtk_label_set_wrap (GTK_LABEL (told_label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (told_label), 10);
  gtk_label_set_max_width_chars (GTK_LABEL (told_label), 18);
  gtk_label_set_xalign (GTK_LABEL (told_label), 1);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  if (notice->read == 0) {
    GtkWidget *mark = gtk_label_new (_ ("New"));

    gtk_widget_add_css_class (mark, "new-mark");
    gtk_widget_set_halign (mark, GTK_ALIGN_END);
    gtk_box_append (GTK_BOX (box), mark);
  }
  gtk_box_append (GTK_BOX (box), told_label);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", notice->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "notices.open");
  return row;
}

static void
show_problem (EntNoticesPage *self)
{
  const char *sentence = ent_notices_get_problem (self->notices);
  gboolean has_list = ent_notices_get_list (self->notices) != NULL;

  ent_notice_bar_set_sentence (self->notice, has_list ? sentence : NULL);
  if (has_list)
    ent_load_view_show_content (self->view);
  else if (sentence != NULL)
    ent_load_view_show_problem (self->view, sentence);
  else
    ent_load_view_show_loading (self->view);
}

static gboolean
fill_cb (gpointer data)
{
  EntNoticesPage *self = data;
  const GPtrArray *list = ent_notices_get_list (self->notices);

  self->fill_id = 0;
  ent_list_box_remove_all (self->list);
  for (guint i = 0; list != NULL && i < list->len; i++)
    gtk_list_box_append (self->list, new_row (self, g_ptr_array_index (list, i)));
  if (list != NULL)
    gtk_stack_set_visible_child_name (self->stack, list->len > 0 ? "list" : "empty");
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "notices.read-all", ent_notices_get_unread (self->notices) > 0);
  show_problem (self);
  return G_SOURCE_REMOVE;
}

/* Not in the middle of what a row does. */
static void
changed_cb (EntNotices *notices, gpointer data)
{
  EntNoticesPage *self = data;

  if (self->fill_id == 0)
    self->fill_id = g_idle_add (fill_cb, self);
}

static void
problem_changed_cb (EntNotices *notices, GParamSpec *pspec, gpointer data)
{
  show_problem (ENT_NOTICES_PAGE (data));
}

/* --- actions
 * --------------------------------------------------------------------------------------- */

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_notices_refresh (ENT_NOTICES_PAGE (widget)->notices);
}

static void
read_all_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_notices_mark_read (ENT_NOTICES_PAGE (widget)->notices, NULL);
}

static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntNoticesPage *self = ENT_NOTICES_PAGE (widget);
  const char *id = g_variant_get_string (parameter, NULL);
  const GPtrArray *list = ent_notices_get_list (self->notices);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const EntApiNotification *notice = g_ptr_array_index (list, i);
    g_autofree char *interview = NULL;

    if (!g_str_equal (notice->id, id))
      continue;
    interview = g_strdup (notice->interview);
    ent_notices_mark_read (self->notices, id);
    gtk_widget_activate_action (widget, "win.show-interview", "s", interview);
    return;
  }
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_notices_page_dispose (GObject *object)
{
  EntNoticesPage *self = ENT_NOTICES_PAGE (object);

  g_clear_handle_id (&self->fill_id, g_source_remove);
  g_clear_object (&self->notices);

  G_OBJECT_CLASS (ent_notices_page_parent_class)->dispose (object);
}

static void
ent_notices_page_finalize (GObject *object)
{
  ent_clock_unref (ENT_NOTICES_PAGE (object)->clock);

  G_OBJECT_CLASS (ent_notices_page_parent_class)->finalize (object);
}

static void
ent_notices_page_class_init (EntNoticesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_notices_page_dispose;
  object_class->finalize = ent_notices_page_finalize;

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-notices-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntNoticesPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntNoticesPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntNoticesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntNoticesPage, list);

  gtk_widget_class_install_action (widget_class, "notices.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "notices.open", "s", open_cb);
  gtk_widget_class_install_action (widget_class, "notices.read-all", NULL, read_all_cb);
}

static void
ent_notices_page_init (EntNoticesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_notice_bar_set_button (self->notice, _ ("Try again"), "notices.refresh");
}

GtkWidget *
ent_notices_page_new (EntNotices *notices, EntClock *clock)
{
  EntNoticesPage *self = g_object_new (ENT_TYPE_NOTICES_PAGE, NULL);

  self->notices = g_object_ref (notices);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  g_signal_connect_object (notices, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (notices, "notify::problem", G_CALLBACK (problem_changed_cb), self, 0);
  fill_cb (self);
  return GTK_WIDGET (self);
}
