#include "config.h"

#include "ent-offer-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-colleagues.h"
#include "ent-date-row.h"
#include "ent-dialogs.h"
#include "ent-interviewers.h"
#include "ent-notice-bar.h"
#include "ent-offer.h"

/* The places in the list of ends. */
enum { END_COUNT, END_DAY };

struct _EntOfferPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkButton *save_button;
  EntNoticeBar *notice;
  GtkSpinner *spinner;
  AdwPreferencesGroup *when_group;
  GtkEditable *title_row;
  AdwEntryRow *date_row;
  GtkEditable *time_row;
  GtkSpinButton *length_spin;
  GtkWidget *repeat_group;
  AdwComboRow *repeat_row;
  AdwComboRow *end_row;
  GtkWidget *count_row;
  GtkSpinButton *count_spin;
  AdwEntryRow *until_row;
  GtkLabel *summary;
  GtkWidget *who_group;
  GtkSpinButton *capacity_spin;
  EntInterviewers *interviewers;
  GtkWidget *remove_box;
  GtkWidget *remove_rest_button;

  EntAccount *account;
  EntClock *clock;
  GTimeZone *zone; /* on whose wall the times are */
  char *org; /* NULL: nothing is shown */
  EntApiSlot *slot; /* that is offered already; NULL: a new one */
  gboolean is_filling; /* the fields are changed by the program */
  gboolean is_busy;
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntOfferPage, ent_offer_page, ADW_TYPE_BIN)

enum { SIGNAL_DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what is written
 * ------------------------------------------------------------------------------- */

/* NULL, or the sentence that says what is missing. */
static const char *
read_end (EntOfferPage *self, EntOffer *offer)
{
  GDate last;

  offer->count = 1;
  if (offer->repeat == ENT_OFFER_ONCE)
    return NULL;
  offer->count = gtk_spin_button_get_value_as_int (self->count_spin);
  if (adw_combo_row_get_selected (self->end_row) == END_COUNT)
    return NULL;
  if (!ent_date_row_get (self->until_row, &last))
    return _ ("Write the last day like 2026-12-24.");
  offer->count = ent_offer_count_until (offer, &last);
  return offer->count == 0 ? _ ("The last day is before the first one.") : NULL;
}

static const char *
read_offer (EntOfferPage *self, EntOffer *offer)
{
  *offer = (EntOffer){ .zone = self->zone,
    .length = gtk_spin_button_get_value_as_int (self->length_spin),
    .repeat = self->slot == NULL ? adw_combo_row_get_selected (self->repeat_row) : ENT_OFFER_ONCE };
  if (!ent_date_row_get (self->date_row, &offer->first))
    return _ ("Write the date like 2026-12-24.");
  if (!ent_offer_parse_time (gtk_editable_get_text (self->time_row), &offer->from))
    return _ ("Write when it begins like 14:30.");
  if (ent_offer_get_ends (offer, 0) <= ent_clock_get_wall_us (self->clock))
    return _ ("This time is over. Choose one that is still to come.");
  return read_end (self, offer);
}

/* Shows what would be offered, or what is missing. */
static void
update (EntOfferPage *self)
{
  gboolean is_repeated = adw_combo_row_get_selected (self->repeat_row) != ENT_OFFER_ONCE;
  gboolean ends_on_day = adw_combo_row_get_selected (self->end_row) == END_DAY;
  g_autofree char *summary = NULL;
  const char *problem;
  EntOffer offer;

  if (self->is_filling || self->org == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->end_row), is_repeated);
  gtk_widget_set_visible (self->count_row, is_repeated && !ends_on_day);
  gtk_widget_set_visible (GTK_WIDGET (self->until_row), is_repeated && ends_on_day);
  problem = read_offer (self, &offer);
  if (problem == NULL)
    summary = ent_offer_new_summary (&offer, ent_clock_get_wall_us (self->clock));
  gtk_label_set_label (self->summary, problem != NULL ? problem : summary);
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "offer.save", problem == NULL && !self->is_busy);
}

