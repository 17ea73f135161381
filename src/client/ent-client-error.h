#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

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

/* Whether the call was cancelled: nobody waits for its answer any more. */
gboolean ent_client_error_is_cancelled (const GError *error);

/* Seconds to wait as told by the server, or 0. */
guint ent_client_error_get_retry_after (const GError *error);

G_END_DECLS
