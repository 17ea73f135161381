#pragma once

#include <libsoup/soup.h>

#include "http/coord-router.h"

G_BEGIN_DECLS

/* What net/ and http/ say to each other about one libsoup message. */

/* Turns the connection of a message whose 101 answer is about to be written into a socket. func is
 * called once, with NULL when the client has gone. Given by net/. */
typedef void (*CoordTakeSocketFunc) (SoupServerMessage *message,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data);

typedef void (*CoordClientLeftFunc) (gpointer data);

/* Calls left once when the client of a message in work has gone, or has ended its side of the
 * connection; NULL: it is not to be told any more. Given by net/. */
typedef void (
  *CoordWatchClientFunc) (SoupServerMessage *message, CoordClientLeftFunc left, gpointer data);

/* How many bytes of body the route of this message takes; asked when its head has been read. */
gsize coord_router_get_body_limit (CoordRouter *router, SoupServerMessage *message);

/* Answers a message, now or later. address is the peer's, "" for a unix socket. */
void coord_router_handle (CoordRouter *router,
  SoupServerMessage *message,
  const char *address,
  CoordTakeSocketFunc take_socket,
  CoordWatchClientFunc watch_client);

G_END_DECLS
