#include "store/coord-second-factor-store.h"

#include "store/coord-error.h"

void
coord_second_factor_free (CoordSecondFactor *factor)
{
  g_bytes_unref (factor->secret);
  g_free (factor);
}

gboolean
coord_second_factor_store_set (CoordDb *db, const char *person_id, GBytes *secret, GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO second_factor (person, secret) VALUES ($1, $2)"
    " ON CONFLICT (person) DO UPDATE SET secret = $2, confirmed_at = NULL, last_step = 0,"
    " failures = 0, wait_until = 0",
    COORD_TEXT (person_id), COORD_BYTES (secret));
}

CoordSecondFactor *
coord_second_factor_store_find (CoordDb *db, const char *person_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT secret, confirmed_at IS NOT NULL, failures, wait_until FROM second_factor"
    " WHERE person = $1",
    COORD_TEXT (person_id));
  CoordSecondFactor *factor;

  if (rows == NULL || !coord_rows_next (rows))
    return NULL;
  factor = g_new0 (CoordSecondFactor, 1);
  factor->secret = coord_rows_dup_bytes (rows, 0);
  factor->is_confirmed = coord_rows_get_int (rows, 1) != 0;
  factor->failures = coord_rows_get_int (rows, 2);
  factor->wait_until_us = coord_rows_get_int (rows, 3);
  return factor;
}

gboolean
coord_second_factor_store_confirm (CoordDb *db,
  const char *person_id,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error, "UPDATE second_factor SET confirmed_at = $2 WHERE person = $1",
    COORD_TEXT (person_id), COORD_INT (now_us));
}

gboolean
coord_second_factor_store_spend_step (CoordDb *db,
  const char *person_id,
  gint64 step,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE second_factor SET last_step = $2 WHERE person = $1 AND last_step < $2"
    " RETURNING person",
    COORD_TEXT (person_id), COORD_INT (step));

  return rows != NULL && coord_rows_count (rows) == 1;
}

gboolean
coord_second_factor_store_note (CoordDb *db,
  const char *person_id,
  gint64 failures,
  gint64 wait_until_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE second_factor SET failures = $2, wait_until = $3 WHERE person = $1",
    COORD_TEXT (person_id), COORD_INT (failures), COORD_INT (wait_until_us));
}

gboolean
coord_second_factor_store_remove (CoordDb *db, const char *person_id, GError **error)
{
  return coord_db_run (
           db, error, "DELETE FROM sign_in_ticket WHERE person = $1", COORD_TEXT (person_id)) &&
         coord_db_run (
           db, error, "DELETE FROM recovery_code WHERE person = $1", COORD_TEXT (person_id)) &&
         coord_db_run (
           db, error, "DELETE FROM second_factor WHERE person = $1", COORD_TEXT (person_id));
}

gboolean
coord_recovery_code_store_set (CoordDb *db,
  const char *person_id,
  const char *const *hashes,
  GError **error)
{
  if (!coord_db_run (
        db, error, "DELETE FROM recovery_code WHERE person = $1", COORD_TEXT (person_id)))
    return FALSE;
  for (guint i = 0; hashes[i] != NULL; i++)
    if (!coord_db_run (db, error, "INSERT INTO recovery_code (person, hash) VALUES ($1, $2)",
          COORD_TEXT (person_id), COORD_TEXT (hashes[i])))
      return FALSE;
  return TRUE;
}

gboolean
coord_recovery_code_store_use (CoordDb *db,
  const char *person_id,
  const char *hash,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE recovery_code SET used_at = $3 WHERE person = $1 AND hash = $2 AND used_at IS NULL"
    " RETURNING person",
    COORD_TEXT (person_id), COORD_TEXT (hash), COORD_INT (now_us));

  return rows != NULL && coord_rows_count (rows) == 1;
}

gint64
coord_recovery_code_store_count (CoordDb *db, const char *person_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT COUNT(*) FROM recovery_code WHERE person = $1 AND used_at IS NULL",
    COORD_TEXT (person_id));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

void
coord_ticket_free (CoordTicket *ticket)
{
  g_free (ticket->person_id);
  g_free (ticket->device);
  g_free (ticket);
}

gboolean
coord_ticket_store_add (CoordDb *db,
  const char *hash,
  const CoordTicket *ticket,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO sign_in_ticket (hash, person, device, credential_version, expires_at)"
    " VALUES ($1, $2, $3, $4, $5)",
    COORD_TEXT (hash), COORD_TEXT (ticket->person_id), COORD_TEXT (ticket->device),
    COORD_INT (ticket->credential_version), COORD_INT (expires_at_us));
}

CoordTicket *
coord_ticket_store_find (CoordDb *db, const char *hash, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT person, device, credential_version, failures FROM sign_in_ticket"
    " WHERE hash = $1 AND expires_at > $2",
    COORD_TEXT (hash), COORD_INT (now_us));
  CoordTicket *ticket;

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
      "Too much time has passed. Sign in with your password again.");
    return NULL;
  }
  ticket = g_new0 (CoordTicket, 1);
  ticket->person_id = coord_rows_dup_text (rows, 0);
  ticket->device = coord_rows_dup_text (rows, 1);
  ticket->credential_version = coord_rows_get_int (rows, 2);
  ticket->failures = coord_rows_get_int (rows, 3);
  return ticket;
}

gboolean
coord_ticket_store_count_failure (CoordDb *db, const char *hash, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE sign_in_ticket SET failures = failures + 1 WHERE hash = $1", COORD_TEXT (hash));
}

gboolean
coord_ticket_store_remove (CoordDb *db, const char *hash, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM sign_in_ticket WHERE hash = $1", COORD_TEXT (hash));
}

gboolean
coord_ticket_store_tidy (CoordDb *db, gint64 now_us, GError **error)
{
  return coord_db_run (
    db, error, "DELETE FROM sign_in_ticket WHERE expires_at < $1", COORD_INT (now_us));
}
