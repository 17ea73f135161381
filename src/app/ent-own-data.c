#include "config.h"

#include "ent-own-data.h"

#include <glib/gi18n.h>

#include "ent-dialogs.h"
#include "ent-problem-label.h"
#include "ent-wording.h"

#define LOOK_AGAIN_S 3
#define SAVED_NAME "entrevue-my-data.zip"

struct _EntOwnData {
  AdwBin parent_instance;

  AdwActionRow *copy_row;
  GtkSpinner *spinner;
  GtkWidget *ask_button;
  GtkWidget *save_button;
  GtkWidget *remove_button;
  EntProblemLabel *problem;

  EntAccount *account;
  EntClock *clock;
  gboolean with_code;
  gboolean is_busy;
  guint look_id;
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntOwnData, ent_own_data, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say (EntOwnData *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

/* Where the server's words for a password are about an address too. */
static void
show_failure (EntOwnData *self, const GError *error)
{
  ent_problem_label_set_sentence (
    self->problem, g_strcmp0 (ent_client_error_get_code (error), "wrong_password") == 0
                     ? _ ("The password is not right. Nothing was done.")
                     : error->message);
}

static void
set_busy (EntOwnData *self, gboolean is_busy)
{
  static const char *const actions[] = { "data.ask-copy", "data.save-copy", "data.remove-copy",
    "data.erase" };

  self->is_busy = is_busy;
  if (is_busy)
    ent_problem_label_set_sentence (self->problem, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], !is_busy);
}

/* --- a copy: asked for, made, fetched
 * ------------------------------------------------------------------- */

static void look (EntOwnData *self);

static gboolean
look_cb (gpointer data)
{
  EntOwnData *self = data;

  self->look_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    look (self);
  return G_SOURCE_REMOVE;
}

static char *
new_copy_sentence (EntOwnData *self, const EntApiExport *copy)
{
  g_autofree char *size = NULL;
  g_autofree char *until = NULL;

  if (copy == NULL)
    return g_strdup (_ ("A ZIP file with your profile, your interviews and what you wrote in them. "
                        "What others wrote is not in it."));
  if (copy->state != ENT_API_EXPORT_READY)
    return g_strdup (_ ("It is being made. You can go on meanwhile; a mail tells you when it is "
                        "ready."));
  size = g_format_size (copy->bytes);
  until = ent_wording_new_day_time (copy->expires, ent_clock_get_wall_us (self->clock));
  /* Translators: a size such as 1.2 MB, and a day with a time. */
  return g_strdup_printf (_ ("Ready, %s. It is deleted on the server: %s"), size, until);
}

void
ent_own_data_take (EntOwnData *self, const EntApiExport *copy)
{
  gboolean is_ready = copy != NULL && copy->state == ENT_API_EXPORT_READY;
  gboolean is_waiting = copy != NULL && !is_ready;
  g_autofree char *sentence = NULL;

  g_return_if_fail (ENT_IS_OWN_DATA (self));

  sentence = new_copy_sentence (self, copy);
  adw_action_row_set_subtitle (self->copy_row, sentence);
  gtk_spinner_set_spinning (self->spinner, is_waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_waiting);
  gtk_widget_set_visible (self->ask_button, copy == NULL);
  gtk_widget_set_visible (self->save_button, is_ready);
  gtk_widget_set_visible (self->remove_button, is_ready);
  g_clear_handle_id (&self->look_id, g_source_remove);
  if (is_waiting)
    self->look_id = g_timeout_add_seconds (LOOK_AGAIN_S, look_cb, self);
}

static void
got_copy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiExport) copy = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  copy = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  if (self->is_busy)
    set_busy (self, FALSE);
  if (copy != NULL || g_strcmp0 (ent_client_error_get_code (error), "not_found") == 0)
    ent_own_data_take (self, copy);
  else
    show_failure (self, error);
}

static void
look (EntOwnData *self)
{
  EntClient *client = ent_account_get_client (self->account);

  if (client != NULL)
    ent_client_call_async (client, "GET", "/api/me/export", NULL, NULL, &ent_api_export_struct,
      TRUE, self->cancellable, got_copy_cb, g_object_ref (self));
}

