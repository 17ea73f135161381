#pragma once

#include "service/coord-event.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* A standing job: rooms that nobody has ended are ended and sealed by the server, as somebody who
 * leads would. These functions run in the pool's workers; see jobs/coord-jobs.h.
 *
 * A room is due when its tokens have not been good for COORD_ROOM_TIDY_AFTER_US, neither by its
 * plan nor any that was given out, and no node with a lease has it open. So nobody can be in it,
 * and what they left running is over: a terminal lasts 31 minutes at most, an empty room is closed
 * after 5. Opening it meanwhile keeps it: one takes the home, and the other finds that. */

#define COORD_JOB_ROOM_TIDY "room.tidy" /* subject: minutes that tokens outlive the planned end */
#define COORD_ROOM_TIDY_AFTER_US (45 * G_TIME_SPAN_MINUTE)
#define COORD_ROOM_TIDY_AT_ONCE 20

/* Rooms with the hashes over their logs, which is the long part. */
typedef struct _CoordRoomTidy CoordRoomTidy;

void coord_room_tidy_free (CoordRoomTidy *tidy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomTidy, coord_room_tidy_free)

/* Reader: those that are due, the longest over first, at most COORD_ROOM_TIDY_AT_ONCE; NULL on an
 * error. The caller owns them. */
gpointer coord_room_tidy_prepare (CoordDb *db, const char *subject, gint64 now_us, GError **error);

/* Writer: ends those that are still due. Returns when to look again, -1 on an error. Appends its
 * events. */
gint64 coord_room_tidy_store (CoordDb *db,
  const char *subject,
  gpointer tidy,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

G_END_DECLS
