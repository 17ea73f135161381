#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* One person of the call: the picture, or who it is when there is none, with the name and whether
 * the microphone is off. It keeps the shape of 16:9. */
#define ENT_TYPE_VIDEO_TILE (ent_video_tile_get_type ())
G_DECLARE_FINAL_TYPE (EntVideoTile, ent_video_tile, ENT, VIDEO_TILE, GtkWidget)

GtkWidget *ent_video_tile_new (EntCall *call, EntParticipant *person);

G_END_DECLS
