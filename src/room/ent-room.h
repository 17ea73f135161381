#pragma once

#include <gio/gio.h>

#include "base/ent-clock.h"
#include "document/ent-doc.h"
#include "media/ent-call.h"
#include "room/ent-chat-message.h"
#include "room/ent-participant.h"
#include "room/ent-room-file.h"
#include "room/ent-room-run.h"

G_BEGIN_DECLS

typedef struct _EntClient EntClient;

/* A joined room: the document and everything that keeps it in step with the others.
 *
 * Every local edit goes to this device's log, over every open peer link, and to the coordinator;
 * what comes back is applied and ignored where it is known. The room goes on without a coordinator
 * and without peers, and meets the others again on any connection. The main thread owns it.
 *
 *   JOINING --> JOINED <--> RECONNECTING --> ENDED | REMOVED | TAKEN_OVER
 *      \--> FAILED                           any --leave--> LEFT
 *   JOINING or JOINED --> WAITING --> JOINING or RECONNECTING, by itself
 *
 * Properties (read-only, with notify; getters below where C needs them):
 *   phase (EntRoomPhase), sentence (why it is FAILED, RECONNECTING, ENDED, ...; may be NULL)
 *   title, role (EntRole as int), me (EntParticipant)
 *   connection (EntConnection: the best that some participant is reached by)
 *   kept-edits (uint): own edits that the coordinator has not yet confirmed as stored
 *   edit-locked, run-locked, lobby (whether who comes waits there), can-edit, can-run, can-lead
 *   can-undo, can-redo
 *   call-state (EntRoomCallState), call-sentence (or NULL)
 *   device-log-sentence: NULL, or "Not kept on this device: the disk is full."
 *   run (EntRoomRun, the last one, or NULL)
 * Signals:
 *   notice (const char *sentence)    something to tell the person, once
 *   change (EntRoomFile *file, gboolean is_local)   a file's text changed
 *   durable ()                       the coordinator's disk holds more than before
 *   languages-changed () */
#define ENT_TYPE_ROOM (ent_room_get_type ())
G_DECLARE_FINAL_TYPE (EntRoom, ent_room, ENT, ROOM, GObject)

typedef enum {
  ENT_ROOM_PHASE_JOINING,
  ENT_ROOM_PHASE_WAITING, /* in the lobby; what was written before stays on the device */
  ENT_ROOM_PHASE_JOINED,
  ENT_ROOM_PHASE_RECONNECTING, /* the coordinator is away; editing and the call go on */
  ENT_ROOM_PHASE_ENDED, /* the interview has ended; nothing can be edited */
  ENT_ROOM_PHASE_REMOVED, /* by the host */
  ENT_ROOM_PHASE_TAKEN_OVER, /* the same person joined on another device */
  ENT_ROOM_PHASE_FAILED, /* could not join */
  ENT_ROOM_PHASE_LEFT,
} EntRoomPhase;

typedef enum {
  ENT_ROOM_CALL_OFF, /* no seat asked for, or calls do not work on this computer */
  ENT_ROOM_CALL_WAITING, /* for the coordinator's answer */
  ENT_ROOM_CALL_ON, /* a seat is ours; see the participants for who is linked */
  ENT_ROOM_CALL_FULL, /* "The call is full (4 people). You can edit and chat." */
} EntRoomCallState;

#define ENT_TYPE_ROOM_PHASE (ent_room_phase_get_type ())
#define ENT_TYPE_ROOM_CALL_STATE (ent_room_call_state_get_type ())
GType ent_room_phase_get_type (void);
GType ent_room_call_state_get_type (void);

typedef struct {
  const char *room; /* id */
  const char *invite; /* token of an invitation; NULL: the signed-in account of client */
  const char *account; /* whom client is signed in as, any stable text; with it a room that was open
                        * on this device opens without the server too. NULL: unknown */
  const char *name; /* of a guest; may be NULL with an account */
  const char *data_dir; /* this profile's data; logs go to data_dir/rooms */
  gboolean peer_links; /* FALSE: only through the coordinator (ent_media_init() failed, or tests) */
  gboolean call; /* whether call links are made; needs peer_links */
  EntCallSource call_source;
  EntClock *clock; /* NULL: the real one */
} EntRoomOptions;

/* A room that is not joined yet; client and strings are kept or copied. */
EntRoom *ent_room_new (EntClient *client, const EntRoomOptions *options);

/* Joins; what follows shows in phase. Once. */
void ent_room_start (EntRoom *room);

EntRoomPhase ent_room_get_phase (EntRoom *room);
const char *ent_room_get_sentence (EntRoom *room);
const char *ent_room_get_id (EntRoom *room);
const char *ent_room_get_title (EntRoom *room);
EntRole ent_room_get_role (EntRoom *room);
EntConnection ent_room_get_connection (EntRoom *room);
guint ent_room_get_kept_edits (EntRoom *room);
EntRoomCallState ent_room_get_call_state (EntRoom *room);

/* Oneself in the roster; NULL while JOINING. From its notification on there is a document, and the
 * device's own log has been read. Borrowed. */
EntParticipant *ent_room_get_me (EntRoom *room);

/* Oneself while waiting in the lobby, with the call's own picture where there is one; NULL: not
 * there. Borrowed. */
EntParticipant *ent_room_get_waiting (EntRoom *room);

/* Everybody who is or was here, oneself first, then by order of joining. GListModel of
 * EntParticipant; borrowed, one object for the room's life. */
GListModel *ent_room_get_roster (EntRoom *room);

/* GListModel of EntRoomFile, by path shown; borrowed. */
GListModel *ent_room_get_files (EntRoom *room);

/* The file of that path shown, or of that id; NULL when there is none. Borrowed. */
EntRoomFile *ent_room_find_file (EntRoom *room, const char *path);

