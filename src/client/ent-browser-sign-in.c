#include "config.h"

#include "client/ent-browser-sign-in.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/ent-secret.h"
#include "client/ent-client-private.h"
#include "client/ent-client-sign-in.h"

#define PATH "/signed-in"
#define PATIENCE_S (11 * 60) /* a sign-in lasts ten minutes at the server */
#define MAX_CODE 4096

struct _EntBrowserSignIn {
  GObject parent_instance;

  EntClient *client;
  SoupServer *server; /* NULL once the browser has come and got its answer */
  char *uri;
  char *state;
  char *verifier;
  char *code; /* NULL until the browser has brought it */
  char *invite; /* for who has no account yet; NULL: none */
  gboolean is_connecting; /* for who is signed in */
  GTask *task; /* that waits for the browser; NULL: none */
  guint timeout;
  gulong cancelled_id; /* of the task's cancellable */
};

G_DEFINE_FINAL_TYPE (EntBrowserSignIn, ent_browser_sign_in, G_TYPE_OBJECT)

void
ent_client_list_providers_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  ent_client_call_async (client, "GET", "/api/auth/providers", NULL, NULL,
    &ent_api_provider_list_struct, FALSE, cancellable, callback, data);
}

EntApiProviderList *
ent_client_list_providers_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return ent_client_finish_with_answer (client, result, error);
}

/* The browser. */

static const char page[] =
  "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Entrevue</title>\n"
  "<meta name=\"viewport\" content=\"width=device-width\">\n"
  "<style>:root { color-scheme: light dark } body { font: 1.1em/1.5 sans-serif; max-width: 32em;"
  " margin: 3em auto; padding: 0 1em }</style>\n"
  "</head><body>\n<h1>Entrevue</h1>\n<p>%s</p>\n</body></html>\n";

static void
reply_page (SoupServerMessage *message, guint status, const char *sentence)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  g_autofree char *html = g_strdup_printf (page, escaped);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
  soup_message_headers_replace (headers, "Connection", "close");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (
    message, "text/html; charset=utf-8", SOUP_MEMORY_COPY, html, strlen (html));
}

/* Takes the task that waits; NULL when nobody does any more. */
static GTask *
end_waiting (EntBrowserSignIn *self)
{
  GTask *task = g_steal_pointer (&self->task);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (task != NULL && self->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), self->cancelled_id);
  self->cancelled_id = 0;
  return task;
}

static void
exchanged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  EntApiUser *user = ent_client_login_finish (ENT_CLIENT (source), result, &error);

  if (user != NULL)
    g_task_return_pointer (task, user, (GDestroyNotify) ent_api_user_free);
  else
    g_task_return_error (task, error);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes task. */
static void
connect (EntBrowserSignIn *self, EntClient *client, GTask *task)
{
  const EntApiConnect body = { self->code, self->verifier };

  ent_client_call_async (client, "POST", "/api/me/identities", &ent_api_connect_struct, &body,
    &ent_api_identity_struct, TRUE, g_task_get_cancellable (task), connected_cb, task);
}

static void
exchange (EntBrowserSignIn *self)
{
  GTask *task = end_waiting (self);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  const EntApiProviderCode body = { .code = self->code,
    .verifier = self->verifier,
    .device = (char *) g_get_host_name (),
    .zone = (char *) g_time_zone_get_identifier (zone),
    .invite = self->invite };

  if (task != NULL && self->is_connecting)
    connect (self, self->client, task);
  else if (task != NULL)
    ent_client_call_async (self->client, "POST", "/api/auth/oidc/token",
      &ent_api_provider_code_struct, &body, &ent_api_tokens_struct, FALSE,
      g_task_get_cancellable (task), exchanged_cb, task);
}

/* What the server's page has told already. */
static void
fail (EntBrowserSignIn *self, const char *code)
{
  g_autoptr (GTask) task = end_waiting (self);

  if (task != NULL)
    g_task_return_error (task, ent_client_new_refused (code,
                                 _ ("Signing in with the other service did not work. Try again, or "
                                    "sign in with your password.")));
}

static gboolean
stop_cb (gpointer data)
{
  EntBrowserSignIn *self = data;

  g_clear_object (&self->server);
  return G_SOURCE_REMOVE;
}

/* Once somebody has come with the right state nobody else is waited for; the server goes when its
 * answer is out. */
static void
answered_cb (SoupServerMessage *message, gpointer data)
{
  EntBrowserSignIn *self = data;

  if (self->task == NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT, stop_cb, g_object_ref (self), g_object_unref);
}

