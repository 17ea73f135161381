#include "client/ent-channel.h"

#include "client-fixture.h"

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
    f->server, "/node/2/socket", NULL, protocols, client_fixture_websocket_cb, f, NULL);
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
  CLIENT_TEST_ADD ("/channel/opens-and-ends", test_channel);
  CLIENT_TEST_ADD ("/channel/comes-back", test_channel_comes_back);
  CLIENT_TEST_ADD ("/channel/refused", test_channel_refused);
  CLIENT_TEST_ADD ("/channel/moves", test_channel_moves);
  g_test_add_func ("/channel/moved-uri", test_moved_uri);
  return g_test_run ();
}
