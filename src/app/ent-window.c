#include "config.h"

#include "ent-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-account-page.h"
#include "ent-dashboard-page.h"
#include "ent-details-page.h"
#include "ent-dialogs.h"
#include "ent-guest-page.h"
#include "ent-hours-page.h"
#include "ent-interview-changes.h"
#include "ent-interview-page.h"
#include "ent-join-page.h"
#include "ent-links-page.h"
#include "ent-notices-page.h"
#include "ent-offer-page.h"
#include "ent-org-page.h"
#include "ent-second-factor-page.h"
#include "ent-times-page.h"
#include "ent-week-page.h"
#include "ent-welcome-page.h"
#include "ent-window-private.h"
#include "room/ent-room-old-logs.h"

/* How long the lines of a toast are, and below which width they are short: it takes what its label
 * wants by itself. */
#define WIDE_CHARS 70
#define NARROW_CHARS 26
#define NARROW_WIDTH 700

G_DEFINE_FINAL_TYPE (EntWindow, ent_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- pages
 * ----------------------------------------------------------------------------------------- */

void
ent_window_show_page (EntWindow *self, GtkWidget *page)
{
  gtk_stack_set_visible_child (self->stack, page);
  gtk_widget_grab_focus (page);
}

gboolean
ent_window_is_shown (EntWindow *self, GtkWidget *page)
{
  return page && gtk_stack_get_visible_child (self->stack) == page;
}

static gint64
get_old_us (void)
{
  return g_get_real_time () - ENT_ROOM_OLD_LOG_DAYS * G_TIME_SPAN_DAY;
}

static void
old_logs_answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWindow) self = data;
  const char *data_dir = ent_application_get_profile (self->app)->data_dir;

  if (ent_dialogs_confirm_finish (result))
    ent_room_old_logs_delete (data_dir, get_old_us ());
  else
    ent_room_old_logs_keep (data_dir, get_old_us (), g_get_real_time ());
}

