#include "document/ent-doc.h"
#include "room/ent-durable.h"

/* A document that has written "hello" and then deleted from it, and the update of each edit. */
typedef struct {
  EntDoc *doc;
  GPtrArray *updates; /* GBytes */
  EntDurable *durable;
} Fixture;

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  g_ptr_array_add (data, g_bytes_ref (ent_doc_event_get_update (event)));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  EntType *text;

  f->doc = ent_doc_new (7, ENT_DOC_DEFAULT);
  f->updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  f->durable = ent_durable_new ();
  ent_doc_observe (f->doc, changed_cb, f->updates, NULL);
  text = ent_doc_get_text (f->doc, "text:f");
  ent_text_insert (text, 0, "hello", -1, NULL);
  ent_text_delete (text, 0, 1, NULL);
  ent_text_delete (text, 2, 1, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ent_durable_free (f->durable);
  g_ptr_array_unref (f->updates);
  ent_doc_unref (f->doc);
}

static gboolean
covers (Fixture *f, guint index)
{
  return ent_durable_covers_update (f->durable, g_ptr_array_index (f->updates, index));
}

static GBytes *
encode_vector (Fixture *f)
{
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (f->doc);

  return ent_state_vector_encode (vector);
}

/* The clocks of what was written say nothing of what was deleted later. */
static void
test_deletions_are_apart (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) sv = encode_vector (f);

  g_assert_false (covers (f, 0));
  ent_durable_take (f->durable, sv, NULL);
  g_assert_true (covers (f, 0));
  g_assert_false (covers (f, 1));
  g_assert_false (covers (f, 2));
  ent_durable_take (f->durable, sv, g_ptr_array_index (f->updates, 2));
  g_assert_false (covers (f, 1));
  g_assert_true (covers (f, 2));
  ent_durable_take (f->durable, sv, g_ptr_array_index (f->updates, 1));
  g_assert_true (covers (f, 1));
  g_assert_true (covers (f, 2));
}

/* Who comes anew is told all at once. */
static void
test_whole_set (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) sv = encode_vector (f);
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (f->doc);
  g_autoptr (GBytes) deleted = ent_doc_encode_diff (f->doc, vector);
  g_autoptr (GBytes) whole = ent_doc_encode (f->doc);

  ent_durable_take (f->durable, sv, deleted);
  g_assert_true (covers (f, 1) && covers (f, 2));
  g_assert_true (ent_durable_covers_update (f->durable, whole));
  g_assert_true (ent_durable_covers_vector (f->durable, vector));
}

static void
test_malformed (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) noise = g_bytes_new_static ("\xff\xff\xff", 3);

  ent_durable_take (f->durable, noise, noise);
  g_assert_false (covers (f, 1));
  g_assert_false (ent_durable_covers_update (f->durable, noise));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add (
    "/durable/deletions-are-apart", Fixture, NULL, set_up, test_deletions_are_apart, tear_down);
  g_test_add ("/durable/whole-set", Fixture, NULL, set_up, test_whole_set, tear_down);
  g_test_add ("/durable/malformed", Fixture, NULL, set_up, test_malformed, tear_down);
  return g_test_run ();
}
