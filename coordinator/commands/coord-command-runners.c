/* runner. */

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#include "commands/coord-command.h"
#include "service/coord-runner-service.h"
#include "store/coord-runner-store.h"

#define PAGE 200

gpointer
coord_command_add_runner (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  char *token;
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "a name", error) ||
      (token = coord_runner_service_add (db, options->argument, now_us, error)) == NULL)
    return NULL;
  answer = coord_answer_new ();
  answer->name = g_strdup (options->argument);
  answer->token = token;
  return answer;
}

/* What a server has said of its links is true while it is there: on SQLite that can be asked of its
 * socket, on PostgreSQL its lease says so. */
static gboolean
is_served (CoordDb *db, const CoordOptions *options)
{
  g_autofree char *path = g_build_filename (options->data, "run", "runner.sock", NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketConnection) connection = NULL;

  if (coord_db_is_shared (db))
    return TRUE;
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  return connection != NULL;
}

static const char *
get_state (const EntApiRunner *runner)
{
  if (runner->draining)
    return runner->drained ? "drained" : "draining";
  return runner->connected ? "connected" : "away";
}

static CoordRunnerAnswer *
describe (const EntApiRunner *runner)
{
  CoordRunnerAnswer *answer = coord_runner_answer_new ();
  g_autoptr (GString) languages = g_string_new (NULL);

  answer->id = g_strdup (runner->id);
  answer->name = g_strdup (runner->name);
  answer->state = g_strdup (get_state (runner));
  answer->seen = runner->seen;
  if (!runner->connected)
    return answer;
  for (guint i = 0; runner->languages != NULL && i < runner->languages->len; i++)
    g_string_append_printf (
      languages, "%s%s", i > 0 ? " " : "", ((EntMsgLanguage *) runner->languages->pdata[i])->id);
  answer->boxes = g_strdup_printf (
    "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " busy", runner->busy, runner->slots);
  answer->version = g_strdup (runner->version);
  answer->languages = g_strdup (languages->str);
  answer->note = g_strdup (runner->note);
  return answer;
}

gpointer
coord_command_list_runners (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (CoordRunnerAnswers) answers = coord_runner_answers_new ();
  g_autofree char *after = g_strdup ("");
  gboolean is_now = is_served (db, options);
  guint n = PAGE;

  answers->items = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_runner_answer_free);
  while (n == PAGE) {
    g_autoptr (GPtrArray) list =
      coord_runner_store_list (db, NULL, is_now, &(CoordPage){ after, PAGE }, error);

    if (list == NULL)
      return NULL;
    n = list->len;
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (answers->items, describe (list->pdata[i]));
    if (n > 0) {
      g_free (after);
      after = g_strdup (((const EntApiRunner *) list->pdata[n - 1])->name);
    }
  }
  return g_steal_pointer (&answers);
}

gpointer
coord_command_drain_runner (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  const CoordPage page = { "", 1 };
  g_autoptr (GPtrArray) found = NULL;

  if (!coord_command_need (options->argument, "a name", error) ||
      !coord_runner_service_drain_name (db, options->argument, !options->is_undo, now_us, error))
    return NULL;
  found = coord_runner_store_list (db, options->argument, is_served (db, options), &page, error);
  return found != NULL ? describe (found->pdata[0]) : NULL;
}

gpointer
coord_command_revoke_runner (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error)
{
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "a name", error) ||
      !coord_runner_service_revoke (db, options->argument, now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->name = g_strdup (options->argument);
  return answer;
}