static void
copy_proved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (EntDialogsProof) proof = ent_dialogs_prove_finish (result);
  EntClient *client = ent_account_get_client (self->account);

  if (proof == NULL || client == NULL)
    return;
  set_busy (self, TRUE);
  ent_client_call_async (client, "POST", "/api/me/export", &ent_api_confirm_struct,
    &(EntApiConfirm){ proof->password, proof->code }, &ent_api_export_struct, TRUE,
    self->cancellable, got_copy_cb, g_object_ref (self));
}

static void
ask_copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnData *self = ENT_OWN_DATA (widget);

  ent_dialogs_prove_async (widget, _ ("Ask for a copy of your data?"),
    _ ("The server makes it in some minutes and keeps it for three days, for you alone. Show that "
       "it is you."),
    self->with_code, _ ("_Ask for it"), FALSE, copy_proved_cb, g_object_ref (self));
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    say (self, _ ("The copy of your data is saved."));
  else
    ent_problem_label_set_sentence (self->problem, error->message);
  set_busy (self, FALSE);
}

static void
got_archive_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkNativeDialog) dialog = data;
  g_autoptr (EntOwnData) self = g_object_ref (g_object_get_data (G_OBJECT (dialog), "data"));
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) archive = ent_client_read_file_finish (ENT_CLIENT (source), result, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  if (archive == NULL) {
    set_busy (self, FALSE);
    show_failure (self, error);
    return;
  }
  g_file_replace_contents_bytes_async (file, archive, NULL, FALSE,
    G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, written_cb,
    g_object_ref (self));
}

static void
place_chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  EntOwnData *self = data;
  EntClient *client = ent_account_get_client (self->account);

  if (response != GTK_RESPONSE_ACCEPT || client == NULL) {
    g_object_unref (dialog);
    return;
  }
  set_busy (self, TRUE);
  ent_client_read_file_async (
    client, "/api/me/export/archive", self->cancellable, got_archive_cb, dialog);
}

static void
save_copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save the copy of your data"),
    GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), SAVED_NAME);
  g_object_set_data_full (G_OBJECT (dialog), "data", g_object_ref (widget), g_object_unref);
  g_signal_connect (dialog, "response", G_CALLBACK (place_chosen_cb), widget);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
copy_removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (is_done)
    ent_own_data_take (self, NULL);
  else
    show_failure (self, error);
}

static void
remove_copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnData *self = ENT_OWN_DATA (widget);
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  set_busy (self, TRUE);
  ent_client_call_async (client, "DELETE", "/api/me/export", NULL, NULL, NULL, TRUE,
    self->cancellable, copy_removed_cb, g_object_ref (self));
}

/* --- the end: what it would do, who it is, done
 * --------------------------------------------------------- */

static void
erased_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (!is_done) {
    show_failure (self, error);
    return;
  }
  say (self, _ ("Your account is deleted."));
  ent_account_sign_out (self->account);
}

static void
erase_proved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (EntDialogsProof) proof = ent_dialogs_prove_finish (result);
  EntClient *client = ent_account_get_client (self->account);

  if (proof == NULL || client == NULL)
    return;
  set_busy (self, TRUE);
  ent_client_call_async (client, "POST", "/api/me/erase", &ent_api_confirm_struct,
    &(EntApiConfirm){ proof->password, proof->code }, NULL, TRUE, self->cancellable, erased_cb,
    g_object_ref (self));
}

