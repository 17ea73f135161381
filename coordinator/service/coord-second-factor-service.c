#include "service/coord-second-factor-service.h"

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "base/ent-secret.h"
#include "service/coord-account-service.h"
#include "service/coord-seal.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-second-factor-store.h"

#define PURPOSE "second-factor"
#define SECRET_BYTES 20
#define CODE_DIGITS 6
#define STEP_S 30
#define WINDOW 1
#define RECOVERY_BYTES 10 /* 80 bits: nobody guesses them, so a plain hash is enough */

EntApiTotp *
coord_second_factor_service_show (CoordDb *db, const CoordCaller *caller, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordSecondFactor) factor =
    coord_second_factor_store_find (db, caller->user_id, &failure);
  gint64 n_codes =
    failure == NULL ? coord_recovery_code_store_count (db, caller->user_id, &failure) : -1;
  EntApiTotp *totp;

  if (n_codes < 0) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  totp = ent_api_totp_new ();
  totp->enabled = factor != NULL && factor->is_confirmed;
  totp->codes_left = totp->enabled ? n_codes : 0;
  return totp;
}

/* Base32 without padding; free with ent_secret_free(). */
static char *
write_base32 (const guint8 *data, gsize size)
{
  char *made, *text;
  size_t length;

  if (oath_base32_encode ((const char *) data, size, &made, &length) != OATH_OK)
    g_error ("Out of memory");
  text = g_strndup (made, strcspn (made, "="));
  explicit_bzero (made, length);
  free (made);
  return text;
}

EntApiTotpSecret *
coord_second_factor_service_enrol (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordSecondFactor) factor = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *label = NULL;
  guint8 secret[SECRET_BYTES];
  EntApiTotpSecret *answer;

  if (person == NULL)
    return NULL;
  factor = coord_second_factor_store_find (db, person->id, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (factor != NULL && factor->is_confirmed) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "Codes of a device are asked for already. Disable that first.");
    return NULL;
  }
  ent_secret_fill_random (secret, sizeof secret);
  sealed = coord_seal_close (secrets, PURPOSE, person->id, secret, sizeof secret);
  if (!coord_second_factor_store_set (db, person->id, sealed, error)) {
    explicit_bzero (secret, sizeof secret);
    return NULL;
  }
  answer = ent_api_totp_secret_new ();
  answer->secret = write_base32 (secret, sizeof secret);
  explicit_bzero (secret, sizeof secret);
  label = g_uri_escape_string (person->email, "@", FALSE);
  answer->uri =
    g_strdup_printf ("otpauth://totp/Entrevue:%s?secret=%s&issuer=Entrevue", label, answer->secret);
  return answer;
}

/* The step of the clock that a code belongs to; -1 when it belongs to none. */
static gint64
find_step (GBytes *secret, const char *code, gint64 now_us)
{
  gsize size;
  const char *data = g_bytes_get_data (secret, &size);
  uint64_t step;

  if (strlen (code) != CODE_DIGITS || strspn (code, "0123456789") != CODE_DIGITS)
    return -1;
  return oath_totp_validate3 (
           data, size, now_us / G_USEC_PER_SEC, STEP_S, 0, WINDOW, NULL, &step, code) >= 0
           ? (gint64) step
           : -1;
}

/* Whether this is a code of the device that was not used yet; spends it. */
static gboolean
take_code (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  const CoordSecondFactor *factor,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GBytes) secret = coord_seal_open (secrets, PURPOSE, person_id, factor->secret);
  gint64 step;

  if (secret == NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The server has lost the key to your second factor. Ask its operator to take it off.");
    return FALSE;
  }
  step = find_step (secret, code, now_us);
  return step >= 0 && coord_second_factor_store_spend_step (db, person_id, step, error);
}

/* As people type them: in any case, with or without hyphens and spaces. */
static char *
hash_recovery_code (const char *code)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *c = code; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (plain, g_ascii_toupper (*c));
  return ent_secret_hash (plain->str);
}

