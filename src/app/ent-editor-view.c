#include "config.h"

#include "ent-editor-view.h"

#include "ent-buffer-binding.h"
#include "ent-colours.h"

#define CARET_WIDTH 2
#define FLAG_PADDING 4
#define SELECTION_ALPHA 0.28f

typedef struct {
  EntEditorView *view; /* not held */
  char *key;
  char *name;
  guint colour;
  GtkTextMark
    *caret; /* in the view's buffer; moves with the text, stays before what is typed at it */
  GtkTextMark *start;
  GtkTextMark *end;
  PangoLayout *flag; /* NULL until drawn */
  guint flag_id; /* hides the flag; 0: hidden */
} Caret;

struct _EntEditorView {
  GtkSourceView parent_instance;

  EntClock *clock;
  GPtrArray *carets; /* Caret */
  GCancellable *paste; /* cancelled in dispose */
};

G_DEFINE_FINAL_TYPE (EntEditorView, ent_editor_view, GTK_SOURCE_TYPE_VIEW)

enum { SIGNAL_CHECK_PASTE, SIGNAL_REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- carets
 * ------------------------------------------------------------------------------------------ */

static void
caret_free (Caret *caret)
{
  GtkTextBuffer *buffer = gtk_text_mark_get_buffer (caret->caret);

  ent_clock_remove (caret->view->clock, caret->flag_id);
  if (buffer) {
    gtk_text_buffer_delete_mark (buffer, caret->caret);
    gtk_text_buffer_delete_mark (buffer, caret->start);
    gtk_text_buffer_delete_mark (buffer, caret->end);
  }
  g_object_unref (caret->caret);
  g_object_unref (caret->start);
  g_object_unref (caret->end);
  g_clear_object (&caret->flag);
  g_free (caret->key);
  g_free (caret->name);
  g_free (caret);
}

static gboolean
hide_flag_cb (gpointer data)
{
  Caret *caret = data;

  caret->flag_id = 0;
  gtk_widget_queue_draw (GTK_WIDGET (caret->view));
  return G_SOURCE_REMOVE;
}

static void
show_flag (Caret *caret)
{
  ent_clock_remove (caret->view->clock, caret->flag_id);
  caret->flag_id = ent_clock_add (caret->view->clock, ENT_EDITOR_FLAG_MS, hide_flag_cb, caret);
}

/* Whether the mark had to be moved. */
static gboolean
move_mark (GtkTextBuffer *buffer, GtkTextMark *mark, guint offset)
{
  GtkTextIter now, wanted;

  gtk_text_buffer_get_iter_at_mark (buffer, &now, mark);
  gtk_text_buffer_get_iter_at_offset (buffer, &wanted, offset);
  if (gtk_text_iter_equal (&now, &wanted))
    return FALSE;
  gtk_text_buffer_move_mark (buffer, mark, &wanted);
  return TRUE;
}

static GtkTextMark *
new_mark (GtkTextBuffer *buffer, guint offset, gboolean left_gravity)
{
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_offset (buffer, &at, offset);
  return g_object_ref (gtk_text_buffer_create_mark (buffer, NULL, &at, left_gravity));
}

static Caret *
new_caret (EntEditorView *self, const EntEditorCaret *data)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  Caret *caret = g_new0 (Caret, 1);

  caret->view = self;
  caret->key = g_strdup (data->key);
  caret->name = g_strdup (data->name);
  caret->colour = data->colour;
  caret->caret = new_mark (buffer, data->caret, TRUE);
  caret->start = new_mark (buffer, data->selection_start, FALSE);
  caret->end = new_mark (buffer, data->selection_end, TRUE);
  show_flag (caret);
  return caret;
}

static void
update_caret (EntEditorView *self, Caret *caret, const EntEditorCaret *data)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));

  if (move_mark (buffer, caret->caret, data->caret))
    show_flag (caret);
  move_mark (buffer, caret->start, data->selection_start);
  move_mark (buffer, caret->end, data->selection_end);
  if (g_strcmp0 (caret->name, data->name) != 0) {
    g_free (caret->name);
    caret->name = g_strdup (data->name);
    g_clear_object (&caret->flag);
  }
  caret->colour = data->colour;
}

static Caret *
find_caret (EntEditorView *self, const char *key, guint *index)
{
  for (guint i = 0; i < self->carets->len; i++) {
    Caret *caret = g_ptr_array_index (self->carets, i);

    if (g_str_equal (caret->key, key)) {
      if (index)
        *index = i;
      return caret;
    }
  }
  return NULL;
}

