#include "service/coord-seal.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "base/ent-secret.h"

#define NONCE_BYTES 12
#define TAG_BYTES 16
#define KEY_BYTES 32

typedef struct {
  gnutls_aead_cipher_hd_t cipher;
  char *context; /* what is bound to the text */
} Sealer;

static void
sealer_open (Sealer *sealer, const CoordSecrets *secrets, const char *purpose, const char *owner)
{
  g_autofree char *label = g_strconcat ("seal:", purpose, NULL);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secrets->refresh_key, sizeof secrets->refresh_key);
  guint8 key[KEY_BYTES];
  gsize size = sizeof key;
  gnutls_datum_t datum = { key, sizeof key };

  g_hmac_update (hmac, (const guchar *) label, -1);
  g_hmac_get_digest (hmac, key, &size);
  g_hmac_unref (hmac);
  if (gnutls_aead_cipher_init (&sealer->cipher, GNUTLS_CIPHER_AES_256_GCM, &datum) != 0)
    g_error ("AES-256-GCM is not there");
  explicit_bzero (key, sizeof key);
  sealer->context = g_strconcat (purpose, ":", owner, NULL);
}

static void
sealer_close (Sealer *sealer)
{
  gnutls_aead_cipher_deinit (sealer->cipher);
  g_free (sealer->context);
}

GBytes *
coord_seal_close (const CoordSecrets *secrets,
  const char *purpose,
  const char *owner,
  gconstpointer data,
  gsize size)
{
  gsize room = size + TAG_BYTES;
  guint8 *sealed = g_malloc (NONCE_BYTES + room);
  Sealer sealer;
  int result;

  ent_secret_fill_random (sealed, NONCE_BYTES);
  sealer_open (&sealer, secrets, purpose, owner);
  result = gnutls_aead_cipher_encrypt (sealer.cipher, sealed, NONCE_BYTES, sealer.context,
    strlen (sealer.context), TAG_BYTES, data, size, sealed + NONCE_BYTES, &room);
  sealer_close (&sealer);
  if (result != 0)
    g_error ("AES-256-GCM: %s", gnutls_strerror (result));
  return g_bytes_new_take (sealed, NONCE_BYTES + room);
}

GBytes *
coord_seal_open (const CoordSecrets *secrets,
  const char *purpose,
  const char *owner,
  GBytes *sealed)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);
  g_autofree guint8 *plain = NULL;
  gsize room;
  Sealer sealer;
  int result;

  if (size < NONCE_BYTES + TAG_BYTES)
    return NULL;
  room = size - NONCE_BYTES;
  plain = g_malloc (room);
  sealer_open (&sealer, secrets, purpose, owner);
  result = gnutls_aead_cipher_decrypt (sealer.cipher, data, NONCE_BYTES, sealer.context,
    strlen (sealer.context), TAG_BYTES, data + NONCE_BYTES, size - NONCE_BYTES, plain, &room);
  sealer_close (&sealer);
  return result == 0 ? g_bytes_new_take (g_steal_pointer (&plain), room) : NULL;
}
