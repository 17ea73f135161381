/* Who owns what: the caller's thread makes a Transfer and puts it into `arrivals`; from then on the
 * thread has it, until its task is returned, which the main context gives to the caller. */

#include "outgoing/coord-fetcher.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/ent-secret.h"
#include "outgoing/coord-address-filter.h"

#define CONNECT_MS 5000
#define MAX_HEADERS (32 * 1024)
#define WAIT_MS 1000 /* at most, between two looks; everything that happens wakes it up */

G_DEFINE_QUARK (coord_fetch_error, coord_fetch_error)

struct _CoordFetcher {
  GThread *thread;
  CURLM *multi;
  GAsyncQueue *arrivals; /* Transfer */
  gint is_ending; /* atomic */
  gint n_at_once; /* atomic */
  gint n_failures; /* atomic */
  guint64 n_begun;
};

typedef struct {
  GTask *task;
  CURL *curl;
  struct curl_slist *headers;
  char *form; /* may hold secrets */
  char *host; /* for messages */
  gboolean is_plain; /* http */
  gboolean may_be_private;
  gboolean is_refused; /* its address was no place to connect to */
  gboolean is_too_large;
  gsize max_bytes;
  gsize header_bytes;
  GByteArray *body;
} Transfer;

static void
transfer_free (Transfer *transfer)
{
  if (transfer->curl != NULL)
    curl_easy_cleanup (transfer->curl);
  for (struct curl_slist *line = transfer->headers; line != NULL; line = line->next)
    explicit_bzero (line->data, strlen (line->data));
  curl_slist_free_all (transfer->headers);
  ent_secret_free (transfer->form);
  g_free (transfer->host);
  g_byte_array_unref (transfer->body);
  g_object_unref (transfer->task);
  g_free (transfer);
}

void
coord_fetch_answer_free (CoordFetchAnswer *answer)
{
  g_free (answer->content_type);
  g_bytes_unref (answer->body);
  g_free (answer);
}

/* What libcurl calls, in the thread. */

static curl_socket_t
open_socket_cb (void *data, curlsocktype purpose, struct curl_sockaddr *place)
{
  Transfer *transfer = data;
  g_autoptr (GSocketAddress) address =
    g_socket_address_new_from_native (&place->addr, place->addrlen);
  gboolean is_public;

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address)) {
    transfer->is_refused = TRUE;
    return CURL_SOCKET_BAD;
  }
  is_public =
    coord_address_is_public (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  if (is_public ? transfer->is_plain : !transfer->may_be_private) {
    transfer->is_refused = TRUE;
    return CURL_SOCKET_BAD;
  }
  return socket (place->family, place->socktype | SOCK_CLOEXEC, place->protocol);
}

static size_t
header_cb (char *text, size_t size, size_t count, void *data)
{
  Transfer *transfer = data;

  transfer->header_bytes += size * count;
  transfer->is_too_large |= transfer->header_bytes > MAX_HEADERS;
  return transfer->is_too_large ? 0 : size * count;
}

static size_t
body_cb (char *text, size_t size, size_t count, void *data)
{
  Transfer *transfer = data;

  if (transfer->body->len + size * count > transfer->max_bytes) {
    transfer->is_too_large = TRUE;
    return 0;
  }
  g_byte_array_append (transfer->body, (const guint8 *) text, size * count);
  return size * count;
}

/* The thread. */

static char *
read_type (CURL *curl)
{
  char *type = NULL, *lower;

  curl_easy_getinfo (curl, CURLINFO_CONTENT_TYPE, &type);
  lower = g_ascii_strdown (type != NULL ? type : "", -1);
  lower[strcspn (lower, ";")] = '\0';
  return g_strstrip (lower);
}

