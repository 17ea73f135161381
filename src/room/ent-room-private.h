#pragma once

/* The inside of a joined room, shared by the files that each hold one concern of it:
 *   ent-room.c               the object: properties, joining, leaving
 *   ent-room-document.c      the document: local edits out, remote ones in, log, undo
 *   ent-room-lists.c         files and chat as lists
 *   ent-room-presence.c      carets by awareness
 *   ent-room-lobby.c         waiting to be let in
 *   ent-room-coordinator.c   both sockets, roster, durable, requests
 *   ent-room-runs.c          runs
 *   ent-room-pairs.c         one pair of links with each peer; -pair-call.c: the call link */

#include "client/ent-channel.h"
#include "client/ent-client.h"
#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"
#include "document/ent-doc-undo.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-call.h"
#include "room/ent-durable.h"
#include "room/ent-room-items-private.h"
#include "room/ent-room-link.h"
#include "room/ent-room-log.h"
#include "room/ent-room-policy.h"
#include "room/ent-room.h"

G_BEGIN_DECLS

enum {
  ENT_ROOM_PROP_PHASE = 1,
  ENT_ROOM_PROP_SENTENCE,
  ENT_ROOM_PROP_TITLE,
  ENT_ROOM_PROP_ROLE,
  ENT_ROOM_PROP_ME,
  ENT_ROOM_PROP_CONNECTION,
  ENT_ROOM_PROP_KEPT_EDITS,
  ENT_ROOM_PROP_EDIT_LOCKED,
  ENT_ROOM_PROP_RUN_LOCKED,
  ENT_ROOM_PROP_LOBBY,
  ENT_ROOM_PROP_CAN_EDIT,
  ENT_ROOM_PROP_CAN_RUN,
  ENT_ROOM_PROP_CAN_LEAD,
  ENT_ROOM_PROP_CAN_UNDO,
  ENT_ROOM_PROP_CAN_REDO,
  ENT_ROOM_PROP_CALL_STATE,
  ENT_ROOM_PROP_CALL_SENTENCE,
  ENT_ROOM_PROP_DEVICE_LOG_SENTENCE,
  ENT_ROOM_PROP_RUN,
  ENT_ROOM_N_PROPS,
};

enum {
  ENT_ROOM_SIGNAL_NOTICE,
  ENT_ROOM_SIGNAL_CHANGE,
  ENT_ROOM_SIGNAL_DURABLE,
  ENT_ROOM_SIGNAL_LANGUAGES_CHANGED,
  ENT_ROOM_N_SIGNALS,
};

/* The id of messages whose refusal nobody needs to hear of: signalling repairs itself. */
#define ENT_ROOM_QUIET_ID 1

extern GParamSpec *ent_room_props[ENT_ROOM_N_PROPS];
extern guint ent_room_signals[ENT_ROOM_N_SIGNALS];

typedef struct _EntRoomPair EntRoomPair;

struct _EntRoom {
  GObject parent_instance;

  /* Given. */
  EntClient *client;
  EntClock *clock;
  char *id;
  char *invite;
  char *account;
  char *name;
  char *data_dir;
  gboolean has_peer_links;
  gboolean has_call;
  EntCallSource call_source;

  /* Joining. */
  EntRoomPhase phase;
  char *sentence;
  EntApiJoined *joined; /* the newest answer */
  EntMsgRoom *state; /* the newest one */
  gboolean is_started;
  gboolean is_joining; /* an answer is waited for */
  gboolean is_leaving;
  guint join_retry_id;
  GCancellable *cancellable; /* cancelled in dispose */

  /* The lobby. */
  EntApiJoined *waiting; /* the answer that says so; NULL: not in the lobby */
  EntChannel *lobby_socket; /* NULL: not there */
  EntParticipant *waiting_me; /* oneself there */
  char *lobby_title; /* as told there */

  /* People. */
  GListStore *roster; /* EntParticipant */
  EntParticipant *me;
  EntConnection connection;

