#pragma once

#include <libsoup/soup.h>

#include "net/coord-listener.h"
#include "service/coord-services.h"
#include "support/coord-test-store.h"

/* A whole coordinator in this process, on a free port, with limits that do not get in the way. */
typedef struct {
  CoordTestStore *store;
  CoordConfig *config;
  CoordSecrets *secrets;
  CoordServices services;
  CoordSocketHub *hub;
  CoordRouter *router;
  CoordListener *listener;
  SoupSession *session; /* a client */
} CoordTestServer;

/* Add routes to router before listening; limits may be NULL. */
CoordTestServer *coord_test_server_new (const CoordListenerLimits *limits);
void coord_test_server_free (CoordTestServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTestServer, coord_test_server_free)

guint16 coord_test_server_get_port (CoordTestServer *server);

/* One request, waited for. body is JSON or NULL, token an access token or NULL. Returns the status
 * and, when answer is not NULL, the body as text. */
guint coord_test_server_ask (CoordTestServer *server,
  const char *method,
  const char *path,
  const char *token,
  const char *body,
  char **answer);

/* The same with one more header. */
guint coord_test_server_ask_with (CoordTestServer *server,
  const char *method,
  const char *path,
  const char *token,
  const char *header,
  const char *value,
  const char *body,
  char **answer);

/* Any message, for what its answer says besides. */
guint coord_test_server_send (CoordTestServer *server,
  SoupMessage *message,
  const char *token,
  const char *body,
  char **answer);

/* A message to a path of this server; the caller owns it. */
SoupMessage *
coord_test_server_new_message (CoordTestServer *server, const char *method, const char *path);

/* Connects a plain descriptor that blocks, and sends text. */
int coord_test_server_dial (CoordTestServer *server, const char *text);

/* What the descriptor gives until it ends or `until` has come, with the main loop running
 * meanwhile; NULL after 10 s. The caller owns it. */
char *coord_test_read_until (int fd, const char *until);

/* Runs the main loop until *is_true or 10 s have passed; FALSE then. */
gboolean coord_test_wait (const gboolean *is_true);
