#include "config.h"

#include "ent-times-page.h"

#include <glib/gi18n.h>

#include "ent-candidate-row.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-time-list.h"
#include "ent-wording.h"
#include "protocol/ent-api-schedule.h"

struct _EntTimesPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *view;
  GtkStack *stack; /* of what there is to show */
  EntCandidateRow *candidate_row;
  EntTimeList *times;

  EntAccount *account;
  EntClock *clock;
  EntInterview *moved; /* NULL: a new one is booked */
  gboolean is_busy; /* a time is being taken */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntTimesPage, ent_times_page, ADW_TYPE_BIN)

enum { SIGNAL_TAKEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_busy (EntTimesPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

/* --- the list
 * -------------------------------------------------------------------------------------- */

/* Whether somebody else can still have this time, and for a move in the same organisation. */
static gboolean
is_offered (EntTimesPage *self, const EntApiSlot *slot, gint64 now_us)
{
  g_autofree char *user = ent_account_dup_user (self->account);

  if (slot->id == NULL || slot->state != ENT_SLOT_OPEN || slot->starts <= now_us)
    return FALSE;
  if (self->moved != NULL)
    return g_strcmp0 (slot->org, ent_interview_get_org (self->moved)) == 0;
  if (ent_candidate_row_get_org (self->candidate_row) != NULL)
    return g_strcmp0 (slot->org, ent_candidate_row_get_org (self->candidate_row)) == 0;
  /* An interviewer does not book with themselves. */
  return g_strcmp0 (slot->interviewer, user) != 0;
}

static int
compare_slots (gconstpointer a, gconstpointer b)
{
  const EntApiSlot *one = *(const EntApiSlot *const *) a, *other = *(const EntApiSlot *const *) b;

  return one->starts < other->starts ? -1 : one->starts > other->starts;
}

static GPtrArray *
choose_slots (EntTimesPage *self, const EntApiSlotList *slots, gint64 now_us)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; slots->items != NULL && i < slots->items->len; i++)
    if (is_offered (self, g_ptr_array_index (slots->items, i), now_us))
      g_ptr_array_add (chosen, g_ptr_array_index (slots->items, i));
  g_ptr_array_sort (chosen, compare_slots);
  return chosen;
}

static void
add_time (EntTimesPage *self, const EntApiSlot *slot)
{
  g_autofree char *with = slot->interviewer_name != NULL && *slot->interviewer_name != '\0'
                            /* Translators: who interviews. */
                            ? g_strdup_printf (_ ("\nWith %s"), slot->interviewer_name)
                            : NULL;
  g_autofree char *subtitle = g_strconcat (slot->title != NULL ? slot->title : "", with, NULL);

  ent_time_list_add (self->times,
    &(EntTime){ .starts_us = slot->starts,
      .ends_us = slot->ends,
      .zone = slot->zone,
      .subtitle = subtitle,
      .label = self->moved != NULL ? _ ("Move here") : _ ("Book"),
      .action = "times.take",
      .target = g_variant_new_string (slot->id) },
    ent_clock_get_wall_us (self->clock));
}

void
ent_times_page_take_slots (EntTimesPage *self, const EntApiSlotList *slots)
{
  g_autoptr (GPtrArray) chosen = NULL;

  g_return_if_fail (ENT_IS_TIMES_PAGE (self));

  chosen = choose_slots (self, slots, ent_clock_get_wall_us (self->clock));
  ent_time_list_clear (self->times);
  for (guint i = 0; i < chosen->len; i++)
    add_time (self, g_ptr_array_index (chosen, i));
  gtk_stack_set_visible_child_name (self->stack, chosen->len > 0 ? "times" : "empty");
  ent_load_view_show_content (self->view);
}

static void
got_slots_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntTimesPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSlotList) slots = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  slots = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  if (slots != NULL) {
    ent_times_page_take_slots (self, slots);
    return;
  }
  ent_load_view_show_problem (self->view, error != NULL ? error->message : "");
}

static void
list_slots (EntTimesPage *self)
{
  EntClient *client = ent_account_get_client (self->account);

  if (client != NULL)
    ent_client_call_async (client, "GET", "/api/slots?limit=200", NULL, NULL,
      &ent_api_slot_list_struct, TRUE, self->cancellable, got_slots_cb, g_object_ref (self));
}

/* Who books for others sees other times. */
static void
candidate_row_shown_cb (GtkWidget *row, GParamSpec *pspec, gpointer data)
{
  if (gtk_widget_get_visible (row))
    list_slots (ENT_TIMES_PAGE (data));
}

/* What was missing is there. */
static void
candidate_chosen_cb (EntCandidateRow *row, gpointer data)
{
  ent_notice_bar_set_sentence (ENT_TIMES_PAGE (data)->notice, NULL);
}

