/* Sockets behind one epoll descriptor.
 *
 * A socket goes through three states: open; closing, when our close frame waits in its queue (the
 * owner is told at the end of the turn); lingering, when the frame has left, the writing side is
 * shut and what still arrives is thrown away until the peer closes too, two seconds at most: else a
 * reset would eat the close frame. A socket that is lost goes at once. Freed is a socket at the end
 * of the turn only, since later events of the same turn may still name it.
 *
 * A wslay context takes 8.6 KiB, so it is lent to a socket only while that one is in mid-message.
 */

#include "net/coord-socket.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wslay/wslay.h>

#define PING_AFTER_S 20
#define GONE_AFTER_S 45
#define LINGER_S 2
#define CLOSING_S 10 /* for a peer that does not take our close frame */
#define WHEEL_SLOTS 64 /* seconds; more than every wait */
#define READ_PER_TURN (256 * 1024)
#define FRAMES_PER_CALL 64
#define EVENTS_PER_TURN 128
#define MAX_SPARE_READERS 64

const CoordSocketLimits coord_socket_default_limits = {
  .max_message_bytes = 64 * 1024,
  .max_messages_per_s = 200,
  .max_queue_bytes = 4 * 1024 * 1024,
};

typedef struct {
  CoordSocket *socket; /* who has it now */
  wslay_event_context_ptr context;
} Reader;

typedef struct {
  GBytes *bytes;
  guint8 head[10];
  guint8 head_size; /* 0: bytes is a whole frame */
} Outgoing;

struct _CoordSocket {
  guint refs;
  CoordSocketHub *hub; /* NULL when gone */
  int fd;
  char *address;
  CoordSocketLimits limits;
  const CoordSocketEvents *events;
  gpointer data;
  GDestroyNotify data_free;

  GQueue queue; /* Outgoing; what the kernel did not take yet */
  gsize queue_bytes;
  gsize sent_of_first;

  Reader *reader;
  GBytes *early;
  gsize early_at;
  gsize read_in_turn;
  guint8 head[14]; /* frame boundary tracker */
  guint8 head_size;
  guint64 payload_left;
  gboolean is_in_fragments;

  guint64 heard_at_s;
  guint64 check_at_s;
  gboolean is_pinged;
  guint64 rate_second;
  guint rate_count;
  GList wheel_link;
  GList turn_link;
  gboolean is_in_turn;

  gboolean is_drained; /* nothing more to read in this turn */
  gboolean is_lost; /* the connection failed */
  gboolean wants_out;
  gboolean is_closing;
  gboolean is_lingering;
  gboolean is_told; /* closed was called */
  gboolean is_dead;
  guint close_code;
  char *close_reason;
};

struct _CoordSocketHub {
  int epoll_fd;
  guint epoll_source;
  guint tick_source;
  guint turn_source; /* 0 while nothing waits for the end of a turn, or in a turn */
  gboolean is_in_turn;
  guint64 now_s;
  GQueue wheel[WHEEL_SLOTS];
  GQueue turn; /* sockets with something to send, read or tell */
  GPtrArray *graves;
  GPtrArray *spare_readers;
  guint count; /* open ones */
  GBytes *ping;
};

static void end_turn (CoordSocketHub *hub);

static gboolean
turn_cb (gpointer data)
{
  CoordSocketHub *hub = data;

  hub->turn_source = 0;
  end_turn (hub);
  return G_SOURCE_REMOVE;
}

/* Makes sure that the socket is looked at before the loop sleeps. */
static void
join_turn (CoordSocket *socket)
{
  CoordSocketHub *hub = socket->hub;

  if (socket->is_in_turn)
    return;
  socket->is_in_turn = TRUE;
  g_queue_push_tail_link (&hub->turn, &socket->turn_link);
  if (!hub->is_in_turn && hub->turn_source == 0)
    hub->turn_source = g_idle_add_full (G_PRIORITY_DEFAULT, turn_cb, hub, NULL);
}

static void
leave_wheel (CoordSocket *socket)
{
  g_queue_unlink (&socket->hub->wheel[socket->check_at_s % WHEEL_SLOTS], &socket->wheel_link);
}

