#include "document/ent-doc-utf8.h"

/* Whether all bytes are below 0x80. Whole words, the last of them overlapping the one before: most
 * texts are short, and a loop over single bytes would guess its end wrong each time. */
static inline gboolean
is_ascii (const guint8 *text, gsize size)
{
  guint64 bits = 0;
  gsize at = 0;
  guint32 ends[2];

  if (size >= 8) {
    for (; size - at > 8; at += 8)
      bits |= ent_load_word (text + at);
    return !((bits | ent_load_word (text + size - 8)) & ENT_HIGH_BITS);
  }
  if (size >= 4) {
    memcpy (&ends[0], text, 4);
    memcpy (&ends[1], text + size - 4, 4);
    return !((ends[0] | ends[1]) & (guint32) ENT_HIGH_BITS);
  }
  return !size || (text[0] | text[size / 2] | text[size - 1]) < 0x80;
}

gboolean
ent_utf8_scan (const char *text, gsize size, guint32 *units, guint32 *chars)
{
  const guint8 *at = (const guint8 *) text;
  const guint8 *end = at + size;
  gsize n_pairs = 0;
  gsize n_more = 0; /* bytes after the first of a character */

  *units = *chars = size;
  if (is_ascii (at, size))
    return TRUE;
  while (at < end) {
    guint8 lead = *at;

    if (lead < 0x80) {
      while (end - at >= 8 && !(ent_load_word (at) & ENT_HIGH_BITS))
        at += 8;
      while (at < end && *at < 0x80)
        at++;
    } else if (lead >= 0xc2 && lead <= 0xdf && end - at >= 2 && (at[1] & 0xc0) == 0x80) {
      at += 2;
      n_more++;
    } else if ((lead & 0xf0) == 0xe0 && end - at >= 3 && (at[1] & 0xc0) == 0x80 &&
               (at[2] & 0xc0) == 0x80 && !(lead == 0xe0 && at[1] < 0xa0) &&
               !(lead == 0xed && at[1] >= 0xa0)) {
      at += 3;
      n_more += 2;
    } else if (lead >= 0xf0 && lead <= 0xf4 && end - at >= 4 && (at[1] & 0xc0) == 0x80 &&
               (at[2] & 0xc0) == 0x80 && (at[3] & 0xc0) == 0x80 &&
               !(lead == 0xf0 && at[1] < 0x90) && !(lead == 0xf4 && at[1] >= 0x90)) {
      at += 4;
      n_more += 3;
      n_pairs++;
    } else {
      return FALSE;
    }
  }
  *chars = size - n_more;
  *units = *chars + n_pairs;
  return TRUE;
}

static gsize
char_size (guint8 lead)
{
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

gsize
ent_utf8_offset_of_unit (const char *text,
  gsize size,
  guint32 unit,
  guint32 *chars,
  gboolean *inside_pair)
{
  const guint8 *data = (const guint8 *) text;
  gsize at = 0;
  guint32 units = 0;
  guint32 n_chars = 0;

  *inside_pair = FALSE;
  while (at < size && units < unit) {
    gsize step = char_size (data[at]);

    if (step == 4 && units + 1 == unit) {
      *inside_pair = TRUE;
      break;
    }
    units += step == 4 ? 2 : 1;
    n_chars++;
    at += step;
  }
  if (chars)
    *chars = n_chars;
  return at;
}

gsize
ent_utf8_offset_from_end (const char *text,
  gsize size,
  guint32 units,
  guint32 *chars,
  gboolean *inside_pair)
{
  gsize at = size;
  guint32 n_units = 0;
  guint32 n_chars = 0;

  while (at > 0 && n_units < units) {
    do
      at--;
    while (at > 0 && (text[at] & 0xc0) == 0x80);
    n_units += ((guint8) text[at] & 0xf8) == 0xf0 ? 2 : 1;
    n_chars++;
  }
  *chars = n_chars;
  *inside_pair = n_units > units;
  return at;
}

gsize
ent_utf8_offset_of_char (const char *text, gsize size, guint32 character, guint32 *units)
{
  const guint8 *data = (const guint8 *) text;
  gsize at = 0;
  guint32 n_units = 0;

  for (guint32 i = 0; i < character && at < size; i++) {
    gsize step = char_size (data[at]);

    n_units += step == 4 ? 2 : 1;
    at += step;
  }
  if (units)
    *units = n_units;
  return at;
}
