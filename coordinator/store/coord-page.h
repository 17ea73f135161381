#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One page of a list in the order of ids. */
typedef struct {
  const char *after; /* the last id of the page before; "": from the start */
  guint limit;
} CoordPage;

/* Where the next page starts: the id of the last item, which stands at this offset in it; NULL when
 * the page is not full. The caller owns it. */
char *coord_page_get_next (const CoordPage *page, const GPtrArray *items, gsize id_offset);

G_END_DECLS
