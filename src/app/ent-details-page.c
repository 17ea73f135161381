#include "config.h"

#include "ent-details-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-calendar-file.h"
#include "ent-interview-changes.h"
#include "ent-list-box.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-wording.h"
#include "protocol/ent-link-uri.h"

/* How often the page looks at the clock, so that the way in opens in time. */
#define TICK_MS 15000

struct _EntDetailsPage {
  AdwBin parent_instance;

  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *view;
  GtkLabel *title_label;
  GtkLabel *state_label;
  GtkLabel *opens_label;
  GtkWidget *join_button;
  AdwActionRow *when_row;
  AdwActionRow *other_row;
  GtkListBox *people_list;
  GtkListBox *history_list;
  GtkWidget *history_group;
  GtkWidget *move_button;
  GtkWidget *cancel_button;
  GtkWidget *miss_button;

  EntAccount *account;
  EntClock *clock;
  guint tick_id;
  char *id; /* NULL: none is shown */
  EntInterview *interview; /* NULL until the server has answered */
  EntApiInterviewAnswer *answer; /* that waits for the history */
  gboolean wants_in; /* into the room, once the interview is known */
  gboolean has_ended; /* in its room, by somebody's word */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntDetailsPage, ent_details_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_MOVE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say (EntDetailsPage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

static void
show_busy (EntDetailsPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

/* --- what is shown
 * --------------------------------------------------------------------------------- */

/* NULL: it is open, or never will be. */
static char *
new_opens_text (EntDetailsPage *self, gint64 now_us)
{
  gint64 opens_us = ent_interview_get_opens (self->interview);
  guint minutes = (ent_interview_get_starts (self->interview) - opens_us) / G_TIME_SPAN_MINUTE;
  g_autofree char *known = NULL;
  g_autofree char *at = NULL;

  g_object_get (self->interview, "opens-text", &known, NULL);
  if (known == NULL)
    return NULL;
  at = ent_wording_new_day_time (opens_us, now_us);
  /* Translators: a number of minutes, then from when a room can be entered, such as "Today, 13:45".
   */
  return g_strdup_printf (ngettext ("The room opens %u minute before: %s",
                            "The room opens %u minutes before: %s", minutes),
    minutes, at);
}

/* What depends on the time. */
static void
update (EntDetailsPage *self)
{
  gint64 now_us = ent_clock_get_wall_us (self->clock);
  g_autofree char *state = NULL;
  g_autofree char *opens = NULL;
  gboolean can_join, can_change, can_miss;

  if (self->interview == NULL)
    return;
  ent_interview_update (self->interview, now_us);
  g_object_get (self->interview, "state-text", &state, NULL);
  opens = new_opens_text (self, now_us);
  can_join = ent_interview_can_join (self->interview);
  can_change = ent_interview_can_change (self->interview);
  can_miss = ent_interview_can_miss (self->interview) && !self->has_ended;
  gtk_label_set_label (self->state_label, state);
  gtk_label_set_label (self->opens_label, opens != NULL ? opens : "");
  gtk_widget_set_visible (GTK_WIDGET (self->opens_label), opens != NULL);
  gtk_widget_set_visible (self->join_button, can_join || opens != NULL);
  gtk_widget_set_visible (self->move_button, can_change);
  gtk_widget_set_visible (self->cancel_button, can_change);
  gtk_widget_set_visible (self->miss_button, can_miss);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "details.join", can_join);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "details.move", can_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "details.cancel", can_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "details.miss", can_miss);
}

static GtkWidget *
new_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
show_when (EntDetailsPage *self)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *other = ent_wording_new_other_span (ent_interview_get_starts (self->interview),
    ent_interview_get_ends (self->interview), ent_interview_get_zone (self->interview));
  /* Translators: the name of a time zone such as Europe/Berlin. */
  g_autofree char *own = g_strdup_printf (_ ("Your time (%s)"), g_time_zone_get_identifier (local));

