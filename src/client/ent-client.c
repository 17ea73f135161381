#include "config.h"

#include "client/ent-client.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/ent-secret.h"
#include "client/ent-client-wording.h"
#include "client/ent-pinning.h"
#include "protocol/ent-api-account.h"
#include "protocol/ent-link-uri.h"
#include "protocol/ent-limits.h"

#define MAX_ANSWER (4 * 1024 * 1024)
#define TIMEOUT_S 20
#define RENEW_BEFORE_US (30 * G_USEC_PER_SEC)

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

G_DEFINE_FINAL_TYPE (EntClient, ent_client, G_TYPE_OBJECT)

enum { PROP_PLACE = 1, PROP_SIGNED_IN, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { REFRESH_TOKEN_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Errors */

typedef struct {
  char *code;
  guint retry_after;
} EntClientErrorPrivate;

static void
ent_client_error_private_init (EntClientErrorPrivate *priv)
{
}

static void
ent_client_error_private_copy (const EntClientErrorPrivate *from, EntClientErrorPrivate *to)
{
  to->code = g_strdup (from->code);
  to->retry_after = from->retry_after;
}

static void
ent_client_error_private_clear (EntClientErrorPrivate *priv)
{
  g_free (priv->code);
}

G_DEFINE_EXTENDED_ERROR (EntClientError, ent_client_error)

const char *
ent_client_error_get_code (const GError *error)
{
  EntClientErrorPrivate *priv;

  if (error == NULL || error->domain != ENT_CLIENT_ERROR)
    return NULL;
  priv = ent_client_error_get_private (error);
  return priv->code;
}

guint
ent_client_error_get_retry_after (const GError *error)
{
  EntClientErrorPrivate *priv;

  if (error == NULL || error->domain != ENT_CLIENT_ERROR)
    return 0;
  priv = ent_client_error_get_private (error);
  return priv->retry_after;
}

static GError *
new_bad_answer (EntClient *client)
{
  return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_BAD_ANSWER,
    _ ("%s does not answer as an Entrevue server does. Check the address."), client->origin);
}

static GError *
new_signed_out (void)
{
  return g_error_new_literal (
    ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT, ent_client_wording_get ("not_signed_in"));
}

static gboolean
is_pinned (EntClient *client)
{
  return strcmp (client->place, client->origin) != 0;
}

/* What the transport says becomes a sentence about the server. */
static GError *
new_unreachable (EntClient *client, const GError *cause)
{
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) && is_pinned (client))
    return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE,
      _ ("%s is not the server that your link was made for: its key is another one. Nothing was "
         "sent. Ask for a new link, in a way that nobody can have changed."),
      client->origin);
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE,
      _ ("The certificate of %s is not valid, so nothing was sent. Check the address, or tell the "
         "people who run the server."),
      client->origin);
  return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE,
    _ ("%s cannot be reached. Check the address and your network, or try again in a moment."),
    client->origin);
}

static EntClientError
classify_status (guint status, const EntApiProblem *problem)
{
  if (problem != NULL && g_strcmp0 (problem->code, "wrong_code") == 0)
    return ENT_CLIENT_ERROR_REFUSED;
  if (status == 401)
    return ENT_CLIENT_ERROR_SIGNED_OUT;
  if (status == 429 || status == 503 || status == 507)
    return ENT_CLIENT_ERROR_LIMITED;
  if (status == 502 || status == 504)
    return ENT_CLIENT_ERROR_UNREACHABLE;
  return ENT_CLIENT_ERROR_REFUSED;
}

/* What to show for an answer that says no; caller owns. */
static char *
new_problem_sentence (const EntApiProblem *problem, guint retry_after)
{
  const char *sentence = problem != NULL ? ent_client_wording_get (problem->code) : NULL;

  if (sentence != NULL)
    return g_strdup (sentence);
  if (problem != NULL && g_strcmp0 (problem->code, "too_fast") == 0 && retry_after > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many tries. Try again in %u second.",
                              "Too many tries. Try again in %u seconds.", retry_after),
      retry_after);
  if (problem != NULL && problem->detail != NULL)
    return g_strdup (problem->detail);
  if (problem != NULL && problem->title != NULL)
    return g_strdup (problem->title);
  return g_strdup (_ ("The server is busy or being restarted. Try again in a moment."));
}

