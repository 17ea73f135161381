#include "room-fixture.h"

#include <string.h>

#include "protocol/ent-limits.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-runner.h"
#include "run/coord-runner-link.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

/* A runner that speaks the protocol over a real socket and runs nothing. */
typedef struct {
  CoordRunnerLinks *links;
  SoupWebsocketConnection *connection;
  EntMsgJob *job;
  GString *source; /* of all files, in order */
  GString *input;
  guint n_cancels;
  EntMsgJobResize resize; /* the last one; its id is not kept */
} ProtocolRunner;

static void
runner_message_cb (SoupWebsocketConnection *connection,
  int type,
  GBytes *bytes,
  ProtocolRunner *runner)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (type == SOUP_WEBSOCKET_DATA_TEXT) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntMessage) message = ent_runner_message_decode (text, size, &error);

    g_assert_no_error (error);
    if (message->kind == ENT_RUNNER_JOB) {
      g_clear_pointer (&runner->job, ent_msg_job_free);
      runner->job = ent_struct_copy (&ent_msg_job_struct, message->data);
    }
    runner->n_cancels += message->kind == ENT_RUNNER_CANCEL;
    if (message->kind == ENT_RUNNER_RESIZE) {
      runner->resize = *(EntMsgJobResize *) message->data;
      runner->resize.id = NULL;
    }
  } else {
    g_autofree char *id = NULL;
    g_autoptr (GBytes) payload = NULL;
    EntStream stream;
    guint32 index;

    g_assert_true (ent_frame_parse (bytes, &id, &stream, &index, &payload));
    g_string_append_len (stream == ENT_STREAM_SOURCE ? runner->source : runner->input,
      g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  }
}

static ProtocolRunner *
add_runner (RoomFixture *f)
{
  ProtocolRunner *runner = g_new0 (ProtocolRunner, 1);
  g_autoptr (EntMsgRunnerHello) hello = ent_msg_runner_hello_new ();
  EntMsgLanguage *language = ent_msg_language_new ();
  g_autofree char *text = NULL;
  CoordSocket *socket;

  language->id = g_strdup ("python");
  language->name = g_strdup ("Python");
  language->version = g_strdup ("3");
  hello->version = g_strdup ("1");
  hello->slots = 2;
  hello->languages = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_language_free);
  g_ptr_array_add (hello->languages, language);
  text = ent_runner_message_encode (ENT_RUNNER_HELLO, 0, 0, hello);
  runner->source = g_string_new (NULL);
  runner->input = g_string_new (NULL);
  runner->links = coord_runner_links_new (f->runs, f->clock);
  runner->connection = room_fixture_dial (f, &socket);
  coord_runner_links_add (runner->links, "test", NULL, socket);
  g_signal_connect (runner->connection, "message", G_CALLBACK (runner_message_cb), runner);
  soup_websocket_connection_send_text (runner->connection, text);
  test_wait (coord_runner_links_count (runner->links) == 1);
  return runner;
}

static void
remove_runner (ProtocolRunner *runner)
{
  g_signal_handlers_disconnect_by_data (runner->connection, runner);
  g_io_stream_close (soup_websocket_connection_get_io_stream (runner->connection), NULL, NULL);
  test_wait (coord_runner_links_count (runner->links) == 0);
  g_object_unref (runner->connection);
  coord_runner_links_free (runner->links);
  g_clear_pointer (&runner->job, ent_msg_job_free);
  g_string_free (runner->source, TRUE);
  g_string_free (runner->input, TRUE);
  g_free (runner);
}

static void
say_output (ProtocolRunner *runner, guint32 index, const char *data, gsize size)
{
  g_autoptr (GBytes) frame =
    ent_frame_build (runner->job->id, ENT_STREAM_STDOUT, index, data, size);
  gsize frame_size;
  gconstpointer frame_data = g_bytes_get_data (frame, &frame_size);

  soup_websocket_connection_send_binary (runner->connection, frame_data, frame_size);
}

static void
say_result (ProtocolRunner *runner, EntVerdict verdict)
{
  const EntMsgJobResult result = {
    .id = runner->job->id, .fence = runner->job->fence, .verdict = verdict, .memory_kb = 1024
  };
  g_autofree char *text = ent_runner_message_encode (ENT_RUNNER_RESULT, 0, 0, &result);

  soup_websocket_connection_send_text (runner->connection, text);
}

static void
start_run (TestRoomPeer *peer, const char *language, const char *entry)
{
  g_autoptr (EntStateVector) seen = ent_doc_dup_state_vector (peer->doc);
  g_autoptr (GBytes) sv = ent_state_vector_encode (seen);
  const EntMsgRunStart start = {
    .language = (char *) language,
    .entry = (char *) entry,
    .stdin_text = (char *) "input\n",
    .sv = sv,
  };

  test_room_peer_send (peer, ENT_ROOM_RUN_START, 9, &start);
}

