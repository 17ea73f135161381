#include "net/coord-port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/coord-error.h"

char *
coord_port_format_address (const struct sockaddr_storage *address)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (address->ss_family == AF_INET)
    inet_ntop (AF_INET, &((const struct sockaddr_in *) address)->sin_addr, text, sizeof text);
  else if (address->ss_family == AF_INET6) {
    const struct in6_addr *bytes = &((const struct sockaddr_in6 *) address)->sin6_addr;

    if (IN6_IS_ADDR_V4MAPPED (bytes)) /* a port for both takes them so */
      inet_ntop (AF_INET, &bytes->s6_addr[12], text, sizeof text);
    else
      inet_ntop (AF_INET6, bytes, text, sizeof text);
  }
  return g_strdup (text);
}

static int
fail_listen (GError **error, int fd, const char *address)
{
  g_set_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE, "Could not listen on %s: %s.", address,
    g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
is_loopback (GSocketAddress *address)
{
  return g_inet_address_get_is_loopback (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* "HOST:PORT". */
static GSocketAddress *
parse_address (const char *text, GError **error)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (text, 0, error);
  const char *host;
  g_autoptr (GInetAddress) inet = NULL;

  if (address == NULL) {
    g_prefix_error (error, "'%s' is no address to listen on, such as 127.0.0.1:8080: ", text);
    return NULL;
  }
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (address));
  inet = g_inet_address_new_from_string (g_str_equal (host, "localhost") ? "127.0.0.1" : host);
  if (inet != NULL)
    return g_inet_socket_address_new (
      inet, g_network_address_get_port (G_NETWORK_ADDRESS (address)));
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "'%s' is no address to listen on, such as 127.0.0.1:8080: a number is needed, not a name.",
    text);
  return NULL;
}

static gboolean
check_encryption (GSocketAddress *wanted, const char *address, gboolean is_tls, GError **error)
{
  if (is_tls || is_loopback (wanted))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_DENIED,
    "Listening on %s without TLS is refused: everybody on the network could read along. Listen on "
    "127.0.0.1:PORT behind a reverse proxy, or set 'tls = own'.",
    address);
  return FALSE;
}

static char *
format_origin (int fd, const char *scheme)
{
  struct sockaddr_storage native;
  socklen_t size = sizeof native;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *text = NULL;

  getsockname (fd, (struct sockaddr *) &native, &size);
  bound = g_socket_address_new_from_native (&native, size);
  text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (bound));
  return g_strconcat (scheme, "://", text, NULL);
}

int
coord_port_open (const char *address, gboolean is_tls, char **origin, GError **error)
{
  g_autoptr (GSocketAddress) wanted = parse_address (address, error);
  struct sockaddr_storage native;
  int fd, one = 1;

  if (wanted == NULL || !check_encryption (wanted, address, is_tls, error) ||
      !g_socket_address_to_native (wanted, &native, sizeof native, error))
    return -1;
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (fd < 0 ||
      bind (fd, (struct sockaddr *) &native, g_socket_address_get_native_size (wanted)) != 0 ||
      listen (fd, 4096) != 0)
    return fail_listen (error, fd, address);
  *origin = format_origin (fd, is_tls ? "https" : "http");
  return fd;
}

int
coord_port_open_unix (const char *path, GError **error)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  int fd;

  if (strlen (path) >= sizeof native.sun_path) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "Could not listen on %s: the path is longer than a unix socket's may be.", path);
    return -1;
  }
  strcpy (native.sun_path, path);
  g_unlink (path);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind (fd, (struct sockaddr *) &native, sizeof native) != 0 ||
      chmod (path, 0666) != 0 || listen (fd, 128) != 0)
    return fail_listen (error, fd, path);
  return fd;
}
