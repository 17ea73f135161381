#include "test-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "protocol/ent-link-uri.h"

#define ORG "demo"
#define HOST "host@example.org"

/* What the program says on standard output when it serves. */
typedef struct {
  char *address;
} Serving;

static const EntField serving_fields[] = {
  ENT_FIELD (Serving, address, ENT_FIELD_STRING, ENT_REQUIRED, 256),
};
static const EntStruct serving_struct = { "Serving", sizeof (Serving), serving_fields,
  G_N_ELEMENTS (serving_fields) };

typedef struct {
  char *candidate;
  char **observers;
  char **co_interviewers;
} Links;

static const EntField links_fields[] = {
  ENT_FIELD (Links, candidate, ENT_FIELD_STRING, ENT_REQUIRED, 4096),
  ENT_FIELD (Links, observers, ENT_FIELD_STRINGS, ENT_REQUIRED, 8),
  ENT_FIELD (Links, co_interviewers, ENT_FIELD_STRINGS, ENT_REQUIRED, 8),
};
static const EntStruct links_struct = { "Links", sizeof (Links), links_fields,
  G_N_ELEMENTS (links_fields) };

typedef struct {
  char *room;
  Links *links;
} Added;

static const EntField added_fields[] = {
  ENT_FIELD (Added, room, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD_STRUCT_OF (Added, links, ENT_FIELD_OBJECT, ENT_REQUIRED, 0, &links_struct),
};
static const EntStruct added_struct = { "Added", sizeof (Added), added_fields,
  G_N_ELEMENTS (added_fields) };

static const char *
get_program (void)
{
  const char *program = g_getenv ("ENTREVUE_COORDINATOR");

  g_assert_nonnull (program);
  return program;
}

/* Runs one command on the data folder; returns what it printed. Takes words up to NULL. */
static char *
command (TestServer *server, const char *input, const char *const *words)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  char *output = NULL;

  g_strv_builder_add (builder, get_program ());
  for (guint i = 0; words[i] != NULL; i++)
    g_strv_builder_add (builder, words[i]);
  g_strv_builder_add (builder, "--data");
  g_strv_builder_add (builder, server->folder);
  g_strv_builder_add (builder, "--json");
  argv = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const char *const *) argv,
    G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return output;
}
#define COMMAND(server, input, ...) \
  command ((server), (input), (const char *const[]){ __VA_ARGS__, NULL })

TestServer *
test_server_new (void)
{
  TestServer *server = g_new0 (TestServer, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *org = NULL;
  g_autofree char *host = NULL;

  server->folder = g_dir_make_tmp ("entrevue-test-XXXXXX", &error);
  g_assert_no_error (error);
  /* A runner's user passes through to the socket in it. */
  g_assert_no_errno (g_chmod (server->folder, 0711));
  server->session = soup_session_new ();
  org = COMMAND (server, NULL, "org", "add", ORG);
  host = COMMAND (server, "correct horse battery\n", "user", "add", HOST, "--org", ORG, "--role",
    "interviewer", "--name", "Host", "--password-stdin");
  test_server_start (server);
  return server;
}

/* Runs in the child: it ends with the test, also when that fails. */
static void
end_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static GSubprocessLauncher *
new_launcher (GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  return launcher;
}

void
test_server_start (TestServer *server)
{
  const char *listen = server->origin != NULL ? server->origin + strlen ("http://") : "127.0.0.1:0";
  g_autoptr (GSubprocessLauncher) launcher = new_launcher (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  Serving *serving;

  server->process =
    g_subprocess_launcher_spawn (launcher, &error, get_program (), "serve", "--listen", listen,
      "--data", server->folder, server->config != NULL ? "--config" : NULL, server->config, NULL);
  g_assert_no_error (error);
  server->words = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server->process));
  line = g_data_input_stream_read_line (server->words, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  serving = ent_codec_decode (&serving_struct, line, strlen (line), ENT_UNKNOWN_IGNORED, &error);
  g_assert_no_error (error);
  g_free (server->origin);
  server->origin = g_strdup (serving->address);
  ent_struct_free (&serving_struct, serving);
}

void
test_server_configure (TestServer *server, const char *lines)
{
  g_autofree char *text = g_strconcat ("[coordinator]\n", lines, NULL);
  g_autoptr (GError) error = NULL;

  test_server_stop (server);
  g_free (server->config);
  server->config = g_build_filename (server->folder, "test.conf", NULL);
  g_file_set_contents (server->config, text, -1, &error);
  g_assert_no_error (error);
  test_server_start (server);
}

static void
end (TestServer *server, int number)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (server->process, number);
  g_subprocess_wait (server->process, NULL, &error);
  g_assert_no_error (error);
}

