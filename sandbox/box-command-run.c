#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "box-command.h"
#include "box-door.h"
#include "box-error.h"
#include "box-host.h"
#include "box-language.h"
#include "box-pool.h"
#include "box-run.h"
#include "box-ticket.h"

typedef struct {
  char *language;
  char *input;
  char *profile;
  char **args;
  char **limits;
  char **collect;
  char **tests;
  gboolean has_terminal;
  gboolean as_json;
} RunOptions;

static void
run_options_clear (RunOptions *options)
{
  g_free (options->language);
  g_free (options->input);
  g_free (options->profile);
  g_strfreev (options->args);
  g_strfreev (options->limits);
  g_strfreev (options->collect);
  g_strfreev (options->tests);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunOptions, run_options_clear)

/* NAME=VALUE of --limit, in the units of README.md. */
static gboolean
apply_limit (BoxLimits *run, BoxLimits *compile, const char *text, GError **error)
{
  const struct {
    const char *name;
    guint *count; /* one of the two is set */
    guint64 *size;
    guint64 unit;
  } known[] = {
    { "wall", &run->wall_ms, NULL, 1000 },
    { "cpu", &run->cpu_ms, NULL, 1000 },
    { "compile-wall", &compile->wall_ms, NULL, 1000 },
    { "memory", NULL, &run->memory_bytes, 1 << 20 },
    { "compile-memory", NULL, &compile->memory_bytes, 1 << 20 },
    { "disk", NULL, &run->disk_bytes, 1 << 20 },
    { "output", NULL, &run->output_bytes, 1 << 10 },
    { "processes", &run->processes, NULL, 1 },
    { "open-files", &run->open_files, NULL, 1 },
  };
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  guint64 value = 0;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[1], 10, 1, 65536, &value, NULL)) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "\"%s\" is no limit: NAME=VALUE with a whole number from 1 to 65536.", text);
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (!g_str_equal (parts[0], known[i].name))
      continue;
    if (known[i].count != NULL)
      *known[i].count = value * known[i].unit;
    else
      *known[i].size = value * known[i].unit;
    return TRUE;
  }
  g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
    "There is no limit \"%s\"; there are wall, cpu, compile-wall, memory, compile-memory, disk, "
    "output, processes and open-files.",
    parts[0]);
  return FALSE;
}

static GBytes *
read_input (const char *path, GError **error)
{
  char *data = NULL;
  gsize size;

  return g_file_get_contents (path, &data, &size, error) ? g_bytes_new_take (data, size) : NULL;
}

/* The name that a file has in the box: its path beneath the entry's folder, else its last part. */
static char *
name_in_box (const char *entry, const char *file)
{
  g_autofree char *folder = g_path_get_dirname (entry);
  g_autofree char *prefix = g_strconcat (folder, "/", NULL);

  if (g_str_equal (folder, ".") && !g_path_is_absolute (file))
    return g_strdup (g_str_has_prefix (file, "./") ? file + 2 : file);
  if (g_str_has_prefix (file, prefix))
    return g_strdup (file + strlen (prefix));
  return g_path_get_basename (file);
}