static void
edited_cb (GtkWidget *field, gpointer data)
{
  update (ENT_OFFER_PAGE (data));
}

static void
choice_edited_cb (GtkWidget *field, GParamSpec *pspec, gpointer data)
{
  update (ENT_OFFER_PAGE (data));
}

static void
set_busy (EntOfferPage *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "offer.remove", !is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "offer.remove-rest", !is_busy);
  update (self);
}

/* --- who
 * ------------------------------------------------------------------------------------------- */

void
ent_offer_page_take_colleagues (EntOfferPage *self, const GPtrArray *list)
{
  g_autofree char *user = NULL;

  g_return_if_fail (ENT_IS_OFFER_PAGE (self));

  user = ent_account_dup_user (self->account);
  ent_interviewers_take (self->interviewers, list, user);
}

static void
got_colleagues_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOfferPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) colleagues = ent_colleagues_list_finish (result, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  if (colleagues == NULL)
    ent_notice_bar_set_sentence (self->notice, error->message);
  else
    ent_offer_page_take_colleagues (self, colleagues);
}

/* --- saving and taking back
 * ------------------------------------------------------------------------ */

static void
fail (EntOfferPage *self, const GError *error)
{
  gboolean is_overlap = g_strcmp0 (ent_client_error_get_code (error), "overlap") == 0;

  set_busy (self, FALSE);
  ent_notice_bar_set_sentence (self->notice,
    is_overlap ? _ ("Somebody who interviews has something else at this time, or at one of these "
                    "times. Nothing was changed.")
               : error->message);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOfferPage) self = data;
  g_autoptr (GError) error = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);
  if (ent_client_error_is_cancelled (error))
    return;
  if (error != NULL) {
    fail (self, error);
    return;
  }
  set_busy (self, FALSE);
  g_signal_emit (self, signals[SIGNAL_DONE], 0,
    self->slot != NULL ? _ ("The time is changed.") : _ ("It is offered."));
}

static void
change_slot (EntOfferPage *self, EntClient *client, const EntOffer *offer)
{
  g_autofree char *path = g_strdup_printf ("/api/slots/%s", self->slot->id);
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (self->title_row)));
  const EntApiSlotChange change = { .starts = ent_offer_get_starts (offer, 0),
    .ends = ent_offer_get_ends (offer, 0),
    .title = *title != '\0' ? title : NULL };

  ent_client_change_async (client, "PATCH", path, self->slot->version, &ent_api_slot_change_struct,
    &change, &ent_api_slot_struct, self->cancellable, saved_cb, g_object_ref (self));
}

static void
add_slots (EntOfferPage *self, EntClient *client, const EntOffer *offer, char **panel)
{
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (self->title_row)));
  const char *zone = g_time_zone_get_identifier (self->zone);
  g_autoptr (GTimeZone) known = g_time_zone_new_identifier (zone);
  EntApiNewSlot slot = { .org = self->org,
    .interviewer = (char *) ent_interviewers_get_host (self->interviewers),
    .title = *title != '\0' ? title : NULL,
    .starts = ent_offer_get_starts (offer, 0),
    .ends = ent_offer_get_ends (offer, 0),
    .zone = known != NULL ? (char *) zone : NULL,
    .panel = panel,
    .capacity = gtk_spin_button_get_value_as_int (self->capacity_spin) };

  if (offer->repeat == ENT_OFFER_ONCE) {
    ent_client_call_async (client, "POST", "/api/slots", &ent_api_new_slot_struct, &slot,
      &ent_api_slot_struct, TRUE, self->cancellable, saved_cb, g_object_ref (self));
  } else {
    EntApiNewSeries series = ent_offer_build_series (offer, &slot);

    ent_client_call_async (client, "POST", "/api/slots/series", &ent_api_new_series_struct, &series,
      &ent_api_series_struct, TRUE, self->cancellable, saved_cb, g_object_ref (self));
  }
}

