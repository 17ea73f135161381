#include "config.h"

#include "ent-run-panel.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-list-box.h"
#include "ent-output-view.h"
#include "ent-terminal-view.h"
#include "ent-wording.h"
#include "protocol/ent-limits.h"

struct _EntRunPanel {
  AdwBin parent_instance;

  GtkWidget *run_button;
  GtkWidget *stop_button;
  GtkBox *bar;
  GtkSpinner *spinner;
  GtkLabel *status;
  GtkListBox *errors_list;
  GtkTextView *input;
  GtkScrolledWindow *output_scroller;
  EntOutputView *output;
  GtkWidget *texts; /* input and output */
  GtkToggleButton *plain_toggle;
  AdwBin *terminal_place;
  EntTerminalView *terminal; /* NULL: none was needed yet */

  EntRoom *room;
  EntRoomFile *file; /* the shown one, or NULL */
  EntRoomRun *run; /* the one whose output is shown, or NULL */
  gboolean is_asking; /* the coordinator has not yet answered our start */
  GCancellable *cancellable; /* cancelled in dispose */
};

G_DEFINE_FINAL_TYPE (EntRunPanel, ent_run_panel, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, SIGNAL_GO_TO, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what is possible
 * -------------------------------------------------------------------------------------- */

static const EntMsgLanguage *
find_language (EntRunPanel *self, const char *id)
{
  GPtrArray *languages = ent_room_get_languages (self->room);

  for (guint i = 0; i < languages->len; i++) {
    const EntMsgLanguage *language = g_ptr_array_index (languages, i);

    if (g_strcmp0 (language->id, id) == 0)
      return language;
  }
  return NULL;
}

static gboolean
is_running (EntRunPanel *self)
{
  return self->run && ent_room_run_get_state (self->run) != ENT_RUN_ENDED;
}

/* Why nothing can be run in the room now, as a sentence, or NULL. */
static const char *
get_room_refusal (EntRunPanel *self)
{
  gboolean can_run;
  gboolean is_locked;

  switch (ent_room_get_phase (self->room)) {
  case ENT_ROOM_PHASE_RECONNECTING:
    return _ ("The server cannot be reached, so nothing can be run. Run works again when it is "
              "back.");
  case ENT_ROOM_PHASE_JOINING:
  case ENT_ROOM_PHASE_WAITING:
    return _ ("Programs can be run once the interview is joined.");
  case ENT_ROOM_PHASE_ENDED:
  case ENT_ROOM_PHASE_REMOVED:
  case ENT_ROOM_PHASE_TAKEN_OVER:
  case ENT_ROOM_PHASE_FAILED:
  case ENT_ROOM_PHASE_LEFT:
    return _ ("Nothing can be run here any more.");
  case ENT_ROOM_PHASE_JOINED:
    break;
  }
  g_object_get (self->room, "can-run", &can_run, "run-locked", &is_locked, NULL);
  if (!can_run && ent_room_get_role (self->room) == ENT_ROLE_OBSERVER)
    return _ ("Observers see what the others run, but cannot run programs.");
  if (!can_run && is_locked)
    return _ ("The interviewer has locked Run for the moment.");
  if (!can_run)
    return _ ("You cannot run programs here.");
  if (ent_room_get_languages (self->room)->len == 0)
    return _ ("Programs cannot be run: no runner is connected to the server. Editing goes on, and "
              "Run works as soon as there is one.");
  return NULL;
}

/* Why Run cannot be pressed now, as a sentence, or NULL. Caller owns it. */
static char *
new_refusal (EntRunPanel *self)
{
  const char *refusal = self->room ? get_room_refusal (self) : NULL;

  if (refusal)
    return g_strdup (refusal);
  if (!self->room || !self->file)
    return g_strdup (_ ("There is no file to run."));
  if (!ent_room_file_can_run (self->file))
    return g_strdup (_ ("This file cannot be run under its name. Rename it."));
  if (!find_language (self, ent_room_file_get_language (self->file)))
    return g_strdup_printf (
      /* Translators: the name of a programming language. */
      _ ("%s cannot be run here: no connected runner knows it."),
      ent_wording_get_language (ent_room_file_get_language (self->file)));
  return NULL;
}

static gboolean
can_open_shell (EntRunPanel *self)
{
  return self->room && !get_room_refusal (self) && find_language (self, ENT_ROOM_SHELL_LANGUAGE);
}

static char *
new_run_tooltip (EntRunPanel *self)
{
  const EntMsgLanguage *language = find_language (self, ent_room_file_get_language (self->file));

  /* Translators: a file, then a programming language and its version. */
  return g_strdup_printf (_ ("Run %s with %s %s (Ctrl+Return)"),
    ent_room_file_get_path (self->file), language->name, language->version);
}

/* --- the terminal
 * --------------------------------------------------------------------------------------- */

static gboolean
has_terminal (EntRunPanel *self)
{
  return self->run && ent_room_run_get_rows (self->run) > 0;
}

/* Whoever started it gives it its size, and answers what the program asks the terminal. */
static gboolean
is_mine (EntRunPanel *self)
{
  EntParticipant *me = ent_room_get_me (self->room);

  return self->run && me &&
         g_strcmp0 (ent_room_run_get_by (self->run), ent_participant_get_id (me)) == 0;
}

/* What this person can do with the terminal that runs, as a sentence. Caller owns it. */
static char *
new_terminal_hint (EntRunPanel *self)
{
  if (ent_room_run_can_type (self->room) && is_mine (self))
    return g_strdup (_ ("Everybody sees it. You can type; Ctrl+Tab leaves the terminal."));
  if (ent_room_run_can_type (self->room))
    return g_strdup (_ ("You can type, too; Ctrl+Tab leaves the terminal."));
  if (ent_room_get_role (self->room) == ENT_ROLE_OBSERVER)
    return g_strdup (_ ("Observers see it, but cannot type."));
  if (ent_room_get_phase (self->room) == ENT_ROOM_PHASE_JOINED)
    return g_strdup (_ ("The interviewer has locked typing for the moment."));
  return g_strdup (_ ("The server cannot be reached, so nothing can be typed."));
}

/* --- status
 * ------------------------------------------------------------------------------------------------
 */

static char *
new_status (EntRunPanel *self, const char *refusal)
{
  const char *by, *entry;
  g_autofree char *now = NULL;
  g_autofree char *verdict = NULL;
  g_autofree char *hint = NULL;

  if (!self->run)
    return g_strdup (refusal ? refusal : _ ("Everybody in the room sees the output."));
  by = ent_room_run_get_by_name (self->run);
  entry = ent_room_run_get_entry (self->run);
  if (!entry)
    entry = _ ("a shell");
  switch (ent_room_run_get_state (self->run)) {
  case ENT_RUN_QUEUED:
    now =
      g_strdup_printf (ngettext ("%s runs %s. %u run is before it.",
                         "%s runs %s. %u runs are before it.", ent_room_run_get_queue (self->run)),
        by, entry, ent_room_run_get_queue (self->run));
    break;
  case ENT_RUN_RUNNING:
    /* Translators: a person's name, then a file. */
    now = g_strdup_printf (_ ("%s runs %s."), by, entry);
    hint = has_terminal (self) ? new_terminal_hint (self) : NULL;
    break;
  case ENT_RUN_ENDED:
    verdict = ent_wording_new_verdict (ent_room_run_get_result (self->run));
    /* Translators: a file, a person's name, then sentences about how the program ended. */
    now = g_strdup_printf (_ ("%s, run by %s. %s"),
      ent_room_run_get_entry (self->run) ? entry : _ ("A shell"), by, verdict);
    break;
  }
  if (hint)
    return g_strconcat (now, " ", hint, NULL);
  return refusal ? g_strconcat (now, " ", refusal, NULL) : g_steal_pointer (&now);
}

static void
typed_cb (EntTerminalView *view, const char *text, guint size, gpointer data)
{
  ent_room_run_type (ENT_RUN_PANEL (data)->room, text, size);
}

static void
fit_terminal (EntRunPanel *self)
{
  guint rows, columns;

  if (!self->terminal || !has_terminal (self) || !is_mine (self))
    return;
  ent_terminal_view_get_fit (self->terminal, &rows, &columns);
  ent_room_run_resize (self->room, rows, columns);
}

static void
need_terminal (EntRunPanel *self)
{
  if (self->terminal)
    return;
  self->terminal = ENT_TERMINAL_VIEW (ent_terminal_view_new ());
  g_signal_connect_object (self->terminal, "typed", G_CALLBACK (typed_cb), self, 0);
  g_signal_connect_object (
    self->terminal, "fits", G_CALLBACK (fit_terminal), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->terminal_place, GTK_WIDGET (self->terminal));
}

/* A compiler writes to no terminal, so its lines end as in a file. */
static void
append_to_terminal (EntRunPanel *self, EntStream stream, const char *text)
{
  g_auto (GStrv) lines = stream != ENT_STREAM_STDOUT ? g_strsplit (text, "\n", -1) : NULL;
  g_autofree char *joined = lines ? g_strjoinv ("\r\n", lines) : NULL;

  ent_terminal_view_append (self->terminal, joined ? joined : text);
}

static void
update_terminal (EntRunPanel *self)
{
  gboolean is_shown = has_terminal (self);
  gboolean is_plain = gtk_toggle_button_get_active (self->plain_toggle);
  gboolean can_type = is_shown && ent_room_run_can_type (self->room);

  gtk_widget_set_visible (GTK_WIDGET (self->plain_toggle), is_shown);
  gtk_widget_set_visible (GTK_WIDGET (self->terminal_place), is_shown && !is_plain);
  gtk_widget_set_visible (self->texts, !is_shown || is_plain);
  if (!is_shown)
    return;
  ent_terminal_view_set_size (
    self->terminal, ent_room_run_get_rows (self->run), ent_room_run_get_columns (self->run));
  ent_terminal_view_set_input (self->terminal, can_type, is_mine (self));
  if (can_type)
    fit_terminal (self);
}

static void
plain_toggled_cb (GtkToggleButton *button, gpointer data)
{
  update_terminal (data);
}

static void
update (EntRunPanel *self)
{
  g_autofree char *refusal = new_refusal (self);
  g_autofree char *tooltip = refusal ? NULL : new_run_tooltip (self);
  g_autofree char *status = new_status (self, refusal);
  gboolean is_busy = is_running (self) || self->is_asking;

  gtk_label_set_label (self->status, status);
  gtk_widget_set_tooltip_text (self->run_button, refusal ? refusal : tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button),
    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, refusal ? refusal : tooltip, -1);
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.start", !refusal && !is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.start-terminal", !refusal && !is_busy);
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "run.start-shell", can_open_shell (self) && !is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.stop", is_running (self));
  update_terminal (self);
}

