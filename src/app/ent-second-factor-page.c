#include "config.h"

#include "ent-second-factor-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/ent-secret.h"
#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-qr-picture.h"

#define KEY_GROUP 4 /* characters, as people type them */
#define SAVED_NAME "entrevue-recovery-codes.txt"

struct _EntSecondFactorPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkWidget *back_button;
  GtkStack *stack;
  GtkLabel *password_text;
  GtkEditable *password_row;
  GtkEditable *own_code_row; /* beside the password */
  GtkLabel *continue_label;
  GtkWidget *continue_button;
  GtkPicture *qr;
  GtkLabel *key_label;
  GtkEditable *code_row; /* of the new device */
  GtkLabel *codes_label;
  GtkLabel *problem;
  GtkSpinner *spinner;

  EntAccount *account;
  EntSecondFactorGoal goal;
  char *key; /* as the server wrote it; NULL: none is shown */
  char *codes; /* one a line; NULL: none are shown */
  gboolean is_kept; /* the codes were copied or saved */
  gboolean is_busy;
  GCancellable *cancellable; /* of what is under way; replaced at each start */
};

G_DEFINE_FINAL_TYPE (EntSecondFactorPage, ent_second_factor_page, ADW_TYPE_BIN)

enum { SIGNAL_DONE, SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static const struct {
  const char *title, *text, *button;
  gboolean with_code, is_destructive;
} goals[] = {
  [ENT_SECOND_FACTOR_SET_UP] = { N_ ("Set up codes"),
    N_ ("From now on your password and a code of your device are needed to sign in. You need an "
        "authenticator app on a phone or another device. First show that it is you."),
    N_ ("Continue"), FALSE, FALSE },
  [ENT_SECOND_FACTOR_NEW_CODES] = { N_ ("New recovery codes"),
    N_ ("You get ten new codes, and the old ones are good for nothing any more. First show that it "
        "is you."),
    N_ ("Make new codes"), TRUE, FALSE },
  [ENT_SECOND_FACTOR_TURN_OFF] = { N_ ("Turn codes off"),
    N_ ("Afterwards your password alone is enough to sign in, and the codes that you have on paper "
        "are good for nothing any more. First show that it is you."),
    N_ ("Turn off"), TRUE, TRUE },
};

static void
say (EntSecondFactorPage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

static gboolean
is_filled (GtkEditable *row)
{
  return *gtk_editable_get_text (row) != '\0';
}

static void
update (EntSecondFactorPage *self)
{
  gboolean with_code = goals[self->goal].with_code;

  gtk_spinner_set_spinning (self->spinner, self->is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "second-factor.continue",
    !self->is_busy && is_filled (self->password_row) &&
      (!with_code || is_filled (self->own_code_row)));
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "second-factor.confirm", !self->is_busy && is_filled (self->code_row));
}

static void
show_problem (EntSecondFactorPage *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), sentence != NULL);
}

static void
set_busy (EntSecondFactorPage *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  if (is_busy)
    show_problem (self, NULL);
  update (self);
}

/* Where the server's words for a password are about an address too. */
static void
show_failure (EntSecondFactorPage *self, const GError *error)
{
  const char *code = ent_client_error_get_code (error);
  gboolean is_password = g_strcmp0 (code, "wrong_password") == 0;
  GtkEditable *row = self->key != NULL             ? self->code_row
                     : is_password                 ? self->password_row
                     : goals[self->goal].with_code ? self->own_code_row
                                                   : self->password_row;

  show_problem (
    self, is_password ? _ ("The password is not right. Nothing was changed.") : error->message);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
show_step (EntSecondFactorPage *self, const char *name)
{
  show_problem (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, name);
}

/* --- the key: by camera, or typed
 * ----------------------------------------------------------------------- */

static char *
group_key (const char *key)
{
  GString *grouped = g_string_new (NULL);

  for (gsize i = 0; key[i] != '\0'; i++) {
    if (i > 0 && i % KEY_GROUP == 0)
      g_string_append_c (grouped, ' ');
    g_string_append_c (grouped, key[i]);
  }
  return g_string_free (grouped, FALSE);
}

void
ent_second_factor_page_take_secret (EntSecondFactorPage *self, const EntApiTotpSecret *secret)
{
  g_autoptr (EntQrPicture) picture = NULL;
  char *grouped;

  g_return_if_fail (ENT_IS_SECOND_FACTOR_PAGE (self));

  picture = ent_qr_picture_new (secret->uri);
  grouped = group_key (secret->secret);
  ent_secret_free (self->key);
  self->key = g_strdup (secret->secret);
  gtk_picture_set_paintable (self->qr, GDK_PAINTABLE (picture));
  gtk_widget_set_visible (GTK_WIDGET (self->qr), picture != NULL);
  gtk_label_set_label (self->key_label, grouped);
  ent_secret_free (grouped);
  show_step (self, "key");
  gtk_widget_grab_focus (GTK_WIDGET (self->code_row));
}

static void
copy_key_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);

  if (self->key == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->key);
  say (self, _ ("The key is copied."));
}

