#pragma once

/* The inside of an open room, shared by the files that each hold one concern of it. */

#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"
#include "document/ent-doc.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-call.h"
#include "protocol/ent-msg-run.h"
#include "protocol/ent-msg-session.h"
#include "realtime/coord-open-room.h"
#include "realtime/coord-room-clients.h"
#include "realtime/coord-room-deletions.h"
#include "realtime/coord-room-event.h"
#include "realtime/coord-room-load.h"
#include "realtime/coord-room-log.h"
#include "realtime/coord-room-seal.h"
#include "run/coord-utf8-cut.h"

G_BEGIN_DECLS

#define COORD_ROOM_MAX_SYNC_LINKS 8 /* of one person */
#define COORD_ROOM_MAX_TIMES 4096 /* announced times of one person that wait for their updates */
#define COORD_ROOM_MAX_BACKLOG (64u << 20) /* bytes that may wait for the disk */
#define COORD_ROOM_MAX_HELD (64u << 20) /* bytes that wait for the end of sealing */
#define COORD_ROOM_MAX_AT_ONCE \
  (64u << 10) /* bytes of an update that the main loop merges itself \
               */
#define COORD_ROOM_MAX_ANSWERED_AT_ONCE \
  (256u << 10) /* bytes of a document that the main loop encodes itself */
#define COORD_ROOM_MAX_PENDING (4u << 20) /* bytes of one person that wait for other edits */
#define COORD_ROOM_MAX_TAKEN (64u << 20) /* bytes of updates of one person while a room is open */
#define COORD_ROOM_MAX_WALK (256u << 10) /* structs that one update may walk over, some ms */
#define COORD_ROOM_MAX_WALKED (16u << 20) /* likewise of one person while a room is open */
#define COORD_ROOM_MAX_STATE_VECTOR (256u << 10)
#define COORD_ROOM_QUESTIONS_PER_S 10 /* of one document socket */
#define COORD_ROOM_REQUESTS_PER_S 200 /* of one room socket, `times` aside */
#define COORD_ROOM_MAX_RELAYED \
  (1u << 20) /* bytes for a reader of what one person sends another \
              */
#define COORD_ROOM_MAX_CARET 4096 /* bytes of one state of awareness */
#define COORD_ROOM_MAX_CARETS 16 /* client IDs of one document socket that have one */
#define COORD_ROOM_MAX_CARETS_ROW (16u << 10) /* bytes; more is not worth a row in the log */
#define COORD_ROOM_CARETS_MS 50 /* carets are relayed at most so often, the last one wins */
#define COORD_ROOM_MAX_CHAT_TIMES 64 /* rows for the chat messages of one update */
#define COORD_ROOM_KEEPALIVE_US (20 * G_USEC_PER_SEC)
#define COORD_ROOM_DURABLE_MS 50
#define COORD_ROOM_DURABLE_PER_S (256 << 10) /* bytes of state vectors */
#define COORD_ROOM_PEERS_MS 100 /* new client IDs are told of at most so often */
#define COORD_ROOM_LATE_MS 5000 /* how long sockets stay open after the end */
#define COORD_ROOM_FOLD_ROWS 2000 /* rows after which a snapshot is made */
#define COORD_ROOM_MAX_RUN_TAIL (256u << 10) /* bytes of run messages for those who come late */
#define COORD_ROOM_MAX_RUN_BEHIND (1u << 20) /* bytes for a reader; who has more gets no output */
#define COORD_ROOM_MAX_RUN_LOGGED (4u << 20) /* bytes of one run's output in the log */
#define COORD_ROOM_MAX_OUTPUT_LOGGED (64u << 20) /* likewise, of all runs of a room */
#define COORD_ROOM_OUTPUT_CUT "\r\n[The output was cut here: the record keeps no more of it.]\r\n"
#define COORD_ROOM_RUNS_PER_MINUTE 20

typedef struct {
  char *id;
  char *name;
  EntRole role;
  EntPeerState state;
  gboolean is_expected; /* never was here: not shown to others */
  gboolean has_seat;
  gboolean has_left; /* closed the room socket, which was not lost */
  guint colour; /* how many were in the room's list before */
  guint n_links;
  gboolean must_wait; /* in the lobby: nothing of the room, and nothing into it */
  guint n_waiting; /* sockets in the lobby */
  char *owner_hash; /* the device that holds the place, as the database said; NULL: none */
  gint64 contact_us; /* when something last came from here */
  gint64 outage_us; /* contact_us as it was when the present links began */
  GHashTable *times; /* "client:clock" -> gint64 *: made_at of updates to come */
  gsize pending_bytes; /* of edits from here that wait for others */
  gsize taken_bytes; /* of updates from here */
  guint64 n_walked; /* structs that updates from here had to walk over */
  gboolean has_news; /* client IDs that the others were not told of */
  gboolean is_told_too_many; /* that there are too many of them */
} CoordMember;

