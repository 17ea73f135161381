#include <string.h>

#include "document/ent-doc-undo.h"
#include "document/ent-doc.h"

/* The ways in which an edit of one's own is done and told must not differ in what comes of it. The
 * same edits are made in documents that are watched by nobody, by somebody who wants the updates,
 * and by somebody who wants to know what changed; and one that remembers for undo. Replicas get the
 * updates. Most edits are those that have short ways: typing, backspacing, deleting forward. */

#define ROUNDS 300
#define TXNS 60

typedef enum {
  NOBODY,
  UPDATES,
  CHANGES,
  UNDO,
  N_WAYS,
} Way;

typedef struct {
  EntDoc *docs[N_WAYS];
  EntUndo *undo;
  EntDoc *replica;
  EntDoc *keeper; /* a replica that collects nothing */
  GString *mirror; /* what the steps of the events make */
  GBytes *updates[N_WAYS];
  GRand *rand;
  guint32 at; /* where edits go on, in units */
  guint n_bare;
} World;

static EntType *
text_of (EntDoc *doc)
{
  return ent_doc_get_text (doc, "t");
}

static void
updated_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  World *world = data;

  g_assert_cmpuint (event->n_types, ==, 0);
  world->n_bare++;
  for (guint i = 0; i < N_WAYS; i++) {
    if (world->docs[i] != doc)
      continue;
    g_clear_pointer (&world->updates[i], g_bytes_unref);
    world->updates[i] = g_bytes_ref (ent_doc_event_get_update (event));
  }
}

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  World *world = data;

  for (guint i = 0; i < event->n_types; i++) {
    for (guint k = 0; k < event->types[i].n_changes; k++) {
      const EntChange *change = &event->types[i].changes[k];
      char *at = g_utf8_offset_to_pointer (world->mirror->str, change->at);
      gsize offset = at - world->mirror->str;

      if (change->kind == ENT_CHANGE_INSERT)
        g_string_insert_len (world->mirror, offset, change->text, change->text_bytes);
      else
        g_string_erase (world->mirror, offset, g_utf8_offset_to_pointer (at, change->length) - at);
    }
  }
}

static void
world_init (World *world, guint32 seed)
{
  *world = (World){ .rand = g_rand_new_with_seed (seed), .mirror = g_string_new (NULL) };
  for (guint i = 0; i < N_WAYS; i++)
    world->docs[i] = ent_doc_new (7, ENT_DOC_DEFAULT);
  ent_doc_observe_updates (world->docs[UPDATES], updated_cb, world, NULL);
  ent_doc_observe_updates (world->docs[CHANGES], updated_cb, world, NULL);
  ent_doc_observe (world->docs[CHANGES], changed_cb, world, NULL);
  ent_doc_observe_updates (world->docs[UNDO], updated_cb, world, NULL);
  world->undo = ent_undo_new (world->docs[UNDO], NULL, NULL);
  ent_undo_add_scope (world->undo, text_of (world->docs[UNDO]));
  world->replica = ent_doc_new (8, ENT_DOC_DEFAULT);
  world->keeper = ent_doc_new (9, ENT_DOC_KEEP_DELETED);
}

static void
world_clear (World *world)
{
  ent_undo_free (world->undo);
  for (guint i = 0; i < N_WAYS; i++) {
    ent_doc_unref (world->docs[i]);
    g_clear_pointer (&world->updates[i], g_bytes_unref);
  }
  ent_doc_unref (world->replica);
  ent_doc_unref (world->keeper);
  g_string_free (world->mirror, TRUE);
  g_rand_free (world->rand);
}

/* --- edits --- */

static void
insert (World *world, guint32 at)
{
  static const char *const some[] = { "a", "b", "xyz", "é", "日本", "😀", "a😀b", "words and more" };
  const char *text = some[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (some))];

  for (guint i = 0; i < N_WAYS; i++)
    g_assert_true (ent_text_insert_utf16 (text_of (world->docs[i]), at, text, -1, NULL, NULL));
  world->at = at + g_utf8_strlen (text, -1) + (strstr (text, "😀") ? 1 : 0);
}

static void
erase (World *world, guint32 at, guint32 n)
{
  for (guint i = 0; i < N_WAYS; i++)
    g_assert_true (ent_text_delete_utf16 (text_of (world->docs[i]), at, n, NULL));
  world->at = at;
}

static void
edit (World *world)
{
  guint32 length = ent_text_get_length_utf16 (text_of (world->docs[0]));
  guint32 n = g_rand_int_range (world->rand, 0, 10) ? 1 : g_rand_int_range (world->rand, 1, 6);

  world->at = MIN (world->at, length);
  switch (g_rand_int_range (world->rand, 0, 9)) {
  case 0:
    insert (world, g_rand_int_range (world->rand, 0, length + 1));
    break;
  case 1:
    world->at = g_rand_int_range (world->rand, 0, length + 1);
    /* fall through */
  case 2:
  case 3:
  case 4:
    n = MIN (n, world->at);
    erase (world, world->at - n, n);
    break;
  case 5:
  case 6:
    erase (world, world->at, MIN (n, length - world->at));
    break;
  default:
    insert (world, world->at);
  }
}