static void
enter_wheel (CoordSocket *socket, guint64 at_s)
{
  CoordSocketHub *hub = socket->hub;

  socket->check_at_s = MAX (at_s, hub->now_s + 1);
  g_queue_push_tail_link (&hub->wheel[socket->check_at_s % WHEEL_SLOTS], &socket->wheel_link);
}

static void
set_close (CoordSocket *socket, guint code, const char *reason)
{
  if (socket->close_code != 0)
    return;
  socket->close_code = code;
  socket->close_reason = g_strdup (reason);
}

/* The connection is over. The socket stays in memory until the turn ends. */
static void
kill_socket (CoordSocket *socket)
{
  if (socket->is_dead)
    return;
  set_close (socket, COORD_CLOSE_ABNORMAL, "");
  socket->is_dead = TRUE;
  leave_wheel (socket);
  /* Before close(): the open file may have another descriptor. */
  epoll_ctl (socket->hub->epoll_fd, EPOLL_CTL_DEL, socket->fd, NULL);
  close (socket->fd);
  if (!socket->is_closing)
    socket->hub->count--;
  g_ptr_array_add (socket->hub->graves, socket);
  join_turn (socket);
}

/* Sending. */

static void
outgoing_free (Outgoing *frame)
{
  g_bytes_unref (frame->bytes);
  g_free (frame);
}

static gsize
outgoing_size (const Outgoing *frame)
{
  return frame->head_size + g_bytes_get_size (frame->bytes);
}

static void
push_frame (CoordSocket *socket, Outgoing *frame)
{
  g_queue_push_tail (&socket->queue, frame);
  socket->queue_bytes += outgoing_size (frame);
  join_turn (socket);
}

static Outgoing *
outgoing_new (guint8 opcode, GBytes *payload)
{
  Outgoing *frame = g_new0 (Outgoing, 1);
  gsize size = g_bytes_get_size (payload);

  frame->bytes = g_bytes_ref (payload);
  frame->head[0] = 0x80 | opcode;
  if (size < 126) {
    frame->head[1] = size;
    frame->head_size = 2;
  } else if (size < 65536) {
    frame->head[1] = 126;
    frame->head[2] = size >> 8;
    frame->head[3] = size & 0xff;
    frame->head_size = 4;
  } else {
    frame->head[1] = 127;
    for (int i = 0; i < 8; i++)
      frame->head[2 + i] = (guint64) size >> (8 * (7 - i));
    frame->head_size = 10;
  }
  return frame;
}

/* Drops what was not begun, for a peer that reads too slowly. */
static void
drop_queue (CoordSocket *socket)
{
  while (socket->queue.length > (socket->sent_of_first > 0 ? 1u : 0u)) {
    Outgoing *frame = g_queue_pop_tail (&socket->queue);

    socket->queue_bytes -= outgoing_size (frame);
    outgoing_free (frame);
  }
}

static void
send_message (CoordSocket *socket, guint8 opcode, GBytes *payload)
{
  if (socket->is_closing || socket->is_dead || socket->hub == NULL)
    return;
  if (socket->queue_bytes + g_bytes_get_size (payload) > socket->limits.max_queue_bytes) {
    drop_queue (socket);
    coord_socket_close (socket, COORD_CLOSE_TRY_AGAIN, "Reading too slowly");
    return;
  }
  push_frame (socket, outgoing_new (opcode, payload));
}

/* Takes what the kernel took off the queue. */
static void
drop_sent (CoordSocket *socket, gsize size)
{
  socket->queue_bytes -= size;
  while (size > 0) {
    Outgoing *frame = g_queue_peek_head (&socket->queue);
    gsize rest = outgoing_size (frame) - socket->sent_of_first;

    if (size < rest) {
      socket->sent_of_first += size;
      return;
    }
    size -= rest;
    socket->sent_of_first = 0;
    outgoing_free (g_queue_pop_head (&socket->queue));
  }
}

static guint
fill_vectors (CoordSocket *socket, struct iovec *vectors)
{
  guint n = 0;
  gsize skip = socket->sent_of_first;

  for (GList *l = socket->queue.head; l != NULL && n + 2 <= 2 * FRAMES_PER_CALL; l = l->next) {
    Outgoing *frame = l->data;
    gsize size;
    const guint8 *data = g_bytes_get_data (frame->bytes, &size);

    if (skip < frame->head_size)
      vectors[n++] = (struct iovec){ frame->head + skip, frame->head_size - skip };
    skip = skip > frame->head_size ? skip - frame->head_size : 0;
    if (size > skip)
      vectors[n++] = (struct iovec){ (guint8 *) data + skip, size - skip };
    skip = 0;
  }
  return n;
}

