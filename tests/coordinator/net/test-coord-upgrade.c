/* From a request to a socket, and what becomes of those who do not get there. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/coord-test-server.h"

#define HANDSHAKE \
  "GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
/* A masked text frame, its mask of zeros. */
#define FRAME "\x81\x85\0\0\0\0early"

typedef struct {
  CoordTestServer *server;
  CoordRequest *request; /* kept until the case answers it; NULL: none */
  gboolean keeps; /* whether the route does that */
  gboolean has_request;
  gboolean is_called;
  gboolean has_socket;
  gboolean has_message;
  gboolean is_closed;
} Fixture;

static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *message, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpmem (
    g_bytes_get_data (message, NULL), g_bytes_get_size (message), "early", strlen ("early"));
  fixture->has_message = TRUE;
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  Fixture *fixture = data;

  fixture->is_closed = TRUE;
}

static const CoordSocketEvents events = { message_cb, closed_cb };

static void
upgraded_cb (CoordSocket *socket, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->is_called);
  fixture->is_called = TRUE;
  fixture->has_socket = socket != NULL;
  if (socket == NULL)
    return;
  g_assert_cmpstr (coord_socket_get_address (socket), ==, "127.0.0.1");
  coord_socket_set_events (socket, &events, fixture, NULL);
}

static void
upgrade (Fixture *fixture, CoordRequest *request)
{
  coord_request_upgrade (request, NULL, &coord_socket_default_limits, upgraded_cb, fixture);
}

static void
open_socket (CoordRequest *request, gpointer data)
{
  Fixture *fixture = data;

  fixture->has_request = TRUE;
  if (fixture->keeps)
    fixture->request = coord_request_ref (request);
  else
    upgrade (fixture, request);
}

static const CoordRoute routes[] = { { "GET", "/socket", COORD_CALLER_NONE, COORD_LIMIT_FREE,
  .handler = open_socket } };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = coord_test_server_new (NULL);
  coord_router_add (fixture->server->router, routes, G_N_ELEMENTS (routes), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_server_free (fixture->server);
}

/* What comes in one segment with the handshake is the socket's. */
static void
test_early_frames (Fixture *fixture, gconstpointer data)
{
  static const char bytes[] = HANDSHAKE FRAME;
  int fd = coord_test_server_dial (fixture->server, "");

  g_assert_cmpint (send (fd, bytes, sizeof bytes - 1, 0), ==, sizeof bytes - 1);
  g_assert_true (coord_test_wait (&fixture->has_message));
  g_assert_true (fixture->has_socket);
  g_assert_cmpuint (coord_listener_count (fixture->server->listener), ==, 0);
  close (fd);
  g_assert_true (coord_test_wait (&fixture->is_closed));
}

static void
test_no_handshake (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (
    coord_test_server_ask (fixture->server, "GET", "/socket", NULL, NULL, NULL), ==, 400);
  g_assert_true (fixture->is_called);
  g_assert_false (fixture->has_socket);
}

/* The client is gone when the route has made up its mind. */
static void
test_client_leaves (Fixture *fixture, gconstpointer data)
{
  const struct linger zero = { 1, 0 };
  int fd;

  fixture->keeps = TRUE;
  fd = coord_test_server_dial (fixture->server, HANDSHAKE);
  g_assert_true (coord_test_wait (&fixture->has_request));
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
  close (fd);
  upgrade (fixture, fixture->request);
  coord_request_unref (fixture->request);
  g_assert_true (coord_test_wait (&fixture->is_called));
  /* Whether the end was seen before or after the 101 is the kernel's affair. */
  if (fixture->has_socket)
    g_assert_true (coord_test_wait (&fixture->is_closed));
  while (coord_listener_count (fixture->server->listener) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (coord_socket_hub_count (fixture->server->hub), ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/upgrade/early-frames", test_early_frames);
  ADD ("/upgrade/no-handshake", test_no_handshake);
  ADD ("/upgrade/client-leaves", test_client_leaves);
  return g_test_run ();
}
