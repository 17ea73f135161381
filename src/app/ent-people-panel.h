#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* Who is in the room: the tiles of the call, the buttons for microphone and camera (room.mute and
 * room.camera), what is missing for the call, and the list. */
#define ENT_TYPE_PEOPLE_PANEL (ent_people_panel_get_type ())
G_DECLARE_FINAL_TYPE (EntPeoplePanel, ent_people_panel, ENT, PEOPLE_PANEL, GtkWidget)

/* room: joined. media_sentence: why calls do not work on this computer, or NULL. */
void ent_people_panel_set_room (EntPeoplePanel *panel, EntRoom *room, const char *media_sentence);

G_END_DECLS
