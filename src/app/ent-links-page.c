#include "config.h"

#include "ent-links-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-colleagues.h"
#include "ent-dialogs.h"
#include "ent-interviewers.h"
#include "ent-link-box.h"
#include "ent-list-box.h"
#include "ent-load-view.h"
#include "ent-membership.h"
#include "ent-notice-bar.h"
#include "ent-wording.h"
#include "protocol/ent-limits.h"

struct _EntLinksPage {
  AdwBin parent_instance;

  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *view;
  GtkStack *stack;
  GtkEditable *name_row;
  GtkEditable *email_row;
  GtkEditable *title_row;
  EntInterviewers *interviewers;
  EntLinkBox *link_box;
  GtkListBox *list;

  EntAccount *account;
  EntClock *clock;
  char *org; /* NULL: none, or not known yet */
  GPtrArray *colleagues; /* EntApiColleague, of a loading under way */
  GPtrArray *links; /* EntApiBookingLink, likewise */
  gboolean is_making; /* a link, whose answer is the only one that has it */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntLinksPage, ent_links_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
set_busy (EntLinksPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "links.make",
    !is_busy && ent_interviewers_get_host (self->interviewers) != NULL);
}

/* --- what is shown
 * --------------------------------------------------------------------------------- */

static char *
new_state_text (const EntApiBookingLink *link, gint64 now_us)
{
  g_autofree char *until = ent_wording_new_day_time (link->expires, now_us);
  g_autofree char *starts = ent_wording_new_day_time (link->starts, now_us);

  if (link->starts != 0)
    /* Translators: a day with a time. */
    return g_strdup_printf (_ ("Booked for %s"), starts);
  if (link->expires <= now_us)
    return g_strdup (_ ("Not used in time: it is not good any more."));
  if (link->interview != NULL)
    /* Translators: a day with a time. */
    return g_strdup_printf (_ ("Booked, then cancelled. Good for another time until %s"), until);
  /* Translators: a day with a time. */
  return g_strdup_printf (_ ("Not used yet. Good until %s"), until);
}

/* The others who interview; NULL: nobody. */
static char *
new_panel_text (const EntApiBookingLink *link)
{
  g_autoptr (GString) names = NULL;

  if (link->panel_names == NULL || link->panel_names[0] == NULL)
    return NULL;
  names = g_string_new (NULL);
  for (char **name = link->panel_names; *name != NULL; name++) {
    g_autofree char *shown = ent_wording_new_short_name (*name);

    /* Translators: stands between the names of a list. */
    g_string_append_printf (names, "%s%s", names->len > 0 ? _ (", ") : "", shown);
  }
  /* Translators: names of those who interview beside who hosts. */
  return g_strdup_printf (_ ("Panel: %s"), names->str);
}

static char *
new_subtitle (const EntApiBookingLink *link, gint64 now_us)
{
  g_autofree char *state = new_state_text (link, now_us);
  g_autofree char *host = ent_wording_new_short_name (link->host_name);
  g_autofree char *panel = new_panel_text (link);
  const char *title = link->title != NULL ? link->title : _ ("Interview");
  g_autofree char *what = NULL;

  /* Translators: the title of an interview, then who interviews. */
  what = host != NULL ? g_strdup_printf (_ ("%s, with %s"), title, host) : g_strdup (title);
  if (panel == NULL)
    return g_strjoin ("\n", state, what, link->email, NULL);
  return g_strjoin ("\n", state, what, panel, link->email, NULL);
}

static GtkWidget *
new_row (const EntApiBookingLink *link, gint64 now_us)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gboolean is_booked = link->interview != NULL && link->starts != 0;
  g_autofree char *subtitle = new_subtitle (link, now_us);
  /* Translators: the name of a candidate. */
  g_autofree char *revoke = g_strdup_printf (_ ("Take back the link of %s"), link->name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), link->name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, revoke);
  ent_accessible_set_name (button, revoke);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", link->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "links.revoke");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), is_booked);
  if (is_booked) {
    adw_action_row_add_suffix (
      ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
    gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", link->interview);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.show-interview");
  }
  return row;
}

