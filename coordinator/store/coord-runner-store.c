#include "store/coord-runner-store.h"

#include "store/coord-error.h"

gboolean
coord_runner_store_add (CoordDb *db,
  const char *name,
  const char *token_hash,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "INSERT INTO runner (name, token_hash, created_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (name) DO UPDATE SET token_hash = excluded.token_hash,"
    " created_at = excluded.created_at, revoked_at = NULL"
    " WHERE runner.revoked_at IS NOT NULL RETURNING name",
    COORD_TEXT (name), COORD_TEXT (token_hash), COORD_INT (now_us));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error (
    error, COORD_ERROR, COORD_ERROR_CONFLICT, "A runner '%s' is registered already.", name);
  return FALSE;
}

gboolean
coord_runner_store_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE runner SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL RETURNING name",
    COORD_TEXT (name), COORD_INT (now_us));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no runner '%s'.", name);
  return FALSE;
}

char **
coord_runner_store_list (CoordDb *db, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT name FROM runner WHERE revoked_at IS NULL ORDER BY name");

  if (rows == NULL)
    return NULL;
  while (coord_rows_next (rows))
    g_strv_builder_add (names, coord_rows_get_text (rows, 0));
  return g_strv_builder_end (names);
}

char *
coord_runner_store_find (CoordDb *db, const char *token_hash, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT name FROM runner WHERE token_hash = $1 AND revoked_at IS NULL",
    COORD_TEXT (token_hash));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return coord_rows_dup_text (rows, 0);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
    "This runner is not registered. Register it with 'entrevue-coordinator runner add'.");
  return NULL;
}
