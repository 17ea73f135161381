#include "store/coord-code-job-store.h"

#include <string.h>

#include "store/coord-error.h"

static const char *const lost_text = "The server that ran the program went away. Nothing is wrong "
                                     "with the program: run it again.";

/* Answers beyond what is kept of one subject, and of all, the newest first. */
static gboolean
drop_beyond (CoordDb *db, const char *subject, GError **error)
{
  return coord_db_run (db, error,
           "DELETE FROM code_job WHERE id IN (SELECT id FROM code_job WHERE subject = $1"
           " AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 1000 OFFSET $2)",
           COORD_TEXT (subject), COORD_INT (COORD_CODE_JOB_MAX_KEPT)) &&
         coord_db_run (db, error,
           "DELETE FROM code_job WHERE id IN (SELECT id FROM (SELECT id,"
           " SUM (bytes) OVER (ORDER BY ended_at DESC, id DESC) AS total FROM code_job"
           " WHERE ended_at IS NOT NULL) AS newest WHERE total > $1)",
           COORD_INT (COORD_CODE_JOB_MAX_BYTES));
}

static gboolean
drop_old (CoordDb *db, gint64 now_us, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM code_job WHERE ended_at < $1",
    COORD_INT (now_us - COORD_CODE_JOB_KEPT_US));
}

/* -1 on an error. */
static gint64
count_open (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT COUNT (*) FROM code_job WHERE subject = $1 AND ended_at IS NULL AND lease_until > $2",
    COORD_TEXT (subject), COORD_INT (now_us));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

gboolean
coord_code_job_store_add (CoordDb *db,
  const CoordCodeJobKey *key,
  gint64 place,
  guint max_open,
  gint64 created_us,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);
  gint64 open = now_us >= 0 ? count_open (db, key->subject, now_us, error) : -1;

  if (open < 0)
    return FALSE;
  if (open >= max_open) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_TOO_FAST,
      "%u of your programs run already. Wait for one to end.", max_open);
    return FALSE;
  }
  return drop_old (db, now_us, error) &&
         coord_db_run (db, error,
           "INSERT INTO code_job (id, subject, owner, state, place, is_cancelled, created_at,"
           " lease_until, bytes) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, 0)",
           COORD_TEXT (key->id), COORD_TEXT (key->subject), COORD_TEXT (key->owner),
           COORD_INT (ENT_CODE_JOB_QUEUED), COORD_INT (place), COORD_INT (created_us),
           COORD_INT (now_us + COORD_CODE_JOB_LEASE_US));
}

/* What the database does not know, or cannot be read any more, has failed. */
static EntApiCodeJob *
read_job (CoordRows *rows)
{
  EntApiCodeJob *job = ent_api_code_job_new ();
  const char *answer = coord_rows_get_text (rows, 4);
  gint64 state = coord_rows_get_int (rows, 1);

  job->id = coord_rows_dup_text (rows, 0);
  job->state = state >= 0 && state <= ENT_CODE_JOB_CANCELLED ? (int) state : ENT_CODE_JOB_FAILED;
  job->place = coord_rows_get_int (rows, 2);
  job->created = coord_rows_get_int (rows, 3);
  if (answer != NULL)
    job->result = ent_codec_decode (
      &ent_api_executed_struct, answer, strlen (answer), ENT_UNKNOWN_IGNORED, NULL);
  return job;
}

EntApiCodeJob *
coord_code_job_store_find (CoordDb *db,
  const CoordCodeJobKey *key,
  gboolean *is_lost,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;
  gboolean has_owner;

  if (now_us < 0)
    return NULL;
  rows = coord_db_query (db, error,
    "SELECT id, CASE WHEN is_cancelled = 1 THEN 4 ELSE state END, place, created_at, answer,"
    " ended_at, lease_until, owner FROM code_job"
    " WHERE subject = $1 AND id = $2 AND (ended_at IS NULL OR ended_at >= $3)",
    COORD_TEXT (key->subject), COORD_TEXT (key->id), COORD_INT (now_us - COORD_CODE_JOB_KEPT_US));
  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such job.");
    return NULL;
  }
  /* Where nobody else can serve, whoever had it before is gone. */
  has_owner = coord_rows_get_int (rows, 6) > now_us &&
              (coord_db_is_shared (db) || g_str_equal (coord_rows_get_text (rows, 7), key->owner));
  *is_lost = coord_rows_is_null (rows, 5) && !has_owner;
  return read_job (rows);
}

