#pragma once

#include "coord-config.h"
#include "coord-secrets.h"
#include "outgoing/coord-id-token.h"
#include "protocol/ent-api-provider.h"
#include "service/coord-caller.h"
#include "store/coord-identity-store.h"

G_BEGIN_DECLS

/* Signing in with another service: what is between the app, a browser and that service, and whom it
 * vouches for.
 *
 * The app opens a browser with a challenge of its own; the browser goes to the provider and comes
 * back with its code; the provider tells who it is; the browser takes a code of ours to the app on
 * the same machine; and the app changes it for tokens, with what it made the challenge of. So no
 * token stands in an address, and a code is of no use to who sees it. */

#define COORD_ATTEMPT_SECONDS (10 * 60)
#define COORD_GRANT_SECONDS (10 * 60)
#define COORD_MAX_ATTEMPTS 10000 /* on their way at once */
#define COORD_MAX_IDENTITIES 20 /* of a person */

/* Where a browser may be sent at the end: http on a loopback address, not a name, with a port and a
 * plain path. */
gboolean coord_identity_service_is_loopback (const char *redirect_uri);

/* Whether this can be a challenge of PKCE with S256. */
gboolean coord_identity_service_is_challenge (const char *text);

/* The nonce and the verifier of a sign-in with this state: they need the installation's key and
 * the state, and are stored nowhere. The caller owns the text. */
char *
coord_identity_service_derive (const CoordSecrets *secrets, const char *purpose, const char *state);

/* COORD_ERROR_UNAVAILABLE when too many are on their way. */
gboolean coord_identity_service_begin (CoordDb *db,
  const char *state,
  const CoordAttempt *attempt,
  gint64 now_us,
  GError **error);

/* Who comes back with this state, once, from this provider, in the browser that went there:
 * COORD_ERROR_SIGN_IN_ENDED for anything else, which leaves the attempt as it is. browser may be
 * NULL. */
CoordAttempt *coord_identity_service_come_back (CoordDb *db,
  const char *state,
  const char *provider,
  const char *browser,
  gint64 now_us,
  GError **error);

/* A code for the app, which the caller owns. COORD_ERROR_ADDRESS_UNVERIFIED for somebody new whose
 * address the provider has not verified. */
char *coord_identity_service_grant (CoordDb *db,
  const CoordAttempt *attempt,
  const CoordIdClaims *claims,
  gint64 now_us,
  GError **error);

/* The code for tokens. Somebody known signs in, with the second factor if there is one; somebody
 * new gets an account where registration allows it. An address that has an account is never taken
 * by this alone: COORD_ERROR_LINK_NEEDED, and the code stays good for connect(). With a wrong
 * verifier the result is NULL without an error, so that the code's end is committed, and the caller
 * is to be refused. */
EntApiTokens *coord_identity_service_sign_in (CoordDb *db,
  const CoordConfig *config,
  const CoordSecrets *secrets,
  const EntApiProviderCode *request,
  gint64 now_us,
  GError **error);

/* The same code by somebody who is signed in: from now on the provider signs them in.
 * COORD_ERROR_CONFLICT when it signs in somebody else. NULL without an error as above. */
EntApiIdentity *coord_identity_service_connect (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const EntApiConnect *request,
  gint64 now_us,
  GError **error);

EntApiIdentityList *coord_identity_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  GError **error);

/* COORD_ERROR_CONFLICT for the only way that somebody has to sign in. */
gboolean coord_identity_service_remove (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gint64 now_us,
  GError **error);

G_END_DECLS
