#include "store/coord-account-store.h"

#include "store/coord-error.h"

void
coord_person_free (CoordPerson *person)
{
  g_free (person->id);
  g_free (person->email);
  g_free (person->name);
  g_free (person->password);
  g_free (person->locale);
  g_free (person->zone);
  g_free (person);
}

gboolean
coord_account_store_add (CoordDb *db, const CoordPerson *person, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = NULL;
  g_autofree char *email = g_ascii_strdown (person->email, -1);

  rows = coord_db_query (db, error,
    "INSERT INTO person (id, email, name, password, locale, zone, is_site_admin, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING RETURNING id",
    COORD_TEXT (person->id), COORD_TEXT (email), COORD_TEXT (person->name),
    COORD_TEXT (person->password), COORD_TEXT (person->locale), COORD_TEXT (person->zone),
    COORD_INT (person->is_site_admin != FALSE), COORD_INT (now_us));
  if (rows != NULL && coord_rows_count (rows) == 0)
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_CONFLICT, "There is an account with this address.");
  return rows != NULL && coord_rows_count (rows) == 1;
}

#define PERSON_COLUMNS \
  "id, email, name, password, locale, zone, is_site_admin, is_active, credential_version," \
  " version, verified_at, erased_at"

static CoordPerson *
read_row (CoordRows *rows)
{
  CoordPerson *person = g_new0 (CoordPerson, 1);

  person->id = coord_rows_dup_text (rows, 0);
  person->email = coord_rows_dup_text (rows, 1);
  person->name = coord_rows_dup_text (rows, 2);
  person->password = coord_rows_dup_text (rows, 3);
  person->locale = coord_rows_dup_text (rows, 4);
  person->zone = coord_rows_dup_text (rows, 5);
  person->is_site_admin = coord_rows_get_int (rows, 6) != 0;
  person->is_active = coord_rows_get_int (rows, 7) != 0;
  person->credential_version = coord_rows_get_int (rows, 8);
  person->version = coord_rows_get_int (rows, 9);
  person->verified_at_us = coord_rows_get_int (rows, 10);
  person->erased_at_us = coord_rows_get_int (rows, 11);
  return person;
}

static CoordPerson *
read_person (CoordRows *rows, GError **error)
{
  if (coord_rows_next (rows))
    return read_row (rows);
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no account with this address.");
  return NULL;
}

CoordPerson *
coord_account_store_find (CoordDb *db, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT " PERSON_COLUMNS " FROM person WHERE id = $1", COORD_TEXT (id));

  return rows != NULL ? read_person (rows, error) : NULL;
}

CoordPerson *
coord_account_store_find_by_email (CoordDb *db, const char *email, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (email, -1);
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT " PERSON_COLUMNS " FROM person WHERE email = $1", COORD_TEXT (lower));

  return rows != NULL ? read_person (rows, error) : NULL;
}

char *
coord_account_store_find_stand_in (CoordDb *db, const char *text, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT password FROM (SELECT password, email, 0 AS turn FROM person WHERE id IN"
    "  (SELECT id FROM person WHERE email > $1 AND password <> '' ORDER BY email LIMIT 1)"
    " UNION ALL SELECT password, email, 1 FROM person WHERE id IN"
    "  (SELECT id FROM person WHERE password <> '' ORDER BY email LIMIT 1)) AS drawn"
    " ORDER BY turn LIMIT 1",
    COORD_TEXT (text));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_dup_text (rows, 0) : NULL;
}

gboolean
coord_account_store_verify (CoordDb *db, const char *id, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE person SET verified_at = COALESCE (verified_at, $2) WHERE id = $1", COORD_TEXT (id),
    COORD_INT (now_us));
}

gboolean
coord_account_store_set_password (CoordDb *db, const char *id, const char *password, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE person SET password = $2, credential_version = credential_version + 1 WHERE id = $1",
    COORD_TEXT (id), COORD_TEXT (password));
}

