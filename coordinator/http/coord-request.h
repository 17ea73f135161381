#pragma once

#include "net/coord-socket.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* One HTTP request in work: who calls, its decoded body, and its one answer. Main thread only.
 *
 * A handler answers at once or keeps the request (coord_request_ref()) and answers later; each
 * request is answered exactly once, and one that is dropped unanswered gets 500. When the client
 * has left, answers go nowhere and upgrades give no socket. */
typedef struct _CoordRequest CoordRequest;

CoordRequest *coord_request_ref (CoordRequest *request);
void coord_request_unref (CoordRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRequest, coord_request_unref)

/* All lent. A path parameter is the text that stood for {name} in the route; query parameters are
 * percent-decoded; NULL when missing. */
const char *coord_request_get_parameter (CoordRequest *request, const char *name);
const char *coord_request_get_query (CoordRequest *request, const char *name);
const char *coord_request_get_header (CoordRequest *request, const char *name);
const char *coord_request_get_address (CoordRequest *request);
const char *coord_request_get_id (CoordRequest *request);

/* The text behind "Authorization: Bearer ", or NULL. */
const char *coord_request_get_bearer (CoordRequest *request);

/* The signed-in user's id, or NULL; lent. */
const char *coord_request_get_user (CoordRequest *request);

/* Answers with an error: its status, stable code and sentence as application/problem+json. Consumes
 * the error. */
void coord_request_fail (CoordRequest *request, GError *error);

/* Answers with a body that is text of this type, copied; NULL body = none. */
void coord_request_reply_text (CoordRequest *request,
  guint status,
  const char *content_type,
  const char *body);

/* Called once with the socket (lent; set its events now) or with NULL when the client has gone. */
typedef void (*CoordUpgradeFunc) (CoordSocket *socket, gpointer data);

/* Answers by turning the connection into a WebSocket, after the handler has authorised it. Answers
 * 400 by itself, and calls back with NULL, when the request is no WebSocket handshake. protocol is
 * the sub-protocol to choose when the client offers it, or NULL. */
void coord_request_upgrade (CoordRequest *request,
  const char *protocol,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data);

G_END_DECLS
