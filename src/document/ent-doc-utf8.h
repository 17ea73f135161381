#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Text as it is kept and sent, UTF-8, in the other two measures: UTF-16 units, which name it, and
 * characters. Private to the library. */

/* Eight bytes at once, the first the lowest. */
static inline guint64
ent_load_word (const guint8 *at)
{
  guint64 word;

  memcpy (&word, at, sizeof word);
  return GUINT64_FROM_LE (word);
}

/* Set in bytes that are not ASCII. */
#define ENT_HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

/* Whether size bytes are UTF-8; counts UTF-16 units and characters. */
gboolean ent_utf8_scan (const char *text, gsize size, guint32 *units, guint32 *chars);

/* Byte offset of a UTF-16 offset. *inside_pair tells that the offset stands within a character
 * outside the BMP, whose start is then returned. chars (may be NULL): characters before it. */
gsize ent_utf8_offset_of_unit (const char *text,
  gsize size,
  guint32 unit,
  guint32 *chars,
  gboolean *inside_pair);

/* Byte offset of the place that many UTF-16 units before the end; chars: characters after it. */
gsize ent_utf8_offset_from_end (const char *text,
  gsize size,
  guint32 units,
  guint32 *chars,
  gboolean *inside_pair);

/* Byte offset of a character; units (may be NULL): UTF-16 units before it. */
gsize ent_utf8_offset_of_char (const char *text, gsize size, guint32 character, guint32 *units);

G_END_DECLS
