/* The door: connections until their requests are there, looked at and never consumed. */

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/coord-network.h"
#include "net/coord-listener-private.h"
#include "net/coord-refusal.h"

#define HEAD_LIMIT (16 * 1024)
#define MIN_BYTES_PER_S 1024
#define SWEEP_MS 250
#define LARGEST_BODY (128 * 1024) /* more than any route takes: answered from the head alone */
#define ENTRIES_PER_TURN 8 /* an answer may be large: the others have their turn between */
#define REFUSALS_PER_TURN 32 /* closing takes some microseconds each */

static void plan_step (CoordListener *listener);

static GQueue *
get_queue (CoordConnection *connection)
{
  CoordListener *listener = connection->listener;

  g_assert (connection->state <= COORD_CONNECTION_AT_THE_STEP);
  if (connection->state == COORD_CONNECTION_WAITING)
    return &listener->waiting;
  return connection->state == COORD_CONNECTION_GATHERING ? &listener->gathering : &listener->step;
}

static void
leave_queue (CoordConnection *connection)
{
  CoordListener *listener = connection->listener;

  if (listener->fresh == &connection->link)
    listener->fresh = connection->link.next;
  g_queue_unlink (get_queue (connection), &connection->link);
}

static void
move_at_door (CoordConnection *connection, CoordConnectionState state)
{
  CoordListener *listener = connection->listener;

  leave_queue (connection);
  connection->state = state;
  connection->since_us = g_get_monotonic_time ();
  g_queue_push_tail_link (get_queue (connection), &connection->link);
  if (state == COORD_CONNECTION_AT_THE_STEP && listener->fresh == NULL)
    listener->fresh = &connection->link;
}

