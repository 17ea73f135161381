#pragma once

#include "document/ent-doc.h"
#include "protocol/ent-codec.h"
#include "store/coord-room-store.h"

G_BEGIN_DECLS

/* The room's document as the database has it. */

/* Replicas made here never edit; this ID is the coordinator's and stays unused. */
#define COORD_REPLICA_CLIENT 15

/* Snapshot and log as one document, which the caller owns. Sets the last row of the snapshot, the
 * last row that was read, and how many bytes of document were read. */
EntDoc *coord_room_copy_load (CoordDb *db,
  const char *room_id,
  gint64 *snapshot_seq,
  gint64 *seq,
  guint64 *bytes,
  GError **error);

/* What a row of kind COORD_LOG_CHAT_TIME says: the message whose time is the row's. */
typedef struct {
  gint64 client;
  gint64 clock;
} CoordChatTime;
ENT_STRUCT_DECLARE (CoordChatTime, coord_chat_time)

/* NULL for what is none. */
CoordChatTime *coord_chat_time_read (GBytes *bytes);

G_END_DECLS
