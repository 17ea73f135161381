#include "realtime/coord-room-load.h"

#include "realtime/coord-room-starter.h"
#include "store/coord-node-store.h"

#define ROWS_AT_ONCE 500
#define MAX_RUN_ROWS 1000

void
coord_room_load_free (CoordRoomLoad *load)
{
  g_clear_pointer (&load->record, coord_room_free);
  g_clear_pointer (&load->participants, g_ptr_array_unref);
  g_clear_pointer (&load->blocks, g_ptr_array_unref);
  g_clear_pointer (&load->clients, g_ptr_array_unref);
  g_clear_pointer (&load->contacts, g_hash_table_unref);
  g_clear_pointer (&load->runs, g_ptr_array_unref);
  g_clear_pointer (&load->doc, ent_doc_unref);
  g_free (load);
}

gpointer
coord_room_load_prepare (CoordDb *db, gpointer data, GError **error)
{
  CoordRoomClaim *claim = data;
  const char *room_id = claim->room_id;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (CoordLogRow) row = NULL;
  g_autoptr (GBytes) files = NULL;

  claim->epoch = coord_home_store_take (db, room_id, claim->node_id, error);
  if (claim->epoch < 0)
    return NULL;
  rows = coord_room_store_load_log (db, room_id, 0, 0, 1, error);
  if (rows == NULL || rows->len > 0)
    return NULL;
  files = coord_room_starter_new ();
  row = coord_log_row_new (COORD_LOG_UPDATE, g_get_real_time (), 0, "", files);
  coord_room_store_append (db, room_id, row, error);
  return NULL;
}

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

static EntDoc *
load_document (CoordDb *db,
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
  *bytes = 0;
  if (!apply_log (db, room_id, doc, seq, bytes, error))
    return NULL;
  return g_steal_pointer (&doc);
}

static CoordRoomLoad *
load_people (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRoomLoad) load = g_new0 (CoordRoomLoad, 1);

  load->record = coord_room_store_find (db, room_id, error);
  if (load->record == NULL)
    return NULL;
  load->participants = coord_room_store_load_participants (db, room_id, error);
  if (load->participants == NULL)
    return NULL;
  load->blocks = coord_room_store_load_blocks (db, room_id, error);
  if (load->blocks == NULL)
    return NULL;
  return g_steal_pointer (&load);
}

gpointer
coord_room_load_people (CoordDb *db, gpointer room_id, GError **error)
{
  return load_people (db, room_id, error);
}

gpointer
coord_room_load_all (CoordDb *db, gpointer room_id, GError **error)
{
  g_autoptr (CoordRoomLoad) load = load_people (db, room_id, error);
  gint64 snapshot_seq;
  gint64 seq;

  if (load == NULL)
    return NULL;
  load->clients = coord_room_store_load_clients (db, room_id, error);
  if (load->clients == NULL)
    return NULL;
  load->contacts = coord_room_store_load_contacts (db, room_id, error);
  if (load->contacts == NULL)
    return NULL;
  load->runs =
    coord_room_store_load_log_tail (db, room_id, COORD_LOG_RUN_OUTPUT, MAX_RUN_ROWS, error);
  if (load->runs == NULL ||
      !coord_room_store_count_log (db, room_id, COORD_LOG_RUN_OUTPUT, &load->output_bytes, error))
    return NULL;
  load->doc = load_document (db, room_id, &snapshot_seq, &seq, &load->log_bytes, error);
  if (load->doc == NULL)
    return NULL;
  return g_steal_pointer (&load);
}

void
coord_room_fold_free (CoordRoomFold *fold)
{
  g_free (fold->room_id);
  g_clear_pointer (&fold->bytes, g_bytes_unref);
  g_free (fold);
}

gpointer
coord_room_fold_make (CoordDb *db, gpointer room_id, GError **error)
{
  gint64 snapshot_seq;
  gint64 seq;
  guint64 bytes;
  g_autoptr (EntDoc) doc = load_document (db, room_id, &snapshot_seq, &seq, &bytes, error);
  CoordRoomFold *fold;

  if (doc == NULL)
    return NULL;
  fold = g_new0 (CoordRoomFold, 1);
  fold->room_id = g_strdup (room_id);
  fold->upto_seq = seq;
  if (seq > snapshot_seq)
    fold->bytes = ent_doc_encode (doc);
  return fold;
}

gpointer
coord_room_fold_save (CoordDb *db, gpointer data, GError **error)
{
  const CoordRoomFold *fold = data;

  if (fold->bytes != NULL)
    coord_room_store_save_snapshot (db, fold->room_id, fold->upto_seq, fold->bytes, error);
  return NULL;
}
