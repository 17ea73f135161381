#include "store/coord-page.h"

char *
coord_page_get_next (const CoordPage *page, const GPtrArray *items, gsize id_offset)
{
  if (items->len < page->limit || items->len == 0)
    return NULL;
  return g_strdup (G_STRUCT_MEMBER (char *, items->pdata[items->len - 1], id_offset));
}
