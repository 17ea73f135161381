#pragma once

#include "realtime/coord-open-room.h"

G_BEGIN_DECLS

/* The rooms that are open in this process: each is loaded once, on the first person's coming, and
 * closed when nobody has been in it for some minutes. Main thread only. */
typedef struct _CoordRoomTable CoordRoomTable;

#define COORD_ROOM_IDLE_S (5 * 60)
#define COORD_ROOM_HELLO_MS 5000

/* host is copied; what it names must outlive the table. */
CoordRoomTable *coord_room_table_new (const CoordRoomHost *host);

/* Closes all rooms. What they still have to write is handed to the pool, so free the pool after. */
void coord_room_table_free (CoordRoomTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomTable, coord_room_table_free)

/* Checks a room token and opens the room. */
void coord_room_table_admit_async (CoordRoomTable *table,
  const char *room_id,
  const char *token,
  GAsyncReadyCallback callback,
  gpointer data);

/* Sets *seat (the caller owns it) and returns a reference to the room, or NULL. */
CoordOpenRoom *
coord_room_table_admit_finish (GAsyncResult *result, CoordSeat **seat, GError **error);

/* Takes over a room socket that has just been opened: waits for its hello, then lets it in. */
void coord_room_table_take_socket (CoordRoomTable *table, const char *room_id, CoordSocket *socket);

/* The close code that tells a client why it was not let in. */
guint coord_room_table_get_close_code (const GError *error);

/* Lent. */
EntClock *coord_room_table_get_clock (CoordRoomTable *table);

guint coord_room_table_count (CoordRoomTable *table);

G_END_DECLS