static void
return_answer (Transfer *transfer)
{
  CoordFetchAnswer *answer = g_new0 (CoordFetchAnswer, 1);
  long status = 0;

  curl_easy_getinfo (transfer->curl, CURLINFO_RESPONSE_CODE, &status);
  answer->status = status;
  answer->content_type = read_type (transfer->curl);
  answer->body = g_bytes_new (transfer->body->data, transfer->body->len);
  g_task_return_pointer (transfer->task, answer, (GDestroyNotify) coord_fetch_answer_free);
}

static void
return_failure (Transfer *transfer, CURLcode result)
{
  const char *host = transfer->host;

  if (transfer->is_refused)
    g_task_return_new_error (transfer->task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_ADDRESS,
      "%s is not reached at a public address by https, and this server connects to no other.",
      host);
  else if (transfer->is_too_large)
    g_task_return_new_error (transfer->task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_TOO_LARGE,
      "What %s answers is too long.", host);
  else if (result == CURLE_OPERATION_TIMEDOUT)
    g_task_return_new_error (transfer->task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_UNREACHABLE,
      "%s does not answer in time.", host);
  else if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CONNECT_ERROR)
    g_task_return_new_error (transfer->task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_UNREACHABLE,
      "The certificate of %s is not valid.", host);
  else
    g_task_return_new_error (transfer->task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_UNREACHABLE,
      "%s cannot be reached (%s).", host, curl_easy_strerror (result));
}

static void
end_transfer (CoordFetcher *fetcher, Transfer *transfer, CURLcode result)
{
  gboolean is_answered = result == CURLE_OK && !transfer->is_too_large;

  curl_multi_remove_handle (fetcher->multi, transfer->curl);
  g_atomic_int_add (&fetcher->n_at_once, -1);
  if (!is_answered)
    g_atomic_int_inc (&fetcher->n_failures);
  if (is_answered)
    return_answer (transfer);
  else
    return_failure (transfer, result);
  transfer_free (transfer);
}

static void
take_arrivals (CoordFetcher *fetcher, GPtrArray *running)
{
  Transfer *transfer;

  while ((transfer = g_async_queue_try_pop (fetcher->arrivals)) != NULL) {
    g_ptr_array_add (running, transfer);
    curl_multi_add_handle (fetcher->multi, transfer->curl);
  }
}

static void
end_done (CoordFetcher *fetcher, GPtrArray *running)
{
  CURLMsg *message;
  int left;

  while ((message = curl_multi_info_read (fetcher->multi, &left)) != NULL) {
    CURLcode result = message->data.result;
    Transfer *transfer = NULL;

    if (message->msg != CURLMSG_DONE)
      continue;
    curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, (char **) &transfer);
    g_ptr_array_remove_fast (running, transfer);
    end_transfer (fetcher, transfer, result);
  }
}

