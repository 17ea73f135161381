#include "http/coord-cursor.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "base/ent-secret.h"

#define SEAL_SIZE 16

static void
calculate (const CoordSecrets *secrets, const char *scope, const char *place, guint8 *seal)
{
  g_autofree char *text = g_strconcat ("cursor\n", scope, "\n", place, NULL);
  guint8 digest[32];

  if (gnutls_hmac_fast (GNUTLS_MAC_SHA256, secrets->refresh_key, sizeof secrets->refresh_key, text,
        strlen (text), digest) != 0)
    g_error ("No HMAC-SHA-256");
  memcpy (seal, digest, SEAL_SIZE);
}

char *
coord_cursor_seal (const CoordSecrets *secrets, const char *scope, const char *place)
{
  gsize size = strlen (place);
  g_autofree guint8 *bytes = g_malloc (SEAL_SIZE + size);

  calculate (secrets, scope, place, bytes);
  memcpy (bytes + SEAL_SIZE, place, size);
  return ent_secret_base64url (bytes, SEAL_SIZE + size);
}

char *
coord_cursor_open (const CoordSecrets *secrets, const char *scope, const char *cursor)
{
  g_autoptr (GBytes) bytes = ent_secret_from_base64url (cursor);
  g_autofree char *place = NULL;
  g_autofree char *proper = NULL;
  const guint8 *data;
  gsize size;

  if (bytes == NULL || g_bytes_get_size (bytes) <= SEAL_SIZE)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  place = g_strndup ((const char *) data + SEAL_SIZE, size - SEAL_SIZE);
  /* One spelling only: sealed again it must be the same text. */
  proper = coord_cursor_seal (secrets, scope, place);
  return ent_secret_equal (proper, cursor) ? g_steal_pointer (&place) : NULL;
}