/* One socket of a person. */
typedef struct {
  CoordOpenRoom *room;
  CoordMember *member;
  CoordSocket *socket; /* referenced */
  CoordSeat *seat;
  gboolean is_sync; /* else a room socket */
  gboolean wants_step2; /* our step 1 is not answered yet */
  gboolean is_run_behind; /* room socket: did not get all output of the run; the tail follows */
  gint64 sent_us; /* monotonic */
  GHashTable *announced; /* sync: client IDs whose awareness came over it */
  gint64 questions_us; /* monotonic: since when they are counted */
  guint n_questions;
} CoordRoomLink;

/* An update that came while the room was being sealed. */
typedef struct {
  CoordMember *member;
  GBytes *update;
} CoordHeldUpdate;

typedef struct _CoordRoomLoan CoordRoomLoan;

struct _CoordOpenRoom {
  grefcount refs;
  const CoordRoomHost *host; /* NULL once closed */
  CoordRoom *record;
  gint64 epoch; /* of this opening: what is written names it */
  EntDoc *doc;
  guint observer_id;
  EntAwareness *awareness;
  CoordRoomClients *clients;
  CoordRoomLog *log;
  GHashTable *members; /* id -> CoordMember */
  GPtrArray *links; /* CoordRoomLink, owned */
  GPtrArray *lobby; /* of coord-room-lobby.c, owned */
  gint64 empty_since_us; /* monotonic */
  gboolean is_closed;
  gboolean is_loading_people;
  gboolean must_load_people; /* once more, since something has happened meanwhile */
  gboolean is_lost; /* closed because it was opened elsewhere */

  /* The replica in a thread: nothing here looks at it meanwhile. */
  CoordRoomLoan *loan; /* NULL: it is here */
  GQueue waiting; /* what came meanwhile, see coord-room-loan.c */
  gsize waiting_bytes;
  guint waiting_id;

  /* The document: what was applied and is not published yet, and what is on disk. */
  guint64 document_bytes; /* what it may take, encoded */
  GPtrArray *caught; /* of coord-room-document.c; the applying thread's */
  GBytes *durable; /* state vector on disk */
  GQueue deletions; /* GBytes, updates without structs: appended to the log, oldest first */
  guint64 n_deletions; /* appended until now */
  CoordRoomDeletions *durable_deletions; /* all that are on disk */
  gint64 durable_sent_us;
  guint durable_id;
  guint peers_id; /* until those with news are told of */
  guint rows_since_fold;
  gboolean is_folding;
  GHashTable *dirty_awareness; /* clients to log */
  GHashTable *fresh_awareness; /* clients to relay */
  gint64 awareness_sent_us;
  guint awareness_id;

  /* The end. */
  gboolean is_ending;
  CoordRoomLink *ender; /* asked for the end; NULL when it has gone */
  gint64 ender_re;
  CoordSeat *sealer; /* a copy of the ender's */
  GPtrArray *held; /* CoordHeldUpdate */
  gsize held_bytes;
  guint late_id;

  /* The run. */
  CoordRun *run; /* NULL: nothing runs */
  CoordMember *run_by;
  guint run_attempt; /* of run_n */
  gint64 run_n; /* the next output's number */
  char *run_note; /* of its runner; may be NULL */
  EntMsgRunStart *run_start; /* waits for run_sv */
  EntStateVector *run_sv;
  gint64 run_re;
  guint run_wait_id;
  gint64 run_times_us[COORD_ROOM_RUNS_PER_MINUTE]; /* starts, a ring */
  guint run_next;
  GQueue run_tail; /* GBytes: messages of the last run */
  char *run_tail_id; /* that run; NULL: none */
  gsize run_tail_bytes;
  gsize run_logged_bytes; /* of the present run's output */
  guint64 output_logged_bytes; /* of all runs' */
  gboolean is_output_cut; /* the log has no more of the present run's output */
};

extern CoordRoomCounts coord_room_counts;