/* entry NULL: a shell. */
static void
start_terminal (TestRoomPeer *peer, const char *language, const char *entry, guint rows)
{
  EntMsgTerminal terminal = { rows, 80 };
  const EntMsgRunStart start = {
    .language = (char *) language, .entry = (char *) entry, .terminal = &terminal
  };

  test_room_peer_send (peer, ENT_ROOM_RUN_START, 9, &start);
}

static void
say_started (ProtocolRunner *runner)
{
  const EntMsgJobStarted started = { runner->job->id };
  g_autofree char *text = ent_runner_message_encode (ENT_RUNNER_STARTED, 0, 0, &started);

  soup_websocket_connection_send_text (runner->connection, text);
}

static void
type (TestRoomPeer *peer, const char *run, const char *text)
{
  const EntMsgRunInput input = { (char *) run, (char *) text, NULL };

  test_room_peer_send (peer, ENT_ROOM_RUN_INPUT, 3, &input);
}

static void
resize (TestRoomPeer *peer, const char *run, guint rows)
{
  const EntMsgRunResize size = { (char *) run, rows, 100 };

  test_room_peer_send (peer, ENT_ROOM_RUN_RESIZE, 3, &size);
}

/* Waits for the next `run:started` and checks the size of the terminal. */
static void
check_rows (TestRoomPeer *peer, guint rows)
{
  g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_RUN_STARTED);
  const EntMsgRunStarted *started = message->data;

  g_assert_nonnull (started->terminal);
  g_assert_cmpint (started->terminal->rows, ==, rows);
}

static void
check_output (TestRoomPeer *peer, const char *text)
{
  g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_RUN_OUTPUT);
  const EntMsgRunOutput *output = message->data;

  if (text != NULL)
    g_assert_cmpstr (output->data, ==, text);
  else
    g_assert_nonnull (output->data64);
}

/* Passes over what was printed before. */
static void
check_output_ends (TestRoomPeer *peer, const char *text)
{
  gboolean is_found = FALSE;

  while (!is_found) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_RUN_OUTPUT);

    is_found = g_strcmp0 (((const EntMsgRunOutput *) message->data)->data, text) == 0;
  }
}

static void
check_verdict (TestRoomPeer *peer, EntVerdict verdict)
{
  g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_RUN_ENDED);

  g_assert_cmpint (((EntMsgRunEnded *) message->data)->verdict, ==, verdict);
}

/* Everybody sees one run, with the text that its starter saw; who comes later sees it too, also
 * after a restart. */
static void
test_run (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  AUTO_PERSON (third, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (TestRoomPeer) c = NULL;
  ProtocolRunner *runner = add_runner (f);

  test_room_peer_type (b, "main.py", 0, "print ('new')\n");
  start_run (b, "python", "main.py");
  test_wait (runner->job != NULL && strstr (runner->source->str, "print ('new')") != NULL);
  g_assert_cmpuint (runner->job->files->len, ==, 3);
  g_assert_cmpstr (runner->job->scope, ==, "org"); /* the organisation's id, whatever is asked */
  g_assert_cmpstr (runner->job->profile, ==, "room");
  test_wait (g_str_equal (runner->input->str, "input\n"));
  say_output (runner, 0, "caf\xc3", 4);
  say_output (runner, 1, "\xa9\n", 2);
  say_output (runner, 2, "\xff\xfe\n", 3);
  say_result (runner, ENT_VERDICT_OK);
  check_output (a, "caf");
  check_output (a, "é\n");
  check_output (a, NULL);
  check_verdict (a, ENT_VERDICT_OK);
  check_verdict (b, ENT_VERDICT_OK);
  c = room_fixture_join (f, third);
  check_output (c, "caf");
  check_verdict (c, ENT_VERDICT_OK);
  remove_runner (runner);
  test_room_peer_cut (a);
  test_room_peer_cut (b);
  test_room_peer_cut (c);
  room_fixture_restart (f);
  room_fixture_connect (f, c, third, NULL);
  check_output (c, "caf");
  check_verdict (c, ENT_VERDICT_OK);
}

static gint64
wait_output_number (TestRoomPeer *peer)
{
  g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_RUN_OUTPUT);

  return ((EntMsgRunOutput *) message->data)->n;
}

/* The second attempt is told as such, and its outputs are counted anew. */
static void
test_lost_runner (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  ProtocolRunner *first = add_runner (f), *second = NULL;

  start_run (a, "python", "main.py");
  test_wait (first->job != NULL);
  say_output (first, 0, "one\n", 4);
  g_assert_cmpint (wait_output_number (a), ==, 0);
  second = add_runner (f);
  remove_runner (first);
  test_wait (second->job != NULL);
  say_output (second, 0, "one\n", 4);
  g_assert_cmpint (wait_output_number (a), ==, 0);
  say_result (second, ENT_VERDICT_OK);
  check_verdict (a, ENT_VERDICT_OK);
  remove_runner (second);
}

