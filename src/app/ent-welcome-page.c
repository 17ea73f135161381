#include "config.h"

#include "ent-welcome-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"

struct _EntWelcomePage {
  AdwBin parent_instance;

  GtkLabel *heading;
  GtkEditable *server_row;
  GtkEditable *name_row;
  GtkEditable *email_row;
  GtkEditable *password_row;
  GtkWidget *form;
  GtkWidget *code_form;
  GtkEditable *code_row;
  GtkLabel *notice;
  GtkWidget *forgot_button;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkWidget *go_button;
  GtkLabel *go_label;
  GtkSpinner *spinner;
  GtkButton *other_button;

  EntAccount *account;
  gboolean is_registering; /* the form makes an account */
  gboolean is_asking_code; /* the password was right */
  gboolean is_busy;
  GCancellable *cancellable; /* cancelled in dispose */
};

G_DEFINE_FINAL_TYPE (EntWelcomePage, ent_welcome_page, ADW_TYPE_BIN)

static gboolean
is_filled (GtkEditable *row)
{
  const char *text = gtk_editable_get_text (row);

  while (g_ascii_isspace (*text))
    text++;
  return *text != '\0';
}

static const char *
get_heading (EntWelcomePage *self)
{
  if (self->is_asking_code)
    return _ ("One more step");
  return self->is_registering ? _ ("Create an account") : _ ("Welcome");
}

static const char *
get_other (EntWelcomePage *self)
{
  if (self->is_asking_code)
    return _ ("Sign in as somebody else");
  return self->is_registering ? _ ("I have an account") : _ ("Create an account");
}

static void
update (EntWelcomePage *self)
{
  GtkEditable *rows[] = { self->server_row, self->name_row, self->email_row, self->password_row,
    self->code_row };
  gboolean has_address = is_filled (self->server_row) && is_filled (self->email_row);
  gboolean can_go =
    !self->is_busy &&
    (self->is_asking_code ? is_filled (self->code_row)
                          : has_address && is_filled (self->password_row) &&
                              (!self->is_registering || is_filled (self->name_row)));
  const char *go = self->is_registering ? _ ("Create account") : _ ("Sign in");

  gtk_label_set_label (self->heading, get_heading (self));
  gtk_widget_set_visible (self->form, !self->is_asking_code);
  gtk_widget_set_visible (self->code_form, self->is_asking_code);
  gtk_widget_set_visible (self->forgot_button, !self->is_asking_code && !self->is_registering);
  gtk_label_set_label (self->go_label, go);
  ent_accessible_set_name (self->go_button, go);
  gtk_button_set_label (self->other_button, get_other (self));
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), self->is_registering);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_editable_set_editable (rows[i], !self->is_busy);
  gtk_spinner_set_spinning (self->spinner, self->is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "welcome.go", can_go);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "welcome.switch", !self->is_busy);
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "welcome.forgot", !self->is_busy && has_address);
}

static void
show_problem (EntWelcomePage *self, const char *sentence)
{
  if (sentence)
    gtk_label_set_label (self->problem, sentence);
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
}

static void
ask_for_code (EntWelcomePage *self, gboolean is_asking)
{
  self->is_asking_code = is_asking;
  gtk_editable_set_text (self->code_row, "");
  if (!is_asking)
    ent_account_forget_code (self->account);
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (is_asking ? self->code_row : self->password_row));
}

static void
finish (EntWelcomePage *self, gboolean is_done, const GError *error)
{
  self->is_busy = FALSE;
  update (self);
  if (is_done) {
    gtk_editable_set_text (self->password_row, "");
    gtk_editable_set_text (self->code_row, "");
    self->is_registering = FALSE;
    self->is_asking_code = FALSE;
    update (self);
    return;
  }
  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR)) {
    ask_for_code (self, TRUE);
    return;
  }
  /* Too late for a code: the password is asked for again. */
  if (self->is_asking_code &&
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT))
    ask_for_code (self, FALSE);
  show_problem (self, error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->is_asking_code ? self->code_row : self->password_row));
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_sign_in_finish (ENT_ACCOUNT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (self, is_done, error);
}

static void
registered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_register_finish (ENT_ACCOUNT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (self, is_done, error);
}

