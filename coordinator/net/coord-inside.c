/* Inside: requests that libsoup reads, works at and answers, with deadlines by its own signals. */

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/coord-listener-private.h"
#include "net/coord-refusal.h"
#include "net/coord-stream.h"
#include "net/coord-upgrade.h"

#define MIN_BYTES_PER_S 1024
#define FAIR_BYTES_PER_S (64 * 1024)
#define EVICT_AFTER_US (G_USEC_PER_SEC / 4)
#define DROPS_PER_TURN 8 /* libsoup clears up after all of them in its next turn */
#define IDLE_US (15 * G_USEC_PER_SEC)
#define LINGER_US G_USEC_PER_SEC
#define LINGER_BYTES (1024 * 1024)

static GQuark coord_connection_quark (void);
G_DEFINE_QUARK (coord_connection, coord_connection)

void
coord_connection_free (CoordConnection *connection)
{
  CoordListener *listener = connection->listener; /* NULL when it went first */

  if (listener != NULL)
    coord_places_leave (listener->everybody, connection->network);
  if (listener != NULL && connection->remote != NULL) {
    g_queue_unlink (&listener->inside, &connection->link);
    coord_places_leave (listener->places, connection->network);
    listener->n_dropped -= connection->is_dropped ? 1 : 0;
    coord_door_place_is_free (listener);
  }
  if (connection->remote != NULL) {
    g_object_set_qdata (G_OBJECT (connection->remote), coord_connection_quark (), NULL);
    g_object_unref (connection->remote);
  }
  g_free (connection->address);
  g_free (connection->network);
  g_free (connection->client);
  g_free (connection);
}

static void
enter_state (CoordConnection *connection, CoordConnectionState state)
{
  if (connection->state == COORD_CONNECTION_LINGERING)
    return;
  connection->state = state;
  connection->since_us = connection->window_at_us = connection->moved_at_us =
    g_get_monotonic_time ();
  connection->window_bytes = 0;
}

/* soup_server_message_get_socket() is NULL for connections that we accepted; but the remote address
 * is the very object that was handed in. What it says is of no use to anybody. */
static struct sockaddr nobody = { .sa_family = AF_UNSPEC };

static CoordConnection *
get_connection (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  CoordConnection *connection =
    remote != NULL ? g_object_get_qdata (G_OBJECT (remote), coord_connection_quark ()) : NULL;

  return connection != NULL && connection->listener != NULL ? connection : NULL;
}

/* Ends a connection from outside libsoup: shutdown() lets libsoup see the end and clean up by its
 * own path, and the zero linger makes the later close a reset, so that unsent answers leave the
 * kernel at once. */
static void
drop_connection (CoordConnection *connection)
{
  struct linger zero = { 1, 0 };

  if (connection->is_dropped)
    return;
  connection->is_dropped = TRUE;
  connection->listener->n_dropped++;
  setsockopt (connection->fd, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
  shutdown (connection->fd, SHUT_RDWR);
}

static gboolean
find_place (SoupServerMessage *message, CoordUpgradePlace *place)
{
  CoordConnection *connection = get_connection (message);

  if (connection == NULL)
    return FALSE;
  connection->is_upgraded = TRUE;
  place->hub = connection->listener->hub;
  place->fd = connection->fd;
  place->address = connection->client != NULL ? connection->client : connection->address;
  return TRUE;
}

static void
take_socket (SoupServerMessage *message,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data)
{
  coord_upgrade_start (message, find_place, limits, func, data);
}

/* libsoup does not look at a connection while its answer is made: the door's epoll does. */
static void
watch_client (SoupServerMessage *message, CoordClientLeftFunc left, gpointer data)
{
  CoordConnection *connection = get_connection (message);
  struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET, .data.ptr = connection };

  if (connection == NULL)
    return;
  if (connection->left == NULL && left != NULL)
    epoll_ctl (connection->listener->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event);
  else if (connection->left != NULL && left == NULL)
    epoll_ctl (connection->listener->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  connection->left = left;
  connection->left_data = data;
}

void
coord_inside_client_left (CoordConnection *connection)
{
  CoordClientLeftFunc left = g_steal_pointer (&connection->left);

  if (left == NULL)
    return;
  epoll_ctl (connection->listener->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  left (connection->left_data);
}

/* libsoup would read on to the end of the body before it answers. Nothing was written on this
 * connection, so the answer goes straight to the descriptor; then at most one second or one MiB is
 * read and thrown away, so that the client sees the 413 and not a reset. */
static void
refuse_body (SoupServerMessage *message, CoordConnection *connection)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  if (!coord_refusal_send_too_large (connection->fd)) {
    drop_connection (connection);
    return;
  }
  shutdown (connection->fd, SHUT_WR);
  enter_state (connection, COORD_CONNECTION_LINGERING);
  connection->body_bytes = 0;
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  CoordConnection *connection = get_connection (message);

  if (connection == NULL)
    return;
  connection->body_bytes += g_bytes_get_size (chunk);
  connection->window_bytes += g_bytes_get_size (chunk);
  connection->moved_at_us = g_get_monotonic_time ();
  if (connection->state == COORD_CONNECTION_LINGERING) {
    if (connection->body_bytes > LINGER_BYTES)
      drop_connection (connection);
  } else if (connection->body_bytes > connection->body_limit)
    refuse_body (message, connection);
}

/* The client waits for it. */
static void
wrote_informational_cb (SoupServerMessage *message, gpointer data)
{
  CoordConnection *connection = get_connection (message);

  if (connection != NULL)
    coord_stream_push (connection->fd);
}

static void
got_headers_cb (SoupServerMessage *message, gpointer data)
{
  CoordConnection *connection = get_connection (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  soup_message_headers_replace (
    soup_server_message_get_response_headers (message), "Connection", "close");
  /* libsoup would cut an answer into as many parts as somebody asks for, thousands of the whole. */
  soup_message_headers_remove (headers, "Range");
  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_NONE)
    g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), NULL);
  if (soup_message_headers_get_one (headers, "Expect") != NULL ||
      soup_message_headers_get_one (headers, "Upgrade") != NULL)
    g_signal_connect (message, "wrote-informational", G_CALLBACK (wrote_informational_cb), NULL);
  if (connection == NULL)
    return;
  connection->body_limit = coord_router_get_body_limit (connection->listener->router, message);
  enter_state (connection, COORD_CONNECTION_BODY);
  /* What came while it waited at the step is read at once: that time counts too. */
  connection->window_at_us = connection->greeted_us;
  if (soup_message_headers_get_content_length (headers) > (goffset) connection->body_limit)
    refuse_body (message, connection);
}

