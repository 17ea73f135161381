#pragma once

#include <gio/gio.h>

#include "client/ent-client-error.h"
#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* One coordinator, seen by one person: HTTP calls, with sign-in kept fresh.
 *
 * Every call is asynchronous, on the main context it was started from. An access token that has
 * expired is renewed once behind the caller's back; when that is refused the person is signed out
 * and the call fails with SIGNED_OUT. Signing in and out is ent-client-sign-in. */
#define ENT_TYPE_CLIENT (ent_client_get_type ())
G_DECLARE_FINAL_TYPE (EntClient, ent_client, ENT, CLIENT, GObject)

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

/* An access token that is good for a while, for a socket; it is renewed first where that is needed.
 * ends_us (may be NULL): when it is time to ask for another, monotonic. The caller frees the token
 * with ent_secret_free(). */
void ent_client_get_access_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_client_get_access_finish (EntClient *client,
  GAsyncResult *result,
  gint64 *ends_us,
  GError **error);

/* GET of what is no JSON, such as a calendar entry, by who is signed in. The caller owns the text,
 * which is UTF-8. */
void ent_client_read_text_async (EntClient *client,
  const char *path,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_client_read_text_finish (EntClient *client, GAsyncResult *result, GError **error);

/* The same of a file, such as an archive, of up to 64 MiB. The caller owns the bytes. */
void ent_client_read_file_async (EntClient *client,
  const char *path,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
GBytes *ent_client_read_file_finish (EntClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
