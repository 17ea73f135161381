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

static void
end_turn (CoordSocketHub *hub)
{
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
        coord_socket_flush (socket);
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
      coord_socket_read (socket);
    else if (events[i].events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
      coord_socket_kill (socket);
    if (!socket->is_dead && (events[i].events & EPOLLOUT))
      coord_socket_hub_join_turn (socket);
  }
  end_turn (hub);
  return G_SOURCE_CONTINUE;
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
  if (hub->epoll_fd < 0)
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
  close (hub->epoll_fd);
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
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = socket };
  unsigned int unread_ms = UNREAD_MS;

  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
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
  socket->place.link.data = socket;
  socket->turn_link.data = socket;
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
