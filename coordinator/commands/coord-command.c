#include "config.h"

#include "commands/coord-command.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/coord-serve.h"
#include "coord-config.h"
#include "store/coord-copy.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

#define STANDARD_DATA "/var/lib/entrevue"
#define STANDARD_MINUTES 60

#define TEXT(Type, member) ENT_FIELD (Type, member, ENT_FIELD_STRING, ENT_OPTIONAL, 4096)

static const EntField coord_answer_fields[] = {
  TEXT (CoordAnswer, id),
  TEXT (CoordAnswer, email),
  TEXT (CoordAnswer, name),
  TEXT (CoordAnswer, role),
  TEXT (CoordAnswer, password),
  TEXT (CoordAnswer, token),
};
ENT_STRUCT_DEFINE (CoordAnswer, coord_answer)

static const EntField coord_links_fields[] = {
  TEXT (CoordLinks, interviewer),
  TEXT (CoordLinks, candidate),
  ENT_FIELD (CoordLinks, observers, ENT_FIELD_STRINGS, ENT_OPTIONAL, 64),
  ENT_FIELD (CoordLinks, co_interviewers, ENT_FIELD_STRINGS, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (CoordLinks, coord_links)

static const EntField coord_new_interview_fields[] = {
  TEXT (CoordNewInterview, interview),
  TEXT (CoordNewInterview, room),
  ENT_FIELD (CoordNewInterview, starts, ENT_FIELD_TIME, ENT_REQUIRED, 0),
  ENT_FIELD (CoordNewInterview, ends, ENT_FIELD_TIME, ENT_REQUIRED, 0),
  ENT_FIELD_STRUCT_OF (CoordNewInterview,
    links,
    ENT_FIELD_OBJECT,
    ENT_REQUIRED,
    0,
    &coord_links_struct),
};
ENT_STRUCT_DEFINE (CoordNewInterview, coord_new_interview)

static const EntField coord_migrated_fields[] = {
  ENT_FIELD (CoordMigrated, applied, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordMigrated, schema, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordMigrated, copied, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
};
ENT_STRUCT_DEFINE (CoordMigrated, coord_migrated)

static const struct {
  const char *group;
  const char *verb;
  const char *argument; /* NULL: takes none */
  const char *help;
  CoordCommandFunc func;
  const EntStruct *answer;
} commands[] = {
  { "user", "add", "ADDRESS", "make an account: --name, --org with --role, --site-admin",
    coord_command_add_user, &coord_answer_struct },
  { "user", "passwd", "ADDRESS", "give a new password; ends all sessions",
    coord_command_set_password, &coord_answer_struct },
  { "user", "role", "ADDRESS", "set the role in an organisation: --org, --role; or --site-admin",
    coord_command_set_role, &coord_answer_struct },
  { "org", "add", "NAME", "make an organisation: --zone", coord_command_add_org,
    &coord_answer_struct },
  { "slot", "add", NULL, "offer an appointment: --org, --interviewer, --starts, --minutes",
    coord_command_add_slot, &coord_answer_struct },
  { "interview", "add", NULL,
    "make an interview: --org, --interviewer, --starts, --minutes, --candidate or --guest",
    coord_command_add_interview, &coord_new_interview_struct },
  { "runner", "add", "NAME", "register a runner; prints its token once", coord_command_add_runner,
    &coord_answer_struct },
  { "runner", "revoke", "NAME", "end a runner's right to sign on", coord_command_revoke_runner,
    &coord_answer_struct },
};

gboolean
coord_command_need (const char *value, const char *option, GError **error)
{
  if (value != NULL && *value != '\0')
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID, "%s is needed.", option);
  return FALSE;
}

static char *
describe_commands (void)
{
  GString *text = g_string_new (
    "Commands:\n"
    "  serve                    serve until SIGTERM: --listen\n"
    "  migrate                  bring the database up to date; --to copies it to another engine\n"
    "  check-config             say what a configuration means\n");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *words =
      g_strjoin (" ", commands[i].group, commands[i].verb, commands[i].argument, NULL);

    g_string_append_printf (text, "  %-24s %s\n", words, commands[i].help);
  }
  return g_string_free (text, FALSE);
}

/* What has a value, a line each, for people. */
static void
print_fields (const EntStruct *type, gconstpointer value)
{
  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];
    gconstpointer place = (const guint8 *) value + field->offset;

    if (field->type == ENT_FIELD_STRING && *(char *const *) place != NULL)
      g_print ("%s: %s\n", field->name, *(char *const *) place);
    else if (field->type == ENT_FIELD_INT)
      g_print ("%s: %" G_GINT64_FORMAT "\n", field->name, *(const gint64 *) place);
    else if (field->type == ENT_FIELD_STRINGS)
      for (char **text = *(char ***) place; text != NULL && *text != NULL; text++)
        g_print ("%s: %s\n", field->name, *text);
    else if (field->type == ENT_FIELD_OBJECT && *(gpointer *) place != NULL)
      print_fields (field->of, *(gpointer *) place);
  }
}

