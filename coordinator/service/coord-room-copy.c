#include "service/coord-room-copy.h"

#define ROWS_AT_ONCE 500

/* Applies the rows after *seq; raises *seq to the last one read. */
static gboolean
apply_log (CoordDb *db,
  const char *room_id,
  EntDoc *doc,
  gint64 *seq,
  guint64 *bytes,
  GError **error)
{
  guint n_rows;

  do {
    g_autoptr (GPtrArray) rows =
      coord_room_store_load_log (db, room_id, *seq, COORD_LOG_UPDATE, ROWS_AT_ONCE, error);

    if (rows == NULL)
      return FALSE;
    n_rows = rows->len;
    for (guint i = 0; i < n_rows; i++) {
      const CoordLogRow *row = g_ptr_array_index (rows, i);

      if (!ent_doc_apply_bytes (doc, row->bytes, NULL, error)) {
        g_prefix_error (
          error, "Row %" G_GINT64_FORMAT " of the log of room %s: ", row->seq, room_id);
        return FALSE;
      }
      *seq = row->seq;
      *bytes += g_bytes_get_size (row->bytes);
    }
  } while (n_rows == ROWS_AT_ONCE);
  return TRUE;
}

EntDoc *
coord_room_copy_load (CoordDb *db,
  const char *room_id,
  gint64 *snapshot_seq,
  gint64 *seq,
  guint64 *bytes,
  GError **error)
{
  g_autoptr (EntDoc) doc = ent_doc_new (COORD_REPLICA_CLIENT, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) snapshot = NULL;

  if (!coord_room_store_load_snapshot (db, room_id, snapshot_seq, &snapshot, error))
    return NULL;
  if (snapshot != NULL && !ent_doc_apply_bytes (doc, snapshot, NULL, error))
    return NULL;
  *seq = *snapshot_seq;
  *bytes = snapshot != NULL ? g_bytes_get_size (snapshot) : 0;
  if (!apply_log (db, room_id, doc, seq, bytes, error))
    return NULL;
  return g_steal_pointer (&doc);
}

static const EntField coord_chat_time_fields[] = {
  ENT_FIELD (CoordChatTime, client, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordChatTime, clock, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
};
ENT_STRUCT_DEFINE (CoordChatTime, coord_chat_time)

CoordChatTime *
coord_chat_time_read (GBytes *bytes)
{
  gsize size;
  const char *json = g_bytes_get_data (bytes, &size);

  return ent_codec_decode (&coord_chat_time_struct, json, size, ENT_UNKNOWN_IGNORED, NULL);
}
