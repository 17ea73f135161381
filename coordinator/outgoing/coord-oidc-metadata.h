#pragma once

#include "outgoing/coord-jwks.h"

G_BEGIN_DECLS

/* What a provider says of itself (OpenID Connect Discovery), and its answer to a code. */

#define COORD_OIDC_MAX_BYTES (64 * 1024)

typedef struct {
  char *authorization_endpoint;
  char *token_endpoint;
  char *jwks_uri;
  char *userinfo_endpoint; /* NULL: none */
  gboolean wants_post; /* the client's secret in the body, not in a header */
  gboolean names_itself; /* the browser comes back with the issuer's name, always */
} CoordOidcMetadata;

/* The document must name this very issuer, and addresses that begin with https; with
 * may_be_private also http. COORD_PROVIDER_ERROR_BROKEN. */
CoordOidcMetadata *coord_oidc_metadata_parse (const char *text,
  gsize size,
  const char *issuer,
  gboolean may_be_private,
  GError **error);
void coord_oidc_metadata_free (CoordOidcMetadata *metadata);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordOidcMetadata, coord_oidc_metadata_free)

typedef struct {
  char *access; /* NULL: none */
  char *id_token; /* NULL: none */
} CoordOidcTokens;

/* The answer of a token endpoint, whatever its status: COORD_PROVIDER_ERROR_REFUSED with the
 * provider's code of what is wrong, COORD_PROVIDER_ERROR_BROKEN. */
CoordOidcTokens *
coord_oidc_tokens_parse (const char *text, gsize size, guint status, GError **error);
void coord_oidc_tokens_free (CoordOidcTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordOidcTokens, coord_oidc_tokens_free)

G_END_DECLS
