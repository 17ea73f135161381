#include "config.h"

#include "ent-file-pane.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-buffer-binding.h"
#include "ent-editor-view.h"

struct _EntFilePane {
  AdwBin parent_instance;

  EntRoom *room;
  EntRoomFile *file;
  GtkWidget *view; /* in the template's place: the bin's child holds it */
  GtkTextBuffer *buffer;
  EntBufferBinding *binding;
  guint carets_id; /* idle that shows others' carets */
  guint caret_id; /* idle that tells the own caret */
  gboolean has_caret; /* the room shows the own caret here */
};

G_DEFINE_FINAL_TYPE (EntFilePane, ent_file_pane, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- the document
 * -------------------------------------------------------------------------------------- */

static gboolean
begin_edit (gpointer data, GError **error)
{
  return ent_room_begin_edit (ENT_FILE_PANE (data)->room, error);
}

static void
end_edit (gpointer data)
{
  ent_room_end_edit (ENT_FILE_PANE (data)->room);
}

static const EntBufferBindingEdits edits = { begin_edit, end_edit };

static void
refused_cb (gpointer source, const char *sentence, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_TOAST], 0, sentence);
}

static char *
check_paste_cb (EntEditorView *view, guint bytes, gpointer data)
{
  return ent_buffer_binding_check_room (ENT_FILE_PANE (data)->binding, bytes);
}

static void
moved_cb (EntBufferBinding *binding, guint at, gpointer data)
{
  EntFilePane *self = data;
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &iter, at);
  gtk_text_buffer_place_cursor (self->buffer, &iter);
  gtk_text_view_scroll_mark_onscreen (
    GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (self->buffer));
}

static void
preedit_changed_cb (GtkTextView *view, const char *preedit, gpointer data)
{
  g_object_set (ENT_FILE_PANE (data)->binding, "composing", *preedit != '\0', NULL);
}

/* --- carets
 * -------------------------------------------------------------------------------------------- */

/* In an idle: the room tells of carets when the document has changed, which may be before the
 * buffer has. */
static gboolean
show_carets_cb (gpointer data)
{
  EntFilePane *self = data;
  g_autoptr (GArray) carets = ent_room_file_list_carets (self->file);
  g_autofree EntEditorCaret *shown = g_new0 (EntEditorCaret, carets->len);

  self->carets_id = 0;
  for (guint i = 0; i < carets->len; i++) {
    const EntRoomCaret *caret = &g_array_index (carets, EntRoomCaret, i);

    shown[i].key = ent_participant_get_id (caret->person);
    shown[i].name = ent_participant_get_name (caret->person);
    shown[i].colour = ent_participant_get_colour (caret->person);
    shown[i].caret = caret->caret;
    shown[i].selection_start = caret->selection_start;
    shown[i].selection_end = caret->selection_end;
  }
  ent_editor_view_set_carets (ENT_EDITOR_VIEW (self->view), shown, carets->len);
  return G_SOURCE_REMOVE;
}

static void
carets_changed_cb (EntRoomFile *file, gpointer data)
{
  EntFilePane *self = data;

  if (self->carets_id == 0)
    self->carets_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, show_carets_cb, self, NULL);
}

static guint
get_offset (GtkTextBuffer *buffer, GtkTextMark *mark)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_mark (buffer, &iter, mark);
  return gtk_text_iter_get_offset (&iter);
}

static gboolean
tell_caret_cb (gpointer data)
{
  EntFilePane *self = data;

  self->caret_id = 0;
  ent_room_set_caret (self->room, self->file,
    get_offset (self->buffer, gtk_text_buffer_get_insert (self->buffer)),
    get_offset (self->buffer, gtk_text_buffer_get_selection_bound (self->buffer)));
  return G_SOURCE_REMOVE;
}

static void
caret_moved (EntFilePane *self)
{
  if (self->has_caret && self->caret_id == 0)
    self->caret_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, tell_caret_cb, self, NULL);
}

static void
mark_set_cb (GtkTextBuffer *buffer, GtkTextIter *at, GtkTextMark *mark, gpointer data)
{
  if (mark == gtk_text_buffer_get_insert (buffer) ||
      mark == gtk_text_buffer_get_selection_bound (buffer))
    caret_moved (ENT_FILE_PANE (data));
}

static void
cursor_moved_cb (GtkTextBuffer *buffer, GParamSpec *pspec, gpointer data)
{
  caret_moved (ENT_FILE_PANE (data));
}

void
ent_file_pane_set_has_caret (EntFilePane *self, gboolean has_caret)
{
  g_return_if_fail (ENT_IS_FILE_PANE (self));

  self->has_caret = has_caret;
  if (has_caret)
    caret_moved (self);
  else
    g_clear_handle_id (&self->caret_id, g_source_remove);
}

