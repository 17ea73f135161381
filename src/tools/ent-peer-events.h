#pragma once

#include "room/ent-room.h"
#include "tools/ent-peer-wire.h"

G_BEGIN_DECLS

/* The other half of ent-peer: what happens in the room, written to stdout line by line. */

/* Starts to write events of the room; started_us is when the program began, monotonic. */
void ent_peer_events_watch (EntRoom *room, gint64 started_us);

void ent_peer_events_write (const EntStruct *type, gconstpointer event);
void ent_peer_events_write_error (const char *cmd, const char *text);
void ent_peer_events_write_text (EntRoomFile *file);
void ent_peer_events_write_stats (EntRoom *room);

G_END_DECLS