  adw_preferences_row_set_title (
    ADW_PREFERENCES_ROW (self->when_row), ent_interview_get_when (self->interview));
  adw_action_row_set_subtitle (self->when_row, own);
  gtk_widget_set_visible (GTK_WIDGET (self->other_row), other != NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->other_row), other != NULL ? other : "");
}

static void
show_people (EntDetailsPage *self, const GPtrArray *people)
{
  ent_list_box_remove_all (self->people_list);
  for (guint i = 0; people != NULL && i < people->len; i++) {
    const EntApiPlace *place = g_ptr_array_index (people, i);
    g_autofree char *there =
      ent_wording_new_other_time (ent_interview_get_starts (self->interview), place->zone);
    g_autofree char *subtitle =
      there != NULL
        /* Translators: a role in an interview, then a weekday with a time and a time zone. */
        ? g_strdup_printf (_ ("%s. There it is %s."), ent_wording_get_role (place->role), there)
        : g_strdup (ent_wording_get_role (place->role));
    GtkWidget *row = new_row (place->name, subtitle);
    GtkWidget *avatar = adw_avatar_new (32, place->name, TRUE);

    gtk_widget_set_valign (avatar, GTK_ALIGN_CENTER);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), avatar);
    gtk_list_box_append (self->people_list, row);
  }
}

static char *
new_change_text (const EntApiChange *change, gint64 now_us)
{
  g_autofree char *starts = ent_wording_new_day_time (change->starts, now_us);

  switch (change->kind) {
  case 0:
    /* Translators: a day with a time. */
    return g_strdup_printf (_ ("Booked for %s"), starts);
  case 1:
    /* Translators: a day with a time. */
    return g_strdup_printf (_ ("Moved to %s"), starts);
  case 2:
    return g_strdup (_ ("Cancelled"));
  case 3:
    return g_strdup (_ ("Nobody came"));
  case 4:
    return g_strdup (_ ("Ended"));
  default:
    return g_strdup ("");
  }
}

static void
show_history (EntDetailsPage *self, const EntApiHistory *history)
{
  gint64 now_us = ent_clock_get_wall_us (self->clock);
  gboolean has_changes = history != NULL && history->items != NULL && history->items->len > 0;

  ent_list_box_remove_all (self->history_list);
  gtk_widget_set_visible (self->history_group, has_changes);
  self->has_ended = FALSE;
  for (guint i = 0; has_changes && i < history->items->len; i++) {
    const EntApiChange *change = g_ptr_array_index (history->items, i);
    g_autofree char *title = new_change_text (change, now_us);
    g_autofree char *at = ent_wording_new_day_time (change->at, now_us);
    /* Translators: who changed an interview, and when. */
    g_autofree char *who = change->actor_name != NULL
                             ? g_strdup_printf (_ ("%s, %s"), change->actor_name, at)
                             : g_strdup (at);
    g_autofree char *subtitle = change->reason != NULL && *change->reason != '\0'
                                  /* Translators: who and when, then the reason that was given. */
                                  ? g_strdup_printf (_ ("%s\nReason: %s"), who, change->reason)
                                  : g_strdup (who);

    self->has_ended = self->has_ended || g_str_equal (ent_api_change_nicks[change->kind], "ended");
    gtk_list_box_append (self->history_list, new_row (title, subtitle));
  }
}

void
ent_details_page_take (EntDetailsPage *self,
  const EntApiInterviewAnswer *answer,
  const EntApiHistory *history)
{
  g_return_if_fail (ENT_IS_DETAILS_PAGE (self));

  g_clear_object (&self->interview);
  self->interview = ent_interview_new (answer->interview, ent_clock_get_wall_us (self->clock));
  gtk_label_set_label (self->title_label, ent_interview_get_title (self->interview));
  show_when (self);
  show_people (self, answer->people);
  show_history (self, history);
  update (self);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_content (self->view);
  if (self->wants_in) {
    self->wants_in = FALSE;
    gtk_widget_activate_action (GTK_WIDGET (self), "details.join", NULL);
  }
}

