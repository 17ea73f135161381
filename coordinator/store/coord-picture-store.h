#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* What people look like; one picture each. data NULL: none. */
gboolean coord_picture_store_set (CoordDb *db,
  const char *person_id,
  const char *type,
  GBytes *data,
  GError **error);

/* COORD_ERROR_NOT_FOUND. Of somebody else only for a viewer who has a place in one of the same
 * interviews, or who is more than a candidate in one of the same organisations. */
GBytes *coord_picture_store_find (CoordDb *db,
  const char *person_id,
  const char *viewer_id,
  GError **error);

G_END_DECLS
