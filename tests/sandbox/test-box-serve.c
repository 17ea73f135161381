/* The real runner against a coordinator's side made of libsoup's server: sign-on, jobs, output,
 * cancel, several at once, loss of the connection. Needs root, as all boxes with limits do here. */

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ent-id.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-runner.h"
#include "protocol/ent-msg-session.h"

#define TOKEN "a-token-of-a-runner"
#define STOP_US G_USEC_PER_SEC

typedef struct {
  char *folder;
  SoupServer *server;
  GSubprocess *runner;
  SoupWebsocketConnection *connection;
  guint n_connections;
  char *authorization;
  EntMsgRunnerHello *hello;
  GHashTable *output; /* job id -> GString, all streams */
  GHashTable *results; /* job id -> EntMsgJobResult */
  GString *tested; /* "NUMBER VERDICT OUTPUT; " of each test that ended */
  gsize tested_at; /* where in the output the next test's begins */
  gboolean is_late;
  gint64 first_output_us;
} Fixture;

static char *runner_program;

static void
socket_text (Fixture *fixture, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_runner_message_decode (text, size, &error);
  EntMsgRunnerWelcome welcome = { .runner = (char *) "01890a5d-ac96-774b-bcce-b302099a8057" };
  g_autofree char *answer = NULL;

  g_assert_no_error (error);
  if (message->kind == ENT_RUNNER_HELLO) {
    g_clear_pointer (&fixture->hello, ent_msg_runner_hello_free);
    fixture->hello = g_steal_pointer (&message->data);
    answer = ent_runner_message_encode (ENT_RUNNER_WELCOME, 0, 0, &welcome);
    soup_websocket_connection_send_text (fixture->connection, answer);
  } else if (message->kind == ENT_RUNNER_RESULT) {
    EntMsgJobResult *result = g_steal_pointer (&message->data);

    g_assert_false (g_hash_table_contains (fixture->results, result->id));
    g_hash_table_insert (fixture->results, g_strdup (result->id), result);
  } else if (message->kind == ENT_RUNNER_TESTED) {
    const EntMsgJobTested *tested = message->data;
    const GString *output = g_hash_table_lookup (fixture->output, tested->id);
    const char *own = output != NULL ? output->str + fixture->tested_at : "";

    g_string_append_printf (
      fixture->tested, "%d %s %s; ", (int) tested->number, ent_verdict_nicks[tested->verdict], own);
    fixture->tested_at += strlen (own);
  } else {
    g_assert_cmpint (message->kind, ==, ENT_RUNNER_STARTED);
  }
}

static void
message_cb (SoupWebsocketConnection *connection, int type, GBytes *bytes, gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *id = NULL;
  g_autoptr (GBytes) payload = NULL;
  EntStream stream;
  guint32 index;
  GString *text;

  if (type == SOUP_WEBSOCKET_DATA_TEXT) {
    gsize size;
    const char *raw = g_bytes_get_data (bytes, &size);

    socket_text (fixture, raw, size);
    return;
  }
  g_assert_true (ent_frame_parse (bytes, &id, &stream, &index, &payload));
  text = g_hash_table_lookup (fixture->output, id);
  if (text == NULL) {
    text = g_string_new (NULL);
    g_hash_table_insert (fixture->output, g_strdup (id), text);
    fixture->first_output_us = g_get_monotonic_time ();
  }
  g_string_append_len (text, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
}

static void
connected_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  SoupWebsocketConnection *connection,
  gpointer data)
{
  Fixture *fixture = data;

  g_free (fixture->authorization);
  fixture->authorization = g_strdup (soup_message_headers_get_one (
    soup_server_message_get_request_headers (message), "Authorization"));
  g_set_object (&fixture->connection, connection);
  fixture->n_connections++;
  g_signal_connect (connection, "message", G_CALLBACK (message_cb), fixture);
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
}

