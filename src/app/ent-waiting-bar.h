#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* Tells those who lead that somebody waits in the lobby, whichever panel they look at, and lets
 * them in (room.let-in) or, where there are several, shows them (room.show-people).
 *
 * Properties: n-waiting (guint, read-only; 0 while the bar is not shown). */
#define ENT_TYPE_WAITING_BAR (ent_waiting_bar_get_type ())
G_DECLARE_FINAL_TYPE (EntWaitingBar, ent_waiting_bar, ENT, WAITING_BAR, AdwBin)

/* Once, with a room that has its roster. */
void ent_waiting_bar_set_room (EntWaitingBar *bar, EntRoom *room);

guint ent_waiting_bar_get_n_waiting (EntWaitingBar *bar);

G_END_DECLS
