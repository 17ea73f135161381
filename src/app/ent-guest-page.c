#include "config.h"

#include "ent-guest-page.h"

#include <glib/gi18n.h>

#include "base/ent-secret.h"
#include "client/ent-client.h"
#include "ent-dialogs.h"
#include "ent-interview.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-time-list.h"
#include "ent-wording.h"
#include "ent-zones.h"

/* How often the page looks at the clock, so that the way in opens in time. */
#define TICK_MS 15000

struct _EntGuestPage {
  AdwBin parent_instance;

  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *view;
  GtkLabel *title_label;
  GtkLabel *who_label;
  GtkWidget *booked_box;
  AdwActionRow *when_row;
  GtkLabel *opens_label;
  GtkButton *move_button;
  GtkWidget *cancel_button;
  GtkLabel *hint;
  EntTimeList *times;

  EntClock *clock;
  guint tick_id;
  EntClient *client; /* of the link's server; NULL: no link */
  char *token;
  EntApiGuestView *shown; /* NULL until the server has answered */
  EntInterview *interview; /* that is booked; NULL: none */
  char *join_link; /* of the room, once it was given; NULL: not yet */
  gboolean is_moving; /* another time is looked for */
  gboolean is_busy;
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntGuestPage, ent_guest_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_JOIN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say (EntGuestPage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

/* --- what is shown
 * --------------------------------------------------------------------------------- */

/* What depends on the time, and on what is under way. */
static void
update (EntGuestPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree char *opens = NULL;
  gboolean can_change = FALSE, can_join = FALSE;

  if (self->interview != NULL) {
    ent_interview_update (self->interview, ent_clock_get_wall_us (self->clock));
    can_change = ent_interview_can_change (self->interview);
    can_join = ent_interview_can_join (self->interview);
    g_object_get (self->interview, "opens-text", &opens, NULL);
  }
  gtk_label_set_label (self->opens_label, opens != NULL ? opens : "");
  gtk_widget_set_visible (GTK_WIDGET (self->opens_label), opens != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->move_button), can_change);
  gtk_widget_set_visible (self->cancel_button, can_change);
  gtk_widget_action_set_enabled (widget, "guest.join", can_join && !self->is_busy);
  gtk_widget_action_set_enabled (widget, "guest.move", can_change && !self->is_busy);
  gtk_widget_action_set_enabled (widget, "guest.cancel", can_change && !self->is_busy);
  gtk_widget_action_set_enabled (widget, "guest.take", !self->is_busy);
}

static void
set_busy (EntGuestPage *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
  update (self);
}

static void
add_time (EntGuestPage *self, const EntApiOpening *opening)
{
  ent_time_list_add (self->times,
    &(EntTime){ .starts_us = opening->starts,
      .ends_us = opening->ends,
      .zone = self->shown->zone,
      .label = self->is_moving ? _ ("Move here") : _ ("Book"),
      .action = "guest.take",
      .target = g_variant_new_int64 (opening->starts) },
    ent_clock_get_wall_us (self->clock));
}

static void
show_times (EntGuestPage *self)
{
  const GPtrArray *openings = self->shown->openings;
  gboolean is_choosing = self->interview == NULL || self->is_moving;
  g_autofree char *zone = ent_zones_dup_local ();
  /* Translators: the name of a time zone such as Europe/Berlin. */
  g_autofree char *hint = g_strdup_printf (_ ("Choose a time. All times are yours (%s)."), zone);

  ent_time_list_clear (self->times);
  for (guint i = 0; is_choosing && openings != NULL && i < openings->len; i++)
    add_time (self, g_ptr_array_index (openings, i));
  if (ent_time_list_is_empty (self->times))
    gtk_label_set_label (self->hint, _ ("No time is free at the moment. Look again later, or ask "
                                        "the people who sent you the link."));
  else
    gtk_label_set_label (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), is_choosing);
  gtk_widget_set_visible (GTK_WIDGET (self->times), is_choosing);
}

static void
show_interview (EntGuestPage *self)
{
  g_autofree char *zone = ent_zones_dup_local ();
  g_autofree char *other = NULL;
  g_autofree char *own = NULL;
  g_autofree char *subtitle = NULL;

  gtk_widget_set_visible (self->booked_box, self->interview != NULL);
  gtk_button_set_label (
    self->move_button, self->is_moving ? _ ("Keep this time") : _ ("Move to another time"));
  if (self->interview == NULL)
    return;
  other = ent_wording_new_other_span (ent_interview_get_starts (self->interview),
    ent_interview_get_ends (self->interview), self->shown->zone);
  /* Translators: the name of a time zone such as Europe/Berlin. */
  own = g_strdup_printf (_ ("Your time (%s)"), zone);
  subtitle = g_strconcat (own, other != NULL ? "\n" : NULL, other, NULL);
  adw_preferences_row_set_title (
    ADW_PREFERENCES_ROW (self->when_row), ent_interview_get_when (self->interview));
  adw_action_row_set_subtitle (self->when_row, subtitle);
}

