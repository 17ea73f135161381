#pragma once

#include "coord-secrets.h"
#include "service/coord-caller.h"
#include "store/coord-account-store.h"

G_BEGIN_DECLS

/* Accounts and sign-in. Passwords are hashed and compared outside, see coord-password.h. */

#define COORD_SESSION_SECONDS (7 * 24 * 3600)
#define COORD_REFRESH_GRACE_SECONDS 10

/* Whether these can be an address and a name; COORD_ERROR_INVALID. */
gboolean coord_account_service_check (const char *email, const char *name, GError **error);

/* Makes an account, and has a mail sent with a link to confirm its address. Answers the same for an
 * address that is known, so that nobody learns which are; nothing is changed then, and its owner is
 * told by mail. */
EntApiUserAnswer *coord_account_service_register (CoordDb *db,
  const EntApiRegister *request,
  const char *password_hash,
  gint64 now_us,
  GError **error);

/* For operators: COORD_ERROR_CONFLICT for a known address. Returns the id. */
char *coord_account_service_add (CoordDb *db,
  const char *email,
  const char *name,
  const char *password_hash,
  gboolean is_site_admin,
  gint64 now_us,
  GError **error);

/* A new password, by the operator: ends all sessions. */
gboolean coord_account_service_set_password (CoordDb *db,
  const char *email,
  const char *password_hash,
  gint64 now_us,
  GError **error);

/* Shuts a person out, or lets them in again: all sessions end, and nobody can sign in to the
 * account. actor is who does it, a person's id or "operator"; whether they may is decided before.
 */
gboolean coord_account_service_set_active (CoordDb *db,
  const char *actor,
  const CoordPerson *person,
  gboolean is_active,
  gint64 now_us,
  GError **error);

/* The person with this address, NULL without an error when there is none. */
/* What an address without an account, or an account without a password, is compared with in its
 * place: the hash of one of the accounts, drawn by a secret, so that old hashes, which take another
 * time, tell nobody who has one. NULL without an error when there is none. */
char *coord_account_service_find_stand_in (CoordDb *db,
  const CoordSecrets *secrets,
  const char *email,
  GError **error);
CoordPerson *coord_account_service_find_for_login (CoordDb *db, const char *email, GError **error);

/* Starts a session for a person whose password was right. For one with a second factor the answer
 * is a ticket for coord_second_factor_service_sign_in(). new_hash replaces the hash of the same
 * password when it is not NULL. version is the credential version that the person had when the
 * password was compared: when it has changed since, COORD_ERROR_WRONG_PASSWORD. -1: none was
 * compared. */
EntApiTokens *coord_account_service_sign_in (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  gint64 version,
  const char *device,
  const char *new_hash,
  gint64 now_us,
  GError **error);

/* The same, when the second factor needs no asking any more. */
EntApiTokens *coord_account_service_start_session (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  const char *device,
  gint64 now_us,
  GError **error);

/* Spends a refresh token. Using a spent one ends its family: then the result is NULL without an
 * error, so that this is committed, and the caller is to be refused. Within 10 s of the first use
 * the same successor is given again, for an answer that was lost. */
EntApiTokens *coord_account_service_refresh (CoordDb *db,
  const CoordSecrets *secrets,
  const char *refresh,
  gint64 now_us,
  GError **error);

/* Ends the caller's session, or all of them. */
gboolean coord_account_service_sign_out (CoordDb *db,
  const CoordCaller *caller,
  gboolean is_all,
  gint64 now_us,
  GError **error);

/* Where the caller is signed in; and the end of one of these. COORD_ERROR_NOT_FOUND for one that is
 * not the caller's. */
EntApiSessionList *coord_account_service_list_sessions (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  gint64 now_us,
  GError **error);
gboolean coord_account_service_end_session (CoordDb *db,
  const CoordCaller *caller,
  const char *session_id,
  gint64 now_us,
  GError **error);

/* A new password of one's own: ends the other sessions and all access tokens, the caller's too,
 * which its refresh token replaces. */
gboolean coord_account_service_change_password (CoordDb *db,
  const CoordCaller *caller,
  const char *password_hash,
  gint64 now_us,
  GError **error);

EntApiMe *coord_account_service_show_me (CoordDb *db, const CoordCaller *caller, GError **error);

G_END_DECLS
