#pragma once

#include "protocol/ent-msg-session.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* A room: its state, the people in it, its log and its snapshots. Plain functions over a
 * connection, to be run by the pool. Times are microseconds since 1970 in UTC; 0 means unknown or
 * not yet. */

typedef struct {
  char *id;
  char *interview_id;
  char *org_id;
  char *title;
  EntRoomStateKind state;
  gint64 rev; /* raised by each change of state, locks, lobby or question */
  gboolean edit_locked;
  gboolean run_locked;
  gboolean has_lobby; /* who comes and does not lead waits to be let in */
  char *question; /* JSON of the active question, or NULL */
  gint64 starts_at_us;
  gint64 ends_at_us; /* as planned */
  gint64 ended_at_us;
  char *seal; /* hex; set when ended */
} CoordRoom;

void coord_room_free (CoordRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoom, coord_room_free)

typedef enum {
  COORD_PARTICIPANT_EXPECTED = 1, /* booked or invited, not yet in */
  COORD_PARTICIPANT_PRESENT, /* has joined at least once */
  COORD_PARTICIPANT_REMOVED,
} CoordParticipantState;

typedef struct {
  char *id;
  char *room_id;
  char *user_id; /* NULL for a guest */
  char *name;
  EntRole role;
  CoordParticipantState state;
  gboolean waits; /* in the lobby, unless the role leads by now */
  char *device_hash; /* that holds the place, of a room's list; NULL: none, or not asked for */
} CoordParticipant;

void coord_participant_free (CoordParticipant *participant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordParticipant, coord_participant_free)

typedef enum {
  COORD_LOG_UPDATE = 1, /* document update, format v1 */
  COORD_LOG_AWARENESS,
  COORD_LOG_RUN_OUTPUT, /* a run:started, run:output or run:ended message as it was sent */
  COORD_LOG_EVENT, /* JSON */
  COORD_LOG_CHAT_TIME, /* JSON: which element of the chat came */
  COORD_LOG_LATE, /* an update that came after the end: kept beside the seal, never merged */
} CoordLogKind;

typedef struct {
  gint64 seq; /* from 1, without gaps; given by append */
  gint64 at_us; /* arrival */
  gint64 made_at_us; /* when it was made offline; 0 = at arrival */
  CoordLogKind kind;
  char *via; /* participant over whose connection it came; "" for the coordinator's own */
  GBytes *bytes;
} CoordLogRow;

CoordLogRow *coord_log_row_new (CoordLogKind kind,
  gint64 at_us,
  gint64 made_at_us,
  const char *via,
  GBytes *bytes);
void coord_log_row_free (CoordLogRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordLogRow, coord_log_row_free)

/* Finds a room; COORD_ERROR_NOT_FOUND when there is none. */
CoordRoom *coord_room_store_find (CoordDb *db, const char *room_id, GError **error);

/* Writes state, locks, lobby, question, ended_at, seal of a room whose rev is still room->rev and
 * raises it (room->rev too); COORD_ERROR_CONFLICT when somebody else changed it first. */
gboolean coord_room_store_update (CoordDb *db, CoordRoom *room, GError **error);

/* Appends a row and gives it the next seq of the room (also written to row->seq). */
gboolean
coord_room_store_append (CoordDb *db, const char *room_id, CoordLogRow *row, GError **error);

/* Rows with seq > after_seq in order, at most limit (GPtrArray of CoordLogRow, owned). kind 0 =
 * all. */
GPtrArray *coord_room_store_load_log (CoordDb *db,
  const char *room_id,
  gint64 after_seq,
  CoordLogKind kind,
  guint limit,
  GError **error);

/* The last rows of a kind, at most limit, in order (GPtrArray of CoordLogRow, owned). */
GPtrArray *coord_room_store_load_log_tail (CoordDb *db,
  const char *room_id,
  CoordLogKind kind,
  guint limit,
  GError **error);

/* Sets *bytes to how much the rows of a kind take. */
gboolean coord_room_store_count_log (CoordDb *db,
  const char *room_id,
  CoordLogKind kind,
  guint64 *bytes,
  GError **error);

/* When something last came in over each participant's connections: participant -> gint64 in
 * microseconds (both owned by the table). */
GHashTable *coord_room_store_load_contacts (CoordDb *db, const char *room_id, GError **error);

/* The latest snapshot: TRUE with *bytes NULL when there is none. The caller owns the bytes. */
gboolean coord_room_store_load_snapshot (CoordDb *db,
  const char *room_id,
  gint64 *upto_seq,
  GBytes **bytes,
  GError **error);

/* Keeps a snapshot of the document as of upto_seq; older ones of the room go. */
gboolean coord_room_store_save_snapshot (CoordDb *db,
  const char *room_id,
  gint64 upto_seq,
  GBytes *bytes,
  GError **error);

/* Client IDs of the shared document. Blocks of 16 below 2^20; block 0 is the coordinator's own, of
 * which it uses 1 to 15. A device keeps its block; it gets another one when the second half of its
 * newest block has been seen in use. */
