#include <jwt.h>
#include <stdint.h>
#include <string.h>

#include "base/ent-secret.h"
#include "service/coord-token.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

/* The claims that a token of ours may be accepted with. */
static void
expect_sound (const CoordCaller *caller)
{
  g_assert_nonnull (caller->user_id);
  g_assert_nonnull (caller->family_id);
  g_assert_cmpuint (strlen (caller->user_id), <=, 64);
  g_assert_cmpuint (strlen (caller->family_id), <=, 64);
}

/* A header and claims as they came, with a signature that is right: what is behind it. */
static char *
sign (const CoordSecrets *secrets, const char *header, const char *claims)
{
  g_autofree char *head = ent_secret_base64url (header, strlen (header));
  g_autofree char *body = ent_secret_base64url (claims, strlen (claims));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secrets->signing_key, sizeof secrets->signing_key);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *signature = NULL;

  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
  signature = ent_secret_base64url (digest, sizeof digest);
  return g_strconcat (text, ".", signature, NULL);
}

/* First letter t: a token, which must not be accepted, as nobody knows the key. h: header, a line
 * break and claims, which are signed; c: claims under the right header. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static CoordSecrets *secrets;
  g_autofree char *text = size > 1 ? g_strndup ((const char *) data + 1, size - 1) : NULL;
  g_autofree char *token = NULL;
  g_autoptr (CoordCaller) caller = NULL;
  g_autoptr (GError) error = NULL;
  char *rest;

  if (text == NULL)
    return 0;
  if (secrets == NULL)
    secrets = coord_secrets_new ();
  switch (data[0]) {
  case 'h':
    rest = strchr (text, '\n');
    if (rest != NULL)
      *rest++ = '\0';
    token = sign (secrets, text, rest != NULL ? rest : "");
    break;
  case 'c':
    token = sign (secrets, "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"test\"}", text);
    break;
  default:
    token = g_steal_pointer (&text);
  }
  caller = coord_token_verify (secrets, token, NOW_US, &error);
  g_assert_true ((caller == NULL) == (error != NULL));
  g_assert_true (caller == NULL || data[0] == 'h' || data[0] == 'c');
  if (caller != NULL)
    expect_sound (caller);
  return 0;
}
