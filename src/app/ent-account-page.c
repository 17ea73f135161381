#include "config.h"

#include "ent-account-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-wording.h"
#include "protocol/ent-limits.h"

struct _EntAccountPage {
  AdwBin parent_instance;

  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *email_label;
  GtkEditable *old_row;
  GtkEditable *new_row;
  GtkEditable *again_row;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkSpinner *spinner;
  GtkStack *stack;
  GtkListBox *sessions_list;
  GtkLabel *sessions_problem;
  GtkWidget *others_button;

  EntAccount *account;
  EntClock *clock;
  GPtrArray *others; /* ids of the sessions that are not this one */
  gboolean is_busy; /* a password is being changed */
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntAccountPage, ent_account_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
say (EntAccountPage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

/* --- who
 * ------------------------------------------------------------------------------------------- */

static void
show_person (EntAccountPage *self, const char *email)
{
  const char *name = ent_account_get_name (self->account);

  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->name_label, name != NULL ? name : "");
  if (email != NULL)
    gtk_label_set_label (self->email_label, email);
}

static void
got_me_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, NULL);

  if (me != NULL && me->user != NULL)
    show_person (self, me->user->email);
}

static void
name_changed_cb (EntAccount *account, GParamSpec *pspec, gpointer data)
{
  show_person (ENT_ACCOUNT_PAGE (data), NULL);
}

/* --- password
 * -------------------------------------------------------------------------------------- */

static void
update_password (EntAccountPage *self)
{
  GtkEditable *rows[] = { self->old_row, self->new_row, self->again_row };
  gboolean can_go = !self->is_busy;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    can_go = can_go && *gtk_editable_get_text (rows[i]) != '\0';
    gtk_editable_set_editable (rows[i], !self->is_busy);
  }
  gtk_spinner_set_spinning (self->spinner, self->is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.change-password", can_go);
}

static void
show_problem (EntAccountPage *self, const char *sentence)
{
  if (sentence != NULL)
    gtk_label_set_label (self->problem, sentence);
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
}

static void
empty_password (EntAccountPage *self)
{
  gtk_editable_set_text (self->old_row, "");
  gtk_editable_set_text (self->new_row, "");
  gtk_editable_set_text (self->again_row, "");
  show_problem (self, NULL);
}

static void list_sessions (EntAccountPage *self);

static void
password_changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (is_cancelled (error))
    return;
  self->is_busy = FALSE;
  update_password (self);
  if (!is_done) {
    show_problem (self, g_strcmp0 (ent_client_error_get_code (error), "wrong_password") == 0
                          ? _ ("The current password is not right. Nothing was changed.")
                          : error->message);
    gtk_widget_grab_focus (GTK_WIDGET (self->old_row));
    return;
  }
  empty_password (self);
  say (self, _ ("Your password is changed. Your other devices have to sign in again."));
  list_sessions (self);
}

static void
change_password_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntAccountPage *self = ENT_ACCOUNT_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  EntApiNewPassword body = {
    .old = (char *) gtk_editable_get_text (self->old_row),
    .new = (char *) gtk_editable_get_text (self->new_row),
  };

  if (client == NULL)
    return;
  if (g_utf8_strlen (body.new, -1) < ENT_MIN_PASSWORD_CHARS) {
    g_autofree char *sentence =
      g_strdup_printf (_ ("This password is too short. Take one of at least %d characters."),
        ENT_MIN_PASSWORD_CHARS);

    show_problem (self, sentence);
    gtk_widget_grab_focus (GTK_WIDGET (self->new_row));
    return;
  }
  if (g_strcmp0 (body.new, gtk_editable_get_text (self->again_row)) != 0) {
    show_problem (self, _ ("The two new passwords differ. Type the new one again."));
    gtk_widget_grab_focus (GTK_WIDGET (self->again_row));
    return;
  }
  self->is_busy = TRUE;
  show_problem (self, NULL);
  update_password (self);
  ent_client_call_async (client, "POST", "/api/me/password", &ent_api_new_password_struct, &body,
    NULL, TRUE, self->cancellable, password_changed_cb, g_object_ref (self));
}

static void
password_edited_cb (GtkEditable *row, gpointer data)
{
  update_password (ENT_ACCOUNT_PAGE (data));
}

