#include "document/ent-doc-runs.h"

#include <string.h>

#define BLOCK_MAX 128
#define BLOCK_MIN 4

struct _EntRunBlock {
  guint n;
  guint allocated;
  guint32 *clocks;
  gpointer items[];
};

static EntRunBlock *
resize_block (EntRunBlock *block, guint allocated)
{
  guint n = block ? block->n : 0;
  EntRunBlock *bigger =
    g_malloc (sizeof (EntRunBlock) + allocated * (sizeof (gpointer) + sizeof (guint32)));

  bigger->n = n;
  bigger->allocated = allocated;
  bigger->clocks = (guint32 *) &bigger->items[allocated];
  if (block) {
    memcpy (bigger->items, block->items, n * sizeof (gpointer));
    memcpy (bigger->clocks, block->clocks, n * sizeof (guint32));
    g_free (block);
  }
  return bigger;
}

static void
insert_block (EntRuns *runs, guint at, EntRunBlock *block)
{
  if (runs->n_blocks == runs->n_allocated) {
    runs->n_allocated = MAX (1, runs->n_allocated * 2);
    runs->blocks = g_renew (EntRunBlock *, runs->blocks, runs->n_allocated);
  }
  memmove (&runs->blocks[at + 1], &runs->blocks[at], (runs->n_blocks - at) * sizeof (gpointer));
  runs->blocks[at] = block;
  runs->n_blocks++;
}

void
ent_runs_clear (EntRuns *runs)
{
  for (guint i = 0; i < runs->n_blocks; i++)
    g_free (runs->blocks[i]);
  g_free (runs->blocks);
  *runs = (EntRuns){ 0 };
}

/* The number of blocks whose first clock is not above clock. */
static guint
count_blocks_to (const EntRuns *runs, guint32 clock)
{
  guint low = 0;
  guint high = runs->n_blocks;

  if (high && runs->blocks[high - 1]->clocks[0] <= clock)
    return high;
  while (low < high) {
    guint middle = (low + high) / 2;

    if (runs->blocks[middle]->clocks[0] <= clock)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static guint
count_slots_to (const EntRunBlock *block, guint32 clock)
{
  guint low = 0;
  guint high = block->n;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (block->clocks[middle] <= clock)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gboolean
ent_runs_find (const EntRuns *runs, guint32 clock, EntRunPos *pos)
{
  guint n = count_blocks_to (runs, clock);

  if (!n)
    return FALSE;
  pos->block = n - 1;
  pos->slot = count_slots_to (runs->blocks[n - 1], clock) - 1;
  return TRUE;
}

gpointer
ent_runs_get (const EntRuns *runs, EntRunPos pos)
{
  return runs->blocks[pos.block]->items[pos.slot];
}

guint32
ent_runs_get_clock (const EntRuns *runs, EntRunPos pos)
{
  return runs->blocks[pos.block]->clocks[pos.slot];
}

gboolean
ent_runs_first (const EntRuns *runs, EntRunPos *pos)
{
  *pos = (EntRunPos){ 0 };
  return runs->n_items > 0;
}

gboolean
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

gboolean
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

gpointer
ent_runs_last (const EntRuns *runs)
{
  EntRunBlock *block;

  if (!runs->n_blocks)
    return NULL;
  block = runs->blocks[runs->n_blocks - 1];
  return block->items[block->n - 1];
}

static void
insert_slot (EntRunBlock *block, guint slot, guint32 clock, gpointer item)
{
  memmove (&block->items[slot + 1], &block->items[slot], (block->n - slot) * sizeof (gpointer));
  memmove (&block->clocks[slot + 1], &block->clocks[slot], (block->n - slot) * sizeof (guint32));
  block->items[slot] = item;
  block->clocks[slot] = clock;
  block->n++;
}

/* Makes room in a full block: appending starts a fresh one, any other place halves it. Gives the
 * block and slot to insert at. */
static void
split_block (EntRuns *runs, guint *at, guint *slot)
{
  EntRunBlock *block = runs->blocks[*at];
  EntRunBlock *right;
  guint half = BLOCK_MAX / 2;

  if (*slot == block->n && *at + 1 == runs->n_blocks) {
    insert_block (runs, ++*at, resize_block (NULL, BLOCK_MAX));
    *slot = 0;
    return;
  }
  right = resize_block (NULL, BLOCK_MAX);
  right->n = block->n - half;
  memcpy (right->items, &block->items[half], right->n * sizeof (gpointer));
  memcpy (right->clocks, &block->clocks[half], right->n * sizeof (guint32));
  block->n = half;
  insert_block (runs, *at + 1, right);
  if (*slot > half) {
    *slot -= half;
    ++*at;
  }
}

void
ent_runs_insert (EntRuns *runs, guint32 clock, gpointer item)
{
  guint n = count_blocks_to (runs, clock);
  guint at = n ? n - 1 : 0;
  guint slot = 0;
  EntRunBlock *block;

  if (!runs->n_blocks)
    insert_block (runs, 0, resize_block (NULL, BLOCK_MIN));
  if (n)
    slot = count_slots_to (runs->blocks[at], clock);
  block = runs->blocks[at];
  if (block->n == block->allocated) {
    if (block->allocated < BLOCK_MAX)
      runs->blocks[at] = resize_block (block, block->allocated * 2);
    else
      split_block (runs, &at, &slot);
  }
  insert_slot (runs->blocks[at], slot, clock, item);
  runs->n_items++;
}

void
ent_runs_append (EntRuns *runs, guint32 clock, gpointer item)
{
  EntRunBlock *block = runs->n_blocks ? runs->blocks[runs->n_blocks - 1] : NULL;

  if (!block || block->n == block->allocated) {
    ent_runs_insert (runs, clock, item);
    return;
  }
  block->items[block->n] = item;
  block->clocks[block->n] = clock;
  block->n++;
  runs->n_items++;
}

void
ent_runs_replace (EntRuns *runs, EntRunPos pos, gpointer item)
{
  runs->blocks[pos.block]->items[pos.slot] = item;
}

void
ent_runs_remove (EntRuns *runs, EntRunPos pos)
{
  EntRunBlock *block = runs->blocks[pos.block];
  guint rest = block->n - pos.slot - 1;

  memmove (&block->items[pos.slot], &block->items[pos.slot + 1], rest * sizeof (gpointer));
  memmove (&block->clocks[pos.slot], &block->clocks[pos.slot + 1], rest * sizeof (guint32));
  block->n--;
  runs->n_items--;
  if (block->n)
    return;
  g_free (block);
  runs->n_blocks--;
  memmove (&runs->blocks[pos.block], &runs->blocks[pos.block + 1],
    (runs->n_blocks - pos.block) * sizeof (gpointer));
}