/* Somebody else edits as well, so that not all that stands side by side is of one client. */
static void
edit_elsewhere (World *world)
{
  guint32 length = ent_text_get_length_utf16 (text_of (world->replica));
  guint32 at = g_rand_int_range (world->rand, 0, length + 1);
  g_autoptr (GBytes) state = NULL;

  if (g_rand_boolean (world->rand))
    ent_text_insert_utf16 (text_of (world->replica), at, "R", -1, NULL, NULL);
  else
    ent_text_delete_utf16 (text_of (world->replica), at, MIN (2, length - at), NULL);
  state = ent_doc_encode (world->replica);
  for (guint i = 0; i < N_WAYS; i++)
    g_assert_true (ent_doc_apply_bytes (world->docs[i], state, NULL, NULL));
  g_assert_true (ent_doc_apply_bytes (world->keeper, state, NULL, NULL));
}

/* --- comparing --- */

static void
assert_same_text (EntDoc *doc, const char *wanted)
{
  g_autofree char *text = ent_text_dup (text_of (doc), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (text, ==, wanted);
  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

static void
assert_same_state (EntDoc *doc, EntDoc *other)
{
  g_autoptr (GBytes) state = ent_doc_encode (doc);
  g_autoptr (GBytes) other_state = ent_doc_encode (other);

  g_assert_true (g_bytes_equal (state, other_state));
}

static void
assert_world (World *world)
{
  for (guint i = 0; i < N_WAYS; i++)
    assert_same_text (world->docs[i], world->mirror->str);
  assert_same_text (world->replica, world->mirror->str);
  assert_same_text (world->keeper, world->mirror->str);
  assert_same_state (world->docs[NOBODY], world->docs[UPDATES]);
  assert_same_state (world->docs[NOBODY], world->docs[CHANGES]);
  assert_same_state (world->docs[NOBODY], world->replica);
}

static void
change (World *world)
{
  guint n = g_rand_int_range (world->rand, 0, 4) ? 1 : g_rand_int_range (world->rand, 1, 5);

  for (guint i = 0; i < N_WAYS; i++)
    g_clear_pointer (&world->updates[i], g_bytes_unref);
  for (guint i = 0; i < N_WAYS; i++)
    ent_doc_begin (world->docs[i], NULL);
  for (; n > 0; n--)
    edit (world);
  for (guint i = 0; i < N_WAYS; i++)
    ent_doc_commit (world->docs[i]);
  if (!world->updates[UPDATES])
    return;
  g_assert_true (g_bytes_equal (world->updates[UPDATES], world->updates[CHANGES]));
  g_assert_true (ent_doc_apply_bytes (world->replica, world->updates[UPDATES], NULL, NULL));
  g_assert_true (ent_doc_apply_bytes (world->keeper, world->updates[UPDATES], NULL, NULL));
}

static void
test_ways_agree (void)
{
  for (guint32 round = 0; round < ROUNDS; round++) {
    World world;

    world_init (&world, round);
    for (guint i = 0; i < TXNS; i++) {
      change (&world);
      if (g_rand_int_range (world.rand, 0, 8) == 0)
        edit_elsewhere (&world);
      assert_world (&world);
    }
    g_assert_cmpuint (world.n_bare, >, TXNS);
    world_clear (&world);
  }
}

/* --- who is told what --- */

typedef struct {
  guint n_updates;
  guint n_types;
  guint n_late;
  EntDoc *doc;
} Told;

static void
told_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Told *told = data;

  told->n_updates++;
  told->n_types += event->n_types;
}

static void
late_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Told *told = data;

  g_assert_cmpuint (event->n_types, ==, 1);
  told->n_late++;
}

/* Edits once more, and lets somebody watch only after that. */
static void
edits_and_watches_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Told *told = data;

  if (told->n_updates++)
    return;
  ent_text_insert (text_of (doc), 0, "y", -1, NULL);
  ent_doc_observe (doc, late_cb, told, NULL);
}

static void
test_updates_only (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  Told updates = { 0 };
  Told changes = { 0 };
  guint watcher;
  guint id = ent_doc_observe_updates (doc, told_cb, &updates, NULL);

  ent_text_insert (text_of (doc), 0, "abc", -1, NULL);
  watcher = ent_doc_observe (doc, told_cb, &changes, NULL);
  ent_text_delete (text_of (doc), 1, 1, NULL);
  ent_doc_unobserve (doc, watcher);
  ent_doc_unobserve (doc, watcher);
  ent_text_insert (text_of (doc), 1, "d", -1, NULL);
  ent_doc_unobserve (doc, id);
  ent_text_insert (text_of (doc), 1, "e", -1, NULL);
  g_assert_cmpuint (updates.n_updates, ==, 3);
  g_assert_cmpuint (updates.n_types, ==, 0);
  g_assert_cmpuint (changes.n_updates, ==, 1);
  g_assert_cmpuint (changes.n_types, ==, 1);
}

/* What was done before somebody watched is not told to them half. */
static void
test_watched_too_late (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  Told told = { 0 };

  ent_doc_observe_updates (doc, edits_and_watches_cb, &told, NULL);
  ent_text_insert (text_of (doc), 0, "x", -1, NULL);
  g_assert_cmpuint (told.n_updates, ==, 2);
  g_assert_cmpuint (told.n_late, ==, 0);
  ent_text_insert (text_of (doc), 0, "z", -1, NULL);
  g_assert_cmpuint (told.n_late, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/local/all-ways-agree", test_ways_agree);
  g_test_add_func ("/doc/local/updates-without-changes", test_updates_only);
  g_test_add_func ("/doc/local/watched-too-late", test_watched_too_late);
  return g_test_run ();
}
