#pragma once

#include "http/coord-exchange.h"
#include "net/coord-socket.h"

G_BEGIN_DECLS

/* Takes a connection from libsoup once its 101 is written, and makes a socket of it. */

/* What an upgrade needs of the connection that a message came on; all lent. */
typedef struct {
  CoordSocketHub *hub; /* whose socket it becomes */
  int fd;
  const char *address; /* of the client */
} CoordUpgradePlace;

/* Where a message came from, when its connection is still there. */
typedef gboolean (*CoordUpgradeFind) (SoupServerMessage *message, CoordUpgradePlace *place);

/* As CoordTakeSocketFunc; find is asked when the 101 is written. */
void coord_upgrade_start (SoupServerMessage *message,
  CoordUpgradeFind find,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data);

G_END_DECLS