static void
save_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOfferPage *self = ENT_OFFER_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char **panel = NULL;
  const char *fault;
  EntOffer offer;

  if (client == NULL || self->is_busy || read_offer (self, &offer) != NULL)
    return;
  fault = ent_interviewers_find_fault (self->interviewers);
  ent_notice_bar_set_sentence (self->notice, fault);
  if (fault != NULL)
    return;
  panel = ent_interviewers_build_panel (self->interviewers);
  set_busy (self, TRUE);
  if (self->slot != NULL)
    change_slot (self, client, &offer);
  else
    add_slots (self, client, &offer, panel);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOfferPage) self = data;
  g_autoptr (GError) error = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);
  if (ent_client_error_is_cancelled (error))
    return;
  if (error != NULL) {
    fail (self, error);
    return;
  }
  set_busy (self, FALSE);
  g_signal_emit (self, signals[SIGNAL_DONE], 0, _ ("It is not offered any more."));
}

static void
remove_slot (EntOfferPage *self, gboolean with_rest)
{
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *path = NULL;

  if (client == NULL || self->slot == NULL || self->is_busy)
    return;
  path = g_strdup_printf ("/api/slots/%s%s", self->slot->id, with_rest ? "?rest=1" : "");
  ent_notice_bar_set_sentence (self->notice, NULL);
  set_busy (self, TRUE);
  ent_client_change_async (client, "DELETE", path, self->slot->version, NULL, NULL, NULL,
    self->cancellable, removed_cb, g_object_ref (self));
}

static void
remove_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  remove_slot (ENT_OFFER_PAGE (widget), FALSE);
}

static void
rest_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOfferPage) self = data;

  if (ent_dialogs_confirm_finish (result))
    remove_slot (self, TRUE);
}

/* Many at once are asked about. */
static void
remove_rest_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_dialogs_confirm_async (widget, _ ("Take back this time and the later ones?"),
    _ ("Those of this series that nobody has booked are not offered any more. Interviews stay."),
    _ ("_Take back"), rest_confirmed_cb, g_object_ref (widget));
}

/* --- starting
 * -------------------------------------------------------------------------------------- */

static void
stop (EntOfferPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->org, g_free);
  g_clear_pointer (&self->slot, ent_api_slot_free);
  ent_interviewers_clear (self->interviewers);
  set_busy (self, FALSE);
  ent_notice_bar_set_sentence (self->notice, NULL);
}

void
ent_offer_page_clear (EntOfferPage *self)
{
  g_return_if_fail (ENT_IS_OFFER_PAGE (self));
  stop (self);
}

static void
fill (EntOfferPage *self, const char *title, gint64 starts_us, gint64 ends_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (starts_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) at = g_date_time_to_timezone (utc, self->zone);
  g_autofree char *time = g_date_time_format (at, "%H:%M");
  /* Translators: the name of a time zone such as Europe/Berlin. */
  g_autofree char *clock =
    g_strdup_printf (_ ("On the clock of %s."), g_time_zone_get_identifier (self->zone));
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, g_date_time_get_day_of_month (at), g_date_time_get_month (at),
    g_date_time_get_year (at));
  self->is_filling = TRUE;
  adw_preferences_group_set_description (self->when_group, clock);
  gtk_editable_set_text (self->title_row, title);
  ent_date_row_set (self->date_row, &date);
  ent_date_row_set (self->until_row, &date);
  gtk_editable_set_text (self->time_row, time);
  gtk_spin_button_set_value (self->length_spin, (ends_us - starts_us) / G_TIME_SPAN_MINUTE);
  adw_combo_row_set_selected (self->repeat_row, ENT_OFFER_ONCE);
  adw_combo_row_set_selected (self->end_row, END_COUNT);
  gtk_spin_button_set_value (self->count_spin, 4);
  gtk_spin_button_set_value (self->capacity_spin, 1);
  self->is_filling = FALSE;
  update (self);
}

