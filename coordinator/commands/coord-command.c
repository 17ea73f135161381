#include "config.h"

#include "commands/coord-command.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/coord-command-upkeep.h"
#include "commands/coord-data.h"
#include "commands/coord-serve.h"
#include "coord-config.h"
#include "store/coord-error.h"

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
  TEXT (CoordAnswer, zone),
  TEXT (CoordAnswer, state),
  TEXT (CoordAnswer, scopes),
  ENT_FIELD (CoordAnswer, expires, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (CoordAnswer, coord_answer)

static const EntField coord_answers_fields[] = {
  ENT_FIELD_STRUCT_OF (CoordAnswers,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    G_MAXINT,
    &coord_answer_struct),
};
ENT_STRUCT_DEFINE (CoordAnswers, coord_answers)

static const EntField coord_runner_answer_fields[] = {
  TEXT (CoordRunnerAnswer, id),
  TEXT (CoordRunnerAnswer, name),
  TEXT (CoordRunnerAnswer, state),
  TEXT (CoordRunnerAnswer, boxes),
  TEXT (CoordRunnerAnswer, version),
  TEXT (CoordRunnerAnswer, languages),
  TEXT (CoordRunnerAnswer, note),
  ENT_FIELD (CoordRunnerAnswer, seen, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (CoordRunnerAnswer, coord_runner_answer)

static const EntField coord_runner_answers_fields[] = {
  ENT_FIELD_STRUCT_OF (CoordRunnerAnswers,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    G_MAXINT,
    &coord_runner_answer_struct),
};
ENT_STRUCT_DEFINE (CoordRunnerAnswers, coord_runner_answers)

static const EntField coord_backup_answer_fields[] = {
  ENT_FIELD (CoordBackupAnswer, asked, ENT_FIELD_TIME, ENT_REQUIRED, 0),
  TEXT (CoordBackupAnswer, state),
  TEXT (CoordBackupAnswer, folder),
  TEXT (CoordBackupAnswer, size),
  ENT_FIELD (CoordBackupAnswer, bytes, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
  ENT_FIELD (CoordBackupAnswer, rows, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
  TEXT (CoordBackupAnswer, by),
  ENT_FIELD (CoordBackupAnswer, ended, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
  TEXT (CoordBackupAnswer, message),
};
ENT_STRUCT_DEFINE (CoordBackupAnswer, coord_backup_answer)

static const EntField coord_backup_answers_fields[] = {
  ENT_FIELD_STRUCT_OF (CoordBackupAnswers,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    G_MAXINT,
    &coord_backup_answer_struct),
};
ENT_STRUCT_DEFINE (CoordBackupAnswers, coord_backup_answers)

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

static const EntField coord_verified_fields[] = {
  ENT_FIELD (CoordVerified, organisations, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordVerified, entries, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordVerified, waiting, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordVerified, heads, ENT_FIELD_STRINGS, ENT_REQUIRED, G_MAXINT),
};
ENT_STRUCT_DEFINE (CoordVerified, coord_verified)

static const EntField coord_imported_fields[] = {
  ENT_FIELD (CoordImported, added, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordImported, refused, ENT_FIELD_STRINGS, ENT_REQUIRED, G_MAXINT),
};
ENT_STRUCT_DEFINE (CoordImported, coord_imported)

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
  { "user", "list", NULL, "who has an account: --org", coord_command_list_users,
    &coord_answers_struct },
  { "user", "block", "ADDRESS", "let nobody sign in to an account; ends all sessions",
    coord_command_block_user, &coord_answer_struct },
  { "user", "unblock", "ADDRESS", "let its owner sign in again", coord_command_unblock_user,
    &coord_answer_struct },
  { "user", "role", "ADDRESS", "set the role in an organisation: --org, --role; or --site-admin",
    coord_command_set_role, &coord_answer_struct },
  { "user", "totp-off", "ADDRESS", "ask no more for codes of a device that was lost",
    coord_command_take_off_factor, &coord_answer_struct },
  { "user", "import", "FILE", "make the accounts of a JSON file, with bcrypt or Argon2id hashes",
    coord_command_import_users, &coord_imported_struct },
  { "user", "export", "ADDRESS", "write all that is kept of somebody to a new ZIP: --to FILE",
    coord_command_export_user, &coord_answer_struct },
  { "user", "erase", "ADDRESS", "erase somebody, or a guest with this address, for good",
    coord_command_erase_user, &coord_answer_struct },
  { "org", "add", "NAME", "make an organisation: --zone", coord_command_add_org,
    &coord_answer_struct },
  { "org", "list", NULL, "which organisations there are", coord_command_list_orgs,
    &coord_answers_struct },
  { "key", "add", "NAME", "make an API key: --org, --scope, --days; prints it once",
    coord_command_add_key, &coord_answer_struct },
  { "key", "list", NULL, "which keys an organisation has: --org", coord_command_list_keys,
    &coord_answers_struct },
  { "key", "revoke", "ID", "end a key", coord_command_revoke_key, &coord_answer_struct },
  { "slot", "add", NULL, "offer an appointment: --org, --interviewer, --starts, --minutes",
    coord_command_add_slot, &coord_answer_struct },
  { "interview", "add", NULL,
    "make an interview: --org, --interviewer, --starts, --minutes, --candidate or --guest",
    coord_command_add_interview, &coord_new_interview_struct },
  { "runner", "add", "NAME", "register a runner; prints its token once", coord_command_add_runner,
    &coord_answer_struct },
  { "runner", "list", NULL, "which runners there are, how busy, and which may be stopped",
    coord_command_list_runners, &coord_runner_answers_struct },
  { "runner", "drain", "NAME", "give a runner no new programs, so that it can be stopped: --undo",
    coord_command_drain_runner, &coord_runner_answer_struct },
  { "runner", "revoke", "NAME", "end a runner's right to sign on", coord_command_revoke_runner,
    &coord_answer_struct },
  { "backup", "list", NULL, "which backups were made, and what became of them",
    coord_command_list_backups, &coord_backup_answers_struct },
  { "audit", "verify", NULL, "look whether an entry of the audit was changed or taken out",
    coord_command_verify_audit, &coord_verified_struct },
};

static const struct {
  const char *name;
  const char *argument; /* NULL: takes none */
  const char *help;
  CoordUpkeepFunc func;
  gboolean may_make_data;
} upkeep[] = {
  { "migrate", NULL, "bring the database up to date; --to copies it to another engine",
    coord_command_migrate, TRUE },
  { "backup", "FOLDER", "copy everything there, while the server runs: --with-secrets",
    coord_command_backup, FALSE },
  { "restore", "FOLDER", "fill an empty database from a backup", coord_command_restore, TRUE },
  { "check", NULL, "look at the whole database", coord_command_check, FALSE },
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
  GString *text = g_string_new ("Commands:\n"
                                "  serve                    serve until SIGTERM: --listen\n"
                                "  check-config             say what a configuration means\n");

  for (guint i = 0; i < G_N_ELEMENTS (upkeep); i++) {
    g_autofree char *words = g_strjoin (" ", upkeep[i].name, upkeep[i].argument, NULL);

    g_string_append_printf (text, "  %-24s %s\n", words, upkeep[i].help);
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *words =
      g_strjoin (" ", commands[i].group, commands[i].verb, commands[i].argument, NULL);

    g_string_append_printf (text, "  %-24s %s\n", words, commands[i].help);
  }
  return g_string_free (text, FALSE);
}

static char *
describe_time (gint64 at_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);

  return g_date_time_format_iso8601 (at);
}

/* What has a value, in one line. */
static void
print_row (const EntStruct *type, gconstpointer value)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) row = NULL;
  g_autofree char *line = NULL;

  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];
    gconstpointer place = (const guint8 *) value + field->offset;

    if (field->type == ENT_FIELD_STRING && *(char *const *) place != NULL)
      g_strv_builder_add (words, *(char *const *) place);
    else if (field->type == ENT_FIELD_TIME && *(const gint64 *) place != 0) {
      g_autofree char *at = describe_time (*(const gint64 *) place);

      g_strv_builder_add (words, at);
    }
  }
  row = g_strv_builder_end (words);
  line = g_strjoinv ("  ", row);
  g_print ("%s\n", line);
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
    else if (field->type == ENT_FIELD_LIST)
      for (guint k = 0; k < (*(GPtrArray *const *) place)->len; k++)
        print_row (field->of, (*(GPtrArray *const *) place)->pdata[k]);
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
  g_autoptr (CoordDb) db = coord_data_open (options, &applied, error);
  gpointer answer;

  if (db == NULL || (answer = coord_db_transaction (db, run_cb, &command, error)) == NULL)
    return FALSE;
  print_answer (options, type, answer);
  ent_struct_free (type, answer);
  return TRUE;
}