static void
show_links (EntLinksPage *self, const GPtrArray *links)
{
  gint64 now_us = ent_clock_get_wall_us (self->clock);

  ent_list_box_remove_all (self->list);
  for (guint i = 0; links != NULL && i < links->len; i++)
    gtk_list_box_prepend (self->list, new_row (g_ptr_array_index (links, i), now_us));
}

void
ent_links_page_take (EntLinksPage *self, const GPtrArray *colleagues, const GPtrArray *links)
{
  g_autofree char *user = NULL;

  g_return_if_fail (ENT_IS_LINKS_PAGE (self));

  user = ent_account_dup_user (self->account);
  if (colleagues != NULL)
    ent_interviewers_take (self->interviewers, colleagues, user);
  show_links (self, links);
  set_busy (self, FALSE);
  ent_notice_bar_set_sentence (self->notice, NULL);
  gtk_stack_set_visible_child_name (self->stack, links != NULL ? "links" : "nowhere");
  ent_load_view_show_content (self->view);
}

/* --- loading: where one interviews, with whom, the links page by page
 * ------------------------------- */

static void list_links (EntLinksPage *self, EntClient *client, const char *after);

/* Whether there is no answer; then it has been said why. */
static gboolean
is_missing (EntLinksPage *self, gconstpointer answer, const GError *error)
{
  const char *sentence = error != NULL ? error->message : "";

  if (answer != NULL || ent_client_error_is_cancelled (error))
    return answer == NULL;
  set_busy (self, FALSE);
  if (ent_load_view_has_content (self->view))
    ent_notice_bar_set_sentence (self->notice, sentence);
  else
    ent_load_view_show_problem (self->view, sentence);
  return TRUE;
}

static void
got_links_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntLinksPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiBookingLinkList) list = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  list = answer;
  if (is_missing (self, list, error))
    return;
  if (list->items != NULL)
    g_ptr_array_extend_and_steal (self->links, g_steal_pointer (&list->items));
  if (list->next != NULL)
    list_links (self, ENT_CLIENT (source), list->next);
  else
    ent_links_page_take (self, self->colleagues, self->links);
}

static void
list_links (EntLinksPage *self, EntClient *client, const char *after)
{
  g_autofree char *place = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
  g_autofree char *path =
    g_strdup_printf ("/api/orgs/%s/booking-links?limit=" G_STRINGIFY (ENT_MAX_LIST) "%s%s",
      self->org, place != NULL ? "&after=" : "", place != NULL ? place : "");

  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_booking_link_list_struct, TRUE,
    self->cancellable, got_links_cb, g_object_ref (self));
}

static void
got_colleagues_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntLinksPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) colleagues = ent_colleagues_list_finish (result, &error);

  if (is_missing (self, colleagues, error))
    return;
  g_clear_pointer (&self->colleagues, g_ptr_array_unref);
  self->colleagues = g_steal_pointer (&colleagues);
  list_links (self, ENT_CLIENT (source), NULL);
}

static void
got_me_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntLinksPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, &error);
  const EntApiMembership *membership;

  if (is_missing (self, me, error))
    return;
  membership = ent_membership_find (me, ENT_ORG_INTERVIEWER);
  if (membership == NULL) {
    ent_links_page_take (self, NULL, NULL);
    return;
  }
  g_free (self->org);
  self->org = g_strdup (membership->org);
  ent_colleagues_list_async (
    ENT_CLIENT (source), self->org, self->cancellable, got_colleagues_cb, g_object_ref (self));
}

static void
forget_answers (EntLinksPage *self)
{
  g_clear_pointer (&self->colleagues, g_ptr_array_unref);
  g_ptr_array_set_size (self->links, 0);
}

