#pragma once

#include "http/coord-request.h"
#include "protocol/ent-codec.h"
#include "service/coord-services.h"

G_BEGIN_DECLS

/* The one table of routes: path, body, who may call, limits, and what is done. */

/* Who may call at all. It is checked before the handler; what a caller may do to one object is
 * decided by the service. */
typedef enum {
  COORD_CALLER_NONE, /* no credential is looked at, or the handler checks its own kind */
  COORD_CALLER_OPTIONAL, /* a bearer token is checked when there is one */
  COORD_CALLER_ANY, /* a signed-in user */
} CoordCallerRule;

/* The class gives the cap of the body and the rate. */
typedef enum {
  COORD_LIMIT_FREE, /* health and pages: not counted, no body */
  COORD_LIMIT_GENERAL, /* 100 KiB */
  COORD_LIMIT_SIGNIN, /* 4 KiB */
  COORD_LIMIT_EXECUTE, /* 100 KiB; few, since each has a program run */
  COORD_LIMIT_SOCKET, /* no body */
} CoordLimitClass;

/* Answers a refused request in place of the standard form, at once. sentence is for whoever asked;
 * the error's own message is not. */
typedef void (*CoordRefuse) (CoordRequest *request, const char *sentence, const GError *error);

/* Answers by itself, now or later. */
typedef void (*CoordHandler) (CoordRequest *request, gpointer data);

typedef enum {
  COORD_WORK_READ,
  COORD_WORK_WRITE, /* one transaction, durable before the answer */
} CoordWork;

/* Either handler or service is set. A service runs in a worker of the pool, after the caller was
 * checked in the same transaction; its result is a struct of type answer, sent with status. */
typedef struct {
  const char *method;
  const char *path; /* "/api/rooms/{room}/socket"; /api/v1/... is the same by alias */
  CoordCallerRule caller;
  CoordLimitClass limit;
  CoordHandler handler;
  CoordServiceFunc service;
  CoordWork work;
  const EntStruct *body; /* NULL: none */
  const EntStruct *answer; /* NULL: none, or no JSON; of a handler it is said only */
  const char *media_type; /* of an answer that is no struct; NULL: there is none */
  guint status; /* 0: 200, or 204 without an answer */
  const char *query; /* names of its query, with spaces between; those of a list are its anyway */
  gboolean takes_other_words; /* others put words of their own behind its '?' */
  const EntStruct *later; /* sent with 202 to who does not want to wait; NULL: everybody waits */
  const char *scope; /* of API keys that may call as well; NULL: none may */
  gboolean is_form; /* the body, of texts only, is that of an HTML form */
  CoordRefuse refuse; /* with a page for people; NULL: application/problem+json */
  gboolean is_versioned; /* changes a thing with a version, which If-Match must name */
} CoordRoute;

typedef struct _CoordRouter CoordRouter;

/* services is borrowed and must live longer. */
CoordRouter *coord_router_new (const CoordServices *services);
void coord_router_free (CoordRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRouter, coord_router_free)

/* How many processes share the rate limits; asked at each request. Without it: this one alone. */
typedef guint (*CoordCountShares) (gpointer data);
void coord_router_set_shares (CoordRouter *router, CoordCountShares count, gpointer data);

/* Adds routes; the table must be static, data is given to its handlers. Two routes with the same
 * method and path are a mistake of the program. */
void
coord_router_add (CoordRouter *router, const CoordRoute *routes, guint n_routes, gpointer data);

/* Whether what a route answers is a list in pages: it takes `limit` and `after` then. */
gboolean coord_route_is_list (const CoordRoute *route);

/* Every route, in the order added: for tests that try them all. */
guint coord_router_count (CoordRouter *router);
const CoordRoute *coord_router_get (CoordRouter *router, guint index);

/* All routes as OpenAPI, made at the first call, when all are there: it takes some milliseconds. */
const char *coord_router_get_description (CoordRouter *router);

/* The routes of this program itself: accounts, organisations, booking, rooms, health, pages. */
void coord_routes_add_all (CoordRouter *router);

G_END_DECLS
