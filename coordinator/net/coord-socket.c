/* One socket; see coord-socket-private.h for its states. */

#include "net/coord-socket-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#define GONE_AFTER_S 45
#define LINGER_S 2
#define CLOSING_S 10 /* for a peer that does not take our close frame */
#define READ_PER_TURN (256 * 1024)
#define MAX_SPARE_READERS 64

const CoordSocketLimits coord_socket_default_limits = {
  .max_message_bytes = 64 * 1024,
  .max_messages_per_s = 200,
  .max_queue_bytes = 4 * 1024 * 1024,
};

struct _CoordReader {
  CoordSocket *socket; /* who has it now */
  wslay_event_context_ptr context;
};

static void
set_close (CoordSocket *socket, guint code, const char *reason)
{
  if (socket->close_code != 0)
    return;
  socket->close_code = code;
  socket->close_reason = g_strdup (reason);
}

void
coord_socket_kill (CoordSocket *socket)
{
  if (socket->is_dead)
    return;
  set_close (socket, COORD_CLOSE_ABNORMAL, "");
  socket->is_dead = TRUE;
  coord_wheel_leave (&socket->hub->wheel, &socket->place);
  /* Before close(): the open file may have another descriptor. */
  coord_socket_hub_leave_busy (socket);
  coord_socket_hub_watch (socket, EPOLL_CTL_DEL);
  close (socket->fd);
  if (!socket->is_closing)
    socket->hub->count--;
  g_ptr_array_add (socket->hub->graves, socket);
  coord_socket_hub_join_turn (socket);
}

/* Sending. */

static void
push (CoordSocket *socket, guint8 opcode, GBytes *payload)
{
  socket->n_frames++;
  coord_send_queue_push (&socket->queue, opcode, payload);
  coord_socket_hub_join_turn (socket);
}

static void
push_frame (CoordSocket *socket, GBytes *frame)
{
  coord_send_queue_push_frame (&socket->queue, frame);
  coord_socket_hub_join_turn (socket);
}

/* Closes when so much more is too much for the queue. */
static gboolean
has_room (CoordSocket *socket, gsize size)
{
  if (socket->queue.bytes + size <= socket->limits.max_queue_bytes)
    return TRUE;
  coord_send_queue_drop (&socket->queue);
  coord_socket_close (socket, COORD_CLOSE_TRY_AGAIN, "Reading too slowly");
  return FALSE;
}

static void
send_message (CoordSocket *socket, guint8 opcode, GBytes *payload)
{
  if (coord_socket_is_open (socket) && has_room (socket, g_bytes_get_size (payload)))
    push (socket, opcode, payload);
}

static void
watch (CoordSocket *socket)
{
  if (socket->wants_out == (socket->queue.pieces.length > 0))
    return;
  socket->wants_out = socket->queue.pieces.length > 0;
  coord_socket_hub_watch (socket, EPOLL_CTL_MOD);
}

static void
start_linger (CoordSocket *socket)
{
  socket->is_lingering = TRUE;
  shutdown (socket->fd, SHUT_WR);
  coord_wheel_move (&socket->hub->wheel, &socket->place, socket->hub->wheel.now_s + LINGER_S);
}

void
coord_socket_flush (CoordSocket *socket)
{
  while (socket->queue.pieces.length > 0) {
    struct iovec vectors[COORD_SEND_QUEUE_VECTORS];
    struct msghdr message = { .msg_iov = vectors };
    gssize n;

    message.msg_iovlen = coord_send_queue_fill (&socket->queue, vectors);
    n = sendmsg (socket->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0) {
      coord_socket_kill (socket);
      return;
    }
    coord_send_queue_take_sent (&socket->queue, n);
  }
  if (socket->queue.pieces.length == 0 && socket->is_closing && !socket->is_lingering)
    start_linger (socket);
  watch (socket);
}

void
coord_socket_check_silence (CoordSocket *socket)
{
  static const guint8 ping[] = { 0x89, 0x00 };
  CoordWheel *wheel = &socket->hub->wheel;
  guint64 silent_s = wheel->now_s - socket->heard_at_s;

  if (socket->is_closing || silent_s >= GONE_AFTER_S) {
    coord_socket_kill (socket);
    return;
  }
  if (silent_s >= COORD_SOCKET_PING_AFTER_S && !socket->is_pinged) {
    g_autoptr (GBytes) frame = g_bytes_new_static (ping, sizeof ping);

    push_frame (socket, frame);
    socket->is_pinged = TRUE;
  }
  coord_wheel_move (wheel, &socket->place,
    socket->heard_at_s + (socket->is_pinged ? GONE_AFTER_S : COORD_SOCKET_PING_AFTER_S));
}

/* Reading. */

static ssize_t
read_early (CoordSocket *socket, guint8 *buffer, gsize size)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (socket->early, &length);

  size = MIN (size, length - socket->early_at);
  memcpy (buffer, data + socket->early_at, size);
  socket->early_at += size;
  if (socket->early_at == length)
    g_clear_pointer (&socket->early, g_bytes_unref);
  coord_frame_tracker_follow (&socket->tracker, buffer, size);
  return size;
}