/* --- the codes on paper
 * --------------------------------------------------------------------------------- */

void
ent_second_factor_page_take_codes (EntSecondFactorPage *self, const char *const *codes)
{
  g_return_if_fail (ENT_IS_SECOND_FACTOR_PAGE (self));

  ent_secret_free (self->codes);
  self->codes = g_strjoinv ("\n", (char **) codes);
  self->is_kept = FALSE;
  gtk_label_set_label (self->codes_label, self->codes);
  adw_window_title_set_title (self->title, _ ("Recovery codes"));
  gtk_widget_set_visible (self->back_button, FALSE);
  show_step (self, "codes");
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
copy_codes_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);

  if (self->codes == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->codes);
  self->is_kept = TRUE;
  say (self, _ ("The codes are copied. Put them where you find them without this device."));
}

gboolean
ent_second_factor_page_save_codes (EntSecondFactorPage *self, GFile *file, GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (ENT_IS_SECOND_FACTOR_PAGE (self), FALSE);

  text = g_strdup_printf ("%s\n\n%s\n",
    _ ("Recovery codes for Entrevue. Each one is good for one sign-in."), self->codes);
  self->is_kept = g_file_replace_contents (file, text, strlen (text), NULL, FALSE,
    G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, error);
  explicit_bzero (text, strlen (text));
  return self->is_kept;
}

static void
place_chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (EntSecondFactorPage) self = data;
  g_autoptr (GFile) file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autoptr (GError) error = NULL;

  g_object_unref (dialog);
  if (file == NULL || self->codes == NULL)
    return;
  if (ent_second_factor_page_save_codes (self, file, &error))
    say (self, _ ("The codes are saved."));
  else
    show_problem (self, error->message);
}

static void
save_codes_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save the recovery codes"),
    GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), SAVED_NAME);
  g_signal_connect (dialog, "response", G_CALLBACK (place_chosen_cb), g_object_ref (widget));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
draw_page_cb (GtkPrintOperation *print, GtkPrintContext *context, int page, gpointer data)
{
  EntSecondFactorPage *self = data;
  g_autoptr (PangoLayout) layout = gtk_print_context_create_pango_layout (context);
  PangoFontDescription *font = pango_font_description_from_string ("Monospace 12");
  g_autofree char *text = g_strdup_printf ("%s\n\n%s",
    _ ("Recovery codes for Entrevue. Each one is good for one sign-in."),
    self->codes != NULL ? self->codes : "");

  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (layout, gtk_print_context_get_width (context) * PANGO_SCALE);
  pango_layout_set_text (layout, text, -1);
  pango_cairo_show_layout (gtk_print_context_get_cairo_context (context), layout);
  explicit_bzero (text, strlen (text));
}

static void
printed_cb (GtkPrintOperation *print, GtkPrintOperationResult result, gpointer data)
{
  if (result == GTK_PRINT_OPERATION_RESULT_APPLY)
    ENT_SECOND_FACTOR_PAGE (data)->is_kept = TRUE;
}

