#pragma once

#include "outgoing/coord-oidc-metadata.h"
#include "outgoing/coord-provider.h"

/* Shared by coord-provider.c and coord-github.c only. */

#define COORD_PROVIDER_TIMEOUT_MS 10000

/* Something fetched that many may wait for at once, and that is remembered for a while. */
typedef struct {
  gpointer value; /* NULL: not known */
  gint64 fetched_us; /* monotonic */
  GPtrArray *waiting; /* GTask; NULL: nothing is under way */
} CoordKept;

typedef struct {
  CoordProviders *providers; /* not owned */
  const CoordProviderConfig *config;
  const char *title;
  const char *issuer;
  char *secret; /* NULL: none */
  char *scopes;
  CoordKept metadata; /* CoordOidcMetadata */
  CoordKept keys; /* CoordJwks */
} CoordProvider;

/* Task data of identify: what is known of one who came back. */
typedef struct {
  CoordProvider *provider;
  char *redirect_uri;
  char *nonce;
  char *verifier;
  char *code;
  char *came_from; /* the issuer as the browser tells it; NULL: it does not */
  char *access; /* of the provider; NULL until it gave it */
  char *id_token;
  CoordIdClaims *claims;
  gboolean has_fresh_keys;
} CoordReturn;

/* "Sign-in with TITLE did not work: WHY." of the same domain and code; consumes error. */
GError *coord_provider_explain (CoordProvider *provider, GError *error);

/* Ends an identification; consumes task, and claims or error. */
void coord_provider_return (GTask *task, CoordIdClaims *claims, GError *error);

/* POST of a code for tokens with the client's secret in the body or in a header. */
void coord_provider_exchange (GTask *task,
  const char *url,
  gboolean is_secret_in_body,
  GAsyncReadyCallback callback);

/* GET with the provider's access token. */
void coord_provider_get (GTask *task, const char *url, GAsyncReadyCallback callback);

/* GitHub. */
char *coord_github_make_endpoint (CoordProvider *provider);
void coord_github_identify (GTask *task);
