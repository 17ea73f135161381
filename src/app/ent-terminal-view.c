#include "config.h"

#include "ent-terminal-view.h"

#include <glib/gi18n.h>
#include <vte/vte.h>

#include "ent-accessible.h"
#include "ent-terminal-reply.h"

#define USUAL_ROWS 24
#define USUAL_COLUMNS 80
#define LEAST_ROWS 4
#define LEAST_COLUMNS 20
#define EDGE 6 /* pixels around the text */

struct _EntTerminalView {
  AdwBin parent_instance;

  VteTerminal *terminal;
  GtkWidget *scroller;
  gboolean answers;
  guint fit_rows; /* 0: not shown yet */
  guint fit_columns;
  guint fits_id; /* tells of a new fit, outside of the layout */
  GHashTable
    *accels; /* action -> char **: those that are the program's while it has the keyboard */
};

G_DEFINE_FINAL_TYPE (EntTerminalView, ent_terminal_view, ADW_TYPE_BIN)

enum { SIGNAL_TYPED, SIGNAL_FITS, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- colours
 * --------------------------------------------------------------------------------------- */

/* GNOME's sixteen, and for a light background the ones that can be read on it. */
static const char *const dark_colours[] = { "#241f31", "#c01c28", "#2ec27e", "#f5c211", "#1e78e4",
  "#9841bb", "#0ab9dc", "#c0bfbc", "#5e5c64", "#ed333b", "#57e389", "#f8e45c", "#51a1ff", "#c061cb",
  "#4fd2fd", "#f6f5f4" };
static const char *const light_colours[] = { "#1d1d20", "#a51d2d", "#1b6e41", "#7a4d00", "#12488b",
  "#813d9c", "#0b5c66", "#5e5c64", "#68666f", "#c01c28", "#1b7f47", "#8a5a00", "#1a5fb4", "#9141ac",
  "#0e7480", "#3d3846" };

static void
dark_changed_cb (AdwStyleManager *manager, GParamSpec *pspec, gpointer data)
{
  EntTerminalView *self = data;
  gboolean is_dark = adw_style_manager_get_dark (manager);
  const char *const *names = is_dark ? dark_colours : light_colours;
  GdkRGBA palette[16], text, paper;

  for (guint i = 0; i < G_N_ELEMENTS (palette); i++)
    gdk_rgba_parse (&palette[i], names[i]);
  gdk_rgba_parse (&text, is_dark ? "#ffffff" : "#1e1e1e");
  gdk_rgba_parse (&paper, is_dark ? "#1e1e1e" : "#ffffff");
  vte_terminal_set_colors (self->terminal, &text, &paper, palette, G_N_ELEMENTS (palette));
}

/* --- keys
 * ------------------------------------------------------------------------------------------ */

static void
commit_cb (VteTerminal *terminal, const char *text, guint size, gpointer data)
{
  EntTerminalView *self = data;

  if (!vte_terminal_get_input_enabled (terminal) ||
      (!self->answers && ent_terminal_is_reply (text, size)))
    return;
  g_signal_emit (self, signals[SIGNAL_TYPED], 0, text, size);
}

static gboolean
copy_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  vte_terminal_copy_clipboard_format (ENT_TERMINAL_VIEW (data)->terminal, VTE_FORMAT_TEXT);
  return TRUE;
}

static gboolean
paste_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  vte_terminal_paste_clipboard (ENT_TERMINAL_VIEW (data)->terminal);
  return TRUE;
}

static gboolean
leave_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  gtk_widget_child_focus (
    GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (data))), GTK_DIR_TAB_FORWARD);
  return TRUE;
}

static void
add_shortcut (EntTerminalView *self,
  GtkEventController *controller,
  const char *keys,
  GtkShortcutFunc func)
{
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
    gtk_shortcut_new (
      gtk_shortcut_trigger_parse_string (keys), gtk_callback_action_new (func, self, NULL)));
}

static gboolean
has_control_key (char **accels)
{
  for (guint i = 0; accels[i] != NULL; i++)
    if (g_str_has_prefix (accels[i], "<Control>") && strchr (accels[i] + 1, '<') == NULL &&
        strlen (accels[i]) == strlen ("<Control>x"))
      return TRUE;
  return FALSE;
}