/* Once, and not in front of a room or a link. */
static gboolean
ask_about_old_logs_cb (gpointer data)
{
  EntWindow *self = data;
  guint n_old;
  g_autofree char *body = NULL;

  self->ask_id = 0;
  if (self->has_asked || self->room || ent_window_is_shown (self, self->join))
    return G_SOURCE_REMOVE;
  self->has_asked = TRUE;
  n_old =
    ent_room_old_logs_count (ent_application_get_profile (self->app)->data_dir, get_old_us ());
  if (n_old == 0)
    return G_SOURCE_REMOVE;
  body = g_strdup_printf (
    ngettext (
      "%u interview was not opened here for a month. Its copy on this device is of use only "
      "if you typed something that never reached the server. If you cancel, it stays, and "
      "you are asked again in a month.",
      "%u interviews were not opened here for a month. Their copies on this device are of use only "
      "if you typed something that never reached the server. If you cancel, they stay, and you are "
      "asked again in a month.",
      n_old),
    n_old);
  ent_dialogs_confirm_async (GTK_WIDGET (self), _ ("Delete old interviews from this device?"), body,
    _ ("_Delete"), old_logs_answered_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

void
ent_window_show_home (EntWindow *self)
{
  gboolean is_known = ent_account_get_state (self->account) != ENT_ACCOUNT_RESUMING;

  if (is_known && !self->has_asked && self->ask_id == 0)
    self->ask_id = g_idle_add_full (G_PRIORITY_LOW, ask_about_old_logs_cb, self, NULL);
  switch (ent_account_get_state (self->account)) {
  case ENT_ACCOUNT_SIGNED_OUT:
    ent_window_show_page (self, self->welcome);
    break;
  case ENT_ACCOUNT_RESUMING:
    gtk_stack_set_visible_child_name (self->stack, "starting");
    break;
  case ENT_ACCOUNT_SIGNED_IN:
    if (self->home == self->week) {
      ent_week_page_start (ENT_WEEK_PAGE (self->week));
      ent_window_show_page (self, self->week);
      break;
    }
    if (self->home == self->links) {
      ent_links_page_start (ENT_LINKS_PAGE (self->links));
      ent_window_show_page (self, self->links);
      break;
    }
    ent_window_show_page (self, self->dashboard);
    ent_dashboard_page_refresh (ENT_DASHBOARD_PAGE (self->dashboard));
    break;
  }
}

static void
account_changed_cb (EntAccount *account, GParamSpec *pspec, gpointer data)
{
  EntWindow *self = data;
  gboolean is_signed_in = ent_account_get_state (account) == ENT_ACCOUNT_SIGNED_IN;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.sign-out", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.refresh", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.show-account", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.book", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.show-notices", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.show-week", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.show-org", is_signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.show-links", is_signed_in);
  if (!is_signed_in) {
    ent_dashboard_page_clear (ENT_DASHBOARD_PAGE (self->dashboard));
    ent_account_page_clear (ENT_ACCOUNT_PAGE (self->own));
    ent_second_factor_page_clear (ENT_SECOND_FACTOR_PAGE (self->second_factor));
    ent_times_page_clear (ENT_TIMES_PAGE (self->times));
    ent_details_page_clear (ENT_DETAILS_PAGE (self->details));
    ent_week_page_clear (ENT_WEEK_PAGE (self->week));
    ent_hours_page_clear (ENT_HOURS_PAGE (self->hours));
    ent_offer_page_clear (ENT_OFFER_PAGE (self->offer));
    ent_org_page_clear (ENT_ORG_PAGE (self->org));
    ent_links_page_clear (ENT_LINKS_PAGE (self->links));
    self->home = self->dashboard;
  }
  /* Nobody is taken out of a room, or from a link that is being answered. */
  if (self->room || ent_window_is_shown (self, self->join) ||
      ent_window_is_shown (self, self->guest))
    return;
  ent_window_show_home (self);
  if (self->waiting_link && ent_account_get_state (account) != ENT_ACCOUNT_RESUMING) {
    g_autofree char *link = g_steal_pointer (&self->waiting_link);

    ent_window_open_link (self, link);
  }
}

static void
fit_toast (EntWindow *self, int width)
{
  GtkWidget *label = self->toast != NULL ? adw_toast_get_custom_title (self->toast) : NULL;

  if (label != NULL)
    gtk_label_set_max_width_chars (
      GTK_LABEL (label), width < NARROW_WIDTH ? NARROW_CHARS : WIDE_CHARS);
}

/* The window has got another size, while something is said perhaps. */
static void
laid_out_cb (GdkSurface *surface, int width, int height, gpointer data)
{
  fit_toast (data, width);
}

static void
realized_cb (EntWindow *self, gpointer data)
{
  g_signal_connect_object (
    gtk_native_get_surface (GTK_NATIVE (self)), "layout", G_CALLBACK (laid_out_cb), self, 0);
}

void
ent_window_show_toast (EntWindow *self, const char *sentence)
{
  GtkWidget *label;
  AdwToast *toast;

  g_return_if_fail (ENT_IS_WINDOW (self));

  /* A toast's own title is one line, which is cut in a narrow window. */
  label = gtk_label_new (sentence);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  toast = adw_toast_new ("");
  adw_toast_set_custom_title (toast, label);
  /* What was said before is not so new any more, and would be shown first. */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_object (&self->toast, toast);
  fit_toast (self, gtk_widget_get_width (GTK_WIDGET (self)));
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
ent_window_show_server (EntWindow *self, const char *server)
{
  g_return_if_fail (ENT_IS_WINDOW (self));
  ent_welcome_page_set_server (ENT_WELCOME_PAGE (self->welcome), server);
}

/* --- room
 * ------------------------------------------------------------------------------------------ */

static gboolean
remove_page_cb (gpointer data)
{
  g_autoptr (GtkWidget) page = data;
  GtkWidget *stack = gtk_widget_get_parent (page);

  if (stack)
    gtk_stack_remove (GTK_STACK (stack), page);
  return G_SOURCE_REMOVE;
}

static void
left_cb (EntInterviewPage *page, gpointer data)
{
  EntWindow *self = data;
  g_autofree char *link = g_steal_pointer (&self->waiting_link);

  if (GTK_WIDGET (page) != self->room)
    return;
  self->room = NULL;
  gtk_window_set_title (GTK_WINDOW (self), "Entrevue");
  if (self->is_closing) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  if (self->came_by_link && !ent_interview_page_has_opened (page)) {
    ent_join_page_ask_again (ENT_JOIN_PAGE (self->join));
    ent_window_show_page (self, self->join);
  } else {
    ent_window_show_home (self);
  }
  /* Not in the middle of its own signal. */
  g_idle_add (remove_page_cb, g_object_ref (page));
  if (link)
    ent_window_open_link (self, link);
}

static void
stayed_cb (EntInterviewPage *page, gpointer data)
{
  EntWindow *self = data;

  self->is_closing = FALSE;
  g_clear_pointer (&self->waiting_link, g_free);
}

static void
toast_cb (GtkWidget *page, const char *sentence, gpointer data)
{
  ent_window_show_toast (ENT_WINDOW (data), sentence);
}

void
ent_window_enter_room (EntWindow *self,
  EntClient *client,
  const char *room_id,
  const char *invite,
  const char *name)
{
  const char *media_sentence = ent_application_get_media_sentence (self->app);
  g_autofree char *user = ent_account_dup_user (self->account);
  EntRoomOptions options = {
    .room = room_id,
    .invite = invite,
    .account = user,
    .name = name,
    .data_dir = ent_application_get_profile (self->app)->data_dir,
    .peer_links = media_sentence == NULL,
    .call = media_sentence == NULL,
    .call_source = ent_application_get_call_source (self->app),
  };
  g_autoptr (EntRoom) room = NULL;

  if (self->room)
    return;
  room = ent_room_new (client, &options);
  self->room = ent_interview_page_new (room, media_sentence);
  g_signal_connect_object (self->room, "left", G_CALLBACK (left_cb), self, 0);
  g_signal_connect_object (self->room, "stayed", G_CALLBACK (stayed_cb), self, 0);
  g_signal_connect_object (self->room, "toast", G_CALLBACK (toast_cb), self, 0);
  g_object_bind_property (room, "title", self, "title", G_BINDING_DEFAULT);
  gtk_stack_add_child (self->stack, self->room);
  ent_window_show_page (self, self->room);
}

static void
enter_room_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);
  EntClient *client = ent_account_get_client (self->account);

  self->came_by_link = FALSE;
  if (client)
    ent_window_enter_room (self, client, g_variant_get_string (parameter, NULL), NULL, NULL);
}