static void
room_changed_cb (gpointer source, gpointer unused, gpointer data)
{
  update (ENT_RUN_PANEL (data));
}

/* --- the run
 * -----------------------------------------------------------------------------------------------
 */

static GtkWidget *
new_error_row (const EntMsgCompileError *problem)
{
  g_autofree char *place = NULL;
  g_autofree char *text = NULL;
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *row = gtk_list_box_row_new ();

  place = problem->line > 0
            ? g_strdup_printf ("%s:%d", problem->file ? problem->file : "", (int) problem->line)
            : g_strdup (problem->file ? problem->file : "");
  /* Translators: a place in a file, then the compiler's message. */
  text = g_strdup_printf (_ ("%s: %s"), place, problem->message ? problem->message : "");
  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), problem->file && problem->line > 0);
  ent_accessible_set_name (row, text);
  return row;
}

static void
show_errors (EntRunPanel *self)
{
  const EntMsgRunEnded *result = self->run ? ent_room_run_get_result (self->run) : NULL;
  GPtrArray *errors = result ? result->compile_errors : NULL;

  ent_list_box_remove_all (self->errors_list);
  for (guint i = 0; errors && i < errors->len; i++)
    gtk_list_box_append (self->errors_list, new_error_row (g_ptr_array_index (errors, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->errors_list), errors && errors->len > 0);
}

static void
error_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  EntRunPanel *self = data;
  const EntMsgRunEnded *result = self->run ? ent_room_run_get_result (self->run) : NULL;
  guint index = gtk_list_box_row_get_index (row);
  const EntMsgCompileError *problem;

  if (!result || !result->compile_errors || index >= result->compile_errors->len)
    return;
  problem = g_ptr_array_index (result->compile_errors, index);
  if (problem->file && problem->line > 0)
    g_signal_emit (
      self, signals[SIGNAL_GO_TO], 0, problem->file, (guint) MIN (problem->line, G_MAXINT));
}

