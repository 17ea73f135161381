#pragma once

#include "document/ent-doc.h"
#include "service/coord-room-service.h"

G_BEGIN_DECLS

/* What an open room reads and writes as a whole. These functions run in the pool's workers. */

typedef struct {
  CoordRoom *record;
  GPtrArray *participants; /* CoordParticipant */
  GPtrArray *blocks; /* CoordClientBlock */
  GPtrArray *clients; /* CoordRoomClient */
  GHashTable *contacts; /* participant -> gint64 *, us */
  GPtrArray *runs; /* CoordLogRow: the last rows of run output */
  guint64 output_bytes; /* of all of them */
  EntDoc *doc; /* to be handed to the main thread; nobody else holds it */
  GPtrArray *deletions; /* GBytes: all of its deletions, in pieces; NULL: none */
  guint64 doc_bytes; /* of what it was read from */
} CoordRoomLoad;

void coord_room_load_free (CoordRoomLoad *load);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomLoad, coord_room_load_free)

/* Taking a room home: its id and the node's; epoch is set then. See store/coord-node-store.h. */
typedef struct {
  char *room_id;
  const char *node_id; /* a constant */
  gint64 epoch;
} CoordRoomClaim;

/* Writer: makes this node the room's home, and gives a room without any log its starter files.
 * data: a CoordRoomClaim. Returns NULL; COORD_ERROR_MOVED when it is at home elsewhere. */
gpointer coord_room_load_prepare (CoordDb *db, gpointer claim, GError **error);

/* data of both: the room's id. */

/* Reader: the whole room, snapshot and log, as a CoordRoomLoad. */
gpointer coord_room_load_all (CoordDb *db, gpointer room_id, GError **error);

/* Reader: as above, without document and runs: for a room whose people or locks changed. */
gpointer coord_room_load_people (CoordDb *db, gpointer room_id, GError **error);

/* A state of the document that is cheaper to open than the log it stands for. */
typedef struct {
  char *room_id;
  gint64 upto_seq;
  GBytes *bytes; /* NULL: there is nothing new to keep */
} CoordRoomFold;

void coord_room_fold_free (CoordRoomFold *fold);

/* Reader: folds snapshot and log to one state, a CoordRoomFold, from the database alone, so that it
 * never holds more than the log does. data: the room's id. */
gpointer coord_room_fold_make (CoordDb *db, gpointer room_id, GError **error);

/* Writer: keeps it. data: the CoordRoomFold. Returns NULL. */
gpointer coord_room_fold_save (CoordDb *db, gpointer fold, GError **error);

G_END_DECLS