void
ent_editor_view_set_carets (EntEditorView *self, const EntEditorCaret *carets, guint n_carets)
{
  g_autoptr (GPtrArray) old = NULL;

  g_return_if_fail (ENT_IS_EDITOR_VIEW (self));

  old = g_steal_pointer (&self->carets);
  self->carets = g_ptr_array_new_with_free_func ((GDestroyNotify) caret_free);
  for (guint i = 0; i < n_carets; i++) {
    Caret *known = NULL;

    for (guint j = 0; j < old->len && !known; j++) {
      if (g_str_equal (((Caret *) g_ptr_array_index (old, j))->key, carets[i].key))
        known = g_ptr_array_steal_index (old, j);
    }
    if (known)
      update_caret (self, known, &carets[i]);
    g_ptr_array_add (self->carets, known ? known : new_caret (self, &carets[i]));
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
ent_editor_view_get_n_carets (EntEditorView *self)
{
  g_return_val_if_fail (ENT_IS_EDITOR_VIEW (self), 0);
  return self->carets->len;
}

gboolean
ent_editor_view_shows_flag (EntEditorView *self, const char *key)
{
  Caret *caret;

  g_return_val_if_fail (ENT_IS_EDITOR_VIEW (self), FALSE);
  caret = find_caret (self, key, NULL);
  return caret && caret->flag_id != 0;
}

/* --- drawing
 * ----------------------------------------------------------------------------------------- */

static void
get_mark_iter (GtkTextMark *mark, GtkTextIter *iter)
{
  gtk_text_buffer_get_iter_at_mark (gtk_text_mark_get_buffer (mark), iter, mark);
}

/* One rectangle for each line that is in view; a line break that is selected shows as a little
 * space. */
static void
draw_selection (EntEditorView *self, const Caret *caret, GtkSnapshot *snapshot)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GdkRGBA colour = *ent_colours_get (caret->colour);
  GdkRectangle visible, first, last;
  GtkTextIter start, end, top, line;

  get_mark_iter (caret->start, &start);
  get_mark_iter (caret->end, &end);
  if (gtk_text_iter_compare (&start, &end) >= 0)
    return;
  colour.alpha = SELECTION_ALPHA;
  gtk_text_view_get_visible_rect (view, &visible);
  gtk_text_view_get_line_at_y (view, &top, visible.y, NULL);
  line = start;
  if (gtk_text_iter_compare (&top, &start) > 0)
    line = top;

  while (gtk_text_iter_compare (&line, &end) < 0) {
    GtkTextIter line_end = line;
    int right;

    gtk_text_view_get_iter_location (view, &line, &first);
    if (first.y > visible.y + visible.height)
      break;
    if (!gtk_text_iter_ends_line (&line_end))
      gtk_text_iter_forward_to_line_end (&line_end);
    if (gtk_text_iter_compare (&line_end, &end) < 0) {
      gtk_text_view_get_iter_location (view, &line_end, &last);
      right = last.x + last.height / 3;
    } else {
      gtk_text_view_get_iter_location (view, &end, &last);
      right = last.x;
    }
    gtk_snapshot_append_color (snapshot, &colour,
      &GRAPHENE_RECT_INIT (first.x, first.y, MAX (right - first.x, 1), first.height));
    if (!gtk_text_iter_forward_line (&line))
      break;
  }
}

static void
draw_caret (EntEditorView *self, const Caret *caret, GtkSnapshot *snapshot)
{
  GtkTextIter at;
  GdkRectangle place;

  get_mark_iter (caret->caret, &at);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (self), &at, &place);
  gtk_snapshot_append_color (snapshot, ent_colours_get (caret->colour),
    &GRAPHENE_RECT_INIT (place.x, place.y, CARET_WIDTH, place.height));
}

/* Above the caret, except on the first line in view, where it would be cut: there below. */
static void
draw_flag (EntEditorView *self, Caret *caret, GtkSnapshot *snapshot)
{
  GtkTextIter at;
  GdkRectangle place, visible;
  int width, height, x, y;

  if (!caret->flag) {
    g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

    caret->flag = gtk_widget_create_pango_layout (GTK_WIDGET (self), caret->name);
    pango_attr_list_insert (attributes, pango_attr_family_new ("sans"));
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
    pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
    pango_layout_set_attributes (caret->flag, attributes);
    pango_layout_set_ellipsize (caret->flag, PANGO_ELLIPSIZE_END);
    pango_layout_set_width (caret->flag, 180 * PANGO_SCALE);
  }
  get_mark_iter (caret->caret, &at);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (self), &at, &place);
  gtk_text_view_get_visible_rect (GTK_TEXT_VIEW (self), &visible);
  pango_layout_get_pixel_size (caret->flag, &width, &height);
  width += 2 * FLAG_PADDING;
  x = MAX (MIN (place.x, visible.x + visible.width - width), visible.x);
  y = place.y - height >= visible.y ? place.y - height : place.y + place.height;

  gtk_snapshot_append_color (
    snapshot, ent_colours_get (caret->colour), &GRAPHENE_RECT_INIT (x, y, width, height));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + FLAG_PADDING, y));
  gtk_snapshot_append_layout (snapshot, caret->flag, ent_colours_get_text (caret->colour));
  gtk_snapshot_restore (snapshot);
}