static void
output_cb (EntRoomRun *run, int stream, const char *text, gpointer data)
{
  EntRunPanel *self = data;

  if (run != self->run)
    return;
  ent_output_view_append (self->output, stream, text);
  if (has_terminal (self))
    append_to_terminal (self, stream, text);
}

static void
gap_cb (EntRoomRun *run, gpointer data)
{
  EntRunPanel *self = data;

  if (run == self->run)
    ent_output_view_append_gap (self->output);
}

/* What it printed is void. */
static void
restarted_cb (EntRoomRun *run, gpointer data)
{
  EntRunPanel *self = data;

  if (run != self->run)
    return;
  ent_output_view_clear (self->output);
  if (has_terminal (self))
    ent_terminal_view_begin (
      self->terminal, ent_room_run_get_rows (run), ent_room_run_get_columns (run));
}

static void
run_changed_cb (EntRoomRun *run, gpointer unused, gpointer data)
{
  EntRunPanel *self = data;

  if (run == self->run)
    update (self);
}

static void
ended_cb (EntRoomRun *run, gpointer data)
{
  EntRunPanel *self = data;

  if (run != self->run)
    return;
  show_errors (self);
  update (self);
}

static void
show_run_cb (EntRoom *room, GParamSpec *pspec, gpointer data)
{
  EntRunPanel *self = data;
  EntRoomRun *run = ent_room_get_run (room);
  GPtrArray *output;

  if (run == self->run)
    return;
  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  ent_output_view_clear (self->output);
  show_errors (self);
  if (has_terminal (self)) {
    need_terminal (self);
    ent_terminal_view_begin (
      self->terminal, ent_room_run_get_rows (run), ent_room_run_get_columns (run));
  }
  update (self);
  if (!run)
    return;
  if (has_terminal (self) && is_mine (self))
    gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
  output = ent_room_run_get_output (run);
  for (guint i = 0; i < output->len; i++) {
    const EntRunChunk *chunk = g_ptr_array_index (output, i);

    if (chunk->follows_gap)
      ent_output_view_append_gap (self->output);
    ent_output_view_append (self->output, chunk->stream, chunk->text);
    if (has_terminal (self))
      append_to_terminal (self, chunk->stream, chunk->text);
  }
  g_signal_connect_object (run, "output", G_CALLBACK (output_cb), self, 0);
  g_signal_connect_object (run, "gap", G_CALLBACK (gap_cb), self, 0);
  g_signal_connect_object (run, "restarted", G_CALLBACK (restarted_cb), self, 0);
  g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, 0);
  g_signal_connect_object (run, "notify", G_CALLBACK (run_changed_cb), self, 0);
}

