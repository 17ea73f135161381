#include "document/ent-doc-runs.h"

#include <glib.h>

/* Random lists of pointers by clock, in rows and not, beside an array that is searched from the
 * start. The pointers are addresses of a table, so that rows come about as they do in documents. */

#define ROUNDS 200
#define STEPS 600
#define TABLE 4096

typedef struct {
  guint32 clock;
  gpointer item;
  gboolean is_marked;
} Entry;

typedef struct {
  EntRuns runs;
  GArray *model; /* Entry, by clock */
  char *table; /* of TABLE items */
  guint next; /* place in it */
  gboolean is_loading;
} World;

/* Mostly the next of the table, as a slab gives them. */
static gpointer
take_item (World *world, gdouble share_of_jumps)
{
  if (g_test_rand_double () < share_of_jumps)
    world->next = g_test_rand_int_range (0, TABLE);
  return world->table + (gsize) (world->next++ % TABLE) * ENT_RUN_STEP;
}

static guint
find_in_model (const World *world, guint32 clock)
{
  guint n = 0;

  while (n < world->model->len && g_array_index (world->model, Entry, n).clock <= clock)
    n++;
  return n;
}

static void
check_find (World *world, guint32 clock)
{
  guint n = find_in_model (world, clock);
  EntRunPos pos;
  EntRunPos from;

  g_assert_cmpint (ent_runs_find (&world->runs, clock, &pos), ==, n > 0);
  if (!n)
    return;
  g_assert_cmpuint (
    ent_runs_get_clock (&world->runs, pos), ==, g_array_index (world->model, Entry, n - 1).clock);
  g_assert_true (
    ent_runs_get (&world->runs, pos) == g_array_index (world->model, Entry, n - 1).item);
  from = (EntRunPos){ 0, 0 };
  ent_runs_find_from (&world->runs, clock, &from);
  g_assert_true (from.block == pos.block && from.slot == pos.slot);
}

static void
check_all (World *world)
{
  EntRunPos pos;
  guint n = 0;

  g_assert_cmpuint (world->runs.n_items, ==, world->model->len);
  for (gboolean more = ent_runs_first (&world->runs, &pos); more;
       more = ent_runs_next (&world->runs, &pos), n++) {
    const Entry *entry = &g_array_index (world->model, Entry, n);

    g_assert_cmpuint (ent_runs_get_clock (&world->runs, pos), ==, entry->clock);
    g_assert_true (ent_runs_get (&world->runs, pos) == entry->item);
    g_assert_cmpint (
      ent_run_block_is_marked (world->runs.blocks[pos.block], pos.slot), ==, entry->is_marked);
    g_assert_cmpuint (world->runs.firsts[pos.block], ==, world->runs.blocks[pos.block]->clocks[0]);
  }
  g_assert_cmpuint (n, ==, world->model->len);
  if (n)
    g_assert_true (ent_runs_last (&world->runs) == g_array_index (world->model, Entry, n - 1).item);
}

static void
append (World *world, gdouble share_of_jumps)
{
  guint n = world->model->len;
  Entry entry = {
    n ? g_array_index (world->model, Entry, n - 1).clock + g_test_rand_int_range (2, 9) : 0,
    take_item (world, share_of_jumps), g_test_rand_bit ()
  };

  if (world->is_loading)
    ent_runs_append_in_row (&world->runs, entry.clock, entry.item, entry.is_marked);
  else
    ent_runs_append (&world->runs, entry.clock, entry.item, entry.is_marked);
  g_array_append_val (world->model, entry);
}

static void
insert (World *world, gdouble share_of_jumps)
{
  guint32 clock = g_test_rand_int_range (0, 4 * STEPS);
  guint n = find_in_model (world, clock);
  Entry entry = { clock, take_item (world, share_of_jumps), g_test_rand_bit () };

  if (n && g_array_index (world->model, Entry, n - 1).clock == clock)
    return;
  ent_runs_insert (&world->runs, clock, entry.item, entry.is_marked);
  g_array_insert_val (world->model, n, entry);
}

static void
remove_one (World *world)
{
  guint32 clock = g_test_rand_int_range (0, 4 * STEPS);
  guint n = g_test_rand_bit () ? world->model->len : find_in_model (world, clock);
  EntRunPos pos;

  if (!n || !ent_runs_find (&world->runs, g_array_index (world->model, Entry, n - 1).clock, &pos))
    return;
  ent_runs_remove (&world->runs, pos);
  g_array_remove_index (world->model, n - 1);
}

