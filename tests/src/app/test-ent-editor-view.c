#include "app/ent-editor-view.h"

#include "app/ent-buffer-binding.h"
#include "app/ent-output-view.h"
#include "app/ent-picture.h"
#include "ui-fixture.h"

/* GtkSourceView 5.6 never lets go of a view with line numbers, so it is not waited for. */
static void
destroy (GtkWindow *window)
{
  gtk_window_destroy (window);
  ui_fixture_settle ();
}

static EntEditorCaret
caret_at (const char *key, guint at)
{
  return (EntEditorCaret){ key, key, 1, at, at, at };
}

static GtkTextBuffer *
fill (GtkWidget *view, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));

  gtk_text_buffer_set_text (buffer, text, -1);
  return buffer;
}

static void
put (GtkTextBuffer *buffer, guint at, const char *text)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (buffer, &iter, at);
  gtk_text_buffer_insert (buffer, &iter, text, -1);
}

/* The flag shows when somebody moves, not when others' text pushes a caret. */
static void
test_flags (void)
{
  EntClock *clock = ent_clock_new_test (0);
  GtkWidget *view = ent_editor_view_new (clock);
  GtkWindow *window = ui_fixture_show (view, 600, 400);
  GtkTextBuffer *buffer = fill (view, "one two three");
  EntEditorCaret carets[] = { caret_at ("ada", 4), caret_at ("grace", 8) };

  ent_editor_view_set_carets (ENT_EDITOR_VIEW (view), carets, 2);
  ui_fixture_settle ();
  g_assert_cmpuint (ent_editor_view_get_n_carets (ENT_EDITOR_VIEW (view)), ==, 2);
  g_assert_true (ent_editor_view_shows_flag (ENT_EDITOR_VIEW (view), "ada"));
  ent_clock_advance (clock, ENT_EDITOR_FLAG_MS);
  g_assert_false (ent_editor_view_shows_flag (ENT_EDITOR_VIEW (view), "ada"));

  put (buffer, 0, "zero ");
  carets[0] = caret_at ("ada", 9);
  carets[1] = (EntEditorCaret){ "grace", "Grace", 2, 12, 5, 12 };
  ent_editor_view_set_carets (ENT_EDITOR_VIEW (view), carets, 2);
  ui_fixture_settle ();
  g_assert_false (ent_editor_view_shows_flag (ENT_EDITOR_VIEW (view), "ada"));
  g_assert_true (ent_editor_view_shows_flag (ENT_EDITOR_VIEW (view), "grace"));

  /* One's own typing moves one's own caret, and shows who types. */
  put (buffer, 9, "x");
  carets[0] = caret_at ("ada", 10);
  ent_editor_view_set_carets (ENT_EDITOR_VIEW (view), carets, 1);
  g_assert_true (ent_editor_view_shows_flag (ENT_EDITOR_VIEW (view), "ada"));
  g_assert_cmpuint (ent_editor_view_get_n_carets (ENT_EDITOR_VIEW (view)), ==, 1);
  destroy (window);
  ent_clock_unref (clock);
}

static gboolean
begin_edit (gpointer data, GError **error)
{
  ent_doc_begin (data, NULL);
  return TRUE;
}

static void
end_edit (gpointer data)
{
  ent_doc_commit (data);
}

typedef struct {
  GtkTextView *view;
  int line;
} Reading;

static gboolean
is_at_top (gpointer data)
{
  Reading *reading = data;
  GdkRectangle visible;
  GtkTextIter top;

  gtk_text_view_get_visible_rect (reading->view, &visible);
  gtk_text_view_get_line_at_y (reading->view, &top, visible.y, NULL);
  return gtk_text_iter_get_line (&top) == reading->line;
}

/* Lines that somebody puts above do not move what one reads. */
static void
test_scroll_stays (void)
{
  static const EntBufferBindingEdits edits = { begin_edit, end_edit };
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) remote = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "text");
  EntType *remote_text = ent_doc_get_text (remote, "text");
  GtkWidget *view = ent_editor_view_new (NULL);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWindow *window;
  g_autoptr (EntBufferBinding) binding = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GBytes) state = NULL;
  GtkTextIter top;

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (lines, "line %u\n", i);
  g_assert_true (ent_text_insert (remote_text, 0, lines->str, -1, NULL));
  state = ent_doc_encode (remote);
  g_assert_true (ent_doc_apply_bytes (doc, state, NULL, NULL));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  window = ui_fixture_show (scroller, 600, 400);
  binding =
    ent_buffer_binding_new (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, &edits, doc);
  ui_fixture_settle ();

  gtk_text_buffer_get_iter_at_line (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), &top, 100);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (view), &top, 0, TRUE, 0, 0);
  ui_fixture_wait (is_at_top, &(Reading){ GTK_TEXT_VIEW (view), 100 });

  g_clear_pointer (&state, g_bytes_unref);
  g_assert_true (ent_text_insert (remote_text, 0, lines->str, -1, NULL));
  state = ent_doc_encode (remote);
  g_assert_true (ent_doc_apply_bytes (doc, state, NULL, NULL));
  ui_fixture_wait (is_at_top, &(Reading){ GTK_TEXT_VIEW (view), 300 });
  g_clear_object (&binding);
  destroy (window);
}

