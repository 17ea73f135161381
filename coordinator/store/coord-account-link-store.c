#include "store/coord-account-link-store.h"

#include "store/coord-error.h"

gboolean
coord_account_link_store_add (CoordDb *db,
  const char *hash,
  const char *person_id,
  const char *kind,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO account_link (hash, person, kind, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5)",
    COORD_TEXT (hash), COORD_TEXT (person_id), COORD_TEXT (kind), COORD_INT (now_us),
    COORD_INT (expires_at_us));
}

gint64
coord_account_link_store_count (CoordDb *db,
  const char *person_id,
  const char *kind,
  gint64 since_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT COUNT(*) FROM account_link WHERE person = $1 AND kind = $2 AND created_at > $3",
    COORD_TEXT (person_id), COORD_TEXT (kind), COORD_INT (since_us));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

static char *
read_person (CoordRows *rows, GError **error)
{
  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return coord_rows_dup_text (rows, 0);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_LINK_ENDED,
    "This link is not good any more: it was used already, or is too old. Ask for a new one.");
  return NULL;
}

char *
coord_account_link_store_find (CoordDb *db,
  const char *hash,
  const char *kind,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT person FROM account_link"
    " WHERE hash = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3",
    COORD_TEXT (hash), COORD_TEXT (kind), COORD_INT (now_us));

  return read_person (rows, error);
}

char *
coord_account_link_store_use (CoordDb *db,
  const char *hash,
  const char *kind,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE account_link SET used_at = $3"
    " WHERE hash = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3 RETURNING person",
    COORD_TEXT (hash), COORD_TEXT (kind), COORD_INT (now_us));

  return read_person (rows, error);
}

gboolean
coord_account_link_store_end (CoordDb *db,
  const char *person_id,
  const char *kind,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE account_link SET used_at = $3 WHERE person = $1 AND kind = $2 AND used_at IS NULL",
    COORD_TEXT (person_id), COORD_TEXT (kind), COORD_INT (now_us));
}

gboolean
coord_account_link_store_tidy (CoordDb *db, gint64 before_us, GError **error)
{
  return coord_db_run (
    db, error, "DELETE FROM account_link WHERE expires_at < $1", COORD_INT (before_us));
}
