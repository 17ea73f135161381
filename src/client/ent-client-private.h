#pragma once

#include <libsoup/soup.h>

#include "client/ent-client.h"

G_BEGIN_DECLS

/* What the files of EntClient share; nobody else includes this. */

struct _EntClient {
  GObject parent_instance;

  char *place; /* construct-only */
  char *origin; /* of place */
  SoupSession *session;
  char *access; /* NULL: none, or it was refused */
  gint64 access_ends_us; /* monotonic */
  guint access_number; /* counts the access tokens: tells a late refusal of an old one */
  char *refresh; /* NULL: signed out */
  char *ticket; /* of a sign-in that waits for a code; NULL: none */
  guint sign_in; /* counts sign-ins and sign-outs: a late answer of an old one is dropped */
  gboolean is_renewing;
  GQueue renewals; /* GTask that wait for the renewal under way */
};

/* ent-client-error: what went wrong, in sentences. Callers own the errors. */
GError *ent_client_new_bad_answer (EntClient *client);
GError *ent_client_new_signed_out (void);
GError *ent_client_new_unreachable (EntClient *client, const GError *cause);
GError *ent_client_new_refused (const char *code, const char *otherwise);
GError *ent_client_new_problem (EntClient *client, SoupMessage *message, GBytes *body);

/* ent-client: the tokens. refresh: one that was kept; who has it is taken for signed in. */
void ent_client_take_tokens (EntClient *client, const EntApiTokens *tokens);
void ent_client_take_up (EntClient *client, const char *refresh);
void ent_client_forget_tokens (EntClient *client);
gboolean ent_client_is_session (const EntApiTokens *tokens);

/* ent-client-call: a call in steps, for what must happen between them. Both of the latter consume
 * the call; send does not look whether the access token is fresh. */
GTask *ent_client_new_call (EntClient *client,
  const char *method,
  const char *path,
  const EntStruct *body_type,
  gconstpointer body,
  const EntStruct *answer_type,
  gboolean with_access,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
void ent_client_start_call (GTask *call);
void ent_client_send_call (GTask *call);

/* For calls whose answer must have a body. */
gpointer ent_client_finish_with_answer (EntClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
