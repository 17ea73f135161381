/* Ports and what is common; see coord-listener-private.h for a connection's way. */

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/coord-listener-private.h"
#include "net/coord-port.h"

#define ACCEPTS_PER_TURN 16
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

typedef struct {
  int fd;
  guint source;
} Port;

gboolean
coord_listener_is_proxy (CoordListener *listener, const char *address)
{
  return listener->proxies != NULL && coord_proxies_contain (listener->proxies, address);
}

void
coord_listener_reset (int fd)
{
  struct linger zero = { 1, 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &zero, sizeof zero);
  close (fd);
}

/* What is accepted by TCP has these from the descriptor that it was accepted from. */
static void
set_options (int fd, gboolean is_tcp)
{
  int one = 1, buffer = SEND_BUFFER;
  unsigned int unread_ms = UNREAD_MS;

  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  if (!is_tcp)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
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
    if (from.ss_family == AF_UNIX)
      set_options (fd, FALSE);
    coord_door_welcome (data, fd, address);
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
  set_options (fd, FALSE); /* one of a pair of unix sockets */
  coord_door_welcome (data, fd, address);
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
  set_options (fd, TRUE);
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
  coord_inside_open (listener);
  coord_door_open (listener);
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
  coord_door_clear (listener);
}

void
coord_listener_free (CoordListener *listener)
{
  coord_listener_stop (listener);
  coord_door_close (listener);
  coord_inside_close (listener);
  g_clear_pointer (&listener->tls, coord_tls_front_free);
  g_array_unref (listener->ports);
  coord_places_free (listener->everybody);
  coord_places_free (listener->places);
  g_free (listener->origin);
  g_free (listener);
}
