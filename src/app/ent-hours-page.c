#include "config.h"

#include "ent-hours-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-date-row.h"
#include "ent-hours-grid.h"
#include "ent-list-box.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-offer.h"
#include "ent-time-table.h"

struct _EntHoursPage {
  AdwBin parent_instance;

  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *view;
  AdwPreferencesGroup *days_group;
  EntHoursGrid *grid;
  GtkListBox *special_list;
  AdwEntryRow *date_row;
  GtkEditable *span_row;
  GtkSpinButton *length_spin;
  GtkSpinButton *buffer_spin;
  GtkSpinButton *notice_spin;
  GtkSpinButton *limit_spin;
  GtkWidget *day_rows[ENT_HOURS_DAYS];

  EntAccount *account;
  char *org;
  EntHours *hours;
  EntApiAvailability *known; /* as the server has it, but for the days that differ; NULL: not yet */
  gboolean is_filling; /* the fields are changed by the program */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntHoursPage, ent_hours_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_busy (EntHoursPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

static void
set_dirty (EntHoursPage *self, gboolean is_dirty)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "hours.save", is_dirty);
}

/* --- the week
 * -------------------------------------------------------------------------------------- */

static void
show_days (EntHoursPage *self)
{
  self->is_filling = TRUE;
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    g_autofree char *text = ent_hours_format (self->hours, day);

    gtk_editable_set_text (GTK_EDITABLE (self->day_rows[day]), text);
    gtk_widget_remove_css_class (self->day_rows[day], "error");
  }
  self->is_filling = FALSE;
  ent_hours_grid_update (self->grid);
}

static void
day_edited_cb (GtkEditable *row, gpointer data)
{
  EntHoursPage *self = data;
  g_autoptr (GError) error = NULL;

  if (self->is_filling)
    return;
  for (int day = 0; day < ENT_HOURS_DAYS; day++)
    if (self->day_rows[day] == GTK_WIDGET (row) &&
        !ent_hours_parse (self->hours, day, gtk_editable_get_text (row), &error))
      gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  if (error == NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  ent_notice_bar_set_sentence (self->notice, error != NULL ? error->message : NULL);
  ent_hours_grid_update (self->grid);
  set_dirty (self, error == NULL);
}

static void
grid_edited_cb (EntHoursGrid *grid, gpointer data)
{
  EntHoursPage *self = data;

  show_days (self);
  ent_notice_bar_set_sentence (self->notice, NULL);
  set_dirty (self, TRUE);
}

static void
number_edited_cb (GtkSpinButton *spin, gpointer data)
{
  EntHoursPage *self = data;

  if (!self->is_filling)
    set_dirty (self, TRUE);
}

/* --- days that differ
 * ------------------------------------------------------------------------------ */

static void
show_special (EntHoursPage *self)
{
  ent_list_box_remove_all (self->special_list);
  for (guint i = 0; i < self->known->special->len; i++) {
    const EntApiSpecialHours *span = g_ptr_array_index (self->known->special, i);
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
    g_autofree char *text =
      span->from < span->until
        /* Translators: hours and minutes from and until. */
        ? g_strdup_printf (_ ("%02d:%02d to %02d:%02d"), (int) span->from / 60,
            (int) span->from % 60, (int) span->until / 60, (int) span->until % 60)
        : g_strdup (_ ("Not free"));
    g_autofree char *name = NULL;

    /* Translators: a date. */
    name = g_strdup_printf (_ ("Remove %s"), span->date);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), span->date);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (button, "flat");
    gtk_widget_set_tooltip_text (button, name);
    ent_accessible_set_name (button, name);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", i);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "hours.remove-day");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    gtk_list_box_append (self->special_list, row);
  }
}