static void
code_given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_give_code_finish (ENT_ACCOUNT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (self, is_done, error);
}

static void
forgot_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_forgot_finish (ENT_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_busy = FALSE;
  update (self);
  if (!is_done) {
    show_problem (self, error->message);
    return;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->notice), TRUE);
}

static void
forgot_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));

  self->is_busy = TRUE;
  show_problem (self, NULL);
  update (self);
  ent_account_forgot_async (self->account, gtk_editable_get_text (self->server_row), email,
    self->cancellable, forgot_done_cb, g_object_ref (self));
}

static void
go_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  const char *server = gtk_editable_get_text (self->server_row);
  const char *password = gtk_editable_get_text (self->password_row);
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));
  g_autofree char *person = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));

  self->is_busy = TRUE;
  show_problem (self, NULL);
  update (self);
  if (self->is_asking_code)
    ent_account_give_code_async (self->account, gtk_editable_get_text (self->code_row),
      self->cancellable, code_given_cb, g_object_ref (self));
  else if (self->is_registering)
    ent_account_register_async (self->account, server, person, email, password, self->cancellable,
      registered_cb, g_object_ref (self));
  else
    ent_account_sign_in_async (
      self->account, server, email, password, self->cancellable, signed_in_cb, g_object_ref (self));
}

static void
switch_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);

  show_problem (self, NULL);
  if (self->is_asking_code) {
    gtk_editable_set_text (self->password_row, "");
    ask_for_code (self, FALSE);
    return;
  }
  self->is_registering = !self->is_registering;
  update (self);
}

/* Return goes to the next empty field, and goes on from the last one. */
static void
entry_activated_cb (GtkWidget *row, gpointer data)
{
  EntWelcomePage *self = data;
  GtkEditable *rows[] = { self->server_row, self->name_row, self->email_row, self->password_row };

  for (guint i = 0; !self->is_asking_code && i < G_N_ELEMENTS (rows); i++) {
    if (gtk_widget_get_visible (GTK_WIDGET (rows[i])) && !is_filled (rows[i])) {
      gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
      return;
    }
  }
  gtk_widget_activate_action (GTK_WIDGET (self), "welcome.go", NULL);
}

static void
entry_changed_cb (GtkEditable *row, gpointer data)
{
  update (ENT_WELCOME_PAGE (data));
}

static gboolean
ent_welcome_page_grab_focus (GtkWidget *widget)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  GtkEditable *row = is_filled (self->server_row) ? self->email_row : self->server_row;

  return gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
ent_welcome_page_dispose (GObject *object)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_welcome_page_parent_class)->dispose (object);
}

static void
ent_welcome_page_class_init (EntWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_welcome_page_dispose;
  widget_class->grab_focus = ent_welcome_page_grab_focus;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, heading);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, server_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, name_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, email_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, password_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, form);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, code_form);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, code_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, forgot_button);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, problem);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, go_button);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, go_label);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, other_button);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);

  gtk_widget_class_install_action (widget_class, "welcome.go", NULL, go_cb);
  gtk_widget_class_install_action (widget_class, "welcome.forgot", NULL, forgot_cb);
  gtk_widget_class_install_action (widget_class, "welcome.switch", NULL, switch_cb);
}

static void
ent_welcome_page_init (EntWelcomePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->server_row, _ ("Server"));
  ent_accessible_name_entry_row (self->name_row, _ ("Your name"));
  ent_accessible_name_entry_row (self->email_row, _ ("Email"));
  ent_accessible_name_entry_row (self->password_row, _ ("Password"));
  ent_accessible_name_entry_row (self->code_row, _ ("Code"));
  update (self);
}

GtkWidget *
ent_welcome_page_new (EntAccount *account)
{
  EntWelcomePage *self = g_object_new (ENT_TYPE_WELCOME_PAGE, NULL);

  self->account = g_object_ref (account);
  return GTK_WIDGET (self);
}

void
ent_welcome_page_set_server (EntWelcomePage *self, const char *server)
{
  g_return_if_fail (ENT_IS_WELCOME_PAGE (self));
  gtk_editable_set_text (self->server_row, server);
}
