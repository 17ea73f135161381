#include <string.h>

#include "document/ent-doc-relpos.h"
#include "document/ent-doc-undo.h"

/* Undo as an editor uses it: several scopes and origins, selections, sensitivity of actions. */

static void
assert_text (EntType *text, const char *wanted)
{
  g_autofree char *actual = ent_text_dup (text, NULL);
  g_autoptr (GError) error = NULL;

  ent_doc_check (ent_type_get_doc (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (actual, ==, wanted);
}

static void
copy_state (EntDoc *from, EntDoc *to)
{
  g_autoptr (GBytes) state = ent_doc_encode (from);
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (to, state, NULL, &error);
  g_assert_no_error (error);
}

/* --- selections --- */

typedef struct {
  EntType *text;
  EntRelPos *caret; /* as the editor has it */
  guint n_new;
  guint n_extended;
  guint32 restored;
  gboolean is_redo;
} Editor;

/* The selection before the edit goes on the step that the edit begins. */
static void
added_cb (EntUndo *undo, EntUndoStep *step, gboolean is_new, gpointer data)
{
  Editor *editor = data;

  *(is_new ? &editor->n_new : &editor->n_extended) += 1;
  if (is_new)
    ent_undo_step_set_data (
      step, ent_rel_pos_copy (editor->caret), (GDestroyNotify) ent_rel_pos_free);
}

static void
popped_cb (EntUndo *undo, EntUndoStep *step, gboolean is_redo, gpointer data)
{
  Editor *editor = data;

  editor->is_redo = is_redo;
  g_assert_true (ent_rel_pos_resolve (
    ent_undo_step_get_data (step), ent_type_get_doc (editor->text), NULL, &editor->restored, NULL));
}

static void
set_caret (Editor *editor, guint32 at)
{
  g_clear_pointer (&editor->caret, ent_rel_pos_free);
  editor->caret = ent_rel_pos_new (editor->text, at, 0);
}

static void
test_selections (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_DEFAULT);
  Editor editor = { .text = ent_doc_get_text (doc, "t") };
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);

  ent_undo_add_scope (undo, editor.text);
  ent_undo_set_funcs (undo, added_cb, popped_cb, &editor);
  set_caret (&editor, 0);
  ent_text_insert (editor.text, 0, "hello world", -1, NULL);
  ent_undo_stop (undo);
  set_caret (&editor, 6);
  ent_text_delete (editor.text, 6, 5, NULL);
  ent_text_insert (editor.text, 6, "there", -1, NULL);
  g_assert_cmpuint (editor.n_new, ==, 2);
  g_assert_cmpuint (editor.n_extended, ==, 1);
  /* Somebody types in front meanwhile: the selection moves with the text. */
  copy_state (doc, other);
  ent_text_insert (ent_doc_get_text (other, "t"), 0, ">>> ", -1, NULL);
  copy_state (other, doc);
  g_assert_true (ent_undo_undo (undo));
  assert_text (editor.text, ">>> hello world");
  g_assert_cmpuint (editor.restored, ==, 10);
  g_assert_false (editor.is_redo);
  g_assert_true (ent_undo_redo (undo));
  assert_text (editor.text, ">>> hello there");
  g_assert_true (editor.is_redo);
  ent_undo_clear (undo);
  ent_rel_pos_free (editor.caret);
}

/* --- scopes and origins --- */

static void
test_scopes (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *one = ent_doc_get_text (doc, "one");
  EntType *two = ent_doc_get_text (doc, "two");
  EntType *map = ent_doc_get_map (doc, "map");
  EntType *nested = ent_map_set_type (map, "nested", ENT_TYPE_TEXT, NULL);
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);

  ent_undo_add_scope (undo, one);
  ent_undo_add_scope (undo, map);
  ent_text_insert (two, 0, "not watched", -1, NULL);
  g_assert_false (ent_undo_can_undo (undo));
  /* What is nested in a scope belongs to it; of a transaction only what is in the scope goes back.
   */
  ent_doc_begin (doc, NULL);
  ent_text_insert (nested, 0, "nested", -1, NULL);
  ent_text_insert (two, 0, "also ", -1, NULL);
  ent_text_insert (one, 0, "one", -1, NULL);
  ent_doc_commit (doc);
  g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, 1);
  g_assert_true (ent_undo_undo (undo));
  assert_text (nested, "");
  assert_text (one, "");
  assert_text (two, "also not watched");
  g_assert_true (ent_undo_redo (undo));
  assert_text (nested, "nested");
}