static void
remove_first (World *world)
{
  guint n = g_test_rand_int_range (0, MIN (world->model->len, 100) + 1);

  if (!n)
    return;
  ent_runs_remove_first (&world->runs, n);
  g_array_remove_range (world->model, 0, n);
}

static void
mark_one (World *world)
{
  guint n = world->model->len ? g_test_rand_int_range (0, world->model->len) : 0;
  EntRunPos pos;

  if (n >= world->model->len)
    return;
  g_assert_true (ent_runs_find (&world->runs, g_array_index (world->model, Entry, n).clock, &pos));
  ent_run_block_mark (world->runs.blocks[pos.block], pos.slot, TRUE);
  g_array_index (world->model, Entry, n).is_marked = TRUE;
}

/* As when a struct gives units to its neighbour. */
static void
set_clock (World *world)
{
  guint n = world->model->len ? g_test_rand_int_range (0, world->model->len) : 0;
  Entry *entry;
  EntRunPos pos;

  if (n + 1 >= world->model->len)
    return;
  entry = &g_array_index (world->model, Entry, n);
  if (entry[1].clock <= entry->clock + 1)
    return;
  g_assert_true (ent_runs_find (&world->runs, entry->clock, &pos));
  ent_runs_set_clock (&world->runs, pos, ++entry->clock);
}

static guint
count_rows (const EntRuns *runs)
{
  guint n = 0;

  for (guint i = 0; i < runs->n_blocks; i++)
    n += runs->blocks[i]->row != 0;
  return n;
}

static void
test_random_lists (void)
{
  g_autofree char *table = g_malloc0 (TABLE * ENT_RUN_STEP);
  guint n_rows = 0;

  for (guint round = 0; round < ROUNDS; round++) {
    g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (Entry));
    World world = { .model = model, .table = table, .is_loading = round % 8 < 4 };
    gdouble share_of_jumps = round % 4 * 0.02;
    int n_kinds = round % 3 ? 60 : 300; /* few changes but appending, or many */

    for (guint step = 0; step < STEPS; step++) {
      int kind = g_test_rand_int_range (0, n_kinds);

      if (kind < 10)
        insert (&world, share_of_jumps);
      else if (kind < 16)
        remove_one (&world);
      else if (kind == 16)
        remove_first (&world);
      else if (kind < 22)
        set_clock (&world);
      else if (kind < 24)
        mark_one (&world);
      else if (kind == 24)
        world.is_loading = !world.is_loading;
      else if (kind == 25)
        ent_runs_trim (&world.runs);
      else
        append (&world, share_of_jumps);
      check_find (&world, g_test_rand_int_range (0, 4 * STEPS));
      if (step % 16 == 0)
        check_all (&world);
      n_rows += count_rows (&world.runs);
    }
    check_all (&world);
    ent_runs_clear (&world.runs);
  }
  g_assert_cmpuint (n_rows, >, ROUNDS * STEPS / 8);
}

/* What is loaded in order takes no pointers, where it is not edited. */
static void
test_rows (void)
{
  g_autofree char *table = g_malloc0 (TABLE * ENT_RUN_STEP);
  EntRuns runs = { 0 };
  EntRunPos pos;
  guint n_rows;

  for (guint i = 0; i < TABLE; i++)
    ent_runs_append_in_row (&runs, 2 * i, table + (gsize) i * ENT_RUN_STEP, i % 3 == 0);
  n_rows = count_rows (&runs);
  g_assert_cmpuint (n_rows, ==, runs.n_blocks);
  g_assert_cmpuint (n_rows, ==, (TABLE + ENT_RUN_BLOCK_MAX - 1) / ENT_RUN_BLOCK_MAX);
  ent_runs_append (&runs, 2 * TABLE, table, FALSE);
  g_assert_true (ent_runs_last (&runs) == table);
  ent_runs_insert (&runs, 2 * 100 + 1, table, TRUE);
  g_assert_cmpuint (count_rows (&runs), ==, n_rows - 2);
  g_assert_true (ent_runs_find (&runs, 2 * 100 + 1, &pos));
  g_assert_true (ent_runs_get (&runs, pos) == table);
  g_assert_true (ent_runs_find (&runs, 2 * 101, &pos));
  g_assert_true (ent_runs_get (&runs, pos) == table + 101 * ENT_RUN_STEP);
  ent_runs_clear (&runs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/runs/as-an-array-would", test_random_lists);
  g_test_add_func ("/doc/runs/rows-where-side-by-side", test_rows);
  return g_test_run ();
}
