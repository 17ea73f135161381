#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The reverse proxies whose word is taken about who asks. Without one in the list nobody's is. */
typedef struct _CoordProxies CoordProxies;

/* Addresses and networks ("127.0.0.1", "10.0.0.0/8", "::1"); the text that is none is named in the
 * error. */
CoordProxies *coord_proxies_new (const char *const *list, GError **error);
void coord_proxies_free (CoordProxies *proxies);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordProxies, coord_proxies_free)

gboolean coord_proxies_contain (CoordProxies *proxies, const char *address);

/* Who asked a proxy at the address peer: the last one in X-Forwarded-For (NULL: none) that is no
 * trusted proxy itself. Everything before it was written by who asked, and counts for nothing; and
 * from something that is no address on only the proxy itself is known. The caller owns it. */
char *
coord_proxies_find_client (CoordProxies *proxies, const char *peer, const char *forwarded_for);

G_END_DECLS
