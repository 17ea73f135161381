#include "config.h"

#include "ent-account-page.h"

#include <glib/gi18n.h>

#include "ent-load-view.h"
#include "ent-own-address.h"
#include "ent-own-data.h"
#include "ent-own-password.h"
#include "ent-own-profile.h"
#include "ent-own-sessions.h"
#include "ent-own-sign-ins.h"

#define FEW_CODES 3

struct _EntAccountPage {
  AdwBin parent_instance;

  EntLoadView *view;
  EntOwnAddress *address;
  EntOwnProfile *profile;
  AdwActionRow *factor_row;
  GtkWidget *set_up_button;
  GtkWidget *new_codes_row;
  GtkWidget *turn_off_row;
  EntOwnPassword *password;
  EntOwnSignIns *sign_ins;
  EntOwnSessions *sessions;
  EntOwnData *data;

  EntAccount *account;
  EntClock *clock;
  EntApiMe *me; /* what has been loaded of the three; NULL: not yet */
  EntApiTotp *totp;
  GCancellable *cancellable; /* of the loading under way; replaced with it */
};

G_DEFINE_FINAL_TYPE (EntAccountPage, ent_account_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_SECOND_FACTOR, N_SIGNALS };
static guint signals[N_SIGNALS];

static const struct {
  const char *word;
  EntSecondFactorGoal goal;
} goals[] = {
  { "set-up", ENT_SECOND_FACTOR_SET_UP },
  { "new-codes", ENT_SECOND_FACTOR_NEW_CODES },
  { "turn-off", ENT_SECOND_FACTOR_TURN_OFF },
};

static void
toast_cb (GtkWidget *part, const char *sentence, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_TOAST], 0, sentence);
}

/* --- the second factor
 * ---------------------------------------------------------------------------------- */

static char *
new_factor_sentence (const EntApiTotp *totp)
{
  if (!totp->enabled)
    return g_strdup (
      _ ("Off. With them your password alone lets nobody in: a code of your phone is asked for."));
  if (totp->codes_left == 0)
    return g_strdup (_ ("On, but no recovery code is left. Make new ones before you lose your "
                        "device."));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "On. %u recovery code is left.",
                            "On. %u recovery codes are left.", totp->codes_left),
    (guint) totp->codes_left);
}

static void
show_factor (EntAccountPage *self, const EntApiTotp *totp)
{
  g_autofree char *sentence = new_factor_sentence (totp);

  adw_action_row_set_subtitle (self->factor_row, sentence);
  gtk_widget_set_visible (self->set_up_button, !totp->enabled);
  gtk_widget_set_visible (self->new_codes_row, totp->enabled);
  gtk_widget_set_visible (self->turn_off_row, totp->enabled);
  if (totp->enabled && totp->codes_left < FEW_CODES)
    gtk_widget_add_css_class (GTK_WIDGET (self->factor_row), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->factor_row), "warning");
}

static void
second_factor_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *word = g_variant_get_string (parameter, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (goals); i++)
    if (g_str_equal (goals[i].word, word))
      g_signal_emit (widget, signals[SIGNAL_SECOND_FACTOR], 0, goals[i].goal);
}

/* --- loading: the person, the second factor, the sessions
 * ---------------------------------------------- */

void
ent_account_page_take (EntAccountPage *self,
  const EntApiUser *user,
  const EntApiTotp *totp,
  const EntApiSessionList *sessions)
{
  g_return_if_fail (ENT_IS_ACCOUNT_PAGE (self));

  ent_own_profile_take (self->profile, user);
  ent_own_address_set_email (self->address, user->email != NULL ? user->email : "");
  gtk_widget_set_visible (
    GTK_WIDGET (self->address), !user->verified && ent_account_has_mail (self->account));
  show_factor (self, totp);
  ent_own_sessions_take (self->sessions, sessions);
  ent_own_sign_ins_reload (self->sign_ins);
  ent_own_data_load (self->data, totp->enabled);
  ent_load_view_show_content (self->view);
}

static void
show_failure (EntAccountPage *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    ent_load_view_show_problem (self->view, error != NULL ? error->message : "");
}

static void
got_sessions_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSessionList) sessions = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  sessions = answer;
  if (sessions == NULL) {
    show_failure (self, error);
    return;
  }
  ent_account_note_user (self->account, self->me->user);
  ent_account_page_take (self, self->me->user, self->totp, sessions);
}

