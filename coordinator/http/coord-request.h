#pragma once

#include "net/coord-socket.h"
#include "protocol/ent-codec.h"
#include "service/coord-caller.h"
#include "service/coord-services.h"
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

/* Whom limits for each address are for: the address, or the network of an IPv6 one. */
const char *coord_request_get_network (CoordRequest *request);

/* The text behind "Authorization: Bearer ", or NULL. */
const char *coord_request_get_bearer (CoordRequest *request);

/* The signed-in user's id, or NULL; and the same, or what tells a key from others. Lent. */
const char *coord_request_get_user (CoordRequest *request);
const char *coord_request_get_subject (CoordRequest *request);

/* The services of the program, and the body as the struct that the route names (NULL: none); lent.
 */
const CoordServices *coord_request_get_services (CoordRequest *request);
gconstpointer coord_request_get_body (CoordRequest *request);

/* One call of a service, in a worker: everything is lent for the call's time. */
typedef struct {
  CoordDb *db;
  const CoordServices *services; /* only what is read-only: config, secrets, origin */
  const CoordCaller *caller; /* NULL: not signed in */
  CoordRequest *request; /* for parameters, queries and the body only */
  gconstpointer body;
  gint64 version; /* that the caller saw, for coord_version_check(); 0: the route asks for none */
  gpointer extra; /* of coord_request_work() */
  gint64 now_us;
  GPtrArray *events; /* CoordEvent; published when the work is durable */
} CoordCall;

typedef gpointer (*CoordServiceFunc) (CoordCall *call, GError **error);

/* Called on the main thread with the result, which it takes. */
typedef void (*CoordWorkDone) (CoordRequest *request, gpointer result, gpointer extra);

/* Runs a service in the pool, reading or writing (is_write). On an error the request is answered
 * with it; otherwise done is called. extra is freed with extra_free after that. done NULL: the
 * result is the route's answer, which is written in the worker and sent; result_free is not asked
 * for. */
void coord_request_work (CoordRequest *request,
  gboolean is_write,
  CoordServiceFunc func,
  GDestroyNotify result_free,
  CoordWorkDone done,
  gpointer extra,
  GDestroyNotify extra_free);

/* Answers with a struct as JSON; status 0 is 200, or 204 when value is NULL. A member `version` of
 * the struct, or of the object that is its first member, is its ETag; a member `next` goes out as a
 * sealed cursor, which comes back as the query `after`. */
void coord_request_reply (CoordRequest *request,
  guint status,
  const EntStruct *type,
  gconstpointer value);

/* Counts one use by a subject in addition to the route's own limit; FALSE when it was over the
 * limit, and then the request has been answered with 429. */
gboolean
coord_request_count (CoordRequest *request, const char *subject, gint64 count, gint64 window_s);

/* As coord_rate_fail() and coord_rate_succeed(); wait answers with 429 and returns FALSE while the
 * subject has to wait. */
void coord_request_count_failure (CoordRequest *request, const char *subject);
void coord_request_forget_failures (CoordRequest *request, const char *subject);
gboolean coord_request_check_wait (CoordRequest *request, const char *subject);

/* As coord_rate_know() and coord_rate_is_known(). */
void coord_request_know (CoordRequest *request, const char *subject);
gboolean coord_request_is_known (CoordRequest *request, const char *subject);

/* Answers with an error: its status, stable code and sentence as application/problem+json, or as
 * the route says it. Consumes the error. */
void coord_request_fail (CoordRequest *request, GError *error);

/* Calls left once when the client has gone, or has ended its side of the connection, before its
 * answer is given; never from within, and never after the answer. */
void
coord_request_watch_client (CoordRequest *request, void (*left) (gpointer data), gpointer data);

/* Says something more about the answer, before it is given. */
void coord_request_set_header (CoordRequest *request, const char *name, const char *value);

/* Answers with a body that is text of this type, copied; NULL body = none. */
void coord_request_reply_text (CoordRequest *request,
  guint status,
  const char *content_type,
  const char *body);

/* Answers with a file, that a browser would save under this name. */
void coord_request_reply_file (CoordRequest *request,
  const char *content_type,
  const char *name,
  GBytes *bytes);

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
