#include <stdint.h>
#include <string.h>

#include "base/ent-secret.h"
#include "outgoing/coord-id-token.h"
#include "outgoing/coord-oidc-metadata.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define NOW_S G_GINT64_CONSTANT (1800000000)

static const CoordIdExpected expected = { "https://login.example.org", "me", "n", NOW_S };

/* A key of Ed25519 whose secret nobody here has. */
static const char keys[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"o\","
                           "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

static void
read_token (const char *token)
{
  static CoordJwks *jwks;
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordIdClaims) claims = NULL;

  if (jwks == NULL)
    jwks = coord_jwks_parse (keys, strlen (keys), NULL);
  claims = coord_id_token_read (token, jwks, &expected, &error);
  g_assert_null (claims);
  g_assert_nonnull (error);
}

static void
read_keys (const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordJwks) jwks = coord_jwks_parse (text, size, &error);
  g_autoptr (GBytes) signature = g_bytes_new (text, MIN (size, 64));
  static const char *const algs[] = { "RS256", "ES256", "EdDSA", "none" };

  g_assert_true ((jwks == NULL) == (error != NULL));
  for (guint i = 0; jwks != NULL && i < G_N_ELEMENTS (algs); i++)
    coord_jwks_verify (jwks, algs[i], NULL, text, size, signature, NULL);
}

static void
read_metadata (const char *text, gsize size, gboolean may_be_private)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordOidcMetadata) metadata =
    coord_oidc_metadata_parse (text, size, "https://login.example.org", may_be_private, &error);

  g_assert_true ((metadata == NULL) == (error != NULL));
  if (metadata != NULL && !may_be_private)
    g_assert_true (g_ascii_strncasecmp (metadata->token_endpoint, "https:", 6) == 0);
}

/* A token with the right header, whose claims nobody signed. */
static void
read_claims (const char *text, gsize size)
{
  g_autofree char *body = ent_secret_base64url (text, size);
  g_autofree char *token = g_strconcat ("eyJhbGciOiJFZERTQSIsImtpZCI6Im8ifQ.", body, ".AAAA", NULL);

  read_token (token);
}

static void
merge (const char *text, gsize size)
{
  g_autoptr (CoordIdClaims) claims = g_new0 (CoordIdClaims, 1);

  claims->subject = g_strdup ("ada");
  coord_id_claims_merge (claims, text, size, NULL);
  g_assert_true (!claims->is_email_verified || claims->email != NULL);
}

static void
read_tokens (const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordOidcTokens) tokens = coord_oidc_tokens_parse (text, size, 200, &error);

  g_assert_true ((tokens == NULL) == (error != NULL));
}

/* First letter t: an ID token; c: its claims; k: keys; d: a description, p: of who may be private;
 * u: userinfo; a: the answer to a code. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = size > 1 ? g_strndup ((const char *) data + 1, size - 1) : NULL;

  if (text == NULL)
    return 0;
  switch (data[0]) {
  case 'c':
    read_claims (text, strlen (text));
    break;
  case 'k':
    read_keys (text, strlen (text));
    break;
  case 'd':
  case 'p':
    read_metadata (text, strlen (text), data[0] == 'p');
    break;
  case 'u':
    merge (text, strlen (text));
    break;
  case 'a':
    read_tokens (text, strlen (text));
    break;
  default:
    read_token (text);
  }
  return 0;
}
