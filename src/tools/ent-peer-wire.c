#include "tools/ent-peer-wire.h"

#include "protocol/ent-limits.h"

#define MAX_INT ((gint64) 1 << 53)

static const EntField ent_peer_command_fields[] = {
  ENT_FIELD (EntPeerCommand, cmd, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerCommand, file, ENT_FIELD_STRING, ENT_OPTIONAL, 4096),
  ENT_FIELD (EntPeerCommand, at, ENT_FIELD_INT, ENT_OPTIONAL | ENT_SIGNED, G_MAXUINT32),
  ENT_FIELD (EntPeerCommand, count, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXUINT32),
  ENT_FIELD (EntPeerCommand, text, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_PEER_MAX_LINE),
  ENT_FIELD (EntPeerCommand, entry, ENT_FIELD_STRING, ENT_OPTIONAL, 4096),
  ENT_FIELD_NAMED (EntPeerCommand,
    stdin_text,
    "stdin",
    ENT_FIELD_STRING,
    ENT_OPTIONAL,
    ENT_MAX_STDIN),
  ENT_FIELD (EntPeerCommand, language, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD (EntPeerCommand, anchor, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXUINT32),
  ENT_FIELD (EntPeerCommand, rows, ENT_FIELD_INT, ENT_OPTIONAL, ENT_MAX_TERMINAL),
  ENT_FIELD (EntPeerCommand, columns, ENT_FIELD_INT, ENT_OPTIONAL, ENT_MAX_TERMINAL),
  ENT_FIELD (EntPeerCommand, participant, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD (EntPeerCommand, edit, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntPeerCommand, run, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntPeerCommand, on, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntPeerCommand, ent_peer_command)

static const EntField ent_peer_joined_fields[] = {
  ENT_FIELD (EntPeerJoined, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerJoined, room, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerJoined, participant, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerJoined, name, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerJoined, role, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerJoined, files, ENT_FIELD_STRINGS, ENT_REQUIRED, ENT_MAX_FILES),
  ENT_FIELD (EntPeerJoined, after_us, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
};
ENT_STRUCT_DEFINE (EntPeerJoined, ent_peer_joined)

static const EntField ent_peer_room_state_fields[] = {
  ENT_FIELD (EntPeerRoomState, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRoomState, phase, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRoomState, sentence, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntPeerRoomState, connection, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRoomState, call, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRoomState, call_sentence, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntPeerRoomState, device_log_sentence, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntPeerRoomState, kept, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerRoomState, can_edit, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerRoomState, can_run, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntPeerRoomState, ent_peer_room_state)

static const EntField ent_peer_person_fields[] = {
  ENT_FIELD (EntPeerPerson, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerPerson, id, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerPerson, name, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerPerson, role, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerPerson, state, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerPerson, seat, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerPerson, colour, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerPerson, connection, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerPerson, reconnecting, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerPerson, muted, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerPerson, camera, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerPerson, short_code, ENT_FIELD_STRING, ENT_OPTIONAL, 32),
};
ENT_STRUCT_DEFINE (EntPeerPerson, ent_peer_person)

static const EntField ent_peer_text_fields[] = {
  ENT_FIELD (EntPeerText, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerText, file, ENT_FIELD_STRING, ENT_REQUIRED, 4096),
  ENT_FIELD (EntPeerText, text, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_ROOM_TEXT),
};
ENT_STRUCT_DEFINE (EntPeerText, ent_peer_text)

static const EntField ent_peer_change_fields[] = {
  ENT_FIELD (EntPeerChange, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerChange, file, ENT_FIELD_STRING, ENT_REQUIRED, 4096),
  ENT_FIELD (EntPeerChange, at_us, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD_NAMED (EntPeerChange, is_local, "local", ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerChange, length, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
};
ENT_STRUCT_DEFINE (EntPeerChange, ent_peer_change)

static const EntField ent_peer_chat_fields[] = {
  ENT_FIELD (EntPeerChat, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerChat, id, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_TEXT),
  ENT_FIELD (EntPeerChat, author, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerChat, text, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_TEXT),
  ENT_FIELD (EntPeerChat, mine, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntPeerChat, ent_peer_chat)

static const EntField ent_peer_caret_fields[] = {
  ENT_FIELD (EntPeerCaret, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerCaret, file, ENT_FIELD_STRING, ENT_REQUIRED, 4096),
  ENT_FIELD (EntPeerCaret, name, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerCaret, caret, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerCaret, start, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerCaret, end, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
};
ENT_STRUCT_DEFINE (EntPeerCaret, ent_peer_caret)

static const EntField ent_peer_run_fields[] = {
  ENT_FIELD (EntPeerRun, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRun, run, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerRun, by, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerRun, entry, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_PATH),
  ENT_FIELD (EntPeerRun, state, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRun, queue, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerRun, rows, ENT_FIELD_INT, ENT_OPTIONAL, MAX_INT),
  ENT_FIELD (EntPeerRun, columns, ENT_FIELD_INT, ENT_OPTIONAL, MAX_INT),
};
ENT_STRUCT_DEFINE (EntPeerRun, ent_peer_run)

static const EntField ent_peer_run_mark_fields[] = {
  ENT_FIELD (EntPeerRunMark, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRunMark, run, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntPeerRunMark, ent_peer_run_mark)

static const EntField ent_peer_run_output_fields[] = {
  ENT_FIELD (EntPeerRunOutput, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRunOutput, run, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerRunOutput, stream, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRunOutput, text, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_OUTPUT),
};
ENT_STRUCT_DEFINE (EntPeerRunOutput, ent_peer_run_output)

static const EntField ent_peer_run_ended_fields[] = {
  ENT_FIELD (EntPeerRunEnded, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRunEnded, run, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerRunEnded, verdict, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerRunEnded, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, MAX_INT),
  ENT_FIELD (EntPeerRunEnded, wall_ms, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerRunEnded, cpu_ms, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerRunEnded, memory_kb, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerRunEnded, message, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntPeerRunEnded, ent_peer_run_ended)

static const EntField ent_peer_link_stats_fields[] = {
  ENT_FIELD (EntPeerLinkStats, id, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerLinkStats, name, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntPeerLinkStats, path, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerLinkStats, verified, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntPeerLinkStats, round_trip_us, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, bytes_sent, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, bytes_received, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, frames_sent, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, frames_decoded, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, width, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, height, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, video_bytes_received, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerLinkStats, audio_buffers_decoded, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
};
ENT_STRUCT_DEFINE (EntPeerLinkStats, ent_peer_link_stats)

static const EntField ent_peer_stats_fields[] = {
  ENT_FIELD (EntPeerStats, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerStats, kept, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerStats, at_us, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD (EntPeerStats, connection, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerStats, hash, ENT_FIELD_STRING, ENT_OPTIONAL, 64),
  ENT_FIELD (EntPeerStats, frames_encoded, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
  ENT_FIELD_STRUCT_OF (EntPeerStats,
    peers,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_peer_link_stats_struct),
};
ENT_STRUCT_DEFINE (EntPeerStats, ent_peer_stats)

static const EntField ent_peer_durable_fields[] = {
  ENT_FIELD (EntPeerDurable, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerDurable, kept, ENT_FIELD_INT, ENT_REQUIRED, MAX_INT),
};
ENT_STRUCT_DEFINE (EntPeerDurable, ent_peer_durable)

static const EntField ent_peer_languages_fields[] = {
  ENT_FIELD (EntPeerLanguages, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerLanguages, ids, ENT_FIELD_STRINGS, ENT_REQUIRED, ENT_MAX_LIST),
};
ENT_STRUCT_DEFINE (EntPeerLanguages, ent_peer_languages)

static const EntField ent_peer_error_fields[] = {
  ENT_FIELD (EntPeerError, event, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntPeerError, cmd, ENT_FIELD_STRING, ENT_OPTIONAL, 32),
  ENT_FIELD (EntPeerError, text, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntPeerError, ent_peer_error)
