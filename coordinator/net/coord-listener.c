#include "net/coord-listener.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/ent-id.h"
#include "http/coord-exchange.h"
#include "net/coord-head.h"
#include "net/coord-port.h"
#include "net/coord-tls-front.h"
#include "store/coord-error.h"

#define HEAD_LIMIT (16 * 1024)
#define MIN_BYTES_PER_S 1024
#define FAIR_BYTES_PER_S (64 * 1024)
#define EVICT_AFTER_US G_USEC_PER_SEC
#define IDLE_US (15 * G_USEC_PER_SEC)
#define LINGER_US G_USEC_PER_SEC
#define LINGER_BYTES (1024 * 1024)
#define SEND_BUFFER (128 * 1024) /* what a client that never reads can pin in the kernel */
#define UNREAD_MS 20000 /* and for how long, also when we have closed */

const CoordListenerLimits coord_listener_default_limits = {
  .head_ms = 10000,
  .stall_ms = 10000,
  .max_connections = 8000,
  .max_per_address = 512,
  .max_inside = 128,
  .max_sockets = 12000,
};

/* Where a connection stands; those before HEAD wait at the door. */
typedef enum {
  WAITING, /* for the end of its head */
  AT_THE_STEP, /* head complete, no place inside yet */
  HEAD,
  BODY,
  WORK,
  ANSWER,
  DONE,
  LINGERING, /* its 413 is written; what still comes is thrown away */
} ConnectionState;

typedef struct {
  CoordListener *listener;
  GList link; /* in listener->waiting, ->step or ->inside */
  ConnectionState state;
  int fd; /* owned before HEAD, the socket's then */
  char *address;
  char *client; /* whom a proxy at that address speaks for; NULL: nobody */
  GSocketAddress *remote; /* the way from a message back to its connection */
  gint64 since_us; /* of the state */
  gint64 window_at_us;
  guint64 window_bytes;
  guint64 body_bytes;
  gsize body_limit;
  gint64 moved_at_us; /* last byte in or out */
  gboolean is_dropped;
} Connection;

struct _CoordListener {
  SoupServer *server;
  CoordSocketHub *hub;
  CoordRouter *router;
  CoordListenerLimits limits;
  CoordProxies *proxies; /* borrowed; NULL: none are trusted */
  CoordTlsFront *tls; /* NULL: none */
  GArray *ports; /* Port */
  char *origin;
  char *unix_path;
  int epoll_fd; /* connections at the door */
  guint epoll_source;
  guint sweep_source;
  guint step_source;
  GQueue waiting, step, inside; /* Connection */
  GHashTable *per_address; /* address -> count of all */
  GHashTable *per_inside; /* address -> count of those inside */
};

typedef struct {
  int fd;
  guint source;
} Port;

static GQuark coord_connection_quark (void);
G_DEFINE_QUARK (coord_connection, coord_connection)

static void serve_step (CoordListener *listener);

static guint
get_count (GHashTable *counts, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, address));
}

static void
add_count (GHashTable *counts, const char *address, int step)
{
  guint count = get_count (counts, address) + step;

  if (count > 0)
    g_hash_table_insert (counts, g_strdup (address), GUINT_TO_POINTER (count));
  else
    g_hash_table_remove (counts, address);
}

static gboolean
is_proxy (CoordListener *listener, const char *address)
{
  return listener->proxies != NULL && coord_proxies_contain (listener->proxies, address);
}

