#pragma once

#include "http/coord-request.h"

G_BEGIN_DECLS

/* The one table of routes. */

/* Who may call at all. It is checked before the handler; what a caller may do to one object is
 * decided by the service. */
typedef enum {
  COORD_CALLER_NONE, /* no credential is looked at, or the handler checks its own kind */
  COORD_CALLER_OPTIONAL, /* a bearer token is checked when there is one */
  COORD_CALLER_ANY, /* a signed-in user */
} CoordCallerRule;

/* Limits per class: see api-sketch; the body's cap is part of it. */
typedef enum {
  COORD_LIMIT_FREE, /* health: not counted, no body */
  COORD_LIMIT_GENERAL,
  COORD_LIMIT_SIGNIN,
  COORD_LIMIT_SOCKET,
} CoordLimitClass;

typedef void (*CoordHandler) (CoordRequest *request, gpointer data);

typedef struct {
  const char *method;
  const char *path; /* "/api/rooms/{room}/socket"; /api/v1/... is the same by alias */
  CoordCallerRule caller;
  CoordLimitClass limit;
  CoordHandler handler;
} CoordRoute;

typedef struct _CoordRouter CoordRouter;

/* Adds routes; the table must be static, data is given to its handlers. Two routes with the same
 * method and path are a mistake of the program. */
void
coord_router_add (CoordRouter *router, const CoordRoute *routes, guint n_routes, gpointer data);

G_END_DECLS
