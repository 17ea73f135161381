#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pointers sorted by clock, in blocks: lookup is a binary search over dense clocks, insertion moves
 * at most one block. One per client holds its structs; another holds what is pending.
 *
 *     firsts   [ 0 | 310 | 645 ]                   the first clock of each block
 *     blocks     |    |     |
 *                v    v     v
 *              clocks [ 645 | 650 | 700 | ... ]    beside each other, then the pointers
 *
 * A block whose entries lie side by side in memory may be a row: the address of the first stands
 * for all pointers. Those of a state that was loaded are, until it is edited there. */
typedef struct {
  guint16 n;
  guint16 allocated; /* even, so that the pointers are aligned */
  guintptr row; /* address of the first entry; 0: pointers follow the clocks */
  guint64 marks; /* a bit for each entry: that a struct is deleted can be told without reading it */
  guint32 clocks[];
} EntRunBlock;

/* How far entries of a row are apart: the size of a struct. */
#define ENT_RUN_STEP 72

/* A block at most; with that many, none of the memory that an allocator hands out is left over. */
#define ENT_RUN_BLOCK_MAX 60

typedef struct {
  guint block;
  guint slot;
} EntRunPos;

typedef struct {
  EntRunBlock **blocks;
  guint32 *firsts;
  guint n_blocks;
  guint n_allocated;
  gsize n_items;
  EntRunPos hint; /* where something was found last; may point anywhere, it is looked at first */
} EntRuns;

void ent_runs_clear (EntRuns *runs);

gboolean ent_runs_search (EntRuns *runs, guint32 clock, EntRunPos *pos);

/* The last entry whose clock is not above clock; FALSE when there is none. O(log n), O(1) for the
 * last of all, which new edits ask for. */
static inline gboolean
ent_runs_find (EntRuns *runs, guint32 clock, EntRunPos *pos)
{
  if (runs->n_blocks) {
    const EntRunBlock *block = runs->blocks[runs->n_blocks - 1];

    if (block->clocks[block->n - 1] <= clock) {
      *pos = (EntRunPos){ runs->n_blocks - 1, block->n - 1 };
      return TRUE;
    }
  }
  return ent_runs_search (runs, clock, pos);
}

/* The same, when pos stands at an entry not above clock, most likely near: it looks there, and in
 * the block after that, before it searches. */
void ent_runs_find_from (EntRuns *runs, guint32 clock, EntRunPos *pos);

/* Clocks are unique. O(log n + block). */
void ent_runs_insert (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked);
void ent_runs_append (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked);
void ent_runs_remove (EntRuns *runs, EntRunPos pos);

/* Files the entry at pos under another clock, which must leave the order as it is. O(1). */
void ent_runs_set_clock (EntRuns *runs, EntRunPos pos, guint32 clock);

void ent_runs_remove_first (EntRuns *runs, gsize n); /* O(blocks) */

/* Gives back memory that is kept for what is added, after many were. O(n). */
void ent_runs_trim (EntRuns *runs);

/* Marks an entry, or leaves it as it is. */
#define ent_run_block_mark(block, slot, is_marked) \
  ((void) ((block)->marks |= (guint64) (is_marked) << (slot)))

#define ent_run_block_is_marked(block, slot) ((guint32) ((block)->marks >> (slot) &1))

/* Adds an entry, for which there is room, but for its pointer. */
static inline void
ent_run_block_push (EntRunBlock *block, guint32 clock, gboolean is_marked)
{
  block->clocks[block->n] = clock;
  block->marks |= (guint64) is_marked << block->n;
  block->n++;
}

void ent_runs_append_elsewhere (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked);

/* As ent_runs_append(), for structs that come one after the other while a state is loaded: makes
 * rows. */
static inline void
ent_runs_append_in_row (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked)
{
  EntRunBlock *block = runs->n_blocks ? runs->blocks[runs->n_blocks - 1] : NULL;

  if (!block || block->n == block->allocated ||
      (guintptr) item != block->row + (gsize) block->n * ENT_RUN_STEP) {
    ent_runs_append_elsewhere (runs, clock, item, is_marked);
    return;
  }
  ent_run_block_push (block, clock, is_marked);
  runs->n_items++;
}

/* The pointers of a block that is no row. */
#define ent_run_block_items(block) ((gpointer *) &(block)->clocks[(block)->allocated])

static inline gpointer
ent_run_block_get (const EntRunBlock *block, guint slot)
{
  if (block->row)
    return (gpointer) (block->row + (gsize) slot * ENT_RUN_STEP);
  return ent_run_block_items (block)[slot];
}

#define ent_run_block_last(block) (ent_run_block_get ((block), (block)->n - 1))

/* The same for all entries at once. room: for those of a row. */
static inline gpointer *
ent_run_block_list (EntRunBlock *block, gpointer room[ENT_RUN_BLOCK_MAX])
{
  if (!block->row)
    return ent_run_block_items (block);
  for (guint slot = 0; slot < block->n; slot++)
    room[slot] = (gpointer) (block->row + (gsize) slot * ENT_RUN_STEP);
  return room;
}

static inline gpointer
ent_runs_get (const EntRuns *runs, EntRunPos pos)
{
  return ent_run_block_get (runs->blocks[pos.block], pos.slot);
}

static inline guint32
ent_runs_get_clock (const EntRuns *runs, EntRunPos pos)
{
  return runs->blocks[pos.block]->clocks[pos.slot];
}

/* First, next and previous entry; FALSE at the end. */
static inline gboolean
ent_runs_first (const EntRuns *runs, EntRunPos *pos)
{
  *pos = (EntRunPos){ 0 };
  return runs->n_items > 0;
}

static inline gboolean
ent_runs_next (const EntRuns *runs, EntRunPos *pos)
{
  if (pos->slot + 1 < runs->blocks[pos->block]->n) {
    pos->slot++;
    return TRUE;
  }
  if (pos->block + 1 >= runs->n_blocks)
    return FALSE;
  pos->block++;
  pos->slot = 0;
  return TRUE;
}

static inline gboolean
ent_runs_previous (const EntRuns *runs, EntRunPos *pos)
{
  if (pos->slot > 0) {
    pos->slot--;
    return TRUE;
  }
  if (pos->block == 0)
    return FALSE;
  pos->block--;
  pos->slot = runs->blocks[pos->block]->n - 1;
  return TRUE;
}

static inline gpointer
ent_runs_last (const EntRuns *runs)
{
  return runs->n_blocks ? ent_run_block_last (runs->blocks[runs->n_blocks - 1]) : NULL;
}

G_END_DECLS