static char *
check_paste_cb (EntEditorView *view, guint bytes, gpointer data)
{
  return bytes > 20 ? g_strdup ("Too long.") : NULL;
}

static void
refused_cb (EntEditorView *view, const char *sentence, gpointer data)
{
  g_free (*(char **) data);
  *(char **) data = g_strdup (sentence);
}

typedef struct {
  GtkTextBuffer *buffer;
  const char *expected;
  char *refusal;
} Paste;

static gboolean
is_pasted (gpointer data)
{
  Paste *paste = data;
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (paste->buffer, &start, &end);
  text = gtk_text_buffer_get_text (paste->buffer, &start, &end, TRUE);
  return paste->expected ? g_strcmp0 (text, paste->expected) == 0 : paste->refusal != NULL;
}

/* A paste that is too long leaves the selection where it is. */
static void
test_paste (void)
{
  GtkWidget *view = ent_editor_view_new (NULL);
  GtkWindow *window = ui_fixture_show (view, 600, 400);
  Paste paste = { fill (view, "one two"), NULL, NULL };
  GtkTextIter start, end;

  g_signal_connect (view, "check-paste", G_CALLBACK (check_paste_cb), NULL);
  g_signal_connect (view, "refused", G_CALLBACK (refused_cb), &paste.refusal);
  gtk_text_buffer_get_iter_at_offset (paste.buffer, &start, 4);
  gtk_text_buffer_get_end_iter (paste.buffer, &end);
  gtk_text_buffer_select_range (paste.buffer, &start, &end);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (view), "twenty-one characters");
  g_signal_emit_by_name (view, "paste-clipboard");
  ui_fixture_wait (is_pasted, &paste);
  g_assert_cmpstr (paste.refusal, ==, "Too long.");
  paste.expected = "one two";
  g_assert_true (is_pasted (&paste));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (view), "a\r\nb\rc");
  g_signal_emit_by_name (view, "paste-clipboard");
  paste.expected = "one a\nb\nc";
  ui_fixture_wait (is_pasted, &paste);
  g_free (paste.refusal);
  destroy (window);
}

static void
test_output (void)
{
  GtkWidget *view = ent_output_view_new ();
  GtkWindow *window = ui_fixture_show (view, 600, 400);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  g_autofree char *much = g_strnfill (70000, 'x');
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  ent_output_view_append (ENT_OUTPUT_VIEW (view), ENT_STREAM_STDOUT, "a\x1b[3");
  ent_output_view_append (ENT_OUTPUT_VIEW (view), ENT_STREAM_STDERR, "wrong\n");
  ent_output_view_append (ENT_OUTPUT_VIEW (view), ENT_STREAM_STDOUT, "1mb\n");
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  g_assert_cmpstr (text, ==, "awrong\nb\n");

  /* Only the end of much output is kept, and it says so. */
  for (guint i = 0; i < 8; i++)
    ent_output_view_append (ENT_OUTPUT_VIEW (view), ENT_STREAM_STDOUT, much);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), <, ENT_OUTPUT_MAX_CHARS + 100);
  gtk_text_buffer_get_start_iter (buffer, &start);
  end = start;
  gtk_text_iter_forward_to_line_end (&end);
  g_free (text);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  g_assert_cmpstr (text, ==, "The start of the output is left out.");

  ent_output_view_clear (ENT_OUTPUT_VIEW (view));
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 0);
  ui_fixture_destroy (window, view);
}

static void
count_cb (gpointer source, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_picture (void)
{
  g_autoptr (EntPicture) picture = ent_picture_new ();
  guint n_sizes = 0;
  guint n_contents = 0;
  EntFrame frame = { .width = 4, .height = 2, .stride = 12 };
  GtkWidget *view = gtk_picture_new_for_paintable (GDK_PAINTABLE (picture));
  GtkWindow *window = ui_fixture_show (view, 300, 200);

  frame.pixels = g_bytes_new_take (g_malloc0 (24), 24);
  g_signal_connect (picture, "invalidate-size", G_CALLBACK (count_cb), &n_sizes);
  g_signal_connect (picture, "invalidate-contents", G_CALLBACK (count_cb), &n_contents);
  ent_picture_take_frame (picture, &frame);
  ent_picture_take_frame (picture, &frame);
  ui_fixture_settle ();
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (picture)), ==, 4);
  g_assert_cmpuint (n_sizes, ==, 1);
  g_assert_cmpuint (n_contents, ==, 2);
  ent_picture_take_frame (picture, NULL);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (picture)), ==, 0);
  g_bytes_unref (frame.pixels);
  ui_fixture_destroy (window, view);
}

int
main (int argc, char **argv)
{
  ui_fixture_init (&argc, &argv);
  g_test_add_func ("/editor-view/flags-show-who-moves", test_flags);
  g_test_add_func ("/editor-view/scroll-stays", test_scroll_stays);
  g_test_add_func ("/editor-view/paste-is-measured-first", test_paste);
  g_test_add_func ("/output-view/plain-and-bounded", test_output);
  g_test_add_func ("/picture/newest-frame", test_picture);
  return g_test_run ();
}
