#include "document/ent-doc-runs.h"

#include <string.h>

#define BLOCK_MAX ENT_RUN_BLOCK_MAX
#define BLOCK_MIN 4
#define ROW_MIN 16 /* a shorter row gets pointers when something else follows */
#define NEAR_STEPS 6
#define TRIM_MIN 4 /* entries that are worth giving back their room */

static EntRunBlock *
new_block (guint allocated, guintptr row)
{
  gsize entry = sizeof (guint32) + (row ? 0 : sizeof (gpointer));
  EntRunBlock *block = g_malloc (sizeof (EntRunBlock) + allocated * entry);

  block->n = 0;
  block->allocated = allocated;
  block->row = row;
  block->marks = 0;
  return block;
}

/* The same entries with other room, and with pointers, so that any can be put in or taken out. */
static EntRunBlock *
resize_block (EntRunBlock *block, guint allocated)
{
  EntRunBlock *bigger = new_block (allocated, 0);

  bigger->n = block->n;
  bigger->marks = block->marks;
  memcpy (bigger->clocks, block->clocks, block->n * sizeof (guint32));
  for (guint i = 0; i < block->n; i++)
    ent_run_block_items (bigger)[i] = ent_run_block_get (block, i);
  g_free (block);
  return bigger;
}

/* Lets a row have pointers. */
static EntRunBlock *
break_row (EntRuns *runs, guint at)
{
  guint allocated = BLOCK_MIN;

  while (allocated < MIN (runs->blocks[at]->n + 1u, BLOCK_MAX))
    allocated = MIN (2 * allocated, BLOCK_MAX);
  return runs->blocks[at] = resize_block (runs->blocks[at], allocated);
}

static void
insert_block (EntRuns *runs, guint at, EntRunBlock *block)
{
  guint n_after = runs->n_blocks - at;

  if (runs->n_blocks == runs->n_allocated) {
    runs->n_allocated = MAX (1, runs->n_allocated * 2);
    runs->blocks = g_renew (EntRunBlock *, runs->blocks, runs->n_allocated);
    runs->firsts = g_renew (guint32, runs->firsts, runs->n_allocated);
  }
  memmove (&runs->blocks[at + 1], &runs->blocks[at], n_after * sizeof (gpointer));
  memmove (&runs->firsts[at + 1], &runs->firsts[at], n_after * sizeof (guint32));
  runs->blocks[at] = block;
  runs->firsts[at] = block->n ? block->clocks[0] : 0;
  runs->n_blocks++;
}

static void
remove_block (EntRuns *runs, guint at)
{
  guint n_after = runs->n_blocks - at - 1;

  g_free (runs->blocks[at]);
  memmove (&runs->blocks[at], &runs->blocks[at + 1], n_after * sizeof (gpointer));
  memmove (&runs->firsts[at], &runs->firsts[at + 1], n_after * sizeof (guint32));
  runs->n_blocks--;
}

void
ent_runs_clear (EntRuns *runs)
{
  for (guint i = 0; i < runs->n_blocks; i++)
    g_free (runs->blocks[i]);
  g_free (runs->blocks);
  g_free (runs->firsts);
  *runs = (EntRuns){ 0 };
}

/* How many of n sorted clocks are not above clock. All is quickly found, typing asks for it; for
 * other places, which follow no pattern, there is no branch that could be mispredicted. */
static guint
count_to (const guint32 *clocks, guint n, guint32 clock)
{
  const guint32 *base = clocks;

  if (!n || clocks[n - 1] <= clock)
    return n;
  while (n > 1) {
    guint half = n / 2;

    base = base[half] <= clock ? base + half : base;
    n -= half;
  }
  return base - clocks + (*base <= clock);
}

/* The number of blocks whose first clock is not above clock. */
static guint
count_blocks_to (const EntRuns *runs, guint32 clock)
{
  return count_to (runs->firsts, runs->n_blocks, clock);
}

