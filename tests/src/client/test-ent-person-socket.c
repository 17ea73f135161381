/* A person's socket against a small real server in the same process, with a clock turned by hand.
 */
#include <libsoup/soup.h>
#include <string.h>

#include "client/ent-client-sign-in.h"
#include "client/ent-person-socket.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define NOTICE \
  "{\"t\":\"notice\",\"d\":{\"id\":\"" ID \
  "\",\"at\":\"2026-11-21T18:00:00Z\",\"kind\":\"booked\"," \
  "\"interview\":\"" ID "\",\"title\":\"Backend\",\"starts\":\"2026-11-22T18:00:00Z\"}}"

typedef struct {
  SoupServer *server;
  EntClient *client;
  EntClock *clock;
  EntPersonSocket *socket;
  SoupWebsocketConnection *peer;
  char *bearer; /* of the last handshake */
  GString *heard; /* by the server */
  GString *told; /* ids that the person was told */
  int lasts_s; /* an access token */
  int renewals;
  int handshakes;
  gboolean refuses;
  gboolean is_resumed;
} Fixture;

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (
    message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
refresh_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  Fixture *f = data;
  g_autofree char *text = NULL;

  f->renewals++;
  text = g_strdup_printf (
    "{\"access\":\"a%d\",\"expires_in\":%d,\"refresh\":\"r\"}", f->renewals, f->lasts_s);
  answer (message, 200, text);
}

static void
me_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  answer (message, 200, "{\"user\":{\"id\":\"" ID "\",\"name\":\"Ada\"},\"memberships\":[]}");
}

static void
handshake_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  Fixture *f = data;

  f->handshakes++;
  g_free (f->bearer);
  f->bearer = g_strdup (soup_message_headers_get_one (
    soup_server_message_get_request_headers (message), "Authorization"));
  if (f->refuses)
    answer (message, 401, "{\"status\":401,\"code\":\"not_signed_in\"}");
}

static void
heard_cb (SoupWebsocketConnection *peer, SoupWebsocketDataType type, GBytes *text, gpointer data)
{
  g_string_append_len (
    ((Fixture *) data)->heard, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

static void
opened_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  SoupWebsocketConnection *peer,
  gpointer data)
{
  Fixture *f = data;

  g_set_object (&f->peer, peer);
  g_signal_connect (peer, "message", G_CALLBACK (heard_cb), f);
  soup_websocket_connection_send_text (peer, "{\"t\":\"welcome\"}");
}

static void
notice_cb (EntPersonSocket *socket, const EntApiNotification *notice, gpointer data)
{
  g_string_append_printf (((Fixture *) data)->told, "%s ", notice->id);
}

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  ((Fixture *) data)->is_resumed = ent_client_resume_finish (ENT_CLIENT (source), result, &error);
  g_assert_no_error (error);
}

#define wait_for(condition) \
  G_STMT_START \
  { \
    gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US; \
    while (!(condition)) { \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us); \
      g_main_context_iteration (NULL, FALSE); \
    } \
  } \
  G_STMT_END

static void
set_up (Fixture *f, gconstpointer data)
{
  const char *protocols[] = { "entrevue.v1", NULL };
  g_autofree char *origin = NULL;
  GSList *uris;

  f->lasts_s = 900;
  f->heard = g_string_new (NULL);
  f->told = g_string_new (NULL);
  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, "/api/auth/refresh", refresh_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/me", me_cb, f, NULL);
  soup_server_add_early_handler (f->server, "/api/me/socket", handshake_cb, f, NULL);
  soup_server_add_websocket_handler (
    f->server, "/api/me/socket", NULL, (char **) protocols, opened_cb, f, NULL);
  g_assert_true (soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (f->server);
  origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  f->clock = ent_clock_new_test (0);
  f->client = ent_client_new (origin);
}

/* Signs in, and begins to listen. */
static void
start (Fixture *f)
{
  ent_client_resume_async (f->client, "r", NULL, resumed_cb, f);
  wait_for (f->is_resumed);
  f->socket = ent_person_socket_new (f->client, f->clock);
  g_signal_connect (f->socket, "notice", G_CALLBACK (notice_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&f->socket));
  g_clear_object (&f->peer);
  g_assert_finalize_object (g_steal_pointer (&f->client));
  soup_server_disconnect (f->server);
  g_clear_object (&f->server);
  ent_clock_unref (f->clock);
  g_free (f->bearer);
  g_string_free (f->heard, TRUE);
  g_string_free (f->told, TRUE);
}

static void
test_told (Fixture *f, gconstpointer data)
{
  start (f);
  g_assert_false (ent_person_socket_is_open (f->socket));
  wait_for (ent_person_socket_is_open (f->socket));
  g_assert_cmpstr (f->bearer, ==, "Bearer a1");
  soup_websocket_connection_send_text (f->peer, "nonsense");
  soup_websocket_connection_send_text (f->peer, "{\"t\":\"weather\",\"d\":{}}");
  soup_websocket_connection_send_text (f->peer, NOTICE);
  wait_for (f->told->len > 0);
  g_assert_cmpstr (f->told->str, ==, ID " ");
}

/* It waits, longer each time, and comes back with a token that is good then. */
static void
test_comes_back (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for (ent_person_socket_is_open (f->socket));
  f->refuses = TRUE;
  soup_websocket_connection_close (f->peer, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  wait_for (!ent_person_socket_is_open (f->socket));
  g_assert_cmpint (f->handshakes, ==, 1);
  ent_clock_advance (f->clock, 999);
  g_assert_cmpint (f->handshakes, ==, 1);
  ent_clock_advance (f->clock, 1001);
  wait_for (f->handshakes == 2);
  f->refuses = FALSE;
  /* The refusal is known once the next wait has begun, which is 4 s at most. */
  while (f->handshakes == 2) {
    ent_clock_advance (f->clock, 100);
    g_main_context_iteration (NULL, FALSE);
  }
  wait_for (ent_person_socket_is_open (f->socket));
}

/* A token that is about to end is renewed on the open socket. */
static void
test_renews (Fixture *f, gconstpointer data)
{
  f->lasts_s = 1;
  start (f);
  wait_for (ent_person_socket_is_open (f->socket));
  g_assert_cmpint (f->renewals, ==, 2);
  g_assert_cmpstr (f->bearer, ==, "Bearer a2");
  ent_clock_advance (f->clock, 10000);
  wait_for (strstr (f->heard->str, "\"a3\"") != NULL);
  g_assert_nonnull (strstr (f->heard->str, "\"auth\""));
  g_assert_cmpint (f->handshakes, ==, 1);
  g_assert_true (ent_person_socket_is_open (f->socket));
}

/* Let go of in the middle of everything. */
static void
test_let_go (Fixture *f, gconstpointer data)
{
  int handshakes;

  start (f);
  g_object_run_dispose (G_OBJECT (f->socket));
  for (int i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
  handshakes = f->handshakes;
  ent_clock_advance (f->clock, 1000 * 1000);
  g_assert_cmpint (f->handshakes, ==, handshakes);
  g_assert_false (ent_person_socket_is_open (f->socket));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/person-socket/told", Fixture, NULL, set_up, test_told, tear_down);
  g_test_add ("/person-socket/comes-back", Fixture, NULL, set_up, test_comes_back, tear_down);
  g_test_add ("/person-socket/renews", Fixture, NULL, set_up, test_renews, tear_down);
  g_test_add ("/person-socket/let-go", Fixture, NULL, set_up, test_let_go, tear_down);
  return g_test_run ();
}
