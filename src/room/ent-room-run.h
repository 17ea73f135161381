#pragma once

#include <glib-object.h>

#include "protocol/ent-msg-run.h"

G_BEGIN_DECLS

typedef enum {
  ENT_RUN_QUEUED,
  ENT_RUN_RUNNING,
  ENT_RUN_ENDED,
} EntRunState;

#define ENT_TYPE_RUN_STATE (ent_run_state_get_type ())
GType ent_run_state_get_type (void);

/* One piece of a run's output. */
typedef struct {
  EntStream stream;
  gboolean follows_gap; /* something before it is missing here */
  char *text; /* valid UTF-8: other bytes are shown as U+FFFD; NUL as U+2400, in a terminal not */
} EntRunChunk;

/* One run of the room's files, the same for everybody in the room.
 *
 * Properties (read-only): id, by-name, entry, language, state, queue, note, rows, columns.
 * Signals:
 *   output (int stream, const char *text)
 *   gap ()        output is missing before what comes next: more was printed than is kept for who
 *                 comes late or reads slowly
 *   restarted ()  its runner was lost and it begins anew: what it printed is void
 *   ended () */
#define ENT_TYPE_ROOM_RUN (ent_room_run_get_type ())
G_DECLARE_FINAL_TYPE (EntRoomRun, ent_room_run, ENT, ROOM_RUN, GObject)

#define ENT_ROOM_RUN_MAX_SHOWN_BYTES (1024 * 1024) /* of output kept here, the newest */

const char *ent_room_run_get_id (EntRoomRun *run);
EntRunState ent_room_run_get_state (EntRoomRun *run);
const char *ent_room_run_get_by (EntRoomRun *run); /* participant id */
const char *ent_room_run_get_by_name (EntRoomRun *run);
const char *ent_room_run_get_entry (EntRoomRun *run); /* NULL: a shell */

/* How many runs wait before this one; 0: it runs. */
guint ent_room_run_get_queue (EntRoomRun *run);

/* The size of its terminal, which everybody shows; 0: it has none. */
guint ent_room_run_get_rows (EntRoomRun *run);
guint ent_room_run_get_columns (EntRoomRun *run);

/* Output so far: EntRunChunk *, borrowed until the next output, in order. */
GPtrArray *ent_room_run_get_output (EntRoomRun *run);

/* The result, borrowed; NULL before it ended. */
const EntMsgRunEnded *ent_room_run_get_result (EntRoomRun *run);

G_END_DECLS
