#include "config.h"

#include "ent-own-password.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "protocol/ent-limits.h"

struct _EntOwnPassword {
  AdwBin parent_instance;

  GtkEditable *old_row;
  GtkEditable *new_row;
  GtkEditable *again_row;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkSpinner *spinner;

  EntAccount *account;
  gboolean is_busy;
  GCancellable *cancellable; /* of the change under way; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntOwnPassword, ent_own_password, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say (EntOwnPassword *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

static void
update (EntOwnPassword *self)
{
  GtkEditable *rows[] = { self->old_row, self->new_row, self->again_row };
  gboolean can_go = !self->is_busy;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    can_go = can_go && *gtk_editable_get_text (rows[i]) != '\0';
    gtk_editable_set_editable (rows[i], !self->is_busy);
  }
  gtk_spinner_set_spinning (self->spinner, self->is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "password.change", can_go);
}

static void
show_problem (EntOwnPassword *self, const char *sentence)
{
  if (sentence != NULL)
    gtk_label_set_label (self->problem, sentence);
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
}

static void
empty_password (EntOwnPassword *self)
{
  gtk_editable_set_text (self->old_row, "");
  gtk_editable_set_text (self->new_row, "");
  gtk_editable_set_text (self->again_row, "");
  show_problem (self, NULL);
}

static void
password_changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnPassword) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_busy = FALSE;
  update (self);
  if (!is_done) {
    show_problem (self, g_strcmp0 (ent_client_error_get_code (error), "wrong_password") == 0
                          ? _ ("The current password is not right. Nothing was changed.")
                          : error->message);
    gtk_widget_grab_focus (GTK_WIDGET (self->old_row));
    return;
  }
  empty_password (self);
  say (self, _ ("Your password is changed. Your other devices have to sign in again."));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
change_password_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnPassword *self = ENT_OWN_PASSWORD (widget);
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
  update (self);
  ent_client_call_async (client, "POST", "/api/me/password", &ent_api_new_password_struct, &body,
    NULL, TRUE, self->cancellable, password_changed_cb, g_object_ref (self));
}

static void
password_edited_cb (GtkEditable *row, gpointer data)
{
  update (ENT_OWN_PASSWORD (data));
}

static void
password_activated_cb (GtkWidget *row, gpointer data)
{
  EntOwnPassword *self = data;
  GtkEditable *rows[] = { self->old_row, self->new_row, self->again_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (*gtk_editable_get_text (rows[i]) == '\0') {
      gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "password.change", NULL);
}

static void
ent_own_password_dispose (GObject *object)
{
  EntOwnPassword *self = ENT_OWN_PASSWORD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_own_password_parent_class)->dispose (object);
}

static void
ent_own_password_class_init (EntOwnPasswordClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = ENT_TYPE_OWN_PASSWORD;

  G_OBJECT_CLASS (klass)->dispose = ent_own_password_dispose;

  signals[SIGNAL_TOAST] = g_signal_new (
    "toast", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-own-password.ui");
  gtk_widget_class_bind_template_child (widget_class, EntOwnPassword, old_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnPassword, new_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnPassword, again_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnPassword, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, EntOwnPassword, problem);
  gtk_widget_class_bind_template_child (widget_class, EntOwnPassword, spinner);
  gtk_widget_class_bind_template_callback (widget_class, password_edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_activated_cb);

  gtk_widget_class_install_action (widget_class, "password.change", NULL, change_password_cb);
}

static void
ent_own_password_init (EntOwnPassword *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->old_row, _ ("Current password"));
  ent_accessible_name_entry_row (self->new_row, _ ("New password"));
  ent_accessible_name_entry_row (self->again_row, _ ("New password again"));
  update (self);
}

void
ent_own_password_set_account (EntOwnPassword *self, EntAccount *account)
{
  g_return_if_fail (ENT_IS_OWN_PASSWORD (self));
  g_set_object (&self->account, account);
}

void
ent_own_password_clear (EntOwnPassword *self)
{
  g_return_if_fail (ENT_IS_OWN_PASSWORD (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_busy = FALSE;
  empty_password (self);
  update (self);
}
