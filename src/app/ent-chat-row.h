#pragma once

#include <gtk/gtk.h>

#include "room/ent-chat-message.h"

G_BEGIN_DECLS

/* One message of the chat: author, time, text. Used again for other messages as the list scrolls.
 */
#define ENT_TYPE_CHAT_ROW (ent_chat_row_get_type ())
G_DECLARE_FINAL_TYPE (EntChatRow, ent_chat_row, ENT, CHAT_ROW, GtkWidget)

GtkWidget *ent_chat_row_new (void);
void ent_chat_row_show (EntChatRow *row, EntChatMessage *message);

G_END_DECLS
