#include "media/ent-vp8.h"

gboolean
ent_vp8_is_key_frame (const guint8 *head, gsize size)
{
  return size > 0 && (head[0] & 1) == 0;
}

/* Three bytes of frame tag, three of start code, then width and height in 14 bits each. */
gboolean
ent_vp8_get_size (const guint8 *head, gsize size, guint *width, guint *height)
{
  if (size < ENT_VP8_HEAD_BYTES || !ent_vp8_is_key_frame (head, size))
    return FALSE;
  if (head[3] != 0x9d || head[4] != 0x01 || head[5] != 0x2a)
    return FALSE;
  *width = (head[6] | head[7] << 8) & 0x3fff;
  *height = (head[8] | head[9] << 8) & 0x3fff;
  return TRUE;
}
