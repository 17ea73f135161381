/* Sockets over a real upgrade: raw frames against an echo route. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/coord-test-server.h"

#define HANDSHAKE \
  "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

typedef struct {
  CoordTestServer *server;
  CoordSocket *socket; /* the last one */
  guint code; /* of its end; 0: open */
  gboolean is_closed;
  gboolean is_open;
  CoordSocketLimits limits;
} Fixture;

static void
echo_cb (CoordSocket *socket, gboolean is_text, GBytes *message, gpointer data)
{
  if (is_text)
    coord_socket_send_text (socket, message);
  else
    coord_socket_send_binary (socket, message);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  Fixture *fixture = data;

  g_assert_nonnull (reason);
  fixture->code = code;
  fixture->is_closed = TRUE;
  fixture->socket = NULL;
}

static const CoordSocketEvents events = { echo_cb, closed_cb };

static void
upgraded_cb (CoordSocket *socket, gpointer data)
{
  Fixture *fixture = data;

  g_assert_nonnull (socket);
  g_assert_cmpstr (coord_socket_get_address (socket), ==, "127.0.0.1");
  fixture->socket = socket;
  fixture->is_open = TRUE;
  coord_socket_set_events (socket, &events, fixture, NULL);
}

static void
open_echo (CoordRequest *request, gpointer data)
{
  Fixture *fixture = data;

  coord_request_upgrade (request, "entrevue.v1", &fixture->limits, upgraded_cb, fixture);
}

static const CoordRoute routes[] = { { "GET", "/echo", COORD_CALLER_NONE, COORD_LIMIT_FREE,
  .handler = open_echo } };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = coord_test_server_new (NULL);
  fixture->limits = coord_socket_default_limits;
  coord_router_add (fixture->server->router, routes, G_N_ELEMENTS (routes), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_server_free (fixture->server);
}

/* A masked frame (with a mask of zeros). */
static void
add_frame (GByteArray *bytes, guint8 first, gsize size, const char *fill)
{
  const guint8 mask[4] = { 0 };
  guint8 head[10] = { first, 0x80 };
  guint n = 2;

  if (size < 126)
    head[1] |= size;
  else if (size < 65536) {
    head[1] |= 126;
    head[2] = size >> 8;
    head[3] = size & 0xff;
    n = 4;
  } else {
    head[1] |= 127;
    for (int i = 0; i < 8; i++)
      head[2 + i] = (guint64) size >> (8 * (7 - i));
    n = 10;
  }
  g_byte_array_append (bytes, head, n);
  g_byte_array_append (bytes, mask, 4);
  for (gsize i = 0; i < size; i++)
    g_byte_array_append (bytes, (const guint8 *) &fill[i % strlen (fill)], 1);
}

static void
send_frame (int fd, guint8 first, gsize size, const char *fill)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  add_frame (bytes, first, size, fill);
  g_assert_cmpint (send (fd, bytes->data, bytes->len, MSG_NOSIGNAL), ==, (gssize) bytes->len);
}