#define COORD_CLIENT_BLOCK 16
#define COORD_CLIENT_LIMIT (1 << 20)
#define COORD_MAX_OWN_BLOCKS 32 /* of one person in a room */
#define COORD_MAX_ROOM_BLOCKS 512 /* 16 times as many: people who were removed keep theirs */

/* Sets *first_client; COORD_ERROR_ROOM_FULL when COORD_MAX_ROOM_BLOCKS are given out, or
 * COORD_MAX_OWN_BLOCKS to this person. */
gboolean coord_room_store_allocate_clients (CoordDb *db,
  const char *room_id,
  const char *participant_id,
  const char *device_hash,
  guint32 *first_client,
  GError **error);

typedef struct {
  guint32 first_client;
  char *participant_id;
} CoordClientBlock;

void coord_client_block_free (CoordClientBlock *block);

/* All blocks given out in the room (GPtrArray of CoordClientBlock, owned). */
GPtrArray *coord_room_store_load_blocks (CoordDb *db, const char *room_id, GError **error);

typedef struct {
  guint32 client;
  char *participant_id;
  gboolean is_witnessed; /* its structs first came over that participant's own connection */
} CoordRoomClient;

void coord_room_client_free (CoordRoomClient *client);

/* Records whose a client ID is; the first record stays, a witnessed one replaces an unwitnessed
 * one. */
gboolean coord_room_store_record_client (CoordDb *db,
  const char *room_id,
  guint32 client,
  const char *participant_id,
  gboolean is_witnessed,
  GError **error);
GPtrArray *coord_room_store_load_clients (CoordDb *db, const char *room_id, GError **error);

/* Everybody who may be or was in the room (GPtrArray of CoordParticipant, owned), oldest first. */
GPtrArray *coord_room_store_load_participants (CoordDb *db, const char *room_id, GError **error);
CoordParticipant *
coord_room_store_find_participant (CoordDb *db, const char *participant_id, GError **error);

/* The ids of those whose accounts are switched off; the caller owns them. */
GPtrArray *coord_room_store_list_blocked (CoordDb *db, const char *room_id, GError **error);
CoordParticipant *coord_room_store_find_participant_of_user (CoordDb *db,
  const char *room_id,
  const char *user_id,
  GError **error);

/* Takes the participant as it is; id must be new. */
gboolean coord_room_store_add_participant (CoordDb *db,
  const CoordParticipant *participant,
  gint64 now_us,
  GError **error);
gboolean coord_room_store_set_participant_state (CoordDb *db,
  const char *participant_id,
  CoordParticipantState state,
  GError **error);

/* Somebody has to wait in the lobby, or is let in and then counts as present. */
gboolean coord_room_store_set_participant_waits (CoordDb *db,
  const char *participant_id,
  gboolean waits,
  GError **error);

/* Which open rooms are over: planned to end before then, without a token that is good after then,
 * and at home at no node that holds a lease. */
typedef struct {
  gint64 planned_before_us;
  gint64 tokens_before_us;
} CoordRoomsOverdue;

/* Their ids, the longest over first, at most limit; of one room alone, or NULL for any. The caller
 * owns them. */
GPtrArray *coord_room_store_list_overdue (CoordDb *db,
  const CoordRoomsOverdue *question,
  const char *room_id,
  guint limit,
  GError **error);

/* Ends a room that will not be used: its interview was cancelled. */
gboolean coord_room_store_close (CoordDb *db, const char *room_id, gint64 now_us, GError **error);

/* Somebody who may have been removed is expected again, in this role. */
gboolean coord_room_store_set_participant_role (CoordDb *db,
  const char *participant_id,
  EntRole role,
  GError **error);
gboolean coord_room_store_set_participant_name (CoordDb *db,
  const char *participant_id,
  const char *name,
  GError **error);

/* Room tokens are stored hashed and belong to room, participant and device. */
typedef struct {
  char *room_id;
  char *participant_id;
  char *device_hash;
  gint64 expires_at_us;
  gboolean waits; /* good for waiting in the lobby alone */
} CoordRoomToken;

gboolean coord_room_store_add_token (CoordDb *db,
  const char *token_hash,
  const CoordRoomToken *token,
  gint64 now_us,
  GError **error);

void coord_room_token_free (CoordRoomToken *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomToken, coord_room_token_free)

/* COORD_ERROR_NOT_SIGNED_IN when there is no such token, or it was revoked. Expiry is not looked
 * at. */
CoordRoomToken *coord_room_store_find_token (CoordDb *db, const char *token_hash, GError **error);

/* The ids of the rooms that have a seal and still their log. The caller owns them. */
GPtrArray *coord_room_store_list_sealed (CoordDb *db, GError **error);

/* Revokes all tokens of the room, of one participant when given, but those of except_device. */
gboolean coord_room_store_revoke_tokens (CoordDb *db,
  const char *room_id,
  const char *participant_id,
  const char *except_device,
  GError **error);

G_END_DECLS
