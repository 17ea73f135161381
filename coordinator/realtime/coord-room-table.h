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

/* Closes all rooms: this node may not be their home any more. They are opened anew when people come
 * back. With for_good nobody is let in any more. */
void coord_room_table_close_rooms (CoordRoomTable *table, gboolean for_good);

/* Checks a room token and opens the room. COORD_ERROR_MOVED, with the address as its message, when
 * the room is at home at another node. */
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

/* Closes the socket of somebody who was not let in, with the code that tells why; where the room is
 * at home elsewhere the reason is the address. */
void coord_room_table_refuse (CoordSocket *socket, const GError *error);

/* Lent. */
EntClock *coord_room_table_get_clock (CoordRoomTable *table);

guint coord_room_table_count (CoordRoomTable *table);

G_END_DECLS
