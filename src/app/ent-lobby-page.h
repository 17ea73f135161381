#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* Waiting to be let in: what for, the own picture, and a way to leave (room.leave). */
#define ENT_TYPE_LOBBY_PAGE (ent_lobby_page_get_type ())
G_DECLARE_FINAL_TYPE (EntLobbyPage, ent_lobby_page, ENT, LOBBY_PAGE, GtkWidget)

/* room NULL: nobody waits any more, and the picture goes. */
void ent_lobby_page_set_room (EntLobbyPage *page, EntRoom *room);

G_END_DECLS
