#include "net/coord-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* The two halves, which libsoup may keep longer than the whole: fd is -1 then. */

G_DECLARE_FINAL_TYPE (CoordInput, coord_input, COORD, INPUT, GInputStream)
G_DECLARE_FINAL_TYPE (CoordOutput, coord_output, COORD, OUTPUT, GOutputStream)

struct _CoordInput {
  GInputStream parent_instance;
  int fd;
};

struct _CoordOutput {
  GOutputStream parent_instance;
  int fd;
};

struct _CoordStream {
  GIOStream parent_instance;
  CoordInput *input;
  CoordOutput *output;
  CoordStreamClosed closed; /* NULL: called */
  gpointer data;
};

static void input_pollable_init (GPollableInputStreamInterface *iface);
static void output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CoordInput,
  coord_input,
  G_TYPE_INPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, input_pollable_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (CoordOutput,
  coord_output,
  G_TYPE_OUTPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, output_pollable_init))
G_DEFINE_FINAL_TYPE (CoordStream, coord_stream, G_TYPE_IO_STREAM)

static gssize
check (gssize n, GError **error)
{
  int code = errno;

  if (n < 0)
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return n;
}

static gboolean
is_ready (int fd, GIOCondition condition)
{
  GPollFD poll = { fd, condition, 0 };

  return g_poll (&poll, 1, 0) > 0;
}

static GSource *
create_source (gpointer stream, int fd, GIOCondition condition, GCancellable *cancellable)
{
  g_autoptr (GSource) ready = g_unix_fd_source_new (fd, condition);

  return g_pollable_source_new_full (stream, ready, cancellable);
}

/* Reading. */

static gssize
read_some (GPollableInputStream *stream, void *buffer, gsize size, GError **error)
{
  return check (recv (COORD_INPUT (stream)->fd, buffer, size, MSG_DONTWAIT), error);
}

static gssize
input_read (GInputStream *stream,
  void *buffer,
  gsize size,
  GCancellable *cancellable,
  GError **error)
{
  return read_some (G_POLLABLE_INPUT_STREAM (stream), buffer, size, error);
}

static gboolean
is_readable (GPollableInputStream *stream)
{
  return is_ready (COORD_INPUT (stream)->fd, G_IO_IN);
}

static GSource *
create_read_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return create_source (stream, COORD_INPUT (stream)->fd, G_IO_IN, cancellable);
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = read_some;
  iface->is_readable = is_readable;
  iface->create_source = create_read_source;
}

static void
coord_input_class_init (CoordInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = input_read;
}

static void
coord_input_init (CoordInput *input)
{
}

/* Writing. */

static gssize
write_some (GPollableOutputStream *stream, const void *buffer, gsize size, GError **error)
{
  return check (
    send (COORD_OUTPUT (stream)->fd, buffer, size, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE), error);
}

static gssize
output_write (GOutputStream *stream,
  const void *buffer,
  gsize size,
  GCancellable *cancellable,
  GError **error)
{
  return write_some (G_POLLABLE_OUTPUT_STREAM (stream), buffer, size, error);
}

static gboolean
is_writable (GPollableOutputStream *stream)
{
  return is_ready (COORD_OUTPUT (stream)->fd, G_IO_OUT);
}

static GSource *
create_write_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  return create_source (stream, COORD_OUTPUT (stream)->fd, G_IO_OUT, cancellable);
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = write_some;
  iface->is_writable = is_writable;
  iface->create_source = create_write_source;
}

static void
coord_output_class_init (CoordOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = output_write;
}

static void
coord_output_init (CoordOutput *output)
{
}

/* Both. */

static GInputStream *
get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (COORD_STREAM (stream)->input);
}

static GOutputStream *
get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (COORD_STREAM (stream)->output);
}

static gboolean
close_stream (GIOStream *base, GCancellable *cancellable, GError **error)
{
  CoordStream *stream = COORD_STREAM (base);
  CoordStreamClosed closed = stream->closed;

  stream->closed = NULL;
  stream->input->fd = stream->output->fd = -1;
  if (closed != NULL)
    closed (stream->data);
  return TRUE;
}

static void
coord_stream_finalize (GObject *object)
{
  CoordStream *stream = COORD_STREAM (object);

  g_object_unref (stream->input);
  g_object_unref (stream->output);
  G_OBJECT_CLASS (coord_stream_parent_class)->finalize (object);
}

static void
coord_stream_class_init (CoordStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = coord_stream_finalize;
  stream_class->get_input_stream = get_input_stream;
  stream_class->get_output_stream = get_output_stream;
  stream_class->close_fn = close_stream;
}

static void
coord_stream_init (CoordStream *stream)
{
  stream->input = g_object_new (coord_input_get_type (), NULL);
  stream->output = g_object_new (coord_output_get_type (), NULL);
}

GIOStream *
coord_stream_new (int fd, CoordStreamClosed closed, gpointer data)
{
  CoordStream *stream = g_object_new (COORD_TYPE_STREAM, NULL);

  stream->input->fd = stream->output->fd = fd;
  stream->closed = closed;
  stream->data = data;
  return G_IO_STREAM (stream);
}

void
coord_stream_push (int fd)
{
  int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}
