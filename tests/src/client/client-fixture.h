#pragma once

#include <libsoup/soup.h>

#include "client/ent-client.h"

G_BEGIN_DECLS

/* A client and a small real HTTP server in the same process. */
typedef struct {
  SoupServer *server;
  char *origin;
  EntClient *client;
  GMainLoop *loop;
  GError *error;
  gboolean ok;
  int refreshes;
  int calls;
  int answers;
  gboolean hold_first; /* the first refusal leaves only after a renewal */
  SoupServerMessage *held;
  gboolean refuse_refresh;
  const char *health;
  char *kept; /* what the client asked to keep */
  gboolean forgot;
  SoupWebsocketConnection *peer;
  const char *socket_path; /* of the peer */
  GString *seen;
} Fixture;

void client_fixture_set_up (Fixture *f, gconstpointer data);
void client_fixture_tear_down (Fixture *f, gconstpointer data);

/* Signs in, with this password; "wrong" is refused, "two" asks for a second factor. How it went is
 * in ok and error. */
void client_fixture_log_in (Fixture *f, const char *password);

/* A handler for more places with sockets, with the fixture as its data. */
void client_fixture_websocket_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  SoupWebsocketConnection *peer,
  gpointer data);

/* Adds a case with this fixture. */
#define CLIENT_TEST_ADD(path, func) \
  g_test_add (path, Fixture, NULL, client_fixture_set_up, func, client_fixture_tear_down)

G_END_DECLS