/* --- actions
 * --------------------------------------------------------------------------------------- */

static void
back_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  if (self->room)
    return;
  /* From there itself the way leads to the dashboard. */
  if (ent_window_is_shown (self, self->home))
    self->home = self->dashboard;
  ent_window_show_home (self);
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  ent_dashboard_page_refresh (ENT_DASHBOARD_PAGE (self->dashboard));
  ent_notices_refresh (ent_application_get_notices (self->app));
}

static void
show_times (EntWindow *self, EntInterview *moved)
{
  if (self->room)
    return;
  ent_times_page_start (ENT_TIMES_PAGE (self->times), moved);
  ent_window_show_page (self, self->times);
}

static void
book_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show_times (ENT_WINDOW (widget), NULL);
}

static EntInterview *
find_interview (EntWindow *self, GVariant *id)
{
  return ent_dashboard_page_find (
    ENT_DASHBOARD_PAGE (self->dashboard), g_variant_get_string (id, NULL));
}

static void
move_interview_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);
  g_autoptr (EntInterview) interview = find_interview (self, parameter);

  if (interview)
    show_times (self, interview);
}

static void
taken_cb (EntTimesPage *page, const char *sentence, gpointer data)
{
  EntWindow *self = data;

  ent_window_show_toast (self, sentence);
  if (ent_window_is_shown (self, self->times))
    ent_window_show_home (self);
}

static void
cancelled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = ent_interview_changes_finish (result, &error);

  if (sentence == NULL && error == NULL)
    return;
  ent_window_show_toast (self, sentence != NULL ? sentence : error->message);
  ent_dashboard_page_refresh (ENT_DASHBOARD_PAGE (self->dashboard));
}

static void
cancel_interview_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autoptr (EntInterview) interview = find_interview (self, parameter);

  if (interview && client)
    ent_interview_changes_cancel_async (
      widget, client, interview, cancelled_cb, g_object_ref (self));
}

void
ent_window_show_interview (EntWindow *self, const char *id, gboolean joins)
{
  g_return_if_fail (ENT_IS_WINDOW (self));

  if (self->room) {
    ent_window_show_toast (self, _ ("You are in another interview. Leave it first."));
    return;
  }
  if (ent_account_get_state (self->account) != ENT_ACCOUNT_SIGNED_IN)
    return;
  ent_details_page_start (ENT_DETAILS_PAGE (self->details), id);
  if (joins)
    ent_details_page_join_when_open (ENT_DETAILS_PAGE (self->details));
  ent_window_show_page (self, self->details);
}

static void
show_interview_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_window_show_interview (ENT_WINDOW (widget), g_variant_get_string (parameter, NULL), FALSE);
}

static void
show_week_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  if (self->room)
    return;
  self->home = self->week;
  ent_window_show_home (self);
}

static void
edit_hours_cb (EntWeekPage *page, const char *org, gpointer data)
{
  EntWindow *self = data;

  ent_hours_page_start (ENT_HOURS_PAGE (self->hours), org);
  ent_window_show_page (self, self->hours);
}