static void
show_parts (EntOfferPage *self)
{
  gboolean is_new = self->slot == NULL;
  gboolean has_series = !is_new && self->slot->series != NULL;

  adw_window_title_set_title (self->title, is_new ? _ ("Offer a time") : _ ("Offered time"));
  gtk_button_set_label (self->save_button, is_new ? _ ("Offer") : _ ("Save"));
  gtk_widget_set_visible (self->repeat_group, is_new);
  gtk_widget_set_visible (self->who_group, is_new);
  gtk_widget_set_visible (self->remove_box, !is_new);
  gtk_widget_set_visible (self->remove_rest_button, has_series);
}

void
ent_offer_page_start (EntOfferPage *self, const char *org, gint64 starts_us, gint64 ends_us)
{
  EntClient *client;

  g_return_if_fail (ENT_IS_OFFER_PAGE (self));

  stop (self);
  self->org = g_strdup (org);
  show_parts (self);
  fill (self, _ ("Interview"), starts_us, ends_us);
  client = ent_account_get_client (self->account);
  if (client != NULL)
    ent_colleagues_list_async (
      client, org, self->cancellable, got_colleagues_cb, g_object_ref (self));
}

void
ent_offer_page_edit (EntOfferPage *self, const EntApiSlot *slot)
{
  EntApiSlot *own;

  g_return_if_fail (ENT_IS_OFFER_PAGE (self));

  own = ent_struct_copy (&ent_api_slot_struct, slot);
  stop (self);
  self->slot = own;
  self->org = g_strdup (slot->org);
  show_parts (self);
  fill (self, slot->title != NULL ? slot->title : "", slot->starts, slot->ends);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_offer_page_dispose (GObject *object)
{
  EntOfferPage *self = ENT_OFFER_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_offer_page_parent_class)->dispose (object);
}

static void
ent_offer_page_finalize (GObject *object)
{
  EntOfferPage *self = ENT_OFFER_PAGE (object);

  g_free (self->org);
  g_clear_pointer (&self->slot, ent_api_slot_free);
  g_time_zone_unref (self->zone);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_offer_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, save_button);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, when_group);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, title_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, date_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, time_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, length_spin);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, repeat_group);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, repeat_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, end_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, count_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, count_spin);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, until_row);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, summary);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, who_group);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, capacity_spin);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, interviewers);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, remove_box);
  gtk_widget_class_bind_template_child (widget_class, EntOfferPage, remove_rest_button);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_edited_cb);
}

static void
ent_offer_page_class_init (EntOfferPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_offer_page_dispose;
  object_class->finalize = ent_offer_page_finalize;

  signals[SIGNAL_DONE] = g_signal_new ("done", ENT_TYPE_OFFER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_INTERVIEWERS);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-offer-page.ui");
  bind_children (widget_class);

  gtk_widget_class_install_action (widget_class, "offer.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "offer.remove", NULL, remove_cb);
  gtk_widget_class_install_action (widget_class, "offer.remove-rest", NULL, remove_rest_cb);
}

static void
ent_offer_page_init (EntOfferPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->zone = g_time_zone_new_local ();
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_filling = FALSE;
  ent_accessible_name_entry_row (self->title_row, _ ("Title"));
  ent_accessible_name_entry_row (self->time_row, _ ("Begins at, such as 14:30"));
  ent_date_row_prepare (self->date_row, _ ("Day, such as 2026-12-24"));
  ent_date_row_prepare (self->until_row, _ ("Last day, such as 2026-12-24"));
}

GtkWidget *
ent_offer_page_new (EntAccount *account, EntClock *clock)
{
  EntOfferPage *self = g_object_new (ENT_TYPE_OFFER_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  return GTK_WIDGET (self);
}