/* with_people: who one is and who interviews is asked too; else only for the links. */
static void
load (EntLinksPage *self, gboolean with_people)
{
  EntClient *client = ent_account_get_client (self->account);

  /* When it is made the links are asked for anyway. */
  if (client == NULL || self->is_making)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  forget_answers (self);
  if (ent_load_view_has_content (self->view))
    set_busy (self, TRUE);
  else
    ent_load_view_show_loading (self->view);
  if (with_people)
    ent_client_get_me_async (client, self->cancellable, got_me_cb, g_object_ref (self));
  else
    list_links (self, client, NULL);
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  load (ENT_LINKS_PAGE (widget), TRUE);
}

/* --- one more
 * -------------------------------------------------------------------------------------- */

static void
show_link (EntLinksPage *self, const EntApiBookingLink *link)
{
  /* Translators: the name of a candidate. */
  g_autofree char *sentence = g_strdup_printf (
    _ ("The link for %s is made. It is shown once: copy it, or write a mail with it."), link->name);

  ent_link_box_show (
    self->link_box, sentence, link->link, link->email, _ ("Choose a time for your interview"));
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntLinksPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiBookingLink) link = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  link = answer;
  if (!ent_client_error_is_cancelled (error))
    self->is_making = FALSE;
  if (is_missing (self, link, error))
    return;
  show_link (self, link);
  gtk_editable_set_text (self->name_row, "");
  gtk_editable_set_text (self->email_row, "");
  load (self, FALSE);
}

/* NULL, or the sentence that says what is missing or wrong; *row is where, or NULL. */
static const char *
find_fault (EntLinksPage *self, const char *name, const char *email, GtkEditable **row)
{
  *row = self->name_row;
  if (*name == '\0')
    return _ ("Write the name of the candidate.");
  if (strlen (name) > ENT_MAX_NAME)
    return _ ("This name is too long. Use a shorter one.");
  *row = self->email_row;
  if (strchr (email, '@') == NULL || strlen (email) > ENT_MAX_EMAIL)
    return _ ("Write the address of the candidate, such as ada@example.org.");
  *row = self->title_row;
  if (strlen (gtk_editable_get_text (self->title_row)) > ENT_MAX_NAME)
    return _ ("This title is too long. Use a shorter one.");
  *row = NULL;
  return ent_interviewers_find_fault (self->interviewers);
}

/* Ids, borrowed; free with g_free(). Who hosts comes first. NULL: nobody is known. */
static char **
build_interviewers (EntLinksPage *self)
{
  const char *host = ent_interviewers_get_host (self->interviewers);
  g_autofree char **panel = ent_interviewers_build_panel (self->interviewers);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  if (host == NULL)
    return NULL;
  g_ptr_array_add (all, (char *) host);
  for (char **user = panel; user != NULL && *user != NULL; user++)
    g_ptr_array_add (all, *user);
  g_ptr_array_add (all, NULL);
  return (char **) g_ptr_array_steal (all, NULL);
}

static void
make_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntLinksPage *self = ENT_LINKS_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (self->title_row)));
  g_autofree char *path = NULL;
  g_autofree char **interviewers = NULL;
  GtkEditable *row;
  const char *fault = find_fault (self, name, email, &row);

  ent_notice_bar_set_sentence (self->notice, fault);
  if (fault != NULL) {
    if (row != NULL)
      gtk_widget_grab_focus (GTK_WIDGET (row));
    return;
  }
  interviewers = build_interviewers (self);
  if (client == NULL || self->org == NULL || interviewers == NULL)
    return;
  path = g_strdup_printf ("/api/orgs/%s/booking-links", self->org);
  ent_link_box_clear (self->link_box);
  self->is_making = TRUE;
  set_busy (self, TRUE);
  ent_client_call_async (client, "POST", path, &ent_api_new_booking_link_struct,
    &(EntApiNewBookingLink){ .name = name,
      .email = email,
      .interviewers = interviewers,
      .title = *title != '\0' ? title : NULL },
    &ent_api_booking_link_struct, TRUE, self->cancellable, made_cb, g_object_ref (self));
}

static void
row_activated_cb (GtkWidget *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "links.make", NULL);
}

static void
toast_cb (GtkWidget *box, const char *sentence, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_TOAST], 0, sentence);
}

