#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What goes wrong with another service that people sign in with. Messages are parts of a sentence
 * that names it, such as "its answer is not JSON", and hold nothing secret. */
#define COORD_PROVIDER_ERROR (coord_provider_error_quark ())
typedef enum {
  COORD_PROVIDER_ERROR_UNREACHABLE, /* it may work later */
  COORD_PROVIDER_ERROR_BROKEN, /* it answers otherwise than the protocol wants */
  COORD_PROVIDER_ERROR_REFUSED, /* what it says of a person cannot be believed, or it says nothing
                                 */
  COORD_PROVIDER_ERROR_UNKNOWN_KEY, /* signed with a key that is not among those known */
} CoordProviderError;
GQuark coord_provider_error_quark (void);

/* The public keys of a provider: JSON Web Key Set. */
typedef struct _CoordJwks CoordJwks;

#define COORD_JWKS_MAX_BYTES (128 * 1024)

/* Keys of kinds that are not taken are passed over; COORD_PROVIDER_ERROR_BROKEN. */
CoordJwks *coord_jwks_parse (const char *text, gsize size, GError **error);
void coord_jwks_free (CoordJwks *jwks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordJwks, coord_jwks_free)

guint coord_jwks_count (const CoordJwks *jwks);

/* Whether the text was signed with one of the keys. alg is one of RS256, ES256 and EdDSA (with
 * Ed25519), and nothing else; kid may be NULL. COORD_PROVIDER_ERROR_UNKNOWN_KEY when there is no
 * key that it could be, COORD_PROVIDER_ERROR_REFUSED when it was none of those. */
gboolean coord_jwks_verify (const CoordJwks *jwks,
  const char *alg,
  const char *kid,
  const char *text,
  gsize size,
  GBytes *signature,
  GError **error);

G_END_DECLS
