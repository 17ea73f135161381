#include "document/ent-doc-update.h"
#include "document/ent-doc.h"

/* Documents that were loaded, in which structs lie side by side, while they are edited by their
 * owner and by somebody else. What is encoded for a state vector is compared with what is cut out
 * of the full state without a document; texts with those of a replica that is never loaded. */

#define ROUNDS 40
#define GENERATIONS 4
#define TXNS 40
#define EDITS_BEFORE 300

typedef struct {
  GRand *rand;
  EntDoc *doc; /* loaded anew for each generation */
  EntDoc *other;
} World;

static EntType *
text_of (EntDoc *doc)
{
  return ent_doc_get_text (doc, "t");
}

static void
edit (World *world, EntDoc *doc)
{
  guint32 length = ent_text_get_length (text_of (doc));
  guint32 at = g_rand_int_range (world->rand, 0, length + 1);
  guint32 n = g_rand_int_range (world->rand, 1, 5);
  g_autoptr (GError) error = NULL;

  if (g_rand_int_range (world->rand, 0, 5) < 2 && at + n <= length)
    ent_text_delete (text_of (doc), at, n, &error);
  else
    g_assert_true (
      ent_text_insert (text_of (doc), at, g_rand_boolean (world->rand) ? "ab" : "é", -1, NULL));
}

static void
assert_diff (World *world)
{
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (world->doc);
  g_autoptr (GBytes) state = ent_doc_encode (world->doc);
  g_autoptr (GBytes) diff = NULL;
  g_autoptr (GBytes) cut = NULL;

  for (guint i = 0; i < ent_state_vector_get_length (known); i++) {
    guint64 client;
    guint32 clock;

    ent_state_vector_get_nth (known, i, &client, &clock);
    if (g_rand_int_range (world->rand, 0, 4))
      ent_state_vector_set (known, client, g_rand_int_range (world->rand, 0, clock + 1));
  }
  diff = ent_doc_encode_diff (world->doc, known);
  cut = ent_update_diff (state, known, NULL);
  g_assert_true (g_bytes_equal (diff, cut));
}

static void
give (EntDoc *from, EntDoc *to)
{
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (to);
  g_autoptr (GBytes) diff = ent_doc_encode_diff (from, known);

  g_assert_true (ent_doc_apply_bytes (to, diff, NULL, NULL));
}

static void
assert_whole (EntDoc *doc)
{
  g_autoptr (GError) error = NULL;

  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

static void
assert_same (World *world)
{
  g_autofree char *mine = ent_text_dup (text_of (world->doc), NULL);
  g_autofree char *theirs = ent_text_dup (text_of (world->other), NULL);

  g_assert_cmpstr (mine, ==, theirs);
}

static void
step (World *world)
{
  ent_doc_begin (world->doc, NULL);
  for (int i = g_rand_int_range (world->rand, 1, 4); i > 0; i--)
    edit (world, world->doc);
  if (g_rand_int_range (world->rand, 0, 4) == 0)
    assert_diff (world);
  ent_doc_commit (world->doc);
  edit (world, world->other);
  if (g_rand_int_range (world->rand, 0, 3) == 0)
    give (world->other, world->doc);
  assert_diff (world);
  assert_whole (world->doc);
}

static void
load_anew (World *world, guint64 client)
{
  g_autoptr (GBytes) state = NULL;

  give (world->doc, world->other);
  give (world->other, world->doc);
  assert_same (world);
  state = ent_doc_encode (world->doc);
  ent_doc_unref (world->doc);
  world->doc = ent_doc_new (client, ENT_DOC_DEFAULT);
  g_assert_true (ent_doc_apply_bytes (world->doc, state, NULL, NULL));
  assert_whole (world->doc);
  assert_same (world);
}

static void
test_edited (void)
{
  for (guint32 round = 0; round < ROUNDS; round++) {
    World world = { g_rand_new_with_seed (round), ent_doc_new (10, ENT_DOC_DEFAULT),
      ent_doc_new (1 + round % 2 * 100, ENT_DOC_DEFAULT) };

    for (guint i = 0; i < EDITS_BEFORE; i++)
      edit (&world, world.doc);
    for (guint generation = 0; generation < GENERATIONS; generation++) {
      load_anew (&world, 11 + generation);
      for (guint i = 0; i < TXNS; i++)
        step (&world);
    }
    ent_doc_unref (world.doc);
    ent_doc_unref (world.other);
    g_rand_free (world.rand);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/loaded/edited-as-any-other", test_edited);
  return g_test_run ();
}
