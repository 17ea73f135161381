/* The client against a small real HTTP server in the same process. */
#include <libsoup/soup.h>
#include <string.h>

#include "client/ent-channel.h"
#include "client/ent-client.h"

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

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (
    message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
health_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  answer (message, 200, ((Fixture *) data)->health);
}

static void
login_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);

  if (g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "wrong") != NULL) {
    soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Retry-After", "7");
    answer (message, 401,
      "{\"status\":401,\"code\":\"bad_credentials\",\"detail\":\"Address or password is wrong.\"}");
    return;
  }
  answer (message, 200,
    "{\"access\":\"old\",\"expires_in\":900,\"refresh\":\"r1\",\"user\":{\"id\":\"01890a5d-ac96-"
    "774b-bcce-b302099a8057\",\"name\":\"Ada\"}}");
}

static void
refresh_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  Fixture *f = data;

  f->refreshes++;
  if (f->refuse_refresh)
    answer (message, 401, "{\"status\":401,\"code\":\"signed_out\",\"detail\":\"Over.\"}");
  else
    answer (message, 200, "{\"access\":\"new\",\"expires_in\":900,\"refresh\":\"r2\"}");
}

static void
me_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  Fixture *f = data;
  const char *bearer = soup_message_headers_get_one (
    soup_server_message_get_request_headers (message), "Authorization");

  f->calls++;
  if (g_strcmp0 (bearer, "Bearer new") != 0) {
    answer (message, 401, "{\"status\":401,\"code\":\"expired\"}");
    if (f->hold_first && f->held == NULL)
      soup_server_message_pause (f->held = message);
  } else
    answer (message, 200,
      "{\"user\":{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Ada\"},"
      "\"memberships\":[]}");
}

static void
rooms_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  ((Fixture *) data)->calls++;
  answer (message, 404, "{\"status\":404,\"code\":\"not_found\",\"detail\":\"No.\"}");
}

static void
entry_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  gboolean is_broken = g_str_has_suffix (path, "/broken");

  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/calendar", SOUP_MEMORY_STATIC,
    is_broken ? "BEGIN\xff" : "BEGIN:VCALENDAR\r\n", is_broken ? 6 : 17);
}

static void
peer_text_cb (SoupWebsocketConnection *peer,
  SoupWebsocketDataType type,
  GBytes *data,
  gpointer user_data)
{
  soup_websocket_connection_send_message (peer, type, data);
}

static void
websocket_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  SoupWebsocketConnection *peer,
  gpointer data)
{
  Fixture *f = data;

  g_set_object (&f->peer, peer);
  f->socket_path = g_uri_get_path (soup_websocket_connection_get_uri (peer));
  g_signal_connect (peer, "message", G_CALLBACK (peer_text_cb), f);
}

static void
kept_cb (EntClient *client, const char *token, gpointer data)
{
  Fixture *f = data;

  g_free (f->kept);
  f->kept = g_strdup (token);
  f->forgot = token == NULL;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const char *protocols[] = { "entrevue.v1", NULL };
  GSList *uris;

  f->health = "{\"status\":\"ok\",\"version\":\"0.1\",\"protocols\":[1]}";
  f->loop = g_main_loop_new (NULL, FALSE);
  f->seen = g_string_new (NULL);
  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, "/health", health_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/auth/login", login_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/auth/refresh", refresh_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/me", me_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/entry", entry_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/rooms", rooms_cb, f, NULL);
  soup_server_add_websocket_handler (
    f->server, "/socket", NULL, (char **) protocols, websocket_cb, f, NULL);
  g_assert_true (soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (f->server);
  f->origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  f->client = ent_client_new (f->origin);
  g_signal_connect (f->client, "refresh-token-changed", G_CALLBACK (kept_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_error (&f->error);
  g_assert_finalize_object (g_steal_pointer (&f->client));
  g_clear_object (&f->peer);
  soup_server_disconnect (f->server);
  g_clear_object (&f->server);
  g_free (f->origin);
  g_free (f->kept);
  g_string_free (f->seen, TRUE);
  g_main_loop_unref (f->loop);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (EntApiHealth) health =
    ent_client_check_finish (ENT_CLIENT (source), result, &f->error);

  f->ok = health != NULL;
  g_main_loop_quit (f->loop);
}

static void
logged_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (EntApiUser) user = ent_client_login_finish (ENT_CLIENT (source), result, &f->error);

  f->ok = user != NULL;
  g_main_loop_quit (f->loop);
}

static void
me_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, &f->error);

  f->ok = me != NULL;
  f->answers++;
  g_main_loop_quit (f->loop);
}

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  f->ok = ent_client_resume_finish (ENT_CLIENT (source), result, &f->error);
  g_main_loop_quit (f->loop);
}