void
ent_guest_page_take (EntGuestPage *self, const EntApiGuestView *view)
{
  EntApiGuestView *own;
  g_autofree char *who = NULL;

  g_return_if_fail (ENT_IS_GUEST_PAGE (self));

  own = ent_struct_copy (&ent_api_guest_view_struct, view);
  g_clear_pointer (&self->shown, ent_api_guest_view_free);
  self->shown = own;
  g_clear_object (&self->interview);
  if (own->interview != NULL)
    self->interview = ent_interview_new (own->interview, ent_clock_get_wall_us (self->clock));
  self->is_moving = FALSE;
  /* Translators: who interviews, then the name of an organisation. */
  who = g_strdup_printf (_ ("With %s, %s"), own->host_name, own->org_name);
  gtk_label_set_label (
    self->title_label, own->title != NULL && *own->title != '\0' ? own->title : _ ("Interview"));
  gtk_label_set_label (self->who_label, who);
  show_interview (self);
  show_times (self);
  set_busy (self, FALSE);
  ent_load_view_show_content (self->view);
}

static gboolean
tick_cb (gpointer data)
{
  update (data);
  return G_SOURCE_CONTINUE;
}

/* --- asking
 * ---------------------------------------------------------------------------------------- */

/* What the link was sent for, and what is said when it is done. */
typedef struct {
  EntGuestPage *page;
  const char *done; /* NULL: nothing */
  gboolean enters; /* the room, with the answer */
} Wish;

static void answered_cb (GObject *source, GAsyncResult *result, gpointer data);

/* body: what is asked beside the token. */
static void
ask (EntGuestPage *self, const char *path, EntApiGuestBooking *body, Wish wish)
{
  if (self->client == NULL || self->is_busy)
    return;
  body->token = self->token;
  wish.page = g_object_ref (self);
  set_busy (self, TRUE);
  ent_client_call_async (self->client, "POST", path, &ent_api_guest_booking_struct, body,
    &ent_api_guest_view_struct, FALSE, self->cancellable, answered_cb,
    g_memdup2 (&wish, sizeof wish));
}

static void
look (EntGuestPage *self)
{
  ask (self, "/api/book/show", &(EntApiGuestBooking){ 0 }, (Wish){ 0 });
}

/* The words for the codes speak to people with an account, or of a room. */
static const char *
get_sentence (const GError *error)
{
  const char *code = ent_client_error_get_code (error);

  if (g_strcmp0 (code, "invitation_wrong") == 0)
    return _ ("This link is not known, or was taken back. Check that it was copied whole, or ask "
              "for a new one.");
  if (g_strcmp0 (code, "invitation_expired") == 0)
    return _ ("This link has expired. Ask the people who sent it for a new one.");
  return error != NULL ? error->message : "";
}

static void
enter (EntGuestPage *self)
{
  g_signal_emit (self, signals[SIGNAL_JOIN], 0, self->join_link, self->shown->name);
}

static void
fail (EntGuestPage *self, const GError *error)
{
  set_busy (self, FALSE);
  if (!ent_load_view_has_content (self->view)) {
    ent_load_view_show_problem (self->view, get_sentence (error));
    return;
  }
  ent_notice_bar_set_sentence (self->notice, get_sentence (error));
  /* What was shown is not so any more. */
  if (g_strcmp0 (ent_client_error_get_code (error), "slot_taken") == 0)
    look (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Wish *wish = data;
  g_autoptr (EntGuestPage) self = wish->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiGuestView) view = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  view = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  if (view == NULL) {
    fail (self, error);
    return;
  }
  if (view->join_link != NULL) {
    g_clear_pointer (&self->join_link, ent_secret_free);
    self->join_link = g_strdup (view->join_link);
  }
  if (view->interview == NULL)
    g_clear_pointer (&self->join_link, ent_secret_free);
  ent_guest_page_take (self, view);
  if (wish->done != NULL)
    say (self, wish->done);
  if (wish->enters && self->join_link != NULL)
    enter (self);
}

static void
refresh (EntGuestPage *self)
{
  if (!ent_load_view_has_content (self->view))
    ent_load_view_show_loading (self->view);
  ent_notice_bar_set_sentence (self->notice, NULL);
  look (self);
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  refresh (ENT_GUEST_PAGE (widget));
}

/* --- what one can do
 * ------------------------------------------------------------------------------- */

static const char *
get_locale (void)
{
  return g_str_has_prefix (g_get_language_names ()[0], "de") ? "de" : "en";
}

static void
book (EntGuestPage *self, gint64 starts, Wish wish)
{
  g_autofree char *zone = ent_zones_dup_local ();
  EntApiGuestBooking body = { .starts = starts, .zone = zone, .locale = (char *) get_locale () };

  ask (self, "/api/book", &body, wish);
}

static void
take_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntGuestPage *self = ENT_GUEST_PAGE (widget);
  EntApiGuestBooking body = { .starts = g_variant_get_int64 (parameter) };

  ent_notice_bar_set_sentence (self->notice, NULL);
  if (self->is_moving)
    ask (self, "/api/book/reschedule", &body, (Wish){ .done = _ ("The interview is moved.") });
  else
    book (self, body.starts,
      (Wish){ .done = _ ("It is booked. A mail with all you need is on its way to you.") });
}

