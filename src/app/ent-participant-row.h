#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* One person in the list of participants: name, role, connection, microphone and camera, and a menu
 * of what who leads can do about others. Not visible while the person is not in the room. */
#define ENT_TYPE_PARTICIPANT_ROW (ent_participant_row_get_type ())
G_DECLARE_FINAL_TYPE (EntParticipantRow, ent_participant_row, ENT, PARTICIPANT_ROW, AdwActionRow)

GtkWidget *ent_participant_row_new (EntRoom *room, EntParticipant *person);

G_END_DECLS