/* Takes a connection from the door; its descriptor stays the caller's. */
static void
leave_door (CoordConnection *connection)
{
  epoll_ctl (connection->listener->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  leave_queue (connection);
}

static void
refuse_at_door (CoordConnection *connection)
{
  leave_door (connection);
  coord_listener_reset (connection->fd);
  coord_connection_free (connection);
}

/* Lets in who waits at the step, some at a time; when the house is full, who is slow goes. */
static void
serve_step (CoordListener *listener)
{
  guint n_entered = 0;

  while (listener->fresh != NULL) {
    CoordConnection *connection = listener->fresh->data;

    if (!coord_places_has_one_for (listener->places, connection->network)) {
      listener->fresh = listener->fresh->next;
      continue;
    }
    if (n_entered++ == ENTRIES_PER_TURN) {
      plan_step (listener);
      return;
    }
    leave_door (connection);
    coord_inside_enter (connection);
  }
  if (listener->step.length > 0)
    coord_inside_evict (listener, listener->step.length);
}

static gboolean
step_cb (gpointer data)
{
  CoordListener *listener = data;

  listener->step_source = 0;
  serve_step (listener);
  return G_SOURCE_REMOVE;
}

static void
plan_step (CoordListener *listener)
{
  if (listener->step_source == 0)
    listener->step_source = g_idle_add_full (G_PRIORITY_DEFAULT, step_cb, listener, NULL);
}

void
coord_door_place_is_free (CoordListener *listener)
{
  listener->fresh = listener->step.head;
  if (listener->fresh != NULL)
    plan_step (listener);
}

static char peeked[HEAD_LIMIT]; /* main thread only */

static gssize
peek (const CoordConnection *connection)
{
  return recv (connection->fd, peeked, sizeof peeked, MSG_PEEK | MSG_DONTWAIT);
}

/* Whether enough of the request has come to read it in one go: all, or as much as the door holds.
 * Those who could wait for our word before they go on are let in. */
static gboolean
is_gathered (const CoordConnection *connection)
{
  const CoordHead *head = &connection->head;
  int n = 0;

  if ((head->length == 0 && !head->is_chunked) || head->wants_continue ||
      head->length > LARGEST_BODY)
    return TRUE;
  if (ioctl (connection->fd, FIONREAD, &n) != 0 || n >= HEAD_LIMIT)
    return TRUE;
  if (!head->is_chunked)
    return n - (gssize) head->size >= (gssize) head->length;
  n = peek (connection);
  return n >= (gssize) head->size && coord_head_has_body (head, peeked, n);
}

/* What was peeked at is taken, so that the end is none by reset. */
static void
refuse_head (int fd)
{
  char trash[HEAD_LIMIT];

  if (recv (fd, trash, sizeof trash, MSG_DONTWAIT) > 0)
    coord_refusal_send_no_request (fd);
  shutdown (fd, SHUT_WR);
  close (fd);
}

/* Looks at what has arrived without taking it. FALSE: the connection is not to be kept; an unsound
 * head has been answered then, and the descriptor is closed. */
static gboolean
look_at_head (CoordConnection *connection, gboolean *is_closed)
{
  gssize n = peek (connection);
  CoordHeadState state;

  *is_closed = FALSE;
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (n <= 0)
    return FALSE;
  state = coord_head_read (peeked, n, &connection->head);
  if (state == COORD_HEAD_SOUND)
    connection->greeted_us = g_get_monotonic_time ();
  if (state != COORD_HEAD_UNSOUND)
    return state == COORD_HEAD_SOUND || n < HEAD_LIMIT;
  refuse_head (connection->fd);
  *is_closed = TRUE;
  return FALSE;
}

/* One inside is watched for its end alone. */
static void
door_readable (CoordConnection *connection, guint32 events)
{
  gboolean is_over = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0, is_closed;

  if (connection->state > COORD_CONNECTION_AT_THE_STEP) {
    coord_inside_client_left (connection);
    return;
  }
  if (connection->state == COORD_CONNECTION_AT_THE_STEP)
    return;
  if (connection->state == COORD_CONNECTION_WAITING && !look_at_head (connection, &is_closed)) {
    leave_door (connection);
    if (!is_closed)
      coord_listener_reset (connection->fd);
    coord_connection_free (connection);
    return;
  }
  if (connection->state == COORD_CONNECTION_WAITING && connection->head.size > 0)
    move_at_door (connection, COORD_CONNECTION_GATHERING);
  if (connection->state == COORD_CONNECTION_GATHERING && is_gathered (connection))
    move_at_door (connection, COORD_CONNECTION_AT_THE_STEP);
  else if (is_over)
    refuse_at_door (connection);
}

static gboolean
door_cb (int fd, GIOCondition condition, gpointer data)
{
  CoordListener *listener = data;
  struct epoll_event events[64];
  int n = epoll_wait (fd, events, G_N_ELEMENTS (events), 0);

  for (int i = 0; i < n; i++)
    door_readable (events[i].data.ptr, events[i].events);
  serve_step (listener);
  return G_SOURCE_CONTINUE;
}

/* Those whose heads do not come. Returns how many more may be refused in this turn. */
static guint
sweep_waiting (CoordListener *listener, gint64 now_us, guint n_left)
{
  gint64 head_us = (gint64) listener->limits.head_ms * 1000;

  for (; n_left > 0 && listener->waiting.length > 0; n_left--) {
    CoordConnection *oldest = listener->waiting.head->data;

    if (now_us - oldest->since_us <= head_us)
      break;
    refuse_at_door (oldest);
  }
  return n_left;
}

/* A body has a while to come to the door; who was slow, but not too slow, goes on inside. */
static guint
sweep_gathering (CoordListener *listener, gint64 now_us, guint n_left)
{
  gint64 stall_us = (gint64) listener->limits.stall_ms * 1000;

  for (; n_left > 0 && listener->gathering.length > 0; n_left--) {
    CoordConnection *oldest = listener->gathering.head->data;
    gint64 age_us = now_us - oldest->since_us;
    int n = 0;

    if (age_us <= stall_us)
      break;
    if (ioctl (oldest->fd, FIONREAD, &n) == 0 &&
        n - (gint64) oldest->head.size >= MIN_BYTES_PER_S * age_us / G_USEC_PER_SEC)
      move_at_door (oldest, COORD_CONNECTION_AT_THE_STEP);
    else
      refuse_at_door (oldest);
  }
  return n_left;
}

/* Hundreds may be due at once, and good clients do not wait for all of them. */
static gboolean
sweep_rest_cb (gpointer data)
{
  CoordListener *listener = data;
  gint64 now_us = g_get_monotonic_time ();
  guint n_left = sweep_waiting (listener, now_us, REFUSALS_PER_TURN);
  gboolean is_done = coord_inside_sweep (listener);

  n_left = sweep_gathering (listener, now_us, n_left);
  serve_step (listener);
  if (!is_done || n_left == 0)
    return G_SOURCE_CONTINUE;
  listener->rest_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
sweep_cb (gpointer data)
{
  CoordListener *listener = data;

  if (listener->rest_source == 0)
    listener->rest_source = g_idle_add_full (G_PRIORITY_DEFAULT, sweep_rest_cb, listener, NULL);
  return G_SOURCE_CONTINUE;
}

void
coord_door_welcome (CoordListener *listener, int fd, const char *address)
{
  guint all = coord_listener_count (listener);
  g_autofree char *network = coord_network_of (address);
  CoordConnection *connection;
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
  gboolean is_closed;

  if (all >= listener->limits.max_connections ||
      (!coord_listener_is_proxy (listener, address) &&
        coord_places_count (listener->everybody, network) >= listener->limits.max_per_address)) {
    coord_listener_reset (fd);
    return;
  }
  connection = g_new0 (CoordConnection, 1);
  connection->listener = listener;
  connection->link.data = connection;
  connection->fd = fd;
  connection->address = g_strdup (address);
  connection->network = g_steal_pointer (&network);
  connection->since_us = g_get_monotonic_time ();
  coord_places_enter (listener->everybody, connection->network);
  /* Most requests are there when accept() returns: no detour for them. */
  if (!look_at_head (connection, &is_closed)) {
    if (!is_closed)
      coord_listener_reset (fd);
    coord_connection_free (connection);
    return;
  }
  if (connection->head.size > 0 && is_gathered (connection) &&
      coord_places_has_one_for (listener->places, connection->network) &&
      (listener->step.length == 0 ||
        coord_places_count (listener->places, connection->network) == 0)) {
    coord_inside_enter (connection);
    return;
  }
  g_queue_push_tail_link (&listener->waiting, &connection->link);
  event.data.ptr = connection;
  epoll_ctl (listener->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

void
coord_door_open (CoordListener *listener)
{
  listener->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (listener->epoll_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));
  listener->epoll_source = g_unix_fd_add (listener->epoll_fd, G_IO_IN, door_cb, listener);
  listener->sweep_source = g_timeout_add (SWEEP_MS, sweep_cb, listener);
}

void
coord_door_clear (CoordListener *listener)
{
  while (listener->waiting.length > 0)
    refuse_at_door (listener->waiting.head->data);
  while (listener->gathering.length > 0)
    refuse_at_door (listener->gathering.head->data);
}

void
coord_door_close (CoordListener *listener)
{
  coord_door_clear (listener);
  while (listener->step.length > 0)
    refuse_at_door (listener->step.head->data);
  g_source_remove (listener->epoll_source);
  g_source_remove (listener->sweep_source);
  g_clear_handle_id (&listener->rest_source, g_source_remove);
  g_clear_handle_id (&listener->step_source, g_source_remove);
  close (listener->epoll_fd);
}