  /* The document. */
  EntDoc *doc;
  guint observer_id;
  EntUndo *undo;
  gboolean could_undo; /* as last notified */
  gboolean could_redo;
  guint32 own_clock; /* of the own client ID, before the transaction that is next */
  EntRoomLog *log; /* NULL when it could not be opened */
  char *log_sentence;
  gint64 changed_us; /* monotonic: the last change of the document */
  gint64 copy_sent_us; /* monotonic */
  char *copy_hash; /* of the document; NULL: not worked out since the last change */
  gint64 compared_us; /* monotonic: when the coordinator was last asked for its copy; 0: never */
  char *compared_for; /* whose copy differs, while its answer is waited for; else NULL */
  GPtrArray *replaced; /* EntDoc: damaged ones, kept for whoever still reads them */
  GQueue kept; /* EntLogEntry: own updates that are not known to be durable, oldest first */
  EntDurable *durable; /* NULL: not heard of yet */
  GHashTable *files_by_id; /* id -> EntRoomFile */
  GHashTable *files_by_text; /* EntType -> EntRoomFile, both borrowed */
  GListStore *files;
  GListStore *chat;

  /* Carets. */
  EntAwareness *awareness;
  guint awareness_tick_id;
  guint caret_id; /* a caret waits for its turn */
  gint64 caret_sent_us;
  char *caret_json; /* the newest state; NULL: shown nowhere */
  GHashTable *shown_carets; /* client (guint64) -> EntRoomFile in which it is shown */

  /* The coordinator. */
  EntChannel *room_socket;
  EntChannel *sync_socket;
  gboolean is_welcome; /* the room socket has said welcome and is open */
  gboolean is_synced; /* the coordinator's state is known and the kept edits were sent */
  gint64 last_request;
  GHashTable *requests; /* id (gint64) -> EntRoomRequest */
  EntRoomRun *run;
  char *run_before; /* id of the run before that; NULL: none */
  GPtrArray *languages; /* EntMsgLanguage */

  /* Peers. */
  EntIceConfig *ice;
  GHashTable *pairs; /* participant id -> EntRoomPair */
  EntCall *call;
  guint drop_all_id;
  EntRoomCallState call_state;
  char *call_sentence;
};

/* --- ent-room.c */
void ent_room_notify (EntRoom *room, guint prop);
void ent_room_tell (EntRoom *room, const char *sentence);
void ent_room_set_phase (EntRoom *room, EntRoomPhase phase, const char *sentence);
void ent_room_set_run (EntRoom *room, EntRoomRun *run);
void ent_room_set_call_state (EntRoom *room, EntRoomCallState state, const char *sentence);
void ent_room_set_log_sentence (EntRoom *room, const char *sentence);
gboolean ent_room_is_over (EntRoom *room); /* ended, removed, taken over, left or failed */
void ent_room_notify_rights (EntRoom *room);
void ent_room_join_again (EntRoom *room); /* a fresh room token, then both sockets anew */

/* --- ent-room-document.c */
void ent_room_document_open (EntRoom *room, EntRoomLog *log);
void ent_room_document_close (EntRoom *room);

/* Applies what came from outside. FALSE when it cannot be read. */
gboolean
ent_room_document_apply (EntRoom *room, GBytes *update, gconstpointer origin, GError **error);

/* The coordinator's disk holds more. */
void ent_room_document_take_durable (EntRoom *room, const EntMsgDurable *durable);
gboolean ent_room_document_is_all_durable (EntRoom *room);

/* Takes fresh in the place of the document, under a fresh client ID; files and chat are emptied and
 * filled anew, and the device's log with them. */
void ent_room_document_replace (EntRoom *room, EntDoc *take_fresh);

/* --- ent-room-agreement.c */
void ent_room_agreement_tick (EntRoom *room); /* every few seconds */
void ent_room_agreement_take (EntRoomPair *pair, const EntMsgCopy *copy);

/* A step 2 of the coordinator: what it has, if that was asked for. */
void ent_room_agreement_take_step2 (EntRoom *room, GBytes *update);

