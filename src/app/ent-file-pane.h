#pragma once

#include <adwaita.h>
#include <gtksourceview/gtksource.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* One file of a room in an editor: text, language, carets, and whether it can be edited.
 *
 * Signal toast (const char *sentence): an edit was refused. */
#define ENT_TYPE_FILE_PANE (ent_file_pane_get_type ())
G_DECLARE_FINAL_TYPE (EntFilePane, ent_file_pane, ENT, FILE_PANE, AdwBin)

GtkWidget *ent_file_pane_new (EntRoom *room, EntRoomFile *file);

EntRoomFile *ent_file_pane_get_file (EntFilePane *pane);

/* Whether the own caret is in this file: then the room is told where, each time it moves. The
 * caller takes care that only one pane has it. */
void ent_file_pane_set_has_caret (EntFilePane *pane, gboolean has_caret);

/* Puts the caret at the start of a line, counted from 1, and gives it the keyboard. */
void ent_file_pane_go_to (EntFilePane *pane, guint line);

/* The GtkSourceView's language for a file: by the language the room says, else by the path; NULL:
 * plain text. Borrowed. */
GtkSourceLanguage *ent_file_pane_find_language (const char *language, const char *path);

G_END_DECLS
