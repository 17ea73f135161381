#include "store/coord-admin-job-store.h"

#include <string.h>

#include "store/coord-error.h"

#define LOST_TEXT \
  "The server that did it was ended before it was done, or does not answer. Ask for it anew."

gboolean
coord_admin_job_store_add (CoordDb *db,
  const char *id,
  const char *kind,
  const char *process,
  const char *folder,
  gint64 now_us,
  GError **error)
{
  gint64 clock_us = coord_db_get_now_us (db, error);

  return clock_us >= 0 &&
         coord_db_run (db, error,
           "INSERT INTO admin_job (id, kind, process, state, permille, row_count, folder, asked_at,"
           " lease_until) VALUES ($1, $2, $3, $4, 0, 0, $5, $6, $7)",
           COORD_TEXT (id), COORD_TEXT (kind), COORD_TEXT (process),
           COORD_INT (ENT_ADMIN_JOB_RUNNING), COORD_TEXT (folder), COORD_INT (now_us),
           COORD_INT (clock_us + COORD_ADMIN_JOB_LEASE_US));
}

EntApiAdminJob *
coord_admin_job_store_find (CoordDb *db, const char *id, const char *process, GError **error)
{
  gint64 clock_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;
  EntApiAdminJob *job;

  if (clock_us < 0)
    return NULL;
  rows = coord_db_query (db, error,
    "SELECT kind, state, permille, row_count, folder, message, asked_at, ended_at, lease_until,"
    " process FROM admin_job WHERE id = $1",
    COORD_TEXT (id));
  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such job.");
    return NULL;
  }
  job = ent_api_admin_job_new ();
  job->id = g_strdup (id);
  job->kind = coord_rows_dup_text (rows, 0);
  job->state = CLAMP (coord_rows_get_int (rows, 1), ENT_ADMIN_JOB_RUNNING, ENT_ADMIN_JOB_FAILED);
  job->percent = coord_rows_get_int (rows, 2) / 10;
  job->rows = coord_rows_get_int (rows, 3);
  job->folder = coord_rows_dup_text (rows, 4);
  job->message = coord_rows_dup_text (rows, 5);
  job->asked = coord_rows_get_int (rows, 6);
  job->ended = coord_rows_get_int (rows, 7);
  if (job->state == ENT_ADMIN_JOB_RUNNING &&
      (coord_rows_get_int (rows, 8) <= clock_us ||
        (!coord_db_is_shared (db) && strcmp (coord_rows_get_text (rows, 9), process) != 0))) {
    job->state = ENT_ADMIN_JOB_FAILED;
    job->message = g_strdup (LOST_TEXT);
  }
  return job;
}

gboolean
coord_admin_job_store_find_running (CoordDb *db,
  const char *kind,
  const char *process,
  char **id,
  GError **error)
{
  gint64 clock_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;

  if (clock_us < 0)
    return FALSE;
  rows = coord_db_query (db, error,
    "SELECT id FROM admin_job WHERE kind = $1 AND process = $2 AND state = $3 AND lease_until > $4",
    COORD_TEXT (kind), COORD_TEXT (process), COORD_INT (ENT_ADMIN_JOB_RUNNING),
    COORD_INT (clock_us));
  if (rows != NULL)
    *id = coord_rows_next (rows) ? coord_rows_dup_text (rows, 0) : NULL;
  return rows != NULL;
}

gboolean
coord_admin_job_store_renew (CoordDb *db, const char *id, gint64 permille, GError **error)
{
  gint64 clock_us = coord_db_get_now_us (db, error);

  return clock_us >= 0 &&
         coord_db_run (db, error,
           "UPDATE admin_job SET permille = $2, lease_until = $3 WHERE id = $1 AND state = $4",
           COORD_TEXT (id), COORD_INT (permille), COORD_INT (clock_us + COORD_ADMIN_JOB_LEASE_US),
           COORD_INT (ENT_ADMIN_JOB_RUNNING));
}

gboolean
coord_admin_job_store_end (CoordDb *db,
  const char *id,
  gint64 row_count,
  const char *message,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE admin_job SET state = $2, row_count = $3, message = $4, ended_at = $5,"
    " permille = CASE WHEN $2 = $6 THEN 1000 ELSE permille END WHERE id = $1 AND state = $7",
    COORD_TEXT (id), COORD_INT (message == NULL ? ENT_ADMIN_JOB_DONE : ENT_ADMIN_JOB_FAILED),
    COORD_INT (row_count), COORD_TEXT (message), COORD_INT (now_us), COORD_INT (ENT_ADMIN_JOB_DONE),
    COORD_INT (ENT_ADMIN_JOB_RUNNING));
}

gboolean
coord_admin_job_store_tidy (CoordDb *db, gint64 now_us, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM admin_job WHERE asked_at < $1",
    COORD_INT (now_us - COORD_ADMIN_JOB_KEPT_US));
}
