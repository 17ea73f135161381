#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* The room's chat: messages and a field to write one.
 *
 * Property: unread (read-only): how many messages of others came since the panel was last on the
 * screen. Action: chat.send. Signal toast (const char *sentence). */
#define ENT_TYPE_CHAT_PANEL (ent_chat_panel_get_type ())
G_DECLARE_FINAL_TYPE (EntChatPanel, ent_chat_panel, ENT, CHAT_PANEL, AdwBin)

void ent_chat_panel_set_room (EntChatPanel *panel, EntRoom *room);

guint ent_chat_panel_get_unread (EntChatPanel *panel);

G_END_DECLS
