#include "outgoing/coord-address-filter.h"

#include <string.h>

typedef struct {
  guint8 bytes[16];
  guint bits; /* of the prefix */
} Range;

/* IANA's special-purpose addresses, and the groups. */
static const Range ranges_v4[] = {
  { { 0 }, 8 },
  { { 10 }, 8 },
  { { 100, 64 }, 10 },
  { { 127 }, 8 },
  { { 169, 254 }, 16 },
  { { 172, 16 }, 12 },
  { { 192, 0, 0 }, 24 },
  { { 192, 0, 2 }, 24 },
  { { 192, 88, 99 }, 24 },
  { { 192, 168 }, 16 },
  { { 198, 18 }, 15 },
  { { 198, 51, 100 }, 24 },
  { { 203, 0, 113 }, 24 },
  { { 224 }, 3 },
};

/* Of IPv6 only 2000::/3 is public, without these. */
static const Range ranges_v6[] = {
  { { 0x20, 0x01, 0x00 }, 23 }, /* among them Teredo */
  { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
  { { 0x3f, 0xff }, 20 },
};

/* An IPv4 address at an offset of an IPv6 one. */
static const struct {
  Range range;
  guint offset;
} wrappings[] = {
  { { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 }, /* NAT64 */
  { { { [10] = 0xff, [11] = 0xff }, 96 }, 12 }, /* mapped */
  { { { 0x20, 0x02 }, 16 }, 2 }, /* 6to4 */
};

static gboolean
is_in (const guint8 *bytes, const Range *range)
{
  guint whole = range->bits / 8, rest = range->bits % 8;
  guint8 mask = 0xff << (8 - rest);

  return memcmp (bytes, range->bytes, whole) == 0 &&
         (rest == 0 || (bytes[whole] & mask) == (range->bytes[whole] & mask));
}

static gboolean
is_public_v4 (const guint8 *bytes)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges_v4); i++)
    if (is_in (bytes, &ranges_v4[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_public_v6 (const guint8 *bytes)
{
  static const Range global = { { 0x20 }, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (wrappings); i++)
    if (is_in (bytes, &wrappings[i].range))
      return is_public_v4 (bytes + wrappings[i].offset);
  for (guint i = 0; i < G_N_ELEMENTS (ranges_v6); i++)
    if (is_in (bytes, &ranges_v6[i]))
      return FALSE;
  return is_in (bytes, &global);
}

gboolean
coord_address_is_public (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? is_public_v4 (bytes)
                                                                     : is_public_v6 (bytes);
}