static GError *
new_problem (EntClient *client, SoupMessage *message, GBytes *body)
{
  guint status = soup_message_get_status (message);
  const char *wait =
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint retry_after = wait != NULL ? CLAMP (g_ascii_strtoll (wait, NULL, 10), 0, 86400) : 0;
  g_autoptr (EntApiProblem) problem = NULL;
  g_autofree char *sentence = NULL;
  EntClientErrorPrivate *priv;
  GError *error;

  problem = ent_codec_decode (&ent_api_problem_struct, g_bytes_get_data (body, NULL),
    g_bytes_get_size (body), ENT_UNKNOWN_IGNORED, NULL);
  if (problem == NULL && status != 502 && status != 503 && status != 504)
    return new_bad_answer (client);
  sentence = new_problem_sentence (problem, retry_after);
  error = g_error_new_literal (ENT_CLIENT_ERROR, classify_status (status, problem), sentence);
  priv = ent_client_error_get_private (error);
  priv->code = problem != NULL ? g_strdup (problem->code) : NULL;
  priv->retry_after = retry_after;
  return error;
}

/* Tokens */

static void
take_tokens (EntClient *client, const EntApiTokens *tokens)
{
  gboolean was_signed_in = client->refresh != NULL;

  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  client->access = g_strdup (tokens->access);
  client->refresh = g_strdup (tokens->refresh);
  client->access_number++;
  client->access_ends_us =
    g_get_monotonic_time () + tokens->expires_in * G_USEC_PER_SEC - RENEW_BEFORE_US;
  g_signal_emit (client, signals[REFRESH_TOKEN_CHANGED], 0, client->refresh);
  if (!was_signed_in)
    g_object_notify_by_pspec (G_OBJECT (client), props[PROP_SIGNED_IN]);
}

static void
forget_tokens (EntClient *client)
{
  gboolean was_signed_in = client->refresh != NULL;

  client->sign_in++;
  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  if (!was_signed_in)
    return;
  g_signal_emit (client, signals[REFRESH_TOKEN_CHANGED], 0, NULL);
  g_object_notify_by_pspec (G_OBJECT (client), props[PROP_SIGNED_IN]);
}

/* One call: build, (renew,) send, read, decode.
 * The order of the steps: start_call, renew_done_cb, send_call, body_read_cb. */

typedef struct {
  char *method;
  char *path;
  GBytes *body;
  gint64 version; /* that the thing must have; 0: any */
  const EntStruct *answer_type;
  gboolean is_text; /* the answer is no JSON */
  gboolean with_access;
  gboolean was_renewed;
  guint access_number; /* of the token that it was sent with */
  SoupMessage *message;
} Call;

static void
call_free (Call *call)
{
  g_free (call->method);
  g_free (call->path);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_object (&call->message);
  g_free (call);
}

static void send_call (GTask *task);
static void renew (EntClient *client, GTask *waiting);

static void
decode_answer (GTask *task, GBytes *body)
{
  EntClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  gpointer answer;

  if (call->is_text) {
    const char *text = g_bytes_get_data (body, NULL);

    if (text == NULL || !g_utf8_validate (text, g_bytes_get_size (body), NULL))
      g_task_return_error (task, new_bad_answer (client));
    else
      g_task_return_pointer (task, g_strndup (text, g_bytes_get_size (body)), g_free);
    return;
  }
  if (call->answer_type == NULL || soup_message_get_status (call->message) == 204) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  answer = ent_codec_decode (call->answer_type, g_bytes_get_data (body, NULL),
    g_bytes_get_size (body), ENT_UNKNOWN_IGNORED, NULL);
  if (answer == NULL)
    g_task_return_error (task, new_bad_answer (client));
  else
    g_task_return_pointer (task, answer, NULL);
}

static void
finish_call (GTask *task, GBytes *body)
{
  EntClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);

  if (status == 401 && call->with_access && !call->was_renewed && client->refresh != NULL) {
    call->was_renewed = TRUE;
    /* Another call may have renewed the token while this one was on its way with the old one. */
    if (call->access_number != client->access_number)
      send_call (g_object_ref (task));
    else
      renew (client, g_object_ref (task));
    return;
  }
  if (status < 200 || status >= 300)
    g_task_return_error (task, new_problem (client, call->message, body));
  else
    decode_answer (task, body);
}

