#pragma once

#include "outgoing/coord-jwks.h"

G_BEGIN_DECLS

/* Whom a provider says somebody is. */
typedef struct {
  char *issuer;
  char *subject; /* never changes, and is nobody else's at this issuer */
  char *email; /* NULL: not told */
  gboolean is_email_verified; /* the provider has seen that the address is theirs */
  char *name; /* NULL: not told */
} CoordIdClaims;

void coord_id_claims_free (CoordIdClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordIdClaims, coord_id_claims_free)

/* What a token must say to be meant for this sign-in; all lent. */
typedef struct {
  const char *issuer;
  const char *client_id;
  const char *nonce;
  gint64 now_s;
} CoordIdExpected;

#define COORD_ID_TOKEN_MAX_BYTES (16 * 1024)
#define COORD_ID_TOKEN_SKEW_S 60

/* Reads an ID token (OpenID Connect Core 3.1.3.7): RS256, ES256 or EdDSA, whatever the provider
 * announces, in the one spelling that base64url has. COORD_PROVIDER_ERROR_REFUSED says what is
 * wrong with it; COORD_PROVIDER_ERROR_UNKNOWN_KEY as coord_jwks_verify(). */
CoordIdClaims *coord_id_token_read (const char *token,
  const CoordJwks *keys,
  const CoordIdExpected *expected,
  GError **error);

/* Takes over what the answer of the userinfo endpoint tells, which must be about the same subject.
 */
gboolean
coord_id_claims_merge (CoordIdClaims *claims, const char *text, gsize size, GError **error);

G_END_DECLS
