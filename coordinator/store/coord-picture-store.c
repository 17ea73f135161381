#include "store/coord-picture-store.h"

#include "store/coord-error.h"

gboolean
coord_picture_store_set (CoordDb *db,
  const char *person_id,
  const char *type,
  GBytes *data,
  GError **error)
{
  if (data == NULL)
    return coord_db_run (
      db, error, "DELETE FROM picture WHERE person = $1", COORD_TEXT (person_id));
  return coord_db_run (db, error,
    "INSERT INTO picture (person, type, data) VALUES ($1, $2, $3)"
    " ON CONFLICT (person) DO UPDATE SET type = $2, data = $3",
    COORD_TEXT (person_id), COORD_TEXT (type), COORD_BYTES (data));
}

GBytes *
coord_picture_store_find (CoordDb *db, const char *person_id, const char *viewer_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT data FROM picture WHERE person = $1 AND (person = $2"
    " OR EXISTS (SELECT 1 FROM participant AS theirs JOIN participant AS mine"
    "  ON mine.room = theirs.room WHERE theirs.person = $1 AND mine.person = $2"
    "  AND theirs.state <> 3 AND mine.state <> 3)"
    " OR EXISTS (SELECT 1 FROM member AS theirs JOIN member AS mine ON mine.org = theirs.org"
    "  WHERE theirs.person = $1 AND mine.person = $2 AND mine.role <> 'candidate'))",
    COORD_TEXT (person_id), COORD_TEXT (viewer_id));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return coord_rows_dup_bytes (rows, 0);
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such picture, or it is not for you.");
  return NULL;
}
