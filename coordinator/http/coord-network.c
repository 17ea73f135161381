#include "http/coord-network.h"

#include <arpa/inet.h>
#include <string.h>

char *
coord_network_of (const char *address)
{
  struct in6_addr bytes;
  char text[INET6_ADDRSTRLEN];

  if (strchr (address, ':') == NULL || inet_pton (AF_INET6, address, &bytes) != 1 ||
      IN6_IS_ADDR_LOOPBACK (&bytes))
    return g_strdup (address);
  if (IN6_IS_ADDR_V4MAPPED (&bytes))
    return g_strdup (inet_ntop (AF_INET, &bytes.s6_addr[12], text, sizeof text));
  memset (&bytes.s6_addr[8], 0, 8);
  inet_ntop (AF_INET6, &bytes, text, sizeof text);
  return g_strconcat (text, "/64", NULL);
}
