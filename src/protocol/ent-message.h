#pragma once

#include "protocol/ent-codec.h"

G_BEGIN_DECLS

/* The kinds of message on each socket, by the word that stands in "t". Directions: C the client
 * (app), S the coordinator, R the runner, P another peer. Fields: PROTOCOL.md and ent-msg-*.h. */

/* The room socket, sub-protocol entrevue.v1. */
#define ENT_ROOM_PROTOCOL "entrevue.v1"
typedef enum {
  ENT_ROOM_HELLO, /* C>S hello */
  ENT_ROOM_WELCOME, /* S>C welcome */
  ENT_ROOM_ERROR, /* S>C error: answers a message, or stands alone */
  ENT_ROOM_STATE, /* S>C room */
  ENT_ROOM_PEER, /* S>C peer */
  ENT_ROOM_DURABLE, /* S>C durable */
  ENT_ROOM_TIMES, /* C>S times */
  ENT_ROOM_RTC_JOIN, /* C>S rtc:join */
  ENT_ROOM_RTC_LEAVE, /* C>S rtc:leave */
  ENT_ROOM_RTC_OFFER, /* both rtc:offer */
  ENT_ROOM_RTC_ANSWER, /* both rtc:answer */
  ENT_ROOM_RTC_CANDIDATE, /* both rtc:candidate */
  ENT_ROOM_LOCK, /* C>S room:lock */
  ENT_ROOM_REMOVE, /* C>S room:remove */
  ENT_ROOM_END, /* C>S room:end */
  ENT_ROOM_LOBBY, /* C>S room:lobby */
  ENT_ROOM_LOBBY_ADMIT, /* C>S lobby:admit */
  ENT_ROOM_LOBBY_RETURN, /* C>S lobby:return */
  ENT_ROOM_WAITING, /* S>C waiting: the answer to a hello in the lobby */
  ENT_ROOM_ADMITTED, /* S>C admitted: join again */
  ENT_ROOM_RUN_START, /* C>S run:start */
  ENT_ROOM_RUN_STOP, /* C>S run:stop */
  ENT_ROOM_RUN_INPUT, /* C>S run:input */
  ENT_ROOM_RUN_RESIZE, /* C>S run:resize */
  ENT_ROOM_RUN_STARTED, /* S>C run:started */
  ENT_ROOM_RUN_OUTPUT, /* S>C run:output */
  ENT_ROOM_RUN_ENDED, /* S>C run:ended */
  ENT_ROOM_RUNNERS, /* S>C runners: what can be run now */
  ENT_ROOM_UNKNOWN,
} EntRoomKind;

/* A person's socket outside of rooms, /api/me/socket, the same sub-protocol. */
typedef enum {
  ENT_PERSON_WELCOME, /* S>C welcome: from now on nothing is missed; answers auth too */
  ENT_PERSON_NOTICE, /* S>C notice */
  ENT_PERSON_AUTH, /* C>S auth: a new access token of the same sign-in */
  ENT_PERSON_ERROR, /* S>C error */
  ENT_PERSON_UNKNOWN,
} EntPersonKind;

/* The runner's socket, /runner/v1/socket. */
typedef enum {
  ENT_RUNNER_HELLO, /* R>S hello */
  ENT_RUNNER_WELCOME, /* S>R welcome */
  ENT_RUNNER_ERROR, /* both error */
  ENT_RUNNER_JOB, /* S>R job */
  ENT_RUNNER_STARTED, /* R>S started */
  ENT_RUNNER_CANCEL, /* S>R cancel */
  ENT_RUNNER_RESULT, /* R>S result */
  ENT_RUNNER_RESIZE, /* S>R resize */
  ENT_RUNNER_TESTED, /* R>S tested */
  ENT_RUNNER_UNKNOWN,
} EntRunnerKind;

/* Between two peers on the data channels, after the certificate is verified. */
typedef enum {
  ENT_PEER_CALL_OFFER, /* call:offer, on sync */
  ENT_PEER_CALL_ANSWER, /* call:answer, on sync */
  ENT_PEER_CALL_CANDIDATE, /* call:candidate, on sync */
  ENT_PEER_COPY, /* copy, on sync, every 30 s while nothing changes */
  ENT_PEER_BEAT, /* beat, on presence, once a second */
  ENT_PEER_UNKNOWN,
} EntPeerKind;

/* The word of a kind, and the struct that it carries. */
const char *ent_room_kind_get_word (EntRoomKind kind);
const EntStruct *ent_room_kind_get_type (EntRoomKind kind);
const char *ent_person_kind_get_word (EntPersonKind kind);
const EntStruct *ent_person_kind_get_type (EntPersonKind kind);
const char *ent_runner_kind_get_word (EntRunnerKind kind);
const EntStruct *ent_runner_kind_get_type (EntRunnerKind kind);
const char *ent_peer_kind_get_word (EntPeerKind kind);
const EntStruct *ent_peer_kind_get_type (EntPeerKind kind);

/* One decoded message: kind, ids, and data of the kind's type (NULL for _UNKNOWN). `kind` holds a
 * value of the enum of the socket it was read from. */
typedef struct {
  int kind;
  gint64 id;
  gint64 re;
  const EntStruct *type;
  gpointer data;
} EntMessage;

void ent_message_free (EntMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntMessage, ent_message_free)

/* Text of a message for the wire; the caller owns it. data may be NULL when nothing is required. */
char *ent_room_message_encode (EntRoomKind kind, gint64 id, gint64 re, gconstpointer data);
char *ent_person_message_encode (EntPersonKind kind, gint64 id, gint64 re, gconstpointer data);
char *ent_runner_message_encode (EntRunnerKind kind, gint64 id, gint64 re, gconstpointer data);
char *ent_peer_message_encode (EntPeerKind kind, gconstpointer data);

/* Reads one message; unknown kinds are no error (kind is then _UNKNOWN), unknown members neither.
 */
EntMessage *ent_room_message_decode (const char *text, gsize size, GError **error);
EntMessage *ent_person_message_decode (const char *text, gsize size, GError **error);
EntMessage *ent_runner_message_decode (const char *text, gsize size, GError **error);
EntMessage *ent_peer_message_decode (const char *text, gsize size, GError **error);

G_END_DECLS
