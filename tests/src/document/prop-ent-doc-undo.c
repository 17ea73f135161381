#include <string.h>

#include "document/ent-doc-undo.h"

/* Undo and redo at random, alone and among others. Every character typed is another one, so that a
 * character that undo brings back can be told from all others: a text is a set of characters in an
 * order. */

/* --- alone: undo is the way back through the texts there were --- */

static char *
type_new (EntType *text, gunichar *next)
{
  guint length = ent_text_get_length (text);

  if (length && g_test_rand_int_range (0, 3) == 0) {
    guint at = g_test_rand_int_range (0, length);

    g_assert_true (
      ent_text_delete (text, at, g_test_rand_int_range (1, MIN (8, length - at) + 1), NULL));
  } else {
    g_autoptr (GString) typed = g_string_new (NULL);

    for (guint n = g_test_rand_int_range (1, 5); n > 0; n--)
      g_string_append_unichar (typed, (*next)++);
    g_assert_true (
      ent_text_insert (text, g_test_rand_int_range (0, length + 1), typed->str, -1, NULL));
  }
  return ent_text_dup (text, NULL);
}

static void
assert_text (EntType *text, const char *wanted)
{
  g_autofree char *actual = ent_text_dup (text, NULL);
  g_autoptr (GError) error = NULL;

  ent_doc_check (ent_type_get_doc (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (actual, ==, wanted);
}

/* Steps are typed, then there is any going to and fro through them; then they are forgotten.
 * (Typing in between as well can make undo leave characters behind, with yjs as with us: see
 * DESIGN.md.) */
static void
test_alone (void)
{
  guint rounds = g_test_thorough () ? 1000 : 100;

  for (guint round = 0; round < rounds; round++) {
    g_autoptr (EntDoc) doc = ent_doc_new (1, round % 3 ? ENT_DOC_DEFAULT : ENT_DOC_KEEP_DELETED);
    EntType *text = ent_doc_get_text (doc, "t");
    g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);
    gunichar next = 0x3400;

    ent_undo_add_scope (undo, text);
    for (guint phase = 0; phase < 3; phase++) {
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free); /* one per step */
      guint now;

      g_ptr_array_add (texts, ent_text_dup (text, NULL));
      for (guint i = g_test_rand_int_range (1, 20); i > 0; i--) {
        ent_undo_stop (undo);
        g_ptr_array_add (texts, type_new (text, &next));
      }
      now = texts->len - 1;
      for (guint i = 0; i < 60; i++) {
        if (g_test_rand_bit ()) {
          g_assert_true (ent_undo_undo (undo) == (now > 0));
          now -= now > 0;
        } else {
          g_assert_true (ent_undo_redo (undo) == (now + 1 < texts->len));
          now += now + 1 < texts->len;
        }
        assert_text (text, texts->pdata[now]);
        g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, now);
        g_assert_cmpuint (ent_undo_get_redo_depth (undo), ==, texts->len - 1 - now);
      }
      ent_undo_clear (undo);
      assert_text (text, texts->pdata[now]);
    }
  }
}

/* --- among others: what is there afterwards is told by counting characters --- */

typedef struct {
  GHashTable *inserted; /* characters */
  GHashTable *deleted;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_hash_table_unref (step->inserted);
  g_hash_table_unref (step->deleted);
  g_free (step);
}

static guint
count (GHashTable *set, gunichar character)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (set, GUINT_TO_POINTER (character)));
}

static void
add (GHashTable *set, gunichar character, guint n)
{
  g_hash_table_insert (
    set, GUINT_TO_POINTER (character), GUINT_TO_POINTER (count (set, character) + n));
}

/* How often each character stands there: one that two people deleted at once comes back for each of
 * them. */
static GHashTable *
set_of (EntType *text)
{
  g_autofree char *content = ent_text_dup (text, NULL);
  GHashTable *set = g_hash_table_new (NULL, NULL);

  for (const char *at = content; *at; at = g_utf8_next_char (at))
    add (set, g_utf8_get_char (at), 1);
  return set;
}

/* What a has more of than b. */
static GHashTable *
set_without (GHashTable *a, GHashTable *b)
{
  GHashTable *set = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    gunichar character = GPOINTER_TO_UINT (key);

    if (count (a, character) > count (b, character))
      add (set, character, count (a, character) - count (b, character));
  }
  return set;
}

static gboolean
set_is_within (GHashTable *a, GHashTable *b)
{
  g_autoptr (GHashTable) rest = set_without (a, b);

  return g_hash_table_size (rest) == 0;
}

static Step *
step_between (GHashTable *before, GHashTable *after)
{
  Step *step = g_new0 (Step, 1);

  step->inserted = set_without (after, before);
  step->deleted = set_without (before, after);
  return step;
}

typedef struct {
  EntDoc *doc;
  EntType *text;
  EntUndo *undo;
  GPtrArray *undo_steps; /* Step */
  GPtrArray *redo_steps;
  GHashTable *remade; /* characters that undo or redo brought back */
} Person;

