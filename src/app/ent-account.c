#include "config.h"

#include "ent-account.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/ent-secret.h"
#include "client/ent-browser-sign-in.h"
#include "client/ent-client-sign-in.h"
#include "ent-token-store.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-link-uri.h"

/* Whether a server sends mail; one that does not tell is taken to. */
typedef enum { MAIL_UNKNOWN, MAIL_ASKED, MAIL_NONE, MAIL_SENT } MailState;

struct _EntAccount {
  GObject parent_instance;

  GSettings *settings;
  EntTokenStore *tokens;
  EntAccountState state;
  EntClient *client; /* NULL when signed out */
  EntClient *waiting; /* for a code; NULL: none */
  char *name; /* NULL while unknown */
  gboolean is_unverified; /* the address, as the server says */
  MailState mail; /* of the client's server */
  gboolean is_unconfirmed; /* and there is a mail to do so */
  GCancellable *cancellable; /* cancelled in dispose */
};

G_DEFINE_FINAL_TYPE (EntAccount, ent_account, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (EntAccountState,
  ent_account_state,
  G_DEFINE_ENUM_VALUE (ENT_ACCOUNT_SIGNED_OUT, "signed-out"),
  G_DEFINE_ENUM_VALUE (ENT_ACCOUNT_RESUMING, "resuming"),
  G_DEFINE_ENUM_VALUE (ENT_ACCOUNT_SIGNED_IN, "signed-in"))

enum { PROP_0, PROP_STATE, PROP_NAME, PROP_UNCONFIRMED, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
set_name (EntAccount *self, const char *name)
{
  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

static void
set_unconfirmed (EntAccount *self, gboolean is_unconfirmed)
{
  if (self->is_unconfirmed == is_unconfirmed)
    return;
  self->is_unconfirmed = is_unconfirmed;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNCONFIRMED]);
}

static void
set_state (EntAccount *self, EntAccountState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
refresh_token_changed_cb (EntClient *client, const char *token, gpointer data)
{
  EntAccount *self = data;

  ent_token_store_save (self->tokens, ent_client_get_place (client), token);
  /* The server ended the session. */
  if (token || client != self->client || self->state != ENT_ACCOUNT_SIGNED_IN)
    return;
  set_name (self, NULL);
  set_unconfirmed (self, FALSE);
  set_state (self, ENT_ACCOUNT_SIGNED_OUT);
}

static EntClient *
new_client (EntAccount *self, const char *place)
{
  EntClient *client = ent_client_new (place);

  g_signal_connect_object (
    client, "refresh-token-changed", G_CALLBACK (refresh_token_changed_cb), self, 0);
  return client;
}

static void
take_client (EntAccount *self, EntClient *client, const char *name)
{
  if (g_set_object (&self->client, client))
    self->mail = MAIL_UNKNOWN;
  g_settings_set_string (self->settings, "server", ent_client_get_place (client));
  set_name (self, name);
}

/* --- mail ------------------------------------------------------------------------------------ */

static void
update_unconfirmed (EntAccount *self)
{
  set_unconfirmed (self, self->is_unverified && self->mail == MAIL_SENT);
}

static void
told_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccount) self = data;
  g_autoptr (EntApiProviderList) told =
    ent_client_list_providers_finish (ENT_CLIENT (source), result, NULL);

  if (ENT_CLIENT (source) != self->client)
    return;
  /* Asked again when the person is next heard of. */
  if (told == NULL)
    self->mail = MAIL_UNKNOWN;
  else
    self->mail = told->registration == NULL || told->mail ? MAIL_SENT : MAIL_NONE;
  if (self->state == ENT_ACCOUNT_SIGNED_IN)
    update_unconfirmed (self);
}

/* Nobody is asked for the link of a mail that no server sends. */
static void
note_unverified (EntAccount *self, gboolean is_unverified)
{
  self->is_unverified = is_unverified;
  update_unconfirmed (self);
  if (!is_unverified || self->mail != MAIL_UNKNOWN || self->client == NULL)
    return;
  self->mail = MAIL_ASKED;
  ent_client_list_providers_async (self->client, self->cancellable, told_cb, g_object_ref (self));
}

/* --- resume: load the token, try it, ask for the name ------------------------------------------
 */

