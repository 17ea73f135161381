#pragma once

#include "client/ent-client.h"

G_BEGIN_DECLS

/* Getting an account at a server, getting in, and getting out again. */

/* Makes an account; does not sign in. */
void ent_client_register_async (EntClient *client,
  const EntApiRegister *body,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_client_register_finish (EntClient *client, GAsyncResult *result, GError **error);

/* Signs in; the user is the caller's. With SECOND_FACTOR it goes on with the next call. */
void ent_client_login_async (EntClient *client,
  const char *email,
  const char *password,
  const char *device,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiUser *ent_client_login_finish (EntClient *client, GAsyncResult *result, GError **error);

/* The code that the second factor shows, or one of those on paper, after SECOND_FACTOR. REFUSED
 * with the code "wrong_code": another one may be given; SIGNED_OUT: too late, log in anew. */
void ent_client_give_code_async (EntClient *client,
  const char *code,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiUser *ent_client_give_code_finish (EntClient *client, GAsyncResult *result, GError **error);

/* Has a link to set a new password sent to this address, if there is an account with it: the server
 * does not tell. */
void ent_client_forgot_async (EntClient *client,
  const char *email,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_client_forgot_finish (EntClient *client, GAsyncResult *result, GError **error);

/* Takes up a kept refresh token. UNREACHABLE leaves the token in place for a later try. */
void ent_client_resume_async (EntClient *client,
  const char *refresh_token,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_client_resume_finish (EntClient *client, GAsyncResult *result, GError **error);

/* Forgets the tokens at once, and tells the server when it can be reached. Never fails. */
void ent_client_sign_out (EntClient *client);

G_END_DECLS