static gpointer
run_thread (gpointer data)
{
  CoordFetcher *fetcher = data;
  g_autoptr (GPtrArray) running = g_ptr_array_new ();
  int n_running;

  while (g_atomic_int_get (&fetcher->is_ending) == 0) {
    take_arrivals (fetcher, running);
    curl_multi_perform (fetcher->multi, &n_running);
    end_done (fetcher, running);
    if (g_async_queue_length (fetcher->arrivals) <= 0)
      curl_multi_poll (fetcher->multi, NULL, 0, WAIT_MS, NULL);
  }
  take_arrivals (fetcher, running);
  for (guint i = 0; i < running->len; i++) {
    Transfer *transfer = running->pdata[i];

    curl_multi_remove_handle (fetcher->multi, transfer->curl);
    g_task_return_new_error (
      transfer->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The server is being stopped.");
    transfer_free (transfer);
  }
  return NULL;
}

/* The caller's thread. */

CoordFetcher *
coord_fetcher_new (void)
{
  CoordFetcher *fetcher = g_new0 (CoordFetcher, 1);

  curl_global_init (CURL_GLOBAL_DEFAULT);
  fetcher->multi = curl_multi_init ();
  fetcher->arrivals = g_async_queue_new ();
  fetcher->thread = g_thread_new ("fetcher", run_thread, fetcher);
  return fetcher;
}

void
coord_fetcher_free (CoordFetcher *fetcher)
{
  g_atomic_int_set (&fetcher->is_ending, 1);
  curl_multi_wakeup (fetcher->multi);
  g_thread_join (fetcher->thread);
  curl_multi_cleanup (fetcher->multi);
  g_async_queue_unref (fetcher->arrivals);
  g_free (fetcher);
}

static void
set_up (Transfer *transfer, const CoordFetchRequest *request)
{
  CURL *curl = transfer->curl;

  curl_easy_setopt (curl, CURLOPT_URL, request->url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, request->may_be_private ? "https,http" : "https");
  curl_easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  curl_easy_setopt (curl, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  curl_easy_setopt (curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt (curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long) MIN (CONNECT_MS, request->timeout_ms));
  curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, (long) request->timeout_ms);
  /* GitHub refuses who does not say its name. */
  curl_easy_setopt (curl, CURLOPT_USERAGENT, "Entrevue");
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, transfer->headers);
  if (transfer->form != NULL)
    curl_easy_setopt (curl, CURLOPT_POSTFIELDS, transfer->form);
  curl_easy_setopt (curl, CURLOPT_OPENSOCKETFUNCTION, open_socket_cb);
  curl_easy_setopt (curl, CURLOPT_OPENSOCKETDATA, transfer);
  curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (curl, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt (curl, CURLOPT_PRIVATE, transfer);
}

/* What this server connects to at all; the address is looked at later. */
static GUri *
read_url (const CoordFetchRequest *request)
{
  g_autoptr (GUri) uri = g_uri_parse (request->url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL ||
      (strcmp (scheme, "https") != 0 && (strcmp (scheme, "http") != 0 || !request->may_be_private)))
    return NULL;
  return g_steal_pointer (&uri);
}

void
coord_fetcher_fetch_async (CoordFetcher *fetcher,
  const CoordFetchRequest *request,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  g_autoptr (GUri) uri = read_url (request);
  Transfer *transfer;

  fetcher->n_begun++;
  if (uri == NULL) {
    g_atomic_int_inc (&fetcher->n_failures);
    g_task_return_new_error (task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_ADDRESS,
      "'%s' is not an https address that this server connects to.", request->url);
    return;
  }
  if (g_atomic_int_get (&fetcher->n_at_once) >= COORD_FETCH_AT_ONCE) {
    g_atomic_int_inc (&fetcher->n_failures);
    g_task_return_new_error (task, COORD_FETCH_ERROR, COORD_FETCH_ERROR_BUSY,
      "Too many requests to other servers are under way. Try again in a moment.");
    return;
  }
  transfer = g_new0 (Transfer, 1);
  transfer->task = g_steal_pointer (&task);
  transfer->curl = curl_easy_init ();
  transfer->form = g_strdup (request->form);
  transfer->host = g_strdup (g_uri_get_host (uri));
  transfer->is_plain = strcmp (g_uri_get_scheme (uri), "http") == 0;
  transfer->may_be_private = request->may_be_private;
  transfer->max_bytes = request->max_bytes;
  transfer->body = g_byte_array_new ();
  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
    transfer->headers = curl_slist_append (transfer->headers, request->headers[i]);
  set_up (transfer, request);
  g_atomic_int_inc (&fetcher->n_at_once);
  g_async_queue_push (fetcher->arrivals, transfer);
  curl_multi_wakeup (fetcher->multi);
}

CoordFetchAnswer *
coord_fetcher_fetch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint64
coord_fetcher_get_count (CoordFetcher *fetcher)
{
  return fetcher->n_begun;
}

guint64
coord_fetcher_get_failures (CoordFetcher *fetcher)
{
  return g_atomic_int_get (&fetcher->n_failures);
}
