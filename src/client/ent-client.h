#pragma once

#include <gio/gio.h>

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* One coordinator, seen by one person: HTTP calls, with sign-in kept fresh.
 *
 * Every call is asynchronous, on the main context it was started from. An access token that has
 * expired is renewed once behind the caller's back; when that is refused the person is signed out
 * and the call fails with SIGNED_OUT. */
#define ENT_TYPE_CLIENT (ent_client_get_type ())
G_DECLARE_FINAL_TYPE (EntClient, ent_client, ENT, CLIENT, GObject)

/* Messages are sentences to show. ent_client_error_get_code() tells the server's stable code. */
#define ENT_CLIENT_ERROR (ent_client_error_quark ())
typedef enum {
  ENT_CLIENT_ERROR_UNREACHABLE, /* no answer: try again later */
  ENT_CLIENT_ERROR_SIGNED_OUT, /* sign in again */
  ENT_CLIENT_ERROR_REFUSED, /* the server's decision; trying again is no use */
  ENT_CLIENT_ERROR_LIMITED, /* too often, or busy: wait */
  ENT_CLIENT_ERROR_NEWER_SERVER, /* this app is too old for the server */
  ENT_CLIENT_ERROR_SECOND_FACTOR, /* the password was right: give a code too */
  ENT_CLIENT_ERROR_BAD_ANSWER, /* no Entrevue server, or a broken one */
} EntClientError;
GQuark ent_client_error_quark (void);

/* The server's stable code ("invite_expired"), or NULL. Borrowed from the error. */
const char *ent_client_error_get_code (const GError *error);

/* Seconds to wait as told by the server, or 0. */
guint ent_client_error_get_retry_after (const GError *error);

/* Properties (read-only but for place at construction):
 *   place      what ent_place_from_text() made: with a pin, only the server with that public key is
 *              talked to, and nobody else vouches for it
 *   signed-in  whether there are tokens
 * Signal refresh-token-changed (const char *token): keep it; NULL: forget it. */
EntClient *ent_client_new (const char *place);

const char *ent_client_get_place (EntClient *client);

const char *ent_client_get_origin (EntClient *client);
gboolean ent_client_is_signed_in (EntClient *client);

/* GET /health, and whether this app can talk to that server. Free with ent_api_health_free(). */
void ent_client_check_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiHealth *ent_client_check_finish (EntClient *client, GAsyncResult *result, GError **error);

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

void ent_client_get_me_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiMe *ent_client_get_me_finish (EntClient *client, GAsyncResult *result, GError **error);

/* when is "upcoming" or "past". */
void ent_client_list_interviews_async (EntClient *client,
  const char *when,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiInterviewList *
ent_client_list_interviews_finish (EntClient *client, GAsyncResult *result, GError **error);

/* Enters a room; body->invite is NULL for a signed-in participant. */
void ent_client_join_async (EntClient *client,
  const char *room,
  const EntApiJoin *body,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiJoined *ent_client_join_finish (EntClient *client, GAsyncResult *result, GError **error);

/* Any call: body and answer are of the given types, or NULL for none. with_access adds the bearer
 * token when there is one. The answer is freed with ent_struct_free(). */
void ent_client_call_async (EntClient *client,
  const char *method,
  const char *path,
  const EntStruct *body_type,
  gconstpointer body,
  const EntStruct *answer_type,
  gboolean with_access,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);

/* The same by who is signed in, for a thing that has this version now; when it has another one
 * meanwhile the server refuses with the code "changed". */
void ent_client_change_async (EntClient *client,
  const char *method,
  const char *path,
  gint64 version,
  const EntStruct *body_type,
  gconstpointer body,
  const EntStruct *answer_type,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);

/* Of both. On success *answer (may be NULL for no interest) is set: NULL where the server sent no
 * body. */
gboolean
ent_client_call_finish (EntClient *client, GAsyncResult *result, gpointer *answer, GError **error);

/* GET of what is no JSON, such as a calendar entry, by who is signed in. The caller owns the text,
 * which is UTF-8. */
void ent_client_read_text_async (EntClient *client,
  const char *path,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_client_read_text_finish (EntClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
