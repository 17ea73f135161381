#pragma once

#include <glib-object.h>

#include "room/ent-participant.h"

G_BEGIN_DECLS

#define ENT_CHAT_MAX_BYTES 4000

/* One message of the room's chat; never changes. Properties (construct-only): id, text, author,
 * author-name, time-us, is-mine. */
#define ENT_TYPE_CHAT_MESSAGE (ent_chat_message_get_type ())
G_DECLARE_FINAL_TYPE (EntChatMessage, ent_chat_message, ENT, CHAT_MESSAGE, GObject)

const char *ent_chat_message_get_id (EntChatMessage *message);
const char *ent_chat_message_get_text (EntChatMessage *message);

/* Who wrote it, from the struct's client ID; NULL when the roster does not know that ID. Borrowed.
 */
EntParticipant *ent_chat_message_get_author (EntChatMessage *message);

/* The name to show; never NULL, "Somebody" when unknown. */
const char *ent_chat_message_get_author_name (EntChatMessage *message);

/* When it first came to this process, wall time. */
gint64 ent_chat_message_get_time_us (EntChatMessage *message);
gboolean ent_chat_message_is_mine (EntChatMessage *message);

G_END_DECLS
