#pragma once

#include "http/coord-router.h"
#include "run/coord-run-queue.h"

G_BEGIN_DECLS

/* Running code without a room, by people and by keys with the scope `execute`: the answer is waited
 * for, or fetched later. */
typedef struct _CoordCodeRoutes CoordCodeRoutes;

/* Requests that wait for their programs; one more is told to fetch the answer later. Each holds a
 * place inside (net/), of which one proxy has twice as many for all that it passes on. */
#define COORD_CODE_MAX_WAITED_FOR 48

/* The queue is borrowed, and freed before the routes; the routes must outlive the router. */
CoordCodeRoutes *coord_code_routes_new (CoordDbPool *pool, CoordRunQueue *runs, EntClock *clock);
void coord_code_routes_add (CoordCodeRoutes *routes, CoordRouter *router);
void coord_code_routes_free (CoordCodeRoutes *routes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordCodeRoutes, coord_code_routes_free)

G_END_DECLS