static void
body_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EntClient *client = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  GByteArray *all = g_object_get_data (G_OBJECT (source), "body");
  g_autoptr (GBytes) whole = NULL;

  if (error != NULL) {
    g_task_return_error (task, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                 ? g_steal_pointer (&error)
                                 : new_unreachable (client, error));
    return;
  }
  g_byte_array_append (all, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  if (all->len > MAX_ANSWER) {
    g_task_return_error (task, new_bad_answer (client));
    return;
  }
  if (g_bytes_get_size (body) > 0) {
    g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 64 * 1024, G_PRIORITY_DEFAULT,
      cancellable, body_read_cb, g_steal_pointer (&task));
    return;
  }
  whole = g_bytes_new (all->data, all->len);
  finish_call (task, whole);
}

static void
answer_started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EntClient *client = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
    soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL) {
    g_task_return_error (task, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                 ? g_steal_pointer (&error)
                                 : new_unreachable (client, error));
    return;
  }
  g_object_set_data_full (
    G_OBJECT (stream), "body", g_byte_array_new (), (GDestroyNotify) g_byte_array_unref);
  g_input_stream_read_bytes_async (
    stream, 64 * 1024, G_PRIORITY_DEFAULT, cancellable, body_read_cb, g_steal_pointer (&task));
}

/* Consumes task. */
static void
send_call (GTask *task)
{
  EntClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autofree char *uri = g_strconcat (client->origin, call->path, NULL);
  SoupMessageHeaders *headers;

  g_clear_object (&call->message);
  call->message = soup_message_new (call->method, uri);
  if (call->message == NULL) {
    g_task_return_error (task, new_bad_answer (client));
    g_object_unref (task);
    return;
  }
  ent_pinning_watch (client->session, call->message);
  /* Tokens must not follow a redirect to another place. */
  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (call->message);
  if (call->body != NULL)
    soup_message_set_request_body_from_bytes (call->message, "application/json", call->body);
  if (call->version != 0) {
    g_autofree char *tag = g_strdup_printf ("\"%" G_GINT64_FORMAT "\"", call->version);

    soup_message_headers_replace (headers, "If-Match", tag);
  }
  if (call->with_access && client->access != NULL) {
    g_autofree char *bearer = g_strconcat ("Bearer ", client->access, NULL);

    soup_message_headers_replace (headers, "Authorization", bearer);
    call->access_number = client->access_number;
  }
  soup_session_send_async (client->session, call->message, G_PRIORITY_DEFAULT,
    g_task_get_cancellable (task), answer_started_cb, task);
}

/* Consumes task. */
static void
start_call (GTask *task)
{
  EntClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  gboolean is_stale = client->refresh != NULL &&
                      (client->access == NULL || g_get_monotonic_time () >= client->access_ends_us);

  if (call->with_access && is_stale && !call->was_renewed) {
    call->was_renewed = TRUE;
    renew (client, task);
    return;
  }
  send_call (task);
}

static GTask *
new_call (EntClient *client,
  const char *method,
  const char *path,
  const EntStruct *body_type,
  gconstpointer body,
  const EntStruct *answer_type,
  gboolean with_access,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (client, cancellable, callback, data);
  Call *call = g_new0 (Call, 1);

  call->method = g_strdup (method);
  call->path = g_strdup (path);
  call->answer_type = answer_type;
  call->with_access = with_access;
  if (body_type != NULL) {
    char *text = ent_codec_encode (body_type, body);

    call->body = g_bytes_new_take (text, strlen (text));
  }
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  return task;
}

void
ent_client_call_async (EntClient *client,
  const char *method,
  const char *path,
  const EntStruct *body_type,
  gconstpointer body,
  const EntStruct *answer_type,
  gboolean with_access,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  start_call (new_call (
    client, method, path, body_type, body, answer_type, with_access, cancellable, callback, data));
}

void
ent_client_change_async (EntClient *client,
  const char *method,
  const char *path,
  gint64 version,
  const EntStruct *body_type,
  gconstpointer body,
  const EntStruct *answer_type,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = new_call (
    client, method, path, body_type, body, answer_type, TRUE, cancellable, callback, data);
  Call *call = g_task_get_task_data (task);

  call->version = version;
  start_call (task);
}

gboolean
ent_client_call_finish (EntClient *client, GAsyncResult *result, gpointer *answer, GError **error)
{
  GTask *task = G_TASK (result);
  Call *call = g_task_get_task_data (task);
  const EntStruct *type = call->answer_type;
  GError *local_error = NULL;
  gpointer value = g_task_propagate_pointer (task, &local_error);

  if (local_error != NULL) {
    g_propagate_error (error, local_error);
    return FALSE;
  }
  if (answer != NULL)
    *answer = value;
  else if (value != NULL)
    ent_struct_free (type, value);
  return TRUE;
}

