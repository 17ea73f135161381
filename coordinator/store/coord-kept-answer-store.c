#include "store/coord-kept-answer-store.h"

void
coord_kept_answer_free (CoordKeptAnswer *answer)
{
  g_free (answer->request);
  g_free (answer->body);
  g_free (answer);
}

CoordKeptAnswer *
coord_kept_answer_store_find (CoordDb *db,
  const char *person_id,
  const char *key,
  gint64 since_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT request, status, body FROM kept_answer WHERE person = $1 AND key = $2 AND at >= $3",
    COORD_TEXT (person_id), COORD_TEXT (key), COORD_INT (since_us));
  CoordKeptAnswer *answer;

  if (rows == NULL || !coord_rows_next (rows))
    return NULL;
  answer = g_new0 (CoordKeptAnswer, 1);
  answer->request = coord_rows_dup_text (rows, 0);
  answer->status = coord_rows_get_int (rows, 1);
  answer->body = coord_rows_dup_text (rows, 2);
  return answer;
}

gboolean
coord_kept_answer_store_put (CoordDb *db,
  const char *person_id,
  const char *key,
  const CoordKeptAnswer *answer,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO kept_answer (person, key, request, status, body, at)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (person, key) DO UPDATE SET request = excluded.request,"
    " status = excluded.status, body = excluded.body, at = excluded.at",
    COORD_TEXT (person_id), COORD_TEXT (key), COORD_TEXT (answer->request),
    COORD_INT (answer->status), COORD_TEXT (answer->body), COORD_INT (now_us));
}
