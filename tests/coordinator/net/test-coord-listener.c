/* Connections of a real server: one request each, deadlines, caps, and who is let in. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/coord-test-server.h"

static void
test_one_request_per_connection (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  int fd = coord_test_server_dial (
    server, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  g_autofree char *text = coord_test_read_until (fd, NULL);

  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 200"));
  g_assert_null (strstr (text + 1, "HTTP/1.1"));
  close (fd);
}

/* A length that libsoup cannot read is answered before it sees it: it would keep the path for ever.
 */
static void
test_unsound_head (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  int fd = coord_test_server_dial (
    server, "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: ssw\r\n\r\n");
  g_autofree char *text = coord_test_read_until (fd, NULL);

  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 400"));
  g_assert_nonnull (strstr (text, "\"detail\":\"This is no HTTP request.\""));
  g_assert_cmpuint (coord_listener_count (server->listener), ==, 0);
  close (fd);
}

/* libsoup interns the names of methods, and what is interned is never freed. */
static void
test_unknown_method (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  int fd = coord_test_server_dial (server, "BREWCOFFEE / HTTP/1.1\r\nHost: x\r\n\r\n");
  g_autofree char *text = coord_test_read_until (fd, NULL);

  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 400"));
  g_assert_cmpuint (g_quark_try_string ("BREWCOFFEE"), ==, 0);
  close (fd);
}

/* Nobody gets an answer in parts: a small request would get thousands of the whole. */
static void
test_no_ranges (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autoptr (GString) request =
    g_string_new ("GET /api/openapi.json HTTP/1.1\r\nHost: x\r\nRange: bytes=0-");
  g_autofree char *text = NULL;
  int fd;

  for (guint i = 0; i < 1000; i++)
    g_string_append (request, ",0-");
  g_string_append (request, "\r\n\r\n");
  fd = coord_test_server_dial (server, request->str);
  text = coord_test_read_until (fd, NULL);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 200"));
  g_assert_cmpuint (strlen (text), <, 1024 * 1024);
  close (fd);
}

