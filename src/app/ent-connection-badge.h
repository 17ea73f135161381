#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* How this room reaches the others, in a word: direct, relayed, through the coordinator, or offline
 * with the number of kept edits. Pressed, it tells about each person: path, round trip, and the
 * code to compare by voice.
 *
 * Property: narrow (rw): only the icon shows. */
#define ENT_TYPE_CONNECTION_BADGE (ent_connection_badge_get_type ())
G_DECLARE_FINAL_TYPE (EntConnectionBadge, ent_connection_badge, ENT, CONNECTION_BADGE, AdwBin)

void ent_connection_badge_set_room (EntConnectionBadge *badge, EntRoom *room);

G_END_DECLS
