/* A descriptor as a stream, over a real connection. */

#include "net/coord-stream.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int ours, theirs;
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  guint n_closed;
} Fixture;

static void
closed_cb (gpointer data)
{
  Fixture *fixture = data;

  fixture->n_closed++;
  close (fixture->ours);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int listening = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (listening, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (listening, 1), ==, 0);
  g_assert_cmpint (getsockname (listening, (struct sockaddr *) &address, &size), ==, 0);
  fixture->theirs = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fixture->theirs, (struct sockaddr *) &address, size), ==, 0);
  fixture->ours = accept4 (listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  g_assert_cmpint (fixture->ours, >=, 0);
  close (listening);
  fixture->stream = coord_stream_new (fixture->ours, closed_cb, fixture);
  fixture->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (fixture->stream));
  fixture->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (fixture->stream));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->stream);
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  close (fixture->theirs);
}

static void
write_text (Fixture *fixture, const char *text)
{
  gssize n =
    g_pollable_output_stream_write_nonblocking (fixture->output, text, strlen (text), NULL, NULL);

  g_assert_cmpint (n, ==, strlen (text));
}

static gboolean
ready_cb (GObject *stream, gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (GSource *source)
{
  gboolean is_ready = FALSE;

  g_source_set_callback (source, G_SOURCE_FUNC (ready_cb), &is_ready, NULL);
  g_source_attach (source, NULL);
  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);
  g_source_unref (source);
}

static void
test_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char buffer[16];

  g_assert_false (g_pollable_input_stream_is_readable (fixture->input));
  g_assert_cmpint (
    g_pollable_input_stream_read_nonblocking (fixture->input, buffer, sizeof buffer, NULL, &error),
    ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpint (send (fixture->theirs, "hello", 5, 0), ==, 5);
  wait_for (g_pollable_input_stream_create_source (fixture->input, NULL));
  g_assert_true (g_pollable_input_stream_is_readable (fixture->input));
  g_assert_cmpint (
    g_input_stream_read (G_INPUT_STREAM (fixture->input), buffer, sizeof buffer, NULL, NULL), ==,
    5);
  shutdown (fixture->theirs, SHUT_WR);
  wait_for (g_pollable_input_stream_create_source (fixture->input, NULL));
  g_assert_cmpint (
    g_pollable_input_stream_read_nonblocking (fixture->input, buffer, sizeof buffer, NULL, NULL),
    ==, 0);
}

/* Two writes and a push arrive together. */
static void
test_write (Fixture *fixture, gconstpointer data)
{
  char buffer[16];

  wait_for (g_pollable_output_stream_create_source (fixture->output, NULL));
  g_assert_true (g_pollable_output_stream_is_writable (fixture->output));
  write_text (fixture, "one ");
  write_text (fixture, "two");
  coord_stream_push (fixture->ours);
  g_assert_cmpint (recv (fixture->theirs, buffer, 7, MSG_WAITALL), ==, 7);
  g_assert_cmpmem (buffer, 7, "one two", 7);
}

/* The end sends what waits. */
static void
test_end (Fixture *fixture, gconstpointer data)
{
  char buffer[16];

  write_text (fixture, "last");
  shutdown (fixture->ours, SHUT_WR);
  g_assert_cmpint (recv (fixture->theirs, buffer, sizeof buffer, MSG_WAITALL), ==, 4);
}

static void
test_client_gone (Fixture *fixture, gconstpointer data)
{
  struct linger zero = { 1, 0 };
  struct pollfd ours = { fixture->ours, POLLIN, 0 };
  g_autoptr (GError) error = NULL;

  setsockopt (fixture->theirs, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
  close (fixture->theirs);
  fixture->theirs = -1;
  g_assert_cmpint (poll (&ours, 1, -1), ==, 1);
  g_assert_cmpint (
    g_output_stream_write (G_OUTPUT_STREAM (fixture->output), "x", 1, NULL, &error), ==, -1);
  g_assert_nonnull (error);
}

/* Closed once; the halves may live longer and then have no descriptor. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInputStream) input = g_object_ref (G_INPUT_STREAM (fixture->input));
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (g_io_stream_close (fixture->stream, NULL, NULL));
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_true (g_io_stream_close (fixture->stream, NULL, NULL));
  g_clear_object (&fixture->stream);
  g_assert_cmpint (g_input_stream_read (input, &byte, 1, NULL, &error), ==, -1);
  g_assert_nonnull (error);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/coord-stream/read", test_read);
  ADD ("/coord-stream/write", test_write);
  ADD ("/coord-stream/end", test_end);
  ADD ("/coord-stream/client-gone", test_client_gone);
  ADD ("/coord-stream/close", test_close);
  return g_test_run ();
}
