#include "outgoing/coord-jwks.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "base/ent-secret.h"
#include "protocol/ent-codec.h"

#define MAX_KEYS 64
#define MAX_TRIES 8 /* of keys that have no name */
#define MIN_RSA_BYTES 256
#define MAX_RSA_BYTES 1024
#define MAX_EXPONENT_BYTES 4 /* a long one costs as much as signing does */
#define EC_BYTES 32

G_DEFINE_QUARK (coord_provider_error, coord_provider_error)

typedef struct {
  char *kty;
  char *kid;
  char *use;
  char *alg;
  char *crv;
  char *n;
  char *e;
  char *x;
  char *y;
} Jwk;
ENT_STRUCT_DECLARE (Jwk, jwk)

static const EntField jwk_fields[] = {
  ENT_FIELD (Jwk, kty, ENT_FIELD_STRING, ENT_REQUIRED, 16),
  ENT_FIELD (Jwk, kid, ENT_FIELD_STRING, ENT_OPTIONAL, 255),
  ENT_FIELD (Jwk, use, ENT_FIELD_STRING, ENT_OPTIONAL, 16),
  ENT_FIELD (Jwk, alg, ENT_FIELD_STRING, ENT_OPTIONAL, 32),
  ENT_FIELD (Jwk, crv, ENT_FIELD_STRING, ENT_OPTIONAL, 32),
  ENT_FIELD (Jwk, n, ENT_FIELD_STRING, ENT_OPTIONAL, 4096),
  ENT_FIELD (Jwk, e, ENT_FIELD_STRING, ENT_OPTIONAL, 64),
  ENT_FIELD (Jwk, x, ENT_FIELD_STRING, ENT_OPTIONAL, 4096),
  ENT_FIELD (Jwk, y, ENT_FIELD_STRING, ENT_OPTIONAL, 4096),
};
ENT_STRUCT_DEFINE (Jwk, jwk)

typedef struct {
  GPtrArray *keys;
} JwkSet;
ENT_STRUCT_DECLARE (JwkSet, jwk_set)

static const EntField jwk_set_fields[] = {
  ENT_FIELD_STRUCT_OF (JwkSet, keys, ENT_FIELD_LIST, ENT_REQUIRED, MAX_KEYS, &jwk_struct),
};
ENT_STRUCT_DEFINE (JwkSet, jwk_set)

typedef struct {
  const char *alg; /* one of those below */
  char *kid; /* NULL: none */
  gnutls_pubkey_t key;
} Key;

struct _CoordJwks {
  GPtrArray *keys; /* Key */
};

static void
key_free (gpointer data)
{
  Key *key = data;

  gnutls_pubkey_deinit (key->key);
  g_free (key->kid);
  g_free (key);
}

/* One number of a key, without zeros before it; NULL when it is missing or of another size. */
static GBytes *
read_number (const char *text, gsize least, gsize most)
{
  g_autoptr (GBytes) bytes = text != NULL ? ent_secret_from_base64url (text) : NULL;
  const guint8 *data;
  gsize size, zeros = 0;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  while (zeros < size && data[zeros] == 0)
    zeros++;
  if (size - zeros < least || size - zeros > most)
    return NULL;
  return g_bytes_new_from_bytes (bytes, zeros, size - zeros);
}

/* A coordinate has a fixed size, zeros and all. */
static GBytes *
read_coordinate (const char *text)
{
  g_autoptr (GBytes) bytes = text != NULL ? ent_secret_from_base64url (text) : NULL;

  return bytes != NULL && g_bytes_get_size (bytes) == EC_BYTES ? g_steal_pointer (&bytes) : NULL;
}

static gnutls_datum_t
lend (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return (gnutls_datum_t){ (guint8 *) data, size };
}

static gboolean
import_rsa (const Jwk *jwk, gnutls_pubkey_t key)
{
  g_autoptr (GBytes) n = read_number (jwk->n, MIN_RSA_BYTES, MAX_RSA_BYTES);
  g_autoptr (GBytes) e = read_number (jwk->e, 1, MAX_EXPONENT_BYTES);
  gnutls_datum_t modulus, exponent;

  if (n == NULL || e == NULL)
    return FALSE;
  modulus = lend (n);
  exponent = lend (e);
  return (exponent.data[exponent.size - 1] & 1) != 0 && (modulus.data[modulus.size - 1] & 1) != 0 &&
         (exponent.size > 1 || exponent.data[0] > 1) &&
         gnutls_pubkey_import_rsa_raw (key, &modulus, &exponent) == 0;
}

static gboolean
import_p256 (const Jwk *jwk, gnutls_pubkey_t key)
{
  g_autoptr (GBytes) x = read_coordinate (jwk->x);
  g_autoptr (GBytes) y = read_coordinate (jwk->y);
  gnutls_datum_t first, second;

  if (x == NULL || y == NULL || g_strcmp0 (jwk->crv, "P-256") != 0)
    return FALSE;
  first = lend (x);
  second = lend (y);
  return gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_SECP256R1, &first, &second) == 0;
}