static void
check_health (Fixture *f)
{
  g_clear_error (&f->error);
  ent_client_check_async (f->client, NULL, checked_cb, f);
  g_main_loop_run (f->loop);
}

static void
test_check (Fixture *f, gconstpointer data)
{
  check_health (f);
  g_assert_no_error (f->error);
  f->health = "{\"status\":\"ok\",\"version\":\"9.0\",\"protocols\":[2,3]}";
  check_health (f);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_NEWER_SERVER);
  f->health = "<html>Router</html>";
  check_health (f);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_BAD_ANSWER);
  soup_server_disconnect (f->server);
  check_health (f);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE);
}

static void
join_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  g_assert_null (ent_client_join_finish (ENT_CLIENT (source), result, &f->error));
  g_main_loop_quit (f->loop);
}

static void
join (Fixture *f)
{
  g_clear_error (&f->error);
  ent_client_join_async (f->client, "01890a5d-ac96-774b-bcce-b302099a8057",
    &(EntApiJoin){ .invite = "invite", .name = "Ada", .device_key = "key" }, NULL, join_done_cb, f);
  g_main_loop_run (f->loop);
}

/* An invitation is bound to the device that uses it: a server that is not understood is not asked.
 */
static void
test_join (Fixture *f, gconstpointer data)
{
  f->health = "{\"status\":\"ok\",\"version\":\"9.0\",\"protocols\":[2,3]}";
  join (f);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_NEWER_SERVER);
  g_assert_cmpuint (f->calls, ==, 0);

  f->health = "{\"status\":\"ok\",\"version\":\"0.1\",\"protocols\":[1]}";
  join (f);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED);
  g_assert_cmpuint (f->calls, ==, 1);
  g_assert_true (g_str_has_prefix (f->error->message, "The server does not know this interview."));
}

static void
text_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autofree char *text = ent_client_read_text_finish (ENT_CLIENT (source), result, &f->error);

  g_string_assign (f->seen, text != NULL ? text : "");
  g_main_loop_quit (f->loop);
}

static void
test_text (Fixture *f, gconstpointer data)
{
  ent_client_read_text_async (f->client, "/api/entry", NULL, text_read_cb, f);
  g_main_loop_run (f->loop);
  g_assert_no_error (f->error);
  g_assert_cmpstr (f->seen->str, ==, "BEGIN:VCALENDAR\r\n");
  ent_client_read_text_async (f->client, "/api/entry/broken", NULL, text_read_cb, f);
  g_main_loop_run (f->loop);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_BAD_ANSWER);
}

static void
test_wrong_password (Fixture *f, gconstpointer data)
{
  ent_client_login_async (f->client, "a@b", "wrong", NULL, NULL, logged_in_cb, f);
  g_main_loop_run (f->loop);
  g_assert_false (f->ok);
  g_assert_cmpstr (f->error->message, ==, "Address or password is wrong.");
  g_assert_cmpstr (ent_client_error_get_code (f->error), ==, "bad_credentials");
  g_assert_cmpuint (ent_client_error_get_retry_after (f->error), ==, 7);
  g_assert_false (ent_client_is_signed_in (f->client));
}

/* An access token that the server no longer takes is renewed once, whoever asks meanwhile waits. */
static void
test_renewal (Fixture *f, gconstpointer data)
{
  ent_client_login_async (f->client, "a@b", "right", NULL, NULL, logged_in_cb, f);
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->kept, ==, "r1");
  for (int i = 0; i < 3; i++)
    ent_client_get_me_async (f->client, NULL, me_done_cb, f);
  while (f->answers < 3) {
    g_main_loop_run (f->loop);
    g_assert_no_error (f->error);
    g_assert_true (f->ok);
  }
  g_assert_cmpint (f->refreshes, ==, 1);
  g_assert_cmpstr (f->kept, ==, "r2");
}

