#pragma once

#include "http/coord-exchange.h"
#include "http/coord-rate.h"
#include "service/coord-token-cache.h"

/* Shared by coord-request.c and coord-router.c only. */
struct _CoordRequest {
  guint refs;
  CoordRouter *router;
  const CoordRoute *route;
  SoupServerMessage *message; /* owned */
  CoordTakeSocketFunc take_socket;
  CoordWatchClientFunc watch_client;
  char *id;
  char *address;
  char *network; /* whom limits for each address are for */
  GHashTable *parameters;
  GHashTable *query; /* NULL: none */
  CoordCaller *caller; /* NULL: not signed in */
  gpointer body;
  gint64 version; /* of If-Match */
  gboolean is_answered;
  gboolean is_paused;
  gboolean is_watched; /* somebody wants to know when its client leaves */
  gint64 started_us; /* of the steady clock */
  CoordRateState rate;
};

struct _CoordRouter {
  const CoordServices *services;
  GPtrArray *entries; /* Entry of coord-router.c */
  CoordRate *rate;
  CoordCountShares count_shares; /* NULL: none to share with */
  gpointer count_shares_data;
  CoordTokenCache *tokens;
  char *description; /* openapi.json; NULL until asked for */
};

CoordRequest *
coord_request_new (CoordRouter *router, SoupServerMessage *message, const char *address);

/* Opens the cursor in the query, which is then what the service called `next`; reads the version of
 * If-Match when the route wants one. Sets error when either is not as it must be. */
gboolean coord_request_open_cursor (CoordRequest *request, GError **error);
gboolean coord_request_read_version (CoordRequest *request, GError **error);

/* Once the handler has returned: an answer that comes later needs a paused message. */
void coord_request_pause (CoordRequest *request);