/* --- loading: the interview, then its history
 * ------------------------------------------------------ */

static void
show_failure (EntDetailsPage *self, const GError *error)
{
  show_busy (self, FALSE);
  if (self->interview != NULL) {
    ent_notice_bar_set_sentence (self->notice, error->message);
    return;
  }
  ent_load_view_show_problem (self->view, error->message);
}

static void
got_history_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntDetailsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiHistory) history = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  history = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  if (history == NULL) {
    show_failure (self, error);
    return;
  }
  show_busy (self, FALSE);
  ent_details_page_take (self, self->answer, history);
}

static void
got_interview_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntDetailsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  if (ent_client_error_is_cancelled (error))
    return;
  if (answer == NULL) {
    show_failure (self, error);
    return;
  }
  g_clear_pointer (&self->answer, ent_api_interview_answer_free);
  self->answer = answer;
  path = g_strdup_printf ("/api/interviews/%s/history", self->id);
  ent_client_call_async (ENT_CLIENT (source), "GET", path, NULL, NULL, &ent_api_history_struct,
    TRUE, self->cancellable, got_history_cb, g_object_ref (self));
}

static void
load (EntDetailsPage *self)
{
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *path = NULL;

  if (client == NULL || self->id == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  show_busy (self, self->interview != NULL);
  path = g_strdup_printf ("/api/interviews/%s", self->id);
  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_interview_answer_struct, TRUE,
    self->cancellable, got_interview_cb, g_object_ref (self));
}

/* --- actions
 * --------------------------------------------------------------------------------------- */

void
ent_details_page_refresh (EntDetailsPage *self)
{
  g_return_if_fail (ENT_IS_DETAILS_PAGE (self));

  if (self->id == NULL)
    return;
  if (self->interview == NULL)
    ent_load_view_show_loading (self->view);
  load (self);
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_details_page_refresh (ENT_DETAILS_PAGE (widget));
}

static void
join_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);

  if (self->interview != NULL)
    gtk_widget_activate_action (
      widget, "win.enter-room", "s", ent_interview_get_room (self->interview));
}

static void
copy_link_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *link = NULL;

  if (client == NULL || self->interview == NULL)
    return;
  link = ent_link_uri_build_web (
    ent_client_get_place (client), ent_interview_get_room (self->interview), NULL);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), link);
  say (self, _ ("The link is copied. It opens the room for those who take part."));
}

static void
calendar_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntDetailsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = ent_calendar_file_offer_finish (result, &error);

  if (sentence != NULL)
    say (self, sentence);
  else if (error != NULL)
    say (self, error->message);
}

static void
got_entry_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntDetailsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = ent_client_read_text_finish (ENT_CLIENT (source), result, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  show_busy (self, FALSE);
  if (entry == NULL)
    say (self, error->message);
  else
    ent_calendar_file_offer_async (
      GTK_WIDGET (self), entry, calendar_opened_cb, g_object_ref (self));
}

static void
add_to_calendar_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *path = NULL;

  if (client == NULL || self->interview == NULL)
    return;
  show_busy (self, TRUE);
  path = g_strdup_printf ("/api/interviews/%s/invite.ics", self->id);
  ent_client_read_text_async (client, path, self->cancellable, got_entry_cb, g_object_ref (self));
}

static void
move_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);

  if (self->interview != NULL)
    g_signal_emit (self, signals[SIGNAL_MOVE], 0, self->interview);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntDetailsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = ent_interview_changes_finish (result, &error);

  if (sentence == NULL && error == NULL)
    return;
  say (self, sentence != NULL ? sentence : error->message);
  load (self);
}

static void
cancel_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);

  if (client != NULL && self->interview != NULL)
    ent_interview_changes_cancel_async (
      widget, client, self->interview, changed_cb, g_object_ref (self));
}