/* A refusal of the old token that arrives after the renewal asks for no second one. */
static void
test_late_refusal (Fixture *f, gconstpointer data)
{
  f->hold_first = TRUE;
  ent_client_login_async (f->client, "a@b", "right", NULL, NULL, logged_in_cb, f);
  g_main_loop_run (f->loop);
  for (int i = 0; i < 2; i++)
    ent_client_get_me_async (f->client, NULL, me_done_cb, f);
  g_main_loop_run (f->loop);
  g_assert_cmpint (f->refreshes, ==, 1);
  soup_server_message_unpause (f->held);
  g_main_loop_run (f->loop);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->answers, ==, 2);
  g_assert_cmpint (f->refreshes, ==, 1);
}

static void
test_resume (Fixture *f, gconstpointer data)
{
  ent_client_resume_async (f->client, "r0", NULL, resumed_cb, f);
  g_main_loop_run (f->loop);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->refreshes, ==, 1);
  g_assert_cmpint (f->calls, ==, 1);
  g_assert_true (ent_client_is_signed_in (f->client));

  f->refuse_refresh = TRUE;
  ent_client_resume_async (f->client, "r0", NULL, resumed_cb, f);
  g_main_loop_run (f->loop);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT);
  g_assert_true (f->forgot);
  g_assert_false (ent_client_is_signed_in (f->client));
}

/* A server that is away must not cost the kept token. */
static void
test_resume_unreachable (Fixture *f, gconstpointer data)
{
  soup_server_disconnect (f->server);
  ent_client_resume_async (f->client, "r0", NULL, resumed_cb, f);
  g_main_loop_run (f->loop);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE);
  g_assert_false (f->forgot);
}

static void
opened_cb (EntChannel *channel, gpointer data)
{
  Fixture *f = data;

  g_string_append (f->seen, "open ");
  g_main_loop_quit (f->loop);
}

static void
text_cb (EntChannel *channel, const char *text, gulong size, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->seen, "%.*s ", (int) size, text);
  g_main_loop_quit (f->loop);
}

static void
lost_cb (EntChannel *channel, guint code, const char *reason, gboolean is_final, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->seen, is_final ? "end:%u " : "lost:%u ", code);
  if (is_final)
    g_main_loop_quit (f->loop);
}

static void
test_channel (Fixture *f, gconstpointer data)
{
  g_autoptr (EntChannel) channel = ent_channel_new ("entrevue.v1", 1 << 16);
  g_autofree char *uri = ent_channel_build_uri (f->origin, "/socket");

  g_signal_connect (channel, "opened", G_CALLBACK (opened_cb), f);
  g_signal_connect (channel, "text", G_CALLBACK (text_cb), f);
  g_signal_connect (channel, "lost", G_CALLBACK (lost_cb), f);
  g_assert_false (ent_channel_send_text (channel, "too early"));
  ent_channel_start (channel, uri);
  g_main_loop_run (f->loop);
  g_assert_true (ent_channel_send_text (channel, "hello"));
  g_main_loop_run (f->loop);
  soup_websocket_connection_close (f->peer, 4403, "not here");
  g_main_loop_run (f->loop);
  g_assert_cmpint (ent_channel_get_state (channel), ==, ENT_CHANNEL_CLOSED);
  g_assert_cmpstr (f->seen->str, ==, "open hello end:4403 ");
}

static void
test_channel_comes_back (Fixture *f, gconstpointer data)
{
  g_autoptr (EntChannel) channel = ent_channel_new ("entrevue.v1", 1 << 16);
  g_autofree char *uri = ent_channel_build_uri (f->origin, "/socket");

  g_signal_connect (channel, "opened", G_CALLBACK (opened_cb), f);
  g_signal_connect (channel, "lost", G_CALLBACK (lost_cb), f);
  ent_channel_start (channel, uri);
  g_main_loop_run (f->loop);
  soup_websocket_connection_close (f->peer, 1001, "going away");
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->seen->str, ==, "open lost:1001 open ");
  ent_channel_stop (channel);
  g_assert_cmpint (ent_channel_get_state (channel), ==, ENT_CHANNEL_IDLE);
}

