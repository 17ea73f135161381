#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* Undo and redo of one's own edits while others go on.
 *
 * It watches transactions of tracked origins that touch its scope. Edits that follow each other
 * within the capture time join one step. Undoing deletes what a step inserted and makes anew, under
 * the local client ID, what it deleted; what others did in between stays. What a step needs is kept
 * from garbage collection until the step is dropped. At most ENT_UNDO_MAX_STEPS steps are kept, the
 * oldest goes first.
 *
 * Watching adds O(k) to the end of a tracked transaction that made or deleted k structs. */
typedef struct _EntUndo EntUndo;

/* One step, valid until the step is dropped. */
typedef struct _EntUndoStep EntUndoStep;

#define ENT_UNDO_MAX_STEPS 1000
#define ENT_UNDO_CAPTURE_MS 500

/* The time of now in milliseconds on any steady scale; the caller's clock. */
typedef gint64 (*EntUndoNow) (gpointer data);

/* A new undo of doc (which it holds a reference to), with an empty scope. It tracks transactions
 * with a NULL origin; see ent_undo_track(). now may be NULL: the time then stands still and steps
 * join until ent_undo_stop(). now_data must live as long as the undo. O(1), freeing costs as
 * ent_undo_clear(). */
EntUndo *ent_undo_new (EntDoc *doc, EntUndoNow now, gpointer now_data);
void ent_undo_free (EntUndo *undo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntUndo, ent_undo_free)

/* Adds a type to what is undone; everything nested in it belongs to it. O(scopes). */
void ent_undo_add_scope (EntUndo *undo, EntType *type);

/* Adds an origin to those whose local transactions are undone. O(1). */
void ent_undo_track (EntUndo *undo, gconstpointer origin);

/* How far apart edits may be that join one step. O(1). */
void ent_undo_set_capture_ms (EntUndo *undo, guint capture_ms);

/* The next edit begins a new step. O(1). */
void ent_undo_stop (EntUndo *undo);

/* Undoes the last step that still has an effect, as one transaction with the undo as its origin and
 * is_undo set. FALSE when there was nothing to undo, when a clash refuses edits, or inside a
 * transaction. O(k log n) for k structs of the step; over runs of deleted structs beside them also
 * O(their number). */
gboolean ent_undo_undo (EntUndo *undo);
gboolean ent_undo_redo (EntUndo *undo);

/* Whether there is a step; it may turn out to have no effect any more. And how many. O(1). */
gboolean ent_undo_can_undo (EntUndo *undo);
gboolean ent_undo_can_redo (EntUndo *undo);
guint ent_undo_get_undo_depth (EntUndo *undo);
guint ent_undo_get_redo_depth (EntUndo *undo);

/* Forgets all steps and lets go of what they kept. O(k log n) for k structs of all steps. */
void ent_undo_clear (EntUndo *undo);

typedef void (*EntUndoAdded) (EntUndo *undo, EntUndoStep *step, gboolean is_new, gpointer data);
typedef void (*EntUndoPopped) (EntUndo *undo, EntUndoStep *step, gboolean is_redo, gpointer data);

/* Selections. added is called when a step was begun or extended (is_new tells) and may store data
 * on it, for example the selection before the edit. That is while the transaction ends: positions
 * can be made and resolved, edits cannot be made. popped is called after the step was undone or
 * redone and its event delivered, to restore the selection. Either may be NULL. All O(1). */
void ent_undo_set_funcs (EntUndo *undo, EntUndoAdded added, EntUndoPopped popped, gpointer data);
void ent_undo_step_set_data (EntUndoStep *step, gpointer data, GDestroyNotify destroy);
gpointer ent_undo_step_get_data (EntUndoStep *step);

/* Called whenever a depth may have changed, for sensitivity of actions. O(1). */
void
ent_undo_set_changed_func (EntUndo *undo, void (*changed) (EntUndo *, gpointer), gpointer data);

G_END_DECLS
