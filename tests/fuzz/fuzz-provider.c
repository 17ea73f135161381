#include <gnutls/abstract.h>
#include <stdint.h>
#include <string.h>

#include "base/ent-secret.h"
#include "outgoing/coord-id-token.h"
#include "outgoing/coord-oidc-metadata.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define ISSUER "https://login.example.org"
#define HEADER "{\"alg\":\"EdDSA\"}"

static const CoordIdExpected expected = { ISSUER, "me", "n", G_GINT64_CONSTANT (1800000000) };
static gnutls_privkey_t key;
static CoordJwks *keys; /* with that one */

static void
set_up (void)
{
  gnutls_ecc_curve_t curve;
  gnutls_datum_t point;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;

  gnutls_privkey_init (&key);
  gnutls_privkey_generate (key, GNUTLS_PK_EDDSA_ED25519, 256, 0);
  gnutls_privkey_export_ecc_raw2 (key, &curve, &point, NULL, NULL, GNUTLS_EXPORT_FLAG_NO_LZ);
  text = ent_secret_base64url (point.data, point.size);
  gnutls_free (point.data);
  json = g_strdup_printf ("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}]}", text);
  keys = coord_jwks_parse (json, strlen (json), NULL);
  g_assert_nonnull (keys);
}

/* A token with a signature that is right. */
static char *
sign (const char *header, const char *claims)
{
  g_autofree char *head = ent_secret_base64url (header, strlen (header));
  g_autofree char *body = ent_secret_base64url (claims, strlen (claims));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  const gnutls_datum_t signed_text = { (unsigned char *) text, strlen (text) };
  gnutls_datum_t made;
  g_autofree char *signature = NULL;

  g_assert_cmpint (
    gnutls_privkey_sign_data2 (key, GNUTLS_SIGN_EDDSA_ED25519, 0, &signed_text, &made), ==, 0);
  signature = ent_secret_base64url (made.data, made.size);
  gnutls_free (made.data);
  return g_strconcat (text, ".", signature, NULL);
}

/* Who is found is somebody of this issuer. */
static void
try_token (const char *token, gboolean is_signed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordIdClaims) claims = coord_id_token_read (token, keys, &expected, &error);

  g_assert_true ((claims == NULL) == (error != NULL));
  if (claims == NULL)
    return;
  g_assert_true (is_signed);
  g_assert_cmpstr (claims->issuer, ==, ISSUER);
  g_assert_true (claims->subject != NULL && *claims->subject != '\0');
}

static void
try_signed (char *text, gboolean has_header)
{
  char *rest = has_header ? strchr (text, '\n') : NULL;
  g_autofree char *token = NULL;

  if (rest != NULL)
    *rest++ = '\0';
  token = rest != NULL ? sign (text, rest) : sign (HEADER, text);
  try_token (token, TRUE);
}

/* What the endpoint tells of somebody is told of nobody else. */
static void
try_userinfo (const char *text, gsize size)
{
  g_autoptr (CoordIdClaims) claims = g_new0 (CoordIdClaims, 1);

  claims->issuer = g_strdup (ISSUER);
  claims->subject = g_strdup ("ada");
  coord_id_claims_merge (claims, text, size, NULL);
  g_assert_cmpstr (claims->subject, ==, "ada");
}

static void
try_answers (char kind, const char *text, gsize size)
{
  g_autoptr (CoordJwks) jwks = kind == 'k' ? coord_jwks_parse (text, size, NULL) : NULL;
  g_autoptr (CoordOidcMetadata) metadata =
    kind == 'm' ? coord_oidc_metadata_parse (text, size, ISSUER, FALSE, NULL) : NULL;
  g_autoptr (CoordOidcTokens) tokens =
    kind == 't' || kind == 'T' ? coord_oidc_tokens_parse (text, size, kind == 't' ? 200 : 400, NULL)
                               : NULL;

  if (tokens != NULL)
    g_assert_true (tokens->access != NULL || tokens->id_token != NULL);
}

/* What a service for signing in answers, by the first letter. k: its keys, m: what it says of
 * itself, t and T: tokens with status 200 and 400, u: what it tells of somebody, i: an ID token,
 * which must not be accepted; s: header, a line break and claims, which are signed; c: claims under
 * the right header. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data + 1, size - 1) : NULL;

  if (text == NULL)
    return 0;
  if (keys == NULL)
    set_up ();
  switch (data[0]) {
  case 's':
  case 'c':
    try_signed (text, data[0] == 's');
    break;
  case 'i':
    try_token (text, FALSE);
    break;
  case 'u':
    try_userinfo (text, strlen (text));
    break;
  default:
    try_answers (data[0], text, strlen (text));
  }
  return 0;
}