static void
offer_cb (EntWeekPage *page, const char *org, gint64 starts_us, gint64 ends_us, gpointer data)
{
  EntWindow *self = data;

  ent_offer_page_start (ENT_OFFER_PAGE (self->offer), org, starts_us, ends_us);
  ent_window_show_page (self, self->offer);
}

static void
show_offer_cb (EntWeekPage *page, const EntApiSlot *slot, gpointer data)
{
  EntWindow *self = data;

  ent_offer_page_edit (ENT_OFFER_PAGE (self->offer), slot);
  ent_window_show_page (self, self->offer);
}

static void
offered_cb (EntOfferPage *page, const char *sentence, gpointer data)
{
  EntWindow *self = data;

  ent_window_show_toast (self, sentence);
  if (ent_window_is_shown (self, self->offer))
    ent_window_show_home (self);
}

static void
show_org_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  if (self->room)
    return;
  ent_org_page_start (ENT_ORG_PAGE (self->org));
  ent_window_show_page (self, self->org);
}

static void
show_links_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  if (self->room)
    return;
  self->home = self->links;
  ent_window_show_home (self);
}

static void
show_notices_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  if (self->room)
    return;
  ent_notices_refresh (ent_application_get_notices (self->app));
  ent_window_show_page (self, self->notices);
}

/* What was told changes what is planned. */
static gboolean
show_news_cb (gpointer data)
{
  EntWindow *self = data;

  self->news_id = 0;
  if (ent_window_is_shown (self, self->dashboard))
    ent_dashboard_page_refresh (ENT_DASHBOARD_PAGE (self->dashboard));
  else if (ent_window_is_shown (self, self->week))
    ent_week_page_start (ENT_WEEK_PAGE (self->week));
  else if (ent_window_is_shown (self, self->details))
    ent_details_page_refresh (ENT_DETAILS_PAGE (self->details));
  return G_SOURCE_REMOVE;
}

/* Many that come together are one reason. */
static void
arrived_cb (EntNotices *notices, const EntApiNotification *notice, gpointer data)
{
  EntWindow *self = data;

  if (self->news_id == 0)
    self->news_id = g_idle_add (show_news_cb, self);
}

static void
move_cb (EntDetailsPage *page, EntInterview *interview, gpointer data)
{
  show_times (ENT_WINDOW (data), interview);
}

static void
show_account_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWindow *self = ENT_WINDOW (widget);

  if (self->room)
    return;
  ent_account_page_start (ENT_ACCOUNT_PAGE (self->own));
  ent_window_show_page (self, self->own);
}

static void
second_factor_cb (EntAccountPage *page, int goal, gpointer data)
{
  EntWindow *self = data;

  ent_second_factor_page_start (ENT_SECOND_FACTOR_PAGE (self->second_factor), goal);
  ent_window_show_page (self, self->second_factor);
}

static void
second_factor_done_cb (EntSecondFactorPage *page, gpointer data)
{
  EntWindow *self = data;

  ent_second_factor_page_clear (page);
  if (ent_window_is_shown (self, self->second_factor))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-account", NULL);
}

static void
sign_out_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_account_sign_out (ENT_WINDOW (widget)->account);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static gboolean
ent_window_close_request (GtkWindow *window)
{
  EntWindow *self = ENT_WINDOW (window);
  GSettings *settings = ent_application_get_settings (self->app);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (settings, "window-width", CLAMP (width, 360, 16384));
  g_settings_set_int (settings, "window-height", CLAMP (height, 300, 16384));
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
  if (!self->room)
    return GTK_WINDOW_CLASS (ent_window_parent_class)->close_request (window);
  self->is_closing = TRUE;
  ent_interview_page_leave (ENT_INTERVIEW_PAGE (self->room));
  return TRUE;
}

static void
ent_window_dispose (GObject *object)
{
  EntWindow *self = ENT_WINDOW (object);

  self->room = NULL;
  g_clear_handle_id (&self->ask_id, g_source_remove);
  g_clear_handle_id (&self->news_id, g_source_remove);
  g_clear_object (&self->toast);
  g_clear_object (&self->account);
  g_clear_pointer (&self->waiting_link, g_free);

  G_OBJECT_CLASS (ent_window_parent_class)->dispose (object);
}