void
ent_client_read_text_async (EntClient *client,
  const char *path,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = new_call (client, "GET", path, NULL, NULL, NULL, TRUE, cancellable, callback, data);
  Call *call = g_task_get_task_data (task);

  call->is_text = TRUE;
  g_task_set_source_tag (task, ent_client_read_text_async);
  start_call (task);
}

char *
ent_client_read_text_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, ent_client_read_text_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* For calls whose answer must have a body. */
static gpointer
finish_with_answer (EntClient *client, GAsyncResult *result, GError **error)
{
  gpointer answer = NULL;

  if (!ent_client_call_finish (client, result, &answer, error))
    return NULL;
  if (answer == NULL)
    g_propagate_error (error, new_bad_answer (client));
  return answer;
}

/* Renewal: one at a time, whoever needs it waits. */

static void
end_renewal (EntClient *client, const GError *error)
{
  GTask *waiting;

  client->is_renewing = FALSE;
  while ((waiting = g_queue_pop_head (&client->renewals)) != NULL) {
    if (error != NULL) {
      g_task_return_error (waiting, g_error_copy (error));
      g_object_unref (waiting);
    } else {
      start_call (waiting);
    }
  }
}

static gboolean
is_session (const EntApiTokens *tokens)
{
  return tokens->access != NULL && tokens->refresh != NULL;
}

static void
renewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  EntClient *client = ENT_CLIENT (source);
  guint sign_in = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiTokens) tokens = finish_with_answer (client, result, &error);
  g_autoptr (GError) signed_out = NULL;

  if (sign_in != client->sign_in) {
    signed_out = new_signed_out ();
    end_renewal (client, signed_out);
    return;
  }
  if (tokens != NULL && is_session (tokens)) {
    take_tokens (client, tokens);
    end_renewal (client, NULL);
    return;
  }
  if (tokens != NULL)
    error = new_bad_answer (client);
  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT) ||
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED)) {
    forget_tokens (client);
    signed_out = new_signed_out ();
    end_renewal (client, signed_out);
    return;
  }
  end_renewal (client, error);
}

/* Consumes waiting. */
static void
renew (EntClient *client, GTask *waiting)
{
  const EntApiRefresh body = { client->refresh };

  g_queue_push_tail (&client->renewals, waiting);
  if (client->is_renewing)
    return;
  client->is_renewing = TRUE;
  ent_client_call_async (client, "POST", "/api/auth/refresh", &ent_api_refresh_struct, &body,
    &ent_api_tokens_struct, FALSE, NULL, renewed_cb, GUINT_TO_POINTER (client->sign_in));
}

/* The calls by name */

void
ent_client_check_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  ent_client_call_async (client, "GET", "/health", NULL, NULL, &ent_api_health_struct, FALSE,
    cancellable, callback, data);
}

static gboolean
speaks_our_protocol (const EntApiHealth *health)
{
  if (health->protocols == NULL)
    return TRUE;
  for (guint i = 0; i < health->protocols->len; i++)
    if (g_array_index (health->protocols, gint64, i) == ENT_PROTOCOL_VERSION)
      return TRUE;
  return FALSE;
}

EntApiHealth *
ent_client_check_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (EntApiHealth) health = finish_with_answer (client, result, error);

  if (health == NULL)
    return NULL;
  if (!speaks_our_protocol (health)) {
    g_set_error (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_NEWER_SERVER,
      _ ("%s runs Entrevue %s, which is too new for this version of the app. Update the app, then "
         "try again."),
      client->origin, health->version);
    return NULL;
  }
  return g_steal_pointer (&health);
}

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
  g_autoptr (EntApiTokens) tokens = finish_with_answer (client, result, error);

  if (tokens == NULL)
    return NULL;
  g_clear_pointer (&client->ticket, ent_secret_free);
  if (tokens->second_factor && tokens->ticket != NULL) {
    client->ticket = g_strdup (tokens->ticket);
    g_set_error_literal (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR,
      _ ("Type the code that your device shows."));
    return NULL;
  }
  if (tokens->user == NULL || !is_session (tokens)) {
    g_propagate_error (error, new_bad_answer (client));
    return NULL;
  }
  client->sign_in++;
  take_tokens (client, tokens);
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
  gboolean was_signed_in = client->refresh != NULL;

  client->sign_in++;
  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  client->refresh = g_strdup (refresh_token);
  if (!was_signed_in)
    g_object_notify_by_pspec (G_OBJECT (client), props[PROP_SIGNED_IN]);
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
    send_call (new_call (client, "POST", "/api/auth/logout", &ent_api_logout_struct, &body, NULL,
      TRUE, NULL, signed_out_cb, NULL));
  forget_tokens (client);
}

