#include "app/ent-buffer-binding.h"

#include <string.h>

#include "document/ent-doc-undo.h"
#include "protocol/ent-limits.h"

/* A bound buffer, and the same document as somebody else has it. */
typedef struct {
  EntDoc *doc;
  EntDoc *remote;
  EntType *text;
  EntType *remote_text;
  GtkTextBuffer *buffer;
  EntBufferBinding *binding;
  guint n_updates; /* of local edits */
  guint n_refused;
  char *last_refusal;
  guint moved_to;
  gboolean is_locked;
} Fixture;

static gboolean
begin_edit (gpointer data, GError **error)
{
  Fixture *f = data;

  if (f->is_locked) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "Editing is locked.");
    return FALSE;
  }
  ent_doc_begin (f->doc, NULL);
  return TRUE;
}

static void
end_edit (gpointer data)
{
  ent_doc_commit (((Fixture *) data)->doc);
}

static const EntBufferBindingEdits edits = { begin_edit, end_edit };

static void
refused_cb (EntBufferBinding *binding, const char *sentence, gpointer data)
{
  Fixture *f = data;

  f->n_refused++;
  g_free (f->last_refusal);
  f->last_refusal = g_strdup (sentence);
}

static void
moved_cb (EntBufferBinding *binding, guint at, gpointer data)
{
  ((Fixture *) data)->moved_to = at;
}

/* What one makes goes to the other at once, as over a good line. */
static void
to_remote_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;

  if (!event->is_local)
    return;
  f->n_updates++;
  g_assert_true (ent_doc_apply_bytes (f->remote, ent_doc_event_get_update (event), f, &error));
  g_assert_no_error (error);
}

static void
to_local_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;

  if (!event->is_local)
    return;
  g_assert_true (ent_doc_apply_bytes (f->doc, ent_doc_event_get_update (event), f, &error));
  g_assert_no_error (error);
}

static void
bind (Fixture *f)
{
  f->buffer = gtk_text_buffer_new (NULL);
  f->binding = ent_buffer_binding_new (f->buffer, f->text, &edits, f);
  g_signal_connect (f->binding, "refused", G_CALLBACK (refused_cb), f);
  g_signal_connect (f->binding, "moved", G_CALLBACK (moved_cb), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  f->remote = ent_doc_new (2, ENT_DOC_DEFAULT);
  f->text = ent_doc_get_text (f->doc, "text");
  f->remote_text = ent_doc_get_text (f->remote, "text");
  ent_doc_observe (f->doc, to_remote_cb, f, NULL);
  ent_doc_observe (f->remote, to_local_cb, f, NULL);
  if (data)
    g_assert_true (ent_text_insert (f->remote_text, 0, data, -1, NULL));
  bind (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->binding);
  /* GTK 4.8 keeps a buffer that ever had a selection. */
  g_object_unref (f->buffer);
  ent_doc_unref (f->doc);
  ent_doc_unref (f->remote);
  g_free (f->last_refusal);
}

static char *
dup_shown (Fixture *f)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (f->buffer, &start, &end);
  return gtk_text_buffer_get_slice (f->buffer, &start, &end, TRUE);
}

/* The document's text as the buffer must show it. */
static char *
dup_expected (EntType *text)
{
  gsize size;
  g_autofree char *shown = ent_text_dup_display (text, &size);
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < size; i++) {
    if (shown[i] == '\0')
      g_string_append (out, "\xe2\x90\x80");
    else
      g_string_append_c (out, shown[i]);
  }
  return g_string_free (out, FALSE);
}

static void
assert_same (Fixture *f)
{
  g_autofree char *shown = dup_shown (f);
  g_autofree char *expected = dup_expected (f->text);
  g_autofree char *remote = dup_expected (f->remote_text);

  g_assert_cmpstr (shown, ==, expected);
  g_assert_cmpstr (shown, ==, remote);
  g_assert_cmpuint (gtk_text_buffer_get_char_count (f->buffer), ==, ent_text_get_length (f->text));
}

static void
assert_text (Fixture *f, const char *expected)
{
  g_autofree char *shown = dup_shown (f);

  g_assert_cmpstr (shown, ==, expected);
  assert_same (f);
}

static void
insert (Fixture *f, guint at, const char *text)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &iter, at);
  gtk_text_buffer_insert (f->buffer, &iter, text, -1);
}