/* GListModel of EntChatMessage in the document's order; borrowed. */
GListModel *ent_room_get_chat (EntRoom *room);

/* --- editing --------------------------------------------------------------------------------- */

/* The document; NULL before `me` is set. When it turns out to be damaged another one takes its
 * place: then all files leave the list and come back as others. Read it and observe it; edit only
 * between ent_room_begin_edit() and ent_room_end_edit(). Borrowed. */
EntDoc *ent_room_get_doc (EntRoom *room);

/* Why nothing can be edited now, as a sentence; NULL when it can. Borrowed. */
const char *ent_room_get_edit_refusal (EntRoom *room);

/* Opens one document transaction, one update on the wire and a part of an undo step. Calls nest.
 * Fails with G_IO_ERROR_PERMISSION_DENIED and the refusal, and then opened nothing. */
gboolean ent_room_begin_edit (EntRoom *room, GError **error);
void ent_room_end_edit (EntRoom *room);

/* One edit in a transaction of its own. Positions in characters. Text that would take the file over
 * ENT_MAX_FILE_TEXT is refused. */
gboolean
ent_room_insert (EntRoom *room, EntRoomFile *file, guint32 at, const char *text, GError **error);
gboolean
ent_room_delete (EntRoom *room, EntRoomFile *file, guint32 at, guint32 count, GError **error);

/* Own edits only; FALSE when there was nothing. ent_room_break_undo() begins a new step. */
gboolean ent_room_undo (EntRoom *room);
gboolean ent_room_redo (EntRoom *room);
gboolean ent_room_can_undo (EntRoom *room);
gboolean ent_room_can_redo (EntRoom *room);
void ent_room_break_undo (EntRoom *room);

/* Tells the others where the own caret is (characters; anchor is the other end of the selection, or
 * the caret itself). file NULL: shown nowhere. Sent at most five times a second, last wins. */
void ent_room_set_caret (EntRoom *room, EntRoomFile *file, guint32 caret, guint32 anchor);

/* Appends to the chat. Fails like ent_room_begin_edit(), except that a lock does not matter, and
 * with INVALID_ARGUMENT when text is empty or over ENT_CHAT_MAX_BYTES. */
gboolean ent_room_send_chat (EntRoom *room, const char *text, GError **error);

/* --- runs ------------------------------------------------------------------------------------ */

EntRoomRun *ent_room_get_run (EntRoom *room); /* the last one, borrowed; may be NULL */

/* EntMsgLanguage *, borrowed until languages-changed; empty when no runner is connected. */
GPtrArray *ent_room_get_languages (EntRoom *room);

/* Asks the coordinator to run the file for the room. language NULL: the file's. Ends when the run
 * is queued or running (the run property then shows it), or with a sentence. */
void ent_room_run_start_async (EntRoom *room,
  EntRoomFile *file,
  const char *language,
  const char *stdin_text,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_room_run_start_finish (EntRoom *room, GAsyncResult *result, GError **error);

/* The same in a terminal of this size, both at least 1; file NULL: a shell beside the files. Ends
 * by ent_room_run_start_finish(). */
void ent_room_run_start_terminal_async (EntRoom *room,
  EntRoomFile *file,
  guint rows,
  guint columns,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
#define ENT_ROOM_SHELL_LANGUAGE "bash" /* what a runner must have for a shell */

/* Whether the run has a terminal that takes what is typed here now: it goes on, and this person may
 * run programs. */
gboolean ent_room_run_can_type (EntRoom *room);

/* Types text (UTF-8; size -1: NUL-terminated) into the terminal of the run, or gives it a size that
 * everybody sees. Nothing when ent_room_run_can_type() is FALSE; refusals come by notice. */
#define ENT_ROOM_MAX_TYPED (32 * 1024) /* bytes at once; more is refused as a whole */
void ent_room_run_type (EntRoom *room, const char *text, gssize size);
void ent_room_run_resize (EntRoom *room, guint rows, guint columns);

void ent_room_run_stop (EntRoom *room); /* refusals come by notice */

/* --- call ------------------------------------------------------------------------------------ */

/* The call, for tiles, mute and camera; NULL before `me` is set (but in the lobby), and when
 * options.call was FALSE. Borrowed. peer_id in its signals is the participant's id. */
EntCall *ent_room_get_call (EntRoom *room);

/* Link statistics for tools and the connection panel. FALSE without a link. */
typedef struct {
  gboolean verified;
  EntLinkPath path;
  gint64 round_trip_us; /* 0: unknown */
  guint64 bytes_sent;
  guint64 bytes_received;
} EntRoomLinkStats;
gboolean ent_room_get_link_stats (EntRoom *room, EntParticipant *person, EntRoomLinkStats *stats);

/* --- leading and leaving --------------------------------------------------------------------- */

/* For host and co-interviewers; refusals come by notice. */
void ent_room_set_locks (EntRoom *room, gboolean edit, gboolean run);
void ent_room_remove_participant (EntRoom *room, EntParticipant *person);
void ent_room_set_lobby (EntRoom *room, gboolean is_on); /* off: who waits is let in */
void ent_room_let_in (EntRoom *room, EntParticipant *person);
void ent_room_send_back (EntRoom *room, EntParticipant *person); /* to the lobby */
void ent_room_end (EntRoom *room); /* for everybody */

/* Leaves: flushes and folds the device's log, closes links and sockets. The room can only be freed
 * after that. Dropping the last reference without leaving closes everything too, and the log is
 * whole, only not folded. */
void ent_room_leave_async (EntRoom *room, GAsyncReadyCallback callback, gpointer data);
void ent_room_leave_finish (EntRoom *room, GAsyncResult *result);

G_END_DECLS
