#include "protocol/ent-msg-session.h"

#include "protocol/ent-limits.h"

const char *const ent_role_nicks[] = { "host", "co-interviewer", "candidate", "observer", NULL };
const char *const ent_peer_state_nicks[] = { "joined", "away", "left", "removed", "lobby", NULL };
const char *const ent_room_state_nicks[] = { "open", "ended", NULL };

gboolean
ent_role_can_write (EntRole role)
{
  return role == ENT_ROLE_HOST || role == ENT_ROLE_CO_INTERVIEWER || role == ENT_ROLE_CANDIDATE;
}

gboolean
ent_role_can_run (EntRole role)
{
  return ent_role_can_write (role);
}

gboolean
ent_role_can_lead (EntRole role)
{
  return role == ENT_ROLE_HOST || role == ENT_ROLE_CO_INTERVIEWER;
}

const EntStruct ent_msg_empty_struct = { "EntMsgEmpty", sizeof (EntMsgEmpty), NULL, 0 };

static const EntField ent_msg_hello_fields[] = {
  ENT_FIELD (EntMsgHello, room_token, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_TOKEN),
  ENT_FIELD (EntMsgHello, app, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntMsgHello, ent_msg_hello)

static const EntField ent_msg_auth_fields[] = {
  ENT_FIELD (EntMsgAuth, access, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntMsgAuth, ent_msg_auth)

static const EntField ent_msg_error_fields[] = {
  ENT_FIELD (EntMsgError, code, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (EntMsgError, detail, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntMsgError, ent_msg_error)

static const EntField ent_msg_peer_fields[] = {
  ENT_FIELD (EntMsgPeer, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgPeer, name, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntMsgPeer, role, ENT_REQUIRED, ent_role_nicks),
  ENT_FIELD_ENUM_OF (EntMsgPeer, state, ENT_REQUIRED, ent_peer_state_nicks),
  ENT_FIELD (EntMsgPeer, seat, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgPeer, colour, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgPeer, clients, ENT_FIELD_INTS, ENT_OPTIONAL, ENT_MAX_PEER_CLIENTS),
  ENT_FIELD (EntMsgPeer, unconfirmed, ENT_FIELD_INTS, ENT_OPTIONAL, ENT_MAX_PEER_CLIENTS),
};
ENT_STRUCT_DEFINE (EntMsgPeer, ent_msg_peer)

static const EntField ent_msg_room_fields[] = {
  ENT_FIELD (EntMsgRoom, rev, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD_ENUM_OF (EntMsgRoom, state, ENT_REQUIRED, ent_room_state_nicks),
  ENT_FIELD (EntMsgRoom, edit_locked, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgRoom, run_locked, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgRoom, lobby, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgRoom, title, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD (EntMsgRoom, starts, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgRoom, ends, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgRoom, seal, ENT_FIELD_STRING, ENT_OPTIONAL, 128),
};
ENT_STRUCT_DEFINE (EntMsgRoom, ent_msg_room)

static const EntField ent_msg_ice_server_fields[] = {
  ENT_FIELD (EntMsgIceServer, urls, ENT_FIELD_STRINGS, ENT_REQUIRED, 8),
  ENT_FIELD (EntMsgIceServer, username, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TOKEN),
  ENT_FIELD (EntMsgIceServer, credential, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntMsgIceServer, ent_msg_ice_server)

static const EntField ent_msg_welcome_fields[] = {
  ENT_FIELD_STRUCT_OF (EntMsgWelcome, you, ENT_FIELD_OBJECT, ENT_REQUIRED, 0, &ent_msg_peer_struct),
  ENT_FIELD_STRUCT_OF (EntMsgWelcome,
    room,
    ENT_FIELD_OBJECT,
    ENT_REQUIRED,
    0,
    &ent_msg_room_struct),
  ENT_FIELD_STRUCT_OF (EntMsgWelcome,
    peers,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_msg_peer_struct),
  ENT_FIELD_STRUCT_OF (EntMsgWelcome,
    ice,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    8,
    &ent_msg_ice_server_struct),
  ENT_FIELD (EntMsgWelcome, relay_only, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgWelcome, run, ENT_FIELD_ID, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntMsgWelcome, ent_msg_welcome)

static const EntField ent_msg_durable_fields[] = {
  ENT_FIELD (EntMsgDurable, sv, ENT_FIELD_BYTES, ENT_REQUIRED, ENT_MAX_STATE_VECTOR),
  ENT_FIELD (EntMsgDurable, deleted, ENT_FIELD_BYTES, ENT_OPTIONAL, ENT_MAX_UPDATE),
};
ENT_STRUCT_DEFINE (EntMsgDurable, ent_msg_durable)

static const EntField ent_msg_times_fields[] = {
  ENT_FIELD (EntMsgTimes, client, ENT_FIELD_INT, ENT_REQUIRED, (gint64) 1 << 53),
  ENT_FIELD (EntMsgTimes, clock, ENT_FIELD_INT, ENT_REQUIRED, G_MAXUINT32),
  ENT_FIELD (EntMsgTimes, made_at, ENT_FIELD_TIME, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgTimes, ent_msg_times)

static const EntField ent_msg_lock_fields[] = {
  ENT_FIELD (EntMsgLock, edit, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgLock, run, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgLock, ent_msg_lock)

static const EntField ent_msg_remove_fields[] = {
  ENT_FIELD (EntMsgRemove, participant, ENT_FIELD_ID, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgRemove, ent_msg_remove)

static const EntField ent_msg_lobby_fields[] = {
  ENT_FIELD (EntMsgLobby, on, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgLobby, ent_msg_lobby)

static const EntField ent_msg_lobby_person_fields[] = {
  ENT_FIELD (EntMsgLobbyPerson, participant, ENT_FIELD_ID, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgLobbyPerson, ent_msg_lobby_person)

static const EntField ent_msg_waiting_fields[] = {
  ENT_FIELD (EntMsgWaiting, title, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD (EntMsgWaiting, name, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntMsgWaiting, ent_msg_waiting)