static void
password_activated_cb (GtkWidget *row, gpointer data)
{
  EntAccountPage *self = data;
  GtkEditable *rows[] = { self->old_row, self->new_row, self->again_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (*gtk_editable_get_text (rows[i]) == '\0') {
      gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "account.change-password", NULL);
}

/* --- sessions
 * -------------------------------------------------------------------------------------- */

static GtkWidget *
new_session_row (EntAccountPage *self, const EntApiSession *session)
{
  GtkWidget *row = adw_action_row_new ();
  gint64 now_us = ent_clock_get_wall_us (self->clock);
  g_autofree char *since = ent_wording_new_day_time (session->created, now_us);
  g_autofree char *used = ent_wording_new_day_time (session->used, now_us);
  const char *device = session->device != NULL && *session->device != '\0'
                         ? session->device
                         : _ ("A device without a name");
  g_autofree char *subtitle = session->current
                                /* Translators: a day with a time. */
                                ? g_strdup_printf (_ ("This device. Signed in: %s"), since)
                                /* Translators: both are a day with a time. */
                                : g_strdup_printf (_ ("Last used: %s\nSigned in: %s"), used, since);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), device);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  if (!session->current) {
    GtkWidget *button = gtk_button_new_with_label (_ ("Sign out"));
    g_autofree char *name = g_strdup_printf (_ ("Sign out %s"), device);

    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (button, "flat");
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "account.end-session");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", session->id);
    ent_accessible_set_name (button, name);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  }
  return row;
}

void
ent_account_page_take_sessions (EntAccountPage *self, const EntApiSessionList *sessions)
{
  GtkWidget *row;

  g_return_if_fail (ENT_IS_ACCOUNT_PAGE (self));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->sessions_list))) != NULL)
    gtk_list_box_remove (self->sessions_list, row);
  g_ptr_array_set_size (self->others, 0);
  for (guint i = 0; sessions->items != NULL && i < sessions->items->len; i++) {
    const EntApiSession *session = g_ptr_array_index (sessions->items, i);

    gtk_list_box_insert (
      self->sessions_list, new_session_row (self, session), session->current ? 0 : -1);
    if (!session->current)
      g_ptr_array_add (self->others, g_strdup (session->id));
  }
  gtk_widget_set_visible (self->others_button, self->others->len > 1);
  gtk_stack_set_visible_child_name (self->stack, "sessions");
}

static void
got_sessions_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;
  g_autoptr (GError) error = NULL;
  gpointer answer = NULL;
  g_autoptr (EntApiSessionList) sessions = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  sessions = answer;
  if (is_cancelled (error))
    return;
  if (sessions != NULL) {
    ent_account_page_take_sessions (self, sessions);
    return;
  }
  gtk_label_set_label (self->sessions_problem, error != NULL ? error->message : "");
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

static void
list_sessions (EntAccountPage *self)
{
  EntClient *client = ent_account_get_client (self->account);

  if (client != NULL)
    ent_client_call_async (client, "GET", "/api/auth/sessions?limit=200", NULL, NULL,
      &ent_api_session_list_struct, TRUE, self->cancellable, got_sessions_cb, g_object_ref (self));
}

/* Ends sessions one after the other; the list is asked for anew whatever comes of it. */
typedef struct {
  EntAccountPage *page;
  GPtrArray *ids; /* still to be ended */
} Ending;

static void
ending_free (Ending *ending)
{
  g_object_unref (ending->page);
  g_ptr_array_unref (ending->ids);
  g_free (ending);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ending, ending_free)

static void end_next (EntClient *client, Ending *ending);

static void
session_ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Ending) ending = data;
  g_autoptr (GError) error = NULL;

  /* One that is gone already is what was wanted. */
  if (!ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error) &&
      g_strcmp0 (ent_client_error_get_code (error), "not_found") != 0) {
    if (is_cancelled (error))
      return;
    say (ending->page, error->message);
    list_sessions (ending->page);
    return;
  }
  if (ending->ids->len > 0) {
    end_next (ENT_CLIENT (source), g_steal_pointer (&ending));
    return;
  }
  say (ending->page, _ ("Signed out there."));
  list_sessions (ending->page);
}

