#pragma once

#include "http/coord-router.h"
#include "realtime/coord-person-sockets.h"
#include "realtime/coord-room-table.h"
#include "run/coord-runner-link.h"

G_BEGIN_DECLS

/* The requests that become sockets: a room's document, a room, a
 * person, a runner. */
typedef struct {
  CoordDbPool *pool;
  CoordRoomTable *rooms;
  CoordRunnerLinks *runners;
  CoordPersonSockets *people;
  const char *local_runner_token; /* of the child runner, which no table knows; NULL: none */
} CoordRealtimeRoutes;

/* routes is lent and must outlive the router. */
void coord_routes_realtime_add (CoordRouter *router, CoordRealtimeRoutes *routes);

G_END_DECLS
