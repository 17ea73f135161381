#include <jwt.h>
#include <stdlib.h>
#include <string.h>

#include "base/ent-secret.h"
#include "service/coord-token.h"
#include "store/coord-error.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

static const CoordCaller caller = { .user_id = (char *) "user",
  .family_id = (char *) "family",
  .credential_version = 7 };

static void
assert_refused (const CoordSecrets *secrets, const char *token)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (coord_token_verify (secrets, token, NOW_US, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN);
}

static void
test_round_trip (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  g_autofree char *token = coord_token_sign (secrets, &caller, NOW_US);
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordCaller) got = coord_token_verify (secrets, token, NOW_US, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (got->user_id, ==, "user");
  g_assert_cmpstr (got->family_id, ==, "family");
  g_assert_cmpint (got->credential_version, ==, 7);
  g_assert_cmpint (got->expires_at_us, ==, NOW_US + COORD_ACCESS_SECONDS * (gint64) G_USEC_PER_SEC);
}

static void
test_time (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  g_autofree char *token = coord_token_sign (secrets, &caller, NOW_US);
  gint64 life_us = (gint64) COORD_ACCESS_SECONDS * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordCaller) got = NULL;

  got = coord_token_verify (secrets, token, NOW_US + life_us - G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  g_assert_null (coord_token_verify (secrets, token, NOW_US + life_us, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_TOKEN_EXPIRED);
  g_clear_error (&error);
  g_assert_null (coord_token_verify (secrets, token, NOW_US - 61 * G_USEC_PER_SEC, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN);
}

/* A token with this header and this payload, signed with the right key by HMAC-SHA-256 whatever the
 * header says. */
static char *
forge (const CoordSecrets *secrets, const char *header, const char *payload)
{
  g_autofree char *head = ent_secret_base64url (header, strlen (header));
  g_autofree char *body = ent_secret_base64url (payload, strlen (payload));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  g_autofree char *signature = NULL;
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secrets->signing_key, 32);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  signature = ent_secret_base64url (digest, sizeof digest);
  return g_strconcat (text, ".", signature, NULL);
}

#define PAYLOAD \
  "{\"iss\":\"entrevue\",\"aud\":\"entrevue-api\",\"sub\":\"user\",\"sid\":\"family\"," \
  "\"jti\":\"j\",\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000900,\"ver\":7}"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"test\"}"

static void
test_headers (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  g_autofree char *right = forge (secrets, HEADER, PAYLOAD);
  g_autoptr (CoordCaller) got = coord_token_verify (secrets, right, NOW_US, NULL);
  const char *headers[] = {
    "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"test\"}",
    "{\"alg\":\"None\",\"typ\":\"JWT\",\"kid\":\"test\"}",
    "{\"alg\":\"hs256\",\"typ\":\"JWT\",\"kid\":\"test\"}",
    "{\"alg\":\"HS384\",\"typ\":\"JWT\",\"kid\":\"test\"}",
    "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"test\"}",
    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"test\"}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"other\"}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../dev/null\"}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
    "{\"alg\":\"HS256\",\"kid\":\"test\"}",
    "{\"typ\":\"JWT\",\"kid\":\"test\"}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"test\",\"crit\":[\"x\"]}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"test\",\"jwk\":{}}",
    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"test\",\"jku\":\"http://x\"}",
    "{\"alg\":[\"HS256\"],\"typ\":\"JWT\",\"kid\":\"test\"}",
    "[]",
    "",
  };

  g_assert_nonnull (got);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *token = forge (secrets, headers[i], PAYLOAD);

    assert_refused (secrets, token);
  }
}

static void
test_claims (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  const struct {
    const char *from, *to;
  } changes[] = {
    { "\"entrevue\"", "\"somebody\"" },
    { "entrevue-api", "entrevue-room" },
    { "\"sub\":\"user\",", "" },
    { "\"sid\":\"family\",", "" },
    { "\"ver\":7", "\"ver\":\"7\"" },
    { "\"exp\":1800000900", "\"exp\":1e99" },
    { "\"exp\":1800000900,", "" },
    { "\"nbf\":1800000000", "\"nbf\":1800000600" },
    { "}", ",\"admin\":true}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_auto (GStrv) parts = g_strsplit (PAYLOAD, changes[i].from, 2);
    g_autofree char *payload = g_strjoinv (changes[i].to, parts);
    g_autofree char *token = forge (secrets, HEADER, payload);

    assert_refused (secrets, token);
  }
}

/* Cut at every byte, each part left out, each character changed. */
static void
test_damage (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  g_autoptr (CoordSecrets) others = coord_secrets_new ();
  g_autofree char *token = coord_token_sign (secrets, &caller, NOW_US);
  g_auto (GStrv) parts = g_strsplit (token, ".", -1);
  gsize length = strlen (token);

  assert_refused (others, token);
  for (gsize i = 0; i < length; i++) {
    g_autofree char *cut = g_strndup (token, i);
    g_autofree char *changed = g_strdup (token);

    assert_refused (secrets, cut);
    assert_refused (secrets, token + i + 1);
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    assert_refused (secrets, changed);
    changed[i] = '=';
    assert_refused (secrets, changed);
  }
  for (guint i = 0; i < 3; i++) {
    g_autofree char *part = g_steal_pointer (&parts[i]);
    g_autofree char *without = NULL;
    g_autofree char *longer = g_strconcat (token, ".", part, NULL);

    parts[i] = g_strdup ("");
    without = g_strjoinv (".", parts);
    assert_refused (secrets, without);
    assert_refused (secrets, longer);
    g_free (parts[i]);
    parts[i] = g_steal_pointer (&part);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token/round-trip", test_round_trip);
  g_test_add_func ("/token/time", test_time);
  g_test_add_func ("/token/headers", test_headers);
  g_test_add_func ("/token/claims", test_claims);
  g_test_add_func ("/token/damage", test_damage);
  return g_test_run ();
}
