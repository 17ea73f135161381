#pragma once

#include <gio/gio.h>

#include "base/ent-clock.h"

G_BEGIN_DECLS

/* This device's own log of a room: one SQLite file that survives kill -9, written by a thread of
 * its own in batches, so that the caller never waits for the disk. It holds every update made or
 * received here, and the client IDs this device was given, each used once only.
 *
 * Calls come from one thread, the one whose main context was the default at opening. */
typedef struct _EntRoomLog EntRoomLog;

#define ENT_ROOM_LOG_BATCH_MS 5 /* an update waits at most this long before it is written */
#define ENT_ROOM_LOG_FOLD_BYTES (4 * 1024 * 1024) /* over this it is folded to one state */
#define ENT_ROOM_LOG_MAX_WAITING_BYTES \
  (64 * 1024 * 1024) /* beyond this new updates are not kept \
                      */

/* One update as it stands in the log. */
typedef struct {
  GBytes *bytes;
  gboolean is_own; /* made here and not folded yet */
  guint64 client; /* own: the client ID and clock it begins at, and how many units it makes */
  guint32 clock;
  guint32 length;
  gint64 made_at_us; /* wall time */
} EntLogEntry;

EntLogEntry *ent_log_entry_new (GBytes *bytes,
  gboolean is_own,
  guint64 client,
  guint32 clock,
  guint32 length,
  gint64 made_at_us);
void ent_log_entry_free (EntLogEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntLogEntry, ent_log_entry_free)

/* The place of the log: DATA_DIR/rooms/<sha256 of origin, room, participant>.db. Caller owns. */
char *ent_room_log_build_path (const char *data_dir,
  const char *origin,
  const char *room,
  const char *participant);

/* Opens or makes the log, in a thread: folder 0700, file 0600. given_clients (gint64) are added to
 * its client IDs. The result is a log whose ent_room_log_get_client() is reserved. */
void ent_room_log_open_async (const char *path,
  GArray *given_clients,
  GAsyncReadyCallback callback,
  gpointer data);
EntRoomLog *ent_room_log_open_finish (GAsyncResult *result, GError **error);

/* What the log held when it was opened: EntLogEntry *, in order. Once; caller owns. */
GPtrArray *ent_room_log_steal_entries (EntRoomLog *log);

/* The client ID for this opening: the next of the given ones that was never used, else a random one
 * in [2^31, 2^32). It was marked as used, on disk, before this returns it. */
guint64 ent_room_log_get_client (EntRoomLog *log);

/* The next one after a clash; the mark is written before any later update. */
guint64 ent_room_log_take_next_client (EntRoomLog *log);

/* Appends; takes the entry. Never fails: see ent_room_log_get_problem(). */
void ent_room_log_append (EntRoomLog *log, EntLogEntry *take_entry);

/* Replaces all updates written until now by one state. own holds entries (EntLogEntry) that are to
 * stay as they are, or is NULL. */
void ent_room_log_fold (EntRoomLog *log, GBytes *state, GPtrArray *own);

/* Bytes of updates in the file since the last fold. */
guint64 ent_room_log_get_size (EntRoomLog *log);

/* NULL, or why updates are not kept at present, as a sentence; borrowed until the next change. It
 * goes away by itself when writing works again: what was not written is tried again. changed is
 * called after it changed. */
const char *ent_room_log_get_problem (EntRoomLog *log);

/* The same sentence for a log that could not be opened. */
const char *ent_room_log_describe_problem (const GError *error);
void ent_room_log_set_changed_func (EntRoomLog *log, void (*changed) (gpointer), gpointer data);

/* Writes what waits, closes, and deletes the file when asked. Ends the log in any case; the caller
 * forgets its pointer. Never fails. */
void ent_room_log_close_async (EntRoomLog *log,
  gboolean delete_file,
  GAsyncReadyCallback callback,
  gpointer data);
void ent_room_log_close_finish (GAsyncResult *result);

/* Blocks until what waits is written, and closes. */
void ent_room_log_free (EntRoomLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntRoomLog, ent_room_log_free)

G_END_DECLS