/* One edit asks for the same place, or the next, several times. */
static gboolean
try_hint (EntRuns *runs, guint32 clock)
{
  guint slot = runs->hint.slot;
  const EntRunBlock *block;

  if (runs->hint.block >= runs->n_blocks)
    return FALSE;
  block = runs->blocks[runs->hint.block];
  if (slot + 1 >= block->n)
    return FALSE;
  if (block->clocks[slot] > clock) {
    if (slot == 0 || block->clocks[slot - 1] > clock)
      return FALSE;
    runs->hint.slot--;
    return TRUE;
  }
  if (block->clocks[slot + 1] > clock)
    return TRUE;
  if (slot + 2 >= block->n || block->clocks[slot + 2] <= clock)
    return FALSE;
  runs->hint.slot++;
  return TRUE;
}

gboolean
ent_runs_search (EntRuns *runs, guint32 clock, EntRunPos *pos)
{
  guint n;
  const EntRunBlock *block;

  if (!try_hint (runs, clock)) {
    if (!runs->n_blocks || clock < runs->firsts[0]) /* as what comes last to first, and waits */
      return FALSE;
    n = count_blocks_to (runs, clock);
    block = runs->blocks[n - 1];
    runs->hint = (EntRunPos){ n - 1, count_to (block->clocks, block->n, clock) - 1 };
  }
  *pos = runs->hint;
  return TRUE;
}

/* The last slot from first on whose clock is not above clock, as that of the first is not. */
static guint
find_slot_from (const EntRunBlock *block, guint first, guint32 clock)
{
  guint slot = first;

  for (guint end = MIN (first + NEAR_STEPS, block->n); slot + 1 < end; slot++) {
    if (block->clocks[slot + 1] > clock)
      return slot;
  }
  return slot + count_to (block->clocks + slot, block->n - slot, clock) - 1;
}

void
ent_runs_find_from (EntRuns *runs, guint32 clock, EntRunPos *pos)
{
  guint next = pos->block + 1;
  guint n = runs->n_blocks;

  if (next == n || runs->firsts[next] > clock)
    pos->slot = find_slot_from (runs->blocks[pos->block], pos->slot, clock);
  else if (next + 1 == n || runs->firsts[next + 1] > clock)
    *pos = (EntRunPos){ next, find_slot_from (runs->blocks[next], 0, clock) };
  else
    ent_runs_find (runs, clock, pos);
  runs->hint = *pos;
}

#define marks_below(slot) (((guint64) 1 << (slot)) - 1)

static void
insert_slot (EntRuns *runs, guint at, guint slot, guint32 clock, gpointer item, gboolean is_marked)
{
  EntRunBlock *block = runs->blocks[at];
  gpointer *items = ent_run_block_items (block);
  guint n_after = block->n - slot;

  memmove (&items[slot + 1], &items[slot], n_after * sizeof (gpointer));
  memmove (&block->clocks[slot + 1], &block->clocks[slot], n_after * sizeof (guint32));
  items[slot] = item;
  block->clocks[slot] = clock;
  block->marks += block->marks & ~marks_below (slot);
  block->marks |= (guint64) is_marked << slot;
  block->n++;
  runs->firsts[at] = block->clocks[0];
  runs->n_items++;
}

/* Makes room in a full block: appending starts a fresh one, any other place halves it. Gives the
 * block and slot to insert at. */
static void
split_block (EntRuns *runs, guint *at, guint *slot)
{
  EntRunBlock *block = runs->blocks[*at];
  EntRunBlock *right = new_block (BLOCK_MAX, 0);
  guint half = BLOCK_MAX / 2;

  if (*slot == block->n && *at + 1 == runs->n_blocks) {
    insert_block (runs, ++*at, right);
    *slot = 0;
    return;
  }
  right->n = block->n - half;
  memcpy (
    ent_run_block_items (right), &ent_run_block_items (block)[half], right->n * sizeof (gpointer));
  memcpy (right->clocks, &block->clocks[half], right->n * sizeof (guint32));
  right->marks = block->marks >> half;
  block->n = half;
  block->marks &= marks_below (half);
  insert_block (runs, *at + 1, right);
  if (*slot > half) {
    *slot -= half;
    ++*at;
  }
}

