#include "config.h"

#include <string.h>

#include "base/ent-secret.h"
#include "client/ent-client-private.h"
#include "client/ent-pinning.h"

#define MAX_ANSWER (4 * 1024 * 1024)
#define MAX_FILE (64 * 1024 * 1024)

/* One call: build, (renew,) send, read, decode.
 * The order of the steps: ent_client_start_call, renew_done_cb, ent_client_send_call, body_read_cb.
 */

/* What is given to the caller. */
typedef enum { ANSWER_STRUCT, ANSWER_TEXT, ANSWER_FILE } AnswerForm;

typedef struct {
  char *method; /* NULL: only the access token is wanted */
  char *path;
  GBytes *body;
  gint64 version; /* that the thing must have; 0: any */
  const EntStruct *answer_type;
  AnswerForm form;
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

static void renew (EntClient *client, GTask *waiting);

static void
decode_answer (GTask *task, GBytes *body)
{
  EntClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  gpointer answer;

  if (call->form == ANSWER_FILE) {
    g_task_return_pointer (task, g_bytes_ref (body), (GDestroyNotify) g_bytes_unref);
    return;
  }
  if (call->form == ANSWER_TEXT) {
    const char *text = g_bytes_get_data (body, NULL);

    if (text == NULL || !g_utf8_validate (text, g_bytes_get_size (body), NULL))
      g_task_return_error (task, ent_client_new_bad_answer (client));
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
    g_task_return_error (task, ent_client_new_bad_answer (client));
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
      ent_client_send_call (g_object_ref (task));
    else
      renew (client, g_object_ref (task));
    return;
  }
  if (status < 200 || status >= 300)
    g_task_return_error (task, ent_client_new_problem (client, call->message, body));
  else
    decode_answer (task, body);
}

static void
body_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EntClient *client = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  GByteArray *all = g_object_get_data (G_OBJECT (source), "body");
  g_autoptr (GBytes) whole = NULL;

  if (error != NULL) {
    g_task_return_error (task, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                 ? g_steal_pointer (&error)
                                 : ent_client_new_unreachable (client, error));
    return;
  }
  g_byte_array_append (all, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  if (all->len > (call->form == ANSWER_FILE ? MAX_FILE : MAX_ANSWER)) {
    g_task_return_error (task, ent_client_new_bad_answer (client));
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
                                 : ent_client_new_unreachable (client, error));
    return;
  }
  g_object_set_data_full (
    G_OBJECT (stream), "body", g_byte_array_new (), (GDestroyNotify) g_byte_array_unref);
  g_input_stream_read_bytes_async (
    stream, 64 * 1024, G_PRIORITY_DEFAULT, cancellable, body_read_cb, g_steal_pointer (&task));
}

/* Consumes task. */
void
ent_client_send_call (GTask *task)
{
  EntClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autofree char *uri = g_strconcat (client->origin, call->path, NULL);
  SoupMessageHeaders *headers;

  g_clear_object (&call->message);
  call->message = soup_message_new (call->method, uri);
  if (call->message == NULL) {
    g_task_return_error (task, ent_client_new_bad_answer (client));
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
void
ent_client_start_call (GTask *task)
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
  if (call->method != NULL) {
    ent_client_send_call (task);
    return;
  }
  if (client->access != NULL)
    g_task_return_pointer (task, g_strdup (client->access), (GDestroyNotify) ent_secret_free);
  else
    g_task_return_error (task, ent_client_new_signed_out ());
  g_object_unref (task);
}

GTask *
ent_client_new_call (EntClient *client,
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
  ent_client_start_call (ent_client_new_call (
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
  GTask *task = ent_client_new_call (
    client, method, path, body_type, body, answer_type, TRUE, cancellable, callback, data);
  Call *call = g_task_get_task_data (task);

  call->version = version;
  ent_client_start_call (task);
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
ent_client_get_access_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task =
    ent_client_new_call (client, NULL, NULL, NULL, NULL, NULL, TRUE, cancellable, callback, data);

  g_task_set_source_tag (task, ent_client_get_access_async);
  ent_client_start_call (task);
}

char *
ent_client_get_access_finish (EntClient *client,
  GAsyncResult *result,
  gint64 *ends_us,
  GError **error)
{
  char *access;

  g_return_val_if_fail (g_async_result_is_tagged (result, ent_client_get_access_async), NULL);
  access = g_task_propagate_pointer (G_TASK (result), error);
  if (access != NULL && ends_us != NULL)
    *ends_us = client->access_ends_us;
  return access;
}

/* tag: the function of the header that this is. */
static void
read_answer (EntClient *client,
  const char *path,
  AnswerForm form,
  gpointer tag,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task =
    ent_client_new_call (client, "GET", path, NULL, NULL, NULL, TRUE, cancellable, callback, data);
  Call *call = g_task_get_task_data (task);

  call->form = form;
  g_task_set_source_tag (task, tag);
  ent_client_start_call (task);
}

void
ent_client_read_text_async (EntClient *client,
  const char *path,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  read_answer (client, path, ANSWER_TEXT, ent_client_read_text_async, cancellable, callback, data);
}

char *
ent_client_read_text_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, ent_client_read_text_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ent_client_read_file_async (EntClient *client,
  const char *path,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  read_answer (client, path, ANSWER_FILE, ent_client_read_file_async, cancellable, callback, data);
}

GBytes *
ent_client_read_file_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, ent_client_read_file_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gpointer
ent_client_finish_with_answer (EntClient *client, GAsyncResult *result, GError **error)
{
  gpointer answer = NULL;

  if (!ent_client_call_finish (client, result, &answer, error))
    return NULL;
  if (answer == NULL)
    g_propagate_error (error, ent_client_new_bad_answer (client));
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
      ent_client_start_call (waiting);
    }
  }
}

static void
renewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  EntClient *client = ENT_CLIENT (source);
  guint sign_in = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiTokens) tokens = ent_client_finish_with_answer (client, result, &error);
  g_autoptr (GError) signed_out = NULL;

  if (sign_in != client->sign_in) {
    signed_out = ent_client_new_signed_out ();
    end_renewal (client, signed_out);
    return;
  }
  if (tokens != NULL && ent_client_is_session (tokens)) {
    ent_client_take_tokens (client, tokens);
    end_renewal (client, NULL);
    return;
  }
  if (tokens != NULL)
    error = ent_client_new_bad_answer (client);
  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT) ||
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED)) {
    ent_client_forget_tokens (client);
    signed_out = ent_client_new_signed_out ();
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
