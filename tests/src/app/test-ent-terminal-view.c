#include "app/ent-terminal-view.h"

#include <vte/vte.h>

#include "ui-fixture.h"

static GString *typed;
static guint n_fits;

static void
typed_cb (EntTerminalView *view, const char *text, guint size, gpointer data)
{
  g_string_append_len (typed, text, size);
}

static void
fits_cb (EntTerminalView *view, gpointer data)
{
  n_fits++;
}

static VteTerminal *
find_terminal (GtkWidget *widget)
{
  if (VTE_IS_TERMINAL (widget))
    return VTE_TERMINAL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    VteTerminal *found = find_terminal (child);

    if (found != NULL)
      return found;
  }
  return NULL;
}

typedef struct {
  VteTerminal *terminal;
  const char *wanted;
} Shown;

static gboolean
shows (gpointer data)
{
  Shown *shown = data;
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  g_assert_true (
    vte_terminal_write_contents_sync (shown->terminal, stream, VTE_WRITE_DEFAULT, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  if (g_bytes_get_size (bytes) == 0)
    return FALSE;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return strstr (text, shown->wanted) != NULL;
}

static GtkWidget *
new_view (void)
{
  GtkWidget *view = ent_terminal_view_new ();

  typed = g_string_new (NULL);
  n_fits = 0;
  g_signal_connect (view, "typed", G_CALLBACK (typed_cb), NULL);
  g_signal_connect (view, "fits", G_CALLBACK (fits_cb), NULL);
  return view;
}

static void
destroy (GtkWindow *window, GtkWidget *view)
{
  ui_fixture_destroy (window, view);
  g_string_free (typed, TRUE);
}

/* The caret moves, lines are written over and cleared: what stands there is what a terminal shows.
 */
static void
test_output (void)
{
  GtkWidget *view = new_view ();
  GtkWindow *window = ui_fixture_show (view, 700, 400);
  Shown shown = { find_terminal (view), "done å  100%" };

  ent_terminal_view_begin (ENT_TERMINAL_VIEW (view), 10, 40);
  ent_terminal_view_append (ENT_TERMINAL_VIEW (view), "\033[31mred\033[0m 50%\r");
  ent_terminal_view_append (ENT_TERMINAL_VIEW (view), "\033[2Kdone\b\b\b\bdone å  100%\r\n");
  ui_fixture_wait (shows, &shown);
  ent_terminal_view_begin (ENT_TERMINAL_VIEW (view), 10, 40);
  ent_terminal_view_append (ENT_TERMINAL_VIEW (view), "fresh");
  shown.wanted = "fresh";
  ui_fixture_wait (shows, &shown);
  shown.wanted = "done";
  g_assert_false (shows (&shown));
  destroy (window, view);
}

/* How large the grid is to become. */
typedef struct {
  VteTerminal *terminal;
  guint rows, columns;
} Grid;

static gboolean
is_so_large (gpointer data)
{
  Grid *grid = data;

  return vte_terminal_get_row_count (grid->terminal) == grid->rows &&
         vte_terminal_get_column_count (grid->terminal) == grid->columns && n_fits > 0;
}

/* The grid is the program's, however large the window is; and the view knows what would fit. */
static void
test_size (void)
{
  GtkWidget *view = new_view ();
  GtkWindow *window = ui_fixture_show (view, 360, 200);
  Grid grid = { find_terminal (view), 50, 200 };
  guint rows, columns;

  ent_terminal_view_begin (ENT_TERMINAL_VIEW (view), 50, 200);
  ui_fixture_wait (is_so_large, &grid);
  ent_terminal_view_get_fit (ENT_TERMINAL_VIEW (view), &rows, &columns);
  g_assert_cmpuint (rows, >=, 4);
  g_assert_cmpuint (rows, <, 24);
  g_assert_cmpuint (columns, >=, 20);
  g_assert_cmpuint (columns, <, 60);
  ent_terminal_view_set_size (ENT_TERMINAL_VIEW (view), rows, columns);
  grid.rows = rows;
  grid.columns = columns;
  ui_fixture_wait (is_so_large, &grid);
  destroy (window, view);
}

static void
commit (VteTerminal *terminal, const char *text)
{
  g_signal_emit_by_name (terminal, "commit", text, (guint) strlen (text));
}

/* Only who may type does, and only one of those who look answers for the terminal. */
static void
test_input (void)
{
  GtkWidget *view = new_view ();
  GtkWindow *window = ui_fixture_show (view, 700, 400);
  VteTerminal *terminal = find_terminal (view);

  commit (terminal, "a");
  g_assert_cmpstr (typed->str, ==, "");
  ent_terminal_view_set_input (ENT_TERMINAL_VIEW (view), TRUE, FALSE);
  commit (terminal, "b");
  commit (terminal, "\033[24;80R");
  g_assert_cmpstr (typed->str, ==, "b");
  ent_terminal_view_set_input (ENT_TERMINAL_VIEW (view), TRUE, TRUE);
  commit (terminal, "\033[24;80R");
  g_assert_cmpstr (typed->str, ==, "b\033[24;80R");
  ent_terminal_view_set_input (ENT_TERMINAL_VIEW (view), FALSE, TRUE);
  commit (terminal, "c");
  g_assert_cmpstr (typed->str, ==, "b\033[24;80R");
  destroy (window, view);
}

int
main (int argc, char **argv)
{
  ui_fixture_init (&argc, &argv);
  g_test_add_func ("/terminal-view/output", test_output);
  g_test_add_func ("/terminal-view/size", test_size);
  g_test_add_func ("/terminal-view/input", test_input);
  return g_test_run ();
}