/* Room for one more entry with a pointer in the block that it belongs to. */
static void
make_room (EntRuns *runs, guint *at, guint *slot)
{
  EntRunBlock *block = runs->blocks[*at];

  if (block->row && (block->n < BLOCK_MAX || *slot < block->n || *at + 1 < runs->n_blocks))
    block = break_row (runs, *at);
  if (block->n == BLOCK_MAX)
    split_block (runs, at, slot);
  else if (block->n == block->allocated)
    runs->blocks[*at] = resize_block (block, MIN (2 * block->allocated, BLOCK_MAX));
}

void
ent_runs_insert (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked)
{
  EntRunPos pos = { 0 };
  guint at;
  guint slot = 0;
  EntRunBlock *block;

  if (!runs->n_blocks)
    insert_block (runs, 0, new_block (BLOCK_MIN, 0));
  else if (ent_runs_find (runs, clock, &pos))
    slot = pos.slot + 1;
  at = pos.block;
  block = runs->blocks[at];
  if (block->n == block->allocated || block->row)
    make_room (runs, &at, &slot);
  insert_slot (runs, at, slot, clock, item, is_marked);
}

void
ent_runs_append (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked)
{
  EntRunBlock *block = runs->n_blocks ? runs->blocks[runs->n_blocks - 1] : NULL;

  if (!block || block->n == block->allocated || block->row) {
    ent_runs_insert (runs, clock, item, is_marked);
    return;
  }
  ent_run_block_items (block)[block->n] = item;
  ent_run_block_push (block, clock, is_marked);
  runs->n_items++;
}

static EntRunBlock *
resize_row (EntRuns *runs, guint at, guint allocated)
{
  EntRunBlock *row = runs->blocks[at];

  row = g_realloc (row, sizeof (EntRunBlock) + allocated * sizeof (guint32));
  row->allocated = allocated;
  return runs->blocks[at] = row;
}

/* Whether the last entries of a block with pointers, and then address, are a row. */
static gboolean
ends_with_row (const EntRunBlock *block, guintptr address)
{
  if (block->n < ROW_MIN)
    return FALSE;
  for (guint i = ROW_MIN; i > 0; i--) {
    if ((guintptr) ent_run_block_items (block)[block->n - i] + i * ENT_RUN_STEP != address)
      return FALSE;
  }
  return TRUE;
}

/* Makes a row of the last entries of the last block. */
static EntRunBlock *
cut_row (EntRuns *runs)
{
  guint at = runs->n_blocks - 1;
  EntRunBlock *block = runs->blocks[at];
  guint first = block->n - ROW_MIN;
  EntRunBlock *row = new_block (BLOCK_MAX, (guintptr) ent_run_block_items (block)[first]);

  row->n = ROW_MIN;
  memcpy (row->clocks, &block->clocks[first], ROW_MIN * sizeof (guint32));
  row->marks = block->marks >> first;
  block->n = first;
  block->marks &= marks_below (first);
  if (first)
    runs->blocks[at] = resize_block (block, (first + 1) & ~1u);
  else
    remove_block (runs, at);
  insert_block (runs, runs->n_blocks, row);
  return row;
}

/* The row that an entry is to be added to, with room for it; NULL when it needs a pointer. */
static EntRunBlock *
make_row (EntRuns *runs, guintptr address)
{
  guint at = runs->n_blocks - 1;
  EntRunBlock *block = runs->n_blocks ? runs->blocks[at] : NULL;

  if (block && !block->row)
    return ends_with_row (block, address) ? cut_row (runs) : NULL;
  if (block && address == block->row + (gsize) block->n * ENT_RUN_STEP && block->n < BLOCK_MAX)
    return resize_row (runs, at, MIN (2 * block->allocated, BLOCK_MAX));
  if (block && block->n < ROW_MIN)
    return NULL;
  if (block && block->n < block->allocated)
    resize_row (runs, at, block->n);
  block = new_block (block ? BLOCK_MAX : BLOCK_MIN, address);
  insert_block (runs, runs->n_blocks, block);
  return block;
}