static void
watch (CoordSocket *socket)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = socket };

  if (socket->wants_out == (socket->queue.length > 0))
    return;
  socket->wants_out = socket->queue.length > 0;
  if (socket->wants_out)
    event.events |= EPOLLOUT;
  epoll_ctl (socket->hub->epoll_fd, EPOLL_CTL_MOD, socket->fd, &event);
}

static void
start_linger (CoordSocket *socket)
{
  socket->is_lingering = TRUE;
  shutdown (socket->fd, SHUT_WR);
  leave_wheel (socket);
  enter_wheel (socket, socket->hub->now_s + LINGER_S);
}

static void
flush (CoordSocket *socket)
{
  while (socket->queue.length > 0) {
    struct iovec vectors[2 * FRAMES_PER_CALL];
    struct msghdr message = { .msg_iov = vectors };
    gssize n;

    message.msg_iovlen = fill_vectors (socket, vectors);
    n = sendmsg (socket->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0) {
      kill_socket (socket);
      return;
    }
    drop_sent (socket, n);
  }
  if (socket->queue.length == 0 && socket->is_closing && !socket->is_lingering)
    start_linger (socket);
  watch (socket);
}

/* Reading. */

/* Follows frame heads in the raw stream, only to learn whether it stands between two messages. What
 * is wrong in it is wslay's to judge. */
static void
track (CoordSocket *socket, const guint8 *at, gsize n)
{
  while (n > 0) {
    guint length, need;

    if (socket->payload_left > 0) {
      gsize step = MIN (n, socket->payload_left);

      at += step;
      n -= step;
      socket->payload_left -= step;
      if (socket->payload_left == 0)
        socket->head_size = 0;
      continue;
    }
    socket->head[socket->head_size++] = *at++;
    n--;
    if (socket->head_size < 2)
      continue;
    length = socket->head[1] & 0x7f;
    need = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (socket->head[1] & 0x80 ? 4 : 0);
    if (socket->head_size < need)
      continue;
    socket->payload_left = length;
    if (length >= 126)
      socket->payload_left = 0;
    for (guint i = 0; length >= 126 && i < (length == 126 ? 2u : 8u); i++)
      socket->payload_left = socket->payload_left << 8 | socket->head[2 + i];
    if ((socket->head[0] & 0x08) == 0)
      socket->is_in_fragments = (socket->head[0] & 0x80) == 0;
    if (socket->payload_left == 0)
      socket->head_size = 0;
  }
}

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
  track (socket, buffer, size);
  return size;
}