static void
release_cb (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

static void
request_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  EntBrowserSignIn *self = data;
  const char *state = query != NULL ? g_hash_table_lookup (query, "state") : NULL;
  const char *code = query != NULL ? g_hash_table_lookup (query, "code") : NULL;
  const char *error = query != NULL ? g_hash_table_lookup (query, "error") : NULL;

  if (strcmp (soup_server_message_get_method (message), "GET") != 0 || strcmp (path, PATH) != 0 ||
      state == NULL || !ent_secret_equal (state, self->state) || self->task == NULL ||
      (error == NULL && (code == NULL || *code == '\0' || strlen (code) > MAX_CODE))) {
    reply_page (message, 400, _ ("Nobody waits for this page. Begin again in Entrevue."));
    return;
  }
  /* Whoever waited may let go at once of this, and so of the server that the answer goes out by. */
  g_signal_connect_data (
    message, "finished", G_CALLBACK (answered_cb), g_object_ref (self), release_cb, 0);
  if (error != NULL) {
    reply_page (message, 200, _ ("You are not signed in. Go back to Entrevue, which says why."));
    fail (self, error);
    return;
  }
  self->code = g_strdup (code);
  reply_page (message, 200, _ ("You can close this page and go back to Entrevue."));
  exchange (self);
}

static gboolean
listen (EntBrowserSignIn *self, GError **error)
{
  if (soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return TRUE;
  g_prefix_error (error, "%s ", _ ("The browser could not come back to this app."));
  return FALSE;
}

static char *
make_challenge (const char *verifier)
{
  GChecksum *checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_checksum_free (checksum);
  return ent_secret_base64url (digest, size);
}

static char *
make_uri (EntBrowserSignIn *self, const char *provider)
{
  GSList *uris = soup_server_get_uris (self->server);
  g_autofree char *challenge = make_challenge (self->verifier);
  g_autofree char *name = g_uri_escape_string (provider, NULL, FALSE);
  g_autofree char *uri = g_strdup_printf (
    "%s/api/auth/oidc/%s/start?redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A%d%%2Fsigned-in"
    "&code_challenge=%s&code_challenge_method=S256&state=%s%s",
    ent_client_get_origin (self->client), name, g_uri_get_port (uris->data), challenge, self->state,
    self->is_connecting ? "&purpose=connect" : "");

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return g_steal_pointer (&uri);
}

static EntBrowserSignIn *
begin (EntClient *client, const char *provider, gboolean is_connecting, GError **error)
{
  g_autoptr (EntBrowserSignIn) self = g_object_new (ENT_TYPE_BROWSER_SIGN_IN, NULL);

  self->client = g_object_ref (client);
  self->is_connecting = is_connecting;
  if (!listen (self, error))
    return NULL;
  self->uri = make_uri (self, provider);
  return g_steal_pointer (&self);
}

EntBrowserSignIn *
ent_browser_sign_in_new (EntClient *client, const char *provider, GError **error)
{
  return begin (client, provider, FALSE, error);
}

EntBrowserSignIn *
ent_browser_sign_in_new_to_connect (EntClient *client, const char *provider, GError **error)
{
  return begin (client, provider, TRUE, error);
}

void
ent_browser_sign_in_set_invite (EntBrowserSignIn *self, const char *invite)
{
  char *copy = g_strdup (invite);

  ent_secret_free (self->invite);
  self->invite = copy;
}

const char *
ent_browser_sign_in_get_uri (EntBrowserSignIn *self)
{
  return self->uri;
}

EntClient *
ent_browser_sign_in_get_client (EntBrowserSignIn *self)
{
  return self->client;
}

static gboolean
timeout_cb (gpointer data)
{
  EntBrowserSignIn *self = data;

  self->timeout = 0;
  fail (self, "sign_in_ended");
  return G_SOURCE_REMOVE;
}

static gboolean
return_cancelled_cb (gpointer data)
{
  EntBrowserSignIn *self = data;
  g_autoptr (GTask) task = end_waiting (self);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Not at once: a handler must not disconnect itself. */
static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, return_cancelled_cb, g_object_ref (data), g_object_unref);
}

void
ent_browser_sign_in_run_async (EntBrowserSignIn *self,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_return_if_fail (self->task == NULL && self->code == NULL);

  self->task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (self->task, ent_browser_sign_in_run_async);
  self->timeout = g_timeout_add_seconds (PATIENCE_S, timeout_cb, self);
  if (cancellable != NULL)
    self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
}

EntApiUser *
ent_browser_sign_in_run_finish (EntBrowserSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ent_browser_sign_in_connect_async (EntBrowserSignIn *self,
  EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_return_if_fail (self->code != NULL);

  connect (self, client, g_task_new (self, cancellable, callback, data));
}

gboolean
ent_browser_sign_in_connect_finish (EntBrowserSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
ent_browser_sign_in_finalize (GObject *object)
{
  EntBrowserSignIn *self = ENT_BROWSER_SIGN_IN (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->server);
  g_clear_object (&self->client);
  g_free (self->uri);
  ent_secret_free (self->state);
  ent_secret_free (self->verifier);
  ent_secret_free (self->code);
  ent_secret_free (self->invite);

  G_OBJECT_CLASS (ent_browser_sign_in_parent_class)->finalize (object);
}

static void
ent_browser_sign_in_class_init (EntBrowserSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ent_browser_sign_in_finalize;
}

static void
ent_browser_sign_in_init (EntBrowserSignIn *self)
{
  self->state = ent_secret_new_token ();
  self->verifier = ent_secret_new_token ();
  self->server = soup_server_new ("server-header", NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
}
