#pragma once

#include "coord-secrets.h"
#include "protocol/ent-api-account.h"
#include "service/coord-caller.h"

G_BEGIN_DECLS

/* Codes that a person's own device shows (TOTP: SHA-1, six digits, 30 s, one step to either side),
 * and ten codes on paper for when it is lost. Each is taken once. */

#define COORD_RECOVERY_CODES 10
#define COORD_TICKET_SECONDS (5 * 60)
#define COORD_TICKET_FAILURES 5 /* of one ticket; then the password is asked for again */
#define COORD_FACTOR_FREE_FAILURES 5 /* in a row of one person; then each doubles the wait */
#define COORD_FACTOR_MAX_WAIT_S (15 * 60)

EntApiTotp *
coord_second_factor_service_show (CoordDb *db, const CoordCaller *caller, GError **error);

/* A new secret, which counts once a code of it was given. Whoever has a confirmed one disables that
 * first: COORD_ERROR_CONFLICT. The password was compared before. */
EntApiTotpSecret *coord_second_factor_service_enrol (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  GError **error);

/* COORD_ERROR_WRONG_CODE. The codes on paper are shown this once. */
EntApiRecoveryCodes *coord_second_factor_service_confirm (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const char *code,
  gint64 now_us,
  GError **error);

/* Ten new codes on paper in place of the old ones, for who has a confirmed device and gives a code
 * of it or of the paper: COORD_ERROR_CONFLICT, COORD_ERROR_WRONG_CODE. The password was compared
 * before. */
EntApiRecoveryCodes *coord_second_factor_service_renew_codes (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const char *code,
  gint64 now_us,
  GError **error);

/* The same for taking it off. Where no device was confirmed no code is needed, and none is looked
 * at. */
gboolean coord_second_factor_service_disable (CoordDb *db,
  const CoordCaller *caller,
  const CoordSecrets *secrets,
  const char *code,
  gint64 now_us,
  GError **error);

/* For operators, for somebody who has neither device nor codes. */
gboolean coord_second_factor_service_disable_for (CoordDb *db,
  const char *email,
  gint64 now_us,
  GError **error);

/* Whether somebody who is signed in shows a code once more, or has no second factor. FALSE without
 * an error for a wrong or a missing one, so that the failure is committed; COORD_ERROR_TOO_FAST. */
gboolean coord_second_factor_service_check (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  const char *code,
  gint64 now_us,
  GError **error);

/* Signs in with a ticket and a code. With a wrong code the result is NULL without an error, so that
 * the failure is committed, and the caller is to be refused. COORD_ERROR_TOO_FAST while somebody
 * has to wait. */
EntApiTokens *coord_second_factor_service_sign_in (CoordDb *db,
  const CoordSecrets *secrets,
  const char *ticket,
  const char *code,
  gint64 now_us,
  GError **error);

G_END_DECLS