/* -1: none. */
static int
find_command (const char *group, const char *verb)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].group, group) == 0 && strcmp (commands[i].verb, verb) == 0)
      return i;
  return -1;
}

/* What begins an installation: a list of nothing would only hide a wrong --data. */
static gboolean
may_make_data (guint index)
{
  const char *group = commands[index].group, *verb = commands[index].verb;

  return (g_str_equal (verb, "add") || g_str_equal (verb, "import")) &&
         (g_str_equal (group, "user") || g_str_equal (group, "org") ||
           g_str_equal (group, "runner"));
}

/* Commands on the whole database. Sets *is_known when the line named one of them. */
static gboolean
run_upkeep (int argc, char **argv, CoordOptions *options, gboolean *is_known, GError **error)
{
  const char *name = argc > 1 ? argv[1] : "";

  for (guint i = 0; i < G_N_ELEMENTS (upkeep); i++) {
    g_autoptr (CoordUpkeep) answer = NULL;

    if (strcmp (upkeep[i].name, name) != 0)
      continue;
    *is_known = TRUE;
    if (argc > (upkeep[i].argument != NULL ? 3 : 2)) {
      g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, "There are too many words.");
      return FALSE;
    }
    options->argument = argc > 2 ? argv[2] : NULL;
    options->may_make_data = upkeep[i].may_make_data;
    if (upkeep[i].argument != NULL &&
        !coord_command_need (options->argument, upkeep[i].argument, error))
      return FALSE;
    if (upkeep[i].may_make_data && !coord_data_make (options->data, error))
      return FALSE;
    answer = upkeep[i].func (options, error);
    if (answer != NULL)
      print_answer (options, &coord_upkeep_struct, answer);
    return answer != NULL;
  }
  return FALSE;
}

