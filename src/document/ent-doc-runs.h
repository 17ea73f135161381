#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pointers sorted by clock, in blocks: lookup is a binary search over dense clocks, insertion moves
 * at most one block. One per client holds its structs; another holds what is pending. */
typedef struct _EntRunBlock EntRunBlock;

typedef struct {
  EntRunBlock **blocks;
  guint n_blocks;
  guint n_allocated;
  gsize n_items;
} EntRuns;

typedef struct {
  guint block;
  guint slot;
} EntRunPos;

void ent_runs_clear (EntRuns *runs);

/* The last entry whose clock is not above clock; FALSE when there is none. O(log n). */
gboolean ent_runs_find (const EntRuns *runs, guint32 clock, EntRunPos *pos);
gpointer ent_runs_get (const EntRuns *runs, EntRunPos pos);
guint32 ent_runs_get_clock (const EntRuns *runs, EntRunPos pos);

/* First, next and previous entry; FALSE at the end. */
gboolean ent_runs_first (const EntRuns *runs, EntRunPos *pos);
gboolean ent_runs_next (const EntRuns *runs, EntRunPos *pos);
gboolean ent_runs_previous (const EntRuns *runs, EntRunPos *pos);
gpointer ent_runs_last (const EntRuns *runs);

/* Clocks are unique. O(log n + block). */
void ent_runs_insert (EntRuns *runs, guint32 clock, gpointer item);
void ent_runs_append (EntRuns *runs, guint32 clock, gpointer item);
void ent_runs_replace (EntRuns *runs, EntRunPos pos, gpointer item);
void ent_runs_remove (EntRuns *runs, EntRunPos pos);

G_END_DECLS