/* --- ent-room-lists.c */
void ent_room_lists_open (EntRoom *room);
void ent_room_lists_clear (EntRoom *room);
void ent_room_lists_take_event (EntRoom *room, const EntDocEvent *event);
void ent_room_lists_refresh_authors (EntRoom *room);

/* --- ent-room-presence.c */
void ent_room_presence_open (EntRoom *room);
void ent_room_presence_close (EntRoom *room);
void ent_room_presence_refresh (EntRoom *room); /* the roster's client IDs changed */
void ent_room_presence_moved (EntRoom *room, EntRoomFile *file); /* its text changed */
GBytes *ent_room_presence_new_message (EntRoom *room); /* the own state */

/* --- ent-room-coordinator.c */
void ent_room_coordinator_open (EntRoom *room);
void ent_room_coordinator_start (EntRoom *room); /* with the present room token */
void ent_room_coordinator_stop (EntRoom *room); /* until it is started again */
void ent_room_coordinator_close (EntRoom *room);

/* A socket was closed by the server for good: what that means for the room. */
void ent_room_coordinator_take_final_close (EntRoom *room, guint code, const char *reason);
EntParticipant *ent_room_find_participant (EntRoom *room, const char *id);
EntParticipant *ent_room_find_author (EntRoom *room, guint64 client);
const char *ent_room_find_owner (guint64 client, gpointer room); /* EntPolicyFindOwner */

/* Sends a live update with its time when it waited; keeps quiet when the socket is not ready. */
void ent_room_coordinator_send_update (EntRoom *room, GBytes *update);
void ent_room_coordinator_send_awareness (EntRoom *room, GBytes *message);

/* Sends on the room socket; TRUE when it is open. Nobody hears of a refusal. */
gboolean ent_room_coordinator_send (EntRoom *room, EntRoomKind kind, gconstpointer data);

/* Likewise, and an error in answer comes back: to task when there is one (taken, and returned TRUE
 * by whoever sees the success), else as a notice. */
void ent_room_coordinator_request (EntRoom *room,
  EntRoomKind kind,
  gconstpointer data,
  GTask *take_task);

/* The task of the open request of that kind, forgotten by this; NULL when there is none. */
GTask *ent_room_coordinator_steal_task (EntRoom *room, EntRoomKind kind);

/* --- ent-room-lobby.c */
void ent_room_lobby_enter (EntRoom *room, EntApiJoined *take_waiting);
void ent_room_lobby_leave (EntRoom *room); /* let in, or over */

/* --- ent-room-runs.c */
void ent_room_runs_take (EntRoom *room, const EntMessage *message);

/* The coordinator is there again, and knows that run as the last one; NULL: none. */
void ent_room_runs_take_welcome (EntRoom *room, const char *last_run);

/* --- ent-room-pairs.c */
void ent_room_pairs_open (EntRoom *room);
void ent_room_pairs_open_call (EntRoom *room, EntRole role); /* once; nothing without calls */
void ent_room_pairs_close (EntRoom *room);
/* From the main loop; when the room is over the call ends too. */
void ent_room_pairs_drop_all_later (EntRoom *room);
void ent_room_pairs_review (EntRoom *room); /* the roster or the signalling changed */
void ent_room_pairs_take (EntRoom *room, const EntMessage *message); /* rtc:* */
void ent_room_pairs_set_ice (EntRoom *room, GPtrArray *servers, gboolean is_relay_only);
void ent_room_pairs_send_update (EntRoom *room, GBytes *update);
void ent_room_pairs_send_awareness (EntRoom *room, GBytes *message);

/* Tells everybody who is linked what the own copy is. */
void ent_room_pairs_send_copy (EntRoom *room, const EntMsgCopy *copy);

/* Asks the peer for what is missing here. */
void ent_room_pair_ask (EntRoomPair *pair);

/* How participants and the room are reached, for the badge. */
void ent_room_pairs_refresh_connections (EntRoom *room);

G_END_DECLS