static ssize_t
receive_cb (wslay_event_context_ptr context, uint8_t *buffer, size_t size, int flags, void *data)
{
  CoordSocket *socket = ((CoordReader *) data)->socket;
  ssize_t n;

  if (coord_frame_tracker_sees_crumbs (&socket->tracker)) {
    wslay_event_set_error (context, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
  }
  if (socket->early != NULL)
    return read_early (socket, buffer, size);
  if (socket->is_drained ||
      (socket->read_in_turn > 0 && g_get_monotonic_time () >= socket->hub->read_until_us)) {
    wslay_event_set_error (context, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  do
    n = recv (socket->fd, buffer, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n > 0) {
    socket->read_in_turn += n;
    socket->is_drained = (gsize) n < size || socket->read_in_turn >= READ_PER_TURN;
    coord_frame_tracker_follow (&socket->tracker, buffer, n);
    return n;
  }
  socket->is_lost = n == 0 || errno != EAGAIN;
  wslay_event_set_error (
    context, socket->is_lost ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
  return -1;
}

/* Pongs and close frames of wslay's own. Pings cost us memory when their pongs are not read. */
static ssize_t
send_cb (wslay_event_context_ptr context,
  const uint8_t *data,
  size_t size,
  int flags,
  void *user_data)
{
  CoordSocket *socket = ((CoordReader *) user_data)->socket;

  if (!socket->is_closing && has_room (socket, size)) {
    g_autoptr (GBytes) frame = g_bytes_new (data, size);

    push_frame (socket, frame);
  }
  return size;
}

static gboolean
is_too_fast (CoordSocket *socket)
{
  if (socket->rate_second != socket->hub->wheel.now_s) {
    socket->rate_second = socket->hub->wheel.now_s;
    socket->rate_count = 0;
  }
  return ++socket->rate_count > socket->limits.max_messages_per_s;
}

static void
message_cb (wslay_event_context_ptr context,
  const struct wslay_event_on_msg_recv_arg *message,
  void *data)
{
  CoordSocket *socket = ((CoordReader *) data)->socket;
  g_autoptr (GBytes) bytes = NULL;

  if (socket->is_closing || socket->is_dead)
    return;
  if (is_too_fast (socket)) {
    coord_socket_close (socket, COORD_CLOSE_TRY_AGAIN, "Too many messages");
    wslay_event_shutdown_read (context);
    return;
  }
  /* wslay takes a close code of one byte for none. */
  if (message->opcode == WSLAY_CONNECTION_CLOSE && message->msg_length == 1) {
    coord_socket_close (socket, COORD_CLOSE_PROTOCOL_ERROR, "Broken frame");
    wslay_event_shutdown_read (context);
    return;
  }
  if (message->opcode == WSLAY_CONNECTION_CLOSE) {
    g_autofree char *reason =
      message->msg_length > 2 ? g_strndup ((const char *) message->msg + 2, message->msg_length - 2)
                              : g_strdup ("");

    set_close (
      socket, message->status_code != 0 ? message->status_code : COORD_CLOSE_NO_STATUS, reason);
    return;
  }
  if (wslay_is_ctrl_frame (message->opcode) || socket->events == NULL)
    return;
  bytes = g_bytes_new (message->msg, message->msg_length);
  socket->events->message (socket, message->opcode == WSLAY_TEXT_FRAME, bytes, socket->data);
  if (socket->is_closing)
    wslay_event_shutdown_read (context);
}

void
coord_reader_free (CoordReader *reader)
{
  wslay_event_context_free (reader->context);
  g_free (reader);
}

static void
take_reader (CoordSocket *socket)
{
  static const struct wslay_event_callbacks callbacks = {
    .recv_callback = receive_cb,
    .send_callback = send_cb,
    .on_msg_recv_callback = message_cb,
  };
  GPtrArray *spare = socket->hub->spare_readers;

  if (socket->reader != NULL)
    return;
  if (spare->len > 0)
    socket->reader = g_ptr_array_steal_index_fast (spare, spare->len - 1);
  else {
    socket->reader = g_new0 (CoordReader, 1);
    if (wslay_event_context_server_init (&socket->reader->context, &callbacks, socket->reader) != 0)
      g_error ("Out of memory");
  }
  socket->reader->socket = socket;
  wslay_event_config_set_max_recv_msg_length (
    socket->reader->context, socket->limits.max_message_bytes);
}

static void
return_reader (CoordSocket *socket)
{
  CoordReader *reader = socket->reader;
  GPtrArray *spare = socket->hub->spare_readers;

  if (socket->is_dead || socket->is_closing || socket->early != NULL ||
      !coord_frame_tracker_is_between_messages (&socket->tracker) ||
      !wslay_event_get_read_enabled (reader->context) || wslay_event_want_write (reader->context))
    return;
  socket->reader = NULL;
  if (spare->len >= MAX_SPARE_READERS) {
    coord_reader_free (reader);
    return;
  }
  reader->socket = NULL;
  g_ptr_array_add (spare, reader);
}

/* The owner is told at the end of the turn, the frame goes out with it. */
static void
begin_close (CoordSocket *socket)
{
  socket->is_closing = TRUE;
  socket->hub->count--;
  coord_wheel_move (&socket->hub->wheel, &socket->place, socket->hub->wheel.now_s + CLOSING_S);
  coord_socket_hub_join_turn (socket);
}

static void
throw_away (CoordSocket *socket)
{
  guint8 trash[16384];
  ssize_t n = recv (socket->fd, trash, sizeof trash, MSG_DONTWAIT);

  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    coord_socket_kill (socket);
}

void
coord_socket_read (CoordSocket *socket)
{
  wslay_event_context_ptr context;
  int result;

  if (socket->is_closing) {
    throw_away (socket);
    return;
  }
  take_reader (socket);
  context = socket->reader->context;
  socket->is_drained = FALSE;
  socket->read_in_turn = 0;
  socket->heard_at_s = socket->hub->wheel.now_s;
  socket->is_pinged = FALSE;
  result = wslay_event_recv (context);
  if (socket->is_dead || socket->is_closing)
    return;
  if (result != 0 && (socket->is_lost || result == WSLAY_ERR_NOMEM)) {
    coord_socket_kill (socket);
    return;
  }
  if (result != 0 && coord_frame_tracker_sees_crumbs (&socket->tracker)) {
    coord_socket_close (socket, COORD_CLOSE_TOO_BIG, "Too many fragments");
    return;
  }
  if (result != 0) {
    /* A broken frame head: wslay would close without a code. */
    coord_socket_close (socket, COORD_CLOSE_PROTOCOL_ERROR, "Broken frame");
    return;
  }
  if (wslay_event_want_write (context))
    wslay_event_send (context);
  if (socket->is_closing)
    return;
  if (!wslay_event_want_read (context)) {
    set_close (socket, MAX (wslay_event_get_status_code_sent (context), COORD_CLOSE_NORMAL), "");
    begin_close (socket);
  }
  return_reader (socket);
}

/* The owner. */

void
coord_socket_tell_closed (CoordSocket *socket)
{
  gpointer data = g_steal_pointer (&socket->data);
  GDestroyNotify data_free = socket->data_free;

  if (socket->is_told)
    return;
  socket->is_told = TRUE;
  if (socket->events != NULL)
    socket->events->closed (socket, socket->close_code, socket->close_reason, data);
  if (data_free != NULL)
    data_free (data);
  socket->events = NULL;
}

CoordSocket *
coord_socket_ref (CoordSocket *socket)
{
  socket->refs++;
  return socket;
}

void
coord_socket_unref (CoordSocket *socket)
{
  if (--socket->refs > 0)
    return;
  coord_send_queue_clear (&socket->queue);
  g_clear_pointer (&socket->reader, coord_reader_free);
  g_clear_pointer (&socket->early, g_bytes_unref);
  g_free (socket->close_reason);
  g_free (socket->address);
  g_free (socket);
}

void
coord_socket_set_events (CoordSocket *socket,
  const CoordSocketEvents *events,
  gpointer data,
  GDestroyNotify data_free)
{
  gpointer old = g_steal_pointer (&socket->data);
  GDestroyNotify old_free = socket->data_free;

  socket->events = events;
  socket->data = data;
  socket->data_free = data_free;
  if (old != NULL && old_free != NULL)
    old_free (old);
}

void
coord_socket_send_binary (CoordSocket *socket, GBytes *message)
{
  send_message (socket, WSLAY_BINARY_FRAME, message);
}

void
coord_socket_send_text (CoordSocket *socket, GBytes *text)
{
  send_message (socket, WSLAY_TEXT_FRAME, text);
}

void
coord_socket_send_string (CoordSocket *socket, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  send_message (socket, WSLAY_TEXT_FRAME, bytes);
}

void
coord_socket_close (CoordSocket *socket, guint code, const char *reason)
{
  g_autoptr (GBytes) payload = NULL;
  guint8 data[125];
  gsize size = MIN (strlen (reason), sizeof data - 2);

  if (!coord_socket_is_open (socket))
    return;
  data[0] = code >> 8;
  data[1] = code & 0xff;
  memcpy (data + 2, reason, size);
  payload = g_bytes_new (data, size + 2);
  set_close (socket, code, reason);
  begin_close (socket);
  push (socket, WSLAY_CONNECTION_CLOSE, payload);
}

void
coord_socket_set_limits (CoordSocket *socket, const CoordSocketLimits *limits)
{
  socket->limits = *limits;
  if (socket->reader != NULL)
    wslay_event_config_set_max_recv_msg_length (socket->reader->context, limits->max_message_bytes);
}

const char *
coord_socket_get_address (CoordSocket *socket)
{
  return socket->address;
}

gboolean
coord_socket_is_open (CoordSocket *socket)
{
  return socket->hub != NULL && !socket->is_closing && !socket->is_dead;
}

gsize
coord_socket_get_queued_bytes (CoordSocket *socket)
{
  return socket->queue.bytes;
}
