#include "outgoing/coord-fetcher.h"

#include <string.h>

/* A server that says one fixed thing to whoever connects, and remembers what it was told. */
typedef struct {
  GSocketService *service;
  guint port;
  const char *answer; /* NULL: none, ever */
  GString *heard;
  guint n_connections;
  gint n_open; /* atomic: accepted, and their thread has not ended */
} Server;

typedef struct {
  Server server;
  CoordFetcher *fetcher;
} Fixture;

static gboolean
has_whole_request (const GString *heard)
{
  const char *end = strstr (heard->str, "\r\n\r\n");
  const char *length = strstr (heard->str, "Content-Length: ");

  return end != NULL && (length == NULL || heard->str + heard->len >=
                                             end + 4 + g_ascii_strtoll (length + 16, NULL, 10));
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Server *server = data;

  g_atomic_int_inc (&server->n_open);
  return FALSE; /* to its thread */
}

/* Answers in a thread of its own, as GThreadedSocketService has it. */
static gboolean
run_cb (GThreadedSocketService *service,
  GSocketConnection *connection,
  GObject *source,
  gpointer data)
{
  Server *server = data;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GString) heard = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  server->n_connections++;
  while (!has_whole_request (heard) &&
         (n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (heard, buffer, n);
  g_string_assign (server->heard, heard->str);
  if (server->answer != NULL)
    g_output_stream_write_all (out, server->answer, strlen (server->answer), NULL, NULL, NULL);
  else /* until the other side goes */
    g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_atomic_int_add (&server->n_open, -1);
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  Server *server = &fixture->server;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  server->service = g_threaded_socket_service_new (4);
  server->heard = g_string_new (NULL);
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), address, G_SOCKET_TYPE_STREAM,
    G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  server->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (server->service, "incoming", G_CALLBACK (incoming_cb), server);
  g_signal_connect (server->service, "run", G_CALLBACK (run_cb), server);
  g_socket_service_start (server->service);
  fixture->fetcher = coord_fetcher_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->fetcher, coord_fetcher_free);
  g_socket_service_stop (fixture->server.service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->server.service));
  /* The other side has gone, so that each thread ends by itself. */
  while (g_atomic_int_get (&fixture->server.n_open) > 0)
    g_thread_yield ();
  g_object_unref (fixture->server.service);
  g_string_free (fixture->server.heard, TRUE);
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static CoordFetchAnswer *
wait (GAsyncResult **result, GError **error)
{
  CoordFetchAnswer *answer;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = coord_fetcher_fetch_finish (*result, error);
  g_clear_object (result);
  return answer;
}

static CoordFetchAnswer *
fetch (Fixture *fixture, const char *url, const CoordFetchRequest *more, GError **error)
{
  CoordFetchRequest request = *more;
  GAsyncResult *result = NULL;

  request.url = url;
  if (request.max_bytes == 0)
    request.max_bytes = 1000;
  if (request.timeout_ms == 0)
    request.timeout_ms = 60000;
  coord_fetcher_fetch_async (fixture->fetcher, &request, keep_cb, &result);
  return wait (&result, error);
}

static char *
make_url (Fixture *fixture, const char *host)
{
  return g_strdup_printf ("http://%s:%u/path?x=1", host, fixture->server.port);
}

static CoordFetchAnswer *
fetch_inner (Fixture *fixture, const char *answer, const CoordFetchRequest *more, GError **error)
{
  g_autofree char *url = make_url (fixture, "127.0.0.1");
  CoordFetchRequest request = *more;

  fixture->server.answer = answer;
  request.may_be_private = TRUE;
  return fetch (fixture, url, &request, error);
}

static void
test_answer (Fixture *fixture, gconstpointer data)
{
  const char *const headers[] = { "Authorization: Bearer abc", NULL };
  const CoordFetchRequest request = { .headers = headers, .form = "a=1&b=2" };
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordFetchAnswer) answer = fetch_inner (fixture,
    "HTTP/1.1 400 Bad\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
    "Content-Length: 2\r\n\r\n{}",
    &request, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_cmpstr (answer->content_type, ==, "application/json");
  g_assert_cmpmem (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body), "{}", 2);
  g_assert_nonnull (strstr (fixture->server.heard->str, "POST /path?x=1 HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (fixture->server.heard->str, "Authorization: Bearer abc\r\n"));
  g_assert_nonnull (strstr (fixture->server.heard->str, "User-Agent: Entrevue\r\n"));
  g_assert_true (g_str_has_suffix (fixture->server.heard->str, "\r\n\r\na=1&b=2"));
  g_assert_cmpuint (coord_fetcher_get_count (fixture->fetcher), ==, 1);
  g_assert_cmpuint (coord_fetcher_get_failures (fixture->fetcher), ==, 0);
}

/* What a redirect names is neither asked nor told anything. */
static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  g_autofree char *target = make_url (fixture, "127.0.0.1");
  g_autofree char *text =
    g_strdup_printf ("HTTP/1.1 307 Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", target);
  g_autoptr (CoordFetchAnswer) answer =
    fetch_inner (fixture, text, &(CoordFetchRequest){ .form = "code=1" }, NULL);

  g_assert_cmpuint (answer->status, ==, 307);
  g_assert_cmpuint (fixture->server.n_connections, ==, 1);
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) body = g_string_new ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  g_autoptr (GString) head = g_string_new ("HTTP/1.1 200 OK\r\n");
  const GString *answers[] = { body, head };

  for (guint i = 0; i < 100; i++)
    g_string_append (body, "10\r\n0123456789abcdef\r\n");
  g_string_append (body, "0\r\n\r\n");
  for (guint i = 0; i < 4000; i++)
    g_string_append (head, "X-More: more\r\n");
  g_string_append (head, "Content-Length: 0\r\n\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (fetch_inner (fixture, answers[i]->str, &(CoordFetchRequest){ 0 }, &error));
    g_assert_error (error, COORD_FETCH_ERROR, COORD_FETCH_ERROR_TOO_LARGE);
  }
}