gboolean
coord_code_job_store_renew (CoordDb *db,
  const CoordCodeJobKey *key,
  EntCodeJobState state,
  gint64 place,
  CoordCodeJobOrder *order,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;

  if (now_us < 0)
    return FALSE;
  rows = coord_db_query (db, error,
    "UPDATE code_job SET state = $3, place = $4, lease_until = $5"
    " WHERE id = $1 AND owner = $2 AND ended_at IS NULL RETURNING is_cancelled",
    COORD_TEXT (key->id), COORD_TEXT (key->owner), COORD_INT (state), COORD_INT (place),
    COORD_INT (now_us + COORD_CODE_JOB_LEASE_US));
  if (rows == NULL)
    return FALSE;
  if (!coord_rows_next (rows))
    *order = COORD_CODE_JOB_TAKEN;
  else
    *order = coord_rows_get_int (rows, 0) == 1 ? COORD_CODE_JOB_CANCELLED : COORD_CODE_JOB_GOES_ON;
  return TRUE;
}

gboolean
coord_code_job_store_end (CoordDb *db,
  const CoordCodeJobKey *key,
  EntCodeJobState state,
  const char *answer,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us >= 0 &&
         coord_db_run (db, error,
           "UPDATE code_job SET state = $3, place = 0, ended_at = $4, bytes = $5, answer = $6"
           " WHERE id = $1 AND owner = $2 AND ended_at IS NULL",
           COORD_TEXT (key->id), COORD_TEXT (key->owner), COORD_INT (state), COORD_INT (now_us),
           COORD_INT (strlen (answer)), COORD_TEXT (answer)) &&
         drop_beyond (db, key->subject, error);
}

gboolean
coord_code_job_store_cancel (CoordDb *db, const CoordCodeJobKey *key, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE code_job SET is_cancelled = 1, place = 0"
    " WHERE subject = $1 AND id = $2 AND ended_at IS NULL",
    COORD_TEXT (key->subject), COORD_TEXT (key->id));
}

gboolean
coord_code_job_store_end_lost (CoordDb *db, const CoordCodeJobKey *key, GError **error)
{
  const EntApiExecuted answer = {
    .output = (char *) "",
    .error = (char *) "",
    .exit_code = -1,
    .verdict = ENT_VERDICT_INTERNAL_ERROR,
    .message = (char *) lost_text,
  };
  g_autofree char *text = ent_codec_encode (&ent_api_executed_struct, &answer);
  gint64 now_us = coord_db_get_now_us (db, error);

  /* It may have been prolonged since somebody looked. */
  return now_us >= 0 &&
         coord_db_run (db, error,
           "UPDATE code_job SET state = $3, place = 0, ended_at = $4, bytes = $5, answer = $6"
           " WHERE subject = $1 AND id = $2 AND ended_at IS NULL"
           " AND (lease_until <= $4 OR ($7 = 0 AND owner <> $8))",
           COORD_TEXT (key->subject), COORD_TEXT (key->id), COORD_INT (ENT_CODE_JOB_FAILED),
           COORD_INT (now_us), COORD_INT (strlen (text)), COORD_TEXT (text),
           COORD_INT (coord_db_is_shared (db)), COORD_TEXT (key->owner));
}

gboolean
coord_code_job_store_tidy (CoordDb *db, GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us >= 0 && drop_old (db, now_us, error) &&
         coord_db_run (db, error,
           "DELETE FROM code_job WHERE ended_at IS NULL AND lease_until < $1",
           COORD_INT (now_us - COORD_CODE_JOB_KEPT_US));
}