static void
got_body_cb (SoupServerMessage *message, gpointer data)
{
  CoordConnection *connection = get_connection (message);

  if (connection != NULL)
    enter_state (connection, COORD_CONNECTION_WORK);
}

static void
wrote_headers_cb (SoupServerMessage *message, gpointer data)
{
  CoordConnection *connection = get_connection (message);

  if (connection != NULL && connection->state != COORD_CONNECTION_ANSWER)
    enter_state (connection, COORD_CONNECTION_ANSWER);
}

static void
wrote_data_cb (SoupServerMessage *message, guint size, gpointer data)
{
  CoordConnection *connection = get_connection (message);

  if (connection == NULL)
    return;
  connection->window_bytes += size;
  connection->moved_at_us = g_get_monotonic_time ();
}

static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  CoordConnection *connection = get_connection (message);

  if (connection != NULL)
    enter_state (connection, COORD_CONNECTION_DONE);
}

static void
request_started_cb (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), NULL);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), NULL);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (wrote_headers_cb), NULL);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_data_cb), NULL);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), NULL);
}

/* What a trusted proxy says of a request. FALSE when it came to the proxy without encryption. */
static gboolean
believe_proxy (CoordConnection *connection, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *scheme = soup_message_headers_get_one (headers, "X-Forwarded-Proto");

  if (!coord_listener_is_proxy (connection->listener, connection->address))
    return TRUE;
  g_free (connection->client);
  connection->client = coord_proxies_find_client (connection->listener->proxies,
    connection->address, soup_message_headers_get_list (headers, "X-Forwarded-For"));
  return g_strcmp0 (scheme, "http") != 0;
}

static void
handle_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  CoordListener *listener = data;
  CoordConnection *connection = get_connection (message);

  if (connection == NULL || connection->state == COORD_CONNECTION_LINGERING)
    return;
  if (coord_socket_hub_count (listener->hub) >= listener->limits.max_sockets &&
      soup_message_headers_header_contains (
        soup_server_message_get_request_headers (message), "Upgrade", "websocket")) {
    coord_refusal_set_full (message);
    return;
  }
  if (believe_proxy (connection, message))
    coord_router_handle (listener->router, message,
      connection->client != NULL ? connection->client : connection->address, take_socket,
      watch_client);
  else
    coord_refusal_set_unencrypted (message);
}

/* libsoup lets go. What was written and still waits leaves together with our end, and before
 * close(), which would throw it away where something is left unread. */
static void
let_go_cb (gpointer data)
{
  CoordConnection *connection = data;

  if (!connection->is_upgraded)
    shutdown (connection->fd, SHUT_WR);
  close (connection->fd);
  coord_connection_free (connection);
}

