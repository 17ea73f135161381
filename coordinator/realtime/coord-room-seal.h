#pragma once

#include "service/coord-room-service.h"

G_BEGIN_DECLS

/* The seal of an ended room: a hash chain over the rows of its log, so that no row can be changed,
 * taken out or slipped in without breaking it.
 *
 *   h(0) = SHA-256 ("entrevue room log\n" room id)
 *   h(n) = SHA-256 (h(n-1) seq(u64) at(u64) made_at(u64) kind(u32) len(u32) via len(u64) bytes)
 *
 * with big-endian numbers. It ends with the event row that says who ended the room; late edits that
 * stand behind it are not part of it. These functions run in the pool's workers. */

typedef struct {
  CoordSeat *seat; /* who ends it */
  gint64 epoch; /* of the room's opening that ends it */
  gint64 now_us;
  GPtrArray *events; /* CoordEvent: what happened, to publish; filled by coord_room_seal_end() */
  gint64 upto_seq; /* the chain so far */
  guint8 hash[32];
} CoordRoomSeal;

CoordRoomSeal *coord_room_seal_new (const CoordSeat *seat, gint64 epoch, gint64 now_us);
void coord_room_seal_free (CoordRoomSeal *seal);

/* By the server itself: nobody has ended it in time. */
CoordRoomSeal *coord_room_seal_new_overdue (const char *room_id, gint64 now_us);

/* Reader: the chain over the log as it is; the long part. data: the CoordRoomSeal. Returns NULL. */
gpointer coord_room_seal_read (CoordDb *db, gpointer seal, GError **error);

/* Writer: adds what came since and the last row, and ends the room. Returns NULL. */
gpointer coord_room_seal_end (CoordDb *db, gpointer seal, GError **error);

/* Writer: the same for one that is overdue, once its epoch is set; the event goes to events alone,
 * and is recorded by the caller. */
gboolean
coord_room_seal_end_overdue (CoordDb *db, CoordRoomSeal *seal, GPtrArray *events, GError **error);

/* The seal of a room's log up to its end, in hex, computed anew: equal to the stored one when the
 * log is untouched. The caller owns the text. */
char *coord_room_seal_compute (CoordDb *db, const char *room_id, GError **error);

/* Computes the seals of all rooms anew: COORD_ERROR_CONFLICT, with the first room whose log is not
 * what was sealed. */
gboolean coord_room_seal_verify_all (CoordDb *db, GError **error);

G_END_DECLS
