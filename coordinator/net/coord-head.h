#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether libsoup may see the head of a request that starts here, as far as its length is told: no
 * NUL, no folded lines, at most one of Content-Length (digits) and Transfer-Encoding (chunked).
 * Anything else is answered 400 at the door: proxies and libsoup disagree about it, and libsoup
 * 3.2 never frees the path of a request whose length it cannot read. Pure. */
gboolean coord_head_is_sound (const char *head, gsize size);

G_END_DECLS
