#include "config.h"

#include "client/ent-client-sign-in.h"

#include <glib/gi18n-lib.h>

#include "base/ent-secret.h"
#include "client/ent-client-private.h"
#include "protocol/ent-api-account.h"

void
ent_client_register_async (EntClient *client,
  const EntApiRegister *body,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  ent_client_call_async (client, "POST", "/api/auth/register", &ent_api_register_struct, body,
    &ent_api_user_answer_struct, FALSE, cancellable, callback, data);
}

gboolean
ent_client_register_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return ent_client_call_finish (client, result, NULL, error);
}

void
ent_client_login_async (EntClient *client,
  const char *email,
  const char *password,
  const char *device,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  const EntApiLogin body = { (char *) email, (char *) password, (char *) device };

  ent_client_call_async (client, "POST", "/api/auth/login", &ent_api_login_struct, &body,
    &ent_api_tokens_struct, FALSE, cancellable, callback, data);
}

EntApiUser *
ent_client_login_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (EntApiTokens) tokens = ent_client_finish_with_answer (client, result, error);

  if (tokens == NULL)
    return NULL;
  g_clear_pointer (&client->ticket, ent_secret_free);
  if (tokens->second_factor && tokens->ticket != NULL) {
    client->ticket = g_strdup (tokens->ticket);
    g_set_error_literal (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR,
      _ ("Type the code that your device shows."));
    return NULL;
  }
  if (tokens->user == NULL || !ent_client_is_session (tokens)) {
    g_propagate_error (error, ent_client_new_bad_answer (client));
    return NULL;
  }
  client->sign_in++;
  ent_client_take_tokens (client, tokens);
  return g_steal_pointer (&tokens->user);
}

void
ent_client_give_code_async (EntClient *client,
  const char *code,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  const EntApiSecondFactor body = { client->ticket != NULL ? client->ticket : (char *) "",
    (char *) code };

  ent_client_call_async (client, "POST", "/api/auth/second-factor", &ent_api_second_factor_struct,
    &body, &ent_api_tokens_struct, FALSE, cancellable, callback, data);
}

EntApiUser *
ent_client_give_code_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return ent_client_login_finish (client, result, error);
}

void
ent_client_forgot_async (EntClient *client,
  const char *email,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  const EntApiForgot body = { (char *) email };

  ent_client_call_async (client, "POST", "/api/auth/forgot", &ent_api_forgot_struct, &body, NULL,
    FALSE, cancellable, callback, data);
}

gboolean
ent_client_forgot_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return ent_client_call_finish (client, result, NULL, error);
}

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (EntApiMe) me = NULL;
  GError *error = NULL;

  me = ent_client_get_me_finish (ENT_CLIENT (source), result, &error);
  if (me == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
ent_client_resume_async (EntClient *client,
  const char *refresh_token,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (client, cancellable, callback, data);

  ent_client_take_up (client, refresh_token);
  ent_client_get_me_async (client, cancellable, resumed_cb, task);
}

gboolean
ent_client_resume_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
signed_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  ent_client_call_finish (ENT_CLIENT (source), result, NULL, NULL);
}

void
ent_client_sign_out (EntClient *client)
{
  const EntApiLogout body = { FALSE };

  /* The call reads the access token when it is sent, which is before this returns. */
  if (client->access != NULL)
    ent_client_send_call (ent_client_new_call (client, "POST", "/api/auth/logout",
      &ent_api_logout_struct, &body, NULL, TRUE, NULL, signed_out_cb, NULL));
  ent_client_forget_tokens (client);
}