/* Shortcuts of the application come before what has the focus: Ctrl+L would not reach a shell. */
static void
take_keys (EntTerminalView *self)
{
  GtkApplication *app = GTK_APPLICATION (g_application_get_default ());
  g_auto (GStrv) actions = app != NULL ? gtk_application_list_action_descriptions (app) : NULL;

  for (guint i = 0; actions != NULL && actions[i] != NULL; i++) {
    g_auto (GStrv) accels = gtk_application_get_accels_for_action (app, actions[i]);

    if (!has_control_key (accels))
      continue;
    gtk_application_set_accels_for_action (app, actions[i], (const char *[]){ NULL });
    g_hash_table_insert (self->accels, g_strdup (actions[i]), g_steal_pointer (&accels));
  }
}

static void
give_keys_back (EntTerminalView *self)
{
  GtkApplication *app = GTK_APPLICATION (g_application_get_default ());
  GHashTableIter iter;
  gpointer action, accels;

  g_hash_table_iter_init (&iter, self->accels);
  while (app != NULL && g_hash_table_iter_next (&iter, &action, &accels))
    gtk_application_set_accels_for_action (app, action, (const char *const *) accels);
  g_hash_table_remove_all (self->accels);
}

/* --- size
 * ------------------------------------------------------------------------------------------ */

static gboolean
tell_fit_cb (gpointer data)
{
  EntTerminalView *self = data;

  self->fits_id = 0;
  g_signal_emit (self, signals[SIGNAL_FITS], 0);
  return G_SOURCE_REMOVE;
}

static void
ent_terminal_view_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural,
    minimum_baseline, natural_baseline);
}

static void
ent_terminal_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EntTerminalView *self = ENT_TERMINAL_VIEW (widget);
  glong cell_width = MAX (vte_terminal_get_char_width (self->terminal), 1);
  glong cell_height = MAX (vte_terminal_get_char_height (self->terminal), 1);
  guint rows, columns;

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (widget)), width, height, baseline, NULL);
  rows = MAX ((height - 2 * EDGE) / cell_height, LEAST_ROWS);
  columns = MAX ((gtk_widget_get_width (self->scroller) - 2 * EDGE) / cell_width, LEAST_COLUMNS);
  if (rows == self->fit_rows && columns == self->fit_columns)
    return;
  self->fit_rows = rows;
  self->fit_columns = columns;
  if (self->fits_id == 0)
    self->fits_id = g_idle_add (tell_fit_cb, self);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static gboolean
ent_terminal_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ENT_TERMINAL_VIEW (widget)->terminal));
}

static void
ent_terminal_view_dispose (GObject *object)
{
  EntTerminalView *self = ENT_TERMINAL_VIEW (object);

  g_clear_handle_id (&self->fits_id, g_source_remove);
  if (self->accels != NULL)
    give_keys_back (self);
  g_clear_pointer (&self->accels, g_hash_table_unref);
  G_OBJECT_CLASS (ent_terminal_view_parent_class)->dispose (object);
}