static char *
make_recovery_code (void)
{
  guint8 random[RECOVERY_BYTES];
  char *text;
  char *code;

  ent_secret_fill_random (random, sizeof random);
  text = write_base32 (random, sizeof random);
  code = g_strdup_printf ("%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12);
  ent_secret_free (text);
  return code;
}

static EntApiRecoveryCodes *
make_recovery_codes (CoordDb *db, const char *person_id, GError **error)
{
  g_autoptr (EntApiRecoveryCodes) answer = ent_api_recovery_codes_new ();
  g_auto (GStrv) hashes = g_new0 (char *, COORD_RECOVERY_CODES + 1);

  answer->codes = g_new0 (char *, COORD_RECOVERY_CODES + 1);
  for (guint i = 0; i < COORD_RECOVERY_CODES; i++) {
    answer->codes[i] = make_recovery_code ();
    hashes[i] = hash_recovery_code (answer->codes[i]);
  }
  return coord_recovery_code_store_set (db, person_id, (const char *const *) hashes, error)
           ? g_steal_pointer (&answer)
           : NULL;
}

EntApiRecoveryCodes *
coord_second_factor_service_confirm (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordSecondFactor) factor =
    coord_second_factor_store_find (db, caller->user_id, &failure);

  if (failure == NULL && (factor == NULL || factor->is_confirmed))
    g_set_error_literal (&failure, COORD_ERROR, COORD_ERROR_CONFLICT,
      "There is nothing to confirm. Start to enrol your device again.");
  if (failure == NULL &&
      !take_code (db, secrets, caller->user_id, factor, code, now_us, &failure) && failure == NULL)
    g_set_error_literal (&failure, COORD_ERROR, COORD_ERROR_WRONG_CODE,
      "This code is not right. Look at the clock of your device, and try the next code.");
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (!coord_second_factor_store_confirm (db, caller->user_id, now_us, error) ||
      !coord_audit_store_add (
        db, NULL, caller->user_id, "account.totp-on", caller->user_id, "", now_us, error))
    return NULL;
  return make_recovery_codes (db, caller->user_id, error);
}

/* Spends a code of the device or of the paper. code NULL is a wrong one. */
static gboolean
spend_code (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const CoordSecondFactor *factor,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autofree char *recovery_hash = code != NULL ? hash_recovery_code (code) : NULL;
  g_autoptr (GError) failure = NULL;

  if (code != NULL && (take_code (db, secrets, caller->user_id, factor, code, now_us, &failure) ||
                        (failure == NULL && coord_recovery_code_store_use (db, caller->user_id,
                                              recovery_hash, now_us, &failure))))
    return TRUE;
  if (failure == NULL)
    g_set_error_literal (&failure, COORD_ERROR, COORD_ERROR_WRONG_CODE,
      "This code is not right, or was used already. Wait for the next one and try again.");
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

EntApiRecoveryCodes *
coord_second_factor_service_renew_codes (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordSecondFactor) factor =
    coord_second_factor_store_find (db, caller->user_id, &failure);

  if (failure == NULL && (factor == NULL || !factor->is_confirmed))
    g_set_error_literal (&failure, COORD_ERROR, COORD_ERROR_CONFLICT,
      "No device is asked for codes, so there is nothing to stand in for it. Enrol one first.");
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (!spend_code (db, caller, secrets, factor, code, now_us, error) ||
      !coord_audit_store_add (
        db, NULL, caller->user_id, "account.totp-codes", caller->user_id, "", now_us, error))
    return NULL;
  return make_recovery_codes (db, caller->user_id, error);
}

gboolean
coord_second_factor_service_disable (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordSecondFactor) factor =
    coord_second_factor_store_find (db, caller->user_id, &failure);

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (factor != NULL && factor->is_confirmed &&
      !spend_code (db, caller, secrets, factor, code, now_us, error))
    return FALSE;
  return coord_second_factor_store_remove (db, caller->user_id, error) &&
         coord_audit_store_add (
           db, NULL, caller->user_id, "account.totp-off", caller->user_id, "", now_us, error);
}

gboolean
coord_second_factor_service_disable_for (CoordDb *db,
  const char *email,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find_by_email (db, email, error);

  return person != NULL && coord_second_factor_store_remove (db, person->id, error) &&
         coord_audit_store_add (
           db, NULL, "operator", "account.totp-off", person->id, "", now_us, error);
}