gboolean
coord_account_store_set_hash (CoordDb *db,
  const char *id,
  const char *old_hash,
  const char *new_hash,
  GError **error)
{
  return coord_db_run (db, error, "UPDATE person SET password = $3 WHERE id = $1 AND password = $2",
    COORD_TEXT (id), COORD_TEXT (old_hash), COORD_TEXT (new_hash));
}

gboolean
coord_account_store_set_profile (CoordDb *db,
  const char *id,
  const char *name,
  const char *locale,
  const char *zone,
  gint64 version,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE person SET name = COALESCE ($2, name), locale = COALESCE ($3, locale),"
    " zone = COALESCE ($4, zone), version = version + CASE WHEN"
    "  COALESCE ($2, $3, $4) IS NULL THEN 0 ELSE 1 END"
    " WHERE id = $1 AND version = CASE WHEN $5 = 0 THEN version ELSE $5 END RETURNING id",
    COORD_TEXT (id), COORD_TEXT (name), COORD_TEXT (locale), COORD_TEXT (zone),
    COORD_INT (version));

  if (rows != NULL && coord_rows_count (rows) == 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CHANGED,
      "The profile has been changed meanwhile. Look at it again, then repeat your change.");
  return rows != NULL && coord_rows_count (rows) == 1;
}

gboolean
coord_account_store_set_site_admin (CoordDb *db,
  const char *id,
  gboolean is_site_admin,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE person SET is_site_admin = $2, credential_version = credential_version + 1"
    " WHERE id = $1",
    COORD_TEXT (id), COORD_INT (is_site_admin != FALSE));
}

gboolean
coord_account_store_set_active (CoordDb *db, const char *id, gboolean is_active, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE person SET is_active = $2, credential_version = credential_version + 1 WHERE id = $1",
    COORD_TEXT (id), COORD_INT (is_active != FALSE));
}

/* For LIKE: what stands for itself. */
static char *
make_pattern (const char *search)
{
  g_autofree char *lower = g_ascii_strdown (search, -1);
  GString *pattern = g_string_new ("%");

  for (const char *c = lower; *c != '\0'; c++) {
    if (strchr ("%_!", *c) != NULL)
      g_string_append_c (pattern, '!');
    g_string_append_c (pattern, *c);
  }
  g_string_append_c (pattern, '%');
  return g_string_free (pattern, FALSE);
}

GPtrArray *
coord_account_store_list (CoordDb *db, const char *search, const CoordPage *page, GError **error)
{
  g_autofree char *pattern = make_pattern (search);
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " PERSON_COLUMNS " FROM person WHERE id > $1 AND erased_at IS NULL"
    " AND (email LIKE $2 ESCAPE '!' OR LOWER (name) LIKE $2 ESCAPE '!') ORDER BY id LIMIT $3",
    COORD_TEXT (page->after), COORD_TEXT (pattern), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_person_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

gboolean
coord_account_store_add_family (CoordDb *db,
  const char *id,
  const char *person_id,
  const char *device,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO session_family (id, person, device, created_at, used_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $4, $5)",
    COORD_TEXT (id), COORD_TEXT (person_id), COORD_TEXT (device), COORD_INT (now_us),
    COORD_INT (expires_at_us));
}

gboolean
coord_account_store_end_family (CoordDb *db, const char *id, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE session_family SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", COORD_TEXT (id),
    COORD_INT (now_us));
}

gboolean
coord_account_store_end_families_of (CoordDb *db,
  const char *person_id,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE session_family SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL",
    COORD_TEXT (person_id), COORD_INT (now_us));
}

gboolean
coord_account_store_end_other_families (CoordDb *db,
  const char *person_id,
  const char *family_id,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE session_family SET ended_at = $3"
    " WHERE person = $1 AND id <> $2 AND ended_at IS NULL",
    COORD_TEXT (person_id), COORD_TEXT (family_id), COORD_INT (now_us));
}

void
coord_family_free (CoordFamily *family)
{
  g_free (family->id);
  g_free (family->device);
  g_free (family);
}