static void
erase (Fixture *f, guint at, guint count)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &start, at);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &end, at + count);
  gtk_text_buffer_delete (f->buffer, &start, &end);
}

static void
select_range (Fixture *f, guint insert_at, guint bound_at)
{
  GtkTextIter insert_iter, bound_iter;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &insert_iter, insert_at);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &bound_iter, bound_at);
  gtk_text_buffer_select_range (f->buffer, &insert_iter, &bound_iter);
}

static void
assert_selected (Fixture *f, guint insert_at, guint bound_at)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_mark (f->buffer, &iter, gtk_text_buffer_get_insert (f->buffer));
  g_assert_cmpint (gtk_text_iter_get_offset (&iter), ==, insert_at);
  gtk_text_buffer_get_iter_at_mark (
    f->buffer, &iter, gtk_text_buffer_get_selection_bound (f->buffer));
  g_assert_cmpint (gtk_text_iter_get_offset (&iter), ==, bound_at);
}

/* --- cases ----------------------------------------------------------------------------------- */

static void
test_filled (Fixture *f, gconstpointer data)
{
  assert_text (f, "grüße 🎈\n");
  g_assert_false (gtk_text_buffer_get_enable_undo (f->buffer));
  g_assert_cmpuint (f->n_updates, ==, 0);
}

static void
test_local (Fixture *f, gconstpointer data)
{
  insert (f, 0, "hello");
  insert (f, 5, " 🎈 wörld");
  erase (f, 0, 1);
  insert (f, 0, "J");
  assert_text (f, "Jello 🎈 wörld");
  g_assert_cmpuint (f->n_updates, ==, 4);
}

/* Replacing a selection is one action, and so one update. */
static void
test_user_action (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_begin_user_action (f->buffer);
  erase (f, 0, 3);
  gtk_text_buffer_begin_user_action (f->buffer);
  insert (f, 0, "one");
  gtk_text_buffer_end_user_action (f->buffer);
  insert (f, 3, "!");
  g_assert_true (ent_doc_in_transaction (f->doc));
  gtk_text_buffer_end_user_action (f->buffer);

  g_assert_false (ent_doc_in_transaction (f->doc));
  g_assert_cmpuint (f->n_updates, ==, 1);
  assert_text (f, "one! two");
}

/* An action that somebody forgot to end does not hold the document. */
static void
test_open_action (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_begin_user_action (f->buffer);
  insert (f, 0, "a");
  g_assert_true (ent_doc_in_transaction (f->doc));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (ent_doc_in_transaction (f->doc));
  g_assert_cmpuint (f->n_updates, ==, 1);
  insert (f, 1, "b");
  gtk_text_buffer_end_user_action (f->buffer);
  g_assert_cmpuint (f->n_updates, ==, 2);
  assert_text (f, "ab");
}

static void
test_carriage_return (Fixture *f, gconstpointer data)
{
  GtkTextIter iter;

  gtk_text_buffer_get_start_iter (f->buffer, &iter);
  gtk_text_buffer_insert (f->buffer, &iter, "a\r\nb\rc\n", -1);
  g_assert_cmpint (gtk_text_iter_get_offset (&iter), ==, 6);
  assert_text (f, "a\nb\nc\n");

  /* That of others stays. */
  g_assert_true (ent_text_insert (f->remote_text, 1, "\r", -1, NULL));
  g_assert_true (ent_text_insert (f->remote_text, 0, "\r\n\r", -1, NULL));
  assert_text (f, "\r\n\ra\r\nb\nc\n");
}

static void
test_remote (Fixture *f, gconstpointer data)
{
  g_assert_true (ent_text_insert (f->remote_text, 4, "abc ", -1, NULL));
  assert_text (f, "one abc two");
  g_assert_true (ent_text_delete (f->remote_text, 0, 4, NULL));
  assert_text (f, "abc two");
  g_assert_cmpuint (f->n_updates, ==, 0);
}

static void
test_strange_content (Fixture *f, gconstpointer data)
{
  g_autoptr (EntValue) embed = ent_value_new_string ("picture", -1);

  g_assert_true (ent_text_insert (f->remote_text, 1, "x\0y", 3, NULL));
  assert_text (f, "ox\xe2\x90\x80yne two");
  g_assert_true (ent_text_insert_embed (f->remote_text, 2, embed, NULL, NULL));
  assert_text (f, "ox\xef\xbf\xbc\xe2\x90\x80yne two");
  erase (f, 2, 2);
  assert_text (f, "oxyne two");
}