static int
open_socket (Fixture *fixture)
{
  int fd = coord_test_server_dial (fixture->server, HANDSHAKE);
  g_autofree char *head = coord_test_read_until (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101"));
  g_assert_true (coord_test_wait (&fixture->is_open));
  return fd;
}

/* Exactly these bytes come. */
static void
expect (int fd, const char *bytes, gsize size)
{
  g_autofree guint8 *got = g_malloc (size);
  gsize n = 0;

  while (n < size) {
    gssize step = recv (fd, got + n, size - n, MSG_DONTWAIT);

    if (step > 0)
      n += step;
    else if (step == 0)
      break;
    else
      g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpmem (got, n, bytes, size);
}

static void
expect_close (Fixture *fixture, int fd, guint code)
{
  g_autofree char *rest = coord_test_read_until (fd, NULL);

  g_assert_nonnull (rest);
  g_assert_true (coord_test_wait (&fixture->is_closed));
  g_assert_cmpuint (fixture->code, ==, code);
  g_assert_cmpuint (coord_socket_hub_count (fixture->server->hub), ==, 0);
  close (fd);
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) fragments = g_byte_array_new ();
  int fd = open_socket (fixture);

  send_frame (fd, 0x81, 5, "hello");
  expect (fd, "\x81\x05hello", 7);
  send_frame (fd, 0x82, 0, "x");
  expect (fd, "\x82\x00", 2);
  /* Three fragments with a ping between them; the pong leaves at the end of the turn. */
  add_frame (fragments, 0x01, 3, "abc");
  add_frame (fragments, 0x00, 3, "def");
  add_frame (fragments, 0x89, 1, "p");
  add_frame (fragments, 0x80, 1, "g");
  g_assert_cmpint (send (fd, fragments->data, fragments->len, 0), ==, (gssize) fragments->len);
  expect (fd,
    "\x81\x07"
    "abcdefg\x8a\x01p",
    12);
  send_frame (fd, 0x88, 2, "\x03\xe8");
  expect (fd, "\x88\x02\x03\xe8", 4);
  expect_close (fixture, fd, 1000);
}

/* A frame in the same segment as the head, and one that comes byte by byte. */
static void
test_early_and_slow (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *head = NULL;
  int fd = coord_test_server_dial (fixture->server, "");

  g_byte_array_append (bytes, (const guint8 *) HANDSHAKE, strlen (HANDSHAKE));
  add_frame (bytes, 0x81, 5, "early");
  g_assert_cmpint (send (fd, bytes->data, bytes->len, 0), ==, (gssize) bytes->len);
  head = coord_test_read_until (fd, "early");
  g_assert_nonnull (head);
  g_byte_array_set_size (bytes, 0);
  add_frame (bytes, 0x81, 300, "slow");
  for (guint i = 0; i < bytes->len; i++) {
    g_assert_cmpint (send (fd, bytes->data + i, 1, 0), ==, 1);
    g_main_context_iteration (NULL, FALSE);
  }
  expect (fd, "\x81\x7e\x01\x2cslow", 8);
  close (fd);
  g_assert_true (coord_test_wait (&fixture->is_closed));
  g_assert_cmpuint (fixture->code, ==, COORD_CLOSE_ABNORMAL);
}

static void
test_too_big (Fixture *fixture, gconstpointer data)
{
  int fd;

  fixture->limits.max_message_bytes = 1000;
  fd = open_socket (fixture);
  send_frame (fd, 0x82, 1000, "x");
  send_frame (fd, 0x82, 1001, "x");
  expect_close (fixture, fd, COORD_CLOSE_TOO_BIG);
}

/* Endless fragments are one message. */
static void
test_too_many_fragments (Fixture *fixture, gconstpointer data)
{
  int fd;

  fixture->limits.max_message_bytes = 1000;
  fd = open_socket (fixture);
  send_frame (fd, 0x02, 400, "x");
  send_frame (fd, 0x00, 400, "x");
  send_frame (fd, 0x00, 400, "x");
  expect_close (fixture, fd, COORD_CLOSE_TOO_BIG);
}

/* A message in pieces of a byte would take a hundred times its size; some hundred pieces are fine,
 * and so are any number of large ones, and a message after another in pieces. */
static void
test_crumbs (Fixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = { 1, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    int fd = open_socket (fixture);

    for (guint k = 0; k < 3 * 200; k++)
      add_frame (bytes, k % 200 == 199 ? 0x80 : k % 200 == 0 ? 0x02 : 0x00, 0, "x");
    g_assert_cmpint (send (fd, bytes->data, bytes->len, 0), ==, (gssize) bytes->len);
    expect (fd, "\x82\x00\x82\x00\x82\x00", 6);
    g_byte_array_set_size (bytes, 0);
    for (guint k = 0; k < 300; k++)
      add_frame (bytes, k == 0 ? 0x02 : 0x00, sizes[i], "x");
    g_assert_cmpint (send (fd, bytes->data, bytes->len, 0), ==, (gssize) bytes->len);
    expect_close (fixture, fd, COORD_CLOSE_TOO_BIG);
    fixture->is_open = fixture->is_closed = FALSE;
  }
}

static void
test_fragments_of_some_size (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int fd = open_socket (fixture);

  for (guint k = 0; k < 300; k++)
    add_frame (bytes, k == 299 ? 0x80 : k == 0 ? 0x02 : 0x00, 200, "x");
  g_assert_cmpint (send (fd, bytes->data, bytes->len, 0), ==, (gssize) bytes->len);
  expect (fd, "\x82\x7e\xea\x60xxxx", 8);
  close (fd);
  g_assert_true (coord_test_wait (&fixture->is_closed));
}

static void
test_too_fast (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int fd;

  fixture->limits.max_messages_per_s = 20;
  fd = open_socket (fixture);
  for (guint i = 0; i < 100; i++)
    add_frame (bytes, 0x81, 1, "x");
  g_assert_cmpint (send (fd, bytes->data, bytes->len, 0), ==, (gssize) bytes->len);
  expect_close (fixture, fd, COORD_CLOSE_TRY_AGAIN);
}

static void
test_broken_frames (Fixture *fixture, gconstpointer data)
{
  const struct {
    const char *bytes;
    gsize size;
    guint code;
  } cases[] = {
    { "\x81\x05hello", 7, COORD_CLOSE_PROTOCOL_ERROR }, /* not masked */
    { "\xc1\x80\0\0\0\0", 6, COORD_CLOSE_PROTOCOL_ERROR }, /* a reserved bit */
    { "\x83\x80\0\0\0\0", 6, COORD_CLOSE_PROTOCOL_ERROR }, /* an unknown opcode */
    { "\x09\x80\0\0\0\0", 6, COORD_CLOSE_PROTOCOL_ERROR }, /* a ping in fragments */
    { "\x80\x80\0\0\0\0", 6, COORD_CLOSE_PROTOCOL_ERROR }, /* continues nothing */
    { "\x81\x82\0\0\0\0\xc3\x28", 8, COORD_CLOSE_BAD_TEXT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    int fd;

    fixture->is_open = fixture->is_closed = FALSE;
    fd = open_socket (fixture);
    g_assert_cmpint (send (fd, cases[i].bytes, cases[i].size, 0), ==, (gssize) cases[i].size);
    g_test_message ("case %u", i);
    expect_close (fixture, fd, cases[i].code);
  }
}

/* A reader that stands still is closed; what was queued for it is dropped. */
static void
test_slow_reader (Fixture *fixture, gconstpointer data)
{
  g_autofree char *block = g_strnfill (64 * 1024, 'x');
  g_autoptr (GBytes) message = g_bytes_new (block, 64 * 1024);
  int fd = open_socket (fixture);
  guint sent = 0;

  while (!fixture->is_closed && sent < 1000) {
    if (fixture->socket != NULL)
      coord_socket_send_binary (fixture->socket, message);
    sent++;
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_true (coord_test_wait (&fixture->is_closed));
  g_assert_cmpuint (fixture->code, ==, COORD_CLOSE_TRY_AGAIN);
  g_assert_cmpuint (sent, >, 4 * 1024 / 64);
  close (fd);
}

/* Who pings and does not read the pongs fills no queue without end. */
static void
test_unread_pongs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) pings = g_byte_array_new ();
  gsize sent = 0;
  int fd;

  fixture->limits.max_messages_per_s = G_MAXUINT;
  fixture->limits.max_queue_bytes = 256 * 1024;
  fd = open_socket (fixture);
  for (guint i = 0; i < 100; i++)
    add_frame (pings, 0x89, 125, "x");
  while (!fixture->is_closed && sent < 32 * 1024 * 1024) {
    gssize n = send (fd, pings->data + sent % pings->len, pings->len - sent % pings->len,
      MSG_NOSIGNAL | MSG_DONTWAIT);

    sent += MAX (n, 0);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_true (fixture->is_closed);
  g_assert_cmpuint (fixture->code, ==, COORD_CLOSE_TRY_AGAIN);
  close (fd);
}

static void
test_ping (Fixture *fixture, gconstpointer data)
{
  int fd = open_socket (fixture);

  coord_socket_hub_advance (fixture->server->hub, 19);
  send_frame (fd, 0x81, 1, "a");
  expect (fd,
    "\x81\x01"
    "a",
    3);
  coord_socket_hub_advance (fixture->server->hub, 20);
  expect (fd, "\x89\x00", 2);
  send_frame (fd, 0x8a, 0, "x");
  send_frame (fd, 0x81, 1, "b");
  expect (fd,
    "\x81\x01"
    "b",
    3);
  coord_socket_hub_advance (fixture->server->hub, 44);
  g_assert_false (fixture->is_closed);
  coord_socket_hub_advance (fixture->server->hub, 2);
  g_assert_true (fixture->is_closed);
  g_assert_cmpuint (fixture->code, ==, COORD_CLOSE_ABNORMAL);
  close (fd);
}

static void
test_close_with_reason (Fixture *fixture, gconstpointer data)
{
  int fd = open_socket (fixture);
  g_autofree char *rest = NULL;

  coord_socket_send_string (fixture->socket, "last");
  coord_socket_hub_close_all (fixture->server->hub, COORD_CLOSE_GOING_DOWN, "bye");
  coord_socket_send_string (fixture->socket, "never");
  rest = coord_test_read_until (fd, NULL);
  g_assert_cmpmem (rest, strlen (rest),
    "\x81\x04last\x88\x05\x11\x97"
    "bye",
    13);
  g_assert_cmpuint (fixture->code, ==, COORD_CLOSE_GOING_DOWN);
  close (fd);
}

/* Descriptors come back. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  guint before = 0, after = 0;

  for (guint round = 0; round < 2; round++) {
    g_autoptr (GDir) dir = NULL;

    for (guint i = 0; i < 200; i++) {
      int fd;

      fixture->is_open = fixture->is_closed = FALSE;
      fd = open_socket (fixture);
      if (i % 2 == 0) {
        send_frame (fd, 0x88, 2, "\x03\xe8");
        expect (fd, "\x88\x02\x03\xe8", 4);
      }
      close (fd);
      g_assert_true (coord_test_wait (&fixture->is_closed));
    }
    while (coord_listener_count (fixture->server->listener) > 0)
      g_main_context_iteration (NULL, TRUE);
    coord_socket_hub_advance (fixture->server->hub, 3);
    dir = g_dir_open ("/proc/self/fd", 0, NULL);
    for (before = after, after = 0; g_dir_read_name (dir) != NULL;)
      after++;
  }
  g_assert_cmpuint (after, <=, before + 2);
}

static void
read_more (int fd, GByteArray *got)
{
  guint8 buffer[4096];
  gssize n;

  while ((n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (got, buffer, n);
}

/* What a socket with very many messages is sent leaves from time to time only; each comes, in
 * order, and what is read meanwhile is answered. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();
  gint64 deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  guint32 n_sent = 0, n_got = 0, n_echoes = 0;
  gboolean has_waited = FALSE;
  int fd = open_socket (fixture);

  while (!has_waited) {
    gsize before = got->len;

    for (guint i = 0; i < 50; i++, n_sent++) {
      g_autoptr (GBytes) number = g_bytes_new (&n_sent, sizeof n_sent);

      coord_socket_send_binary (fixture->socket, number);
    }
    g_main_context_iteration (NULL, FALSE);
    read_more (fd, got);
    has_waited = got->len == before;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  }
  send_frame (fd, 0x82, 2, "ab");
  while (got->len < n_sent * (2 + sizeof n_sent) + 4) {
    g_main_context_iteration (NULL, TRUE);
    read_more (fd, got);
  }
  for (guint at = 0; at < got->len; at += 2 + got->data[at + 1]) {
    if (got->data[at + 1] == sizeof n_got) {
      g_assert_cmpmem (got->data + at + 2, sizeof n_got, &n_got, sizeof n_got);
      n_got++;
    } else
      n_echoes++;
  }
  g_assert_cmpuint (n_got, ==, n_sent);
  g_assert_cmpuint (n_echoes, ==, 1);
  send_frame (fd, 0x88, 2, "\x03\xe8");
  expect (fd, "\x88\x02\x03\xe8", 4);
  g_assert_true (coord_test_wait (&fixture->is_closed));
  close (fd);
}

#define N_FLOOD 3000

typedef struct {
  guint n[2]; /* messages that came from each */
  guint first_at; /* how many of the one had come when the first of the other did */
  guint n_turns; /* of the main loop while they came */
} Flood;

typedef struct {
  Flood *flood;
  guint me;
} Flooder;

static void
slow_cb (CoordSocket *socket, gboolean is_text, GBytes *message, gpointer data)
{
  Flooder *flooder = data;
  Flood *flood = flooder->flood;

  if (flood->n[flooder->me]++ == 0)
    flood->first_at = flood->n[1 - flooder->me];
  g_usleep (100);
}

static void
ignore_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
}

