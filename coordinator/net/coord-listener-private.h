#pragma once

#include <libsoup/soup.h>

#include "http/coord-exchange.h"
#include "net/coord-head.h"
#include "net/coord-listener.h"
#include "net/coord-places.h"
#include "net/coord-tls-front.h"

/* One connection on its way: accepted by coord-listener.c, at the door until its request is there
 * (coord-door.c), then inside libsoup (coord-inside.c). */

G_BEGIN_DECLS

/* Where a connection stands; those before HEAD are at the door. */
typedef enum {
  COORD_CONNECTION_WAITING, /* for the end of its head */
  COORD_CONNECTION_GATHERING, /* for its body, as far as the door holds it */
  COORD_CONNECTION_AT_THE_STEP, /* all is there, no place inside yet */
  COORD_CONNECTION_HEAD,
  COORD_CONNECTION_BODY,
  COORD_CONNECTION_WORK,
  COORD_CONNECTION_ANSWER,
  COORD_CONNECTION_DONE,
  COORD_CONNECTION_LINGERING, /* its 413 is written; what still comes is thrown away */
} CoordConnectionState;

typedef struct {
  CoordListener *listener;
  GList link; /* in listener->waiting, ->gathering, ->step or ->inside */
  CoordConnectionState state;
  int fd; /* owned */
  char *address;
  char *network; /* whom caps are for */
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
  CoordClientLeftFunc left; /* NULL: nobody wants to know when the client leaves */
  gpointer left_data;
  gboolean is_dropped;
  gboolean is_upgraded; /* its socket has a descriptor of its own */
} CoordConnection;

struct _CoordListener {
  SoupServer *server;
  GSocketAddress *local; /* of all connections, as libsoup sees them */
  CoordSocketHub *hub;
  CoordRouter *router;
  CoordListenerLimits limits;
  CoordProxies *proxies; /* borrowed; NULL: none are trusted */
  CoordTlsFront *tls; /* NULL: none */
  GArray *ports; /* of coord-listener.c */
  char *origin;
  char *unix_path;
  int epoll_fd; /* connections at the door */
  guint epoll_source;
  guint sweep_source;
  guint step_source;
  guint rest_source; /* what is left of a sweep */
  GQueue waiting, gathering, step, inside; /* CoordConnection */
  GList *fresh; /* of step: from here on nobody was looked at since a place became free */
  CoordPlaces *everybody, *places; /* those in all, and those inside */
  guint n_dropped; /* of those inside */
};

/* coord-listener.c */

gboolean coord_listener_is_proxy (CoordListener *listener, const char *address);

/* Closes by a reset. */
void coord_listener_reset (int fd);

/* coord-door.c */

void coord_door_open (CoordListener *listener);

/* Turns away who waits for the rest of a request. */
void coord_door_clear (CoordListener *listener);

/* Turns away everybody. */
void coord_door_close (CoordListener *listener);

/* Takes a connection over. address is who connected, "" for a unix socket. */
void coord_door_welcome (CoordListener *listener, int fd, const char *address);

/* A place inside is free. */
void coord_door_place_is_free (CoordListener *listener);

/* coord-inside.c */

void coord_inside_open (CoordListener *listener);
void coord_inside_close (CoordListener *listener);

/* Frees one whose descriptor is closed or libsoup's. */
void coord_connection_free (CoordConnection *connection);

/* Gives one that has left the door to libsoup. */
void coord_inside_enter (CoordConnection *connection);

/* The client of one that is watched has gone, or has ended its side. */
void coord_inside_client_left (CoordConnection *connection);

/* Makes room for so many who wait, of those without progress. */
void coord_inside_evict (CoordListener *listener, guint n_waiting);

/* Drops those whose time is over. FALSE: some are left for another turn. */
gboolean coord_inside_sweep (CoordListener *listener);

G_END_DECLS