void
ent_file_pane_go_to (EntFilePane *self, guint line)
{
  GtkTextIter at;

  g_return_if_fail (ENT_IS_FILE_PANE (self));

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line > 0 ? line - 1 : 0);
  gtk_text_buffer_place_cursor (self->buffer, &at);
  gtk_text_view_scroll_to_mark (
    GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (self->buffer), 0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (self->view);
}

/* --- looks
 * --------------------------------------------------------------------------------------------- */

GtkSourceLanguage *
ent_file_pane_find_language (const char *language, const char *path)
{
  /* Ids of GtkSourceView that differ from ours. */
  static const char *const ids[][2] = {
    { "python", "python3" },
    { "javascript", "js" },
    { "csharp", "c-sharp" },
    { "bash", "sh" },
  };
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
  GtkSourceLanguage *found = NULL;

  for (guint i = 0; language && i < G_N_ELEMENTS (ids); i++)
    if (g_str_equal (ids[i][0], language))
      found = gtk_source_language_manager_get_language (manager, ids[i][1]);
  if (!found && language && *language)
    found = gtk_source_language_manager_get_language (manager, language);
  if (!found && path)
    found = gtk_source_language_manager_guess_language (manager, path, NULL);
  return found;
}

static void
file_changed_cb (EntRoomFile *file, GParamSpec *pspec, gpointer data)
{
  EntFilePane *self = data;
  const char *path = ent_room_file_get_path (file);
  /* Translators: the name of a file, such as main.py. */
  g_autofree char *name = g_strdup_printf (_ ("Editor: %s"), path);

  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (self->buffer),
    ent_file_pane_find_language (ent_room_file_get_language (file), path));
  ent_accessible_set_name (self->view, name);
}

static void
dark_changed_cb (AdwStyleManager *manager, GParamSpec *pspec, gpointer data)
{
  EntFilePane *self = data;
  const char *id = adw_style_manager_get_dark (manager) ? "Adwaita-dark" : "Adwaita";

  gtk_source_buffer_set_style_scheme (
    GTK_SOURCE_BUFFER (self->buffer), gtk_source_style_scheme_manager_get_scheme (
                                        gtk_source_style_scheme_manager_get_default (), id));
}

/* --- object
 * -------------------------------------------------------------------------------------------- */

static gboolean
ent_file_pane_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (ENT_FILE_PANE (widget)->view);
}

static void
ent_file_pane_dispose (GObject *object)
{
  EntFilePane *self = ENT_FILE_PANE (object);

  g_clear_handle_id (&self->carets_id, g_source_remove);
  g_clear_handle_id (&self->caret_id, g_source_remove);
  if (self->binding)
    g_object_run_dispose (G_OBJECT (self->binding));
  g_clear_object (&self->binding);
  g_clear_object (&self->file);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (ent_file_pane_parent_class)->dispose (object);
}

static void
ent_file_pane_class_init (EntFilePaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ent_file_pane_dispose;
  GTK_WIDGET_CLASS (klass)->grab_focus = ent_file_pane_grab_focus;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ent_file_pane_init (EntFilePane *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = ent_editor_view_new (NULL);
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);
  adw_bin_set_child (ADW_BIN (self), scroller);
  g_signal_connect_object (self->view, "preedit-changed", G_CALLBACK (preedit_changed_cb), self, 0);
  g_signal_connect_object (self->view, "check-paste", G_CALLBACK (check_paste_cb), self, 0);
  g_signal_connect_object (self->view, "refused", G_CALLBACK (refused_cb), self, 0);
  g_signal_connect_object (self->buffer, "mark-set", G_CALLBACK (mark_set_cb), self, 0);
  g_signal_connect_object (
    self->buffer, "notify::cursor-position", G_CALLBACK (cursor_moved_cb), self, 0);
}

GtkWidget *
ent_file_pane_new (EntRoom *room, EntRoomFile *file)
{
  EntFilePane *self = g_object_new (ENT_TYPE_FILE_PANE, NULL);
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->room = g_object_ref (room);
  self->file = g_object_ref (file);
  self->binding =
    ent_buffer_binding_new (self->buffer, ent_room_file_get_text (file), &edits, self);
  g_signal_connect_object (self->binding, "refused", G_CALLBACK (refused_cb), self, 0);
  g_signal_connect_object (self->binding, "moved", G_CALLBACK (moved_cb), self, 0);
  g_signal_connect_object (file, "carets-changed", G_CALLBACK (carets_changed_cb), self, 0);
  g_signal_connect_object (file, "notify", G_CALLBACK (file_changed_cb), self, 0);
  g_object_bind_property (room, "can-edit", self->view, "editable", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (dark_changed_cb), self, 0);
  file_changed_cb (file, NULL, self);
  dark_changed_cb (style, NULL, self);
  carets_changed_cb (file, self);
  return GTK_WIDGET (self);
}

EntRoomFile *
ent_file_pane_get_file (EntFilePane *self)
{
  g_return_val_if_fail (ENT_IS_FILE_PANE (self), NULL);
  return self->file;
}
