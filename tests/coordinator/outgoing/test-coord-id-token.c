#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/ent-secret.h"
#include "outgoing/coord-id-token.h"
#include "outgoing/coord-oidc-metadata.h"

#define NOW_S G_GINT64_CONSTANT (1800000000)
#define CLAIMS \
  "{\"iss\":\"https://login.example.org\",\"aud\":\"me\",\"sub\":\"ada\",\"nonce\":\"n\"," \
  "\"iat\":1800000000,\"exp\":1800000300,\"email\":\"ada@example.org\",\"email_verified\":true}"

static const CoordIdExpected expected = { "https://login.example.org", "me", "n", NOW_S };

/* A key of each kind that is taken, with the set that publishes them all. */
typedef struct {
  gnutls_privkey_t rsa, p256, ed25519;
  CoordJwks *jwks;
} Fixture;

static gnutls_privkey_t
make_key (gnutls_pk_algorithm_t kind, guint bits)
{
  gnutls_privkey_t key;

  g_assert_cmpint (gnutls_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_privkey_generate (key, kind, bits, 0), ==, 0);
  return key;
}

static char *
encode (gnutls_datum_t *datum)
{
  char *text = ent_secret_base64url (datum->data, datum->size);

  gnutls_free (datum->data);
  return text;
}

/* As a set of keys has it: 32 bytes, whether the number has a zero before it or begins with some,
 * which one of 128 keys does. */
static char *
encode_coordinate (gnutls_datum_t *datum)
{
  guint8 raw[32] = { 0 };
  gsize size = MIN (datum->size, sizeof raw);

  memcpy (raw + sizeof raw - size, datum->data + datum->size - size, size);
  gnutls_free (datum->data);
  return ent_secret_base64url (raw, sizeof raw);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const guint flags = GNUTLS_EXPORT_FLAG_NO_LZ;
  gnutls_datum_t n, e, x, y, point;
  gnutls_ecc_curve_t curve;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  g_autofree char *texts[5] = { NULL };

  fixture->rsa = make_key (GNUTLS_PK_RSA, 2048);
  fixture->p256 = make_key (GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1));
  fixture->ed25519 =
    make_key (GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519));
  gnutls_privkey_export_rsa_raw2 (fixture->rsa, &n, &e, NULL, NULL, NULL, NULL, NULL, NULL, flags);
  gnutls_privkey_export_ecc_raw2 (fixture->p256, &curve, &x, &y, NULL, 0);
  gnutls_privkey_export_ecc_raw2 (fixture->ed25519, &curve, &point, NULL, NULL, 0);
  texts[0] = encode (&n);
  texts[1] = encode (&e);
  texts[2] = encode_coordinate (&x);
  texts[3] = encode_coordinate (&y);
  texts[4] = encode (&point);
  json = g_strdup_printf ("{\"keys\":["
                          "{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"%s\",\"e\":\"%s\"},"
                          "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"},"
                          "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"o\",\"x\":\"%s\"},"
                          "{\"kty\":\"oct\",\"kid\":\"secret\"},"
                          "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AA\",\"y\":\"AA\"}]}",
    texts[0], texts[1], texts[2], texts[3], texts[4]);
  fixture->jwks = coord_jwks_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (coord_jwks_count (fixture->jwks), ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (&texts[i], g_free);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_jwks_free (fixture->jwks);
  gnutls_privkey_deinit (fixture->rsa);
  gnutls_privkey_deinit (fixture->p256);
  gnutls_privkey_deinit (fixture->ed25519);
}

