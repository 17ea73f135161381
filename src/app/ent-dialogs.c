#include "config.h"

#include "ent-dialogs.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base/ent-secret.h"
#include "ent-accessible.h"

/* Of a text that is asked for. */
#define MAX_ANSWER_CHARS 500

#define RESPONSE_CONFIRM "confirm"
#define RESPONSE_CANCEL "cancel"

/* What a dialog was asked for beside yes or no; its parts live as long as the dialog. */
typedef struct {
  GtkEditable *entry;
  GtkEditable *code; /* NULL: none is asked for */
  gboolean is_proof;
} Question;

void
ent_dialogs_proof_free (EntDialogsProof *proof)
{
  ent_secret_free (proof->password);
  g_free (proof->code);
  g_free (proof);
}

static char *
dup_filled (GtkEditable *entry)
{
  const char *text = entry != NULL ? gtk_editable_get_text (entry) : "";

  return *text != '\0' ? g_strdup (text) : NULL;
}

static EntDialogsProof *
new_proof (const Question *question)
{
  EntDialogsProof *proof = g_new0 (EntDialogsProof, 1);

  proof->password = dup_filled (question->entry);
  proof->code = dup_filled (question->code);
  return proof;
}

/* Consumes task. */
static void
answer (GTask *task, const char *response)
{
  g_autoptr (GTask) own_task = task;
  Question *question = g_task_get_task_data (task);
  gboolean is_confirmed = g_str_equal (response, RESPONSE_CONFIRM);

  if (question == NULL)
    g_task_return_boolean (task, is_confirmed);
  else if (question->is_proof)
    g_task_return_pointer (
      task, is_confirmed ? new_proof (question) : NULL, (GDestroyNotify) ent_dialogs_proof_free);
  else
    g_task_return_pointer (
      task, is_confirmed ? g_strdup (gtk_editable_get_text (question->entry)) : NULL, g_free);
}

static const char *const developers[] = { "The Entrevue contributors", NULL };

#if ADW_CHECK_VERSION(1, 5, 0)
/* Newer than the floor, which the headers would warn about. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void
responded_cb (AdwAlertDialog *dialog, const char *response, gpointer data)
{
  answer (data, response);
}

static void
ask (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *confirm,
  AdwResponseAppearance appearance,
  GtkWidget *extra,
  GTask *task)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));

  adw_alert_dialog_add_responses (
    dialog, RESPONSE_CANCEL, _ ("_Cancel"), RESPONSE_CONFIRM, confirm, NULL);
  adw_alert_dialog_set_response_appearance (dialog, RESPONSE_CONFIRM, appearance);
  adw_alert_dialog_set_default_response (dialog, RESPONSE_CANCEL);
  adw_alert_dialog_set_close_response (dialog, RESPONSE_CANCEL);
  adw_alert_dialog_set_extra_child (dialog, extra);
  g_signal_connect (dialog, "response", G_CALLBACK (responded_cb), task);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
}

void
ent_dialogs_show_about (GtkWindow *parent)
{
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (adw_about_dialog_new ());

  adw_about_dialog_set_application_name (about, "Entrevue");
  adw_about_dialog_set_application_icon (about, ENT_APP_ID);
  adw_about_dialog_set_version (about, ENT_VERSION);
  adw_about_dialog_set_developers (about, (const char **) developers);
  adw_about_dialog_set_license_type (about, GTK_LICENSE_GPL_3_0);
  adw_about_dialog_set_comments (about, _ ("Talk, write code together and run it."));
  /* Translators: put your names here, one a line. */
  adw_about_dialog_set_translator_credits (about, _ ("translator-credits"));
  adw_dialog_present (ADW_DIALOG (about), GTK_WIDGET (parent));
}

G_GNUC_END_IGNORE_DEPRECATIONS
#else
static void
responded_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  answer (data, response);
}

static void
ask (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *confirm,
  AdwResponseAppearance appearance,
  GtkWidget *extra,
  GTask *task)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  AdwMessageDialog *dialog =
    ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (root), heading, body));

  adw_message_dialog_add_responses (
    dialog, RESPONSE_CANCEL, _ ("_Cancel"), RESPONSE_CONFIRM, confirm, NULL);
  adw_message_dialog_set_response_appearance (dialog, RESPONSE_CONFIRM, appearance);
  adw_message_dialog_set_default_response (dialog, RESPONSE_CANCEL);
  adw_message_dialog_set_close_response (dialog, RESPONSE_CANCEL);
  adw_message_dialog_set_extra_child (dialog, extra);
  g_signal_connect (dialog, "response", G_CALLBACK (responded_cb), task);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ent_dialogs_show_about (GtkWindow *parent)
{
  adw_show_about_window (parent, "application-name", "Entrevue", "application-icon", ENT_APP_ID,
    "version", ENT_VERSION, "developers", developers, "license-type", GTK_LICENSE_GPL_3_0,
    "comments", _ ("Talk, write code together and run it."),
    /* Translators: put your names here, one a line. */
    "translator-credits", _ ("translator-credits"), NULL);
}
#endif

void
ent_dialogs_confirm_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_return_if_fail (GTK_IS_WIDGET (parent));
  ask (parent, heading, body, confirm, ADW_RESPONSE_DESTRUCTIVE, NULL,
    g_task_new (parent, NULL, callback, data));
}

gboolean
ent_dialogs_confirm_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

void
ent_dialogs_show_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  GtkWidget *shown,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_return_if_fail (GTK_IS_WIDGET (parent));
  ask (parent, heading, body, confirm, ADW_RESPONSE_SUGGESTED, shown,
    g_task_new (parent, NULL, callback, data));
}

/* An entry below its label. */
static GtkEditable *
add_entry (GtkWidget *box, const char *label, GtkWidget *entry)
{
  GtkWidget *title = gtk_label_new (label);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  ent_accessible_set_name (entry, label);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), entry);
  return GTK_EDITABLE (entry);
}

void
ent_dialogs_ask_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *label,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GtkWidget *box, *entry;
  GTask *task;
  Question *question;

  g_return_if_fail (GTK_IS_WIDGET (parent));

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  entry = gtk_entry_new ();
  task = g_task_new (parent, NULL, callback, data);
  question = g_new0 (Question, 1);
  gtk_entry_set_max_length (GTK_ENTRY (entry), MAX_ANSWER_CHARS);
  question->entry = add_entry (box, label, entry);
  g_task_set_task_data (task, question, g_free);
  ask (parent, heading, body, confirm, ADW_RESPONSE_DESTRUCTIVE, box, task);
}

void
ent_dialogs_prove_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  gboolean with_code,
  const char *confirm,
  gboolean is_destructive,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GtkWidget *box, *entry;
  GTask *task;
  Question *question;

  g_return_if_fail (GTK_IS_WIDGET (parent));

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  entry = gtk_entry_new ();
  task = g_task_new (parent, NULL, callback, data);
  question = g_new0 (Question, 1);
  question->is_proof = TRUE;
  gtk_entry_set_visibility (GTK_ENTRY (entry), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_PASSWORD);
  question->entry = add_entry (box, _ ("Your password"), entry);
  if (with_code)
    question->code = add_entry (box, _ ("Code of your device, or one on paper"), gtk_entry_new ());
  g_task_set_task_data (task, question, g_free);
  ask (parent, heading, body, confirm,
    is_destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED, box, task);
}

EntDialogsProof *
ent_dialogs_prove_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

char *
ent_dialogs_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
