#pragma once

#include "protocol/ent-msg-session.h"

G_BEGIN_DECLS

/* What was deleted in a room and is on disk, for `durable`: deletions have no clock, so who comes
 * is told of all of them. They are kept in parts, each small enough to be merged at once and to
 * travel in one message, whose texts are made once for everybody. Main thread only, the first
 * function aside. */
typedef struct _CoordRoomDeletions CoordRoomDeletions;

CoordRoomDeletions *coord_room_deletions_new (void);
void coord_room_deletions_free (CoordRoomDeletions *deletions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomDeletions, coord_room_deletions_free)

/* What an update deletes, in small updates without structs (GBytes); NULL: nothing. The caller
 * owns it. In any thread. */
GPtrArray *coord_room_deletions_cut (GBytes *update);

/* One of these is on disk. */
void coord_room_deletions_add (CoordRoomDeletions *deletions, GBytes *piece);

/* The messages that tell of all deletions, or of those since they were last told: their texts, to
 * be sent before *rest, which goes with the state vector; *rest is NULL when there is nothing
 * beside the texts. Lent until the next call; the caller owns the array. */
GPtrArray *coord_room_deletions_list_all (CoordRoomDeletions *deletions, GBytes **rest);
GPtrArray *coord_room_deletions_list_untold (CoordRoomDeletions *deletions, GBytes **rest);

/* Everybody has been told of all. */
void coord_room_deletions_set_told (CoordRoomDeletions *deletions);

G_END_DECLS
