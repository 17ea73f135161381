#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many of the first bytes can be passed on without cutting a character: all of them, or those
 * before a character that has begun and not ended. At least 1 when size is over 3; 0 when all of
 * them are the beginning of one character. Bytes that are no UTF-8 are never held back. */
gsize coord_utf8_cut (const guint8 *bytes, gsize size);

G_END_DECLS