void
coord_inside_enter (CoordConnection *connection)
{
  CoordListener *listener = connection->listener;
  g_autoptr (GIOStream) stream = coord_stream_new (connection->fd, let_go_cb, connection);
  g_autoptr (GError) error = NULL;

  connection->remote = g_native_socket_address_new (&nobody, sizeof nobody);
  enter_state (connection, COORD_CONNECTION_HEAD);
  g_queue_push_tail_link (&listener->inside, &connection->link);
  coord_places_enter (listener->places, connection->network);
  g_object_set_qdata (G_OBJECT (connection->remote), coord_connection_quark (), connection);
  if (!soup_server_accept_iostream (
        listener->server, stream, listener->local, connection->remote, &error))
    g_debug ("accept: %s", error->message);
}

/* The slowest guest who has been inside for some time; good requests take a millisecond. */
static CoordConnection *
find_slowest (CoordListener *listener)
{
  gint64 now_us = g_get_monotonic_time ();
  CoordConnection *slowest = NULL;
  double slowest_rate = FAIR_BYTES_PER_S;

  for (GList *l = listener->inside.head; l != NULL; l = l->next) {
    CoordConnection *connection = l->data;
    double rate;

    if (connection->is_dropped || now_us - connection->since_us < EVICT_AFTER_US ||
        (connection->state != COORD_CONNECTION_BODY &&
          connection->state != COORD_CONNECTION_ANSWER))
      continue;
    rate = now_us - connection->moved_at_us > EVICT_AFTER_US
             ? 0
             : connection->window_bytes / ((now_us - connection->window_at_us) / 1e6 + 0.001);
    if (rate < slowest_rate) {
      slowest = connection;
      slowest_rate = rate;
    }
  }
  return slowest;
}

static void
check_progress (CoordListener *listener, CoordConnection *connection, gint64 now_us)
{
  gint64 stall_us = (gint64) listener->limits.stall_ms * 1000;
  gint64 window_us = now_us - connection->window_at_us, age_us = now_us - connection->since_us;

  switch (connection->state) {
  case COORD_CONNECTION_HEAD:
    if (age_us > (gint64) listener->limits.head_ms * 1000)
      drop_connection (connection);
    break;
  case COORD_CONNECTION_BODY:
  case COORD_CONNECTION_ANSWER:
    if (window_us <= stall_us || age_us < MIN (stall_us, EVICT_AFTER_US))
      break;
    if (connection->window_bytes < (guint64) MIN_BYTES_PER_S * window_us / G_USEC_PER_SEC)
      drop_connection (connection);
    connection->window_at_us = now_us;
    connection->window_bytes = 0;
    break;
  case COORD_CONNECTION_DONE:
    if (age_us > IDLE_US)
      drop_connection (connection);
    break;
  case COORD_CONNECTION_LINGERING:
    if (age_us > LINGER_US)
      drop_connection (connection);
    break;
  case COORD_CONNECTION_WAITING:
  case COORD_CONNECTION_GATHERING:
  case COORD_CONNECTION_AT_THE_STEP:
  case COORD_CONNECTION_WORK: /* our own handler is busy; its own limits apply */
    break;
  }
}

gboolean
coord_inside_sweep (CoordListener *listener)
{
  gint64 now_us = g_get_monotonic_time ();
  guint n_before = listener->n_dropped;
  GList *next;

  for (GList *l = listener->inside.head; l != NULL; l = next) {
    if (listener->n_dropped - n_before >= DROPS_PER_TURN)
      return FALSE;
    next = l->next;
    check_progress (listener, l->data, now_us);
  }
  return TRUE;
}

void
coord_inside_evict (CoordListener *listener, guint n_waiting)
{
  while (listener->n_dropped < MIN (n_waiting, DROPS_PER_TURN)) {
    CoordConnection *slowest = find_slowest (listener);

    if (slowest == NULL)
      return;
    drop_connection (slowest);
  }
}

void
coord_inside_open (CoordListener *listener)
{
  /* libsoup makes the host of a request without one from it, which nobody asks for. */
  listener->local = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  listener->server = soup_server_new ("server-header", "entrevue", NULL);
  soup_server_add_handler (listener->server, NULL, handle_cb, listener, NULL);
  g_signal_connect (listener->server, "request-started", G_CALLBACK (request_started_cb), listener);
}

void
coord_inside_close (CoordListener *listener)
{
  soup_server_disconnect (listener->server);
  g_clear_object (&listener->server);
  g_clear_object (&listener->local);
  /* What libsoup still holds ends without us. */
  for (GList *l = listener->inside.head; l != NULL; l = l->next)
    ((CoordConnection *) l->data)->listener = NULL;
}