static void
ent_editor_view_snapshot_layer (GtkTextView *view, GtkTextViewLayer layer, GtkSnapshot *snapshot)
{
  EntEditorView *self = ENT_EDITOR_VIEW (view);

  GTK_TEXT_VIEW_CLASS (ent_editor_view_parent_class)->snapshot_layer (view, layer, snapshot);
  for (guint i = 0; i < self->carets->len; i++) {
    if (layer == GTK_TEXT_VIEW_LAYER_BELOW_TEXT)
      draw_selection (self, g_ptr_array_index (self->carets, i), snapshot);
    else
      draw_caret (self, g_ptr_array_index (self->carets, i), snapshot);
  }
  if (layer == GTK_TEXT_VIEW_LAYER_BELOW_TEXT)
    return;
  for (guint i = 0; i < self->carets->len; i++) {
    Caret *caret = g_ptr_array_index (self->carets, i);

    if (caret->flag_id != 0)
      draw_flag (self, caret, snapshot);
  }
}

/* --- paste
 * ------------------------------------------------------------------------------------------- */

static void
insert_pasted (EntEditorView *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  gsize size;
  g_autofree char *clean = ent_buffer_binding_clean (text, -1, &size);
  g_autofree char *reason = NULL;

  if (!gtk_text_view_get_editable (GTK_TEXT_VIEW (self)) || size == 0)
    return;
  g_signal_emit (self, signals[SIGNAL_CHECK_PASTE], 0, (guint) MIN (size, G_MAXUINT), &reason);
  if (reason) {
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, reason);
    return;
  }
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  gtk_text_buffer_insert_interactive_at_cursor (buffer, clean, size, TRUE);
  gtk_text_buffer_end_user_action (buffer);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self), gtk_text_buffer_get_insert (buffer));
}

static void
clipboard_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntEditorView) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text && !g_cancellable_is_cancelled (self->paste))
    insert_pasted (self, text);
}

/* Not GTK's way, which deletes the selection before it knows what will be inserted. */
static void
ent_editor_view_paste_clipboard (GtkTextView *view)
{
  EntEditorView *self = ENT_EDITOR_VIEW (view);

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (view)), self->paste,
    clipboard_read_cb, g_object_ref (self));
}

/* --- object
 * ------------------------------------------------------------------------------------------ */

static void
ent_editor_view_dispose (GObject *object)
{
  EntEditorView *self = ENT_EDITOR_VIEW (object);

  g_cancellable_cancel (self->paste);
  g_ptr_array_set_size (self->carets, 0);

  G_OBJECT_CLASS (ent_editor_view_parent_class)->dispose (object);
}

static void
ent_editor_view_finalize (GObject *object)
{
  EntEditorView *self = ENT_EDITOR_VIEW (object);

  g_ptr_array_unref (self->carets);
  g_object_unref (self->paste);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_editor_view_parent_class)->finalize (object);
}

static void
ent_editor_view_class_init (EntEditorViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkTextViewClass *text_view_class = GTK_TEXT_VIEW_CLASS (klass);

  object_class->dispose = ent_editor_view_dispose;
  object_class->finalize = ent_editor_view_finalize;
  text_view_class->snapshot_layer = ent_editor_view_snapshot_layer;
  text_view_class->paste_clipboard = ent_editor_view_paste_clipboard;

  signals[SIGNAL_CHECK_PASTE] = g_signal_new ("check-paste", G_TYPE_FROM_CLASS (klass),
    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_STRING, 1, G_TYPE_UINT);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
    0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_add_binding_action (
    widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "room.undo", NULL);
  gtk_widget_class_add_binding_action (
    widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "room.redo", NULL);
  gtk_widget_class_add_binding_action (
    widget_class, GDK_KEY_y, GDK_CONTROL_MASK, "room.redo", NULL);
}

static void
ent_editor_view_init (EntEditorView *self)
{
  self->carets = g_ptr_array_new_with_free_func ((GDestroyNotify) caret_free);
  self->paste = g_cancellable_new ();
}

GtkWidget *
ent_editor_view_new (EntClock *clock)
{
  g_autoptr (GtkSourceBuffer) buffer = gtk_source_buffer_new (NULL);
  EntEditorView *self = g_object_new (ENT_TYPE_EDITOR_VIEW, "buffer", buffer, "monospace", TRUE,
    "show-line-numbers", TRUE, "highlight-current-line", TRUE, "auto-indent", TRUE, "indent-width",
    4, "insert-spaces-instead-of-tabs", TRUE, "smart-backspace", TRUE, "tab-width", 4,
    "smart-home-end", GTK_SOURCE_SMART_HOME_END_BEFORE, "left-margin", 6, "right-margin", 6,
    "top-margin", 6, "bottom-margin", 48, NULL);

  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  return GTK_WIDGET (self);
}