static gboolean
add_files (BoxJob *job, char **files, GError **error)
{
  for (char **file = files; *file != NULL; file++) {
    g_autofree char *name = name_in_box (files[0], *file);
    g_autoptr (GBytes) bytes = NULL;
    char *data = NULL;
    gsize size;

    if (!g_file_get_contents (*file, &data, &size, error))
      return FALSE;
    bytes = g_bytes_new_take (data, size);
    if (!box_job_add_file (job, name, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_limits (BoxJob *job, const RunOptions *options, GError **error)
{
  const char *name = options->has_terminal ? "terminal" : "room";
  const BoxLimits *profile =
    box_limits_get_profile (options->profile != NULL ? options->profile : name);
  BoxLimits limits, compile = { 0 };

  if (profile == NULL) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "There is no profile \"%s\"; there are room, api and terminal.", options->profile);
    return FALSE;
  }
  limits = *profile;
  for (char **text = options->limits; text != NULL && *text != NULL; text++)
    if (!apply_limit (&limits, &compile, *text, error))
      return FALSE;
  box_job_set_limits (job, &limits);
  box_job_set_compile_limits (job, &compile);
  return TRUE;
}

/* Tests have inputs of their own. Else the named file; else our own input, unless that is a
 * terminal: it is read while the program runs. */
static gboolean
set_input (BoxJob *job, const RunOptions *options, GError **error)
{
  for (char **test = options->tests; test != NULL && *test != NULL; test++) {
    g_autoptr (GBytes) input = read_input (*test, error);

    if (input == NULL || !box_job_add_test (job, input, error))
      return FALSE;
  }
  if (options->tests != NULL)
    return TRUE;
  if (options->input != NULL && !g_str_equal (options->input, "-")) {
    g_autoptr (GBytes) input = read_input (options->input, error);

    return input != NULL && box_job_set_stdin (job, input, error);
  }
  if ((options->input != NULL || options->has_terminal || !isatty (STDIN_FILENO)) &&
      fcntl (STDIN_FILENO, F_GETFD) >= 0)
    box_job_take_stdin_fd (job, fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  return TRUE;
}

/* As large as ours, where that is one. */
static gboolean
set_terminal (BoxJob *job, const RunOptions *options, GError **error)
{
  struct winsize size;

  if (!options->has_terminal)
    return TRUE;
  if (ioctl (STDIN_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
  return box_job_set_terminal (job, size.ws_row, size.ws_col, error);
}

static BoxJob *
build_job (const RunOptions *options, char **files, GError **error)
{
  g_autofree char *entry = name_in_box (files[0], files[0]);
  g_autoptr (BoxJob) job = box_job_new (entry, error);

  if (job == NULL || !add_files (job, files, error) || !set_limits (job, options, error) ||
      !set_input (job, options, error) || !set_terminal (job, options, error))
    return NULL;
  if (options->args != NULL && !box_job_set_args (job, (const char *const *) options->args, error))
    return NULL;
  for (char **path = options->collect; path != NULL && *path != NULL; path++)
    if (!box_job_add_collect (job, *path, error))
      return NULL;
  return box_job_is_complete (job, error) ? g_steal_pointer (&job) : NULL;
}

static BoxLanguage *
find_language (GPtrArray *languages, const char *id, const char *image, GError **error)
{
  BoxLanguage *language = box_language_find (languages, id);

  if (language == NULL)
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "There is no language \"%s\"; \"entrevue-runner languages\" lists them.", id);
  else if (!box_language_check (language, image))
    g_set_error (error, BOX_ERROR, BOX_ERROR_HOST, "%s cannot be run here: %s.", language->name,
      language->missing);
  else
    return language;
  return NULL;
}

/* Running */

typedef struct {
  BoxRun *run; /* NULL when it is done */
  BoxReport *report;
  gboolean as_json;
} Running;

static void
output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  const Running *running = user_data;
  FILE *to = stream == ENT_STREAM_STDOUT ? stdout : stderr;

  if (running->as_json)
    return;
  fwrite (data, 1, size, to);
  fflush (to);
}

static void
done_cb (BoxReport *report, gpointer user_data)
{
  Running *running = user_data;

  running->report = report;
  running->run = NULL;
}

static void
tested_cb (const BoxTestReport *test, guint number, gpointer user_data)
{
  const Running *running = user_data;

  if (!running->as_json)
    g_printerr ("test %u: %s, %" G_GINT64_FORMAT " ms\n", number + 1,
      ent_verdict_nicks[test->verdict], test->wall_ms);
}

static const BoxRunEvents run_events = { output_cb, tested_cb, done_cb, FALSE };

static gboolean
signal_cb (gpointer user_data)
{
  Running *running = user_data;

  if (running->run != NULL)
    box_run_stop (running->run);
  return G_SOURCE_CONTINUE;
}

/* Our terminal passes every key on, and tells its size when that changes. */

static gboolean
resized_cb (gpointer user_data)
{
  Running *running = user_data;
  struct winsize size;

  if (running->run != NULL && ioctl (STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
      size.ws_col > 0)
    box_run_resize (running->run, size.ws_row, size.ws_col);
  return G_SOURCE_CONTINUE;
}

static gboolean
make_raw (struct termios *before)
{
  struct termios raw;

  if (tcgetattr (STDIN_FILENO, before) != 0)
    return FALSE;
  raw = *before;
  cfmakeraw (&raw);
  return tcsetattr (STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

static void
print_for_people (const BoxReport *report)
{
  if (report->message != NULL)
    g_printerr ("%s\n", report->message);
  g_printerr ("%s: %" G_GINT64_FORMAT " ms, processor %" G_GINT64_FORMAT
              " ms, memory %" G_GINT64_FORMAT " KiB\n",
    ent_verdict_nicks[report->verdict], report->wall_ms, report->cpu_ms, report->memory_kib);
  if (report->note != NULL)
    g_printerr ("%s\n", report->note);
}

static int
get_status (const BoxReport *report)
{
  if (report->verdict == ENT_VERDICT_OK)
    return BOX_EXIT_OK;
  return report->verdict == ENT_VERDICT_INTERNAL_ERROR ? BOX_EXIT_INTERNAL : BOX_EXIT_VERDICT;
}

static int
run_job (BoxHost *host,
  GPtrArray *languages,
  const BoxLanguage *language,
  BoxJob *job,
  gboolean as_json)
{
  Running running = { .as_json = as_json };
  g_autoptr (GError) error = NULL;
  /* Between tests the next boxes are made while one runs. */
  guint n_ready = box_job_get_tests (job)->len > 1 ? 2 : 0;
  g_autoptr (BoxPool) pool = box_pool_new (host, languages, n_ready, &error);
  guint interrupted, terminated, resized;
  struct termios before;
  gboolean is_raw = box_job_get_rows (job) > 0 && make_raw (&before);
  int status;

  if (pool == NULL) {
    box_job_free (job);
    return box_command_fail (error);
  }
  interrupted = g_unix_signal_add (SIGINT, signal_cb, &running);
  terminated = g_unix_signal_add (SIGTERM, signal_cb, &running);
  running.run = box_run_start (pool, language, job, &run_events, &running);
  resized = g_unix_signal_add (SIGWINCH, resized_cb, &running);
  while (running.run != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (resized);
  if (is_raw)
    tcsetattr (STDIN_FILENO, TCSADRAIN, &before);
  if (as_json) {
    g_autofree char *json = box_report_to_json (running.report);

    g_print ("%s\n", json);
  } else {
    print_for_people (running.report);
  }
  status = get_status (running.report);
  box_report_free (running.report);
  box_pool_close (pool);
  while (!box_pool_is_empty (pool))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (interrupted);
  g_source_remove (terminated);
  return status;
}

/* Asking a runner of this host */

static BoxDoorStop asking = { -1, FALSE };

static void
stop_asking (int number)
{
  box_door_stop_asking (&asking);
}

static void
print_output (guint stream, const char *data, gsize size)
{
  FILE *to = stream == ENT_STREAM_STDOUT ? stdout : stderr;

  fwrite (data, 1, size, to);
  fflush (to);
}

/* Has the job done by a runner that is up, with its ready boxes and its builds. FALSE when none
 * takes it; else the exit status. */
static gboolean
ask_a_runner (const BoxLanguage *language, BoxJob *job, gboolean as_json, int *status)
{
  const char *given = g_getenv ("ENTREVUE_RUNNER_SOCKET");
  g_autofree char *scope = g_strdup_printf ("local-%u", (guint) getuid ());
  struct sigaction stop = { .sa_handler = stop_asking }, interrupted, terminated;
  g_autofree char *ticket = NULL, *json = NULL;
  g_autoptr (BoxReport) report = NULL;
  gboolean was_taken = FALSE;

  if (!box_job_set_scope (job, scope, NULL))
    return FALSE;
  ticket = box_ticket_write (language->id, job);
  if (ticket == NULL)
    return FALSE;
  sigaction (SIGINT, &stop, &interrupted);
  sigaction (SIGTERM, &stop, &terminated);
  json = box_door_ask (given != NULL ? given : BOX_DOOR_PATH, ticket, box_job_get_stdin_fd (job),
    as_json ? NULL : print_output, &asking, &was_taken);
  sigaction (SIGINT, &interrupted, NULL);
  sigaction (SIGTERM, &terminated, NULL);
  if (json != NULL)
    report = ent_codec_decode (&box_report_struct, json, strlen (json), ENT_UNKNOWN_IGNORED, NULL);
  if (report == NULL && !was_taken)
    return FALSE;
  if (report == NULL)
    g_printerr ("entrevue-runner: The runner of this host went away while it ran the program.\n");
  else if (as_json)
    g_print ("%s\n", json);
  else
    print_for_people (report);
  *status = report != NULL ? get_status (report) : BOX_EXIT_INTERNAL;
  return TRUE;
}

int
box_command_run (int argc, char **argv)
{
  g_auto (RunOptions) options = { 0 };
  g_auto (BoxCommandHost) host_options = { 0 };
  const GOptionEntry entries[] = {
    { "language", 'l', 0, G_OPTION_ARG_STRING, &options.language, "Language of the program", "ID" },
    { "stdin", 0, 0, G_OPTION_ARG_FILENAME, &options.input,
      "Input of the program (ours, when it is no terminal)", "FILE" },
    { "test", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.tests,
      "Run once more, with this input; may be given many times", "FILE" },
    { "arg", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.args, "Argument of the program", "TEXT" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "Named limits: room or api", "NAME" },
    { "limit", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.limits,
      "wall, cpu, compile-wall (s), memory, compile-memory, disk (MiB), output (KiB), processes, "
      "open-files",
      "NAME=VALUE" },
    { "collect", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.collect, "Give back this file", "PATH" },
    { "terminal", 't', 0, G_OPTION_ARG_NONE, &options.has_terminal,
      "Give the program a terminal, connected to ours", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print one JSON object", NULL },
    { NULL },
  };
  g_auto (GStrv) folders = box_host_find_folders ("languages");
  g_autoptr (GPtrArray) languages = NULL;
  g_autoptr (GBytes) init = NULL;
  g_autoptr (BoxJob) job = NULL;
  g_autoptr (BoxHost) host = NULL;
  g_autoptr (GError) error = NULL;
  BoxLanguage *language;
  int status;

  if (!box_command_parse ("FILE...",
        "Runs the first file, with the others beside it, and prints how it ended.", entries,
        &host_options, &argc, &argv, &status))
    return status;
  if (options.language == NULL || argc < 2) {
    g_printerr ("entrevue-runner: --language and a file are needed; see run --help\n");
    return BOX_EXIT_USAGE;
  }
  languages = box_language_load_folders ((const char *const *) folders, &error);
  language = languages != NULL
               ? find_language (languages, options.language, host_options.image, &error)
               : NULL;
  init = language != NULL ? box_host_load_init (&error) : NULL;
  job = init != NULL ? build_job (&options, argv + 1, &error) : NULL;
  if (job == NULL)
    return box_command_fail (error);
  if (!options.has_terminal && host_options.image == NULL && host_options.cache == NULL &&
      ask_a_runner (language, job, options.as_json, &status))
    return status;
  host = box_command_enter (&host_options, init, &error);
  if (host == NULL)
    return box_command_fail (error);
  return run_job (host, languages, language, g_steal_pointer (&job), options.as_json);
}