static gboolean
check_config (const CoordOptions *options, GError **error)
{
  g_autoptr (CoordConfig) config = NULL;
  g_autofree char *text = NULL;

  if (!coord_command_need (options->config, "--config", error) ||
      (config = coord_config_load (options->config, error)) == NULL ||
      !coord_config_check_files (config, FALSE, error))
    return FALSE;
  text = coord_config_describe (config);
  g_print ("%s", text);
  return TRUE;
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
  int index = find_command (group, verb);
  gboolean is_done = FALSE, is_known = FALSE;

  umask (077);
  if (*group == '\0')
    return fail_use ("A command is needed.");
  if (strcmp (group, "check-config") == 0)
    is_known = TRUE, is_done = check_config (options, &error);
  else if (strcmp (group, "serve") == 0) {
    if (argc > 2)
      return fail_use ("There are too many words.");
    options->may_make_data = is_known = TRUE;
    if (coord_data_make (options->data, &error) && coord_data_check_user (options->data, &error))
      return coord_serve (options);
  } else if (index >= 0) {
    is_known = TRUE;
    if (argc > (commands[index].argument != NULL ? 4 : 3))
      return fail_use ("There are too many words.");
    options->argument = argc > 3 ? argv[3] : NULL;
    if (options->argument != NULL && !g_utf8_validate (options->argument, -1, NULL))
      return fail_use ("The last word is no text in UTF-8.");
    options->may_make_data = may_make_data (index);
    is_done = (!options->may_make_data || coord_data_make (options->data, &error)) &&
              run_command (index, options, &error);
  } else
    is_done = run_upkeep (argc, argv, options, &is_known, &error);
  if (!is_known)
    return fail_use ("There is no such command.");
  if (!is_done)
    g_printerr ("entrevue-coordinator: %s\n", error->message);
  return is_done ? 0 : 1;
}

int
coord_command_main (int argc, char **argv)
{
  gboolean is_version = FALSE;
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
    { "with-secrets", 0, 0, G_OPTION_ARG_NONE, &options.is_with_secrets,
      "with backup: the keys and the relay's secret too", NULL },
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
    { "scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.scopes,
      "what a key may do: execute, tests, questions or read; may be repeated", "SCOPE" },
    { "days", 0, 0, G_OPTION_ARG_INT, &options.days, "how long a key is good (without end)", "N" },
    { "undo", 0, 0, G_OPTION_ARG_NONE, &options.is_undo,
      "with runner drain: give it programs again", NULL },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &options.origin,
      "where people reach the server, for links", "https://HOST" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &is_version, "say which version this is", NULL },
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
  if (is_version)
    g_print ("entrevue-coordinator %s\n", ENT_VERSION);
  status = is_version ? 0 : dispatch (argc, argv, &options);
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
  g_strfreev (options.scopes);
  return status;
}