/* --- one less: asked first
 * ------------------------------------------------------------------------- */

typedef struct {
  EntLinksPage *page;
  char *id;
} Wish;

static void
wish_free (Wish *wish)
{
  g_object_unref (wish->page);
  g_free (wish->id);
  g_free (wish);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wish, wish_free)

static void
revoked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntLinksPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  /* Somebody else was quicker. */
  if (!is_done && g_strcmp0 (ent_client_error_get_code (error), "not_found") != 0) {
    ent_notice_bar_set_sentence (self->notice, error->message);
    return;
  }
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, _ ("The link is taken back."));
  load (self, FALSE);
}

static void
revoke_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wish) wish = data;
  EntLinksPage *self = wish->page;
  EntClient *client = self->account != NULL ? ent_account_get_client (self->account) : NULL;
  g_autofree char *path = NULL;

  if (!ent_dialogs_confirm_finish (result) || client == NULL || self->org == NULL)
    return;
  path = g_strdup_printf ("/api/orgs/%s/booking-links/%s", self->org, wish->id);
  /* What is shown may be of this one. */
  ent_link_box_clear (self->link_box);
  set_busy (self, TRUE);
  ent_client_call_async (client, "DELETE", path, NULL, NULL, NULL, TRUE, self->cancellable,
    revoked_cb, g_object_ref (self));
}

static void
revoke_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->page = g_object_ref (ENT_LINKS_PAGE (widget));
  wish->id = g_variant_dup_string (parameter, NULL);
  ent_dialogs_confirm_async (widget, _ ("Take back this link?"),
    _ ("Nobody can book, move or cancel with it any more. An interview that is booked stays."),
    _ ("_Take back"), revoke_confirmed_cb, wish);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_links_page_clear (EntLinksPage *self)
{
  g_return_if_fail (ENT_IS_LINKS_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_making = FALSE;
  g_clear_pointer (&self->org, g_free);
  forget_answers (self);
  ent_list_box_remove_all (self->list);
  ent_interviewers_clear (self->interviewers);
  set_busy (self, FALSE);
  ent_link_box_clear (self->link_box);
  gtk_editable_set_text (self->name_row, "");
  gtk_editable_set_text (self->email_row, "");
  gtk_editable_set_text (self->title_row, _ ("Interview"));
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_loading (self->view);
}

void
ent_links_page_start (EntLinksPage *self)
{
  g_return_if_fail (ENT_IS_LINKS_PAGE (self));

  load (self, TRUE);
}

static void
ent_links_page_dispose (GObject *object)
{
  EntLinksPage *self = ENT_LINKS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_links_page_parent_class)->dispose (object);
}

static void
ent_links_page_finalize (GObject *object)
{
  EntLinksPage *self = ENT_LINKS_PAGE (object);

  forget_answers (self);
  g_ptr_array_unref (self->links);
  g_free (self->org);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_links_page_parent_class)->finalize (object);
}

static void
ent_links_page_class_init (EntLinksPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_links_page_dispose;
  object_class->finalize = ent_links_page_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_LINKS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_INTERVIEWERS);
  g_type_ensure (ENT_TYPE_LINK_BOX);
  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-links-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, email_row);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, title_row);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, interviewers);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, link_box);
  gtk_widget_class_bind_template_child (widget_class, EntLinksPage, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, toast_cb);

  gtk_widget_class_install_action (widget_class, "links.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "links.make", NULL, make_cb);
  gtk_widget_class_install_action (widget_class, "links.revoke", "s", revoke_cb);
}

static void
ent_links_page_init (EntLinksPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_booking_link_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->name_row, _ ("Name of the candidate"));
  ent_accessible_name_entry_row (self->email_row, _ ("Address of the candidate"));
  ent_accessible_name_entry_row (self->title_row, _ ("Title"));
}

GtkWidget *
ent_links_page_new (EntAccount *account, EntClock *clock)
{
  EntLinksPage *self = g_object_new (ENT_TYPE_LINKS_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  ent_links_page_clear (self);
  return GTK_WIDGET (self);
}