void
ent_runs_append_elsewhere (EntRuns *runs, guint32 clock, gpointer item, gboolean is_marked)
{
  EntRunBlock *row = make_row (runs, (guintptr) item);

  if (!row) {
    ent_runs_append (runs, clock, item, is_marked);
    return;
  }
  ent_run_block_push (row, clock, is_marked);
  runs->firsts[runs->n_blocks - 1] = row->clocks[0];
  runs->n_items++;
}

/* Gives back the room of a block, in place: beside others that would be freed, it would be kept. */
static EntRunBlock *
trim_block (EntRunBlock *block)
{
  guint allocated = (block->n + 1) & ~1u;
  gsize size = sizeof (EntRunBlock) + allocated * sizeof (guint32);

  if (!block->row) {
    memmove (&block->clocks[allocated], ent_run_block_items (block), block->n * sizeof (gpointer));
    size += allocated * sizeof (gpointer);
  }
  block->allocated = allocated;
  return g_realloc (block, size);
}

void
ent_runs_trim (EntRuns *runs)
{
  for (guint i = 0; i < runs->n_blocks; i++) {
    if (runs->blocks[i]->allocated - runs->blocks[i]->n >= TRIM_MIN)
      runs->blocks[i] = trim_block (runs->blocks[i]);
  }
  if (runs->n_allocated == runs->n_blocks)
    return;
  runs->n_allocated = runs->n_blocks;
  runs->blocks = g_renew (EntRunBlock *, runs->blocks, runs->n_allocated);
  runs->firsts = g_renew (guint32, runs->firsts, runs->n_allocated);
}

void
ent_runs_remove (EntRuns *runs, EntRunPos pos)
{
  EntRunBlock *block =
    runs->blocks[pos.block]->row ? break_row (runs, pos.block) : runs->blocks[pos.block];
  gpointer *items = ent_run_block_items (block);
  guint n_after = block->n - pos.slot - 1;
  guint64 before = block->marks & marks_below (pos.slot);

  memmove (&items[pos.slot], &items[pos.slot + 1], n_after * sizeof (gpointer));
  memmove (&block->clocks[pos.slot], &block->clocks[pos.slot + 1], n_after * sizeof (guint32));
  block->marks = before | (block->marks >> 1 & ~marks_below (pos.slot));
  block->n--;
  runs->n_items--;
  if (block->n)
    runs->firsts[pos.block] = block->clocks[0];
  else
    remove_block (runs, pos.block);
}

void
ent_runs_set_clock (EntRuns *runs, EntRunPos pos, guint32 clock)
{
  runs->blocks[pos.block]->clocks[pos.slot] = clock;
  if (pos.slot == 0)
    runs->firsts[pos.block] = clock;
}

void
ent_runs_remove_first (EntRuns *runs, gsize n)
{
  guint n_whole = 0;
  EntRunBlock *block;

  runs->n_items -= n;
  while (n_whole < runs->n_blocks && n >= runs->blocks[n_whole]->n) {
    n -= runs->blocks[n_whole]->n;
    g_free (runs->blocks[n_whole++]);
  }
  runs->n_blocks -= n_whole;
  memmove (runs->blocks, runs->blocks + n_whole, runs->n_blocks * sizeof (gpointer));
  memmove (runs->firsts, runs->firsts + n_whole, runs->n_blocks * sizeof (guint32));
  if (!n)
    return;
  block = runs->blocks[0]->row ? break_row (runs, 0) : runs->blocks[0];
  block->n -= n;
  block->marks >>= n;
  memmove (
    ent_run_block_items (block), ent_run_block_items (block) + n, block->n * sizeof (gpointer));
  memmove (block->clocks, block->clocks + n, block->n * sizeof (guint32));
  runs->firsts[0] = block->clocks[0];
}
