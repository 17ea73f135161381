#include "store/coord-key-store.h"

#define COLUMNS "id, org, name, start, scopes, created_at, expires_at"

void
coord_key_free (CoordKey *key)
{
  g_free (key->id);
  g_free (key->org_id);
  g_free (key->name);
  g_free (key->start);
  g_free (key->scopes);
  g_free (key);
}

gboolean
coord_key_store_add (CoordDb *db,
  const CoordKey *key,
  const char *hash,
  const char *created_by,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO api_key (id, org, name, start, hash, scopes, created_by, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 = 0 THEN NULL ELSE $9 END)",
    COORD_TEXT (key->id), COORD_TEXT (key->org_id), COORD_TEXT (key->name), COORD_TEXT (key->start),
    COORD_TEXT (hash), COORD_TEXT (key->scopes), COORD_TEXT (created_by),
    COORD_INT (key->created_at_us), COORD_INT (key->expires_at_us));
}

static CoordKey *
read_row (CoordRows *rows)
{
  CoordKey *key = g_new0 (CoordKey, 1);

  key->id = coord_rows_dup_text (rows, 0);
  key->org_id = coord_rows_dup_text (rows, 1);
  key->name = coord_rows_dup_text (rows, 2);
  key->start = coord_rows_dup_text (rows, 3);
  key->scopes = coord_rows_dup_text (rows, 4);
  key->created_at_us = coord_rows_get_int (rows, 5);
  key->expires_at_us = coord_rows_get_int (rows, 6);
  return key;
}

CoordKey *
coord_key_store_find_by_hash (CoordDb *db, const char *hash, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " COLUMNS " FROM api_key WHERE hash = $1 AND revoked_at IS NULL"
    " AND (expires_at IS NULL OR expires_at > $2)",
    COORD_TEXT (hash), COORD_INT (now_us));

  return rows != NULL && coord_rows_next (rows) ? read_row (rows) : NULL;
}

CoordKey *
coord_key_store_find (CoordDb *db, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " COLUMNS " FROM api_key WHERE id = $1 AND revoked_at IS NULL", COORD_TEXT (id));

  return rows != NULL && coord_rows_next (rows) ? read_row (rows) : NULL;
}

GPtrArray *
coord_key_store_list (CoordDb *db, const char *org_id, const CoordPage *page, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " COLUMNS " FROM api_key WHERE org = $1 AND id > $2 AND revoked_at IS NULL"
    " ORDER BY id LIMIT $3",
    COORD_TEXT (org_id), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_key_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

gboolean
coord_key_store_revoke (CoordDb *db, const char *id, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", COORD_TEXT (id),
    COORD_INT (now_us));
}