static gboolean
count_turn_cb (gpointer data)
{
  ((Flood *) data)->n_turns++;
  return G_SOURCE_CONTINUE;
}

/* Small messages that take their time, from two at once: the rest of the server has its turns in
 * between, and so has each of them. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  static const CoordSocketEvents slow_events = { slow_cb, ignore_cb };
  Flood flood = { 0 };
  Flooder flooders[2] = { { &flood, 0 }, { &flood, 1 } };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint source;
  int fds[2];

  fixture->limits.max_messages_per_s = 2 * N_FLOOD;
  for (guint i = 0; i < N_FLOOD; i++)
    add_frame (bytes, 0x82, 2, "ab");
  for (guint i = 0; i < 2; i++) {
    fixture->is_open = FALSE;
    fds[i] = open_socket (fixture);
    coord_socket_set_events (fixture->socket, &slow_events, &flooders[i], NULL);
  }
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (send (fds[i], bytes->data, bytes->len, MSG_NOSIGNAL), ==, (gssize) bytes->len);
  source = g_timeout_add_full (G_PRIORITY_DEFAULT, 0, count_turn_cb, &flood, NULL);
  while (flood.n[0] + flood.n[1] < 2 * N_FLOOD)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  g_assert_cmpuint (flood.n_turns, >=, 8);
  g_assert_cmpuint (flood.first_at, <, N_FLOOD);
  for (guint i = 0; i < 2; i++)
    close (fds[i]);
  while (coord_socket_hub_count (fixture->server->hub) > 0)
    g_main_context_iteration (NULL, TRUE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/socket/messages", test_messages);
  ADD ("/socket/early-and-slow", test_early_and_slow);
  ADD ("/socket/too-big", test_too_big);
  ADD ("/socket/too-many-fragments", test_too_many_fragments);
  ADD ("/socket/crumbs", test_crumbs);
  ADD ("/socket/fragments-of-some-size", test_fragments_of_some_size);
  ADD ("/socket/too-fast", test_too_fast);
  ADD ("/socket/broken-frames", test_broken_frames);
  ADD ("/socket/slow-reader", test_slow_reader);
  ADD ("/socket/unread-pongs", test_unread_pongs);
  ADD ("/socket/ping", test_ping);
  ADD ("/socket/close-with-reason", test_close_with_reason);
  ADD ("/socket/many", test_many);
  ADD ("/socket/busy", test_busy);
  ADD ("/socket/flood", test_flood);
  return g_test_run ();
}
