#include "realtime/coord-room-seal.h"

#include "realtime/coord-room-event.h"
#include "store/coord-error.h"
#include "store/coord-node-store.h"
#include "store/coord-record-store.h"

#include <string.h>

#define ROWS_AT_ONCE 500

static void
start_chain (guint8 *hash, const char *room_id)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = 32;

  g_checksum_update (sum, (const guint8 *) "entrevue room log\n", -1);
  g_checksum_update (sum, (const guint8 *) room_id, -1);
  g_checksum_get_digest (sum, hash, &size);
}

static void
add_u64 (GChecksum *sum, guint64 number)
{
  number = GUINT64_TO_BE (number);
  g_checksum_update (sum, (const guint8 *) &number, sizeof number);
}

static void
add_u32 (GChecksum *sum, guint32 number)
{
  number = GUINT32_TO_BE (number);
  g_checksum_update (sum, (const guint8 *) &number, sizeof number);
}

static void
add_row (guint8 *hash, const CoordLogRow *row)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize via_size = strlen (row->via);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (row->bytes, &size);

  g_checksum_update (sum, hash, 32);
  add_u64 (sum, row->seq);
  add_u64 (sum, row->at_us);
  add_u64 (sum, row->made_at_us);
  add_u32 (sum, row->kind);
  add_u32 (sum, via_size);
  g_checksum_update (sum, (const guint8 *) row->via, via_size);
  add_u64 (sum, size);
  if (size > 0)
    g_checksum_update (sum, bytes, size);
  size = 32;
  g_checksum_get_digest (sum, hash, &size);
}

static char *
hash_to_text (const guint8 *hash)
{
  GString *text = g_string_sized_new (65);

  for (int i = 0; i < 32; i++)
    g_string_append_printf (text, "%02x", hash[i]);
  return g_string_free (text, FALSE);
}

/* Adds rows after *seq; with stop_at_end only up to the row that says that the room has ended. */
static gboolean
extend_chain (CoordDb *db,
  const char *room_id,
  gint64 *seq,
  guint8 *hash,
  gboolean stop_at_end,
  GError **error)
{
  guint n_rows;

  do {
    g_autoptr (GPtrArray) rows =
      coord_room_store_load_log (db, room_id, *seq, 0, ROWS_AT_ONCE, error);

    if (rows == NULL)
      return FALSE;
    n_rows = rows->len;
    for (guint i = 0; i < n_rows; i++) {
      const CoordLogRow *row = g_ptr_array_index (rows, i);

      add_row (hash, row);
      *seq = row->seq;
      if (stop_at_end && coord_room_event_is_end (row))
        return TRUE;
    }
  } while (n_rows == ROWS_AT_ONCE);
  return TRUE;
}

CoordRoomSeal *
coord_room_seal_new (const CoordSeat *seat, gint64 epoch, gint64 now_us)
{
  CoordRoomSeal *seal = g_new0 (CoordRoomSeal, 1);

  seal->seat = coord_room_event_copy_seat (seat);
  seal->epoch = epoch;
  seal->now_us = now_us;
  seal->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  start_chain (seal->hash, seat->room_id);
  return seal;
}

void
coord_room_seal_free (CoordRoomSeal *seal)
{
  coord_seat_free (seal->seat);
  g_ptr_array_unref (seal->events);
  g_free (seal);
}

gpointer
coord_room_seal_read (CoordDb *db, gpointer data, GError **error)
{
  CoordRoomSeal *seal = data;

  extend_chain (db, seal->seat->room_id, &seal->upto_seq, seal->hash, FALSE, error);
  return NULL;
}

CoordRoomSeal *
coord_room_seal_new_overdue (const char *room_id, gint64 now_us)
{
  const CoordSeat seat = { .room_id = (char *) room_id, .participant_id = (char *) "" };

  return coord_room_seal_new (&seat, 0, now_us);
}

/* Adds what came since and the last row: the seal, which the caller owns. */
static char *
close_log (CoordDb *db, const CoordRoomSeal *seal, GError **error)
{
  const CoordSeat *seat = seal->seat;
  g_autoptr (CoordLogRow) row =
    coord_room_event_new_row (COORD_ROOM_EVENT_ENDED, seat->participant_id, NULL, seal->now_us);
  gint64 seq = seal->upto_seq;
  guint8 hash[32];

  memcpy (hash, seal->hash, sizeof hash);
  if (!coord_home_store_hold (db, seat->room_id, seal->epoch, error) ||
      !coord_room_store_append (db, seat->room_id, row, error) ||
      !extend_chain (db, seat->room_id, &seq, hash, FALSE, error))
    return NULL;
  return hash_to_text (hash);
}

gpointer
coord_room_seal_end (CoordDb *db, gpointer data, GError **error)
{
  CoordRoomSeal *seal = data;
  g_autofree char *text = close_log (db, seal, error);

  if (text != NULL &&
      coord_room_service_end (db, seal->seat, text, seal->now_us, seal->events, error))
    coord_events_record (db, seal->events, error);
  return NULL;
}

gboolean
coord_room_seal_end_overdue (CoordDb *db, CoordRoomSeal *seal, GPtrArray *events, GError **error)
{
  g_autofree char *text = close_log (db, seal, error);

  return text != NULL && coord_room_service_end_overdue (
                           db, seal->seat->room_id, text, seal->now_us, events, error);
}

char *
coord_room_seal_compute (CoordDb *db, const char *room_id, GError **error)
{
  gint64 seq = 0;
  guint8 hash[32];

  start_chain (hash, room_id);
  if (!extend_chain (db, room_id, &seq, hash, TRUE, error))
    return NULL;
  return hash_to_text (hash);
}

static gboolean
verify (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, room_id, error);
  g_autofree char *computed = room != NULL ? coord_room_seal_compute (db, room_id, error) : NULL;
  gint64 removed_us;

  if (computed == NULL)
    return FALSE;
  if (g_strcmp0 (computed, room->seal) == 0)
    return TRUE;
  removed_us = coord_record_store_get_removed_at (db, room_id, error);
  if (removed_us == 0)
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "The log of room %s is not what was sealed when the interview ended: a row of it was "
      "changed, "
      "put in or taken out since.",
      room_id);
  return removed_us > 0; /* meanwhile */
}

gboolean
coord_room_seal_verify_all (CoordDb *db, GError **error)
{
  g_autoptr (GPtrArray) ids = coord_room_store_list_sealed (db, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!verify (db, ids->pdata[i], error))
      return FALSE;
  return ids != NULL;
}
