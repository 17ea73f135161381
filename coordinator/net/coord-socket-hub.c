/* All sockets: the epoll source, the turns and the seconds. */

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/coord-socket-private.h"

#define EVENTS_PER_TURN 128
#define READ_PER_TURN_US 1000 /* then HTTP and workers get their share; small messages are many */
#define FLUSHES_PER_TURN 256
#define BUSY_US (20 * 1000) /* so many frames in so long make a socket busy: 800 a second */
#define BUSY_FRAMES 16
#define WAITING_BYTES (64 * 1024) /* more does not wait for the next beat */
#define UNREAD_MS 45000 /* the kernel ends who takes nothing for so long, as silence does */

static void end_turn (CoordSocketHub *hub);

static gboolean
turn_cb (gpointer data)
{
  CoordSocketHub *hub = data;

  hub->turn_source = 0;
  end_turn (hub);
  return G_SOURCE_REMOVE;
}

void
coord_socket_hub_join_turn (CoordSocket *socket)
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
bury (CoordSocketHub *hub)
{
  while (hub->graves->len > 0) {
    CoordSocket *socket = g_ptr_array_steal_index_fast (hub->graves, hub->graves->len - 1);

    coord_socket_tell_closed (socket);
    if (socket->is_in_turn)
      g_queue_unlink (&hub->turn, &socket->turn_link);
    socket->is_in_turn = FALSE;
    socket->hub = NULL;
    coord_socket_unref (socket);
  }
}

gboolean
coord_socket_hub_watch (CoordSocket *socket, int operation)
{
  CoordSocketHub *hub = socket->hub;
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = socket };

  if (socket->wants_out)
    event.events |= EPOLLOUT;
  return epoll_ctl (
           socket->is_busy ? hub->busy_fd : hub->epoll_fd, operation, socket->fd, &event) == 0;
}

/* Busy sockets. In a room where fifty people type, each is sent 1500 small messages a second, and
 * the kernel's part of sending one is most of what it costs. So what has come from such sockets,
 * and what they are sent of it, is read and written together with each beat. */

static gboolean beat_cb (gpointer data);

static void
plan_beat (CoordSocketHub *hub, gboolean is_done)
{
  if (hub->busy.length == 0 || hub->beat_source != 0)
    return;
  hub->beat_source = is_done ? g_timeout_add (COORD_SOCKET_BEAT_MS, beat_cb, hub)
                             : g_idle_add_full (G_PRIORITY_DEFAULT, beat_cb, hub, NULL);
}

static void
set_busy (CoordSocket *socket, gboolean is_busy)
{
  CoordSocketHub *hub = socket->hub;

  coord_socket_hub_watch (socket, EPOLL_CTL_DEL);
  socket->is_busy = is_busy;
  if (is_busy)
    g_queue_push_tail_link (&hub->busy, &socket->busy_link);
  else
    g_queue_unlink (&hub->busy, &socket->busy_link);
  plan_beat (hub, TRUE);
  if (!coord_socket_hub_watch (socket, EPOLL_CTL_ADD))
    socket->is_lost = TRUE;
}

void
coord_socket_hub_leave_busy (CoordSocket *socket)
{
  if (socket->is_busy)
    set_busy (socket, FALSE);
}

/* Looks whether so much was sent of late that more is to be expected in a moment. */
static void
judge (CoordSocket *socket, gint64 now_us)
{
  gint64 passed_us = now_us - socket->counted_at_us;
  gboolean is_busy;

  if (passed_us < BUSY_US && !socket->is_closing)
    return;
  is_busy = !socket->is_closing && socket->n_frames * BUSY_US >= BUSY_FRAMES * passed_us;
  socket->counted_at_us = now_us;
  socket->n_frames = 0;
  if (is_busy != socket->is_busy)
    set_busy (socket, is_busy);
}

static gboolean
may_wait (CoordSocket *socket)
{
  return socket->is_busy && !socket->wants_out && socket->queue.bytes < WAITING_BYTES;
}

static void
end_turn (CoordSocketHub *hub)
{
  gint64 now_us = g_get_monotonic_time ();

  hub->is_in_turn = TRUE;
  while (hub->turn.length > 0 || hub->graves->len > 0) {
    while (hub->turn.length > 0) {
      CoordSocket *socket = g_queue_pop_head_link (&hub->turn)->data;

      socket->is_in_turn = FALSE;
      if (socket->early != NULL && !socket->is_closing && !socket->is_dead)
        coord_socket_read (socket);
      if (socket->is_closing && !socket->is_told)
        coord_socket_tell_closed (socket);
      if (!socket->is_dead)
        judge (socket, now_us);
      if (socket->is_lost && !socket->is_dead)
        coord_socket_kill (socket);
      if (!socket->is_dead && !may_wait (socket))
        coord_socket_flush (socket);
    }
    bury (hub);
  }
  hub->is_in_turn = FALSE;
}

/* One batch a turn, and no longer than it may last, so that HTTP gets its share. Whoever was not
 * reached is told of again with the next; another socket is the first then, lest one that always
 * has more keeps the others from it. FALSE: there may be more. */