/* Two people at one keyboard: each has an undo of their own, by origin. */
static void
test_origins (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntUndo) left = ent_undo_new (doc, NULL, NULL);
  g_autoptr (EntUndo) right = ent_undo_new (doc, NULL, NULL);
  int left_hand;
  int right_hand;

  ent_undo_add_scope (left, text);
  ent_undo_add_scope (right, text);
  ent_undo_track (left, &left_hand);
  ent_undo_track (right, &right_hand);
  ent_doc_begin (doc, &left_hand);
  ent_text_insert (text, 0, "left ", -1, NULL);
  ent_doc_commit (doc);
  ent_doc_begin (doc, &right_hand);
  ent_text_insert (text, 5, "right", -1, NULL);
  ent_doc_commit (doc);
  g_assert_cmpuint (ent_undo_get_undo_depth (left), ==, 1);
  g_assert_cmpuint (ent_undo_get_undo_depth (right), ==, 1);
  g_assert_true (ent_undo_undo (left));
  assert_text (text, "right");
  g_assert_true (ent_undo_undo (right));
  assert_text (text, "");
  g_assert_true (ent_undo_redo (left));
  assert_text (text, "left ");
}

/* --- capture time and steps --- */

static gint64
now_cb (gpointer data)
{
  return *(gint64 *) data;
}

static void
changed_cb (EntUndo *undo, gpointer data)
{
  ++*(guint *) data;
}

static void
test_capture (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  gint64 now_ms = 0;
  guint n_changes = 0;
  g_autoptr (EntUndo) undo = ent_undo_new (doc, now_cb, &now_ms);

  ent_undo_add_scope (undo, text);
  ent_undo_set_capture_ms (undo, 100);
  ent_undo_set_changed_func (undo, changed_cb, &n_changes);
  for (guint i = 0; i < 6; i++) {
    ent_text_insert (text, i, "x", -1, NULL);
    now_ms += i == 2 ? 100 : 99;
  }
  g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, 2);
  g_assert_cmpuint (n_changes, ==, 6);
  /* A pause asked for ends a step, whatever the time. */
  ent_undo_stop (undo);
  ent_text_insert (text, 0, "y", -1, NULL);
  g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, 3);
  /* The edit after an undo begins a step of its own. */
  g_assert_true (ent_undo_undo (undo));
  ent_text_insert (text, 0, "z", -1, NULL);
  g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, 3);
  g_assert_true (ent_undo_undo (undo));
  assert_text (text, "xxxxxx");
  ent_undo_clear (undo);
  g_assert_false (ent_undo_undo (undo));
  g_assert_false (ent_undo_can_redo (undo));
}

/* What a step needs is kept from collection until it is undone or forgotten. */
static void
test_kept (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) copy = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);
  g_autofree char *long_text = g_strnfill (5000, 'x');
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GBytes) collected = NULL;

  ent_undo_add_scope (undo, text);
  ent_text_insert (text, 0, long_text, -1, NULL);
  ent_undo_stop (undo);
  ent_text_delete (text, 0, 5000, NULL);
  kept = ent_doc_encode (doc);
  g_assert_cmpuint (g_bytes_get_size (kept), >, 5000);
  /* Others need not keep it. */
  copy_state (doc, copy);
  collected = ent_doc_encode (copy);
  g_assert_cmpuint (g_bytes_get_size (collected), <, 100);
  g_assert_true (ent_undo_undo (undo));
  assert_text (text, long_text);
  copy_state (doc, copy);
  assert_text (ent_doc_get_text (copy, "t"), long_text);
  g_assert_true (ent_undo_redo (undo));
  assert_text (text, "");
  ent_undo_clear (undo);
  g_assert_true (ent_doc_check (doc, NULL));
}

static void
test_refused (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) twin = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);

  ent_undo_add_scope (undo, text);
  ent_text_insert (text, 0, "mine", -1, NULL);
  ent_doc_begin (doc, NULL);
  g_assert_false (ent_undo_undo (undo));
  ent_doc_commit (doc);
  /* Under a client ID that somebody else uses nothing is written, by undo neither. */
  ent_text_insert (ent_doc_get_text (twin, "t"), 0, "longer than mine", -1, NULL);
  copy_state (twin, doc);
  g_assert_true (ent_doc_has_clash (doc));
  g_assert_false (ent_undo_undo (undo));
  g_assert_true (ent_doc_set_client_id (doc, 2, NULL));
  g_assert_true (ent_undo_undo (undo));
  g_assert_true (ent_doc_check (doc, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/undo/restores-selections", test_selections);
  g_test_add_func ("/doc/undo/several-scopes", test_scopes);
  g_test_add_func ("/doc/undo/one-for-each-origin", test_origins);
  g_test_add_func ("/doc/undo/capture-time", test_capture);
  g_test_add_func ("/doc/undo/keeps-what-it-needs", test_kept);
  g_test_add_func ("/doc/undo/refused-in-a-transaction-and-a-clash", test_refused);
  return g_test_run ();
}
