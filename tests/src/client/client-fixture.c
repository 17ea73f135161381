#include "client-fixture.h"

#include <string.h>

#include "client/ent-client-sign-in.h"

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

static gboolean
has (SoupServerMessage *message, const char *word)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);

  return g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), word) != NULL;
}

static void
answer_tokens (SoupServerMessage *message)
{
  answer (message, 200,
    "{\"access\":\"old\",\"expires_in\":900,\"refresh\":\"r1\",\"user\":{\"id\":\"01890a5d-ac96-"
    "774b-bcce-b302099a8057\",\"name\":\"Ada\"}}");
}

static void
login_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  if (has (message, "wrong")) {
    soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Retry-After", "7");
    answer (message, 401,
      "{\"status\":401,\"code\":\"bad_credentials\",\"detail\":\"Address or password is wrong.\"}");
  } else if (has (message, "two"))
    answer (message, 200, "{\"second_factor\":true,\"ticket\":\"t1\"}");
  else
    answer_tokens (message);
}

static void
second_factor_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  if (has (message, "t1") && has (message, "222222"))
    answer_tokens (message);
  else
    answer (message, 401, "{\"status\":401,\"code\":\"wrong_code\",\"detail\":\"No.\"}");
}

static void
accept_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  soup_server_message_set_status (message, 204, NULL);
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
kept_cb (EntClient *client, const char *token, gpointer data)
{
  Fixture *f = data;

  g_free (f->kept);
  f->kept = g_strdup (token);
  f->forgot = token == NULL;
}

static void
peer_text_cb (SoupWebsocketConnection *peer,
  SoupWebsocketDataType type,
  GBytes *data,
  gpointer user_data)
{
  soup_websocket_connection_send_message (peer, type, data);
}

void
client_fixture_websocket_cb (SoupServer *server,
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

void
client_fixture_set_up (Fixture *f, gconstpointer data)
{
  const char *protocols[] = { "entrevue.v1", NULL };
  GSList *uris;

  f->health = "{\"status\":\"ok\",\"version\":\"0.1\",\"protocols\":[1]}";
  f->loop = g_main_loop_new (NULL, FALSE);
  f->seen = g_string_new (NULL);
  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, "/health", health_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/auth/login", login_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/auth/second-factor", second_factor_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/auth/logout", accept_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/auth/refresh", refresh_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/me", me_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/entry", entry_cb, f, NULL);
  soup_server_add_handler (f->server, "/api/rooms", rooms_cb, f, NULL);
  soup_server_add_websocket_handler (
    f->server, "/socket", NULL, (char **) protocols, client_fixture_websocket_cb, f, NULL);
  g_assert_true (soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (f->server);
  f->origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  f->client = ent_client_new (f->origin);
  g_signal_connect (f->client, "refresh-token-changed", G_CALLBACK (kept_cb), f);
}

void
client_fixture_tear_down (Fixture *f, gconstpointer data)
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
logged_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (EntApiUser) user = ent_client_login_finish (ENT_CLIENT (source), result, &f->error);

  f->ok = user != NULL;
  g_main_loop_quit (f->loop);
}

void
client_fixture_log_in (Fixture *f, const char *password)
{
  g_clear_error (&f->error);
  ent_client_login_async (f->client, "a@b", password, NULL, NULL, logged_in_cb, f);
  g_main_loop_run (f->loop);
}
