#pragma once

#include "http/coord-router.h"
#include "net/coord-proxies.h"
#include "net/coord-socket.h"

G_BEGIN_DECLS

/* Accepts connections and gives them to libsoup, one request each.
 *
 * libsoup has no deadlines and polls every descriptor it holds at each turn of the loop, so a new
 * connection waits at our door until its request is there, or as much as the door holds (looked at,
 * never consumed), and only so many are inside at once. Bodies and answers that stand still are
 * dropped. */
typedef struct _CoordListener CoordListener;

typedef struct {
  guint head_ms; /* from accept to the end of the head */
  guint stall_ms; /* a body or an answer slower than 1 KiB/s over this time is dropped */
  guint max_connections; /* requests in work or waiting, in all */
  guint max_per_address; /* the same, of one address */
  guint max_inside; /* inside libsoup */
  guint max_sockets; /* upgraded ones */
} CoordListenerLimits;

extern const CoordListenerLimits coord_listener_default_limits;

/* hub and router are borrowed and must live longer. */
CoordListener *
coord_listener_new (CoordSocketHub *hub, CoordRouter *router, const CoordListenerLimits *limits);
void coord_listener_free (CoordListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordListener, coord_listener_free)

/* Whose word is taken about who asks, and by which scheme. Borrowed; before listening. */
void coord_listener_set_proxies (CoordListener *listener, CoordProxies *proxies);

/* Listens on "127.0.0.1:PORT", "[::1]:PORT" or "localhost:PORT"; port 0 takes a free one. Any other
 * address is refused. */
gboolean coord_listener_listen (CoordListener *listener, const char *address, GError **error);

/* Listens with TLS, on any address of this machine; pem is the key and the certificate. */
gboolean coord_listener_listen_tls (CoordListener *listener,
  const char *address,
  const char *pem,
  GError **error);

/* Listens on a unix socket, for the runner, whose user is another one: it signs on with its token.
 * A file left there is replaced. */
gboolean coord_listener_listen_unix (CoordListener *listener, const char *path, GError **error);

/* "http://127.0.0.1:PORT", or https, of the first address; NULL before listening. */
const char *coord_listener_get_origin (CoordListener *listener);

/* Takes no new connections any more; requests in work go on. */
void coord_listener_stop (CoordListener *listener);

/* Connections that are not sockets yet. */
guint coord_listener_count (CoordListener *listener);

G_END_DECLS
