/* A stock Yjs client (yjs and y-websocket from npm) and a client of ours in one room. */

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-room-peer.h"
#include "test-server.h"

/* yjs-peer.mjs in a process of its own. */
typedef struct {
  GSubprocess *process;
  GOutputStream *input;
  GDataInputStream *output;
  GPtrArray *events; /* JsonNode */
  gboolean is_reading;
} YjsPeer;

static void read_next (YjsPeer *peer);

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  YjsPeer *peer = data;
  g_autofree char *line =
    g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  JsonNode *node;

  peer->is_reading = FALSE;
  if (line == NULL)
    return;
  node = json_from_string (line, NULL);
  g_assert_nonnull (node);
  g_ptr_array_add (peer->events, node);
  read_next (peer);
}

static void
read_next (YjsPeer *peer)
{
  peer->is_reading = TRUE;
  g_data_input_stream_read_line_async (peer->output, G_PRIORITY_DEFAULT, NULL, line_cb, peer);
}

static YjsPeer *
yjs_peer_new (TestServer *server, TestRoom *room, const char *token)
{
  YjsPeer *peer = g_new0 (YjsPeer, 1);
  g_autoptr (GError) error = NULL;

  peer->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
    &error, "node", g_getenv ("ENTREVUE_YJS_PEER"), server->origin, room->id, token, NULL);
  g_assert_no_error (error);
  peer->input = g_object_ref (g_subprocess_get_stdin_pipe (peer->process));
  peer->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
  peer->events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  read_next (peer);
  return peer;
}

static void
yjs_peer_free (YjsPeer *peer)
{
  g_subprocess_force_exit (peer->process);
  test_wait (!peer->is_reading);
  g_object_unref (peer->process);
  g_object_unref (peer->input);
  g_object_unref (peer->output);
  g_ptr_array_unref (peer->events);
  g_free (peer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YjsPeer, yjs_peer_free)

static void
tell (YjsPeer *peer, const char *json)
{
  g_autofree char *line = g_strconcat (json, "\n", NULL);

  g_assert_true (g_output_stream_write_all (peer->input, line, strlen (line), NULL, NULL, NULL));
}

/* The newest event of that name; NULL. */
static JsonObject *
find_event (YjsPeer *peer, const char *name)
{
  for (guint i = peer->events->len; i > 0; i--) {
    JsonObject *event = json_node_get_object (g_ptr_array_index (peer->events, i - 1));

    if (g_str_equal (json_object_get_string_member (event, "event"), name))
      return event;
  }
  return NULL;
}

static char *
ask_text (YjsPeer *peer, const char *path)
{
  g_autofree char *command = g_strdup_printf ("{\"cmd\":\"text\",\"file\":\"%s\"}", path);

  g_ptr_array_set_size (peer->events, 0);
  tell (peer, command);
  test_wait (find_event (peer, "text") != NULL);
  return g_strdup (json_object_get_string_member (find_event (peer, "text"), "text"));
}

/* Asks again until the client shows this text. */
static void
wait_text (YjsPeer *peer, TestRoomPeer *other, const char *path)
{
  g_autofree char *wanted = test_room_peer_dup_text (other, path);
  g_autofree char *shown = ask_text (peer, path);

  for (guint i = 0; i < 500 && g_strcmp0 (shown, wanted) != 0; i++) {
    test_turn ();
    g_free (shown);
    shown = ask_text (peer, path);
  }
  g_assert_cmpstr (shown, ==, wanted);
}

static gboolean
starts_with (TestRoomPeer *peer, const char *path, const char *text)
{
  g_autofree char *shown = test_room_peer_dup_text (peer, path);

  return shown != NULL && g_str_has_prefix (shown, text);
}

/* It joins with a room token, reads the starter files, types, is seen, and outlives a restart. */
static void
test_stock_client (void)
{
  g_autoptr (TestServer) server = test_server_new ();
  g_autoptr (TestRoom) room = test_server_add_room (server);
  g_autoptr (EntApiJoined) lead = test_server_join (server, room, room->lead, "a");
  g_autoptr (EntApiJoined) guest = test_server_join (server, room, room->candidate, "b");
  g_autoptr (TestRoomPeer) a = test_room_peer_new (g_array_index (lead->clients, gint64, 0));
  g_autoptr (YjsPeer) yjs = yjs_peer_new (server, room, guest->room_token);

  test_room_peer_connect (a, server->session, server->origin, room->id, lead->room_token);
  test_wait (find_event (yjs, "joined") != NULL);
  wait_text (yjs, a, "main.py");
  wait_text (yjs, a, "main.cpp");
  tell (yjs, "{\"cmd\":\"insert\",\"file\":\"main.py\",\"at\":0,\"text\":\"# yjs ∀😀\\n\"}");
  test_wait (starts_with (a, "main.py", "# yjs ∀😀\n"));
  test_room_peer_type (a, "main.py", 2, "hello ");
  wait_text (yjs, a, "main.py");
  tell (yjs, "{\"cmd\":\"chat\",\"text\":\"Good morning\"}");
  test_wait (ent_array_get_length (ent_doc_get_array (a->doc, "chat")) == 1);
  test_wait (test_room_peer_is_durable (a));

  test_server_kill (server);
  test_wait (a->room_code != 0);
  tell (yjs, "{\"cmd\":\"insert\",\"file\":\"main.py\",\"at\":0,\"text\":\"# offline\\n\"}");
  test_room_peer_type (a, "main.js", 0, "// offline too\n");
  test_server_start (server);
  test_room_peer_connect (a, server->session, server->origin, room->id, lead->room_token);
  test_wait (starts_with (a, "main.py", "# offline\n# hello yjs"));
  wait_text (yjs, a, "main.py");
  wait_text (yjs, a, "main.js");
}

/* Without a valid token it is told so for good: it does not come back again and again. */
static void
test_refused (void)
{
  g_autoptr (TestServer) server = test_server_new ();
  g_autoptr (TestRoom) room = test_server_add_room (server);
  g_autoptr (YjsPeer) yjs = yjs_peer_new (server, room, "nonsense");

  test_wait (find_event (yjs, "closed") != NULL);
  g_assert_cmpint (json_object_get_int_member (find_event (yjs, "closed"), "code"), ==, 4401);
}

/* Without the packages it fails, unless somebody said that they know. */
static int
report_missing (void)
{
  const char *wanted = g_getenv ("ENTREVUE_WITHOUT_YJS");

  if (wanted != NULL && *wanted != '\0') {
    g_print ("1..0 # SKIP ENTREVUE_WITHOUT_YJS is set\n");
    return 0;
  }
  g_print ("1..1\nnot ok 1 - Node or the Yjs packages are missing: run "
           "build-aux/install-npm.sh yjs FOLDER, or set ENTREVUE_WITHOUT_YJS=1\n");
  return 1;
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_path_get_dirname (g_getenv ("ENTREVUE_YJS_PEER"));
  g_autofree char *modules = g_build_filename (folder, "node_modules", NULL);
  g_autofree char *node = g_find_program_in_path ("node");

  g_test_init (&argc, &argv, NULL);
  if (node == NULL || !g_file_test (modules, G_FILE_TEST_IS_DIR))
    return report_missing ();
  g_test_add_func ("/yjs/stock-client", test_stock_client);
  g_test_add_func ("/yjs/refused", test_refused);
  return g_test_run ();
}