static void
ent_window_class_init (EntWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ent_window_close_request;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EntWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, EntWindow, stack);

  ent_window_install_links (widget_class);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "win.book", NULL, book_cb);
  gtk_widget_class_install_action (widget_class, "win.move-interview", "s", move_interview_cb);
  gtk_widget_class_install_action (widget_class, "win.cancel-interview", "s", cancel_interview_cb);
  gtk_widget_class_install_action (widget_class, "win.show-interview", "s", show_interview_cb);
  gtk_widget_class_install_action (widget_class, "win.show-notices", NULL, show_notices_cb);
  gtk_widget_class_install_action (widget_class, "win.show-week", NULL, show_week_cb);
  gtk_widget_class_install_action (widget_class, "win.show-org", NULL, show_org_cb);
  gtk_widget_class_install_action (widget_class, "win.show-links", NULL, show_links_cb);
  gtk_widget_class_install_action (widget_class, "win.show-account", NULL, show_account_cb);
  gtk_widget_class_install_action (widget_class, "win.sign-out", NULL, sign_out_cb);
  gtk_widget_class_install_action (widget_class, "win.enter-room", "s", enter_room_cb);
}

static void
ent_window_init (EntWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "realize", G_CALLBACK (realized_cb), NULL);
}

GtkWidget *
ent_window_new (EntApplication *app)
{
  EntWindow *self = g_object_new (ENT_TYPE_WINDOW, "application", app, NULL);
  GSettings *settings = ent_application_get_settings (app);
  g_autofree char *server = g_settings_get_string (settings, "server");

  self->app = app;
  self->account = g_object_ref (ent_application_get_account (app));
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
    g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));

  self->welcome = ent_welcome_page_new (self->account);
  self->dashboard = ent_dashboard_page_new (self->account, NULL);
  self->join = ent_join_page_new ();
  self->own = ent_account_page_new (self->account, NULL);
  self->second_factor = ent_second_factor_page_new (self->account);
  self->times = ent_times_page_new (self->account, NULL);
  self->details = ent_details_page_new (self->account, NULL);
  self->notices = ent_notices_page_new (ent_application_get_notices (app), NULL);
  self->week = ent_week_page_new (self->account, NULL);
  self->hours = ent_hours_page_new (self->account);
  self->offer = ent_offer_page_new (self->account, NULL);
  self->org = ent_org_page_new (self->account, NULL);
  self->links = ent_links_page_new (self->account, NULL);
  self->guest = ent_guest_page_new (NULL);
  self->home = self->dashboard;
  g_signal_connect_object (self->welcome, "toast", G_CALLBACK (toast_cb), self, 0);
  gtk_stack_add_child (self->stack, self->welcome);
  gtk_stack_add_child (self->stack, self->dashboard);
  gtk_stack_add_child (self->stack, self->join);
  gtk_stack_add_child (self->stack, self->own);
  gtk_stack_add_child (self->stack, self->second_factor);
  gtk_stack_add_child (self->stack, self->times);
  gtk_stack_add_child (self->stack, self->details);
  gtk_stack_add_child (self->stack, self->notices);
  gtk_stack_add_child (self->stack, self->offer);
  gtk_stack_add_child (self->stack, self->week);
  gtk_stack_add_child (self->stack, self->hours);
  gtk_stack_add_child (self->stack, self->org);
  gtk_stack_add_child (self->stack, self->links);
  gtk_stack_add_child (self->stack, self->guest);
  g_signal_connect_object (self->links, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->guest, "toast", G_CALLBACK (toast_cb), self, 0);
  ent_window_connect_links (self);
  g_signal_connect_object (self->own, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->own, "second-factor", G_CALLBACK (second_factor_cb), self, 0);
  g_signal_connect_object (self->second_factor, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (
    self->second_factor, "done", G_CALLBACK (second_factor_done_cb), self, 0);
  g_object_bind_property (
    ent_application_get_notices (app), "unread", self->dashboard, "unread", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (
    ent_application_get_notices (app), "arrived", G_CALLBACK (arrived_cb), self, 0);
  g_signal_connect_object (self->week, "edit-hours", G_CALLBACK (edit_hours_cb), self, 0);
  g_signal_connect_object (self->week, "offer", G_CALLBACK (offer_cb), self, 0);
  g_signal_connect_object (self->week, "show-offer", G_CALLBACK (show_offer_cb), self, 0);
  g_signal_connect_object (self->offer, "done", G_CALLBACK (offered_cb), self, 0);
  g_signal_connect_object (self->hours, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->org, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->details, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->details, "move", G_CALLBACK (move_cb), self, 0);
  g_signal_connect_object (self->times, "taken", G_CALLBACK (taken_cb), self, 0);
  ent_welcome_page_set_server (ENT_WELCOME_PAGE (self->welcome), server);

  g_signal_connect_object (
    self->account, "notify::state", G_CALLBACK (account_changed_cb), self, 0);
  account_changed_cb (self->account, NULL, self);
  return GTK_WIDGET (self);
}
