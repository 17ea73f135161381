#include "base/ent-secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

void
ent_secret_fill_random (void *data, gsize size)
{
  guint8 *at = data;

  while (size > 0) {
    gssize n = getrandom (at, size, 0);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      g_error ("The kernel gives no random bytes: %s", g_strerror (errno));
    at += n;
    size -= n;
  }
}

char *
ent_secret_base64url (const void *data, gsize size)
{
  char *text = g_base64_encode (data, size);
  char *end;

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  end = strchr (text, '=');
  if (end != NULL)
    *end = '\0';
  return text;
}

GBytes *
ent_secret_from_base64url (const char *text)
{
  gsize length = strlen (text), size;
  g_autofree char *padded = NULL;
  guchar *data;

  if (length % 4 == 1)
    return NULL;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return NULL;
  padded = g_strconcat (text, length % 4 == 2 ? "==" : length % 4 == 3 ? "=" : "", NULL);
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  data = g_base64_decode (padded, &size);
  return g_bytes_new_take (data, size);
}

char *
ent_secret_new_token (void)
{
  guint8 bytes[32];
  char *token;

  ent_secret_fill_random (bytes, sizeof bytes);
  token = ent_secret_base64url (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  return token;
}

char *
ent_secret_hash (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

gboolean
ent_secret_equal (const char *a, const char *b)
{
  gsize n = strlen (a);
  volatile guint8 difference = 0;

  if (n != strlen (b))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    difference |= (guint8) a[i] ^ (guint8) b[i];
  return difference == 0;
}

void
ent_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