static void
print_codes_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);
  g_autoptr (GtkPrintOperation) print = gtk_print_operation_new ();
  g_autoptr (GError) error = NULL;

  gtk_print_operation_set_n_pages (print, 1);
  gtk_print_operation_set_job_name (print, _ ("Recovery codes"));
  gtk_print_operation_set_allow_async (print, TRUE);
  g_signal_connect_object (print, "draw-page", G_CALLBACK (draw_page_cb), self, 0);
  g_signal_connect_object (print, "done", G_CALLBACK (printed_cb), self, 0);
  if (gtk_print_operation_run (print, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
        GTK_WINDOW (gtk_widget_get_root (widget)), &error) == GTK_PRINT_OPERATION_RESULT_ERROR)
    show_problem (self, error->message);
}

static void
lost_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntSecondFactorPage) self = data;

  if (ent_dialogs_confirm_finish (result))
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

/* From the codes the way out asks who has not kept them. */
static void
finish_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);

  if (self->codes == NULL || self->is_kept)
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
  else
    ent_dialogs_confirm_async (widget, _ ("Leave without keeping the codes?"),
      _ ("They are not shown again. Without them and without your device nobody can sign in to "
         "your account but by the help of the people who run the server."),
      _ ("_Leave"), lost_confirmed_cb, g_object_ref (self));
}

/* --- the password, and what it opens
 * -------------------------------------------------------------------- */

static void
got_secret_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntSecondFactorPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiTotpSecret) secret = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  secret = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (secret == NULL) {
    show_failure (self, error);
    return;
  }
  gtk_editable_set_text (self->password_row, "");
  ent_second_factor_page_take_secret (self, secret);
}

static void
got_codes_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntSecondFactorPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiRecoveryCodes) codes = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  codes = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (codes == NULL) {
    gtk_editable_set_text (self->code_row, "");
    gtk_editable_set_text (self->own_code_row, "");
    show_failure (self, error);
    return;
  }
  ent_second_factor_page_take_codes (self, (const char *const *) codes->codes);
}

static void
turned_off_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntSecondFactorPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (!is_done) {
    gtk_editable_set_text (self->own_code_row, "");
    show_failure (self, error);
    return;
  }
  say (self, _ ("Codes are off. Your password alone is enough to sign in."));
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
continue_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  char *password = (char *) gtk_editable_get_text (self->password_row);
  const EntApiPassword enrolment = { password };
  const EntApiTotpChange change = { password, (char *) gtk_editable_get_text (self->own_code_row) };

  if (client == NULL)
    return;
  set_busy (self, TRUE);
  switch (self->goal) {
  case ENT_SECOND_FACTOR_SET_UP:
    ent_client_call_async (client, "POST", "/api/auth/totp", &ent_api_password_struct, &enrolment,
      &ent_api_totp_secret_struct, TRUE, self->cancellable, got_secret_cb, g_object_ref (self));
    break;
  case ENT_SECOND_FACTOR_NEW_CODES:
    ent_client_call_async (client, "POST", "/api/auth/totp/codes", &ent_api_totp_change_struct,
      &change, &ent_api_recovery_codes_struct, TRUE, self->cancellable, got_codes_cb,
      g_object_ref (self));
    break;
  case ENT_SECOND_FACTOR_TURN_OFF:
    ent_client_call_async (client, "POST", "/api/auth/totp/disable", &ent_api_totp_change_struct,
      &change, NULL, TRUE, self->cancellable, turned_off_cb, g_object_ref (self));
    break;
  }
}

static void
confirm_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_auto (GStrv) words = g_strsplit_set (gtk_editable_get_text (self->code_row), " \t", -1);
  g_autofree char *code = g_strjoinv (NULL, words); /* apps show "123 456" */
  const EntApiCode body = { code };

  if (client == NULL)
    return;
  set_busy (self, TRUE);
  ent_client_call_async (client, "POST", "/api/auth/totp/confirm", &ent_api_code_struct, &body,
    &ent_api_recovery_codes_struct, TRUE, self->cancellable, got_codes_cb, g_object_ref (self));
}

static void
edited_cb (GtkEditable *row, gpointer data)
{
  update (ENT_SECOND_FACTOR_PAGE (data));
}

static void
password_activated_cb (GtkWidget *row, gpointer data)
{
  EntSecondFactorPage *self = data;

  if (goals[self->goal].with_code && !is_filled (self->own_code_row))
    gtk_widget_grab_focus (GTK_WIDGET (self->own_code_row));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "second-factor.continue", NULL);
}