/* --- taking one
 * ------------------------------------------------------------------------------------ */

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntTimesPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterviewAnswer) booked = NULL;
  g_autofree char *when = NULL;
  g_autofree char *sentence = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  booked = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  self->is_busy = FALSE;
  show_busy (self, FALSE);
  if (booked == NULL || booked->interview == NULL) {
    gboolean is_gone = g_strcmp0 (ent_client_error_get_code (error), "not_found") == 0;

    ent_notice_bar_set_sentence (
      self->notice, is_gone         ? _ ("This time is not offered any more. Choose another one.")
                    : error != NULL ? error->message
                                    : NULL);
    /* What was shown is not so any more. */
    list_slots (self);
    return;
  }
  when = ent_wording_new_span (
    booked->interview->starts, booked->interview->ends, ent_clock_get_wall_us (self->clock));
  /* Translators: a day with two times. */
  sentence = g_strdup_printf (self->moved != NULL ? _ ("Moved: %s") : _ ("Booked: %s"), when);
  g_signal_emit (self, signals[SIGNAL_TAKEN], 0, sentence);
}

static void
take_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntTimesPage *self = ENT_TIMES_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  char *slot = (char *) g_variant_get_string (parameter, NULL);
  const char *candidate = ent_candidate_row_get_candidate (self->candidate_row);

  if (client == NULL || self->is_busy)
    return;
  if (self->moved == NULL && candidate == NULL &&
      ent_candidate_row_get_org (self->candidate_row) != NULL) {
    ent_notice_bar_set_sentence (self->notice, _ ("Choose the candidate for whom you book."));
    gtk_widget_grab_focus (GTK_WIDGET (self->candidate_row));
    return;
  }
  self->is_busy = TRUE;
  show_busy (self, TRUE);
  ent_notice_bar_set_sentence (self->notice, NULL);
  if (self->moved != NULL) {
    g_autofree char *path =
      g_strdup_printf ("/api/interviews/%s/reschedule", ent_interview_get_id (self->moved));

    ent_client_change_async (client, "PATCH", path, ent_interview_get_version (self->moved),
      &ent_api_reschedule_struct, &(EntApiReschedule){ .slot_id = slot },
      &ent_api_interview_answer_struct, self->cancellable, taken_cb, g_object_ref (self));
    return;
  }
  ent_client_call_async (client, "POST", "/api/interviews", &ent_api_booking_struct,
    &(EntApiBooking){ .slot_id = slot, .candidate = (char *) candidate },
    &ent_api_interview_answer_struct, TRUE, self->cancellable, taken_cb, g_object_ref (self));
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntTimesPage *self = ENT_TIMES_PAGE (widget);

  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_loading (self->view);
  list_slots (self);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_times_page_clear (EntTimesPage *self)
{
  g_return_if_fail (ENT_IS_TIMES_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_busy = FALSE;
  show_busy (self, FALSE);
  g_clear_object (&self->moved);
  ent_candidate_row_clear (self->candidate_row);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_time_list_clear (self->times);
  ent_load_view_show_loading (self->view);
}

void
ent_times_page_start (EntTimesPage *self, EntInterview *moved)
{
  g_return_if_fail (ENT_IS_TIMES_PAGE (self));

  ent_times_page_clear (self);
  g_set_object (&self->moved, moved);
  adw_window_title_set_title (
    self->title, moved != NULL ? _ ("Move interview") : _ ("Book a time"));
  adw_window_title_set_subtitle (self->title, moved != NULL ? ent_interview_get_title (moved) : "");
  if (moved == NULL)
    ent_candidate_row_start (self->candidate_row, self->account);
  list_slots (self);
}

static void
ent_times_page_dispose (GObject *object)
{
  EntTimesPage *self = ENT_TIMES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->moved);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_times_page_parent_class)->dispose (object);
}

static void
ent_times_page_finalize (GObject *object)
{
  ent_clock_unref (ENT_TIMES_PAGE (object)->clock);

  G_OBJECT_CLASS (ent_times_page_parent_class)->finalize (object);
}

static void
ent_times_page_class_init (EntTimesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_times_page_dispose;
  object_class->finalize = ent_times_page_finalize;

  signals[SIGNAL_TAKEN] = g_signal_new ("taken", ENT_TYPE_TIMES_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_CANDIDATE_ROW);
  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  g_type_ensure (ENT_TYPE_TIME_LIST);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-times-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, candidate_row);
  gtk_widget_class_bind_template_child (widget_class, EntTimesPage, times);

  gtk_widget_class_install_action (widget_class, "times.take", "s", take_cb);
  gtk_widget_class_install_action (widget_class, "times.refresh", NULL, refresh_cb);
}

static void
ent_times_page_init (EntTimesPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (
    self->candidate_row, "notify::visible", G_CALLBACK (candidate_row_shown_cb), self, 0);
  g_signal_connect_object (
    self->candidate_row, "chosen", G_CALLBACK (candidate_chosen_cb), self, 0);
}

GtkWidget *
ent_times_page_new (EntAccount *account, EntClock *clock)
{
  EntTimesPage *self = g_object_new (ENT_TYPE_TIMES_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  return GTK_WIDGET (self);
}