static void
add_day_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntHoursPage *self = ENT_HOURS_PAGE (widget);
  g_autoptr (GError) error = NULL;
  EntApiSpecialHours *special;
  EntHoursSpan span;
  GDate date;

  if (self->known == NULL)
    return;
  if (!ent_date_row_get (self->date_row, &date)) {
    ent_notice_bar_set_sentence (self->notice, _ ("Write the date like 2026-12-24."));
    gtk_widget_grab_focus (GTK_WIDGET (self->date_row));
    return;
  }
  if (!ent_hours_parse_span (gtk_editable_get_text (self->span_row), &span, &error)) {
    ent_notice_bar_set_sentence (self->notice, error->message);
    gtk_widget_grab_focus (GTK_WIDGET (self->span_row));
    return;
  }
  special = ent_api_special_hours_new ();
  special->date = ent_offer_format_date (&date);
  special->from = span.from;
  special->until = span.until;
  g_ptr_array_add (self->known->special, special);
  gtk_editable_set_text (GTK_EDITABLE (self->date_row), "");
  gtk_editable_set_text (self->span_row, "");
  ent_notice_bar_set_sentence (self->notice, NULL);
  show_special (self);
  set_dirty (self, TRUE);
}

static gboolean
show_special_cb (gpointer data)
{
  EntHoursPage *self = data;

  if (self->known != NULL)
    show_special (self);
  return G_SOURCE_REMOVE;
}

static void
remove_day_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntHoursPage *self = ENT_HOURS_PAGE (widget);
  guint place = g_variant_get_uint32 (parameter);

  if (self->known == NULL || place >= self->known->special->len)
    return;
  g_ptr_array_remove_index (self->known->special, place);
  /* Not in the middle of what the button does. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, show_special_cb, g_object_ref (self), g_object_unref);
  set_dirty (self, TRUE);
}

/* --- from and to the server
 * ------------------------------------------------------------------------ */

static char *
new_path (EntHoursPage *self)
{
  g_autofree char *user = ent_account_dup_user (self->account);

  return g_strdup_printf ("/api/orgs/%s/availability/%s", self->org, user);
}

/* Hours that were never set are on the clock on the own wall. */
static void
use_own_zone (EntApiAvailability *hours)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GTimeZone) known = g_time_zone_new_identifier (g_time_zone_get_identifier (local));

  if ((hours->weekly != NULL && hours->weekly->len > 0) || hours->special->len > 0 || known == NULL)
    return;
  g_free (hours->zone);
  hours->zone = g_strdup (g_time_zone_get_identifier (local));
}

void
ent_hours_page_take (EntHoursPage *self, EntApiAvailability *hours)
{
  g_autofree char *description = NULL;

  g_return_if_fail (ENT_IS_HOURS_PAGE (self));

  g_clear_pointer (&self->known, ent_api_availability_free);
  self->known = hours;
  if (hours->special == NULL)
    hours->special = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_special_hours_free);
  use_own_zone (hours);
  ent_hours_load (self->hours, hours->weekly);
  self->is_filling = TRUE;
  gtk_spin_button_set_value (self->length_spin, hours->length_s / 60);
  gtk_spin_button_set_value (self->buffer_spin, hours->buffer_s / 60);
  gtk_spin_button_set_value (self->notice_spin, hours->notice_s / 3600);
  gtk_spin_button_set_value (self->limit_spin, hours->daily_limit);
  self->is_filling = FALSE;
  /* Translators: the name of a time zone such as Europe/Berlin. */
  description = g_strdup_printf (
    _ ("On the clock of %s. Write hours like 09:00-12:00, 13:30-17:00."), hours->zone);
  adw_preferences_group_set_description (self->days_group, description);
  show_days (self);
  show_special (self);
  set_dirty (self, FALSE);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_content (self->view);
}

static void
got_hours_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntHoursPage) self = data;
  g_autoptr (GError) error = NULL;
  gpointer hours = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &hours, &error);
  if (ent_client_error_is_cancelled (error))
    return;
  show_busy (self, FALSE);
  if (hours != NULL) {
    ent_hours_page_take (self, hours);
    return;
  }
  ent_load_view_show_problem (self->view, error != NULL ? error->message : "");
}

static void
load (EntHoursPage *self)
{
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *path = NULL;

  if (client == NULL || self->org == NULL)
    return;
  path = new_path (self);
  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_availability_struct, TRUE,
    self->cancellable, got_hours_cb, g_object_ref (self));
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntHoursPage *self = ENT_HOURS_PAGE (widget);

  ent_load_view_show_loading (self->view);
  load (self);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntHoursPage) self = data;
  g_autoptr (GError) error = NULL;
  gpointer hours = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &hours, &error);
  if (ent_client_error_is_cancelled (error))
    return;
  show_busy (self, FALSE);
  if (hours == NULL) {
    /* What was written stays, and can be saved again. */
    ent_notice_bar_set_sentence (self->notice, error != NULL ? error->message : NULL);
    set_dirty (self, TRUE);
    return;
  }
  ent_hours_page_take (self, hours);
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, _ ("Your hours are saved."));
}