static gboolean
late_cb (gpointer data)
{
  Fixture *fixture = data;

  fixture->is_late = TRUE;
  return G_SOURCE_CONTINUE;
}

#define WAIT_FOR(fixture, condition) \
  G_STMT_START \
  { \
    guint late = g_timeout_add_seconds (60, late_cb, (fixture)); \
    while (!(condition) && !(fixture)->is_late) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (late); \
    g_assert_true (condition); \
  } \
  G_STMT_END

static void
set_up (Fixture *fixture, gconstpointer data)
{
  gboolean by_unix = GPOINTER_TO_INT (data);
  g_autofree char *socket_path = NULL;
  g_autofree char *token_path = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("box-serve-XXXXXX", NULL);
  g_chmod (fixture->folder, 0755);
  socket_path = g_build_filename (fixture->folder, "socket", NULL);
  token_path = g_build_filename (fixture->folder, "token", NULL);
  g_file_set_contents (token_path, TOKEN "\n", -1, NULL);
  g_chmod (token_path, 0600);
  fixture->output = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, string_free);
  fixture->tested = g_string_new (NULL);
  fixture->results = g_hash_table_new_full (
    g_str_hash, g_str_equal, g_free, (GDestroyNotify) ent_msg_job_result_free);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (
    fixture->server, "/runner/v1/socket", NULL, NULL, connected_cb, fixture, NULL);
  if (by_unix) {
    g_autoptr (GSocketAddress) where = g_unix_socket_address_new (socket_path);

    g_assert_true (soup_server_listen (fixture->server, where, 0, &error));
    g_chmod (socket_path, 0666);
    address = g_strconcat ("unix:", socket_path, NULL);
  } else {
    g_autoslist (GUri) uris = NULL;

    g_assert_true (
      soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
    uris = soup_server_get_uris (fixture->server);
    address = g_uri_to_string (uris->data);
  }
  g_assert_no_error (error);
  fixture->runner = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, runner_program,
    "serve", "--connect", address, "--token-file", token_path, "--slots", "2", NULL);
  g_assert_no_error (error);
  WAIT_FOR (fixture, fixture->hello != NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *socket_path = g_build_filename (fixture->folder, "socket", NULL);
  g_autofree char *token_path = g_build_filename (fixture->folder, "token", NULL);

  g_subprocess_send_signal (fixture->runner, SIGTERM);
  g_assert_true (g_subprocess_wait (fixture->runner, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (fixture->runner));
  g_assert_cmpint (g_subprocess_get_exit_status (fixture->runner), ==, 0);
  g_clear_object (&fixture->runner);
  if (fixture->connection != NULL)
    g_signal_handlers_disconnect_by_data (fixture->connection, fixture);
  g_clear_object (&fixture->connection);
  soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
  ent_msg_runner_hello_free (fixture->hello);
  g_hash_table_unref (fixture->output);
  g_hash_table_unref (fixture->results);
  g_string_free (fixture->tested, TRUE);
  g_free (fixture->authorization);
  g_remove (socket_path);
  g_remove (token_path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

/* Sends a job of one file; the id is the caller's. */
static char *
send_job (Fixture *fixture, const char *language, const char *entry, const char *text, gint64 fence)
{
  EntMsgJobFile file = { .path = (char *) entry, .size = strlen (text) };
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  EntMsgJob job = {
    .id = ent_id_new (),
    .fence = fence,
    .language = (char *) language,
    .profile = (char *) "room",
    .entry = (char *) entry,
    .files = files,
    .stdin_size = 5,
  };
  g_autofree char *message = NULL;
  g_autoptr (GBytes) source = ent_frame_build (job.id, ENT_STREAM_SOURCE, 0, text, strlen (text));
  g_autoptr (GBytes) input = ent_frame_build (job.id, ENT_STREAM_STDIN, 0, "input", 5);

  g_ptr_array_add (files, &file);
  message = ent_runner_message_encode (ENT_RUNNER_JOB, 0, 0, &job);
  soup_websocket_connection_send_text (fixture->connection, message);
  soup_websocket_connection_send_binary (
    fixture->connection, g_bytes_get_data (source, NULL), g_bytes_get_size (source));
  soup_websocket_connection_send_binary (
    fixture->connection, g_bytes_get_data (input, NULL), g_bytes_get_size (input));
  return job.id;
}

static const EntMsgJobResult *
get_result (Fixture *fixture, const char *id)
{
  return g_hash_table_lookup (fixture->results, id);
}

static const char *
get_output (Fixture *fixture, const char *id)
{
  GString *text = g_hash_table_lookup (fixture->output, id);

  return text != NULL ? text->str : "";
}

static void
test_signs_on (Fixture *fixture, gconstpointer data)
{
  gboolean has_python = FALSE;

  g_assert_cmpstr (fixture->authorization, ==, "Bearer " TOKEN);
  g_assert_cmpint (fixture->hello->slots, ==, 2);
  g_assert_null (fixture->hello->note);
  for (guint i = 0; i < fixture->hello->languages->len; i++) {
    const EntMsgLanguage *language = g_ptr_array_index (fixture->hello->languages, i);

    has_python |= g_str_equal (language->id, "python") && language->version != NULL;
  }
  g_assert_true (has_python);
}

static void
test_runs_jobs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *python =
    send_job (fixture, "python", "main.py", "import sys\nprint('got', sys.stdin.read(), '€')\n", 3);
  g_autofree char *cpp = send_job (fixture, "cpp", "main.cpp", "int main() { return x; }\n", 4);
  const EntMsgJobResult *result;
  const EntMsgCompileError *error;

  WAIT_FOR (fixture, get_result (fixture, python) != NULL);
  result = get_result (fixture, python);
  g_assert_cmpint (result->verdict, ==, ENT_VERDICT_OK);
  g_assert_cmpint (result->fence, ==, 3);
  g_assert_cmpstr (get_output (fixture, python), ==, "got input €\n");

  WAIT_FOR (fixture, get_result (fixture, cpp) != NULL);
  result = get_result (fixture, cpp);
  g_assert_cmpint (result->verdict, ==, ENT_VERDICT_COMPILE_ERROR);
  g_assert_cmpint (result->fence, ==, 4);
  error = g_ptr_array_index (result->compile_errors, 0);
  g_assert_cmpstr (error->file, ==, "main.cpp");
  g_assert_cmpint (error->line, ==, 1);
  g_assert_nonnull (strstr (get_output (fixture, cpp), "error:"));
}

static void
cancel (Fixture *fixture, const char *id)
{
  EntMsgJobCancel message = { .id = (char *) id };
  g_autofree char *text = ent_runner_message_encode (ENT_RUNNER_CANCEL, 0, 0, &message);

  soup_websocket_connection_send_text (fixture->connection, text);
}

static void
send_frame (Fixture *fixture, const char *id, EntStream stream, guint32 index, const char *text)
{
  g_autoptr (GBytes) frame = ent_frame_build (id, stream, index, text, strlen (text));

  soup_websocket_connection_send_binary (
    fixture->connection, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

/* Sends a job of one file, as it is, and the file. */
static void
send_job_of (Fixture *fixture, EntMsgJob *job, const char *text)
{
  EntMsgJobFile file = { .path = job->entry, .size = strlen (text) };
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autofree char *message = NULL;

  g_ptr_array_add (files, &file);
  job->files = files;
  message = ent_runner_message_encode (ENT_RUNNER_JOB, 0, 0, job);
  soup_websocket_connection_send_text (fixture->connection, message);
  send_frame (fixture, job->id, ENT_STREAM_SOURCE, 0, text);
}

/* Built once, run once for each input; what is printed before `tested` is that test's. */
static void
test_tests (Fixture *fixture, gconstpointer data)
{
  static const char *const inputs[] = { "1", "x", "3" };
  EntMsgJobTest sizes[] = { { 1 }, { 1 }, { 1 } };
  g_autofree char *id = ent_id_new ();
  EntMsgJob job = { .id = id,
    .fence = 7,
    .language = (char *) "c",
    .profile = (char *) "room",
    .entry = (char *) "main.c",
    .scope = (char *) "somebody",
    .tests = g_ptr_array_new () };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_ptr_array_add (job.tests, &sizes[i]);
  send_job_of (fixture, &job,
    "#include <stdio.h>\nint main(void) { int n; if (scanf(\"%d\", &n) != 1) return 4; "
    "printf(\"%d\", n * 2); }\n");
  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    send_frame (fixture, id, ENT_STREAM_TEST, i, inputs[i]);
  WAIT_FOR (fixture, get_result (fixture, id) != NULL);
  g_assert_cmpstr (fixture->tested->str, ==, "0 ok 2; 1 runtime_error ; 2 ok 6; ");
  g_assert_cmpint (get_result (fixture, id)->verdict, ==, ENT_VERDICT_RUNTIME_ERROR);
  g_assert_cmpint (get_result (fixture, id)->exit_code, ==, 4);
  g_ptr_array_unref (job.tests);
}

static void
resize (Fixture *fixture, const char *id, gint64 rows, gint64 columns)
{
  EntMsgJobResize message = { .id = (char *) id, .rows = rows, .columns = columns };
  g_autofree char *text = ent_runner_message_encode (ENT_RUNNER_RESIZE, 0, 0, &message);

  soup_websocket_connection_send_text (fixture->connection, text);
}

/* Says how long it took, in microseconds. */
static gint64
stop (Fixture *fixture, const char *id)
{
  gint64 started = g_get_monotonic_time ();
  gint64 took;

  cancel (fixture, id);
  cancel (fixture, id);
  WAIT_FOR (fixture, get_result (fixture, id) != NULL);
  took = g_get_monotonic_time () - started;
  g_test_message ("stopped after %" G_GINT64_FORMAT " us", took);
  g_assert_cmpint (get_result (fixture, id)->verdict, ==, ENT_VERDICT_STOPPED);
  return took;
}

/* Such a job, with a program that has begun when it shows that. A busy machine may take its time to
 * stop it, and is asked again: that it can be quick is what counts. */
static void
check_stops_at_once (Fixture *fixture, const EntMsgJob *like, const char *text, const char *shown)
{
  gint64 until_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gint64 took = G_MAXINT64;

  while (took >= STOP_US && g_get_monotonic_time () < until_us) {
    g_autofree char *id = ent_id_new ();
    EntMsgJob job = *like;

    job.id = id;
    send_job_of (fixture, &job, text);
    WAIT_FOR (fixture, strstr (get_output (fixture, id), shown) != NULL);
    took = stop (fixture, id);
  }
  g_assert_cmpint (took, <, STOP_US);
}

/* A terminal of the box: keys in, what it shows out, the new size by a signal, an end by a key, and
 * Stop at once. */
static void
test_terminal (Fixture *fixture, gconstpointer data)
{
  static const char program[] =
    "import os, signal, sys\n"
    "def told(*_): print('now', *os.get_terminal_size(), flush=True)\n"
    "signal.signal(signal.SIGWINCH, told)\n"
    "print(sys.stdin.isatty(), sys.stderr.isatty(), *os.get_terminal_size())\n"
    "while True:\n"
    "    try: print('got', input('> '))\n"
    "    except KeyboardInterrupt: print('interrupted', flush=True)\n";
  g_autofree char *id = ent_id_new ();
  EntMsgTerminal terminal = { 30, 100 };
  EntMsgJob job = { .id = id,
    .fence = 1,
    .language = (char *) "python",
    .profile = (char *) "terminal",
    .entry = (char *) "main.py",
    .terminal = &terminal };

  send_job_of (fixture, &job, program);
  WAIT_FOR (fixture, strstr (get_output (fixture, id), "True True 100 30\r\n> ") != NULL);
  send_frame (fixture, id, ENT_STREAM_STDIN, 0, "hello\r");
  WAIT_FOR (fixture, strstr (get_output (fixture, id), "got hello\r\n> ") != NULL);
  resize (fixture, id, 40, 120);
  WAIT_FOR (fixture, strstr (get_output (fixture, id), "now 120 40\r\n") != NULL);
  resize (fixture, id, 0, 0);
  send_frame (fixture, id, ENT_STREAM_STDIN, 1, "\x03");
  WAIT_FOR (fixture, strstr (get_output (fixture, id), "interrupted\r\n") != NULL);
  stop (fixture, id);
  check_stops_at_once (fixture, &job, program, "True True 100 30\r\n> ");
}

/* A program that is typed a word; how much of what it then prints came before it was ended, because
 * nobody types and nothing is printed. */
static gsize
idle (Fixture *fixture, guint idle_ms)
{
  g_autofree char *id = ent_id_new ();
  EntMsgTerminal terminal = { 24, 80 };
  EntMsgJobLimits limits = { .idle_ms = idle_ms };
  EntMsgJob job = { .id = id,
    .fence = 1,
    .language = (char *) "bash",
    .profile = (char *) "terminal",
    .entry = (char *) "main.sh",
    .limits = &limits,
    .terminal = &terminal };

  send_job_of (fixture, &job, "read -p '$ ' line; echo $line; read line");
  WAIT_FOR (
    fixture, g_str_equal (get_output (fixture, id), "$ ") || get_result (fixture, id) != NULL);
  send_frame (fixture, id, ENT_STREAM_STDIN, 0, "word\n");
  WAIT_FOR (fixture, get_result (fixture, id) != NULL);
  g_assert_true (g_str_has_prefix ("$ word\r\nword\r\n", get_output (fixture, id)));
  g_assert_cmpint (get_result (fixture, id)->verdict, ==, ENT_VERDICT_TIME_LIMIT);
  g_assert_nonnull (strstr (get_result (fixture, id)->message, "waited for input"));
  return strlen (get_output (fixture, id));
}

/* On a busy machine the word may come too late, when the time is short. */
static void
test_terminal_idle (Fixture *fixture, gconstpointer data)
{
  gsize n = 0;

  for (guint idle_ms = 300; n < strlen ("$ word\r\nword\r\n") && idle_ms < 30000; idle_ms *= 4)
    n = idle (fixture, idle_ms);
  g_assert_cmpuint (n, ==, strlen ("$ word\r\nword\r\n"));
}

static void
test_cancels (Fixture *fixture, gconstpointer data)
{
  const EntMsgJob like = {
    .fence = 1,
    .language = (char *) "python",
    .profile = (char *) "room",
    .entry = (char *) "main.py",
  };

  check_stops_at_once (fixture, &like, "import time\nprint('up')\ntime.sleep(60)\n", "up\n");
}

static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  const char *sleeper = "import time\ntime.sleep(60)\n";
  g_autofree char *unknown = send_job (fixture, "cobol", "main.cob", "x", 1);
  g_autofree char *outside = send_job (fixture, "python", "../main.py", "x", 1);
  g_autofree char *one = send_job (fixture, "python", "main.py", sleeper, 1);
  g_autofree char *two = send_job (fixture, "python", "main.py", sleeper, 1);
  g_autofree char *three = send_job (fixture, "python", "main.py", sleeper, 1);

  WAIT_FOR (fixture, g_hash_table_size (fixture->results) == 3);
  g_assert_nonnull (strstr (get_result (fixture, unknown)->message, "cobol"));
  g_assert_nonnull (strstr (get_result (fixture, outside)->message, "leaves the work folder"));
  g_assert_nonnull (strstr (get_result (fixture, three)->message, "busy"));
  cancel (fixture, one);
  cancel (fixture, two);
  WAIT_FOR (fixture, g_hash_table_size (fixture->results) == 5);
}

/* A lost connection is made again; jobs of the lost one are not answered. */
static void
test_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lost =
    send_job (fixture, "python", "main.py", "import time\nprint('up')\ntime.sleep(60)\n", 1);
  g_autofree char *next = NULL;

  WAIT_FOR (fixture, g_str_equal (get_output (fixture, lost), "up\n"));
  g_clear_pointer (&fixture->hello, ent_msg_runner_hello_free);
  soup_websocket_connection_close (fixture->connection, 4503, "going down");
  WAIT_FOR (fixture, fixture->hello != NULL);
  g_assert_cmpuint (fixture->n_connections, ==, 2);
  next = send_job (fixture, "python", "main.py", "print('again')\n", 2);
  WAIT_FOR (fixture, get_result (fixture, next) != NULL);
  g_assert_cmpstr (get_output (fixture, next), ==, "again\n");
  g_assert_null (get_result (fixture, lost));
}

/* Nonsense ends the connection, not the runner. */
static void
test_survives_nonsense (Fixture *fixture, gconstpointer data)
{
  static const char *const nonsense[] = { "{", "[]", "{\"t\":\"job\",\"d\":{}}",
    "{\"t\":\"result\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++) {
    g_clear_pointer (&fixture->hello, ent_msg_runner_hello_free);
    soup_websocket_connection_send_text (fixture->connection, nonsense[i]);
    WAIT_FOR (fixture, fixture->hello != NULL);
  }
  g_clear_pointer (&fixture->hello, ent_msg_runner_hello_free);
  soup_websocket_connection_send_binary (fixture->connection, "short", 5);
  WAIT_FOR (fixture, fixture->hello != NULL);
}

/* What this host lacks for boxes, as the runner says it; NULL: nothing. */
static char *
find_lack (void)
{
  const char *argv[] = { runner_program, "check", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  char *lack = NULL;
  int status = 0;

  g_spawn_sync (
    NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &lack, &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 3)
    return g_strdelimit (g_strstrip (lack), "\n", ' ');
  g_free (lack);
  return NULL;
}

int
main (int argc, char **argv)
{
  gconstpointer by_unix = GINT_TO_POINTER (TRUE);
  g_autofree char *lack = NULL;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  runner_program = argv[1];
  if (geteuid () != 0 || getpwnam ("entrevue-runner") == NULL) {
    g_print ("1..0 # SKIP needs root and the user entrevue-runner\n");
    return 0;
  }
  lack = find_lack ();
  if (lack != NULL) {
    g_print ("1..0 # SKIP %s\n", lack);
    return 0;
  }
  g_test_add ("/box-serve/signs-on", Fixture, by_unix, set_up, test_signs_on, tear_down);
  g_test_add ("/box-serve/runs-jobs", Fixture, by_unix, set_up, test_runs_jobs, tear_down);
  g_test_add ("/box-serve/runs-jobs-by-tcp", Fixture, NULL, set_up, test_runs_jobs, tear_down);
  g_test_add ("/box-serve/tests", Fixture, by_unix, set_up, test_tests, tear_down);
  g_test_add ("/box-serve/terminal", Fixture, by_unix, set_up, test_terminal, tear_down);
  g_test_add ("/box-serve/terminal-idle", Fixture, by_unix, set_up, test_terminal_idle, tear_down);
  g_test_add ("/box-serve/cancels", Fixture, by_unix, set_up, test_cancels, tear_down);
  g_test_add ("/box-serve/refuses", Fixture, by_unix, set_up, test_refuses, tear_down);
  g_test_add ("/box-serve/comes-back", Fixture, by_unix, set_up, test_comes_back, tear_down);
  g_test_add (
    "/box-serve/survives-nonsense", Fixture, by_unix, set_up, test_survives_nonsense, tear_down);
  return g_test_run ();
}
