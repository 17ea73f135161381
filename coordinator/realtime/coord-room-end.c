/* The end of a room: sealing its log, and what comes too late. */

#include "realtime/coord-open-room-private.h"

#include "store/coord-error.h"

static void
held_free (gpointer data)
{
  CoordHeldUpdate *held = data;

  g_bytes_unref (held->update);
  g_free (held);
}

void
coord_room_end_keep_late (CoordOpenRoom *room, CoordMember *member, GBytes *update)
{
  if (coord_room_log_get_backlog_bytes (room->log) > COORD_ROOM_MAX_BACKLOG)
    return;
  coord_room_counts.late++;
  coord_room_log_append (room->log,
    coord_log_row_new (COORD_LOG_LATE, coord_open_room_now_us (room), 0, member->id, update));
}

/* While the log is being sealed nothing is appended to it; what comes meanwhile is late. */
void
coord_room_end_hold (CoordOpenRoom *room, CoordMember *member, GBytes *update)
{
  CoordHeldUpdate *held;

  if (!room->is_ending) {
    coord_room_end_keep_late (room, member, update);
    return;
  }
  if (room->held == NULL)
    room->held = g_ptr_array_new_with_free_func (held_free);
  if (room->held_bytes > COORD_ROOM_MAX_HELD)
    return;
  room->held_bytes += g_bytes_get_size (update) + sizeof (CoordHeldUpdate);
  held = g_new (CoordHeldUpdate, 1);
  held->member = member;
  held->update = g_bytes_ref (update);
  g_ptr_array_add (room->held, held);
}

static void
release_held (CoordOpenRoom *room)
{
  g_autoptr (GPtrArray) held = g_steal_pointer (&room->held);

  room->held_bytes = 0;
  for (guint i = 0; held != NULL && i < held->len; i++) {
    CoordHeldUpdate *update = g_ptr_array_index (held, i);

    coord_room_end_keep_late (room, update->member, update->update);
  }
}

/* The end did not work: everybody syncs anew, so that what was held is not lost. */
static void
fail (CoordOpenRoom *room, const GError *error)
{
  room->is_ending = FALSE;
  if (room->ender != NULL)
    coord_open_room_send_gerror (room->ender, room->ender_re, error);
  room->ender = NULL;
  for (guint i = 0; room->held != NULL && i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->is_sync)
      coord_socket_close (link->socket, COORD_CLOSE_TRY_AGAIN, "The room must be synced anew.");
  }
  g_clear_pointer (&room->held, g_ptr_array_unref);
  room->held_bytes = 0;
}

/* A seal on its way through the workers. */
typedef struct {
  CoordOpenRoom *room;
  CoordRoomSeal *seal;
} Sealing;

static void
sealing_free (Sealing *sealing)
{
  coord_open_room_unref (sealing->room);
  coord_room_seal_free (sealing->seal);
  g_free (sealing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sealing, sealing_free)

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Sealing) sealing = data;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (sealing->room->is_closed)
    return;
  if (g_error_matches (error, COORD_ERROR, COORD_ERROR_MOVED))
    coord_open_room_lose (sealing->room);
  else if (error != NULL)
    fail (sealing->room, error);
  else
    coord_events_publish (sealing->room->host->events, sealing->seal->events);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Sealing) sealing = data;
  CoordOpenRoom *room = sealing->room;
  CoordRoomSeal *seal = sealing->seal;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (room->is_closed)
    return;
  if (error != NULL)
    fail (room, error);
  else
    coord_db_pool_write_async (room->host->pool, coord_room_seal_end, seal, NULL, NULL, NULL,
      ended_cb, g_steal_pointer (&sealing));
}

static void
log_idle_cb (gpointer data)
{
  CoordOpenRoom *room = data;
  Sealing *sealing = g_new0 (Sealing, 1);

  sealing->room = coord_open_room_ref (room);
  sealing->seal = coord_room_seal_new (room->sealer, room->epoch, coord_open_room_now_us (room));
  coord_db_pool_read_async (
    room->host->pool, coord_room_seal_read, sealing->seal, NULL, NULL, NULL, read_cb, sealing);
}

/* Everything that was merged reaches the disk, then a reader computes the chain, then one
 * transaction adds the last row and ends the room; its event brings the new state. */
void
coord_room_end_begin (CoordRoomLink *link, gint64 re)
{
  CoordOpenRoom *room = link->room;

  if (room->is_ending || room->record->state == ENT_ROOM_ENDED)
    return;
  coord_room_run_clear (room);
  room->is_ending = TRUE;
  room->ender = link;
  room->ender_re = re;
  g_clear_pointer (&room->sealer, coord_seat_free);
  room->sealer = coord_room_event_copy_seat (link->seat);
  coord_room_log_when_idle (room->log, log_idle_cb, room);
}

static gboolean
close_late_cb (gpointer data)
{
  CoordOpenRoom *room = data;

  room->late_id = 0;
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    coord_socket_close (link->socket, COORD_CLOSE_ENDED, "The interview has ended.");
  }
  return G_SOURCE_REMOVE;
}

/* The room has ended, by us or by somebody else: sockets stay a moment for what is on its way. */
void
coord_room_end_finished (CoordOpenRoom *room)
{
  room->is_ending = FALSE;
  room->ender = NULL;
  coord_room_run_clear (room);
  coord_room_lobby_close (room, NULL, NULL, COORD_CLOSE_ENDED, "The interview has ended.");
  release_held (room);
  if (room->late_id == 0)
    room->late_id = ent_clock_add (room->host->clock, COORD_ROOM_LATE_MS, close_late_cb, room);
}

void
coord_room_end_clear (CoordOpenRoom *room)
{
  ent_clock_remove (room->host->clock, room->late_id);
  room->late_id = 0;
  release_held (room);
  g_clear_pointer (&room->sealer, coord_seat_free);
}