static void
print_answer (const CoordOptions *options, const EntStruct *type, gconstpointer value)
{
  g_autofree char *json = NULL;

  if (!options->is_json) {
    print_fields (type, value);
    return;
  }
  json = ent_codec_encode (type, value);
  g_print ("%s\n", json);
}

/* Without a configuration the database is in the data folder; but where a server has been without
 * leaving one there, it is elsewhere, and a second one would only puzzle. */
static char *
find_database (const CoordOptions *options, GError **error)
{
  g_autoptr (CoordConfig) config =
    options->config != NULL ? coord_config_load (options->config, error) : coord_config_new ();
  g_autofree char *place = config != NULL ? coord_config_get_place (config, options->data) : NULL;
  g_autofree char *secrets = g_build_filename (options->data, "secrets", NULL);

  if (place == NULL || options->config != NULL || g_file_test (place, G_FILE_TEST_EXISTS) ||
      !g_file_test (secrets, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&place);
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "The database of %s is not in it. Name the server's configuration with --config.",
    options->data);
  return NULL;
}

static CoordDb *
open_database (const CoordOptions *options, int *applied, GError **error)
{
  g_autofree char *place = find_database (options, error);
  g_autoptr (CoordDb) db = place != NULL ? coord_db_open (place, COORD_DB_WRITER, error) : NULL;

  if (db == NULL || (*applied = coord_migrate (db, error)) < 0)
    return NULL;
  return g_steal_pointer (&db);
}

typedef struct {
  guint index;
  const CoordOptions *options;
} Command;

static gpointer
run_cb (CoordDb *db, gpointer data, GError **error)
{
  const Command *command = data;

  return commands[command->index].func (db, command->options, g_get_real_time (), error);
}

static gboolean
run_command (guint index, const CoordOptions *options, GError **error)
{
  const EntStruct *type = commands[index].answer;
  Command command = { index, options };
  int applied;
  g_autoptr (CoordDb) db = open_database (options, &applied, error);
  gpointer answer;

  if (db == NULL || (answer = coord_db_transaction (db, run_cb, &command, error)) == NULL)
    return FALSE;
  print_answer (options, type, answer);
  ent_struct_free (type, answer);
  return TRUE;
}

int
coord_command_lock_data (const char *data, GError **error)
{
  g_autofree char *path = g_build_filename (data, "serving.lock", NULL);
  int lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0)
    return lock;
  if (lock >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
      "Another coordinator already serves the data in %s. Stop it first, or give this one its own "
      "folder with --data.",
      data);
  else
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Could not lock %s: %s.",
      path, g_strerror (errno));
  if (lock >= 0)
    close (lock);
  return -1;
}

/* Nobody serves meanwhile: what he acknowledged during the copy would stay behind. */
static gboolean
copy_database (CoordDb *db, const CoordOptions *options, gint64 *copied, GError **error)
{
  int lock = coord_command_lock_data (options->data, error);
  g_autoptr (CoordDb) to = lock >= 0 ? coord_db_open (options->to, COORD_DB_WRITER, error) : NULL;

  *copied = -1;
  if (to != NULL && coord_db_claim (db, error) && coord_db_claim (to, error) &&
      coord_migrate (to, error) >= 0)
    *copied = coord_copy (db, to, error);
  if (lock >= 0)
    close (lock);
  return *copied >= 0;
}

static gboolean
migrate (const CoordOptions *options, GError **error)
{
  int applied;
  g_autoptr (CoordDb) db = open_database (options, &applied, error);
  CoordMigrated migrated;

  if (db == NULL)
    return FALSE;
  migrated = (CoordMigrated){ applied, coord_migrate_get_newest (db), 0 };
  if (options->to != NULL && !copy_database (db, options, &migrated.copied, error))
    return FALSE;
  print_answer (options, &coord_migrated_struct, &migrated);
  return TRUE;
}

static gboolean
check_config (const CoordOptions *options, GError **error)
{
  g_autoptr (CoordConfig) config = NULL;
  g_autofree char *text = NULL;

  if (!coord_command_need (options->config, "--config", error) ||
      (config = coord_config_load (options->config, error)) == NULL)
    return FALSE;
  text = coord_config_describe (config);
  g_print ("%s", text);
  return TRUE;
}

