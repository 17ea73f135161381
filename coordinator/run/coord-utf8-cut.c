#include "run/coord-utf8-cut.h"

/* The length of the character that this byte begins; 0 when it begins none. */
static guint
get_length (guint8 byte)
{
  if (byte < 0x80)
    return 1;
  if (byte >= 0xc2 && byte < 0xe0)
    return 2;
  if (byte >= 0xe0 && byte < 0xf0)
    return 3;
  if (byte >= 0xf0 && byte < 0xf5)
    return 4;
  return 0;
}

gsize
coord_utf8_cut (const guint8 *bytes, gsize size)
{
  for (gsize back = 1; back <= 3 && back <= size; back++) {
    guint8 byte = bytes[size - back];

    if ((byte & 0xc0) == 0x80)
      continue;
    return get_length (byte) > back ? size - back : size;
  }
  return size;
}