/* coord-open-room.c */
gint64 coord_open_room_now_us (CoordOpenRoom *room); /* wall clock */
gint64 coord_open_room_steady_us (CoordOpenRoom *room);
CoordRoomLink *coord_open_room_find_socket (CoordOpenRoom *room, const char *participant_id);
void coord_open_room_append (CoordOpenRoom *room, CoordLogRow *row);
/* Another node is the room's home now: closes it. */
void coord_open_room_lose (CoordOpenRoom *room);
void coord_open_room_heard (CoordRoomLink *link);
/* Counts what costs more than it takes to send; beyond limit a second closes the link: FALSE. */
gboolean coord_open_room_count_question (CoordRoomLink *link, guint limit);

/* Reads people and locks from the database once more. */
void coord_open_room_load_people (CoordOpenRoom *room);
/* Closes the person's sockets in the room, but those of except_device (NULL: all of them). */
void coord_open_room_close_links (CoordOpenRoom *room,
  CoordMember *member,
  const char *except_device,
  guint code,
  const char *reason);
/* The member that sits there, added when nobody knew of it yet. */
CoordMember *coord_open_room_get_member (CoordOpenRoom *room, const CoordSeat *seat);
/* Why somebody may not come in: a close code, 0 = welcome. */
guint
coord_open_room_find_refusal (CoordOpenRoom *room, const CoordSeat *seat, const char **reason);
/* Whether the person was removed or is in the lobby: what they still send counts for nothing. */
gboolean coord_member_is_out (const CoordMember *member);

/* coord-room-tell.c: what people are told. A peer as those who lead know it, or the others. */
void coord_open_room_send (CoordRoomLink *link, EntRoomKind kind, gint64 re, gconstpointer data);
void
coord_open_room_send_error (CoordRoomLink *link, gint64 re, const char *code, const char *text);
void coord_open_room_send_gerror (CoordRoomLink *link, gint64 re, const GError *error);
void coord_open_room_broadcast (CoordOpenRoom *room, EntRoomKind kind, gconstpointer data);
void coord_open_room_broadcast_text (CoordOpenRoom *room, GBytes *text);
/* Who never was in is told to those who lead alone. */
void coord_open_room_broadcast_peer (CoordOpenRoom *room, CoordMember *member);
void coord_open_room_tell_leads (CoordOpenRoom *room, CoordMember *member);
void coord_open_room_broadcast_state (CoordOpenRoom *room);
EntMsgPeer *coord_open_room_new_peer (CoordOpenRoom *room, CoordMember *member, gboolean to_lead);

/* coord-room-order.c: what those who lead ask for */
void coord_room_order_take (CoordRoomLink *link, const EntMessage *message);

/* coord-room-lobby.c: who waits. Their sockets are none of the room's links. */
void
coord_room_lobby_join (CoordOpenRoom *room, const CoordSeat *seat, CoordSocket *socket, gint64 re);
/* As the database says; a load that is stale already lets nobody in. */
void coord_room_lobby_set_waits (CoordOpenRoom *room, CoordMember *member, gboolean must_wait);
/* Somebody was sent back, and the database knows it. */
void coord_room_lobby_return (CoordOpenRoom *room, const char *participant_id);
/* Closes the sockets of a member (NULL: of everybody) in the lobby, but those of except_device. */
void coord_room_lobby_close (CoordOpenRoom *room,
  CoordMember *member,
  const char *except_device,
  guint code,
  const char *reason);
void coord_room_lobby_tick (CoordOpenRoom *room);

/* coord-room-loan.c: the replica in a thread. work gets it there; back is called on the main
 * thread, also for a room that was closed meanwhile (room->is_closed), and frees data. vector is
 * what the replica has, encoded. */
typedef void (*CoordLoanFunc) (EntDoc *doc, gpointer data);
typedef void (*CoordLoanDone) (CoordOpenRoom *room, gpointer data);
void
coord_room_loan_begin (CoordOpenRoom *room, CoordLoanFunc work, CoordLoanDone back, gpointer data);
/* What the replica had when it left; NULL: it is here. Lent. */
GBytes *coord_room_loan_get_vector (CoordOpenRoom *room);
/* TRUE: it has to wait, and is taken later. */
gboolean coord_room_loan_hold_start (CoordRoomLink *link);
gboolean coord_room_loan_hold_message (CoordRoomLink *link, gboolean is_text, GBytes *bytes);
gboolean coord_room_loan_hold_close (CoordRoomLink *link, guint code);
/* Calls func with each message that waits and came over a document socket, once the replica is
 * back. TRUE: that one is answered. */