/* A room is at home at another node of the server; when that one is lost, the own address knows. */
static void
test_channel_moves (Fixture *f, gconstpointer data)
{
  g_autoptr (EntChannel) channel = ent_channel_new ("entrevue.v1", 1 << 16);
  g_autofree char *uri = ent_channel_build_uri (f->origin, "/socket");
  g_autofree char *node = g_strconcat (f->origin, "/node/2", NULL);
  char *protocols[] = { (char *) "entrevue.v1", NULL };

  soup_server_add_websocket_handler (
    f->server, "/node/2/socket", NULL, protocols, websocket_cb, f, NULL);
  g_signal_connect (channel, "opened", G_CALLBACK (opened_cb), f);
  g_signal_connect (channel, "lost", G_CALLBACK (lost_cb), f);
  ent_channel_start (channel, uri);
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->socket_path, ==, "/socket");
  soup_websocket_connection_close (f->peer, ENT_CHANNEL_MOVED, node);
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->socket_path, ==, "/node/2/socket");
  soup_websocket_connection_close (f->peer, 4503, "going down");
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->socket_path, ==, "/socket");
  soup_websocket_connection_close (f->peer, ENT_CHANNEL_MOVED, "http://example.org");
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->socket_path, ==, "/socket");
  g_assert_cmpstr (f->seen->str, ==, "open lost:4307 open lost:4503 open lost:4307 open ");
}

/* Nobody is sent to where it is less safe than here. */
static void
test_moved_uri (void)
{
  static const struct {
    const char *uri, *origin, *moved;
  } rows[] = {
    { "ws://127.0.0.1:1/api/sync/r?token=t", "http://127.0.0.1:2",
      "ws://127.0.0.1:2/api/sync/r?token=t" },
    { "wss://a.org/api/s", "https://a.org/node/2", "wss://a.org/node/2/api/s" },
    { "ws://127.0.0.1:1/api/s", "https://a.org", "wss://a.org/api/s" },
    { "ws://127.0.0.1:1/api/s", "http://a.org", NULL },
    { "wss://a.org/api/s", "http://a.org", NULL },
    { "wss://a.org/api/s", "http://127.0.0.1:2", NULL },
    { "wss://a.org/api/s", "https://u:p@a.org", NULL },
    { "wss://a.org/api/s", "https://a.org/?x", NULL },
    { "wss://a.org/api/s", "https://a.org/", NULL },
    { "wss://a.org/api/s", "javascript:1", NULL },
    { "wss://a.org/api/s", "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *moved = ent_channel_build_moved_uri (rows[i].uri, rows[i].origin);

    g_assert_cmpstr (moved, ==, rows[i].moved);
  }
}

static void
test_channel_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (EntChannel) channel = ent_channel_new ("entrevue.v1", 1 << 16);
  g_autofree char *uri = ent_channel_build_uri (f->origin, "/nowhere");

  g_signal_connect (channel, "lost", G_CALLBACK (lost_cb), f);
  ent_channel_start (channel, uri);
  g_main_loop_run (f->loop);
  g_assert_cmpstr (f->seen->str, ==, "end:4404 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/client/check", test_check);
  ADD ("/client/join", test_join);
  ADD ("/client/text/as-it-is", test_text);
  ADD ("/client/wrong-password", test_wrong_password);
  ADD ("/client/renewal-happens-once", test_renewal);
  ADD ("/client/late-refusal-does-not-renew-again", test_late_refusal);
  ADD ("/client/resume", test_resume);
  ADD ("/client/resume-keeps-token-when-unreachable", test_resume_unreachable);
  ADD ("/channel/opens-and-ends", test_channel);
  ADD ("/channel/comes-back", test_channel_comes_back);
  ADD ("/channel/refused", test_channel_refused);
  ADD ("/channel/moves", test_channel_moves);
  g_test_add_func ("/channel/moved-uri", test_moved_uri);
  return g_test_run ();
}
