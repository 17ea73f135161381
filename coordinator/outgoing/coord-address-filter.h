#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether an address is one of the public internet: not this machine, not a private network, not a
 * link, not what is set aside for documents, tests or groups, and not an IPv6 form in which such an
 * IPv4 address is wrapped. What a name means is looked at after it was resolved, so that no name
 * leads inside. */
gboolean coord_address_is_public (GInetAddress *address);

G_END_DECLS