void
ent_client_get_me_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  ent_client_call_async (
    client, "GET", "/api/me", NULL, NULL, &ent_api_me_struct, TRUE, cancellable, callback, data);
}

EntApiMe *
ent_client_get_me_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return finish_with_answer (client, result, error);
}

void
ent_client_list_interviews_async (EntClient *client,
  const char *when,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/api/interviews/my?when=%s", when);

  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_interview_list_struct, TRUE,
    cancellable, callback, data);
}

EntApiInterviewList *
ent_client_list_interviews_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return finish_with_answer (client, result, error);
}

/* Joining binds an invitation to this device, so it is first asked whether the app and the server
 * understand each other. Consumes the call. */
static void
join_checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiHealth) health = ent_client_check_finish (ENT_CLIENT (source), result, &error);

  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_NEWER_SERVER) ||
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (call, g_steal_pointer (&error));
  else
    start_call (g_steal_pointer (&call));
}

void
ent_client_join_async (EntClient *client,
  const char *room,
  const EntApiJoin *body,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/api/rooms/%s/join", room);
  GTask *call = new_call (client, "POST", path, &ent_api_join_struct, body, &ent_api_joined_struct,
    body->invite == NULL, cancellable, callback, data);

  ent_client_check_async (client, cancellable, join_checked_cb, call);
}

EntApiJoined *
ent_client_join_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  GError *failure = NULL;
  EntApiJoined *joined = finish_with_answer (client, result, &failure);
  const char *sentence = ent_client_wording_get_for_join (ent_client_error_get_code (failure));

  if (sentence != NULL) {
    g_free (failure->message);
    failure->message = g_strdup (sentence);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return joined;
}

/* Object */

static void
ent_client_dispose (GObject *object)
{
  EntClient *client = ENT_CLIENT (object);

  if (client->session != NULL)
    soup_session_abort (client->session);
  G_OBJECT_CLASS (ent_client_parent_class)->dispose (object);
}

static void
ent_client_finalize (GObject *object)
{
  EntClient *client = ENT_CLIENT (object);

  g_clear_object (&client->session);
  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->ticket, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  g_free (client->origin);
  g_free (client->place);
  G_OBJECT_CLASS (ent_client_parent_class)->finalize (object);
}

static void
ent_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntClient *client = ENT_CLIENT (object);

  switch (id) {
  case PROP_PLACE:
    g_value_set_string (value, client->place);
    break;
  case PROP_SIGNED_IN:
    g_value_set_boolean (value, client->refresh != NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_client_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EntClient *client = ENT_CLIENT (object);

  switch (id) {
  case PROP_PLACE:
    client->place = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_client_constructed (GObject *object)
{
  EntClient *client = ENT_CLIENT (object);
  g_autofree char *pin = NULL;

  client->origin = ent_place_split (client->place, &pin);
  ent_pinning_prepare (client->session, pin);
  G_OBJECT_CLASS (ent_client_parent_class)->constructed (object);
}

static void
ent_client_class_init (EntClientClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = ent_client_constructed;
  object_class->dispose = ent_client_dispose;
  object_class->finalize = ent_client_finalize;
  object_class->get_property = ent_client_get_property;
  object_class->set_property = ent_client_set_property;

  props[PROP_PLACE] = g_param_spec_string (
    "place", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_SIGNED_IN] = g_param_spec_boolean (
    "signed-in", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[REFRESH_TOKEN_CHANGED] = g_signal_new ("refresh-token-changed", ENT_TYPE_CLIENT,
    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ent_client_init (EntClient *client)
{
  client->session = soup_session_new ();
  soup_session_set_timeout (client->session, TIMEOUT_S);
  soup_session_set_user_agent (client->session, "Entrevue/" ENT_VERSION);
}

EntClient *
ent_client_new (const char *place)
{
  return g_object_new (ENT_TYPE_CLIENT, "place", place, NULL);
}

const char *
ent_client_get_place (EntClient *client)
{
  return client->place;
}

const char *
ent_client_get_origin (EntClient *client)
{
  return client->origin;
}

gboolean
ent_client_is_signed_in (EntClient *client)
{
  return client->refresh != NULL;
}
