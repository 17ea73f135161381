#include "store/coord-identity-store.h"

#include "store/coord-error.h"

#define IDENTITY_COLUMNS "id, issuer, subject, person, email, created_at, used_at"

void
coord_identity_free (CoordIdentity *identity)
{
  g_free (identity->id);
  g_free (identity->issuer);
  g_free (identity->subject);
  g_free (identity->person_id);
  g_free (identity->email);
  g_free (identity);
}

gboolean
coord_identity_store_add (CoordDb *db, const CoordIdentity *identity, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "INSERT INTO identity (" IDENTITY_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (issuer, subject) DO NOTHING RETURNING id",
    COORD_TEXT (identity->id), COORD_TEXT (identity->issuer), COORD_TEXT (identity->subject),
    COORD_TEXT (identity->person_id), COORD_TEXT (identity->email),
    COORD_INT (identity->created_at_us), COORD_INT (identity->used_at_us));

  if (rows != NULL && coord_rows_count (rows) == 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "This sign-in is connected with an account already.");
  return rows != NULL && coord_rows_count (rows) == 1;
}

static CoordIdentity *
read_identity (CoordRows *rows)
{
  CoordIdentity *identity = g_new0 (CoordIdentity, 1);

  identity->id = coord_rows_dup_text (rows, 0);
  identity->issuer = coord_rows_dup_text (rows, 1);
  identity->subject = coord_rows_dup_text (rows, 2);
  identity->person_id = coord_rows_dup_text (rows, 3);
  identity->email = coord_rows_dup_text (rows, 4);
  identity->created_at_us = coord_rows_get_int (rows, 5);
  identity->used_at_us = coord_rows_get_int (rows, 6);
  return identity;
}

CoordIdentity *
coord_identity_store_find (CoordDb *db, const char *issuer, const char *subject, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " IDENTITY_COLUMNS " FROM identity WHERE issuer = $1 AND subject = $2",
    COORD_TEXT (issuer), COORD_TEXT (subject));

  return rows != NULL && coord_rows_next (rows) ? read_identity (rows) : NULL;
}

gboolean
coord_identity_store_note_use (CoordDb *db,
  const char *id,
  const char *email,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error, "UPDATE identity SET used_at = $2, email = $3 WHERE id = $1",
    COORD_TEXT (id), COORD_INT (now_us), COORD_TEXT (email));
}

GPtrArray *
coord_identity_store_list (CoordDb *db, const char *person_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " IDENTITY_COLUMNS " FROM identity WHERE person = $1 ORDER BY id LIMIT 100",
    COORD_TEXT (person_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_identity_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_identity (rows));
  return list;
}

gboolean
coord_identity_store_remove (CoordDb *db, const char *id, const char *person_id, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "DELETE FROM identity WHERE id = $1 AND person = $2 RETURNING id",
      COORD_TEXT (id), COORD_TEXT (person_id));

  if (rows != NULL && coord_rows_count (rows) == 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
      "This sign-in is not connected with your account.");
  return rows != NULL && coord_rows_count (rows) == 1;
}

void
coord_attempt_free (CoordAttempt *attempt)
{
  g_free (attempt->provider);
  g_free (attempt->browser);
  g_free (attempt->redirect_uri);
  g_free (attempt->challenge);
  g_free (attempt->app_state);
  g_free (attempt);
}

gboolean
coord_attempt_store_add (CoordDb *db,
  const char *hash,
  const CoordAttempt *attempt,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO provider_attempt (hash, provider, browser, redirect_uri, challenge, app_state,"
    " connects, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    COORD_TEXT (hash), COORD_TEXT (attempt->provider), COORD_TEXT (attempt->browser),
    COORD_TEXT (attempt->redirect_uri), COORD_TEXT (attempt->challenge),
    COORD_TEXT (attempt->app_state), COORD_INT (attempt->connects != FALSE),
    COORD_INT (expires_at_us));
}

gint64
coord_attempt_store_count (CoordDb *db, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT COUNT(*) FROM provider_attempt WHERE expires_at > $1", COORD_INT (now_us));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

CoordAttempt *
coord_attempt_store_take (CoordDb *db, const char *hash, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "DELETE FROM provider_attempt WHERE hash = $1 RETURNING provider, browser, redirect_uri,"
    " challenge, app_state, connects, expires_at",
    COORD_TEXT (hash));
  CoordAttempt *attempt;

  if (rows == NULL || !coord_rows_next (rows) || coord_rows_get_int (rows, 6) <= now_us)
    return NULL;
  attempt = g_new0 (CoordAttempt, 1);
  attempt->provider = coord_rows_dup_text (rows, 0);
  attempt->browser = coord_rows_dup_text (rows, 1);
  attempt->redirect_uri = coord_rows_dup_text (rows, 2);
  attempt->challenge = coord_rows_dup_text (rows, 3);
  attempt->app_state = coord_rows_dup_text (rows, 4);
  attempt->connects = coord_rows_get_int (rows, 5) != 0;
  return attempt;
}

void
coord_grant_free (CoordGrant *grant)
{
  g_free (grant->issuer);
  g_free (grant->subject);
  g_free (grant->email);
  g_free (grant->name);
  g_free (grant->challenge);
  g_free (grant);
}

gboolean
coord_grant_store_add (CoordDb *db,
  const char *hash,
  const CoordGrant *grant,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO provider_grant (hash, issuer, subject, email, is_verified, name, challenge,"
    " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    COORD_TEXT (hash), COORD_TEXT (grant->issuer), COORD_TEXT (grant->subject),
    COORD_TEXT (grant->email), COORD_INT (grant->is_verified != FALSE), COORD_TEXT (grant->name),
    COORD_TEXT (grant->challenge), COORD_INT (expires_at_us));
}

CoordGrant *
coord_grant_store_find (CoordDb *db, const char *hash, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT issuer, subject, email, is_verified, name, challenge FROM provider_grant"
    " WHERE hash = $1 AND expires_at > $2",
    COORD_TEXT (hash), COORD_INT (now_us));
  CoordGrant *grant;

  if (rows == NULL || !coord_rows_next (rows))
    return NULL;
  grant = g_new0 (CoordGrant, 1);
  grant->issuer = coord_rows_dup_text (rows, 0);
  grant->subject = coord_rows_dup_text (rows, 1);
  grant->email = coord_rows_dup_text (rows, 2);
  grant->is_verified = coord_rows_get_int (rows, 3) != 0;
  grant->name = coord_rows_dup_text (rows, 4);
  grant->challenge = coord_rows_dup_text (rows, 5);
  return grant;
}

gboolean
coord_grant_store_remove (CoordDb *db, const char *hash, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM provider_grant WHERE hash = $1", COORD_TEXT (hash));
}

gboolean
coord_identity_store_tidy (CoordDb *db, gint64 now_us, GError **error)
{
  return coord_db_run (
           db, error, "DELETE FROM provider_attempt WHERE expires_at <= $1", COORD_INT (now_us)) &&
         coord_db_run (
           db, error, "DELETE FROM provider_grant WHERE expires_at <= $1", COORD_INT (now_us));
}