static gboolean
import_ed25519 (const Jwk *jwk, gnutls_pubkey_t key)
{
  g_autoptr (GBytes) x = read_coordinate (jwk->x);
  gnutls_datum_t point;

  if (x == NULL || g_strcmp0 (jwk->crv, "Ed25519") != 0)
    return FALSE;
  point = lend (x);
  return gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_ED25519, &point, NULL) == 0;
}

static const struct {
  const char *alg;
  const char *kty;
  gboolean (*import) (const Jwk *jwk, gnutls_pubkey_t key);
  gnutls_sign_algorithm_t sign;
} kinds[] = {
  { "RS256", "RSA", import_rsa, GNUTLS_SIGN_RSA_SHA256 },
  { "ES256", "EC", import_p256, GNUTLS_SIGN_ECDSA_SHA256 },
  { "EdDSA", "OKP", import_ed25519, GNUTLS_SIGN_EDDSA_ED25519 },
};

/* NULL for a key that is not for us, or none at all. */
static Key *
import_key (const Jwk *jwk)
{
  guint kind = 0;
  Key *key;

  while (kind < G_N_ELEMENTS (kinds) && strcmp (jwk->kty, kinds[kind].kty) != 0)
    kind++;
  if (kind == G_N_ELEMENTS (kinds) || (jwk->use != NULL && strcmp (jwk->use, "sig") != 0) ||
      (jwk->alg != NULL && strcmp (jwk->alg, kinds[kind].alg) != 0))
    return NULL;
  key = g_new0 (Key, 1);
  key->alg = kinds[kind].alg;
  key->kid = g_strdup (jwk->kid);
  if (gnutls_pubkey_init (&key->key) != 0)
    g_error ("Out of memory");
  if (kinds[kind].import (jwk, key->key))
    return key;
  key_free (key);
  return NULL;
}

CoordJwks *
coord_jwks_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (JwkSet) set = NULL;
  CoordJwks *jwks;

  if (size > 0 && size <= COORD_JWKS_MAX_BYTES)
    set = ent_codec_decode (&jwk_set_struct, text, size, ENT_UNKNOWN_IGNORED, &fault);
  if (set == NULL) {
    g_set_error (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_BROKEN,
      "its keys cannot be read (%s)", fault != NULL ? fault->message : "their size");
    return NULL;
  }
  jwks = g_new0 (CoordJwks, 1);
  jwks->keys = g_ptr_array_new_with_free_func (key_free);
  for (guint i = 0; i < set->keys->len; i++) {
    Key *key = import_key (set->keys->pdata[i]);

    if (key != NULL)
      g_ptr_array_add (jwks->keys, key);
  }
  return jwks;
}

void
coord_jwks_free (CoordJwks *jwks)
{
  g_ptr_array_unref (jwks->keys);
  g_free (jwks);
}

guint
coord_jwks_count (const CoordJwks *jwks)
{
  return jwks->keys->len;
}

/* ES256 as JWS has it is two numbers of 32 bytes; GnuTLS wants them in DER. */
static gboolean
verify_p256 (gnutls_pubkey_t key, const gnutls_datum_t *text, const gnutls_datum_t *signature)
{
  gnutls_datum_t r = { signature->data, EC_BYTES }, s = { signature->data + EC_BYTES, EC_BYTES };
  gnutls_datum_t der = { NULL, 0 };
  gboolean is_right;

  if (signature->size != 2 * EC_BYTES || gnutls_encode_rs_value (&der, &r, &s) != 0)
    return FALSE;
  is_right = gnutls_pubkey_verify_data2 (key, GNUTLS_SIGN_ECDSA_SHA256, 0, text, &der) >= 0;
  gnutls_free (der.data);
  return is_right;
}

static gboolean
verify_with (const Key *key, const gnutls_datum_t *text, const gnutls_datum_t *signature)
{
  guint kind = 0;

  while (strcmp (kinds[kind].alg, key->alg) != 0)
    kind++;
  if (kinds[kind].sign == GNUTLS_SIGN_ECDSA_SHA256)
    return verify_p256 (key->key, text, signature);
  return gnutls_pubkey_verify_data2 (key->key, kinds[kind].sign, 0, text, signature) >= 0;
}

gboolean
coord_jwks_verify (const CoordJwks *jwks,
  const char *alg,
  const char *kid,
  const char *text,
  gsize size,
  GBytes *signature,
  GError **error)
{
  const gnutls_datum_t signed_text = { (guint8 *) text, size }, sign = lend (signature);
  guint n_tries = 0;

  for (guint i = 0; i < jwks->keys->len && n_tries < MAX_TRIES; i++) {
    const Key *key = jwks->keys->pdata[i];

    if (strcmp (key->alg, alg) != 0 || (kid != NULL && g_strcmp0 (key->kid, kid) != 0))
      continue;
    n_tries++;
    if (verify_with (key, &signed_text, &sign))
      return TRUE;
  }
  g_set_error_literal (error, COORD_PROVIDER_ERROR,
    n_tries == 0 ? COORD_PROVIDER_ERROR_UNKNOWN_KEY : COORD_PROVIDER_ERROR_REFUSED,
    n_tries == 0 ? "its ID token is signed with a key that it does not publish"
                 : "the signature of its ID token is wrong");
  return FALSE;
}