static void
enter_state (Connection *connection, ConnectionState state)
{
  if (connection->state == LINGERING)
    return;
  connection->state = state;
  connection->since_us = connection->window_at_us = connection->moved_at_us =
    g_get_monotonic_time ();
  connection->window_bytes = 0;
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
connection_free (Connection *connection)
{
  CoordListener *listener = connection->listener; /* NULL when it went first */

  if (listener != NULL)
    add_count (listener->per_address, connection->address, -1);
  if (listener != NULL && connection->remote != NULL) {
    g_queue_unlink (&listener->inside, &connection->link);
    add_count (listener->per_inside, connection->address, -1);
  }
  if (connection->remote != NULL) {
    g_object_set_qdata (G_OBJECT (connection->remote), coord_connection_quark (), NULL);
    g_object_unref (connection->remote);
  }
  if (listener != NULL && listener->step.length > 0 && listener->step_source == 0)
    listener->step_source = g_idle_add_full (G_PRIORITY_DEFAULT, step_cb, listener, NULL);
  g_free (connection->address);
  g_free (connection->client);
  g_free (connection);
}

/* soup_server_message_get_socket() is NULL for connections that we accepted; but the remote address
 * is the very object that was handed in. */
static Connection *
get_connection (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  Connection *connection =
    remote != NULL ? g_object_get_qdata (G_OBJECT (remote), coord_connection_quark ()) : NULL;

  return connection != NULL && connection->listener != NULL ? connection : NULL;
}

/* Ends a connection from outside libsoup: shutdown() lets libsoup see the end and clean up by its
 * own path, and the zero linger makes the later close a reset, so that unsent answers leave the
 * kernel at once. */
static void
drop_connection (Connection *connection)
{
  struct linger zero = { 1, 0 };

  if (connection->is_dropped)
    return;
  connection->is_dropped = TRUE;
  setsockopt (connection->fd, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
  shutdown (connection->fd, SHUT_RDWR);
}

static void
reset_descriptor (int fd)
{
  struct linger zero = { 1, 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
  close (fd);
}

/* Takes a connection from the door; its descriptor stays the caller's. */
static void
leave_door (Connection *connection)
{
  CoordListener *listener = connection->listener;

  epoll_ctl (listener->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  g_queue_unlink (
    connection->state == AT_THE_STEP ? &listener->step : &listener->waiting, &connection->link);
}

static void
refuse_at_door (Connection *connection)
{
  leave_door (connection);
  reset_descriptor (connection->fd);
  connection_free (connection);
}

/* Upgrades. */

typedef struct {
  CoordSocketLimits limits;
  CoordUpgradeFunc func;
  gpointer data;
} Upgrade;

static void
upgrade_free (gpointer data)
{
  Upgrade *upgrade = data;

  if (upgrade->func != NULL)
    upgrade->func (NULL, upgrade->data);
  g_free (upgrade);
}

/* Frames that came in the same segment as the head. */
static GBytes *
read_early (GIOStream *stream)
{
  GByteArray *early = g_byte_array_new ();
  GInputStream *input = g_io_stream_get_input_stream (stream);
  guint8 buffer[4096];
  gssize n;

  while (G_IS_POLLABLE_INPUT_STREAM (input) && early->len < 1024 * 1024 &&
         (n = g_pollable_input_stream_read_nonblocking (
            G_POLLABLE_INPUT_STREAM (input), buffer, sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (early, buffer, n);
  return g_byte_array_free_to_bytes (early);
}

/* The 101 is written. libsoup never closes the TCP connection itself: closing a GSocket does no
 * shutdown(), and our duplicate of the descriptor keeps it. */
static void
switched_cb (SoupServerMessage *message, gpointer data)
{
  Connection *connection = get_connection (message);
  CoordListener *listener = connection != NULL ? connection->listener : NULL;
  Upgrade *upgrade = data;
  CoordUpgradeFunc func;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GBytes) early = NULL;
  g_autofree char *address = NULL;
  CoordSocket *socket = NULL;
  int fd;

  if (listener == NULL || upgrade->func == NULL ||
      soup_server_message_get_status (message) != SOUP_STATUS_SWITCHING_PROTOCOLS)
    return;
  address = g_strdup (connection->client != NULL ? connection->client : connection->address);
  fd = fcntl (connection->fd, F_DUPFD_CLOEXEC, 3);
  func = g_steal_pointer (&upgrade->func);
  stream = soup_server_message_steal_connection (message);
  early = read_early (stream);
  g_io_stream_close (stream, NULL, NULL);
  if (fd >= 0)
    socket = coord_socket_hub_adopt (listener->hub, fd, address, early, &upgrade->limits);
  func (socket, upgrade->data);
}

static void
take_socket (SoupServerMessage *message,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data)
{
  Upgrade *upgrade = g_new0 (Upgrade, 1);

  upgrade->limits = *limits;
  upgrade->func = func;
  upgrade->data = data;
  g_object_set_data_full (G_OBJECT (message), "coord-upgrade", upgrade, upgrade_free);
  g_signal_connect (message, "wrote-informational", G_CALLBACK (switched_cb), upgrade);
}

/* Signals of a request. */

/* libsoup would read on to the end of the body before it answers. Nothing was written on this
 * connection, so the answer goes straight to the descriptor; then at most one second or one MiB is
 * read and thrown away, so that the client sees the 413 and not a reset. */
static void
refuse_body (SoupServerMessage *message, Connection *connection)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *problem = g_strdup_printf (
    "{\"type\":\"about:blank\",\"title\":\"Content Too Large\",\"status\":413,"
    "\"code\":\"too_large\",\"detail\":\"The request is too large.\",\"request_id\":\"%s\"}",
    id);
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 413 Content Too Large\r\n"
                                             "Connection: close\r\n"
                                             "Content-Type: application/problem+json\r\n"
                                             "X-Content-Type-Options: nosniff\r\n"
                                             "Cache-Control: no-store\r\n"
                                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
    strlen (problem), problem);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  if (send (connection->fd, answer, strlen (answer), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    drop_connection (connection);
    return;
  }
  shutdown (connection->fd, SHUT_WR);
  enter_state (connection, LINGERING);
  connection->body_bytes = 0;
}

static void
got_headers_cb (SoupServerMessage *message, gpointer data)
{
  Connection *connection = get_connection (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  soup_message_headers_replace (
    soup_server_message_get_response_headers (message), "Connection", "close");
  if (connection == NULL)
    return;
  connection->body_limit = coord_router_get_body_limit (connection->listener->router, message);
  enter_state (connection, BODY);
  if (soup_message_headers_get_content_length (headers) > (goffset) connection->body_limit)
    refuse_body (message, connection);
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Connection *connection = get_connection (message);

  if (connection == NULL)
    return;
  connection->body_bytes += g_bytes_get_size (chunk);
  connection->window_bytes += g_bytes_get_size (chunk);
  connection->moved_at_us = g_get_monotonic_time ();
  if (connection->state == LINGERING) {
    if (connection->body_bytes > LINGER_BYTES)
      drop_connection (connection);
  } else if (connection->body_bytes > connection->body_limit)
    refuse_body (message, connection);
}

static void
got_body_cb (SoupServerMessage *message, gpointer data)
{
  Connection *connection = get_connection (message);

  if (connection != NULL)
    enter_state (connection, WORK);
}

static void
wrote_headers_cb (SoupServerMessage *message, gpointer data)
{
  Connection *connection = get_connection (message);

  if (connection != NULL && connection->state != ANSWER)
    enter_state (connection, ANSWER);
}

static void
wrote_data_cb (SoupServerMessage *message, guint size, gpointer data)
{
  Connection *connection = get_connection (message);

  if (connection == NULL)
    return;
  connection->window_bytes += size;
  connection->moved_at_us = g_get_monotonic_time ();
}

static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  Connection *connection = get_connection (message);

  if (connection != NULL)
    enter_state (connection, DONE);
}

static void
request_started_cb (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), NULL);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), NULL);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), NULL);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (wrote_headers_cb), NULL);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_data_cb), NULL);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), NULL);
}

