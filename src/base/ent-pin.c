#include "base/ent-pin.h"

#include "base/ent-secret.h"

#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0

/* A part of the certificate; every element is tag, length, content. */
typedef struct {
  const guint8 *at;
  const guint8 *end;
} Part;

/* Takes the next element: its content, and all of it. FALSE when it is none that DER allows, or
 * goes over the end. */
static gboolean
take_element (Part *part, guint8 tag, Part *content, Part *whole)
{
  const guint8 *at = part->at;
  gsize length;

  if (part->end - at < 2 || *at != tag)
    return FALSE;
  whole->at = at++;
  length = *at++;
  if (length > 0x80) {
    guint n = length & 0x7f;

    if (n > 3 || part->end - at < (gssize) n)
      return FALSE;
    for (length = 0; n > 0; n--)
      length = length << 8 | *at++;
  } else if (length == 0x80)
    return FALSE;
  if ((gsize) (part->end - at) < length)
    return FALSE;
  content->at = at;
  content->end = whole->end = part->at = at + length;
  return TRUE;
}

char *
ent_pin_of_certificate (gconstpointer der, gsize size)
{
  const guint8 before_key[] = { TAG_INTEGER, TAG_SEQUENCE, TAG_SEQUENCE, TAG_SEQUENCE,
    TAG_SEQUENCE }; /* serial number, algorithm, issuer, validity, subject */
  Part all = { der, (const guint8 *) der + size }, certificate, body, skipped, key;
  g_autoptr (GChecksum) checksum = NULL;
  guint8 digest[32];
  gsize digest_size = sizeof digest;

  if (!take_element (&all, TAG_SEQUENCE, &certificate, &skipped) ||
      !take_element (&certificate, TAG_SEQUENCE, &body, &skipped))
    return NULL;
  take_element (&body, TAG_VERSION, &skipped, &key); /* absent in version 1 */
  for (guint i = 0; i < G_N_ELEMENTS (before_key); i++)
    if (!take_element (&body, before_key[i], &skipped, &key))
      return NULL;
  if (!take_element (&body, TAG_SEQUENCE, &skipped, &key))
    return NULL;
  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, key.at, key.end - key.at);
  g_checksum_get_digest (checksum, digest, &digest_size);
  return ent_secret_base64url (digest, sizeof digest);
}