static void
test_refusals (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  AUTO_PERSON (watcher, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (TestRoomPeer) o = room_fixture_join (f, watcher);
  const EntMsgLock lock = { FALSE, TRUE };
  ProtocolRunner *runner;

  start_run (a, "python", "main.py");
  test_room_peer_wait_error (a, "no_runner");
  runner = add_runner (f);
  start_run (a, "cobol", "main.py");
  test_room_peer_wait_error (a, "language_unknown");
  start_run (a, "python", "../main.py");
  test_room_peer_wait_error (a, "files");
  start_run (o, "python", "main.py");
  test_room_peer_wait_error (o, "denied");
  start_run (a, "python", "main.py");
  test_wait (runner->job != NULL);
  start_run (b, "python", "main.py");
  test_room_peer_wait_error (b, "run_in_progress");
  say_result (runner, ENT_VERDICT_OK);
  check_verdict (b, ENT_VERDICT_OK);
  test_room_peer_skip (b, ENT_ROOM_STATE);
  test_room_peer_send (a, ENT_ROOM_LOCK, 1, &lock);
  test_wait (test_room_peer_find (b, ENT_ROOM_STATE) != NULL);
  start_run (b, "python", "main.py");
  test_room_peer_wait_error (b, "run_locked");
  remove_runner (runner);
}

static void
test_stop (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  ProtocolRunner *runner = add_runner (f);
  const EntMsgRunStop stop = { NULL };

  start_run (a, "python", "main.py");
  test_wait (runner->job != NULL);
  test_room_peer_send (b, ENT_ROOM_RUN_STOP, 0, &stop);
  test_wait (runner->n_cancels == 1);
  say_result (runner, ENT_VERDICT_STOPPED);
  check_verdict (a, ENT_VERDICT_STOPPED);
  remove_runner (runner);
}

/* Who may run programs may type into them, as the lock and the roles are just then; all see it in
 * one size, also who comes late. */
static void
test_terminal (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  AUTO_PERSON (watcher, ENT_ROLE_OBSERVER);
  AUTO_PERSON (late, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (TestRoomPeer) o = room_fixture_join (f, watcher);
  g_autoptr (TestRoomPeer) l = NULL;
  const EntMsgLock lock = { FALSE, TRUE };
  ProtocolRunner *runner = add_runner (f);
  const char *run;

  start_terminal (b, "python", "main.py", 24);
  test_wait (runner->job != NULL);
  run = runner->job->id;
  g_assert_cmpstr (runner->job->profile, ==, "terminal");
  g_assert_cmpint (runner->job->terminal->rows, ==, 24);
  check_rows (a, 24);
  say_started (runner);
  test_wait (runner->resize.rows == 24);
  type (b, run, "one ");
  type (a, run, "two ");
  test_wait (strlen (runner->input->str) == 8);
  type (o, run, "three");
  test_room_peer_wait_error (o, "denied");
  resize (o, run, 99);
  test_room_peer_wait_error (o, "denied");
  resize (b, run, 30);
  test_wait (runner->resize.rows == 30 && runner->resize.columns == 100);
  check_rows (a, 30);
  type (b, host->id, "x"); /* of no run */
  test_room_peer_wait_error (b, "not_found");
  test_room_peer_skip (b, ENT_ROOM_STATE);
  test_room_peer_send (a, ENT_ROOM_LOCK, 1, &lock);
  test_wait (test_room_peer_find (b, ENT_ROOM_STATE) != NULL);
  type (b, run, "four");
  test_room_peer_wait_error (b, "run_locked");
  type (a, run, "five ");
  test_wait (strlen (runner->input->str) == 13);
  g_assert_null (strstr (runner->input->str, "three"));
  g_assert_null (strstr (runner->input->str, "four"));
  say_output (runner, 0, "\033[1mbold", 8);
  check_output (a, "\033[1mbold");
  l = room_fixture_join (f, late);
  check_rows (l, 30);
  check_output (l, "\033[1mbold");
  say_result (runner, ENT_VERDICT_OK);
  check_verdict (l, ENT_VERDICT_OK);
  type (a, run, "six");
  test_room_peer_wait_error (a, "not_found");
  remove_runner (runner);
}

/* Typing is bounded, and what is no terminal takes none. */
static void
test_terminal_limits (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  ProtocolRunner *runner = add_runner (f);
  g_autofree char *text = g_strnfill (ENT_MAX_TERMINAL_INPUT, 'x');

  start_terminal (a, "python", "main.py", 0);
  test_room_peer_wait_error (a, "files");
  start_terminal (a, "python", NULL, 24); /* a shell is bash */
  test_room_peer_wait_error (a, "files");
  start_run (a, "python", "main.py");
  test_wait (runner->job != NULL);
  type (a, runner->job->id, "x");
  test_room_peer_wait_error (a, "not_found");
  say_result (runner, ENT_VERDICT_OK);
  check_verdict (a, ENT_VERDICT_OK);
  g_clear_pointer (&runner->job, ent_msg_job_free);
  start_terminal (a, "python", "main.py", 24);
  test_wait (runner->job != NULL);
  say_started (runner);
  test_wait (runner->resize.rows == 24);
  for (guint i = 0; i < 40; i++)
    type (a, runner->job->id, text);
  test_room_peer_wait_error (a, "too_fast");
  say_result (runner, ENT_VERDICT_OK);
  check_verdict (a, ENT_VERDICT_OK);
  remove_runner (runner);
}

/* Of a terminal that prints on and on everybody sees all; the log has the beginning, and a line
 * that says so, which those see who come after a restart. */
static void
test_output_is_cut (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  ProtocolRunner *runner = add_runner (f);
  g_autofree char *part = g_strnfill (ENT_MAX_OUTPUT_CHUNK, 'x');
  g_autofree char *parts = g_strnfill (3 * ENT_MAX_OUTPUT_CHUNK, 'x');
  g_autoptr (CoordRows) rows = NULL;

  start_terminal (a, "python", "main.py", 24);
  test_wait (runner->job != NULL);
  say_started (runner);
  for (guint i = 0; i < 100; i++) { /* 4.7 MiB */
    say_output (runner, i, parts, strlen (parts));
    for (guint n = 0; n < 3; n++)
      check_output (a, part);
  }
  say_result (runner, ENT_VERDICT_OK);
  check_verdict (a, ENT_VERDICT_OK);
  remove_runner (runner);
  test_room_peer_cut (a);
  room_fixture_restart (f);
  rows =
    coord_db_query (f->store->db, NULL, "SELECT SUM (LENGTH (bytes)) FROM room_log WHERE kind = 3");
  g_assert_true (coord_rows_next (rows));
  g_assert_cmpint (coord_rows_get_int (rows, 0), >, 3 * 1024 * 1024);
  g_assert_cmpint (coord_rows_get_int (rows, 0), <, 4 * 1024 * 1024 + 4096);
  room_fixture_connect (f, a, host, NULL);
  check_output_ends (a, "\r\n[The output was cut here: the record keeps no more of it.]\r\n");
  check_verdict (a, ENT_VERDICT_OK);
}

/* A run that the server's stop interrupts has an end when it is back. */
static void
test_interrupted (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  ProtocolRunner *runner = add_runner (f);

  start_run (a, "python", "main.py");
  test_wait (runner->job != NULL);
  say_output (runner, 0, "one", 3);
  check_output (a, "one");
  remove_runner (runner);
  test_room_peer_cut (a);
  room_fixture_restart (f);
  room_fixture_connect (f, a, host, NULL);
  check_output (a, "one");
  check_verdict (a, ENT_VERDICT_INTERNAL_ERROR);
}

/* The languages are told on coming in and whenever they change. */
static void
test_languages (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (EntMessage) before = test_room_peer_wait (a, ENT_ROOM_RUNNERS);
  g_autoptr (EntMessage) with = NULL;
  g_autoptr (EntMessage) after = NULL;
  ProtocolRunner *runner = add_runner (f);
  const EntMsgRunners *runners = before->data;

  g_assert_true (runners->languages == NULL || runners->languages->len == 0);
  with = test_room_peer_wait (a, ENT_ROOM_RUNNERS);
  runners = with->data;
  g_assert_cmpuint (runners->languages->len, ==, 1);
  remove_runner (runner);
  after = test_room_peer_wait (a, ENT_ROOM_RUNNERS);
  runners = after->data;
  g_assert_true (runners->languages == NULL || runners->languages->len == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/room-run/run", test_run);
  ADD_ROOM_TEST ("/room-run/lost-runner", test_lost_runner);
  ADD_ROOM_TEST ("/room-run/refusals", test_refusals);
  ADD_ROOM_TEST ("/room-run/stop", test_stop);
  ADD_ROOM_TEST ("/room-run/terminal", test_terminal);
  ADD_CLOCK_TEST ("/room-run/terminal-limits", test_terminal_limits);
  ADD_ROOM_TEST ("/room-run/output-is-cut", test_output_is_cut);
  ADD_ROOM_TEST ("/room-run/interrupted", test_interrupted);
  ADD_ROOM_TEST ("/room-run/languages", test_languages);
  return g_test_run ();
}
