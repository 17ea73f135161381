#include "base/ent-id.h"

#include <string.h>

#include "base/ent-secret.h"

static GMutex lock;
static guint64 last_stamp; /* milliseconds << 12 | counter; only grows */

/* Every request gets one, and printf() is slow. */
static char *
write_id (const guint8 *bytes)
{
  static const char digits[] = "0123456789abcdef";
  char *id = g_malloc (ENT_ID_LENGTH + 1), *at = id;

  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      *at++ = '-';
    *at++ = digits[bytes[i] >> 4];
    *at++ = digits[bytes[i] & 0xf];
  }
  *at = '\0';
  return id;
}

char *
ent_id_new (void)
{
  guint8 b[16];
  guint64 now = (guint64) (g_get_real_time () / 1000) << 12;

  ent_secret_fill_random (b, sizeof b);
  g_mutex_lock (&lock);
  last_stamp = MAX (now, last_stamp + 1);
  now = last_stamp;
  g_mutex_unlock (&lock);

  for (int i = 0; i < 6; i++)
    b[i] = now >> (52 - 8 * i);
  b[6] = 0x70 | ((now >> 8) & 0x0f);
  b[7] = now & 0xff;
  b[8] = 0x80 | (b[8] & 0x3f);
  return write_id (b);
}

gboolean
ent_id_is_valid (const char *text)
{
  if (text == NULL || strlen (text) != ENT_ID_LENGTH)
    return FALSE;
  for (int i = 0; i < ENT_ID_LENGTH; i++) {
    gboolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    char c = text[i];

    if (hyphen ? c != '-' : !(g_ascii_isdigit (c) || (c >= 'a' && c <= 'f')))
      return FALSE;
  }
  return TRUE;
}