static void
code_activated_cb (GtkWidget *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "second-factor.confirm", NULL);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
forget (EntSecondFactorPage *self)
{
  g_clear_pointer (&self->key, ent_secret_free);
  g_clear_pointer (&self->codes, ent_secret_free);
}

static gboolean
ent_second_factor_page_grab_focus (GtkWidget *widget)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (widget);

  return gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
}

static void
ent_second_factor_page_dispose (GObject *object)
{
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  forget (self);

  G_OBJECT_CLASS (ent_second_factor_page_parent_class)->dispose (object);
}

static void
ent_second_factor_page_class_init (EntSecondFactorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = ENT_TYPE_SECOND_FACTOR_PAGE;

  G_OBJECT_CLASS (klass)->dispose = ent_second_factor_page_dispose;
  widget_class->grab_focus = ent_second_factor_page_grab_focus;

  signals[SIGNAL_DONE] =
    g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TOAST] = g_signal_new (
    "toast", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-second-factor-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, password_text);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, own_code_row);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, continue_label);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, continue_button);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, qr);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, key_label);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, code_row);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, codes_label);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, problem);
  gtk_widget_class_bind_template_child (widget_class, EntSecondFactorPage, spinner);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, code_activated_cb);

  gtk_widget_class_install_action (widget_class, "second-factor.continue", NULL, continue_cb);
  gtk_widget_class_install_action (widget_class, "second-factor.confirm", NULL, confirm_cb);
  gtk_widget_class_install_action (widget_class, "second-factor.copy-key", NULL, copy_key_cb);
  gtk_widget_class_install_action (widget_class, "second-factor.copy-codes", NULL, copy_codes_cb);
  gtk_widget_class_install_action (widget_class, "second-factor.save-codes", NULL, save_codes_cb);
  gtk_widget_class_install_action (widget_class, "second-factor.print-codes", NULL, print_codes_cb);
  gtk_widget_class_install_action (widget_class, "second-factor.finish", NULL, finish_cb);
}

static void
ent_second_factor_page_init (EntSecondFactorPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->password_row, _ ("Password"));
  ent_accessible_name_entry_row (self->own_code_row, _ ("Code of your device, or one on paper"));
  ent_accessible_name_entry_row (self->code_row, _ ("Code that the device shows"));
  update (self);
}

GtkWidget *
ent_second_factor_page_new (EntAccount *account)
{
  EntSecondFactorPage *self = g_object_new (ENT_TYPE_SECOND_FACTOR_PAGE, NULL);

  self->account = g_object_ref (account);
  return GTK_WIDGET (self);
}

void
ent_second_factor_page_clear (EntSecondFactorPage *self)
{
  g_return_if_fail (ENT_IS_SECOND_FACTOR_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  forget (self);
  gtk_editable_set_text (self->password_row, "");
  gtk_editable_set_text (self->own_code_row, "");
  gtk_editable_set_text (self->code_row, "");
  gtk_picture_set_paintable (self->qr, NULL);
  gtk_label_set_label (self->key_label, "");
  gtk_label_set_label (self->codes_label, "");
  set_busy (self, FALSE);
  show_step (self, "password");
}

void
ent_second_factor_page_start (EntSecondFactorPage *self, EntSecondFactorGoal goal)
{
  const char *button;

  g_return_if_fail (ENT_IS_SECOND_FACTOR_PAGE (self));

  ent_second_factor_page_clear (self);
  button = _ (goals[goal].button);
  self->goal = goal;
  adw_window_title_set_title (self->title, _ (goals[goal].title));
  gtk_label_set_label (self->password_text, _ (goals[goal].text));
  gtk_widget_set_visible (GTK_WIDGET (self->own_code_row), goals[goal].with_code);
  gtk_label_set_label (self->continue_label, button);
  ent_accessible_set_name (self->continue_button, button);
  gtk_widget_remove_css_class (
    self->continue_button, goals[goal].is_destructive ? "suggested-action" : "destructive-action");
  gtk_widget_add_css_class (
    self->continue_button, goals[goal].is_destructive ? "destructive-action" : "suggested-action");
  gtk_widget_set_visible (self->back_button, TRUE);
  update (self);
}