/* A failure is kept with the person, so that new tickets do not help. */
static gboolean
note_failure (CoordDb *db,
  const char *person_id,
  const CoordSecondFactor *factor,
  gint64 now_us,
  GError **error)
{
  gint64 failures = factor->failures + 1;
  gint64 over = failures - COORD_FACTOR_FREE_FAILURES;
  gint64 wait_s = over > 0 ? MIN ((gint64) 1 << MIN (over - 1, 20), COORD_FACTOR_MAX_WAIT_S) : 0;

  return coord_second_factor_store_note (
           db, person_id, failures, now_us + wait_s * G_USEC_PER_SEC, error) &&
         coord_audit_store_add (
           db, NULL, person_id, "session.wrong-code", person_id, "", now_us, error);
}

static gboolean
check_wait (const CoordSecondFactor *factor, gint64 now_us, GError **error)
{
  if (factor->wait_until_us <= now_us)
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_TOO_FAST,
    "Too many wrong codes. Try again in %" G_GINT64_FORMAT " seconds.",
    (factor->wait_until_us - now_us) / G_USEC_PER_SEC + 1);
  return FALSE;
}

/* A code of the device or of the paper; spends it. FALSE without an error for a wrong one. */
static gboolean
take_any_code (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  const CoordSecondFactor *factor,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autofree char *recovery_hash = hash_recovery_code (code);
  g_autoptr (GError) failure = NULL;

  if (take_code (db, secrets, person_id, factor, code, now_us, &failure))
    return TRUE;
  if (failure == NULL)
    return coord_recovery_code_store_use (db, person_id, recovery_hash, now_us, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
coord_second_factor_service_check (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordSecondFactor) factor = coord_second_factor_store_find (db, person_id, &failure);

  if (factor == NULL && failure == NULL)
    return TRUE;
  if (factor != NULL && !factor->is_confirmed)
    return TRUE;
  if (factor != NULL && code != NULL && check_wait (factor, now_us, &failure)) {
    if (take_any_code (db, secrets, person_id, factor, code, now_us, &failure))
      return coord_second_factor_store_note (db, person_id, 0, 0, error);
    if (failure == NULL)
      note_failure (db, person_id, factor, now_us, &failure);
  }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The factor, when it may be tried now. */
static CoordSecondFactor *
find_factor (CoordDb *db, const CoordTicket *ticket, gint64 now_us, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person = coord_account_store_find (db, ticket->person_id, &failure);
  g_autoptr (CoordSecondFactor) factor =
    person != NULL ? coord_second_factor_store_find (db, person->id, &failure) : NULL;

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (factor == NULL || !factor->is_confirmed ||
           person->credential_version != ticket->credential_version ||
           ticket->failures >= COORD_TICKET_FAILURES)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
      "This does not go on any more. Sign in with your password again.");
  else if (check_wait (factor, now_us, error))
    return g_steal_pointer (&factor);
  return NULL;
}

EntApiTokens *
coord_second_factor_service_sign_in (CoordDb *db,
  const CoordSecrets *secrets,
  const char *ticket_text,
  const char *code,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (ticket_text);
  g_autoptr (CoordTicket) ticket = coord_ticket_store_find (db, hash, now_us, error);
  g_autoptr (CoordSecondFactor) factor =
    ticket != NULL ? find_factor (db, ticket, now_us, error) : NULL;
  g_autoptr (GError) failure = NULL;

  if (factor == NULL)
    return NULL;
  if (!take_any_code (db, secrets, ticket->person_id, factor, code, now_us, &failure)) {
    if (failure != NULL)
      g_propagate_error (error, g_steal_pointer (&failure));
    else if (coord_ticket_store_count_failure (db, hash, error))
      note_failure (db, ticket->person_id, factor, now_us, error);
    return NULL;
  }
  if (!coord_second_factor_store_note (db, ticket->person_id, 0, 0, error) ||
      !coord_ticket_store_remove (db, hash, error))
    return NULL;
  return coord_account_service_start_session (
    db, secrets, ticket->person_id, ticket->device, now_us, error);
}
