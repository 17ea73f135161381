#pragma once

#include "protocol/ent-codec.h"

G_BEGIN_DECLS

/* Who is in a room, what state it is in, and what of it is safe on disk. */

/* In order of rights, the most first. The coordinator decides; everybody else shows. */
typedef enum {
  ENT_ROLE_HOST,
  ENT_ROLE_CO_INTERVIEWER,
  ENT_ROLE_CANDIDATE,
  ENT_ROLE_OBSERVER,
} EntRole;
extern const char *const ent_role_nicks[]; /* host co-interviewer candidate observer */

/* Whether people of this role may write into the document; run; lock, remove and end. */
gboolean ent_role_can_write (EntRole role);
gboolean ent_role_can_run (EntRole role);
gboolean ent_role_can_lead (EntRole role);

typedef enum {
  ENT_PEER_JOINED, /* has an open socket */
  ENT_PEER_AWAY, /* had one; may still be linked to other peers */
  ENT_PEER_LEFT, /* left by itself */
  ENT_PEER_REMOVED, /* may not come back */
  ENT_PEER_LOBBY, /* waits there to be let in; told to those who lead */
} EntPeerState;
extern const char *const ent_peer_state_nicks[];

typedef enum {
  ENT_ROOM_OPEN,
  ENT_ROOM_ENDED, /* nothing is merged any more */
} EntRoomStateKind;
extern const char *const ent_room_state_nicks[];

/* For messages without data. */
typedef struct {
  int unused;
} EntMsgEmpty;
ENT_STRUCT_DECLARE (EntMsgEmpty, ent_msg_empty)

/* The first message; within 5 s of the upgrade. */
typedef struct {
  char *room_token;
  char *app; /* program and version, for the log */
} EntMsgHello;
ENT_STRUCT_DECLARE (EntMsgHello, ent_msg_hello)

/* A new access token for a person's socket. */
typedef struct {
  char *access;
} EntMsgAuth;
ENT_STRUCT_DECLARE (EntMsgAuth, ent_msg_auth)

/* `code` is stable and for programs, `detail` is a sentence for people. */
typedef struct {
  char *code;
  char *detail;
} EntMsgError;
ENT_STRUCT_DECLARE (EntMsgError, ent_msg_error)

typedef struct {
  char *id; /* the participant */
  char *name;
  int role; /* EntRole */
  int state; /* EntPeerState */
  gboolean seat; /* has one of the four link seats */
  gint64 colour; /* which of the room's people this is: the same for everybody, and for good */
  GArray *clients; /* client IDs in the document that are this person's */
  GArray *unconfirmed; /* of these, the ones that nobody saw this person use: shown as such */
} EntMsgPeer;
ENT_STRUCT_DECLARE (EntMsgPeer, ent_msg_peer)

typedef struct {
  gint64 rev; /* the greatest one counts */
  int state; /* EntRoomStateKind */
  gboolean edit_locked;
  gboolean run_locked;
  gboolean lobby; /* who comes waits until somebody who leads lets them in */
  char *title;
  gint64 starts; /* us */
  gint64 ends; /* us */
  char *seal; /* of an ended room: the log's last hash in hex */
} EntMsgRoom;
ENT_STRUCT_DECLARE (EntMsgRoom, ent_msg_room)

typedef struct {
  char **urls;
  char *username;
  char *credential;
} EntMsgIceServer;
ENT_STRUCT_DECLARE (EntMsgIceServer, ent_msg_ice_server)

typedef struct {
  EntMsgPeer *you;
  EntMsgRoom *room;
  GPtrArray *peers; /* EntMsgPeer; everybody else who is or was here */
  GPtrArray *ice; /* EntMsgIceServer */
  gboolean relay_only;
  char *run; /* the last one that the room knows; NULL: none */
} EntMsgWelcome;
ENT_STRUCT_DECLARE (EntMsgWelcome, ent_msg_welcome)

/* What is on the coordinator's disk. */
typedef struct {
  GBytes *sv; /* state vector; empty where more messages follow at once */
  GBytes *deleted; /* what was deleted since it was last told, at first all, in parts: an update
                    * without structs; NULL: nothing */
} EntMsgDurable;
ENT_STRUCT_DECLARE (EntMsgDurable, ent_msg_durable)

/* The next update that begins at this client and clock was made at made_at. */
typedef struct {
  gint64 client;
  gint64 clock;
  gint64 made_at; /* us */
} EntMsgTimes;
ENT_STRUCT_DECLARE (EntMsgTimes, ent_msg_times)

typedef struct {
  gboolean edit;
  gboolean run;
} EntMsgLock;
ENT_STRUCT_DECLARE (EntMsgLock, ent_msg_lock)

typedef struct {
  char *participant;
} EntMsgRemove;
ENT_STRUCT_DECLARE (EntMsgRemove, ent_msg_remove)

/* Off: who waits is let in. */
typedef struct {
  gboolean on;
} EntMsgLobby;
ENT_STRUCT_DECLARE (EntMsgLobby, ent_msg_lobby)

/* Whom to let in, or to send back. */
typedef struct {
  char *participant;
} EntMsgLobbyPerson;
ENT_STRUCT_DECLARE (EntMsgLobbyPerson, ent_msg_lobby_person)

/* All that somebody in the lobby is told. */
typedef struct {
  char *title;
  char *name; /* one's own */
} EntMsgWaiting;
ENT_STRUCT_DECLARE (EntMsgWaiting, ent_msg_waiting)

G_END_DECLS
