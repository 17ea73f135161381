#include "config.h"

#include "ent-dialogs.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define RESPONSE_CONFIRM "confirm"
#define RESPONSE_CANCEL "cancel"

static const char *const developers[] = { "The Entrevue contributors", NULL };

#if ADW_CHECK_VERSION(1, 5, 0)
/* Newer than the floor, which the headers would warn about. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void
responded_cb (AdwAlertDialog *dialog, const char *response, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_task_return_boolean (task, g_str_equal (response, RESPONSE_CONFIRM));
}

static void
ask (GtkWidget *parent, const char *heading, const char *body, const char *confirm, GTask *task)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));

  adw_alert_dialog_add_responses (
    dialog, RESPONSE_CANCEL, _ ("_Cancel"), RESPONSE_CONFIRM, confirm, NULL);
  adw_alert_dialog_set_response_appearance (dialog, RESPONSE_CONFIRM, ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, RESPONSE_CANCEL);
  adw_alert_dialog_set_close_response (dialog, RESPONSE_CANCEL);
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
  g_autoptr (GTask) task = data;

  g_task_return_boolean (task, g_str_equal (response, RESPONSE_CONFIRM));
}

static void
ask (GtkWidget *parent, const char *heading, const char *body, const char *confirm, GTask *task)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  AdwMessageDialog *dialog =
    ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (root), heading, body));

  adw_message_dialog_add_responses (
    dialog, RESPONSE_CANCEL, _ ("_Cancel"), RESPONSE_CONFIRM, confirm, NULL);
  adw_message_dialog_set_response_appearance (dialog, RESPONSE_CONFIRM, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, RESPONSE_CANCEL);
  adw_message_dialog_set_close_response (dialog, RESPONSE_CANCEL);
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
  ask (parent, heading, body, confirm, g_task_new (parent, NULL, callback, data));
}

gboolean
ent_dialogs_confirm_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