GPtrArray *
coord_account_store_list_families (CoordDb *db,
  const char *person_id,
  const CoordPage *page,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT id, device, created_at, used_at FROM session_family WHERE person = $1"
    " AND ended_at IS NULL AND id IN (SELECT family FROM refresh_token"
    "  WHERE spent_at IS NULL AND expires_at > $2) AND id > $3 ORDER BY id LIMIT $4",
    COORD_TEXT (person_id), COORD_INT (now_us), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_family_free);
  while (coord_rows_next (rows)) {
    CoordFamily *family = g_new0 (CoordFamily, 1);

    family->id = coord_rows_dup_text (rows, 0);
    family->device = coord_rows_dup_text (rows, 1);
    family->created_at_us = coord_rows_get_int (rows, 2);
    family->used_at_us = coord_rows_get_int (rows, 3);
    g_ptr_array_add (list, family);
  }
  return list;
}

gboolean
coord_account_store_check_family (CoordDb *db,
  const char *id,
  const char *person_id,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT 1 FROM session_family WHERE id = $1 AND person = $2 AND ended_at IS NULL",
    COORD_TEXT (id), COORD_TEXT (person_id));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You have been signed out. Sign in again.");
  return FALSE;
}

gint64
coord_account_store_get_family_start (CoordDb *db, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT created_at FROM session_family WHERE id = $1", COORD_TEXT (id));

  if (rows == NULL)
    return -1;
  if (coord_rows_next (rows))
    return coord_rows_get_int (rows, 0);
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You have been signed out. Sign in again.");
  return -1;
}

void
coord_refresh_token_free (CoordRefreshToken *token)
{
  g_free (token->hash);
  g_free (token->family_id);
  g_free (token->person_id);
  g_free (token->salt);
  g_free (token);
}

gboolean
coord_account_store_add_refresh (CoordDb *db,
  const char *hash,
  const char *family_id,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO refresh_token (hash, family, expires_at) VALUES ($1, $2, $3)", COORD_TEXT (hash),
    COORD_TEXT (family_id), COORD_INT (expires_at_us));
}

CoordRefreshToken *
coord_account_store_find_refresh (CoordDb *db, const char *hash, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT refresh_token.hash, family, person, refresh_token.expires_at, spent_at, salt,"
    " EXISTS (SELECT 1 FROM refresh_token AS next WHERE next.hash = refresh_token.successor"
    "  AND next.spent_at IS NOT NULL), ended_at IS NOT NULL"
    " FROM refresh_token JOIN session_family ON session_family.id = family"
    " WHERE refresh_token.hash = $1",
    COORD_TEXT (hash));
  CoordRefreshToken *token;

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You are not signed in. Sign in again.");
    return NULL;
  }
  token = g_new0 (CoordRefreshToken, 1);
  token->hash = coord_rows_dup_text (rows, 0);
  token->family_id = coord_rows_dup_text (rows, 1);
  token->person_id = coord_rows_dup_text (rows, 2);
  token->expires_at_us = coord_rows_get_int (rows, 3);
  token->spent_at_us = coord_rows_get_int (rows, 4);
  token->salt = coord_rows_dup_text (rows, 5);
  token->is_successor_spent = coord_rows_get_int (rows, 6) != 0;
  token->is_family_ended = coord_rows_get_int (rows, 7) != 0;
  return token;
}

gboolean
coord_account_store_spend_refresh (CoordDb *db,
  const char *hash,
  const char *salt,
  const char *successor_hash,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
           "UPDATE refresh_token SET spent_at = $2, salt = $3, successor = $4 WHERE hash = $1",
           COORD_TEXT (hash), COORD_INT (now_us), COORD_TEXT (salt), COORD_TEXT (successor_hash)) &&
         coord_db_run (db, error,
           "UPDATE session_family SET used_at = $2 WHERE id ="
           " (SELECT family FROM refresh_token WHERE hash = $1)",
           COORD_TEXT (hash), COORD_INT (now_us));
}