static void
save_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntHoursPage *self = ENT_HOURS_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autoptr (GPtrArray) weekly = NULL;
  g_autofree char *path = NULL;
  EntApiAvailability body;

  if (client == NULL || self->known == NULL)
    return;
  weekly = ent_hours_save (self->hours);
  body = *self->known;
  body.weekly = weekly;
  body.length_s = gtk_spin_button_get_value_as_int (self->length_spin) * 60;
  body.buffer_s = gtk_spin_button_get_value_as_int (self->buffer_spin) * 60;
  body.notice_s = gtk_spin_button_get_value_as_int (self->notice_spin) * 3600;
  body.daily_limit = gtk_spin_button_get_value_as_int (self->limit_spin);
  path = new_path (self);
  set_dirty (self, FALSE);
  show_busy (self, TRUE);
  ent_client_change_async (client, "PUT", path, self->known->version, &ent_api_availability_struct,
    &body, &ent_api_availability_struct, self->cancellable, saved_cb, g_object_ref (self));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_hours_page_clear (EntHoursPage *self)
{
  g_return_if_fail (ENT_IS_HOURS_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->org, g_free);
  g_clear_pointer (&self->known, ent_api_availability_free);
  show_busy (self, FALSE);
  set_dirty (self, FALSE);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_loading (self->view);
}

void
ent_hours_page_start (EntHoursPage *self, const char *org)
{
  g_return_if_fail (ENT_IS_HOURS_PAGE (self));

  ent_hours_page_clear (self);
  self->org = g_strdup (org);
  load (self);
}

static void
ent_hours_page_dispose (GObject *object)
{
  EntHoursPage *self = ENT_HOURS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  if (self->grid != NULL)
    ent_hours_grid_set_hours (self->grid, NULL);

  G_OBJECT_CLASS (ent_hours_page_parent_class)->dispose (object);
}

static void
ent_hours_page_finalize (GObject *object)
{
  EntHoursPage *self = ENT_HOURS_PAGE (object);

  g_free (self->org);
  ent_hours_free (self->hours);
  g_clear_pointer (&self->known, ent_api_availability_free);

  G_OBJECT_CLASS (ent_hours_page_parent_class)->finalize (object);
}

static void
ent_hours_page_class_init (EntHoursPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_hours_page_dispose;
  object_class->finalize = ent_hours_page_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_HOURS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  g_type_ensure (ENT_TYPE_HOURS_GRID);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-hours-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, days_group);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, grid);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, special_list);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, date_row);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, span_row);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, length_spin);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, buffer_spin);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, notice_spin);
  gtk_widget_class_bind_template_child (widget_class, EntHoursPage, limit_spin);
  gtk_widget_class_bind_template_callback (widget_class, grid_edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, number_edited_cb);

  gtk_widget_class_install_action (widget_class, "hours.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "hours.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "hours.add-day", NULL, add_day_cb);
  gtk_widget_class_install_action (widget_class, "hours.remove-day", "u", remove_day_cb);
}

static void
ent_hours_page_init (EntHoursPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->hours = ent_hours_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    g_autofree char *name = ent_time_table_new_weekday (day);

    self->day_rows[day] = adw_entry_row_new ();
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->day_rows[day]), name);
    ent_accessible_name_entry_row (GTK_EDITABLE (self->day_rows[day]), name);
    g_signal_connect_object (self->day_rows[day], "changed", G_CALLBACK (day_edited_cb), self, 0);
    adw_preferences_group_add (self->days_group, self->day_rows[day]);
  }
  ent_date_row_prepare (self->date_row, _ ("Date, such as 2026-12-24"));
  ent_accessible_name_entry_row (self->span_row, _ ("Hours on that day; empty: not free"));
  ent_hours_grid_set_hours (self->grid, self->hours);
  set_dirty (self, FALSE);
}

GtkWidget *
ent_hours_page_new (EntAccount *account)
{
  EntHoursPage *self = g_object_new (ENT_TYPE_HOURS_PAGE, NULL);

  self->account = g_object_ref (account);
  return GTK_WIDGET (self);
}
