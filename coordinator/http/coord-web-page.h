#pragma once

#include "http/coord-request.h"

G_BEGIN_DECLS

/* Pages for people who followed a link with a browser: HTML with nothing to load and no script,
 * shown in no frame, that tell no other server where the reader came from. */

/* Whether the browser prefers German; all others get English. */
gboolean coord_web_page_is_german (CoordRequest *request);

/* html is the body as it is: what came from outside has to be escaped. */
void
coord_web_page_reply (CoordRequest *request, guint status, const char *title, const char *html);

G_END_DECLS
