#include "store/coord-job-store.h"

/* $1: with those that remove what is old. */
#define IS_WANTED "($1 = 1 OR kind NOT LIKE '%tidy')"

void
coord_job_free (CoordJob *job)
{
  g_free (job->kind);
  g_free (job->subject);
  g_free (job);
}

gboolean
coord_job_store_put (CoordDb *db,
  const char *kind,
  const char *subject,
  gint64 due_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO job (kind, subject, due_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at"
    " WHERE job.due_at > excluded.due_at",
    COORD_TEXT (kind), COORD_TEXT (subject), COORD_INT (due_at_us));
}

gboolean
coord_job_store_remove_others (CoordDb *db, const char *kind, const char *subject, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM job WHERE kind = $1 AND subject <> $2",
    COORD_TEXT (kind), COORD_TEXT (subject));
}

CoordJob *
coord_job_store_find_due (CoordDb *db, gint64 now_us, gboolean with_removal, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT kind, subject, attempts FROM job WHERE due_at <= $2 AND " IS_WANTED
    " ORDER BY due_at LIMIT 1",
    COORD_INT (with_removal), COORD_INT (now_us));
  CoordJob *job;

  if (rows == NULL || !coord_rows_next (rows))
    return NULL;
  job = g_new0 (CoordJob, 1);
  job->kind = coord_rows_dup_text (rows, 0);
  job->subject = coord_rows_dup_text (rows, 1);
  job->attempts = coord_rows_get_int (rows, 2);
  return job;
}

gint64
coord_job_store_get_next_due (CoordDb *db, gboolean with_removal, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT MIN (due_at) FROM job WHERE " IS_WANTED, COORD_INT (with_removal));

  if (rows == NULL || !coord_rows_next (rows))
    return -1;
  return coord_rows_is_null (rows, 0) ? G_MAXINT64 : coord_rows_get_int (rows, 0);
}

gboolean
coord_job_store_finish (CoordDb *db, const CoordJob *job, gint64 again_at_us, GError **error)
{
  if (again_at_us == 0)
    return coord_db_run (db, error, "DELETE FROM job WHERE kind = $1 AND subject = $2",
      COORD_TEXT (job->kind), COORD_TEXT (job->subject));
  return coord_db_run (db, error,
    "UPDATE job SET due_at = $3, attempts = 0, error = NULL WHERE kind = $1 AND subject = $2",
    COORD_TEXT (job->kind), COORD_TEXT (job->subject), COORD_INT (again_at_us));
}

gboolean
coord_job_store_postpone (CoordDb *db,
  const CoordJob *job,
  gint64 due_at_us,
  const char *reason,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE job SET due_at = $3, attempts = attempts + 1, error = $4"
    " WHERE kind = $1 AND subject = $2",
    COORD_TEXT (job->kind), COORD_TEXT (job->subject), COORD_INT (due_at_us), COORD_TEXT (reason));
}
