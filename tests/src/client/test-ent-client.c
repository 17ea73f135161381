#include "client-fixture.h"

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
me_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, &f->error);

  f->ok = me != NULL;
  f->answers++;
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
file_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GBytes) bytes = ent_client_read_file_finish (ENT_CLIENT (source), result, &f->error);

  if (bytes != NULL)
    g_string_append_len (f->seen, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_main_loop_quit (f->loop);
}

/* What is no text comes as it is; a refusal is none of it. */
static void
test_file (Fixture *f, gconstpointer data)
{
  ent_client_read_file_async (f->client, "/api/entry/broken", NULL, file_read_cb, f);
  g_main_loop_run (f->loop);
  g_assert_no_error (f->error);
  g_assert_cmpstr (f->seen->str, ==, "BEGIN\xff");
  ent_client_read_file_async (f->client, "/api/rooms", NULL, file_read_cb, f);
  g_main_loop_run (f->loop);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED);
}

/* An access token that the server no longer takes is renewed once, whoever asks meanwhile waits. */
static void
test_renewal (Fixture *f, gconstpointer data)
{
  client_fixture_log_in (f, "right");
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
  client_fixture_log_in (f, "right");
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLIENT_TEST_ADD ("/client/check", test_check);
  CLIENT_TEST_ADD ("/client/join", test_join);
  CLIENT_TEST_ADD ("/client/text/as-it-is", test_text);
  CLIENT_TEST_ADD ("/client/file/as-it-is", test_file);
  CLIENT_TEST_ADD ("/client/renewal-happens-once", test_renewal);
  CLIENT_TEST_ADD ("/client/late-refusal-does-not-renew-again", test_late_refusal);
  return g_test_run ();
}
