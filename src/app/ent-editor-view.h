#pragma once

#include <gtksourceview/gtksource.h>

#include "base/ent-clock.h"

G_BEGIN_DECLS

/* A source view that also shows where other people's carets and selections are, each with a flag of
 * the name for ENT_EDITOR_FLAG_MS after a movement.
 *
 * Undo and redo are room.undo and room.redo, since the buffer's own is off; a paste is cleaned and
 * measured before it touches the selection.
 *
 * Signals:
 *   check-paste (guint bytes) -> char *   why so much cannot be inserted, or NULL; caller frees
 *   refused (const char *sentence)        the reason, when there was one */
#define ENT_TYPE_EDITOR_VIEW (ent_editor_view_get_type ())
G_DECLARE_FINAL_TYPE (EntEditorView, ent_editor_view, ENT, EDITOR_VIEW, GtkSourceView)

#define ENT_EDITOR_FLAG_MS 2000

typedef struct {
  const char *key; /* names the person for good */
  const char *name; /* on the flag */
  guint colour; /* of ent_colours_get() */
  guint caret; /* characters */
  guint selection_start; /* equal to selection_end: nothing selected */
  guint selection_end;
} EntEditorCaret;

/* Over a new GtkSourceBuffer; clock NULL: the real one. */
GtkWidget *ent_editor_view_new (EntClock *clock);

/* Shows exactly these carets. A caret that is not where the one of the same key had been carried by
 * the text has moved, and shows its flag. */
void ent_editor_view_set_carets (EntEditorView *view, const EntEditorCaret *carets, guint n_carets);

/* For tests: how many carets are shown, and whether the flag of key is. */
guint ent_editor_view_get_n_carets (EntEditorView *view);
gboolean ent_editor_view_shows_flag (EntEditorView *view, const char *key);

G_END_DECLS