/* The link of the room came with the booking; later it is asked for again. */
static void
join_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntGuestPage *self = ENT_GUEST_PAGE (widget);

  if (self->interview == NULL)
    return;
  ent_notice_bar_set_sentence (self->notice, NULL);
  if (self->join_link != NULL)
    enter (self);
  else
    book (self, ent_interview_get_starts (self->interview), (Wish){ .enters = TRUE });
}

static void
move_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntGuestPage *self = ENT_GUEST_PAGE (widget);

  self->is_moving = !self->is_moving;
  show_interview (self);
  show_times (self);
}

static void
reason_given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntGuestPage) self = data;
  g_autofree char *given = ent_dialogs_ask_finish (result);
  EntApiGuestBooking body = { 0 };

  if (given == NULL)
    return;
  g_strstrip (given);
  ent_notice_bar_set_sentence (self->notice, NULL);
  body.reason = *given != '\0' ? given : NULL;
  ask (self, "/api/book/cancel", &body, (Wish){ .done = _ ("The interview is cancelled.") });
}

static void
cancel_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntGuestPage *self = ENT_GUEST_PAGE (widget);
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  if (self->interview == NULL)
    return;
  /* Translators: the title of an interview. */
  heading = g_strdup_printf (_ ("Cancel “%s”?"), ent_interview_get_title (self->interview));
  /* Translators: a day with two times. */
  body = g_strdup_printf (_ ("It was planned for %s. It cannot be taken back, but another time can "
                             "be booked."),
    ent_interview_get_when (self->interview));
  ent_dialogs_ask_async (widget, heading, body, _ ("Reason, told to the others (optional)"),
    _ ("Cancel _interview"), reason_given_cb, g_object_ref (self));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_guest_page_clear (EntGuestPage *self)
{
  g_return_if_fail (ENT_IS_GUEST_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_object (&self->client);
  g_clear_object (&self->interview);
  g_clear_pointer (&self->token, ent_secret_free);
  g_clear_pointer (&self->join_link, ent_secret_free);
  g_clear_pointer (&self->shown, ent_api_guest_view_free);
  self->is_moving = FALSE;
  ent_time_list_clear (self->times);
  set_busy (self, FALSE);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_loading (self->view);
}

void
ent_guest_page_start (EntGuestPage *self, const EntLinkUri *link)
{
  g_autofree char *place = NULL;

  g_return_if_fail (ENT_IS_GUEST_PAGE (self));

  ent_guest_page_clear (self);
  place = ent_place_new (link->origin, link->pin);
  self->client = ent_client_new (place);
  self->token = g_strdup (link->token);
  refresh (self);
}

static void
ent_guest_page_map (GtkWidget *widget)
{
  EntGuestPage *self = ENT_GUEST_PAGE (widget);

  GTK_WIDGET_CLASS (ent_guest_page_parent_class)->map (widget);
  update (self);
  self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
}

static void
ent_guest_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&ENT_GUEST_PAGE (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (ent_guest_page_parent_class)->unmap (widget);
}

static void
ent_guest_page_dispose (GObject *object)
{
  EntGuestPage *self = ENT_GUEST_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->interview);

  G_OBJECT_CLASS (ent_guest_page_parent_class)->dispose (object);
}

static void
ent_guest_page_finalize (GObject *object)
{
  EntGuestPage *self = ENT_GUEST_PAGE (object);

  g_clear_pointer (&self->token, ent_secret_free);
  g_clear_pointer (&self->join_link, ent_secret_free);
  g_clear_pointer (&self->shown, ent_api_guest_view_free);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_guest_page_parent_class)->finalize (object);
}

static void
ent_guest_page_class_init (EntGuestPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_guest_page_dispose;
  object_class->finalize = ent_guest_page_finalize;
  widget_class->map = ent_guest_page_map;
  widget_class->unmap = ent_guest_page_unmap;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_GUEST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_JOIN] = g_signal_new ("join", ENT_TYPE_GUEST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  g_type_ensure (ENT_TYPE_TIME_LIST);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-guest-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, who_label);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, booked_box);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, when_row);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, opens_label);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, move_button);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, hint);
  gtk_widget_class_bind_template_child (widget_class, EntGuestPage, times);

  gtk_widget_class_install_action (widget_class, "guest.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "guest.take", "x", take_cb);
  gtk_widget_class_install_action (widget_class, "guest.join", NULL, join_cb);
  gtk_widget_class_install_action (widget_class, "guest.move", NULL, move_cb);
  gtk_widget_class_install_action (widget_class, "guest.cancel", NULL, cancel_cb);
}

static void
ent_guest_page_init (EntGuestPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_guest_page_new (EntClock *clock)
{
  EntGuestPage *self = g_object_new (ENT_TYPE_GUEST_PAGE, NULL);

  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  ent_guest_page_clear (self);
  return GTK_WIDGET (self);
}
