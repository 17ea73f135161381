#include "realtime/coord-room-load.h"

#include "realtime/coord-room-deletions.h"
#include "realtime/coord-room-starter.h"
#include "service/coord-room-copy.h"
#include "store/coord-node-store.h"

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
  g_clear_pointer (&load->deletions, g_ptr_array_unref);
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

static GPtrArray *
cut_all_deletions (EntDoc *doc)
{
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (doc);
  g_autoptr (GBytes) deletions = ent_doc_encode_diff (doc, vector);

  return coord_room_deletions_cut (deletions);
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
  load->doc = coord_room_copy_load (db, room_id, &snapshot_seq, &seq, &load->doc_bytes, error);
  if (load->doc == NULL)
    return NULL;
  load->deletions = cut_all_deletions (load->doc);
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
  g_autoptr (EntDoc) doc = coord_room_copy_load (db, room_id, &snapshot_seq, &seq, &bytes, error);
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
