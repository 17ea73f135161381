#include "config.h"

#include "box-command.h"

#include <unistd.h>

#include "box-error.h"
#include "box-host.h"
#include "box-language.h"
#include "box-pool.h"
#include "box-prepare.h"
#include "box-run.h"

void
box_command_host_clear (BoxCommandHost *options)
{
  g_clear_pointer (&options->user, g_free);
  g_clear_pointer (&options->cache, g_free);
  g_clear_pointer (&options->image, g_free);
}

BoxHost *
box_command_enter (const BoxCommandHost *options, GBytes *init, GError **error)
{
  const BoxHostOptions host = {
    .user = options->user,
    .cache = options->cache,
    .image = options->image,
    .insecure_no_cgroup = options->insecure_no_cgroup,
    .init_program = init,
  };

  return box_host_enter (&host, error);
}

GOptionEntry *
box_command_get_host_entries (BoxCommandHost *host)
{
  GOptionEntry *entries = g_new0 (GOptionEntry, 5);

  entries[0] = (GOptionEntry){ "user", 0, 0, G_OPTION_ARG_STRING, &host->user,
    "Whom to become when started by root (" BOX_HOST_DEFAULT_USER ")", "NAME" };
  entries[1] =
    (GOptionEntry){ "insecure-no-cgroup", 0, 0, G_OPTION_ARG_NONE, &host->insecure_no_cgroup,
      "Go on where there are no control groups (for development only)", NULL };
  entries[2] = (GOptionEntry){ "cache", 0, 0, G_OPTION_ARG_FILENAME, &host->cache,
    "Where things made ahead are kept (/var/cache/entrevue-runner)", "FOLDER" };
  entries[3] = (GOptionEntry){ "image", 0, 0, G_OPTION_ARG_FILENAME, &host->image,
    "Root file system of the boxes (the host's own toolchains)", "FOLDER" };
  return entries;
}

int
box_command_fail (const GError *error)
{
  g_printerr ("entrevue-runner: %s\n", error->message);
  if (g_error_matches (error, BOX_ERROR, BOX_ERROR_HOST))
    return BOX_EXIT_HOST;
  return error->domain == BOX_ERROR && error->code == BOX_ERROR_INTERNAL ? BOX_EXIT_INTERNAL
                                                                         : BOX_EXIT_USAGE;
}

gboolean
box_command_parse (const char *usage,
  const char *summary,
  const GOptionEntry *entries,
  BoxCommandHost *host,
  int *argc,
  char ***argv,
  int *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autofree GOptionEntry *host_entries = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (host != NULL) {
    host_entries = box_command_get_host_entries (host);
    g_option_context_add_main_entries (context, host_entries, NULL);
  }
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("entrevue-runner: %s\n", error->message);
    *status = BOX_EXIT_USAGE;
    return FALSE;
  }
  if (host != NULL && host->user == NULL)
    host->user = g_strdup (BOX_HOST_DEFAULT_USER);
  return TRUE;
}

GPtrArray *
box_command_load_languages (const char *image, GError **error)
{
  g_auto (GStrv) folders = box_host_find_folders ("languages");
  GPtrArray *languages = box_language_load_folders ((const char *const *) folders, error);

  for (guint i = 0; languages != NULL && i < languages->len;) {
    BoxLanguage *language = g_ptr_array_index (languages, i);

    box_language_probe (language, image);
    if (language->missing == NULL) {
      i++;
      continue;
    }
    g_debug ("%s: %s", language->id, language->missing);
    g_ptr_array_remove_index (languages, i);
  }
  return languages;
}

/* languages */

static char *
describe_languages (GPtrArray *languages)
{
  GString *json = g_string_new ("[");

  for (guint i = 0; i < languages->len; i++) {
    BoxLanguage *language = g_ptr_array_index (languages, i);
    g_autofree char *text = box_language_to_json (language);

    g_string_append_printf (json, "%s\n  %s", i > 0 ? "," : "", text);
  }
  g_string_append (json, "\n]");
  return g_string_free (json, FALSE);
}

int
box_command_languages (int argc, char **argv)
{
  gboolean as_json = FALSE;
  g_autofree char *image = NULL;
  const GOptionEntry entries[] = {
    { "image", 0, 0, G_OPTION_ARG_FILENAME, &image, "Those of a root file system for boxes",
      "FOLDER" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print a JSON list", NULL },
    { NULL },
  };
  g_auto (GStrv) folders = box_host_find_folders ("languages");
  g_autoptr (GPtrArray) languages = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!box_command_parse (
        NULL, "Lists the languages of this host.", entries, NULL, &argc, &argv, &status))
    return status;
  languages = box_language_load_folders ((const char *const *) folders, &error);
  if (languages == NULL)
    return box_command_fail (error);
  for (guint i = 0; i < languages->len; i++)
    box_language_probe (g_ptr_array_index (languages, i), image);
  if (as_json) {
    g_autofree char *json = describe_languages (languages);

    g_print ("%s\n", json);
    return BOX_EXIT_OK;
  }
  for (guint i = 0; i < languages->len; i++) {
    const BoxLanguage *language = g_ptr_array_index (languages, i);

    if (language->missing == NULL)
      g_print ("%-12s %s %s\n", language->id, language->name, language->version);
    else
      g_print ("%-12s not available: %s\n", language->id, language->missing);
  }
  return BOX_EXIT_OK;
}