/* Takes ending, which has ids. */
static void
end_next (EntClient *client, Ending *ending)
{
  g_autofree char *id = g_ptr_array_steal_index (ending->ids, ending->ids->len - 1);
  g_autofree char *path = g_strdup_printf ("/api/auth/sessions/%s", id);

  ent_client_call_async (client, "DELETE", path, NULL, NULL, NULL, TRUE, ending->page->cancellable,
    session_ended_cb, ending);
}

/* Takes ids. */
static void
end_sessions (EntAccountPage *self, GPtrArray *ids)
{
  EntClient *client = ent_account_get_client (self->account);
  Ending *ending;

  if (client == NULL || ids->len == 0) {
    g_ptr_array_unref (ids);
    return;
  }
  ending = g_new0 (Ending, 1);
  ending->page = g_object_ref (self);
  ending->ids = ids;
  end_next (client, ending);
}

static void
end_session_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (ids, g_variant_dup_string (parameter, NULL));
  end_sessions (ENT_ACCOUNT_PAGE (widget), ids);
}

static gpointer
copy_id (gconstpointer id, gpointer data)
{
  return g_strdup (id);
}

static void
others_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;

  if (ent_dialogs_confirm_finish (result))
    end_sessions (self, g_ptr_array_copy (self->others, copy_id, NULL));
}

static void
end_others_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_dialogs_confirm_async (widget, _ ("Sign out everywhere else?"),
    _ ("Whoever uses your account on another device has to sign in again. An interview that is "
       "open there ends for them."),
    _ ("_Sign out"), others_confirmed_cb, g_object_ref (widget));
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_stack_set_visible_child_name (ENT_ACCOUNT_PAGE (widget)->stack, "loading");
  list_sessions (ENT_ACCOUNT_PAGE (widget));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_account_page_clear (EntAccountPage *self)
{
  GtkWidget *row;

  g_return_if_fail (ENT_IS_ACCOUNT_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_busy = FALSE;
  empty_password (self);
  update_password (self);
  gtk_label_set_label (self->email_label, "");
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->sessions_list))) != NULL)
    gtk_list_box_remove (self->sessions_list, row);
  g_ptr_array_set_size (self->others, 0);
  gtk_stack_set_visible_child_name (self->stack, "loading");
}

void
ent_account_page_start (EntAccountPage *self)
{
  EntClient *client;

  g_return_if_fail (ENT_IS_ACCOUNT_PAGE (self));

  client = ent_account_get_client (self->account);
  empty_password (self);
  if (client == NULL)
    return;
  ent_client_get_me_async (client, self->cancellable, got_me_cb, g_object_ref (self));
  list_sessions (self);
}

static void
ent_account_page_dispose (GObject *object)
{
  EntAccountPage *self = ENT_ACCOUNT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_account_page_parent_class)->dispose (object);
}

static void
ent_account_page_finalize (GObject *object)
{
  EntAccountPage *self = ENT_ACCOUNT_PAGE (object);

  g_ptr_array_unref (self->others);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_account_page_parent_class)->finalize (object);
}

static void
ent_account_page_class_init (EntAccountPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_account_page_dispose;
  object_class->finalize = ent_account_page_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_ACCOUNT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, name_label);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, email_label);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, old_row);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, new_row);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, again_row);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, problem);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, sessions_list);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, sessions_problem);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, others_button);
  gtk_widget_class_bind_template_callback (widget_class, password_edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_activated_cb);

  gtk_widget_class_install_action (
    widget_class, "account.change-password", NULL, change_password_cb);
  gtk_widget_class_install_action (widget_class, "account.end-session", "s", end_session_cb);
  gtk_widget_class_install_action (widget_class, "account.end-others", NULL, end_others_cb);
  gtk_widget_class_install_action (widget_class, "account.refresh", NULL, refresh_cb);
}

static void
ent_account_page_init (EntAccountPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->others = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->old_row, _ ("Current password"));
  ent_accessible_name_entry_row (self->new_row, _ ("New password"));
  ent_accessible_name_entry_row (self->again_row, _ ("New password again"));
  update_password (self);
}

GtkWidget *
ent_account_page_new (EntAccount *account, EntClock *clock)
{
  EntAccountPage *self = g_object_new (ENT_TYPE_ACCOUNT_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  g_signal_connect_object (account, "notify::name", G_CALLBACK (name_changed_cb), self, 0);
  show_person (self, NULL);
  return GTK_WIDGET (self);
}
