#pragma once

#include "base/ent-clock.h"
#include "store/coord-room-store.h"

G_BEGIN_DECLS

/* The durable side of one open room: rows go to the log in batches, one batch at a time, each of
 * what was appended while the one before it was being written. Nothing is dropped when the storage
 * refuses: the batch is tried again every second until it is written, and never written twice. Main
 * thread only. */
typedef struct _CoordRoomLog CoordRoomLog;

/* mark: what the rows appended so far stand for; bytes that only the caller reads. Called when a
 * batch leaves. durable: the rows up to that mark are on disk. trouble: the storage refused
 * (message for people), or NULL: it works again. lost: the room was opened elsewhere since, and
 * nothing from here is written any more; the log may be freed within. */
typedef struct {
  GBytes *(*mark) (gpointer data);
  void (*durable) (GBytes *mark, gpointer data);
  void (*trouble) (const GError *error, gpointer data);
  void (*lost) (gpointer data);
} CoordRoomLogEvents;

/* Lends pool, which must outlive the log; events must be static. epoch: of the room's opening, see
 * store/coord-node-store.h. */
CoordRoomLog *coord_room_log_new (CoordDbPool *pool,
  EntClock *clock,
  const char *room_id,
  gint64 epoch,
  const CoordRoomLogEvents *events,
  gpointer data);

/* Hands everything that waits to the pool and forgets about it; nothing is called back any more. */
void coord_room_log_free (CoordRoomLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomLog, coord_room_log_free)

/* Takes the row. */
void coord_room_log_append (CoordRoomLog *log, CoordLogRow *row);

/* Records whose a client ID is, with the rows of the same batch. */
void coord_room_log_record_client (CoordRoomLog *log,
  guint32 client,
  const char *participant_id,
  gboolean is_witnessed);

/* Whether all that was appended is on disk. */
gboolean coord_room_log_is_idle (CoordRoomLog *log);

/* Bytes that wait for the disk. */
gsize coord_room_log_get_backlog_bytes (CoordRoomLog *log);

/* Calls func once from the main loop, as soon as all is on disk. Only one may wait. */
void coord_room_log_when_idle (CoordRoomLog *log, GSourceOnceFunc func, gpointer data);

G_END_DECLS
