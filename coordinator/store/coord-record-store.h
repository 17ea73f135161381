#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Records of interviews: a room's log, snapshot and client IDs. They go as a whole. */

/* Rooms whose record is kept no longer: ended, their interview over for as many days as the
 * organisation says, or standard_days where it says nothing (0: for ever). The oldest first, at
 * most limit; ids (char, owned). */
GPtrArray *coord_record_store_list_due (CoordDb *db,
  gint64 standard_days,
  guint limit,
  gint64 now_us,
  GError **error);

/* Removes it, ends the room if it has not ended, and takes it from whoever has it open. What the
 * seal says stays. Nothing when it was removed before. */
gboolean
coord_record_store_remove (CoordDb *db, const char *room_id, gint64 now_us, GError **error);

/* When it was removed; 0 when it was not, -1 on an error. */
gint64 coord_record_store_get_removed_at (CoordDb *db, const char *room_id, GError **error);

G_END_DECLS