static char *
sign (gnutls_privkey_t key,
  gnutls_sign_algorithm_t algorithm,
  const char *header,
  const char *claims)
{
  g_autofree char *head = ent_secret_base64url (header, strlen (header));
  g_autofree char *body = ent_secret_base64url (claims, strlen (claims));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  g_autofree char *signature = NULL;
  gnutls_datum_t data = { (guchar *) text, strlen (text) }, made, r, s;

  g_assert_cmpint (gnutls_privkey_sign_data2 (key, algorithm, 0, &data, &made), ==, 0);
  if (algorithm == GNUTLS_SIGN_ECDSA_SHA256) {
    guint8 raw[64] = { 0 };

    g_assert_cmpint (gnutls_decode_rs_value (&made, &r, &s), ==, 0);
    memcpy (
      raw + 32 - MIN (r.size, 32), r.data + (r.size > 32 ? r.size - 32 : 0), MIN (r.size, 32));
    memcpy (
      raw + 64 - MIN (s.size, 32), s.data + (s.size > 32 ? s.size - 32 : 0), MIN (s.size, 32));
    gnutls_free (r.data);
    gnutls_free (s.data);
    signature = ent_secret_base64url (raw, sizeof raw);
  } else
    signature = ent_secret_base64url (made.data, made.size);
  gnutls_free (made.data);
  return g_strconcat (text, ".", signature, NULL);
}

static char *
sign_rsa (Fixture *fixture, const char *claims)
{
  return sign (fixture->rsa, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\",\"kid\":\"r\"}", claims);
}

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  /* ES256 often, as its numbers are short now and then. */
  for (guint i = 0; i < 40; i++) {
    g_autofree char *token =
      i == 0   ? sign_rsa (fixture, CLAIMS)
      : i == 1 ? sign (fixture->ed25519, GNUTLS_SIGN_EDDSA_ED25519, "{\"alg\":\"EdDSA\"}", CLAIMS)
               : sign (fixture->p256, GNUTLS_SIGN_ECDSA_SHA256, "{\"alg\":\"ES256\"}", CLAIMS);
    g_autoptr (GError) error = NULL;
    g_autoptr (CoordIdClaims) claims =
      coord_id_token_read (token, fixture->jwks, &expected, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (claims->subject, ==, "ada");
    g_assert_cmpstr (claims->email, ==, "ada@example.org");
    g_assert_true (claims->is_email_verified);
  }
}