typedef gboolean (*CoordLoanAnswer) (CoordRoomLink *link, GBytes *bytes, gpointer data);
void coord_room_loan_answer_waiting (CoordOpenRoom *room, CoordLoanAnswer func, gpointer data);
/* The room was closed: what waits is dropped. */
void coord_room_loan_close (CoordOpenRoom *room);

/* coord-room-taking.c: the replica and its rights */
/* Merges or drops an update, a big one later; FALSE when it cannot be read: close the link. */
gboolean coord_room_document_take (CoordRoomLink *link, GBytes *update, gboolean is_step2);

/* coord-room-document.c: what it emits */
/* deletions: all of the document's, in pieces; NULL: none. */
void coord_room_document_open (CoordOpenRoom *room, EntDoc *doc, const GPtrArray *deletions);
void coord_room_document_close (CoordOpenRoom *room);
/* Relays and logs what was caught of an update that came over a link. */
void coord_room_document_publish (CoordRoomLink *link, GBytes *came, gint64 made_at_us);
/* A client ID has a writer now. */
void coord_room_document_announce (CoordRoomLink *link,
  guint64 client,
  const char *owner,
  gboolean is_witnessed);
/* The replica, once the room is closed and nobody works at it. */
void coord_room_document_drop (CoordOpenRoom *room);
gboolean coord_room_document_take_awareness (CoordRoomLink *link, const guint8 *data, gsize size);
void coord_room_document_forget (CoordRoomLink *link);
void coord_room_document_send_durable (CoordRoomLink *link);
void coord_room_document_take_times (CoordMember *member, const EntMsgTimes *times);
void coord_room_document_tick (CoordOpenRoom *room);

/* coord-room-end.c */
void coord_room_end_begin (CoordRoomLink *link, gint64 re);
void coord_room_end_hold (CoordOpenRoom *room, CoordMember *member, GBytes *update);
void coord_room_end_keep_late (CoordOpenRoom *room, CoordMember *member, GBytes *update);
void coord_room_end_finished (CoordOpenRoom *room);
void coord_room_end_clear (CoordOpenRoom *room);

/* coord-sync-link.c, coord-room-link.c: the two protocols */
extern const CoordSocketEvents coord_sync_link_events;
extern const CoordSocketEvents coord_room_link_events;
extern const CoordSocketLimits coord_sync_link_limits;
extern const CoordSocketLimits coord_room_link_limits;
void coord_sync_link_start (CoordRoomLink *link);
void coord_sync_link_take (CoordRoomLink *link, gboolean is_text, GBytes *bytes);
/* Answers a step 1, a big document later. question: the vector as it came; takes known, which it
 * says. */
void coord_sync_answer (CoordRoomLink *link, GBytes *question, EntStateVector *known);
void coord_room_link_take (CoordRoomLink *link, gboolean is_text, GBytes *bytes);
void coord_sync_link_send (CoordRoomLink *link, GBytes *message);
/* The same for whoever sends to many and has looked at the clock. */
void coord_sync_link_send_at (CoordRoomLink *link, GBytes *message, gint64 now_us);
void coord_room_link_start (CoordRoomLink *link, gint64 re);
void coord_room_link_closed (CoordRoomLink *link, guint code);

/* coord-room-call.c: seats and descriptions */
void coord_room_call_join (CoordRoomLink *link, gint64 re);
void coord_room_call_leave (CoordMember *member, CoordOpenRoom *room);
void coord_room_call_describe (CoordRoomLink *link,
  EntRoomKind kind,
  gint64 re,
  EntMsgDescription *description);
void coord_room_call_candidate (CoordRoomLink *link, gint64 re, EntMsgCandidate *candidate);

/* coord-room-run.c */
void coord_room_run_open (CoordOpenRoom *room, GPtrArray *rows, guint64 output_bytes);
void coord_room_run_start (CoordRoomLink *link, gint64 re, EntMsgRunStart *start);
void coord_room_run_stop (CoordRoomLink *link, gint64 re, const EntMsgRunStop *stop);
void coord_room_run_input (CoordRoomLink *link, gint64 re, const EntMsgRunInput *input);
void coord_room_run_resize (CoordRoomLink *link, gint64 re, const EntMsgRunResize *resize);
/* Sends what slow readers have missed, when they have read the rest. */
void coord_room_run_tick (CoordOpenRoom *room);
void coord_room_run_document_changed (CoordOpenRoom *room);
void coord_room_run_send_tail (CoordRoomLink *link);
void coord_room_run_send_runners (CoordRoomLink *link);
void coord_room_run_clear (CoordOpenRoom *room);
void coord_room_run_free (CoordOpenRoom *room);

G_END_DECLS