static gboolean
make_data_folder (const char *path, GError **error)
{
  /* Others may pass through to the runner's socket; what is in it is this user's alone. */
  mode_t mask = umask (022);
  int result = g_mkdir_with_parents (path, 0711);

  umask (mask);
  if (result == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
    "Could not make the data folder %s: %s.", path, g_strerror (errno));
  return FALSE;
}

static int
fail_use (const char *text)
{
  g_printerr ("entrevue-coordinator: %s\nTry 'entrevue-coordinator --help'.\n", text);
  return 2;
}

static int
dispatch (int argc, char **argv, CoordOptions *options)
{
  g_autoptr (GError) error = NULL;
  const char *group = argc > 1 ? argv[1] : "", *verb = argc > 2 ? argv[2] : "";
  gboolean is_done = FALSE, is_known = FALSE;

  umask (077);
  if (strcmp (group, "check-config") == 0)
    is_known = TRUE, is_done = check_config (options, &error);
  else if (!make_data_folder (options->data, &error))
    is_known = TRUE;
  else if (strcmp (group, "serve") == 0)
    return coord_serve (options);
  else if (strcmp (group, "migrate") == 0)
    is_known = TRUE, is_done = migrate (options, &error);
  for (guint i = 0; i < G_N_ELEMENTS (commands) && !is_known; i++)
    if (strcmp (commands[i].group, group) == 0 && strcmp (commands[i].verb, verb) == 0) {
      is_known = TRUE;
      if (argc > (commands[i].argument != NULL ? 4 : 3))
        return fail_use ("There are too many words.");
      options->argument = argc > 3 ? argv[3] : NULL;
      is_done = run_command (i, options, &error);
    }
  if (!is_known)
    return fail_use ("There is no such command.");
  if (!is_done)
    g_printerr ("entrevue-coordinator: %s\n", error->message);
  return is_done ? 0 : 1;
}

int
coord_command_main (int argc, char **argv)
{
  CoordOptions options = { .ready_fd = -1, .minutes = STANDARD_MINUTES };
  const GOptionEntry entries[] = {
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "data folder (" STANDARD_DATA ")",
      "FOLDER" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options.config, "configuration file", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.is_json, "answer with one JSON object", NULL },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options.listen,
      "where to serve; port 0 takes a free one", "127.0.0.1:PORT" },
    { "ready-fd", 0, 0, G_OPTION_ARG_INT, &options.ready_fd,
      "write the address there too when serving", "N" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to,
      "with migrate: copy everything to this empty database, and compare",
      "postgresql://...|FILE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "name of a person", "NAME" },
    { "org", 0, 0, G_OPTION_ARG_STRING, &options.org, "organisation", "NAME|ID" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options.role, "candidate, interviewer, lead, hr or admin",
      "ROLE" },
    { "site-admin", 0, 0, G_OPTION_ARG_NONE, &options.is_site_admin,
      "may operate the whole installation", NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.is_password_on_stdin,
      "read the password from stdin instead of making one up", NULL },
    { "interviewer", 0, 0, G_OPTION_ARG_STRING, &options.interviewer, "account", "ADDRESS" },
    { "candidate", 0, 0, G_OPTION_ARG_STRING, &options.candidate, "account", "ADDRESS" },
    { "guest", 0, 0, G_OPTION_ARG_STRING, &options.guest,
      "a candidate without an account, who gets a link", "NAME" },
    { "observer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.observers,
      "a guest who watches; may be repeated", "NAME" },
    { "co-interviewer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.co_interviewers,
      "a guest who leads too; may be repeated", "NAME" },
    { "title", 0, 0, G_OPTION_ARG_STRING, &options.title, "title", "TEXT" },
    { "starts", 0, 0, G_OPTION_ARG_STRING, &options.starts,
      "start; an interview that starts now is not compared with calendars", "now|RFC3339" },
    { "minutes", 0, 0, G_OPTION_ARG_INT, &options.minutes, "length (60)", "N" },
    { "zone", 0, 0, G_OPTION_ARG_STRING, &options.zone, "time zone", "Europe/Berlin" },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &options.origin,
      "where people reach the server, for links", "https://HOST" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND");
  g_autofree char *help = describe_commands ();
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, help);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail_use (error->message);
  if (options.data == NULL)
    options.data = g_strdup (STANDARD_DATA);
  status = dispatch (argc, argv, &options);
  g_free (options.data);
  g_free (options.config);
  g_free (options.listen);
  g_free (options.to);
  g_free (options.name);
  g_free (options.org);
  g_free (options.role);
  g_free (options.interviewer);
  g_free (options.candidate);
  g_free (options.guest);
  g_strfreev (options.observers);
  g_strfreev (options.co_interviewers);
  g_free (options.title);
  g_free (options.starts);
  g_free (options.zone);
  g_free (options.origin);
  return status;
}