/* With as many sockets as it takes, the server says so as it says everything else. */
static void
test_no_more_sockets (void)
{
  CoordListenerLimits limits = coord_listener_default_limits;
  g_autoptr (CoordTestServer) server = NULL;
  g_autofree char *text = NULL;
  int fd;

  limits.max_sockets = 0;
  server = coord_test_server_new (&limits);
  fd = coord_test_server_dial (server,
    "GET /api/me/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
  text = coord_test_read_until (fd, NULL);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 503"));
  g_assert_nonnull (strstr (text, "\r\nRetry-After: "));
  g_assert_nonnull (strstr (text, "\r\nCache-Control: no-store\r\n"));
  g_assert_nonnull (strstr (text, "\"code\":\"unavailable\""));
  g_assert_nonnull (strstr (text, "\"request_id\":\""));
  close (fd);
}

static void
test_head_deadline (void)
{
  CoordListenerLimits limits = coord_listener_default_limits;
  g_autoptr (CoordTestServer) server = NULL;
  g_autofree char *text = NULL;
  int fd;

  limits.head_ms = 100;
  server = coord_test_server_new (&limits);
  fd = coord_test_server_dial (server, "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  text = coord_test_read_until (fd, NULL);
  g_assert_cmpstr (text, ==, "");
  g_assert_cmpuint (coord_listener_count (server->listener), ==, 0);
  close (fd);
}

/* What comes back when a body does not; the caller owns it. */
static char *
stall (const char *request, guint stall_ms)
{
  CoordListenerLimits limits = coord_listener_default_limits;
  g_autoptr (CoordTestServer) server = NULL;
  char *text;
  int fd;

  limits.stall_ms = stall_ms;
  server = coord_test_server_new (&limits);
  fd = coord_test_server_dial (server, request);
  text = coord_test_read_until (fd, NULL);
  g_assert_nonnull (text);
  close (fd);
  while (coord_listener_count (server->listener) > 0)
    g_main_context_iteration (NULL, TRUE);
  return text;
}

/* A body that does not come is dropped, at the door and inside. On a busy machine that may be
 * before it was asked for, when the time is short. */
static void
test_slow_body (void)
{
  static const struct {
    const char *fields, *start; /* of what comes back */
  } cases[] = {
    { "Content-Length: 3000\r\n\r\n{", "" },
    { "Transfer-Encoding: chunked\r\n\r\n100\r\n{", "" },
    /* an empty line in its body has it let in */
    { "Transfer-Encoding: chunked\r\n\r\n100\r\n\r\n\r\n{", "" },
    { "Content-Length: 3000\r\nExpect: 100-continue\r\n\r\n{", "HTTP/1.1 100 Continue\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *request =
      g_strconcat ("POST /api/auth/login HTTP/1.1\r\nHost: x\r\n", cases[i].fields, NULL);
    g_autofree char *text = stall (request, 100);

    for (guint ms = 1000; ms < 60000 && !g_str_has_prefix (text, cases[i].start); ms *= 5) {
      g_free (text);
      text = stall (request, ms);
    }
    g_assert_true (g_str_has_prefix (text, cases[i].start));
    g_assert_cmpint (*text == '\0', ==, *cases[i].start == '\0');
    g_assert_null (strstr (text, "HTTP/1.1 2"));
  }
}

/* A body in two parts waits at the door for the second; one that leaves between is forgotten. */
static void
test_body_in_parts (void)
{
  const char *head =
    "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Content-Length: 2\r\n\r\n{";
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  int fd = coord_test_server_dial (server, head), other = coord_test_server_dial (server, head);
  g_autofree char *text = NULL;

  while (coord_listener_count (server->listener) < 2)
    g_main_context_iteration (NULL, TRUE);
  close (other);
  while (coord_listener_count (server->listener) > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (send (fd, "}", 1, 0), ==, 1);
  text = coord_test_read_until (fd, NULL);
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 400"));
  g_assert_nonnull (strstr (text, "request_id"));
  close (fd);
}

static void
test_cap_per_address (void)
{
  CoordListenerLimits limits = coord_listener_default_limits;
  g_autoptr (CoordTestServer) server = NULL;
  g_autofree char *text = NULL;
  int first[4], last;

  limits.max_per_address = 4;
  server = coord_test_server_new (&limits);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    first[i] = coord_test_server_dial (server, "GET");
  last = coord_test_server_dial (server, "GET");
  text = coord_test_read_until (last, NULL);
  g_assert_cmpstr (text, ==, "");
  g_assert_cmpuint (coord_listener_count (server->listener), ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    close (first[i]);
  close (last);
}

/* Clients that leave while the server works for them: their answers go nowhere. */
static void
test_client_leaves (void)
{
  const char *body = "{\"email\":\"ada@example.org\",\"password\":\"guess\"}";
  g_autofree char *request = g_strdup_printf (
    "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
    strlen (body), body);
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  const struct linger zero = { 1, 0 };

  for (guint i = 0; i < 20; i++) {
    int fd = coord_test_server_dial (server, request);

    /* Some before it is read, some while the password is compared; some by a reset. */
    for (guint k = 0; k < i; k++)
      g_main_context_iteration (NULL, FALSE);
    if (i % 2 == 0)
      setsockopt (fd, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
    close (fd);
  }
  while (coord_listener_count (server->listener) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/health", NULL, NULL, NULL), ==, 200);
}

/* A house full of slow bodies lets good requests in at once. */
static void
test_full_house (void)
{
  CoordListenerLimits limits = coord_listener_default_limits;
  g_autoptr (CoordTestServer) server = NULL;
  int slow[40];

  limits.max_inside = 8;
  limits.head_ms = limits.stall_ms = 3600 * 1000; /* those that leave make room */
  server = coord_test_server_new (&limits);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    slow[i] = coord_test_server_dial (server,
      "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n"
      "Expect: 100-continue\r\n\r\n{");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (
      coord_test_server_ask (server, "GET", "/health/live", NULL, NULL, NULL), ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    close (slow[i]);
}

static void
test_only_loopback (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  const char *bad[] = { "0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.org:80", "nonsense::", "" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (coord_listener_listen (server->listener, bad[i], &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/one-request-per-connection", test_one_request_per_connection);
  g_test_add_func ("/net/unsound-head", test_unsound_head);
  g_test_add_func ("/listener/unknown-method", test_unknown_method);
  g_test_add_func ("/net/no-ranges", test_no_ranges);
  g_test_add_func ("/net/no-more-sockets", test_no_more_sockets);
  g_test_add_func ("/net/head-deadline", test_head_deadline);
  g_test_add_func ("/net/slow-body", test_slow_body);
  g_test_add_func ("/net/body-in-parts", test_body_in_parts);
  g_test_add_func ("/net/cap-per-address", test_cap_per_address);
  g_test_add_func ("/net/client-leaves", test_client_leaves);
  g_test_add_func ("/net/full-house", test_full_house);
  g_test_add_func ("/net/only-loopback", test_only_loopback);
  return g_test_run ();
}