static void
ent_terminal_view_class_init (EntTerminalViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_terminal_view_dispose;
  widget_class->measure = ent_terminal_view_measure;
  widget_class->size_allocate = ent_terminal_view_size_allocate;
  widget_class->grab_focus = ent_terminal_view_grab_focus;
  signals[SIGNAL_TYPED] = g_signal_new ("typed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[SIGNAL_FITS] = g_signal_new (
    "fits", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_keys (EntTerminalView *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  add_shortcut (self, keys, "<Control><Shift>c", copy_cb);
  add_shortcut (self, keys, "<Control><Shift>v", paste_cb);
  add_shortcut (self, keys, "<Control>Tab", leave_cb);
  gtk_widget_add_controller (GTK_WIDGET (self->terminal), keys);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (take_keys), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (give_keys_back), self);
  gtk_widget_add_controller (GTK_WIDGET (self->terminal), focus);
}

/* What a program prints may be anything: nothing of it reaches beyond this widget. */
static void
set_up_terminal (EntTerminalView *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  vte_terminal_set_audible_bell (self->terminal, FALSE);
  vte_terminal_set_allow_hyperlink (self->terminal, FALSE);
  vte_terminal_set_scrollback_lines (self->terminal, ENT_TERMINAL_SCROLLBACK);
  vte_terminal_set_scroll_on_output (self->terminal, FALSE);
  vte_terminal_set_scroll_on_keystroke (self->terminal, TRUE);
  vte_terminal_set_mouse_autohide (self->terminal, TRUE);
  vte_terminal_set_size (self->terminal, USUAL_COLUMNS, USUAL_ROWS);
  vte_terminal_set_input_enabled (self->terminal, FALSE);
  ent_accessible_set_name (GTK_WIDGET (self->terminal), _ ("Terminal"));
  g_signal_connect (self->terminal, "commit", G_CALLBACK (commit_cb), self);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (dark_changed_cb), self, 0);
  dark_changed_cb (style, NULL, self);
}

static void
ent_terminal_view_init (EntTerminalView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *frame = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkAdjustment *lines = gtk_adjustment_new (0, 0, 0, 1, 10, 0);

  self->accels =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  self->terminal = VTE_TERMINAL (vte_terminal_new ());
  gtk_scrollable_set_vadjustment (GTK_SCROLLABLE (self->terminal), lines);
  set_up_terminal (self);
  add_keys (self);
  /* In a box it has its own size, and not that of the place it is in. */
  gtk_widget_set_halign (GTK_WIDGET (self->terminal), GTK_ALIGN_START);
  gtk_widget_set_valign (GTK_WIDGET (self->terminal), GTK_ALIGN_START);
  gtk_widget_set_margin_start (GTK_WIDGET (self->terminal), EDGE);
  gtk_widget_set_margin_top (GTK_WIDGET (self->terminal), EDGE);
  gtk_box_append (GTK_BOX (frame), GTK_WIDGET (self->terminal));
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), frame);
  gtk_widget_set_hexpand (self->scroller, TRUE);
  gtk_widget_set_vexpand (self->scroller, TRUE);
  gtk_box_append (GTK_BOX (box), self->scroller);
  gtk_box_append (GTK_BOX (box), gtk_scrollbar_new (GTK_ORIENTATION_VERTICAL, lines));
  gtk_widget_add_css_class (GTK_WIDGET (self), "terminal");
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL); /* its own, to know what would fit */
}

GtkWidget *
ent_terminal_view_new (void)
{
  return g_object_new (ENT_TYPE_TERMINAL_VIEW, NULL);
}

void
ent_terminal_view_begin (EntTerminalView *self, guint rows, guint columns)
{
  g_return_if_fail (ENT_IS_TERMINAL_VIEW (self));

  vte_terminal_feed (self->terminal, "\033c\033[3J", -1);
  ent_terminal_view_set_size (self, rows, columns);
}

void
ent_terminal_view_set_size (EntTerminalView *self, guint rows, guint columns)
{
  g_return_if_fail (ENT_IS_TERMINAL_VIEW (self));

  if (rows > 0 && columns > 0)
    vte_terminal_set_size (self->terminal, columns, rows);
}

void
ent_terminal_view_append (EntTerminalView *self, const char *text)
{
  g_return_if_fail (ENT_IS_TERMINAL_VIEW (self));

  vte_terminal_feed (self->terminal, text, -1);
}

void
ent_terminal_view_set_input (EntTerminalView *self, gboolean can_type, gboolean answers)
{
  g_return_if_fail (ENT_IS_TERMINAL_VIEW (self));

  vte_terminal_set_input_enabled (self->terminal, can_type);
  self->answers = answers;
}

void
ent_terminal_view_get_fit (EntTerminalView *self, guint *rows, guint *columns)
{
  g_return_if_fail (ENT_IS_TERMINAL_VIEW (self));

  *rows = self->fit_rows > 0 ? self->fit_rows : USUAL_ROWS;
  *columns = self->fit_columns > 0 ? self->fit_columns : USUAL_COLUMNS;
}