/* --- actions
 * -----------------------------------------------------------------------------------------------
 */

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntRunPanel) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_started = ent_room_run_start_finish (ENT_ROOM (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_asking = FALSE;
  update (self);
  if (!is_started)
    g_signal_emit (self, signals[SIGNAL_TOAST], 0, error->message);
}

static void
start_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntRunPanel *self = ENT_RUN_PANEL (widget);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->input);
  g_autofree char *input = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  input = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  if (strlen (input) > ENT_MAX_STDIN) {
    g_signal_emit (self, signals[SIGNAL_TOAST], 0,
      _ ("The input is too long: a program can be given at most 32 KiB."));
    return;
  }
  self->is_asking = TRUE;
  update (self);
  ent_room_run_start_async (self->room, self->file, NULL, *input ? input : NULL, self->cancellable,
    started_cb, g_object_ref (self));
}

static void
start_in_terminal (EntRunPanel *self, EntRoomFile *file)
{
  guint rows, columns;

  need_terminal (self);
  ent_terminal_view_get_fit (self->terminal, &rows, &columns);
  self->is_asking = TRUE;
  update (self);
  ent_room_run_start_terminal_async (
    self->room, file, rows, columns, self->cancellable, started_cb, g_object_ref (self));
}

static void
start_terminal_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  start_in_terminal (ENT_RUN_PANEL (widget), ENT_RUN_PANEL (widget)->file);
}

