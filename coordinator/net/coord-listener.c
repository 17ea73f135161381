#include "net/coord-listener.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net/coord-head.h"
#include "net/coord-places.h"
#include "net/coord-port.h"
#include "net/coord-refusal.h"
#include "net/coord-tls-front.h"
#include "net/coord-upgrade.h"
#include "store/coord-error.h"

#define HEAD_LIMIT (16 * 1024)
#define MIN_BYTES_PER_S 1024
#define FAIR_BYTES_PER_S (64 * 1024)
#define EVICT_AFTER_US (G_USEC_PER_SEC / 4)
#define SWEEP_MS 250
#define LARGEST_BODY (128 * 1024) /* more than any route takes: answered from the head alone */
#define ENTRIES_PER_TURN 8 /* an answer may be large: the others have their turn between */
#define ACCEPTS_PER_TURN 16
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
  GATHERING, /* for its body, as far as the door holds it */
  AT_THE_STEP, /* all is there, no place inside yet */
  HEAD,
  BODY,
  WORK,
  ANSWER,
  DONE,
  LINGERING, /* its 413 is written; what still comes is thrown away */
} ConnectionState;

typedef struct {
  CoordListener *listener;
  GList link; /* in listener->waiting, ->gathering, ->step or ->inside */
  ConnectionState state;
  int fd; /* owned before HEAD, the socket's then */
  char *address;
  char *client; /* whom a proxy at that address speaks for; NULL: nobody */
  GSocketAddress *remote; /* the way from a message back to its connection */
  CoordHead head; /* once it is there */
  gint64 greeted_us; /* end of the head */
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
  GQueue waiting, gathering, step, inside; /* Connection */
  CoordPlaces *everybody, *places; /* those in all, and those inside */
};

typedef struct {
  int fd;
  guint source;
} Port;

static GQuark coord_connection_quark (void);
G_DEFINE_QUARK (coord_connection, coord_connection)

static void serve_step (CoordListener *listener);

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
plan_step (CoordListener *listener)
{
  if (listener->step.length > 0 && listener->step_source == 0)
    listener->step_source = g_idle_add_full (G_PRIORITY_DEFAULT, step_cb, listener, NULL);
}

