#include "outgoing/coord-oidc-metadata.h"

#include <string.h>

#include "base/ent-secret.h"
#include "outgoing/coord-id-token.h"
#include "protocol/ent-codec.h"
#include "protocol/ent-limits.h"

#define MAX_ACCESS_TOKEN 8192

typedef struct {
  char *issuer;
  char *authorization_endpoint;
  char *token_endpoint;
  char *jwks_uri;
  char *userinfo_endpoint;
  char **token_endpoint_auth_methods_supported;
  gboolean authorization_response_iss_parameter_supported;
} OidcDocument;
ENT_STRUCT_DECLARE (OidcDocument, oidc_document)

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)

static const EntField oidc_document_fields[] = {
  STRING (OidcDocument, issuer, ENT_REQUIRED, ENT_MAX_URL),
  STRING (OidcDocument, authorization_endpoint, ENT_REQUIRED, ENT_MAX_URL),
  STRING (OidcDocument, token_endpoint, ENT_REQUIRED, ENT_MAX_URL),
  STRING (OidcDocument, jwks_uri, ENT_REQUIRED, ENT_MAX_URL),
  STRING (OidcDocument, userinfo_endpoint, ENT_OPTIONAL, ENT_MAX_URL),
  ENT_FIELD (OidcDocument,
    token_endpoint_auth_methods_supported,
    ENT_FIELD_STRINGS,
    ENT_OPTIONAL,
    32),
  ENT_FIELD (OidcDocument,
    authorization_response_iss_parameter_supported,
    ENT_FIELD_BOOL,
    ENT_OPTIONAL,
    0),
};
ENT_STRUCT_DEFINE (OidcDocument, oidc_document)

typedef struct {
  char *access_token;
  char *id_token;
  char *token_type;
  char *error;
} OidcTokenAnswer;
ENT_STRUCT_DECLARE (OidcTokenAnswer, oidc_token_answer)

static const EntField oidc_token_answer_fields[] = {
  STRING (OidcTokenAnswer, access_token, ENT_OPTIONAL, MAX_ACCESS_TOKEN),
  STRING (OidcTokenAnswer, id_token, ENT_OPTIONAL, COORD_ID_TOKEN_MAX_BYTES),
  STRING (OidcTokenAnswer, token_type, ENT_OPTIONAL, 32),
  STRING (OidcTokenAnswer, error, ENT_OPTIONAL, 256),
};
ENT_STRUCT_DEFINE (OidcTokenAnswer, oidc_token_answer)

static gboolean
set_broken (GError **error, const char *why)
{
  g_set_error_literal (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_BROKEN, why);
  return FALSE;
}

static gboolean
is_graphic (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  return TRUE;
}

static gboolean
is_endpoint (const char *text, gboolean may_be_private)
{
  g_autoptr (GUri) uri = is_graphic (text) ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;

  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
         g_uri_get_userinfo (uri) == NULL && g_uri_get_fragment (uri) == NULL &&
         (strcmp (g_uri_get_scheme (uri), "https") == 0 ||
           (may_be_private && strcmp (g_uri_get_scheme (uri), "http") == 0));
}

/* By default a client gives its secret in a header; in the body where only that is announced. */
static gboolean
wants_post (char **methods)
{
  const char *const *list = (const char *const *) methods;

  return list != NULL && !g_strv_contains (list, "client_secret_basic") &&
         g_strv_contains (list, "client_secret_post");
}

static gboolean
check_document (const OidcDocument *document,
  const char *issuer,
  gboolean may_be_private,
  GError **error)
{
  if (document == NULL)
    return set_broken (error, "its description of itself cannot be read");
  if (strcmp (document->issuer, issuer) != 0)
    return set_broken (error, "it calls itself by another name than the configured issuer");
  if (!is_endpoint (document->authorization_endpoint, may_be_private) ||
      !is_endpoint (document->token_endpoint, may_be_private) ||
      !is_endpoint (document->jwks_uri, may_be_private) ||
      (document->userinfo_endpoint != NULL &&
        !is_endpoint (document->userinfo_endpoint, may_be_private)))
    return set_broken (error, "one of the addresses that it gives is not an https address");
  return TRUE;
}

CoordOidcMetadata *
coord_oidc_metadata_parse (const char *text,
  gsize size,
  const char *issuer,
  gboolean may_be_private,
  GError **error)
{
  g_autoptr (OidcDocument) document =
    size > 0 && size <= COORD_OIDC_MAX_BYTES
      ? ent_codec_decode (&oidc_document_struct, text, size, ENT_UNKNOWN_IGNORED, NULL)
      : NULL;
  CoordOidcMetadata *metadata;

  if (!check_document (document, issuer, may_be_private, error))
    return NULL;
  metadata = g_new0 (CoordOidcMetadata, 1);
  metadata->authorization_endpoint = g_steal_pointer (&document->authorization_endpoint);
  metadata->token_endpoint = g_steal_pointer (&document->token_endpoint);
  metadata->jwks_uri = g_steal_pointer (&document->jwks_uri);
  metadata->userinfo_endpoint = g_steal_pointer (&document->userinfo_endpoint);
  metadata->wants_post = wants_post (document->token_endpoint_auth_methods_supported);
  metadata->names_itself = document->authorization_response_iss_parameter_supported;
  return metadata;
}

void
coord_oidc_metadata_free (CoordOidcMetadata *metadata)
{
  g_free (metadata->authorization_endpoint);
  g_free (metadata->token_endpoint);
  g_free (metadata->jwks_uri);
  g_free (metadata->userinfo_endpoint);
  g_free (metadata);
}

/* The codes of RFC 6749 and of GitHub are plain words; anything else is not repeated. */
static const char *
get_plain_code (const char *code)
{
  gsize length = strspn (code, "abcdefghijklmnopqrstuvwxyz_");

  return code[length] == '\0' && length > 0 && length <= 64 ? code : "another error";
}

CoordOidcTokens *
coord_oidc_tokens_parse (const char *text, gsize size, guint status, GError **error)
{
  g_autoptr (OidcTokenAnswer) answer =
    size > 0 && size <= COORD_OIDC_MAX_BYTES
      ? ent_codec_decode (&oidc_token_answer_struct, text, size, ENT_UNKNOWN_IGNORED, NULL)
      : NULL;
  CoordOidcTokens *tokens;

  if (answer != NULL && answer->error != NULL) {
    g_set_error (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_REFUSED,
      "it does not take the code that it gave (%s)", get_plain_code (answer->error));
    return NULL;
  }
  if (answer == NULL || status != 200 || answer->token_type == NULL ||
      g_ascii_strcasecmp (answer->token_type, "bearer") != 0 ||
      (answer->access_token == NULL && answer->id_token == NULL) ||
      (answer->access_token != NULL && !is_graphic (answer->access_token))) {
    set_broken (error, status >= 300 && status < 400
                         ? "it sends this server elsewhere, which is not followed"
                         : "it answers otherwise than the protocol wants");
    return NULL;
  }
  tokens = g_new0 (CoordOidcTokens, 1);
  tokens->access = g_steal_pointer (&answer->access_token);
  tokens->id_token = g_steal_pointer (&answer->id_token);
  return tokens;
}

void
coord_oidc_tokens_free (CoordOidcTokens *tokens)
{
  ent_secret_free (tokens->access);
  ent_secret_free (tokens->id_token);
  g_free (tokens);
}