static ssize_t
receive_cb (wslay_event_context_ptr context, uint8_t *buffer, size_t size, int flags, void *data)
{
  CoordSocket *socket = ((Reader *) data)->socket;
  ssize_t n;

  if (socket->early != NULL)
    return read_early (socket, buffer, size);
  if (socket->is_drained) {
    wslay_event_set_error (context, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  do
    n = recv (socket->fd, buffer, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n > 0) {
    socket->read_in_turn += n;
    socket->is_drained = (gsize) n < size || socket->read_in_turn >= READ_PER_TURN;
    track (socket, buffer, n);
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
  CoordSocket *socket = ((Reader *) user_data)->socket;
  Outgoing *frame;

  if (socket->is_closing)
    return size;
  if (socket->queue_bytes + size > socket->limits.max_queue_bytes) {
    drop_queue (socket);
    coord_socket_close (socket, COORD_CLOSE_TRY_AGAIN, "Reading too slowly");
    return size;
  }
  frame = g_new0 (Outgoing, 1);
  frame->bytes = g_bytes_new (data, size);
  push_frame (socket, frame);
  return size;
}

static gboolean
is_too_fast (CoordSocket *socket)
{
  if (socket->rate_second != socket->hub->now_s) {
    socket->rate_second = socket->hub->now_s;
    socket->rate_count = 0;
  }
  return ++socket->rate_count > socket->limits.max_messages_per_s;
}

static void
message_cb (wslay_event_context_ptr context,
  const struct wslay_event_on_msg_recv_arg *message,
  void *data)
{
  CoordSocket *socket = ((Reader *) data)->socket;
  g_autoptr (GBytes) bytes = NULL;

  if (socket->is_closing || socket->is_dead)
    return;
  if (is_too_fast (socket)) {
    coord_socket_close (socket, COORD_CLOSE_TRY_AGAIN, "Too many messages");
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

static void
reader_free (Reader *reader)
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
    socket->reader = g_new0 (Reader, 1);
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
  Reader *reader = socket->reader;
  GPtrArray *spare = socket->hub->spare_readers;

  if (socket->is_dead || socket->is_closing || socket->head_size > 0 || socket->payload_left > 0 ||
      socket->is_in_fragments || socket->early != NULL ||
      !wslay_event_get_read_enabled (reader->context) || wslay_event_want_write (reader->context))
    return;
  socket->reader = NULL;
  if (spare->len >= MAX_SPARE_READERS) {
    reader_free (reader);
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
  leave_wheel (socket);
  enter_wheel (socket, socket->hub->now_s + CLOSING_S);
  join_turn (socket);
}

static void
throw_away (CoordSocket *socket)
{
  guint8 trash[16384];
  ssize_t n = recv (socket->fd, trash, sizeof trash, MSG_DONTWAIT);

  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    kill_socket (socket);
}

static void
read_socket (CoordSocket *socket)
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
  socket->heard_at_s = socket->hub->now_s;
  socket->is_pinged = FALSE;
  result = wslay_event_recv (context);
  if (socket->is_dead || socket->is_closing)
    return;
  if (result != 0 && (socket->is_lost || result == WSLAY_ERR_NOMEM)) {
    kill_socket (socket);
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

/* Turns. */

static void
tell_closed (CoordSocket *socket)
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

static void
bury (CoordSocketHub *hub)
{
  while (hub->graves->len > 0) {
    CoordSocket *socket = g_ptr_array_steal_index_fast (hub->graves, hub->graves->len - 1);

    tell_closed (socket);
    if (socket->is_in_turn)
      g_queue_unlink (&hub->turn, &socket->turn_link);
    socket->is_in_turn = FALSE;
    socket->hub = NULL;
    coord_socket_unref (socket);
  }
}

static void
end_turn (CoordSocketHub *hub)
{
  hub->is_in_turn = TRUE;
  while (hub->turn.length > 0 || hub->graves->len > 0) {
    while (hub->turn.length > 0) {
      CoordSocket *socket = g_queue_pop_head_link (&hub->turn)->data;

      socket->is_in_turn = FALSE;
      if (socket->early != NULL && !socket->is_closing && !socket->is_dead)
        read_socket (socket);
      if (socket->is_closing && !socket->is_told)
        tell_closed (socket);
      if (!socket->is_dead)
        flush (socket);
    }
    bury (hub);
  }
  hub->is_in_turn = FALSE;
}

static gboolean
epoll_cb (int fd, GIOCondition condition, gpointer data)
{
  CoordSocketHub *hub = data;
  struct epoll_event events[EVENTS_PER_TURN];
  /* One batch a turn, so that HTTP gets its share. */
  int n = epoll_wait (fd, events, EVENTS_PER_TURN, 0);

  hub->is_in_turn = TRUE;
  for (int i = 0; i < n; i++) {
    CoordSocket *socket = events[i].data.ptr;

    if (socket->is_dead)
      continue;
    if (events[i].events & EPOLLIN)
      read_socket (socket);
    else if (events[i].events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
      kill_socket (socket);
    if (!socket->is_dead && (events[i].events & EPOLLOUT))
      join_turn (socket);
  }
  end_turn (hub);
  return G_SOURCE_CONTINUE;
}

static void
check_silence (CoordSocket *socket)
{
  guint64 silent_s = socket->hub->now_s - socket->heard_at_s;

  if (socket->is_closing || silent_s >= GONE_AFTER_S) {
    kill_socket (socket);
    return;
  }
  leave_wheel (socket);
  if (silent_s >= PING_AFTER_S && !socket->is_pinged) {
    Outgoing *ping = g_new0 (Outgoing, 1);

    ping->bytes = g_bytes_ref (socket->hub->ping);
    push_frame (socket, ping);
    socket->is_pinged = TRUE;
  }
  enter_wheel (socket, socket->heard_at_s + (socket->is_pinged ? GONE_AFTER_S : PING_AFTER_S));
}

static gboolean
tick_cb (gpointer data)
{
  CoordSocketHub *hub = data;
  GList *next;

  hub->is_in_turn = TRUE;
  hub->now_s++;
  for (GList *l = hub->wheel[hub->now_s % WHEEL_SLOTS].head; l != NULL; l = next) {
    next = l->next;
    check_silence (l->data);
  }
  end_turn (hub);
  return G_SOURCE_CONTINUE;
}

void
coord_socket_hub_advance (CoordSocketHub *hub, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    tick_cb (hub);
}

CoordSocketHub *
coord_socket_hub_new (void)
{
  CoordSocketHub *hub = g_new0 (CoordSocketHub, 1);
  static const guint8 ping[] = { 0x89, 0x00 };

  hub->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (hub->epoll_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));
  hub->graves = g_ptr_array_new ();
  hub->spare_readers = g_ptr_array_new_with_free_func ((GDestroyNotify) reader_free);
  hub->ping = g_bytes_new_static (ping, sizeof ping);
  hub->now_s = 1;
  hub->epoll_source = g_unix_fd_add (hub->epoll_fd, G_IO_IN, epoll_cb, hub);
  hub->tick_source = g_timeout_add (1000, tick_cb, hub);
  return hub;
}

void
coord_socket_hub_free (CoordSocketHub *hub)
{
  hub->is_in_turn = TRUE;
  for (guint i = 0; i < WHEEL_SLOTS; i++)
    while (hub->wheel[i].length > 0)
      kill_socket (hub->wheel[i].head->data);
  end_turn (hub);
  g_source_remove (hub->epoll_source);
  g_source_remove (hub->tick_source);
  g_clear_handle_id (&hub->turn_source, g_source_remove);
  close (hub->epoll_fd);
  g_ptr_array_unref (hub->graves);
  g_ptr_array_unref (hub->spare_readers);
  g_bytes_unref (hub->ping);
  g_free (hub);
}

CoordSocket *
coord_socket_hub_adopt (CoordSocketHub *hub,
  int fd,
  const char *address,
  GBytes *early,
  const CoordSocketLimits *limits)
{
  CoordSocket *socket = g_new0 (CoordSocket, 1);
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = socket };

  if (epoll_ctl (hub->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
    close (fd);
    g_free (socket);
    return NULL;
  }
  socket->refs = 1;
  socket->hub = hub;
  socket->fd = fd;
  socket->address = g_strdup (address);
  socket->limits = *limits;
  socket->wheel_link.data = socket;
  socket->turn_link.data = socket;
  socket->heard_at_s = hub->now_s;
  enter_wheel (socket, hub->now_s + PING_AFTER_S);
  hub->count++;
  if (early != NULL && g_bytes_get_size (early) > 0) {
    socket->early = g_bytes_ref (early);
    join_turn (socket);
  }
  return socket;
}

void
coord_socket_hub_close_all (CoordSocketHub *hub, guint code, const char *reason)
{
  for (guint i = 0; i < WHEEL_SLOTS; i++) {
    GList *next;

    for (GList *l = hub->wheel[i].head; l != NULL; l = next) {
      next = l->next;
      coord_socket_close (l->data, code, reason);
    }
  }
}

guint
coord_socket_hub_count (CoordSocketHub *hub)
{
  return hub->count;
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
  g_queue_clear_full (&socket->queue, (GDestroyNotify) outgoing_free);
  g_clear_pointer (&socket->reader, reader_free);
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

  if (socket->is_closing || socket->is_dead || socket->hub == NULL)
    return;
  data[0] = code >> 8;
  data[1] = code & 0xff;
  memcpy (data + 2, reason, size);
  payload = g_bytes_new (data, size + 2);
  set_close (socket, code, reason);
  begin_close (socket);
  push_frame (socket, outgoing_new (WSLAY_CONNECTION_CLOSE, payload));
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
  return socket->queue_bytes;
}
