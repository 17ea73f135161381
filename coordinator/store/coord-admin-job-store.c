#include "store/coord-admin-job-store.h"

#include <string.h>

#include "base/ent-id.h"
#include "store/coord-error.h"

#define LOST_TEXT \
  "The server that did it was ended before it was done, or does not answer. Ask for it anew."

gboolean
coord_admin_job_store_add (CoordDb *db,
  const char *id,
  const char *kind,
  const char *process,
  const char *folder,
  const char *asked_by,
  gint64 now_us,
  GError **error)
{
  gint64 clock_us = coord_db_get_now_us (db, error);

  return clock_us >= 0 &&
         coord_db_run (db, error,
           "INSERT INTO admin_job (id, kind, process, state, permille, row_count, folder, asked_by,"
           " asked_at, lease_until) VALUES ($1, $2, $3, $4, 0, 0, $5, $6, $7, $8)",
           COORD_TEXT (id), COORD_TEXT (kind), COORD_TEXT (process),
           COORD_INT (ENT_ADMIN_JOB_RUNNING), COORD_TEXT (folder), COORD_TEXT (asked_by),
           COORD_INT (now_us), COORD_INT (clock_us + COORD_ADMIN_JOB_LEASE_US));
}

/* Reading. */

#define COLUMNS \
  "admin_job.id, kind, state, permille, row_count, folder, message, asked_at, ended_at," \
  " lease_until, process, byte_count, asked_by, person.name"
#define FROM " FROM admin_job LEFT JOIN person ON person.id = asked_by"

/* Who asks, and when: what tells one that is being done from one whose process is lost. */
typedef struct {
  gboolean is_shared; /* the lease alone tells */
  const char *process;
  gint64 clock_us;
} Asker;

static gboolean
read_asker (CoordDb *db, const char *process, Asker *asker, GError **error)
{
  *asker =
    (Asker){ coord_db_is_shared (db) || process == NULL, process, coord_db_get_now_us (db, error) };
  return asker->clock_us >= 0;
}

static EntApiAdminJob *
read_job (CoordRows *rows, const Asker *asker)
{
  EntApiAdminJob *job = ent_api_admin_job_new ();

  job->id = coord_rows_dup_text (rows, 0);
  job->kind = coord_rows_dup_text (rows, 1);
  job->state = CLAMP (coord_rows_get_int (rows, 2), ENT_ADMIN_JOB_RUNNING, ENT_ADMIN_JOB_REMOVED);
  job->percent = coord_rows_get_int (rows, 3) / 10;
  job->rows = coord_rows_get_int (rows, 4);
  job->folder = coord_rows_dup_text (rows, 5);
  job->message = coord_rows_dup_text (rows, 6);
  job->asked = coord_rows_get_int (rows, 7);
  job->ended = coord_rows_get_int (rows, 8);
  job->bytes = coord_rows_get_int (rows, 11);
  job->by = coord_rows_is_null (rows, 12) ? g_strdup ("operator") : coord_rows_dup_text (rows, 12);
  job->name = coord_rows_dup_text (rows, 13);
  if (job->state == ENT_ADMIN_JOB_RUNNING &&
      (coord_rows_get_int (rows, 9) <= asker->clock_us ||
        (!asker->is_shared && strcmp (coord_rows_get_text (rows, 10), asker->process) != 0))) {
    job->state = ENT_ADMIN_JOB_FAILED;
    job->message = g_strdup (LOST_TEXT);
  }
  return job;
}

EntApiAdminJob *
coord_admin_job_store_find (CoordDb *db, const char *id, const char *process, GError **error)
{
  Asker asker;
  g_autoptr (CoordRows) rows = NULL;

  if (!read_asker (db, process, &asker, error))
    return NULL;
  rows =
    coord_db_query (db, error, "SELECT " COLUMNS FROM " WHERE admin_job.id = $1", COORD_TEXT (id));
  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return read_job (rows, &asker);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such job.");
  return NULL;
}

GPtrArray *
coord_admin_job_store_list (CoordDb *db,
  const char *kind,
  const char *process,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (GPtrArray) list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_admin_job_free);
  Asker asker;
  g_autoptr (CoordRows) rows = NULL;

  if (!read_asker (db, process, &asker, error))
    return NULL;
  rows = coord_db_query (db, error,
    "SELECT " COLUMNS FROM " WHERE kind = $1 AND ($2 = '' OR admin_job.id < $2)"
    " ORDER BY admin_job.id DESC LIMIT $3",
    COORD_TEXT (kind), COORD_TEXT (page->after), COORD_INT (page->limit));
  while (rows != NULL && coord_rows_next (rows))
    g_ptr_array_add (list, read_job (rows, &asker));
  return rows != NULL ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
coord_admin_job_store_list_running (CoordDb *db, const char *process, GError **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  Asker asker;
  g_autoptr (CoordRows) rows = NULL;

  if (!read_asker (db, process, &asker, error))
    return NULL;
  rows = coord_db_query (db, error,
    "SELECT folder FROM admin_job WHERE state = $1 AND lease_until > $2"
    " AND ($3 = 1 OR process = $4)",
    COORD_INT (ENT_ADMIN_JOB_RUNNING), COORD_INT (asker.clock_us), COORD_INT (asker.is_shared),
    COORD_TEXT (process));
  while (rows != NULL && coord_rows_next (rows))
    g_ptr_array_add (folders, coord_rows_dup_text (rows, 0));
  return rows != NULL ? g_steal_pointer (&folders) : NULL;
}

