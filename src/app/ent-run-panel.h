#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* Running the shown file: button, input, output and verdict of the room's last run, whoever started
 * it; or its terminal.
 *
 * Actions: run.start, run.start-terminal, run.start-shell, run.stop. Signals: toast (const char
 * *sentence); go-to (const char *path, guint line): somebody wants to see where a compile error is.
 */
#define ENT_TYPE_RUN_PANEL (ent_run_panel_get_type ())
G_DECLARE_FINAL_TYPE (EntRunPanel, ent_run_panel, ENT, RUN_PANEL, AdwBin)

void ent_run_panel_set_room (EntRunPanel *panel, EntRoom *room);

/* The file that Run runs; NULL: none. */
void ent_run_panel_set_file (EntRunPanel *panel, EntRoomFile *file);

/* Puts the verdict below the buttons instead of beside them. */
void ent_run_panel_set_narrow (EntRunPanel *panel, gboolean narrow);

G_END_DECLS