/* Others' text at the caret comes after it, so that two who type at one place do not mix. */
static void
test_caret_stays (Fixture *f, gconstpointer data)
{
  select_range (f, 4, 4);
  g_assert_true (ent_text_insert (f->remote_text, 0, "zero ", -1, NULL));
  assert_selected (f, 9, 9);
  g_assert_true (ent_text_insert (f->remote_text, 9, "at ", -1, NULL));
  assert_selected (f, 9, 9);
  insert (f, 9, "my ");
  assert_text (f, "zero one my at two");
  g_assert_true (ent_text_delete (f->remote_text, 0, 15, NULL));
  assert_selected (f, 0, 0);
}

/* While an input method composes, the caret may be pushed: moving it back would end that. */
static void
test_composing (Fixture *f, gconstpointer data)
{
  select_range (f, 4, 4);
  g_object_set (f->binding, "composing", TRUE, NULL);
  g_assert_true (ent_text_insert (f->remote_text, 4, "abc", -1, NULL));
  assert_selected (f, 7, 7);
  assert_text (f, "one abctwo");
}

static void
test_selection_stays (Fixture *f, gconstpointer data)
{
  select_range (f, 4, 7);
  g_assert_true (ent_text_insert (f->remote_text, 7, "!", -1, NULL));
  assert_selected (f, 4, 7);
  g_assert_true (ent_text_insert (f->remote_text, 4, "<", -1, NULL));
  assert_selected (f, 5, 8);
  g_assert_true (ent_text_insert (f->remote_text, 6, "--", -1, NULL));
  assert_selected (f, 5, 10);
  g_assert_true (ent_text_delete (f->remote_text, 0, 6, NULL));
  assert_selected (f, 0, 4);
  assert_same (f);
}

static void
test_locked (Fixture *f, gconstpointer data)
{
  f->is_locked = TRUE;
  insert (f, 0, "x");
  erase (f, 0, 1);
  gtk_text_buffer_begin_user_action (f->buffer);
  insert (f, 0, "x");
  gtk_text_buffer_end_user_action (f->buffer);
  g_assert_cmpuint (f->n_refused, ==, 3);
  g_assert_cmpstr (f->last_refusal, ==, "Editing is locked.");
  g_assert_false (ent_doc_in_transaction (f->doc));
  assert_text (f, "one two");

  f->is_locked = FALSE;
  insert (f, 0, "x");
  assert_text (f, "xone two");
}

static void
test_too_large (Fixture *f, gconstpointer data)
{
  g_autofree char *large = g_strnfill (ENT_MAX_FILE_TEXT - 3, 'x');

  insert (f, 0, "one");
  insert (f, 0, large);
  g_assert_cmpuint (f->n_refused, ==, 0);
  insert (f, 0, "y");
  g_assert_cmpuint (f->n_refused, ==, 1);
  g_assert_false (ent_doc_in_transaction (f->doc));
  g_assert_cmpuint (ent_text_get_length (f->text), ==, ENT_MAX_FILE_TEXT);

  /* What others put above the limit shows. */
  g_assert_true (ent_text_insert (f->remote_text, 0, "remote", -1, NULL));
  assert_same (f);
  g_autofree char *reason = ent_buffer_binding_check_room (f->binding, 1);
  g_assert_nonnull (reason);
}

static void
test_undo (Fixture *f, gconstpointer data)
{
  g_autoptr (EntUndo) undo = ent_undo_new (f->doc, NULL, NULL);

  ent_undo_add_scope (undo, f->text);
  insert (f, 3, " and a half");
  g_assert_true (ent_text_insert (f->remote_text, 0, "> ", -1, NULL));
  g_assert_true (ent_undo_undo (undo));
  assert_text (f, "> one two");
  g_assert_cmpuint (f->moved_to, ==, 5);
  g_assert_true (ent_undo_redo (undo));
  assert_text (f, "> one and a half two");
  g_assert_cmpuint (f->moved_to, ==, 16);
}

static void
test_clean (void)
{
  gsize size;
  g_autofree char *clean = ent_buffer_binding_clean ("a\0b\r\n\r\r\nc\r", 10, &size);

  g_assert_cmpstr (clean, ==, "ab\n\n\nc\n");
  g_assert_cmpuint (size, ==, 7);
}

