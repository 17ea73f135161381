#include "config.h"

#include "ent-own-address.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-problem-label.h"
#include "protocol/ent-api-people.h"

#define TOKEN_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define MIN_TOKEN 20
#define QUERY "token="

struct _EntOwnAddress {
  AdwBin parent_instance;

  AdwPreferencesGroup *group;
  GtkEditable *link_row;
  EntProblemLabel *problem;

  EntAccount *account;
  char *email;
  gboolean is_busy;
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntOwnAddress, ent_own_address, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_CONFIRMED, N_SIGNALS };
static guint signals[N_SIGNALS];

char *
ent_own_address_find_token (const char *text)
{
  g_autofree char *plain = g_strstrip (g_strdup (text));
  const char *query = strstr (plain, QUERY);
  const char *token = query != NULL ? query + strlen (QUERY) : plain;
  gsize size = strspn (token, TOKEN_CHARS);

  if (size < MIN_TOKEN || (query == NULL && token[size] != '\0'))
    return NULL;
  return g_strndup (token, size);
}

static void
set_busy (EntOwnAddress *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "address.send", !is_busy);
  if (is_busy)
    ent_problem_label_set_sentence (self->problem, NULL);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnAddress) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error))
    sentence = g_strdup_printf (_ ("A mail with a new link is on its way to %s."), self->email);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  if (sentence != NULL)
    g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
  else
    ent_problem_label_set_sentence (self->problem, error->message);
}

static void
send_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnAddress *self = ENT_OWN_ADDRESS (widget);
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  set_busy (self, TRUE);
  ent_client_call_async (client, "POST", "/api/me/verification", NULL, NULL, NULL, TRUE,
    self->cancellable, sent_cb, g_object_ref (self));
}

static void
confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnAddress) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  if (!is_done) {
    ent_problem_label_set_sentence (self->problem, error->message);
    return;
  }
  gtk_editable_set_text (self->link_row, "");
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, _ ("Your address is confirmed."));
  g_signal_emit (self, signals[SIGNAL_CONFIRMED], 0);
}

static void
link_applied_cb (AdwEntryRow *row, gpointer data)
{
  EntOwnAddress *self = data;
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *token = ent_own_address_find_token (gtk_editable_get_text (self->link_row));
  const EntApiToken body = { token };

  if (client == NULL || self->is_busy)
    return;
  if (token == NULL) {
    ent_problem_label_set_sentence (self->problem,
      _ ("This is not the link from the mail. Copy all of it, from “http” to its end."));
    return;
  }
  set_busy (self, TRUE);
  ent_client_call_async (client, "POST", "/api/auth/verify-email", &ent_api_token_struct, &body,
    NULL, FALSE, self->cancellable, confirmed_cb, g_object_ref (self));
}

static void
ent_own_address_dispose (GObject *object)
{
  EntOwnAddress *self = ENT_OWN_ADDRESS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  g_clear_pointer (&self->email, g_free);

  G_OBJECT_CLASS (ent_own_address_parent_class)->dispose (object);
}

static void
ent_own_address_class_init (EntOwnAddressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = ENT_TYPE_OWN_ADDRESS;

  G_OBJECT_CLASS (klass)->dispose = ent_own_address_dispose;

  signals[SIGNAL_TOAST] = g_signal_new (
    "toast", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CONFIRMED] =
    g_signal_new ("confirmed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (ENT_TYPE_PROBLEM_LABEL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-own-address.ui");
  gtk_widget_class_bind_template_child (widget_class, EntOwnAddress, group);
  gtk_widget_class_bind_template_child (widget_class, EntOwnAddress, link_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnAddress, problem);
  gtk_widget_class_bind_template_callback (widget_class, link_applied_cb);

  gtk_widget_class_install_action (widget_class, "address.send", NULL, send_cb);
}

static void
ent_own_address_init (EntOwnAddress *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->link_row, _ ("Link from the mail"));
}

void
ent_own_address_set_account (EntOwnAddress *self, EntAccount *account)
{
  g_return_if_fail (ENT_IS_OWN_ADDRESS (self));
  g_set_object (&self->account, account);
}

void
ent_own_address_set_email (EntOwnAddress *self, const char *email)
{
  g_autofree char *escaped = NULL;
  g_autofree char *description = NULL;

  g_return_if_fail (ENT_IS_OWN_ADDRESS (self));

  g_free (self->email);
  self->email = g_strdup (email);
  /* A group's description is markup. */
  escaped = g_markup_escape_text (email, -1);
  description =
    g_strdup_printf (_ ("Open the link of the mail to %s in a browser, or paste it here. "
                        "If none has come, have one sent."),
      escaped);
  adw_preferences_group_set_description (self->group, description);
}

void
ent_own_address_clear (EntOwnAddress *self)
{
  g_return_if_fail (ENT_IS_OWN_ADDRESS (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  set_busy (self, FALSE);
  ent_problem_label_set_sentence (self->problem, NULL);
  gtk_editable_set_text (self->link_row, "");
}
