#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Things that people change have versions, from 1 on: who changes one says which version they saw
 * (If-Match), and is refused with COORD_ERROR_CHANGED when it is another one now. Call it in the
 * transaction that changes, with the version just read. */
gboolean coord_version_check (gint64 asked, gint64 current, GError **error);

G_END_DECLS
