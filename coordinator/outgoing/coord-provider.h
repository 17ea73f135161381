#pragma once

#include "base/ent-clock.h"
#include "coord-config.h"
#include "outgoing/coord-fetcher.h"
#include "outgoing/coord-id-token.h"

G_BEGIN_DECLS

/* The services that people can sign in with: authorization code flow with PKCE, state and nonce.
 * What a provider says of itself, and its keys, are remembered for an hour. Main thread.
 *
 * Errors are COORD_PROVIDER_ERROR, with whole sentences. */
typedef struct _CoordProviders CoordProviders;

/* Reads the files of the secrets. All are borrowed and must live longer. */
CoordProviders *coord_providers_new (const CoordConfig *config,
  CoordFetcher *fetcher,
  EntClock *clock,
  GError **error);
void coord_providers_free (CoordProviders *providers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordProviders, coord_providers_free)

/* What people call it; NULL: there is none of this name. Borrowed. */
const char *coord_providers_get_title (CoordProviders *providers, const char *name);

/* One sign-in on its way; all are lent for the call. */
typedef struct {
  const char *redirect_uri; /* where the browser comes back to */
  const char *state;
  const char *nonce;
  const char *verifier; /* of PKCE */
} CoordTrip;

/* Where the browser has to go. The name must be one of a provider. The caller owns the address. */
void coord_providers_begin_async (CoordProviders *providers,
  const char *name,
  const CoordTrip *trip,
  GAsyncReadyCallback callback,
  gpointer data);
char *coord_providers_begin_finish (GAsyncResult *result, GError **error);

/* Who it is that came back with a code. issuer is what the browser brought with it as `iss`, or
 * NULL. */
void coord_providers_identify_async (CoordProviders *providers,
  const char *name,
  const CoordTrip *trip,
  const char *code,
  const char *issuer,
  GAsyncReadyCallback callback,
  gpointer data);
CoordIdClaims *coord_providers_identify_finish (GAsyncResult *result, GError **error);

/* How many came back, and how many of those were somebody. */
guint64 coord_providers_get_count (CoordProviders *providers);
guint64 coord_providers_get_accepted (CoordProviders *providers);

G_END_DECLS