static void
connection_free (Connection *connection)
{
  CoordListener *listener = connection->listener; /* NULL when it went first */

  if (listener != NULL)
    coord_places_leave (listener->everybody, connection->address);
  if (listener != NULL && connection->remote != NULL) {
    g_queue_unlink (&listener->inside, &connection->link);
    coord_places_leave (listener->places, connection->address);
  }
  if (connection->remote != NULL) {
    g_object_set_qdata (G_OBJECT (connection->remote), coord_connection_quark (), NULL);
    g_object_unref (connection->remote);
  }
  if (listener != NULL)
    plan_step (listener);
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

static GQueue *
get_queue (Connection *connection)
{
  CoordListener *listener = connection->listener;

  switch (connection->state) {
  case WAITING:
    return &listener->waiting;
  case GATHERING:
    return &listener->gathering;
  case AT_THE_STEP:
    return &listener->step;
  case HEAD:
  case BODY:
  case WORK:
  case ANSWER:
  case DONE:
  case LINGERING:
    return &listener->inside;
  }
  return NULL;
}

static void
move_at_door (Connection *connection, ConnectionState state)
{
  g_queue_unlink (get_queue (connection), &connection->link);
  connection->state = state;
  connection->since_us = g_get_monotonic_time ();
  g_queue_push_tail_link (get_queue (connection), &connection->link);
}

/* Takes a connection from the door; its descriptor stays the caller's. */
static void
leave_door (Connection *connection)
{
  epoll_ctl (connection->listener->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  g_queue_unlink (get_queue (connection), &connection->link);
}

static void
refuse_at_door (Connection *connection)
{
  leave_door (connection);
  reset_descriptor (connection->fd);
  connection_free (connection);
}

/* Upgrades. */

static gboolean
find_place (SoupServerMessage *message, CoordUpgradePlace *place)
{
  Connection *connection = get_connection (message);

  if (connection == NULL)
    return FALSE;
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

/* Signals of a request. */

/* libsoup would read on to the end of the body before it answers. Nothing was written on this
 * connection, so the answer goes straight to the descriptor; then at most one second or one MiB is
 * read and thrown away, so that the client sees the 413 and not a reset. */
static void
refuse_body (SoupServerMessage *message, Connection *connection)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  if (!coord_refusal_send_too_large (connection->fd)) {
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
  /* What came while it waited at the step is read at once: that time counts too. */
  connection->window_at_us = connection->greeted_us;
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
    coord_refusal_set_unencrypted (message);
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
  coord_places_enter (listener->places, connection->address);
  g_object_set_qdata (G_OBJECT (connection->remote), coord_connection_quark (), connection);
  /* The record goes when libsoup lets go of the socket. */
  g_object_set_qdata_full (
    G_OBJECT (socket), coord_connection_quark (), connection, (GDestroyNotify) connection_free);
  if (!soup_server_accept_iostream (
        listener->server, G_IO_STREAM (stream), local, connection->remote, &error))
    g_debug ("accept: %s", error->message);
}

/* The slowest guest who has been inside for some time; good requests take a millisecond. */
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

/* Lets in who waits at the step, some at a time; when the house is full, who is slow goes. */
static void
serve_step (CoordListener *listener)
{
  guint n_entered = 0;
  GList *next;

  for (GList *l = listener->step.head; l != NULL && n_entered < ENTRIES_PER_TURN; l = next) {
    Connection *connection = l->data;

    next = l->next;
    if (!coord_places_has_one_for (listener->places, connection->address))
      continue;
    leave_door (connection);
    hand_over (connection);
    n_entered++;
  }
  if (n_entered == ENTRIES_PER_TURN) {
    plan_step (listener);
    return;
  }
  for (guint n = listener->step.length; n > 0; n--) {
    Connection *slowest = find_slowest (listener);

    if (slowest == NULL)
      break;
    drop_connection (slowest);
  }
}

static char peeked[HEAD_LIMIT]; /* main thread only */

static gssize
peek (const Connection *connection)
{
  return recv (connection->fd, peeked, sizeof peeked, MSG_PEEK | MSG_DONTWAIT);
}

/* Whether enough of the request has come to read it in one go: all, or as much as the door holds.
 * Those who could wait for our word before they go on are let in. */
static gboolean
is_gathered (const Connection *connection)
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
look_at_head (Connection *connection, gboolean *is_closed)
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

static void
door_readable (Connection *connection, guint32 events)
{
  gboolean is_over = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0, is_closed;

  if (connection->state == AT_THE_STEP)
    return;
  if (connection->state == WAITING && !look_at_head (connection, &is_closed)) {
    leave_door (connection);
    if (!is_closed)
      reset_descriptor (connection->fd);
    connection_free (connection);
    return;
  }
  if (connection->state == WAITING && connection->head.size > 0)
    move_at_door (connection, GATHERING);
  if (connection->state == GATHERING && is_gathered (connection))
    move_at_door (connection, AT_THE_STEP);
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
    if (window_us <= stall_us || age_us < MIN (stall_us, EVICT_AFTER_US))
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
  case GATHERING:
  case AT_THE_STEP:
  case WORK: /* our own handler is busy; its own limits apply */
    break;
  }
}

/* A body has a while to come to the door; who was slow, but not too slow, goes on inside. */
static void
sweep_gathering (CoordListener *listener, gint64 now_us)
{
  gint64 stall_us = (gint64) listener->limits.stall_ms * 1000;

  while (listener->gathering.length > 0) {
    Connection *oldest = listener->gathering.head->data;
    gint64 age_us = now_us - oldest->since_us;
    int n = 0;

    if (age_us <= stall_us)
      break;
    if (ioctl (oldest->fd, FIONREAD, &n) == 0 &&
        n - (gint64) oldest->head.size >= MIN_BYTES_PER_S * age_us / G_USEC_PER_SEC)
      move_at_door (oldest, AT_THE_STEP);
    else
      refuse_at_door (oldest);
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
  sweep_gathering (listener, now_us);
  serve_step (listener);
  return G_SOURCE_CONTINUE;
}

/* Accepting. */

/* The address is that of who connected, "" for a unix socket. */
static void
welcome (CoordListener *listener, int fd, const char *address)
{
  guint all = coord_listener_count (listener);
  int one = 1, buffer = SEND_BUFFER;
  unsigned int unread_ms = UNREAD_MS;
  Connection *connection;
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
  gboolean is_closed;

  if (all >= listener->limits.max_connections ||
      (!is_proxy (listener, address) &&
        coord_places_count (listener->everybody, address) >= listener->limits.max_per_address)) {
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
  coord_places_enter (listener->everybody, connection->address);
  /* Most requests are there when accept() returns: no detour for them. */
  if (!look_at_head (connection, &is_closed)) {
    if (!is_closed)
      reset_descriptor (fd);
    connection_free (connection);
    return;
  }
  if (connection->head.size > 0 && is_gathered (connection) &&
      coord_places_has_one_for (listener->places, connection->address) &&
      (listener->step.length == 0 ||
        coord_places_count (listener->places, connection->address) == 0)) {
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
  for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
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
  return listener->inside.length + listener->waiting.length + listener->gathering.length +
         listener->step.length;
}

CoordListener *
coord_listener_new (CoordSocketHub *hub, CoordRouter *router, const CoordListenerLimits *limits)
{
  CoordListener *listener = g_new0 (CoordListener, 1);

  listener->hub = hub;
  listener->router = router;
  listener->limits = *limits;
  listener->ports = g_array_new (FALSE, FALSE, sizeof (Port));
  listener->everybody = coord_places_new (limits->max_connections);
  listener->places = coord_places_new (limits->max_inside);
  listener->server = soup_server_new ("server-header", "entrevue", NULL);
  soup_server_add_handler (listener->server, NULL, handle_cb, listener, NULL);
  g_signal_connect (listener->server, "request-started", G_CALLBACK (request_started_cb), listener);
  listener->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (listener->epoll_fd < 0)
    g_error ("No epoll descriptor: %s", g_strerror (errno));
  listener->epoll_source = g_unix_fd_add (listener->epoll_fd, G_IO_IN, door_cb, listener);
  listener->sweep_source = g_timeout_add (SWEEP_MS, sweep_cb, listener);
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
  while (listener->gathering.length > 0)
    refuse_at_door (listener->gathering.head->data);
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
  coord_places_free (listener->everybody);
  coord_places_free (listener->places);
  g_free (listener->origin);
  g_free (listener);
}