/* Every character of a good token, changed in every bit that base64url has. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  g_autofree char *token =
    sign (fixture->ed25519, GNUTLS_SIGN_EDDSA_ED25519, "{\"alg\":\"EdDSA\",\"kid\":\"o\"}", CLAIMS);
  guint n_tried = 0;

  for (char *c = token; *c != '\0'; c++)
    for (guint bit = 0; bit < 6; bit++) {
      char before = *c;
      const char *place = before != '.' ? strchr (alphabet, before) : NULL;
      g_autoptr (GError) error = NULL;

      *c = place != NULL ? alphabet[(place - alphabet) ^ (1 << bit)] : "AB-_.="[bit];
      if (*c != before) {
        g_assert_null (coord_id_token_read (token, fixture->jwks, &expected, &error));
        g_assert_cmpint (error->domain, ==, COORD_PROVIDER_ERROR);
        n_tried++;
      }
      *c = before;
    }
  g_assert_cmpuint (n_tried, >, 1500);
}

static void
test_parts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_rsa (fixture, CLAIMS);
  g_autofree char *longer = g_strconcat (token, ".", NULL);
  g_autofree char *padded = g_strconcat (token, "==", NULL);
  g_autofree char *huge = g_strnfill (COORD_ID_TOKEN_MAX_BYTES + 1, 'A');
  const char *const wrong[] = { "", ".", "..", "...", "a.b.c", longer, padded, huge };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (coord_id_token_read (wrong[i], fixture->jwks, &expected, &error));
    g_assert_error (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_REFUSED);
  }
  for (gsize length = 0; length < strlen (token); length += 3) {
    g_autofree char *cut = g_strndup (token, length);

    g_assert_null (coord_id_token_read (cut, fixture->jwks, &expected, NULL));
  }
}

static void
test_clocks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_rsa (fixture, CLAIMS);
  const struct {
    gint64 after_s;
    gboolean is_good;
  } cases[] = { { -61, FALSE }, { -60, TRUE }, { 0, TRUE }, { 359, TRUE }, { 360, FALSE },
    { G_GINT64_CONSTANT (1) << 40, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CoordIdExpected now = expected;
    g_autoptr (CoordIdClaims) claims = NULL;

    now.now_s += cases[i].after_s;
    claims = coord_id_token_read (token, fixture->jwks, &now, NULL);
    g_assert_cmpint (claims != NULL, ==, cases[i].is_good);
  }
}

static void
test_merge (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text, *email;
    gboolean is_verified;
  } cases[] = {
    { "{\"sub\":\"ada\",\"email\":\"a@b.c\",\"email_verified\":true}", "a@b.c", TRUE },
    { "{\"sub\":\"ada\",\"email\":\"a@b.c\",\"email_verified\":\"true\"}", "a@b.c", TRUE },
    { "{\"sub\":\"ada\",\"email\":\"a@b.c\",\"email_verified\":\"TRUE\"}", "a@b.c", FALSE },
    { "{\"sub\":\"ada\",\"email\":\"a@b.c\",\"email_verified\":1}", "a@b.c", FALSE },
    { "{\"sub\":\"ada\",\"email\":\"a@b.c\"}", "a@b.c", FALSE },
    { "{\"sub\":\"ada\",\"email\":\"\",\"email_verified\":true}", NULL, FALSE },
    { "{\"sub\":\"ada\"}", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (CoordIdClaims) claims = g_new0 (CoordIdClaims, 1);
    g_autoptr (GError) error = NULL;

    claims->subject = g_strdup ("ada");
    coord_id_claims_merge (claims, cases[i].text, strlen (cases[i].text), &error);
    g_assert_no_error (error);
    g_assert_cmpstr (claims->email, ==, cases[i].email);
    g_assert_cmpint (claims->is_email_verified, ==, cases[i].is_verified);
  }
}

/* Keys that would cost time or protect nothing are passed over. */
static void
test_weak_keys (void)
{
  g_autofree char *modulus = g_strnfill (2730, 'B'); /* 2047 bytes */
  g_autofree char *short_modulus = g_strnfill (171, '_');
  g_autofree char *good_modulus = g_strnfill (342, '_');
  g_autofree char *long_exponent = g_strnfill (60, '_');
  const struct {
    const char *n, *e;
  } cases[] = { { modulus, "AQAB" }, { short_modulus, "AQAB" }, { good_modulus, "AQ" },
    { good_modulus, "AQAA" }, { good_modulus, "" }, { good_modulus, long_exponent }, { "", "AQAB" },
    { "=", "AQAB" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *json = g_strdup_printf (
      "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}]}", cases[i].n, cases[i].e);
    g_autoptr (CoordJwks) jwks = coord_jwks_parse (json, strlen (json), NULL);

    g_assert_true (jwks == NULL || coord_jwks_count (jwks) == 0);
  }
}

static void
test_tokens (void)
{
  static const struct {
    const char *text;
    guint status;
    int code; /* -1: good */
  } cases[] = {
    { "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", 200, -1 },
    { "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", 201, COORD_PROVIDER_ERROR_BROKEN },
    { "{\"access_token\":\"a\\r\\nX: y\",\"token_type\":\"Bearer\"}", 200,
      COORD_PROVIDER_ERROR_BROKEN },
    { "{\"access_token\":\"a\"}", 200, COORD_PROVIDER_ERROR_BROKEN },
    { "{\"error\":\"invalid_grant\"}", 200, COORD_PROVIDER_ERROR_REFUSED },
    { "{\"error\":\"invalid_grant\"}", 400, COORD_PROVIDER_ERROR_REFUSED },
    { "", 200, COORD_PROVIDER_ERROR_BROKEN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CoordOidcTokens) tokens =
      coord_oidc_tokens_parse (cases[i].text, strlen (cases[i].text), cases[i].status, &error);

    if (cases[i].code < 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, COORD_PROVIDER_ERROR, cases[i].code);
  }
}

#define ADD(name, func) g_test_add ("/id-token/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kinds-of-signature", test_kinds);
  ADD ("changed-anywhere", test_changed);
  ADD ("parts", test_parts);
  ADD ("clocks", test_clocks);
  ADD ("userinfo", test_merge);
  g_test_add_func ("/jwks/weak-keys", test_weak_keys);
  g_test_add_func ("/oidc/tokens", test_tokens);
  return g_test_run ();
}