static void
got_me_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccount) self = data;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, NULL);

  if (!me || ENT_CLIENT (source) != self->client)
    return;
  g_settings_set_string (self->settings, "user", me->user->id);
  ent_account_note_user (self, me->user);
}

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccount) self = data;
  EntClient *client = ENT_CLIENT (source);
  g_autoptr (GError) error = NULL;
  gboolean is_resumed = ent_client_resume_finish (client, result, &error);

  if (self->state != ENT_ACCOUNT_RESUMING)
    return;
  if (!is_resumed && !ent_client_is_signed_in (client)) {
    set_state (self, ENT_ACCOUNT_SIGNED_OUT);
    return;
  }
  take_client (self, client, NULL);
  set_state (self, ENT_ACCOUNT_SIGNED_IN);
  ent_client_get_me_async (client, self->cancellable, got_me_cb, g_object_ref (self));
}

static void
token_loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntAccount) self = data;
  char *token = ent_token_store_load_finish (ENT_TOKEN_STORE (source), result, NULL);
  g_autofree char *place = g_settings_get_string (self->settings, "server");
  g_autoptr (EntClient) client = NULL;

  if (self->state != ENT_ACCOUNT_RESUMING) {
    ent_secret_free (token);
    return;
  }
  if (!token) {
    set_state (self, ENT_ACCOUNT_SIGNED_OUT);
    return;
  }
  client = new_client (self, place);
  ent_client_resume_async (client, token, self->cancellable, resumed_cb, g_object_ref (self));
  ent_secret_free (token);
}

void
ent_account_resume (EntAccount *self)
{
  g_autofree char *place = NULL;

  g_return_if_fail (ENT_IS_ACCOUNT (self));

  place = g_settings_get_string (self->settings, "server");
  if (!*place || self->state != ENT_ACCOUNT_SIGNED_OUT)
    return;
  set_state (self, ENT_ACCOUNT_RESUMING);
  ent_token_store_load_async (
    self->tokens, place, self->cancellable, token_loaded_cb, g_object_ref (self));
}

/* --- sign in: look at the server, make the account if asked for, sign in -----------------------
 */

typedef struct {
  EntClient *client;
  char *name; /* of a new account; NULL: sign in only */
  char *email;
  char *password;
  char *invite; /* for a new account; NULL: none */
} SignIn;

static void
sign_in_free (SignIn *data)
{
  g_clear_object (&data->client);
  g_free (data->name);
  g_free (data->email);
  ent_secret_free (data->password);
  ent_secret_free (data->invite);
  g_free (data);
}

static void
take_user (EntAccount *self, EntClient *client, const EntApiUser *user)
{
  take_client (self, client, user->name);
  ent_account_note_user (self, user);
  g_settings_set_string (self->settings, "user", user->id);
  set_state (self, ENT_ACCOUNT_SIGNED_IN);
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EntAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (EntApiUser) user = ent_client_login_finish (ENT_CLIENT (source), result, &error);
  SignIn *sign_in = g_task_get_task_data (task);

  if (!user && sign_in->name &&
      g_strcmp0 (ent_client_error_get_code (error), "wrong_password") == 0) {
    /* Servers do not tell strangers who has an account; one's own password does. */
    g_error_free (error);
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_EXISTS,
      _ ("There is an account with this address already, with another password. Sign in with that "
         "one, or take another address."));
    return;
  }
  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR))
    g_set_object (&self->waiting, ENT_CLIENT (source));
  if (!user) {
    g_task_return_error (task, error);
    return;
  }
  take_user (self, ENT_CLIENT (source), user);
  g_task_return_boolean (task, TRUE);
}

static void
code_given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EntAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (EntApiUser) user = ent_client_give_code_finish (ENT_CLIENT (source), result, &error);

  if (!user) {
    g_task_return_error (task, error);
    return;
  }
  g_clear_object (&self->waiting);
  take_user (self, ENT_CLIENT (source), user);
  g_task_return_boolean (task, TRUE);
}

void
ent_account_give_code_async (EntAccount *self,
  const char *code,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task;

  g_return_if_fail (ENT_IS_ACCOUNT (self));
  g_return_if_fail (self->waiting != NULL);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, ent_account_give_code_async);
  ent_client_give_code_async (self->waiting, code, cancellable, code_given_cb, task);
}

