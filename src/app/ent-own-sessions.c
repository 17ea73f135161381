#include "config.h"

#include "ent-own-sessions.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-list-box.h"
#include "ent-wording.h"

struct _EntOwnSessions {
  AdwBin parent_instance;

  GtkListBox *list;
  GtkWidget *others_button;

  EntAccount *account;
  EntClock *clock;
  GPtrArray *others; /* ids of the sessions that are not this one */
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntOwnSessions, ent_own_sessions, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say (EntOwnSessions *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

static GtkWidget *
new_session_row (EntOwnSessions *self, const EntApiSession *session)
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
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "sessions.end");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", session->id);
    ent_accessible_set_name (button, name);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  }
  return row;
}

static void
empty (EntOwnSessions *self)
{
  ent_list_box_remove_all (self->list);
  g_ptr_array_set_size (self->others, 0);
}

static void
got_sessions_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSessions) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSessionList) sessions = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  sessions = answer;
  if (sessions != NULL)
    ent_own_sessions_take (self, sessions);
  else if (error != NULL && !ent_client_error_is_cancelled (error))
    say (self, error->message);
}

/* Ends sessions one after the other; the list is asked for anew whatever comes of it. */
typedef struct {
  EntOwnSessions *sessions;
  GPtrArray *ids; /* still to be ended */
} Ending;

static void
ending_free (Ending *ending)
{
  g_object_unref (ending->sessions);
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
    if (ent_client_error_is_cancelled (error))
      return;
    say (ending->sessions, error->message);
    ent_own_sessions_reload (ending->sessions);
    return;
  }
  if (ending->ids->len > 0) {
    end_next (ENT_CLIENT (source), g_steal_pointer (&ending));
    return;
  }
  say (ending->sessions, _ ("Signed out there."));
  ent_own_sessions_reload (ending->sessions);
}

/* Takes ending, which has ids. */
static void
end_next (EntClient *client, Ending *ending)
{
  g_autofree char *id = g_ptr_array_steal_index (ending->ids, ending->ids->len - 1);
  g_autofree char *path = g_strdup_printf ("/api/auth/sessions/%s", id);

  ent_client_call_async (client, "DELETE", path, NULL, NULL, NULL, TRUE,
    ending->sessions->cancellable, session_ended_cb, ending);
}

/* Takes ids. */
static void
end_sessions (EntOwnSessions *self, GPtrArray *ids)
{
  EntClient *client = ent_account_get_client (self->account);
  Ending *ending;

  if (client == NULL || ids->len == 0) {
    g_ptr_array_unref (ids);
    return;
  }
  ending = g_new0 (Ending, 1);
  ending->sessions = g_object_ref (self);
  ending->ids = ids;
  end_next (client, ending);
}

static void
end_session_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (ids, g_variant_dup_string (parameter, NULL));
  end_sessions (ENT_OWN_SESSIONS (widget), ids);
}

static gpointer
copy_id (gconstpointer id, gpointer data)
{
  return g_strdup (id);
}

static void
others_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSessions) self = data;

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
ent_own_sessions_dispose (GObject *object)
{
  EntOwnSessions *self = ENT_OWN_SESSIONS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_own_sessions_parent_class)->dispose (object);
}

static void
ent_own_sessions_finalize (GObject *object)
{
  EntOwnSessions *self = ENT_OWN_SESSIONS (object);

  g_ptr_array_unref (self->others);
  g_clear_pointer (&self->clock, ent_clock_unref);

  G_OBJECT_CLASS (ent_own_sessions_parent_class)->finalize (object);
}

static void
ent_own_sessions_class_init (EntOwnSessionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_own_sessions_dispose;
  object_class->finalize = ent_own_sessions_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_OWN_SESSIONS, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-own-sessions.ui");
  gtk_widget_class_bind_template_child (widget_class, EntOwnSessions, list);
  gtk_widget_class_bind_template_child (widget_class, EntOwnSessions, others_button);

  gtk_widget_class_install_action (widget_class, "sessions.end", "s", end_session_cb);
  gtk_widget_class_install_action (widget_class, "sessions.end-others", NULL, end_others_cb);
}

static void
ent_own_sessions_init (EntOwnSessions *self)
{
  self->cancellable = g_cancellable_new ();
  self->others = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_own_sessions_set_account (EntOwnSessions *self, EntAccount *account, EntClock *clock)
{
  g_return_if_fail (ENT_IS_OWN_SESSIONS (self));

  g_set_object (&self->account, account);
  g_clear_pointer (&self->clock, ent_clock_unref);
  self->clock = ent_clock_ref (clock);
}

void
ent_own_sessions_take (EntOwnSessions *self, const EntApiSessionList *sessions)
{
  g_return_if_fail (ENT_IS_OWN_SESSIONS (self));

  empty (self);
  for (guint i = 0; sessions->items != NULL && i < sessions->items->len; i++) {
    const EntApiSession *session = g_ptr_array_index (sessions->items, i);

    gtk_list_box_insert (self->list, new_session_row (self, session), session->current ? 0 : -1);
    if (!session->current)
      g_ptr_array_add (self->others, g_strdup (session->id));
  }
  gtk_widget_set_visible (self->others_button, self->others->len > 1);
}

void
ent_own_sessions_reload (EntOwnSessions *self)
{
  EntClient *client;

  g_return_if_fail (ENT_IS_OWN_SESSIONS (self));

  client = ent_account_get_client (self->account);
  if (client != NULL)
    ent_client_call_async (client, "GET", ENT_OWN_SESSIONS_PATH, NULL, NULL,
      &ent_api_session_list_struct, TRUE, self->cancellable, got_sessions_cb, g_object_ref (self));
}

void
ent_own_sessions_clear (EntOwnSessions *self)
{
  g_return_if_fail (ENT_IS_OWN_SESSIONS (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  empty (self);
}