void
test_server_kill (TestServer *server)
{
  end (server, SIGKILL);
  g_clear_object (&server->words);
  g_clear_object (&server->process);
}

void
test_server_stop (TestServer *server)
{
  end (server, SIGTERM);
  g_assert_true (g_subprocess_get_successful (server->process));
  g_clear_object (&server->words);
  g_clear_object (&server->process);
}

static void
remove_folder (const char *path)
{
  const char *const argv[] = { "rm", "-rf", "--", path, NULL };

  g_spawn_sync (
    NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

void
test_server_free (TestServer *server)
{
  if (server->process != NULL)
    test_server_stop (server);
  remove_folder (server->folder);
  g_object_unref (server->session);
  g_free (server->origin);
  g_free (server->config);
  g_free (server->folder);
  g_free (server);
}

static char *
read_token (const char *link)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntLinkUri) uri = ent_link_uri_parse (link, &error);

  g_assert_no_error (error);
  return g_strdup (uri->token);
}

TestRoom *
test_server_add_room (TestServer *server)
{
  g_autofree char *json = COMMAND (server, NULL, "interview", "add", "--org", ORG, "--title",
    "Test", "--starts", "now", "--interviewer", HOST, "--guest", "Gus", "--observer", "Otto",
    "--co-interviewer", "Carla", "--origin", server->origin);
  g_autoptr (GError) error = NULL;
  Added *added = ent_codec_decode (&added_struct, json, strlen (json), ENT_UNKNOWN_IGNORED, &error);
  TestRoom *room = g_new0 (TestRoom, 1);

  g_assert_no_error (error);
  room->id = g_strdup (added->room);
  room->candidate = read_token (added->links->candidate);
  room->observer = read_token (added->links->observers[0]);
  room->lead = read_token (added->links->co_interviewers[0]);
  ent_struct_free (&added_struct, added);
  return room;
}

void
test_room_free (TestRoom *room)
{
  g_free (room->id);
  g_free (room->candidate);
  g_free (room->observer);
  g_free (room->lead);
  g_free (room);
}

EntApiJoined *
test_server_join (TestServer *server, TestRoom *room, const char *invite, const char *device)
{
  g_autofree char *url = g_strdup_printf ("%s/api/rooms/%s/join", server->origin, room->id);
  g_autofree char *key = g_strdup_printf ("%s-0123456789abcdef", device);
  const EntApiJoin request = { (char *) invite, NULL, key };
  g_autofree char *json = ent_codec_encode (&ent_api_join_struct, &request);
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;
  EntApiJoined *joined;

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (server->session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  joined = ent_codec_decode (&ent_api_joined_struct, g_bytes_get_data (answer, NULL),
    g_bytes_get_size (answer), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  return joined;
}

typedef struct {
  char *token;
} RunnerAdded;

static const EntField runner_added_fields[] = {
  ENT_FIELD (RunnerAdded, token, ENT_FIELD_STRING, ENT_REQUIRED, 256),
};
static const EntStruct runner_added_struct = { "RunnerAdded", sizeof (RunnerAdded),
  runner_added_fields, G_N_ELEMENTS (runner_added_fields) };

/* An open descriptor from which the token can be read, so that it stands in no file. */
static int
open_token (const char *token)
{
  int fds[2];

  g_assert_no_errno (pipe (fds));
  g_assert_cmpint (write (fds[1], token, strlen (token)), ==, strlen (token));
  close (fds[1]);
  return fds[0];
}

GSubprocess *
test_server_add_runner (TestServer *server, const char *name)
{
  g_autofree char *json = COMMAND (server, NULL, "runner", "add", name);
  const char *program = g_getenv ("ENTREVUE_RUNNER");
  g_autoptr (GSubprocessLauncher) launcher = new_launcher (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  RunnerAdded *added =
    ent_codec_decode (&runner_added_struct, json, strlen (json), ENT_UNKNOWN_IGNORED, &error);
  GSubprocess *process;

  g_assert_no_error (error);
  g_subprocess_launcher_take_fd (launcher, open_token (added->token), 3);
  process = g_subprocess_launcher_spawn (launcher, &error, program, "serve", "--connect",
    server->origin, "--token-fd", "3", "--slots", "1", NULL);
  g_assert_no_error (error);
  ent_struct_free (&runner_added_struct, added);
  return process;
}

void
test_server_revoke_runner (TestServer *server, const char *name)
{
  g_autofree char *json = COMMAND (server, NULL, "runner", "revoke", name);
}

gboolean
test_server_can_run (void)
{
  const char *program = g_getenv ("ENTREVUE_RUNNER");
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
      program, "check", NULL);

  return process != NULL && g_subprocess_wait_check (process, NULL, NULL);
}