static void
person_init (Person *person, guint64 client)
{
  person->doc = ent_doc_new (client, g_test_rand_bit () ? ENT_DOC_DEFAULT : ENT_DOC_KEEP_DELETED);
  person->text = ent_doc_get_text (person->doc, "t");
  person->undo = ent_undo_new (person->doc, NULL, NULL);
  person->undo_steps = g_ptr_array_new_with_free_func (step_free);
  person->redo_steps = g_ptr_array_new_with_free_func (step_free);
  person->remade = g_hash_table_new (NULL, NULL);
  ent_undo_add_scope (person->undo, person->text);
}

static void
person_clear (Person *person)
{
  g_ptr_array_unref (person->undo_steps);
  g_ptr_array_unref (person->redo_steps);
  g_hash_table_unref (person->remade);
  ent_undo_free (person->undo);
  ent_doc_unref (person->doc);
}

static void
type_something (Person *person, gunichar *next)
{
  g_autoptr (GHashTable) before = set_of (person->text);
  g_autoptr (GHashTable) after = NULL;

  ent_undo_stop (person->undo);
  g_free (type_new (person->text, next));
  after = set_of (person->text);
  g_ptr_array_add (person->undo_steps, step_between (before, after));
  g_ptr_array_set_size (person->redo_steps, 0);
}

static void
note_remade (Person *person, GHashTable *come)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, come);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (person->remade, key);
}

/* What was remade goes as one piece with what was remade beside it, with yjs as with us: see
 * DESIGN.md. */
static void
leave_out_remade (Person *person, GHashTable *set)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_hash_table_contains (person->remade, key))
      g_hash_table_iter_remove (&iter);
}

/* Takes back one step: nothing else goes but what it inserted, nothing else comes but what it
 * deleted. Steps that have no effect any more are dropped on the way. */
static void
take_back (Person *person, gboolean is_redo)
{
  GPtrArray *from = is_redo ? person->redo_steps : person->undo_steps;
  GPtrArray *to = is_redo ? person->undo_steps : person->redo_steps;
  g_autoptr (GHashTable) before = set_of (person->text);
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GHashTable) gone = NULL;
  g_autoptr (GHashTable) come = NULL;
  gboolean did = is_redo ? ent_undo_redo (person->undo) : ent_undo_undo (person->undo);
  guint left =
    is_redo ? ent_undo_get_redo_depth (person->undo) : ent_undo_get_undo_depth (person->undo);
  Step *step;

  after = set_of (person->text);
  gone = set_without (before, after);
  come = set_without (after, before);
  g_assert_true (did || g_hash_table_size (gone) + g_hash_table_size (come) == 0);
  if (did) {
    g_assert_cmpuint (left, <, from->len);
    step = from->pdata[left];
    leave_out_remade (person, gone);
    g_assert_true (set_is_within (gone, step->inserted));
    g_assert_true (set_is_within (come, step->deleted));
    note_remade (person, come);
    g_ptr_array_add (to, step_between (before, after));
  } else {
    g_assert_cmpuint (left, ==, 0);
  }
  g_ptr_array_set_size (from, left);
  g_assert_cmpuint (ent_undo_get_redo_depth (person->undo), ==, person->redo_steps->len);
  g_assert_cmpuint (ent_undo_get_undo_depth (person->undo), ==, person->undo_steps->len);
}

static void
tell (Person *from, Person *to)
{
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (to->doc);
  g_autoptr (GBytes) update = ent_doc_encode_diff (from->doc, known);
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (to->doc, update, from, &error);
  g_assert_no_error (error);
}

static void
test_among_others (void)
{
  guint rounds = g_test_thorough () ? 1000 : 150;

  for (guint round = 0; round < rounds; round++) {
    Person people[3];
    guint n_people = g_test_rand_int_range (2, 4);
    gunichar next = 0x3400;

    for (guint i = 0; i < n_people; i++)
      person_init (&people[i], 1 + i * 5 + (guint) g_test_rand_int_range (0, 5));
    for (guint i = 0; i < 80; i++) {
      Person *person = &people[g_test_rand_int_range (0, n_people)];
      Person *other = &people[g_test_rand_int_range (0, n_people)];

      switch (g_test_rand_int_range (0, 6)) {
      case 0:
        take_back (person, FALSE);
        break;
      case 1:
        take_back (person, TRUE);
        break;
      case 2:
      case 3:
        if (other != person)
          tell (other, person);
        break;
      default:
        type_something (person, &next);
      }
      g_assert_true (ent_doc_check (person->doc, NULL));
    }
    for (guint i = 0; i < 2 * n_people; i++) {
      for (guint k = 0; k < n_people; k++) {
        if (k != i % n_people)
          tell (&people[i % n_people], &people[k]);
      }
    }
    for (guint i = 0; i < n_people; i++) {
      g_autofree char *text = ent_text_dup (people[0].text, NULL);

      assert_text (people[i].text, text);
    }
    for (guint i = 0; i < n_people; i++)
      person_clear (&people[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/undo/alone-goes-back-through-the-texts", test_alone);
  g_test_add_func ("/doc/undo/among-others-touches-its-own-only", test_among_others);
  return g_test_run ();
}
