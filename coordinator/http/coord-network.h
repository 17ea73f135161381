#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whom a limit for each address is for. The holder of an IPv6 network of 64 bits has as many
 * addresses as there are, and is one client: "2001:db8:0:1::/64". An IPv4 address that is written
 * as an IPv6 one is the IPv4 address; any other text stays as it is. Pure; the caller owns it. */
char *coord_network_of (const char *address);

G_END_DECLS
