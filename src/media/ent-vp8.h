#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first bytes of a VP8 frame (RFC 6386, section 9.1), read before a decoder is. */
#define ENT_VP8_HEAD_BYTES 10

/* Whether a frame stands for itself (a key frame); head has at least one byte. */
gboolean ent_vp8_is_key_frame (const guint8 *head, gsize size);

/* The size of the picture that a key frame describes; FALSE for other frames and for what is not
 * VP8. */
gboolean ent_vp8_get_size (const guint8 *head, gsize size, guint *width, guint *height);

G_END_DECLS