static void
test_slow (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fetch_inner (fixture, NULL, &(CoordFetchRequest){ .timeout_ms = 300 }, &error));
  g_assert_error (error, COORD_FETCH_ERROR, COORD_FETCH_ERROR_UNREACHABLE);
  g_assert_cmpstr (error->message, ==, "127.0.0.1 does not answer in time.");
}

static void
test_not_http (Fixture *fixture, gconstpointer data)
{
  const char *const answers[] = { "SSH-2.0-OpenSSH\r\n", "",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (fetch_inner (fixture, answers[i], &(CoordFetchRequest){ 0 }, &error));
    g_assert_error (error, COORD_FETCH_ERROR, COORD_FETCH_ERROR_UNREACHABLE);
  }
}

/* Nothing is sent to this machine unless that is allowed, whatever it is called. */
static void
test_inner_addresses (Fixture *fixture, gconstpointer data)
{
  const char *const hosts[] = { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433",
    "0x7f.1", "0.0.0.0" };

  fixture->server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *url = g_strdup_printf ("https://%s:%u/", hosts[i], fixture->server.port);
    g_autoptr (GError) error = NULL;

    g_assert_null (fetch (fixture, url, &(CoordFetchRequest){ 0 }, &error));
    g_assert_error (error, COORD_FETCH_ERROR, COORD_FETCH_ERROR_ADDRESS);
  }
  g_assert_cmpuint (fixture->server.n_connections, ==, 0);
}

/* Plain HTTP goes to private addresses only, where it is allowed at all. */
static void
test_schemes (Fixture *fixture, gconstpointer data)
{
  const struct {
    const char *url;
    gboolean may_be_private;
  } cases[] = {
    { "http://192.0.43.8/", FALSE },
    { "http://192.0.43.8/", TRUE },
    { "file:///etc/passwd", TRUE },
    { "ftp://127.0.0.1/", TRUE },
    { "gopher://127.0.0.1/", TRUE },
    { "https://", FALSE },
    { "https://user:password@example.org/", FALSE },
    { "example.org", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    const CoordFetchRequest request = { .may_be_private = cases[i].may_be_private };

    g_assert_null (fetch (fixture, cases[i].url, &request, &error));
    g_assert_error (error, COORD_FETCH_ERROR, COORD_FETCH_ERROR_ADDRESS);
  }
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = make_url (fixture, "127.0.0.1");
  const CoordFetchRequest request = {
    .url = url, .may_be_private = TRUE, .max_bytes = 10, .timeout_ms = 60000
  };
  GAsyncResult *results[COORD_FETCH_AT_ONCE + 1] = { NULL };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    coord_fetcher_fetch_async (fixture->fetcher, &request, keep_cb, &results[i]);
  g_assert_null (wait (&results[COORD_FETCH_AT_ONCE], &error));
  g_assert_error (error, COORD_FETCH_ERROR, COORD_FETCH_ERROR_BUSY);

  /* Those under way end with it. */
  g_clear_pointer (&fixture->fetcher, coord_fetcher_free);
  for (guint i = 0; i < COORD_FETCH_AT_ONCE; i++) {
    g_autoptr (GError) ended = NULL;

    g_assert_null (wait (&results[i], &ended));
    g_assert_error (ended, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
}

#define ADD(name, func) g_test_add ("/fetcher/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("answer", test_answer);
  ADD ("redirect-is-an-answer", test_redirect);
  ADD ("too-large", test_too_large);
  ADD ("slow", test_slow);
  ADD ("not-http", test_not_http);
  ADD ("inner-addresses", test_inner_addresses);
  ADD ("schemes", test_schemes);
  ADD ("at-once", test_many);
  return g_test_run ();
}