gboolean
ent_account_give_code_finish (EntAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ent_account_forget_code (EntAccount *self)
{
  g_return_if_fail (ENT_IS_ACCOUNT (self));
  g_clear_object (&self->waiting);
}

static void
forgot_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ent_client_forgot_finish (ENT_CLIENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
ent_account_forgot_async (EntAccount *self,
  const char *server,
  const char *email,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (EntClient) client = NULL;
  g_autofree char *place = NULL;
  GError *error = NULL;

  g_return_if_fail (ENT_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, ent_account_forgot_async);
  place = ent_place_from_text (server, &error);
  if (!place) {
    g_task_return_error (task, error);
    return;
  }
  client = new_client (self, place);
  ent_client_forgot_async (client, email, cancellable, forgot_cb, g_steal_pointer (&task));
}

gboolean
ent_account_forgot_finish (EntAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
log_in (GTask *task)
{
  SignIn *data = g_task_get_task_data (task);

  ent_client_login_async (data->client, data->email, data->password, g_get_host_name (),
    g_task_get_cancellable (task), signed_in_cb, g_object_ref (task));
}

static void
registered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ent_client_register_finish (ENT_CLIENT (source), result, &error))
    log_in (task);
  else
    g_task_return_error (task, error);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn *data = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (EntApiHealth) health = ent_client_check_finish (ENT_CLIENT (source), result, &error);
  g_autoptr (GTimeZone) zone = NULL;

  if (!health) {
    g_task_return_error (task, error);
    return;
  }
  if (!data->name) {
    log_in (task);
    return;
  }
  zone = g_time_zone_new_local ();
  ent_client_register_async (data->client,
    &(EntApiRegister){
      .email = data->email,
      .password = data->password,
      .name = data->name,
      .zone = (char *) g_time_zone_get_identifier (zone),
      .invite = data->invite,
    },
    cancellable, registered_cb, g_steal_pointer (&task));
}

static void
start_sign_in (GTask *task,
  const char *server,
  const char *name,
  const char *email,
  const char *password,
  const char *invite)
{
  g_autoptr (GTask) own_task = task;
  EntAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *place = ent_place_from_text (server, &error);
  SignIn *data;

  if (!place) {
    g_task_return_error (task, error);
    return;
  }
  data = g_new0 (SignIn, 1);
  data->client = new_client (self, place);
  data->name = g_strdup (name);
  data->email = g_strdup (email);
  data->password = g_strdup (password);
  data->invite = g_strdup (invite);
  g_task_set_task_data (task, data, (GDestroyNotify) sign_in_free);
  ent_client_check_async (
    data->client, g_task_get_cancellable (task), checked_cb, g_steal_pointer (&own_task));
}

void
ent_account_sign_in_async (EntAccount *self,
  const char *server,
  const char *email,
  const char *password,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task;

  g_return_if_fail (ENT_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, ent_account_sign_in_async);
  start_sign_in (task, server, NULL, email, password, NULL);
}

gboolean
ent_account_sign_in_finish (EntAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ent_account_register_async (EntAccount *self,
  const char *server,
  const char *name,
  const char *email,
  const char *password,
  const char *invite,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task;

  g_return_if_fail (ENT_IS_ACCOUNT (self));
  g_return_if_fail (name != NULL);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, ent_account_register_async);
  if (g_utf8_strlen (password, -1) < ENT_MIN_PASSWORD_CHARS) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("This password is too short. Take one of at least %d characters."),
      ENT_MIN_PASSWORD_CHARS);
    g_object_unref (task);
    return;
  }
  if (!strchr (email, '@')) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” is not an email address. It looks like ada@example.org."), email);
    g_object_unref (task);
    return;
  }
  start_sign_in (task, server, name, email, password, invite);
}

