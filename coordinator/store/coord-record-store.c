#include "store/coord-record-store.h"

GPtrArray *
coord_record_store_list_due (CoordDb *db,
  gint64 standard_days,
  guint limit,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT room.id FROM room JOIN interview ON interview.id = room.interview"
    " JOIN org ON org.id = interview.org WHERE record_removed_at IS NULL"
    " AND COALESCE (record_days, $1) > 0"
    " AND (CASE WHEN COALESCE (ended_at, 0) > interview.ends_at THEN ended_at"
    "  ELSE interview.ends_at END) < $2 - COALESCE (record_days, $1) * $3"
    " ORDER BY interview.ends_at, room.id LIMIT $4",
    COORD_INT (standard_days), COORD_INT (now_us), COORD_INT (G_TIME_SPAN_DAY), COORD_INT (limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (g_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, coord_rows_dup_text (rows, 0));
  return list;
}

/* A coordinator that still has the room open finds that it is not its home any more. */
static const char *const removals[] = {
  "DELETE FROM room_log WHERE room = $1",
  "DELETE FROM room_snapshot WHERE room = $1",
  "DELETE FROM room_client WHERE room = $1",
  "DELETE FROM room_block WHERE room = $1",
  "DELETE FROM room_token WHERE room = $1",
  "UPDATE room SET question = NULL WHERE id = $1",
  "UPDATE room_home SET node = '', epoch = epoch + 1 WHERE room = $1",
};

gboolean
coord_record_store_remove (CoordDb *db, const char *room_id, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE room SET record_removed_at = $2, state = 'ended', rev = rev + 1,"
    " ended_at = COALESCE (ended_at, $2)"
    " WHERE id = $1 AND record_removed_at IS NULL RETURNING id",
    COORD_TEXT (room_id), COORD_INT (now_us));

  if (rows == NULL || coord_rows_count (rows) == 0)
    return rows != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (removals); i++)
    if (!coord_db_run (db, error, removals[i], COORD_TEXT (room_id)))
      return FALSE;
  return TRUE;
}

gint64
coord_record_store_get_removed_at (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT record_removed_at FROM room WHERE id = $1", COORD_TEXT (room_id));

  if (rows == NULL)
    return -1;
  return coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : 0;
}
