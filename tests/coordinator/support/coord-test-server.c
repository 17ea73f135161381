#include "support/coord-test-server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000

CoordTestServer *
coord_test_server_new (const CoordListenerLimits *limits)
{
  CoordTestServer *server = g_new0 (CoordTestServer, 1);
  g_autoptr (GError) error = NULL;

  server->store = coord_test_store_new ();
  server->config = coord_config_parse ("registration = open\norg-creation = anyone\n"
                                       "signin-per-account = 1000\nsignin-per-address = 1000\n"
                                       "general-per-user = 1000\n",
    "test", &error);
  g_assert_no_error (error);
  server->secrets = coord_secrets_new ();
  server->services = (CoordServices){ server->config, server->secrets,
    coord_db_pool_new (server->store->path, 2, &error), coord_passwords_new (), coord_events_new (),
    ent_clock_new_real (), coord_metrics_new (), NULL };
  g_assert_no_error (error);
  server->hub = coord_socket_hub_new ();
  server->router = coord_router_new (&server->services);
  coord_routes_add_all (server->router);
  server->listener = coord_listener_new (
    server->hub, server->router, limits != NULL ? limits : &coord_listener_default_limits);
  g_assert_true (coord_listener_listen (server->listener, "127.0.0.1:0", &error));
  g_assert_no_error (error);
  server->services.origin = coord_listener_get_origin (server->listener);
  server->session = soup_session_new ();
  return server;
}

void
coord_test_server_free (CoordTestServer *server)
{
  soup_session_abort (server->session);
  g_object_unref (server->session);
  coord_listener_free (server->listener);
  coord_socket_hub_free (server->hub);
  coord_db_pool_free (server->services.pool);
  coord_router_free (server->router);
  coord_passwords_free (server->services.passwords);
  coord_events_free (server->services.events);
  coord_metrics_free (server->services.metrics);
  ent_clock_unref (server->services.clock);
  coord_secrets_free (server->secrets);
  coord_config_free (server->config);
  coord_test_store_free (server->store);
  g_free (server);
}

guint16
coord_test_server_get_port (CoordTestServer *server)
{
  return atoi (strrchr (coord_listener_get_origin (server->listener), ':') + 1);
}

typedef struct {
  gboolean is_done;
  GBytes *body;
  GError *error;
} Answer;

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &answer->error);
  answer->is_done = TRUE;
}

guint
coord_test_server_ask (CoordTestServer *server,
  const char *method,
  const char *path,
  const char *token,
  const char *body,
  char **text)
{
  return coord_test_server_ask_with (server, method, path, token, NULL, NULL, body, text);
}

SoupMessage *
coord_test_server_new_message (CoordTestServer *server, const char *method, const char *path)
{
  g_autofree char *uri = g_strconcat (coord_listener_get_origin (server->listener), path, NULL);

  return soup_message_new (method, uri);
}

guint
coord_test_server_send (CoordTestServer *server,
  SoupMessage *message,
  const char *token,
  const char *body,
  char **text)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  Answer answer = { 0 };

  if (token != NULL) {
    g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

    soup_message_headers_append (headers, "Authorization", bearer);
  }
  if (body != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  }
  soup_session_send_and_read_async (
    server->session, message, G_PRIORITY_DEFAULT, NULL, answered_cb, &answer);
  g_assert_true (coord_test_wait (&answer.is_done));
  g_assert_no_error (answer.error);
  if (text != NULL)
    *text = g_strndup (g_bytes_get_data (answer.body, NULL), g_bytes_get_size (answer.body));
  g_bytes_unref (answer.body);
  return soup_message_get_status (message);
}

guint
coord_test_server_ask_with (CoordTestServer *server,
  const char *method,
  const char *path,
  const char *token,
  const char *header,
  const char *value,
  const char *body,
  char **text)
{
  g_autoptr (SoupMessage) message = coord_test_server_new_message (server, method, path);

  if (header != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), header, value);
  return coord_test_server_send (server, message, token, body, text);
}

int
coord_test_server_dial (CoordTestServer *server, const char *text)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
    .sin_port = htons (coord_test_server_get_port (server)),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, text, strlen (text), MSG_NOSIGNAL), ==, (gssize) strlen (text));
  return fd;
}

static gboolean
give_up_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

gboolean
coord_test_wait (const gboolean *is_true)
{
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add (PATIENCE_MS, give_up_cb, &is_late);

  while (!*is_true && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
  return *is_true;
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

char *
coord_test_read_until (int fd, const char *until)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 end_us = g_get_monotonic_time () + PATIENCE_MS * 1000;
  guint tick = g_timeout_add (5, tick_cb, NULL);
  gboolean is_over = FALSE;

  while (!is_over && g_get_monotonic_time () < end_us) {
    char buffer[4096];
    gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

    if (n > 0)
      g_string_append_len (text, buffer, n);
    is_over = n == 0 || (n < 0 && errno != EAGAIN) ||
              (until != NULL && memmem (text->str, text->len, until, strlen (until)) != NULL);
    if (!is_over)
      g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (tick);
  return is_over ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