static void
got_totp_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiTotp) totp = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  totp = answer;
  if (totp == NULL) {
    show_failure (self, error);
    return;
  }
  g_clear_pointer (&self->totp, ent_api_totp_free);
  self->totp = g_steal_pointer (&totp);
  ent_client_call_async (ENT_CLIENT (source), "GET", ENT_OWN_SESSIONS_PATH, NULL, NULL,
    &ent_api_session_list_struct, TRUE, self->cancellable, got_sessions_cb, g_object_ref (self));
}

static void
got_me_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccountPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, &error);

  if (me == NULL || me->user == NULL) {
    show_failure (self, error);
    return;
  }
  g_clear_pointer (&self->me, ent_api_me_free);
  self->me = g_steal_pointer (&me);
  ent_client_call_async (ENT_CLIENT (source), "GET", "/api/auth/totp", NULL, NULL,
    &ent_api_totp_struct, TRUE, self->cancellable, got_totp_cb, g_object_ref (self));
}

static void
load (EntAccountPage *self)
{
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (!ent_load_view_has_content (self->view))
    ent_load_view_show_loading (self->view);
  ent_client_get_me_async (client, self->cancellable, got_me_cb, g_object_ref (self));
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  load (ENT_ACCOUNT_PAGE (widget));
}

static void
password_changed_cb (EntOwnPassword *password, gpointer data)
{
  ent_own_sessions_reload (ENT_ACCOUNT_PAGE (data)->sessions);
}

static void
address_confirmed_cb (EntOwnAddress *address, gpointer data)
{
  load (ENT_ACCOUNT_PAGE (data));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_account_page_clear (EntAccountPage *self)
{
  g_return_if_fail (ENT_IS_ACCOUNT_PAGE (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->me, ent_api_me_free);
  g_clear_pointer (&self->totp, ent_api_totp_free);
  ent_own_address_clear (self->address);
  ent_own_profile_clear (self->profile);
  ent_own_password_clear (self->password);
  ent_own_sign_ins_clear (self->sign_ins);
  ent_own_sessions_clear (self->sessions);
  ent_own_data_clear (self->data);
  ent_load_view_show_loading (self->view);
}

void
ent_account_page_start (EntAccountPage *self)
{
  g_return_if_fail (ENT_IS_ACCOUNT_PAGE (self));

  ent_own_address_clear (self->address);
  ent_own_password_clear (self->password);
  load (self);
}

static void
ent_account_page_dispose (GObject *object)
{
  EntAccountPage *self = ENT_ACCOUNT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  g_clear_pointer (&self->me, ent_api_me_free);
  g_clear_pointer (&self->totp, ent_api_totp_free);
  g_clear_pointer (&self->clock, ent_clock_unref);

  G_OBJECT_CLASS (ent_account_page_parent_class)->dispose (object);
}

static void
ent_account_page_class_init (EntAccountPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = ENT_TYPE_ACCOUNT_PAGE;

  G_OBJECT_CLASS (klass)->dispose = ent_account_page_dispose;

  signals[SIGNAL_TOAST] = g_signal_new (
    "toast", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SECOND_FACTOR] = g_signal_new (
    "second-factor", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_OWN_ADDRESS);
  g_type_ensure (ENT_TYPE_OWN_DATA);
  g_type_ensure (ENT_TYPE_OWN_PASSWORD);
  g_type_ensure (ENT_TYPE_OWN_PROFILE);
  g_type_ensure (ENT_TYPE_OWN_SIGN_INS);
  g_type_ensure (ENT_TYPE_OWN_SESSIONS);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, address);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, profile);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, factor_row);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, set_up_button);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, new_codes_row);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, turn_off_row);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, password);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, sign_ins);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, sessions);
  gtk_widget_class_bind_template_child (widget_class, EntAccountPage, data);
  gtk_widget_class_bind_template_callback (widget_class, toast_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_confirmed_cb);

  gtk_widget_class_install_action (widget_class, "account.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "account.second-factor", "s", second_factor_cb);
}

static void
ent_account_page_init (EntAccountPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_account_page_new (EntAccount *account, EntClock *clock)
{
  EntAccountPage *self = g_object_new (ENT_TYPE_ACCOUNT_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  ent_own_address_set_account (self->address, account);
  ent_own_profile_set_account (self->profile, account);
  ent_own_password_set_account (self->password, account);
  ent_own_sign_ins_set_account (self->sign_ins, account, self->clock);
  ent_own_sessions_set_account (self->sessions, account, self->clock);
  ent_own_data_set_account (self->data, account, self->clock);
  return GTK_WIDGET (self);
}