static void
miss_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);

  if (client != NULL && self->interview != NULL)
    ent_interview_changes_miss_async (
      widget, client, self->interview, changed_cb, g_object_ref (self));
}

/* --- time
 * ------------------------------------------------------------------------------------------ */

static gboolean
tick_cb (gpointer data)
{
  update (ENT_DETAILS_PAGE (data));
  return G_SOURCE_CONTINUE;
}

static void
ent_details_page_map (GtkWidget *widget)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);

  GTK_WIDGET_CLASS (ent_details_page_parent_class)->map (widget);
  update (self);
  self->tick_id = ent_clock_add (self->clock, TICK_MS, tick_cb, self);
}

static void
ent_details_page_unmap (GtkWidget *widget)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (widget);

  ent_clock_remove (self->clock, self->tick_id);
  self->tick_id = 0;
  GTK_WIDGET_CLASS (ent_details_page_parent_class)->unmap (widget);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_details_page_clear (EntDetailsPage *self)
{
  g_return_if_fail (ENT_IS_DETAILS_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  show_busy (self, FALSE);
  self->wants_in = FALSE;
  g_clear_pointer (&self->id, g_free);
  g_clear_object (&self->interview);
  g_clear_pointer (&self->answer, ent_api_interview_answer_free);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_list_box_remove_all (self->people_list);
  ent_list_box_remove_all (self->history_list);
  ent_load_view_show_loading (self->view);
}

void
ent_details_page_start (EntDetailsPage *self, const char *interview_id)
{
  g_autofree char *id = NULL;

  g_return_if_fail (ENT_IS_DETAILS_PAGE (self));
  g_return_if_fail (interview_id != NULL);

  id = g_strdup (interview_id);
  ent_details_page_clear (self);
  self->id = g_steal_pointer (&id);
  load (self);
}

void
ent_details_page_join_when_open (EntDetailsPage *self)
{
  g_return_if_fail (ENT_IS_DETAILS_PAGE (self));

  self->wants_in = TRUE;
}

static void
ent_details_page_dispose (GObject *object)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->interview);
  g_clear_pointer (&self->answer, ent_api_interview_answer_free);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_details_page_parent_class)->dispose (object);
}

static void
ent_details_page_finalize (GObject *object)
{
  EntDetailsPage *self = ENT_DETAILS_PAGE (object);

  g_free (self->id);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_details_page_parent_class)->finalize (object);
}

static void
ent_details_page_class_init (EntDetailsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_details_page_dispose;
  object_class->finalize = ent_details_page_finalize;
  widget_class->map = ent_details_page_map;
  widget_class->unmap = ent_details_page_unmap;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_DETAILS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_MOVE] = g_signal_new ("move", ENT_TYPE_DETAILS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, ENT_TYPE_INTERVIEW);

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-details-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, opens_label);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, join_button);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, when_row);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, other_row);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, people_list);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, history_list);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, history_group);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, move_button);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, EntDetailsPage, miss_button);

  gtk_widget_class_install_action (widget_class, "details.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "details.join", NULL, join_cb);
  gtk_widget_class_install_action (widget_class, "details.copy-link", NULL, copy_link_cb);
  gtk_widget_class_install_action (
    widget_class, "details.add-to-calendar", NULL, add_to_calendar_cb);
  gtk_widget_class_install_action (widget_class, "details.move", NULL, move_cb);
  gtk_widget_class_install_action (widget_class, "details.cancel", NULL, cancel_cb);
  gtk_widget_class_install_action (widget_class, "details.miss", NULL, miss_cb);
}

static void
ent_details_page_init (EntDetailsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_notice_bar_set_button (self->notice, _ ("Try again"), "details.refresh");
}

GtkWidget *
ent_details_page_new (EntAccount *account, EntClock *clock)
{
  EntDetailsPage *self = g_object_new (ENT_TYPE_DETAILS_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  return GTK_WIDGET (self);
}