static gboolean
take_events (CoordSocketHub *hub, int fd)
{
  struct epoll_event events[EVENTS_PER_TURN];
  int n = epoll_wait (fd, events, EVENTS_PER_TURN, 0);
  guint first = hub->n_batches++;

  hub->read_until_us = g_get_monotonic_time () + READ_PER_TURN_US;
  for (int i = 0; i < n; i++) {
    const struct epoll_event *event = &events[(first + i) % n];
    CoordSocket *socket = event->data.ptr;

    if (i > 0 && g_get_monotonic_time () >= hub->read_until_us)
      return FALSE;
    if (socket->is_dead)
      continue;
    if (event->events & EPOLLIN)
      coord_socket_read (socket);
    else if (event->events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
      coord_socket_kill (socket);
    if (!socket->is_dead && (event->events & EPOLLOUT))
      coord_socket_hub_join_turn (socket);
  }
  return n < EVENTS_PER_TURN;
}

static gboolean
epoll_cb (int fd, GIOCondition condition, gpointer data)
{
  CoordSocketHub *hub = data;

  hub->is_in_turn = TRUE;
  take_events (hub, fd);
  end_turn (hub);
  return G_SOURCE_CONTINUE;
}

static void
beat (CoordSocket *socket, gint64 now_us)
{
  if (socket->queue.pieces.length > 0 && !socket->is_closing && !socket->wants_out)
    coord_socket_flush (socket);
  if (!socket->is_dead)
    judge (socket, now_us);
}

static gboolean
beat_cb (gpointer data)
{
  CoordSocketHub *hub = data;
  gint64 now_us = g_get_monotonic_time ();
  gboolean is_done;

  hub->is_in_turn = TRUE;
  is_done = take_events (hub, hub->busy_fd);
  if (hub->n_to_flush == 0)
    hub->n_to_flush = hub->busy.length;
  for (guint n = 0; n < FLUSHES_PER_TURN && hub->n_to_flush > 0 && hub->busy.length > 0; n++) {
    GList *link = g_queue_pop_head_link (&hub->busy);

    hub->n_to_flush--;
    g_queue_push_tail_link (&hub->busy, link);
    beat (link->data, now_us);
  }
  end_turn (hub);
  hub->beat_source = 0;
  plan_beat (hub, is_done && hub->n_to_flush == 0);
  return G_SOURCE_REMOVE;
}

static gboolean
tick_cb (gpointer data)
{
  CoordSocketHub *hub = data;
  GList *next;

  hub->is_in_turn = TRUE;
  for (GList *l = coord_wheel_turn (&hub->wheel); l != NULL; l = next) {
    next = l->next;
    coord_socket_check_silence (l->data);
  }
  end_turn (hub);
  return G_SOURCE_CONTINUE;
}

void
coord_socket_hub_hold (CoordSocketHub *hub)
{
  g_clear_handle_id (&hub->tick_source, g_source_remove);
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

  hub->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  hub->busy_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (hub->epoll_fd < 0 || hub->busy_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));
  hub->graves = g_ptr_array_new ();
  hub->spare_readers = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_reader_free);
  hub->wheel.now_s = 1;
  hub->epoll_source = g_unix_fd_add (hub->epoll_fd, G_IO_IN, epoll_cb, hub);
  hub->tick_source = g_timeout_add (1000, tick_cb, hub);
  return hub;
}

static void
kill_cb (gpointer socket, gpointer data)
{
  coord_socket_kill (socket);
}

void
coord_socket_hub_free (CoordSocketHub *hub)
{
  hub->is_in_turn = TRUE;
  coord_wheel_foreach (&hub->wheel, kill_cb, NULL);
  end_turn (hub);
  g_source_remove (hub->epoll_source);
  g_clear_handle_id (&hub->tick_source, g_source_remove);
  g_clear_handle_id (&hub->turn_source, g_source_remove);
  g_clear_handle_id (&hub->beat_source, g_source_remove);
  close (hub->epoll_fd);
  close (hub->busy_fd);
  g_ptr_array_unref (hub->graves);
  g_ptr_array_unref (hub->spare_readers);
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
  unsigned int unread_ms = UNREAD_MS;

  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
  socket->refs = 1;
  socket->hub = hub;
  socket->fd = fd;
  if (!coord_socket_hub_watch (socket, EPOLL_CTL_ADD)) {
    close (fd);
    g_free (socket);
    return NULL;
  }
  socket->address = g_strdup (address);
  socket->limits = *limits;
  socket->place.link.data = socket;
  socket->turn_link.data = socket;
  socket->busy_link.data = socket;
  socket->heard_at_s = hub->wheel.now_s;
  coord_wheel_enter (&hub->wheel, &socket->place, hub->wheel.now_s + COORD_SOCKET_PING_AFTER_S);
  hub->count++;
  if (early != NULL && g_bytes_get_size (early) > 0) {
    socket->early = g_bytes_ref (early);
    coord_socket_hub_join_turn (socket);
  }
  return socket;
}

typedef struct {
  guint code;
  const char *reason;
} Close;

static void
close_cb (gpointer socket, gpointer data)
{
  const Close *close = data;

  coord_socket_close (socket, close->code, close->reason);
}

void
coord_socket_hub_close_all (CoordSocketHub *hub, guint code, const char *reason)
{
  Close close = { code, reason };

  coord_wheel_foreach (&hub->wheel, close_cb, &close);
}

guint
coord_socket_hub_count (CoordSocketHub *hub)
{
  return hub->count;
}
