/* Which backups there are. */

#include "commands/coord-command.h"
#include "service/coord-backup-service.h"
#include "store/coord-admin-job-store.h"

#define PAGE 200
#define MIB (1024 * 1024)

static CoordBackupAnswer *
describe (const EntApiAdminJob *job)
{
  CoordBackupAnswer *answer = coord_backup_answer_new ();

  answer->asked = job->asked;
  answer->state = g_strdup (ent_api_admin_job_nicks[job->state]);
  answer->folder = g_strdup (job->folder);
  answer->by = g_strdup (job->name != NULL ? job->name : job->by);
  answer->ended = job->ended;
  answer->bytes = job->bytes;
  answer->rows = job->rows;
  if (job->bytes > 0)
    answer->size = g_strdup_printf ("%" G_GINT64_FORMAT " MiB", (job->bytes + MIB - 1) / MIB);
  answer->message = g_strdup (job->message);
  return answer;
}

gpointer
coord_command_list_backups (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (CoordBackupAnswers) answers = coord_backup_answers_new ();
  g_autofree char *after = g_strdup ("");
  guint n = PAGE;

  answers->items = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_backup_answer_free);
  while (n == PAGE) {
    g_autoptr (GPtrArray) jobs =
      coord_admin_job_store_list (db, COORD_JOB_BACKUP, NULL, &(CoordPage){ after, PAGE }, error);

    if (jobs == NULL)
      return NULL;
    n = jobs->len;
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (answers->items, describe (jobs->pdata[i]));
    if (n > 0) {
      g_free (after);
      after = g_strdup (((const EntApiAdminJob *) jobs->pdata[n - 1])->id);
    }
  }
  return g_steal_pointer (&answers);
}