static void
start_shell_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  start_in_terminal (ENT_RUN_PANEL (widget), NULL);
}

static void
stop_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_room_run_stop (ENT_RUN_PANEL (widget)->room);
}

/* --- object
 * ------------------------------------------------------------------------------------------------
 */

static gboolean
ent_run_panel_grab_focus (GtkWidget *widget)
{
  EntRunPanel *self = ENT_RUN_PANEL (widget);

  if (gtk_widget_get_visible (GTK_WIDGET (self->terminal_place)))
    return gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
  return gtk_widget_grab_focus (GTK_WIDGET (self->output));
}

static void
ent_run_panel_dispose (GObject *object)
{
  EntRunPanel *self = ENT_RUN_PANEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->run);
  g_clear_object (&self->file);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (ent_run_panel_parent_class)->dispose (object);
}

static void
ent_run_panel_class_init (EntRunPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_run_panel_dispose;
  widget_class->grab_focus = ent_run_panel_grab_focus;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_GO_TO] = g_signal_new ("go-to", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-run-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, run_button);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, stop_button);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, bar);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, status);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, errors_list);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, input);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, output_scroller);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, texts);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, plain_toggle);
  gtk_widget_class_bind_template_child (widget_class, EntRunPanel, terminal_place);
  gtk_widget_class_bind_template_callback (widget_class, error_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, plain_toggled_cb);

  gtk_widget_class_install_action (widget_class, "run.start", NULL, start_cb);
  gtk_widget_class_install_action (widget_class, "run.start-terminal", NULL, start_terminal_cb);
  gtk_widget_class_install_action (widget_class, "run.start-shell", NULL, start_shell_cb);
  gtk_widget_class_install_action (widget_class, "run.stop", NULL, stop_cb);
}

static void
ent_run_panel_init (EntRunPanel *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->output = ENT_OUTPUT_VIEW (ent_output_view_new ());
  ent_accessible_set_name (GTK_WIDGET (self->output), _ ("Output of the program"));
  gtk_scrolled_window_set_child (self->output_scroller, GTK_WIDGET (self->output));
  update (self);
}

void
ent_run_panel_set_room (EntRunPanel *self, EntRoom *room)
{
  g_return_if_fail (ENT_IS_RUN_PANEL (self));
  g_return_if_fail (!self->room);

  self->room = g_object_ref (room);
  g_signal_connect_object (room, "notify::run", G_CALLBACK (show_run_cb), self, 0);
  g_signal_connect_object (room, "notify::can-run", G_CALLBACK (room_changed_cb), self, 0);
  g_signal_connect_object (room, "notify::phase", G_CALLBACK (room_changed_cb), self, 0);
  g_signal_connect_object (room, "languages-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  show_run_cb (room, NULL, self);
  update (self);
}

void
ent_run_panel_set_file (EntRunPanel *self, EntRoomFile *file)
{
  g_return_if_fail (ENT_IS_RUN_PANEL (self));

  if (g_set_object (&self->file, file))
    update (self);
}

void
ent_run_panel_set_narrow (EntRunPanel *self, gboolean narrow)
{
  g_return_if_fail (ENT_IS_RUN_PANEL (self));
  gtk_orientable_set_orientation (
    GTK_ORIENTABLE (self->bar), narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}
