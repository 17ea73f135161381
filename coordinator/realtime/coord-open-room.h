#pragma once

#include "base/ent-clock.h"
#include "net/coord-socket.h"
#include "run/coord-run-queue.h"
#include "service/coord-event.h"
#include "service/coord-room-service.h"

G_BEGIN_DECLS

/* One room that people are in: the document's replica, who is here, and everything that they send
 * each other through the coordinator. Main thread only.
 *
 * It decides what is merged: an update of an observer, of somebody who was removed, or under
 * somebody else's client ID is dropped; after the end edits are kept in the log beside the seal.
 * Everything that was merged is relayed at once and acknowledged by `durable` when it is on disk.
 */
typedef struct _CoordOpenRoom CoordOpenRoom;

/* What all open rooms share; all borrowed. */
typedef struct {
  CoordDbPool *pool;
  CoordEvents *events;
  CoordRunQueue *runs;
  EntClock *clock;
  const CoordConfig *config;
  const CoordSecrets *secrets;
  const char *node_id; /* "": the only one there is */
} CoordRoomHost;

/* Makes this node the room's home and loads it; makes its starter files when it is new. host is
 * lent and outlives all rooms. COORD_ERROR_MOVED, with the address, when it is at home elsewhere.
 */
void coord_open_room_load_async (const CoordRoomHost *host,
  const char *room_id,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
CoordOpenRoom *coord_open_room_load_finish (GAsyncResult *result, GError **error);

CoordOpenRoom *coord_open_room_ref (CoordOpenRoom *room);
void coord_open_room_unref (CoordOpenRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordOpenRoom, coord_open_room_unref)

/* Ends the room's life here: what waits is handed to the pool, sockets are let go with 4503. The
 * references that are left may only be dropped. */
void coord_open_room_close (CoordOpenRoom *room);

/* Whether it was closed, by the above or because it was opened at another node. */
gboolean coord_open_room_is_closed (CoordOpenRoom *room);

/* Closes it and leaves it without a home, so that whoever comes first to any node opens it there.
 */
void coord_open_room_give_up (CoordOpenRoom *room);

/* Whether nobody has been here for idle_s, nothing runs, and all is on disk and folded: it may be
 * closed. Asked now and then, since it starts the folding. */
/* Closes the sockets of somebody whose account was switched off; who is not here is no matter. */
void coord_open_room_turn_away (CoordOpenRoom *room, const char *participant_id);

gboolean coord_open_room_is_idle (CoordOpenRoom *room, guint idle_s);

/* A service did something to this room. */
void coord_open_room_take_event (CoordOpenRoom *room, const CoordEvent *event);

/* What can be run has changed: tells everybody. */
void coord_open_room_send_runners (CoordOpenRoom *room);

/* Every few seconds: keeps quiet sockets alive, ends expired ones, drops silent carets. */
void coord_open_room_tick (CoordOpenRoom *room);

/* Lets a person in with a socket of either kind. The room owns the socket's events from here on; a
 * refusal closes the socket. The room socket's hello must have been read and is answered with
 * welcome; re is its message id. */
void coord_open_room_join_sync (CoordOpenRoom *room, const CoordSeat *seat, CoordSocket *socket);
void coord_open_room_join_socket (CoordOpenRoom *room,
  const CoordSeat *seat,
  CoordSocket *socket,
  gint64 re);

/* Counts since the start of the process, of all rooms. */
typedef struct {
  guint64 updates; /* merged */
  guint64 dropped_role; /* from observers and removed people */
  guint64 dropped_foreign; /* under somebody else's client ID */
  guint64 dropped_pending; /* from people of whom too much waits already */
  guint64 dropped_volume; /* from people who have written too much */
  guint64 late; /* after the end */
  guint64 lost; /* rooms that another node has taken */
  guint64 moved; /* sockets sent to the node that has their room */
  guint64 encoded; /* big documents, in a thread, for who came */
  guint64 shared; /* answers to others who asked for the same meanwhile */
} CoordRoomCounts;
const CoordRoomCounts *coord_open_room_get_counts (void);

G_END_DECLS
