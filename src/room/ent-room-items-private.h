#pragma once

#include "document/ent-doc-relpos.h"
#include "room/ent-chat-message.h"
#include "room/ent-participant.h"
#include "room/ent-room-file.h"
#include "room/ent-room-run.h"

G_BEGIN_DECLS

/* What only EntRoom does to the rows of its lists. Setters notify when the value differs. */

EntParticipant *ent_participant_new (const EntMsgPeer *peer, gboolean is_me);

/* Takes over what the coordinator says. Returns whether client IDs were added. */
gboolean ent_participant_update (EntParticipant *person, const EntMsgPeer *peer);

/* A client ID seen to be this person's. */
void ent_participant_add_client (EntParticipant *person, guint64 client);
void ent_participant_set_connection (EntParticipant *person, EntConnection connection);
void ent_participant_set_reconnecting (EntParticipant *person, gboolean reconnecting);
void ent_participant_set_media (EntParticipant *person, gboolean muted, gboolean camera);
void ent_participant_set_short_code (EntParticipant *person, const char *code);
void ent_participant_set_round_trip (EntParticipant *person, gint64 us);

EntRoomFile *ent_room_file_new (const char *id, EntType *text);

/* shown is what to show, raw what the document holds. */
void ent_room_file_update (EntRoomFile *file,
  const char *raw_path,
  const char *shown,
  const char *language);
const char *ent_room_file_get_raw_path (EntRoomFile *file);

/* A person's caret by relative positions, or gone when caret is NULL; takes both. */
void ent_room_file_set_caret (EntRoomFile *file,
  EntParticipant *person,
  guint64 client,
  EntRelPos *take_caret,
  EntRelPos *take_anchor);

EntRoomRun *ent_room_run_new (const EntMsgRunStarted *started, const char *by_name);
void ent_room_run_update (EntRoomRun *run, const EntMsgRunStarted *started);
void ent_room_run_take_output (EntRoomRun *run, const EntMsgRunOutput *output);
void ent_room_run_take_result (EntRoomRun *run, const EntMsgRunEnded *ended);

EntChatMessage *ent_chat_message_new (const char *id,
  const char *text,
  EntParticipant *author,
  gint64 time_us,
  guint64 client,
  guint32 clock);

/* The struct that holds the message. */
guint64 ent_chat_message_get_client (EntChatMessage *message);
guint32 ent_chat_message_get_clock (EntChatMessage *message);

G_END_DECLS