static char *
new_erasure_body (const EntApiErasure *erasure)
{
  GString *body = g_string_new (_ ("What goes: your name, address, picture and password, your "
                                   "sign-ins, hours and notifications."));

  if (erasure->cancelled > 0) {
    g_string_append_c (body, '\n');
    g_string_append_printf (body,
      g_dngettext (GETTEXT_PACKAGE, "%u interview to come is cancelled, and the others are told.",
        "%u interviews to come are cancelled, and the others are told.", erasure->cancelled),
      (guint) erasure->cancelled);
  }
  if (erasure->records > 0) {
    g_string_append_c (body, '\n');
    g_string_append_printf (body,
      g_dngettext (GETTEXT_PACKAGE, "What you wrote as a candidate is removed, in %u interview.",
        "What you wrote as a candidate is removed, in %u interviews.", erasure->records),
      (guint) erasure->records);
  }
  g_string_append_printf (body, "\n\n%s\n\n%s",
    _ ("What stays: interviews that were held, with “A former participant” in your place, and the "
       "history of who changed what, without your name."),
    _ ("This cannot be taken back. Ask for a copy of your data first if you want one."));
  return g_string_free (body, FALSE);
}

void
ent_own_data_ask_erase (EntOwnData *self, const EntApiErasure *erasure)
{
  g_autofree char *body = NULL;

  g_return_if_fail (ENT_IS_OWN_DATA (self));

  if (erasure->hand_over != NULL && erasure->hand_over[0] != NULL) {
    g_autofree char *orgs = g_strjoinv (", ", erasure->hand_over);

    body = g_strdup_printf (
      _ ("Nobody else administers %s. Make somebody else an administrator first."), orgs);
    ent_problem_label_set_sentence (self->problem, body);
    return;
  }
  body = new_erasure_body (erasure);
  ent_dialogs_prove_async (GTK_WIDGET (self), _ ("Delete your account?"), body, self->with_code,
    _ ("_Delete"), TRUE, erase_proved_cb, g_object_ref (self));
}

static void
got_erasure_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnData) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiErasure) erasure = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  erasure = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (erasure != NULL)
    ent_own_data_ask_erase (self, erasure);
  else
    show_failure (self, error);
}

static void
erase_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnData *self = ENT_OWN_DATA (widget);
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  set_busy (self, TRUE);
  ent_client_call_async (client, "GET", "/api/me/erasure", NULL, NULL, &ent_api_erasure_struct,
    TRUE, self->cancellable, got_erasure_cb, g_object_ref (self));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_own_data_dispose (GObject *object)
{
  EntOwnData *self = ENT_OWN_DATA (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  g_clear_pointer (&self->clock, ent_clock_unref);

  G_OBJECT_CLASS (ent_own_data_parent_class)->dispose (object);
}

static void
ent_own_data_class_init (EntOwnDataClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_own_data_dispose;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_OWN_DATA, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_PROBLEM_LABEL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-own-data.ui");
  gtk_widget_class_bind_template_child (widget_class, EntOwnData, copy_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnData, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntOwnData, ask_button);
  gtk_widget_class_bind_template_child (widget_class, EntOwnData, save_button);
  gtk_widget_class_bind_template_child (widget_class, EntOwnData, remove_button);
  gtk_widget_class_bind_template_child (widget_class, EntOwnData, problem);

  gtk_widget_class_install_action (widget_class, "data.ask-copy", NULL, ask_copy_cb);
  gtk_widget_class_install_action (widget_class, "data.save-copy", NULL, save_copy_cb);
  gtk_widget_class_install_action (widget_class, "data.remove-copy", NULL, remove_copy_cb);
  gtk_widget_class_install_action (widget_class, "data.erase", NULL, erase_cb);
}

static void
ent_own_data_init (EntOwnData *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_own_data_set_account (EntOwnData *self, EntAccount *account, EntClock *clock)
{
  g_return_if_fail (ENT_IS_OWN_DATA (self));

  g_set_object (&self->account, account);
  g_clear_pointer (&self->clock, ent_clock_unref);
  self->clock = ent_clock_ref (clock);
  ent_own_data_take (self, NULL);
}

void
ent_own_data_load (EntOwnData *self, gboolean with_code)
{
  g_return_if_fail (ENT_IS_OWN_DATA (self));

  self->with_code = with_code;
  ent_problem_label_set_sentence (self->problem, NULL);
  look (self);
}

void
ent_own_data_clear (EntOwnData *self)
{
  g_return_if_fail (ENT_IS_OWN_DATA (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  set_busy (self, FALSE);
  ent_problem_label_set_sentence (self->problem, NULL);
  ent_own_data_take (self, NULL);
}