/* What a trusted proxy says of a request. FALSE when it came to the proxy without encryption. */
static gboolean
believe_proxy (Connection *connection, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *scheme = soup_message_headers_get_one (headers, "X-Forwarded-Proto");

  if (!is_proxy (connection->listener, connection->address))
    return TRUE;
  g_free (connection->client);
  connection->client = coord_proxies_find_client (connection->listener->proxies,
    connection->address, soup_message_headers_get_list (headers, "X-Forwarded-For"));
  return g_strcmp0 (scheme, "http") != 0;
}

/* Nobody is led on to the encrypted address from here: who sent a token has shown it already, and
 * must hear of it. */
static void
refuse_unencrypted (SoupServerMessage *message)
{
  static const char problem[] =
    "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,\"code\":\"denied\","
    "\"detail\":\"This server is reached by https only.\"}";
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
  soup_server_message_set_response (
    message, "application/problem+json", SOUP_MEMORY_STATIC, problem, sizeof problem - 1);
}

static void
handle_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  CoordListener *listener = data;
  Connection *connection = get_connection (message);

  if (connection == NULL || connection->state == LINGERING)
    return;
  if (coord_socket_hub_count (listener->hub) >= listener->limits.max_sockets &&
      soup_message_headers_header_contains (
        soup_server_message_get_request_headers (message), "Upgrade", "websocket")) {
    soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
    return;
  }
  if (believe_proxy (connection, message))
    coord_router_handle (listener->router, message,
      connection->client != NULL ? connection->client : connection->address, take_socket);
  else
    refuse_unencrypted (message);
}