/* --- property -------------------------------------------------------------------------------- */

static const char *const pieces[] = { "a", "xyz", "\n", "  \n\t", "é", "🎈🎈", "\r", "\r\n",
  "line\nline\n", "e\xcc\x81", "漢字" };

static void
edit_locally (Fixture *f)
{
  guint length = gtk_text_buffer_get_char_count (f->buffer);
  guint at = g_test_rand_int_range (0, length + 1);

  if (length > 0 && g_test_rand_int_range (0, 3) == 0)
    erase (f, MIN (at, length - 1), MIN (length - MIN (at, length - 1), 1 + at % 5));
  else
    insert (f, at, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
}

static void
edit_remotely (Fixture *f)
{
  guint length = ent_text_get_length (f->remote_text);
  guint at = g_test_rand_int_range (0, length + 1);

  switch (g_test_rand_int_range (0, 5)) {
  case 0:
  case 1:
    if (at < length)
      g_assert_true (ent_text_delete (f->remote_text, at, MIN (length - at, 1 + at % 7), NULL));
    break;
  case 2:
    g_assert_true (ent_text_insert (f->remote_text, at, "n\0l\r", 4, NULL));
    break;
  default:
    g_assert_true (ent_text_insert (
      f->remote_text, at, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))], -1, NULL));
  }
}

/* Whatever two people do, the buffer shows the document, and every caret stays in the text. */
static void
test_random (Fixture *f, gconstpointer data)
{
  g_autoptr (EntUndo) undo = ent_undo_new (f->doc, NULL, NULL);
  g_autoptr (GError) error = NULL;

  ent_undo_add_scope (undo, f->text);
  for (guint i = 0; i < 2000; i++) {
    switch (g_test_rand_int_range (0, 12)) {
    case 0:
      gtk_text_buffer_begin_user_action (f->buffer);
      for (guint j = 0; j < 4; j++)
        edit_locally (f);
      gtk_text_buffer_end_user_action (f->buffer);
      break;
    case 1:
      ent_undo_undo (undo);
      break;
    case 2:
      ent_undo_redo (undo);
      break;
    case 3:
      ent_undo_stop (undo);
      break;
    case 4:
      ent_doc_begin (f->remote, NULL);
      for (guint j = 0; j < 5; j++)
        edit_remotely (f);
      ent_doc_commit (f->remote);
      break;
    case 5: {
      guint length = gtk_text_buffer_get_char_count (f->buffer);

      select_range (
        f, g_test_rand_int_range (0, length + 1), g_test_rand_int_range (0, length + 1));
      break;
    }
    case 6:
    case 7:
    case 8:
      edit_remotely (f);
      break;
    default:
      edit_locally (f);
    }
    assert_same (f);
  }
  g_assert_true (ent_doc_check (f->doc, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (f->n_refused, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, text, func) g_test_add (path, Fixture, text, set_up, func, tear_down)
  ADD ("/buffer-binding/fill/shows-the-text", "grüße 🎈\n", test_filled);
  ADD ("/buffer-binding/local/each-edit-is-an-update", NULL, test_local);
  ADD ("/buffer-binding/local/a-user-action-is-one-update", "one two", test_user_action);
  ADD ("/buffer-binding/local/an-open-action-ends-when-idle", NULL, test_open_action);
  ADD ("/buffer-binding/local/carriage-returns-become-line-ends", NULL, test_carriage_return);
  ADD ("/buffer-binding/local/a-locked-room-refuses", "one two", test_locked);
  ADD ("/buffer-binding/local/a-file-has-a-limit", NULL, test_too_large);
  ADD ("/buffer-binding/remote/edits-show", "one two", test_remote);
  ADD ("/buffer-binding/remote/nul-and-objects-are-one-character", "one two", test_strange_content);
  ADD ("/buffer-binding/remote/the-caret-stays", "one two", test_caret_stays);
  ADD ("/buffer-binding/remote/composition-goes-on", "one two", test_composing);
  ADD ("/buffer-binding/remote/the-selection-stays", "one two three", test_selection_stays);
  ADD ("/buffer-binding/undo/shows-where", "one two", test_undo);
  g_test_add_func ("/buffer-binding/clean/line-ends-and-nul", test_clean);
  ADD ("/buffer-binding/random/the-buffer-is-the-document", "start\n", test_random);
  return g_test_run ();
}