gint64
coord_admin_job_store_find_nth (CoordDb *db,
  const char *kind,
  const char *asked_by,
  guint nth,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT asked_at FROM admin_job WHERE kind = $1 AND asked_by = $2"
    " ORDER BY asked_at DESC LIMIT $3",
    COORD_TEXT (kind), COORD_TEXT (asked_by), COORD_INT (nth));
  gint64 asked_us = 0;

  if (rows == NULL)
    return -1;
  if (coord_rows_count (rows) < nth)
    return 0;
  while (coord_rows_next (rows))
    asked_us = coord_rows_get_int (rows, 0);
  return asked_us;
}

/* 1 for one that a living process does, 0 for one that has failed, or is lost. */
#define LIVES \
  "CASE WHEN state = $2 AND lease_until > $3 AND ($4 = 1 OR process = $5) THEN 1 ELSE 0 END"

gboolean
coord_admin_job_store_read_counts (CoordDb *db,
  const char *kind,
  const char *process,
  CoordAdminJobCounts *counts,
  GError **error)
{
  CoordAdminJobCounts result = { 0 };
  Asker asker;
  g_autoptr (CoordRows) last = NULL;
  g_autoptr (CoordRows) others = NULL;

  if (!read_asker (db, process, &asker, error))
    return FALSE;
  last = coord_db_query (db, error,
    "SELECT asked_at, ended_at, byte_count FROM admin_job WHERE kind = $1 AND state IN ($2, $3)"
    " ORDER BY ended_at DESC LIMIT 1",
    COORD_TEXT (kind), COORD_INT (ENT_ADMIN_JOB_DONE), COORD_INT (ENT_ADMIN_JOB_REMOVED));
  if (last == NULL)
    return FALSE;
  if (coord_rows_next (last)) {
    result.last_us = coord_rows_get_int (last, 1);
    result.took_us = result.last_us - coord_rows_get_int (last, 0);
    result.bytes = coord_rows_get_int (last, 2);
  }
  others = coord_db_query (db, error,
    "SELECT COALESCE (SUM (" LIVES "), 0),"
    " COALESCE (SUM (CASE WHEN COALESCE (ended_at, asked_at) > $7 THEN 1 - " LIVES
    " ELSE 0 END), 0)"
    " FROM admin_job WHERE kind = $1 AND state IN ($2, $6)",
    COORD_TEXT (kind), COORD_INT (ENT_ADMIN_JOB_RUNNING), COORD_INT (asker.clock_us),
    COORD_INT (asker.is_shared), COORD_TEXT (process), COORD_INT (ENT_ADMIN_JOB_FAILED),
    COORD_INT (result.last_us));
  if (others == NULL || !coord_rows_next (others))
    return FALSE;
  result.running = coord_rows_get_int (others, 0);
  result.failed = coord_rows_get_int (others, 1);
  *counts = result;
  return TRUE;
}

gboolean
coord_admin_job_store_find_running (CoordDb *db,
  const char *kind,
  const char *process,
  char **id,
  GError **error)
{
  Asker asker;
  g_autoptr (CoordRows) rows = NULL;

  if (!read_asker (db, process, &asker, error))
    return FALSE;
  rows = coord_db_query (db, error,
    "SELECT id FROM admin_job WHERE kind = $1 AND state = $2 AND lease_until > $3"
    " AND ($4 = 1 OR process = $5) LIMIT 1",
    COORD_TEXT (kind), COORD_INT (ENT_ADMIN_JOB_RUNNING), COORD_INT (asker.clock_us),
    COORD_INT (asker.is_shared), COORD_TEXT (process));
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
  gint64 byte_count,
  const char *message,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE admin_job SET state = $2, row_count = $3, byte_count = $8, message = $4, ended_at = $5,"
    " permille = CASE WHEN $2 = $6 THEN 1000 ELSE permille END WHERE id = $1 AND state = $7",
    COORD_TEXT (id), COORD_INT (message == NULL ? ENT_ADMIN_JOB_DONE : ENT_ADMIN_JOB_FAILED),
    COORD_INT (row_count), COORD_TEXT (message), COORD_INT (now_us), COORD_INT (ENT_ADMIN_JOB_DONE),
    COORD_INT (ENT_ADMIN_JOB_RUNNING), COORD_INT (byte_count));
}

gint64
coord_admin_job_store_note_copy (CoordDb *copy,
  const char *folder,
  gint64 row_count,
  gint64 byte_count,
  gint64 began_us,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = NULL;
  g_autoptr (CoordRows) rows = coord_db_query (copy, error,
    "SELECT id FROM admin_job WHERE kind = $1 AND folder = $2 AND state = $3",
    COORD_TEXT (COORD_JOB_BACKUP), COORD_TEXT (folder), COORD_INT (ENT_ADMIN_JOB_RUNNING));
  gboolean is_known = rows != NULL && coord_rows_next (rows);

  if (rows == NULL)
    return -1;
  id = is_known ? coord_rows_dup_text (rows, 0) : ent_id_new ();
  if (!is_known && !coord_admin_job_store_add (
                     copy, id, COORD_JOB_BACKUP, "command", folder, NULL, began_us, error))
    return -1;
  return coord_admin_job_store_end (
           copy, id, row_count + !is_known, byte_count, NULL, now_us, error)
           ? !is_known
           : -1;
}

gboolean
coord_admin_job_store_remove_result (CoordDb *db, const char *folder, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE admin_job SET state = $2 WHERE folder = $1 AND state = $3", COORD_TEXT (folder),
    COORD_INT (ENT_ADMIN_JOB_REMOVED), COORD_INT (ENT_ADMIN_JOB_DONE));
}

gboolean
coord_admin_job_store_tidy (CoordDb *db, gint64 now_us, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM admin_job WHERE asked_at < $1",
    COORD_INT (now_us - COORD_ADMIN_JOB_KEPT_US));
}
