#pragma once

#include <glib-object.h>

#include "document/ent-doc.h"
#include "room/ent-participant.h"

G_BEGIN_DECLS

/* Where somebody else's caret stands in a file, in characters of its text now. */
typedef struct {
  EntParticipant *person; /* borrowed from the roster */
  guint32 caret;
  guint32 selection_start; /* equal to selection_end: nothing selected */
  guint32 selection_end;
} EntRoomCaret;

/* One file of the room's document. Lives in the files list of EntRoom while the document has it.
 *
 * Properties (read-only): id, path, language.
 * Signals: carets-changed (), after carets moved by awareness or by an edit. */
#define ENT_TYPE_ROOM_FILE (ent_room_file_get_type ())
G_DECLARE_FINAL_TYPE (EntRoomFile, ent_room_file, ENT, ROOM_FILE, GObject)

/* The key in the document's map of files. */
const char *ent_room_file_get_id (EntRoomFile *file);

/* What to show: the path, with " (2)" behind it when a file of smaller id has the same one, and
 * with a path escaped that is absolute, empty, or leaves its folder. Borrowed. */
const char *ent_room_file_get_path (EntRoomFile *file);

/* "python", "javascript", "cpp" ... or "" when the file names none. */
const char *ent_room_file_get_language (EntRoomFile *file);

/* Whether the file's own path may be run as it stands. */
gboolean ent_room_file_can_run (EntRoomFile *file);

/* The text in the document; borrowed, lives as long as the room. */
EntType *ent_room_file_get_text (EntRoomFile *file);

/* Other people's carets in this file, by roster order. Caller owns the array of EntRoomCaret. */
GArray *ent_room_file_list_carets (EntRoomFile *file);

/* --- paths (pure) ---------------------------------------------------------------------------- */

/* Whether path is relative, without empty, "." or ".." parts, control characters or backslashes,
 * valid UTF-8 and at most ENT_MAX_PATH bytes. */
gboolean ent_room_path_is_good (const char *path);

/* What to show for path when n_before files of smaller id have the same one. Caller owns. */
char *ent_room_path_new_shown (const char *path, guint n_before);

G_END_DECLS