/* The door. */

static void
hand_over (Connection *connection)
{
  CoordListener *listener = connection->listener;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (connection->fd, &error);
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocketAddress) local = NULL;

  if (socket == NULL) {
    g_debug ("accept: %s", error->message);
    reset_descriptor (connection->fd);
    connection_free (connection);
    return;
  }
  g_socket_set_blocking (socket, FALSE);
  stream = g_socket_connection_factory_create_connection (socket);
  local = g_socket_get_local_address (socket, NULL);
  connection->remote = *connection->address != '\0'
                         ? g_inet_socket_address_new_from_string (connection->address, 1)
                         : g_unix_socket_address_new ("");
  enter_state (connection, HEAD);
  g_queue_push_tail_link (&listener->inside, &connection->link);
  add_count (listener->per_inside, connection->address, 1);
  g_object_set_qdata (G_OBJECT (connection->remote), coord_connection_quark (), connection);
  /* The record goes when libsoup lets go of the socket. */
  g_object_set_qdata_full (
    G_OBJECT (socket), coord_connection_quark (), connection, (GDestroyNotify) connection_free);
  if (!soup_server_accept_iostream (
        listener->server, G_IO_STREAM (stream), local, connection->remote, &error))
    g_debug ("accept: %s", error->message);
}

/* The slowest guest who has been inside for over a second; good requests take a millisecond. */
static Connection *
find_slowest (CoordListener *listener)
{
  gint64 now_us = g_get_monotonic_time ();
  Connection *slowest = NULL;
  double slowest_rate = FAIR_BYTES_PER_S;

  for (GList *l = listener->inside.head; l != NULL; l = l->next) {
    Connection *connection = l->data;
    double rate;

    if (connection->is_dropped || now_us - connection->since_us < EVICT_AFTER_US ||
        (connection->state != BODY && connection->state != ANSWER))
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

/* Whether one more of this address may come in. The upper half of the house, and then half as much
 * again, is for addresses with fewer and fewer guests inside; the last places are for those with
 * none, so that many who are slow do not keep out one who is not. */
static gboolean
has_place (CoordListener *listener, const char *address)
{
  guint max = listener->limits.max_inside, inside = listener->inside.length;
  guint own;

  if (inside < max / 2)
    return TRUE;
  if (inside >= 2 * max)
    return FALSE;
  own = get_count (listener->per_inside, address);
  if (inside < max)
    return own < MAX (max * 3 / 4, 16u);
  return own < (inside < max + max / 2 ? 4u : 1u);
}

/* Lets in who waits at the step. */
static void
serve_step (CoordListener *listener)
{
  GList *next;

  for (GList *l = listener->step.head; l != NULL; l = next) {
    Connection *connection = l->data;

    next = l->next;
    if (!has_place (listener, connection->address))
      continue;
    leave_door (connection);
    hand_over (connection);
  }
  for (guint n = listener->step.length; n > 0; n--) {
    Connection *slowest = find_slowest (listener);

    if (slowest == NULL)
      break;
    drop_connection (slowest);
  }
}

/* Looks at what has arrived without taking it; a complete head is judged. */
static gssize
peek_head (int fd, gboolean *is_complete, gboolean *is_sound)
{
  static char buffer[HEAD_LIMIT]; /* main thread only */
  gssize n = recv (fd, buffer, sizeof buffer, MSG_PEEK | MSG_DONTWAIT);

  *is_complete = n > 0 && memmem (buffer, n, "\r\n\r\n", 4) != NULL;
  *is_sound = !*is_complete || coord_head_is_sound (buffer, n);
  return n;
}

/* What was peeked at is taken, so that the end is none by reset. */
static void
refuse_head (int fd)
{
  static const char answer[] =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: 110\r\n\r\n"
    "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"code\":\"invalid\","
    "\"detail\":\"This is no HTTP request.\"}";
  char trash[HEAD_LIMIT];

  if (recv (fd, trash, sizeof trash, MSG_DONTWAIT) > 0)
    send (fd, answer, sizeof answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  shutdown (fd, SHUT_WR);
}

static void
door_readable (Connection *connection, guint32 events)
{
  CoordListener *listener = connection->listener;
  gboolean is_complete, is_sound;
  gssize n = peek_head (connection->fd, &is_complete, &is_sound);

  if (connection->state == AT_THE_STEP)
    return;
  if (!is_sound) {
    refuse_head (connection->fd);
    leave_door (connection);
    close (connection->fd);
    connection_free (connection);
    return;
  }
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0 || (!is_complete && n == HEAD_LIMIT) ||
      (!is_complete && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))) {
    refuse_at_door (connection);
    return;
  }
  if (!is_complete)
    return;
  g_queue_unlink (&listener->waiting, &connection->link);
  connection->state = AT_THE_STEP;
  g_queue_push_tail_link (&listener->step, &connection->link);
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

static void
check_progress (CoordListener *listener, Connection *connection, gint64 now_us)
{
  gint64 stall_us = (gint64) listener->limits.stall_ms * 1000;
  gint64 window_us = now_us - connection->window_at_us, age_us = now_us - connection->since_us;

  switch (connection->state) {
  case HEAD:
    if (age_us > (gint64) listener->limits.head_ms * 1000)
      drop_connection (connection);
    break;
  case BODY:
  case ANSWER:
    if (window_us <= stall_us)
      break;
    if (connection->window_bytes < (guint64) MIN_BYTES_PER_S * window_us / G_USEC_PER_SEC)
      drop_connection (connection);
    connection->window_at_us = now_us;
    connection->window_bytes = 0;
    break;
  case DONE:
    if (age_us > IDLE_US)
      drop_connection (connection);
    break;
  case LINGERING:
    if (age_us > LINGER_US)
      drop_connection (connection);
    break;
  case WAITING:
  case AT_THE_STEP:
  case WORK: /* our own handler is busy; its own limits apply */
    break;
  }
}

static gboolean
sweep_cb (gpointer data)
{
  CoordListener *listener = data;
  gint64 now_us = g_get_monotonic_time (), head_us = (gint64) listener->limits.head_ms * 1000;
  GList *next;

  for (GList *l = listener->inside.head; l != NULL; l = next) {
    next = l->next;
    check_progress (listener, l->data, now_us);
  }
  while (listener->waiting.length > 0) {
    Connection *oldest = listener->waiting.head->data;

    if (now_us - oldest->since_us <= head_us)
      break;
    refuse_at_door (oldest);
  }
  serve_step (listener);
  return G_SOURCE_CONTINUE;
}

/* Accepting. */

/* The address is that of who connected, "" for a unix socket. */
static void
welcome (CoordListener *listener, int fd, const char *address)
{
  guint all = listener->inside.length + listener->waiting.length + listener->step.length;
  int one = 1, buffer = SEND_BUFFER;
  unsigned int unread_ms = UNREAD_MS;
  Connection *connection;
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
  gboolean is_complete, is_sound;

  if (all >= listener->limits.max_connections ||
      (!is_proxy (listener, address) &&
        get_count (listener->per_address, address) >= listener->limits.max_per_address)) {
    reset_descriptor (fd);
    return;
  }
  if (*address != '\0') {
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
  }
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  connection = g_new0 (Connection, 1);
  connection->listener = listener;
  connection->link.data = connection;
  connection->fd = fd;
  connection->address = g_strdup (address);
  connection->since_us = g_get_monotonic_time ();
  add_count (listener->per_address, connection->address, 1);
  /* Most heads are there when accept() returns: no detour for them. */
  peek_head (fd, &is_complete, &is_sound);
  if (!is_sound) {
    refuse_head (fd);
    close (fd);
    connection_free (connection);
    return;
  }
  if (is_complete && has_place (listener, connection->address) &&
      (listener->step.length == 0 || get_count (listener->per_inside, connection->address) == 0)) {
    hand_over (connection);
    return;
  }
  g_queue_push_tail_link (&listener->waiting, &connection->link);
  event.data.ptr = connection;
  epoll_ctl (listener->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static gboolean
accept_cb (int listening_fd, GIOCondition condition, gpointer data)
{
  for (int i = 0; i < 64; i++) {
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    int fd = accept4 (listening_fd, (struct sockaddr *) &from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    g_autofree char *address = NULL;

    if (fd < 0)
      break;
    address = coord_port_format_address (&from);
    welcome (data, fd, address);
  }
  return G_SOURCE_CONTINUE;
}

static void
add_port (CoordListener *listener, int fd)
{
  Port port = { fd, g_unix_fd_add (fd, G_IO_IN, accept_cb, listener) };

  g_array_append_val (listener->ports, port);
}

static void
tls_connection_cb (int fd, const char *address, gpointer data)
{
  welcome (data, fd, address);
}

static gboolean
listen_on (CoordListener *listener, const char *address, const char *pem, GError **error)
{
  g_autofree char *origin = NULL;
  int fd = coord_port_open (address, pem != NULL, &origin, error);

  if (fd < 0)
    return FALSE;
  if (listener->origin == NULL)
    listener->origin = g_steal_pointer (&origin);
  if (pem == NULL)
    add_port (listener, fd);
  else
    listener->tls = coord_tls_front_new (fd, pem, tls_connection_cb, listener, error);
  return pem == NULL || listener->tls != NULL;
}

gboolean
coord_listener_listen (CoordListener *listener, const char *address, GError **error)
{
  return listen_on (listener, address, NULL, error);
}

gboolean
coord_listener_listen_tls (CoordListener *listener,
  const char *address,
  const char *pem,
  GError **error)
{
  g_return_val_if_fail (listener->tls == NULL && pem != NULL, FALSE);
  return listen_on (listener, address, pem, error);
}

void
coord_listener_set_proxies (CoordListener *listener, CoordProxies *proxies)
{
  listener->proxies = proxies;
}

gboolean
coord_listener_listen_unix (CoordListener *listener, const char *path, GError **error)
{
  int fd = coord_port_open_unix (path, error);

  if (fd < 0)
    return FALSE;
  listener->unix_path = g_strdup (path);
  add_port (listener, fd);
  return TRUE;
}

const char *
coord_listener_get_origin (CoordListener *listener)
{
  return listener->origin;
}

guint
coord_listener_count (CoordListener *listener)
{
  return listener->inside.length + listener->waiting.length + listener->step.length;
}

CoordListener *
coord_listener_new (CoordSocketHub *hub, CoordRouter *router, const CoordListenerLimits *limits)
{
  CoordListener *listener = g_new0 (CoordListener, 1);

  listener->hub = hub;
  listener->router = router;
  listener->limits = *limits;
  listener->ports = g_array_new (FALSE, FALSE, sizeof (Port));
  listener->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listener->per_inside = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listener->server = soup_server_new ("server-header", "entrevue", NULL);
  soup_server_add_handler (listener->server, NULL, handle_cb, listener, NULL);
  g_signal_connect (listener->server, "request-started", G_CALLBACK (request_started_cb), listener);
  listener->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (listener->epoll_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));
  listener->epoll_source = g_unix_fd_add (listener->epoll_fd, G_IO_IN, door_cb, listener);
  listener->sweep_source = g_timeout_add (500, sweep_cb, listener);
  return listener;
}

void
coord_listener_stop (CoordListener *listener)
{
  for (guint i = 0; i < listener->ports->len; i++) {
    Port *port = &g_array_index (listener->ports, Port, i);

    g_source_remove (port->source);
    close (port->fd);
  }
  g_array_set_size (listener->ports, 0);
  if (listener->tls != NULL)
    coord_tls_front_stop (listener->tls);
  if (listener->unix_path != NULL)
    g_unlink (listener->unix_path);
  g_clear_pointer (&listener->unix_path, g_free);
  while (listener->waiting.length > 0)
    refuse_at_door (listener->waiting.head->data);
}

void
coord_listener_free (CoordListener *listener)
{
  coord_listener_stop (listener);
  while (listener->step.length > 0)
    refuse_at_door (listener->step.head->data);
  soup_server_disconnect (listener->server);
  g_object_unref (listener->server);
  g_clear_pointer (&listener->tls, coord_tls_front_free);
  g_source_remove (listener->epoll_source);
  g_source_remove (listener->sweep_source);
  close (listener->epoll_fd);
  /* What libsoup still holds ends without us. */
  for (GList *l = listener->inside.head; l != NULL; l = l->next)
    ((Connection *) l->data)->listener = NULL;
  g_clear_handle_id (&listener->step_source, g_source_remove);
  g_array_unref (listener->ports);
  g_hash_table_unref (listener->per_address);
  g_hash_table_unref (listener->per_inside);
  g_free (listener->origin);
  g_free (listener);
}