gboolean
ent_account_register_finish (EntAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- other ways --------------------------------------------------------------------------------
 */

EntClient *
ent_account_new_client (EntAccount *self, const char *server, GError **error)
{
  g_autofree char *place = NULL;

  g_return_val_if_fail (ENT_IS_ACCOUNT (self), NULL);

  place = ent_place_from_text (server, error);
  return place != NULL ? new_client (self, place) : NULL;
}

void
ent_account_take_sign_in (EntAccount *self, EntClient *client, const EntApiUser *user)
{
  g_return_if_fail (ENT_IS_ACCOUNT (self));
  g_return_if_fail (ENT_IS_CLIENT (client));

  take_user (self, client, user);
}

void
ent_account_wait_for_code (EntAccount *self, EntClient *client)
{
  g_return_if_fail (ENT_IS_ACCOUNT (self));
  g_return_if_fail (ENT_IS_CLIENT (client));

  g_set_object (&self->waiting, client);
}

/* --- object ------------------------------------------------------------------------------------
 */

static void
ent_account_dispose (GObject *object)
{
  EntAccount *self = ENT_ACCOUNT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->waiting);
  g_clear_object (&self->tokens);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ent_account_parent_class)->dispose (object);
}

static void
ent_account_finalize (GObject *object)
{
  EntAccount *self = ENT_ACCOUNT (object);

  g_free (self->name);

  G_OBJECT_CLASS (ent_account_parent_class)->finalize (object);
}

static void
ent_account_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntAccount *self = ENT_ACCOUNT (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, self->state);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_UNCONFIRMED:
    g_value_set_boolean (value, self->is_unconfirmed);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_account_class_init (EntAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ent_account_dispose;
  object_class->finalize = ent_account_finalize;
  object_class->get_property = ent_account_get_property;

  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ENT_TYPE_ACCOUNT_STATE,
    ENT_ACCOUNT_SIGNED_OUT, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_NAME] = g_param_spec_string (
    "name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_UNCONFIRMED] = g_param_spec_boolean ("unconfirmed", NULL, NULL, FALSE,
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ent_account_init (EntAccount *self)
{
  self->cancellable = g_cancellable_new ();
}

EntAccount *
ent_account_new (const EntProfile *profile, GSettings *settings)
{
  EntAccount *self = g_object_new (ENT_TYPE_ACCOUNT, NULL);

  self->tokens = ent_token_store_new (profile);
  self->settings = g_object_ref (settings);
  return self;
}

EntAccountState
ent_account_get_state (EntAccount *self)
{
  g_return_val_if_fail (ENT_IS_ACCOUNT (self), ENT_ACCOUNT_SIGNED_OUT);
  return self->state;
}

const char *
ent_account_get_name (EntAccount *self)
{
  g_return_val_if_fail (ENT_IS_ACCOUNT (self), NULL);
  return self->name;
}

gboolean
ent_account_is_unconfirmed (EntAccount *self)
{
  g_return_val_if_fail (ENT_IS_ACCOUNT (self), FALSE);
  return self->is_unconfirmed;
}

void
ent_account_note_user (EntAccount *self, const EntApiUser *user)
{
  g_return_if_fail (ENT_IS_ACCOUNT (self));

  set_name (self, user->name);
  note_unverified (self, user->email != NULL && !user->verified);
}

gboolean
ent_account_has_mail (EntAccount *self)
{
  g_return_val_if_fail (ENT_IS_ACCOUNT (self), FALSE);
  return self->mail != MAIL_NONE;
}

char *
ent_account_dup_user (EntAccount *self)
{
  g_autofree char *user = NULL;

  g_return_val_if_fail (ENT_IS_ACCOUNT (self), NULL);

  user = g_settings_get_string (self->settings, "user");
  return self->state == ENT_ACCOUNT_SIGNED_IN && *user ? g_steal_pointer (&user) : NULL;
}

EntClient *
ent_account_get_client (EntAccount *self)
{
  g_return_val_if_fail (ENT_IS_ACCOUNT (self), NULL);
  return self->state == ENT_ACCOUNT_SIGNED_IN ? self->client : NULL;
}

void
ent_account_sign_out (EntAccount *self)
{
  g_return_if_fail (ENT_IS_ACCOUNT (self));

  if (self->state != ENT_ACCOUNT_SIGNED_IN)
    return;
  /* Forgets the token by refresh-token-changed, and tells the server. */
  ent_client_sign_out (self->client);
  set_name (self, NULL);
  set_unconfirmed (self, FALSE);
  set_state (self, ENT_ACCOUNT_SIGNED_OUT);
}