/* prepare */

typedef struct {
  gboolean is_done;
  char *failure;
} Preparing;

static void
prepared_cb (const char *failure, gpointer user_data)
{
  Preparing *preparing = user_data;

  preparing->failure = g_strdup (failure);
  preparing->is_done = TRUE;
}

int
box_command_prepare (int argc, char **argv)
{
  g_auto (BoxCommandHost) options = { 0 };
  g_autoptr (GPtrArray) languages = NULL;
  g_autoptr (GBytes) init = NULL;
  g_autoptr (BoxHost) host = NULL;
  g_autoptr (BoxPool) pool = NULL;
  g_autoptr (GError) error = NULL;
  Preparing preparing = { 0 };
  BoxPrepare *prepare;
  int status;

  if (!box_command_parse (NULL, "Makes ahead what makes languages quicker; serve does so too.",
        NULL, &options, &argc, &argv, &status))
    return status;
  languages = box_command_load_languages (options.image, &error);
  init = languages != NULL ? box_host_load_init (&error) : NULL;
  host = init != NULL ? box_command_enter (&options, init, &error) : NULL;
  pool = host != NULL ? box_pool_new (host, languages, 0, &error) : NULL;
  if (pool == NULL)
    return box_command_fail (error);
  prepare = box_prepare_start (pool, languages, prepared_cb, &preparing);
  while (!preparing.is_done)
    g_main_context_iteration (NULL, TRUE);
  box_prepare_stop (prepare);
  box_pool_close (pool);
  while (!box_pool_is_empty (pool))
    g_main_context_iteration (NULL, TRUE);
  if (preparing.failure == NULL && host->prepared != NULL)
    return BOX_EXIT_OK;
  g_printerr ("entrevue-runner: %s\n",
    preparing.failure != NULL ? preparing.failure : "there is no folder to keep it in");
  g_free (preparing.failure);
  return BOX_EXIT_HOST;
}

/* check */

typedef struct {
  BoxPool *pool;
  BoxSlot *slot;
  BoxSupervisor *supervisor;
  gboolean is_done;
  char *failure; /* a sentence; NULL: all is well */
} Check;

static void
checked_output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  g_debug ("the checking program printed %" G_GSIZE_FORMAT " bytes", size);
}

static void
checked_cb (const BoxOutcome *outcome, gpointer user_data)
{
  Check *check = user_data;

  check->failure = box_report_describe (outcome, FALSE);
  check->is_done = TRUE;
}

static void
box_made_cb (BoxSlot *slot, const GError *error, gpointer user_data)
{
  static char *command[] = { (char *) "/usr/bin/true", NULL };
  static char *environment[] = { NULL };
  const BoxPhase phase = { command, environment, box_limits_get_profile ("room"), .input_fd = -1 };
  Check *check = user_data;

  if (slot == NULL) {
    check->failure = g_strdup (error->message);
    check->is_done = TRUE;
    return;
  }
  check->slot = slot;
  check->supervisor = box_supervisor_start (
    slot, box_pool_get_inner_filter (check->pool), &phase, checked_output_cb, checked_cb, check);
}

/* Runs a real program in a real box, so that every protection is put on once. */
static int
try_a_box (BoxHost *host, GPtrArray *languages)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxPool) pool = box_pool_new (host, languages, 0, &error);
  Check check = { .pool = pool };
  int status;

  if (pool == NULL)
    return box_command_fail (error);
  box_pool_take (pool, box_made_cb, &check);
  while (!check.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&check.supervisor, box_supervisor_free);
  if (check.slot != NULL)
    box_pool_give_back (pool, check.slot);
  box_pool_close (pool);
  while (!box_pool_is_empty (pool))
    g_main_context_iteration (NULL, TRUE);
  status = check.failure == NULL ? BOX_EXIT_OK : BOX_EXIT_HOST;
  if (check.failure != NULL)
    g_printerr ("entrevue-runner: %s\n", check.failure);
  g_free (check.failure);
  return status;
}

int
box_command_check (int argc, char **argv)
{
  g_auto (BoxCommandHost) options = { 0 };
  g_auto (GStrv) folders = box_host_find_folders ("languages");
  g_autoptr (GPtrArray) languages = NULL;
  g_autoptr (GBytes) init = NULL;
  g_autoptr (BoxHost) host = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!box_command_parse (NULL, "Says in one sentence what this host lacks, and how to mend it.",
        NULL, &options, &argc, &argv, &status))
    return status;
  init = box_host_load_init (&error);
  languages =
    init != NULL ? box_language_load_folders ((const char *const *) folders, &error) : NULL;
  if (languages == NULL)
    return box_command_fail (error);
  host = box_command_enter (&options, init, &error);
  if (host == NULL)
    return box_command_fail (error);
  status = try_a_box (host, languages);
  if (status != BOX_EXIT_OK)
    return status;
  if (host->groups == NULL)
    g_print ("%s\n", BOX_RUN_INSECURE_NOTE);
  else
    g_print ("This host can run strangers' programs (bubblewrap, control groups %s).\n",
      box_groups_get_kind (host->groups) == BOX_GROUPS_V2 ? "version 2" : "hybrid");
  return BOX_EXIT_OK;
}
