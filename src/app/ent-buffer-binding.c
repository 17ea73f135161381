#include "config.h"

#include "ent-buffer-binding.h"

#include <glib/gi18n.h>
#include <string.h>

#include "protocol/ent-limits.h"

/* What stands for NUL in the buffer: GTK drops an insertion with NUL in it. */
#define SYMBOL_FOR_NUL "\xe2\x90\x80"

struct _EntBufferBinding {
  GObject parent_instance;

  GtkTextBuffer *buffer;
  EntType *text;
  EntDoc *doc;
  const EntBufferBindingEdits *edits;
  gpointer edits_data;
  guint observer_id;
  guint close_id; /* idle that closes a transaction which was left open */
  guint user_action_depth;
  gboolean in_transaction; /* a transaction of ours is open */
  gboolean is_committing; /* the next event is of our own transaction */
  gboolean is_applying; /* the buffer is being changed by us */
  gboolean composing;
};

G_DEFINE_FINAL_TYPE (EntBufferBinding, ent_buffer_binding, G_TYPE_OBJECT)

enum { PROP_0, PROP_COMPOSING, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { SIGNAL_REFUSED, SIGNAL_MOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- from the buffer to the document --------------------------------------------------------- */

static void
close_transaction (EntBufferBinding *self)
{
  g_clear_handle_id (&self->close_id, g_source_remove);
  if (!self->in_transaction)
    return;
  self->in_transaction = FALSE;
  self->is_committing = TRUE;
  self->edits->end (self->edits_data);
  self->is_committing = FALSE;
}

static gboolean
close_transaction_cb (gpointer data)
{
  EntBufferBinding *self = data;

  self->close_id = 0;
  close_transaction (self);
  return G_SOURCE_REMOVE;
}

/* Opens the transaction of the user action at its first edit. An edit outside of any user action is
 * a transaction of its own, closed at once by end_edit(). */
static gboolean
begin_edit (EntBufferBinding *self, GError **error)
{
  if (self->in_transaction)
    return TRUE;
  if (!self->edits->begin (self->edits_data, error))
    return FALSE;
  self->in_transaction = TRUE;
  if (self->user_action_depth > 0)
    self->close_id = g_idle_add_full (G_PRIORITY_HIGH, close_transaction_cb, self, NULL);
  return TRUE;
}

static void
end_edit (EntBufferBinding *self)
{
  if (self->user_action_depth == 0)
    close_transaction (self);
}

static void
refuse (EntBufferBinding *self, const char *signal_name, const char *sentence)
{
  g_signal_stop_emission_by_name (self->buffer, signal_name);
  end_edit (self);
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, sentence);
}

static void
insert_text_cb (GtkTextBuffer *buffer, GtkTextIter *at, char *text, int length, gpointer data)
{
  EntBufferBinding *self = data;
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr (GError) error = NULL;
  g_autofree char *too_large = NULL;

  if (self->is_applying || size == 0)
    return;
  if (memchr (text, '\r', size)) {
    gsize clean_size;
    g_autofree char *clean = ent_buffer_binding_clean (text, size, &clean_size);

    /* Again, from the start, with the clean text; it moves the caller's iterator as asked. */
    g_signal_stop_emission_by_name (buffer, "insert-text");
    gtk_text_buffer_insert (buffer, at, clean, clean_size);
    return;
  }
  too_large = ent_buffer_binding_check_room (self, size);
  if (too_large) {
    refuse (self, "insert-text", too_large);
    return;
  }

  if (!begin_edit (self, &error) ||
      !ent_text_insert (self->text, gtk_text_iter_get_offset (at), text, size, &error))
    refuse (self, "insert-text", error->message);
}

static void
delete_range_cb (GtkTextBuffer *buffer, GtkTextIter *start, GtkTextIter *end, gpointer data)
{
  EntBufferBinding *self = data;
  guint from = gtk_text_iter_get_offset (start);
  guint to = gtk_text_iter_get_offset (end);
  g_autoptr (GError) error = NULL;

  if (self->is_applying || from == to)
    return;
  if (!begin_edit (self, &error) ||
      !ent_text_delete (self->text, MIN (from, to), MAX (from, to) - MIN (from, to), &error))
    refuse (self, "delete-range", error->message);
}

/* After the buffer has changed (or the edit was refused): an edit on its own ends here, so that
 * whoever hears of it finds buffer and document the same. */
static void
changed_cb (GtkTextBuffer *buffer, gpointer data)
{
  EntBufferBinding *self = data;

  if (!self->is_applying)
    end_edit (self);
}

static void
begin_user_action_cb (GtkTextBuffer *buffer, gpointer data)
{
  EntBufferBinding *self = data;

  if (!self->is_applying)
    self->user_action_depth++;
}

static void
end_user_action_cb (GtkTextBuffer *buffer, gpointer data)
{
  EntBufferBinding *self = data;

  if (self->is_applying || self->user_action_depth == 0)
    return;
  self->user_action_depth--;
  end_edit (self);
}

/* --- from the document to the buffer --------------------------------------------------------- */

static void
insert_shown (GtkTextBuffer *buffer, GtkTextIter *at, const char *text, gsize size)
{
  const char *end = text + size;

  while (text < end) {
    const char *nul = memchr (text, '\0', end - text);
    const char *stop = nul ? nul : end;

    if (stop > text)
      gtk_text_buffer_insert (buffer, at, text, stop - text);
    if (nul)
      gtk_text_buffer_insert (buffer, at, SYMBOL_FOR_NUL, -1);
    text = nul ? nul + 1 : end;
  }
}

static guint
get_mark_offset (GtkTextBuffer *buffer, GtkTextMark *mark)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_mark (buffer, &iter, mark);
  return gtk_text_iter_get_offset (&iter);
}

static void
select_range (GtkTextBuffer *buffer, guint insert_at, guint bound_at)
{
  GtkTextIter insert, bound;

  gtk_text_buffer_get_iter_at_offset (buffer, &insert, insert_at);
  gtk_text_buffer_get_iter_at_offset (buffer, &bound, bound_at);
  gtk_text_buffer_select_range (buffer, &insert, &bound);
}

/* Text that others put right at the caret comes after it: both can then type at one place without
 * mixing their words. Text at the edges of a selection stays outside of it. GTK's own marks go
 * right, so only the caret or the selection's end has to be put back. */
static void
apply_insert (EntBufferBinding *self, const EntChange *change)
{
  GtkTextMark *insert = gtk_text_buffer_get_insert (self->buffer);
  GtkTextMark *bound = gtk_text_buffer_get_selection_bound (self->buffer);
  guint insert_at = get_mark_offset (self->buffer, insert);
  guint bound_at = get_mark_offset (self->buffer, bound);
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &at, change->at);
  insert_shown (self->buffer, &at, change->text, change->text_bytes);
  if (MAX (insert_at, bound_at) != change->at || self->composing)
    return;
  select_range (self->buffer, MIN (insert_at, change->at), MIN (bound_at, change->at));
}

static void
apply_delete (EntBufferBinding *self, const EntChange *change)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &start, change->at);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end, change->at + change->length);
  gtk_text_buffer_delete (self->buffer, &start, &end);
}

static void
apply_changes (EntBufferBinding *self, const EntTypeEvent *event)
{
  self->is_applying = TRUE;
  for (guint i = 0; i < event->n_changes; i++) {
    const EntChange *change = &event->changes[i];

    switch (change->kind) {
    case ENT_CHANGE_INSERT:
      apply_insert (self, change);
      break;
    case ENT_CHANGE_DELETE:
      apply_delete (self, change);
      break;
    }
  }
  self->is_applying = FALSE;
}

static void
doc_changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  EntBufferBinding *self = data;
  const EntTypeEvent *changed = ent_doc_event_find (event, self->text);
  const EntChange *last;

  /* The buffer had our own edits while they were made. */
  if (self->is_committing && event->is_local && !event->is_undo) {
    self->is_committing = FALSE;
    return;
  }
  if (!changed || changed->n_changes == 0)
    return;
  apply_changes (self, changed);
  if (!event->is_local || !event->is_undo)
    return;
  last = &changed->changes[changed->n_changes - 1];
  g_signal_emit (self, signals[SIGNAL_MOVED], 0,
    last->kind == ENT_CHANGE_INSERT ? last->at + last->length : last->at);
}

static void
fill_buffer (EntBufferBinding *self)
{
  gsize size;
  g_autofree char *shown = ent_text_dup_display (self->text, &size);
  GtkTextIter start, end;

  self->is_applying = TRUE;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  insert_shown (self->buffer, &start, shown, size);
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  gtk_text_buffer_place_cursor (self->buffer, &start);
  gtk_text_buffer_set_modified (self->buffer, FALSE);
  self->is_applying = FALSE;
}

/* --- object ---------------------------------------------------------------------------------- */

static void
ent_buffer_binding_dispose (GObject *object)
{
  EntBufferBinding *self = ENT_BUFFER_BINDING (object);

  close_transaction (self);
  if (self->observer_id != 0)
    ent_doc_unobserve (self->doc, self->observer_id);
  self->observer_id = 0;
  if (self->buffer)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_clear_object (&self->buffer);
  g_clear_pointer (&self->text, ent_type_unref);
  g_clear_pointer (&self->doc, ent_doc_unref);

  G_OBJECT_CLASS (ent_buffer_binding_parent_class)->dispose (object);
}

static void
ent_buffer_binding_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntBufferBinding *self = ENT_BUFFER_BINDING (object);

  switch (id) {
  case PROP_COMPOSING:
    g_value_set_boolean (value, self->composing);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_buffer_binding_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EntBufferBinding *self = ENT_BUFFER_BINDING (object);

  switch (id) {
  case PROP_COMPOSING:
    if (self->composing == g_value_get_boolean (value))
      return;
    self->composing = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_buffer_binding_class_init (EntBufferBindingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ent_buffer_binding_dispose;
  object_class->get_property = ent_buffer_binding_get_property;
  object_class->set_property = ent_buffer_binding_set_property;

  props[PROP_COMPOSING] = g_param_spec_boolean ("composing", NULL, NULL, FALSE,
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
    0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ent_buffer_binding_init (EntBufferBinding *self)
{
}

EntBufferBinding *
ent_buffer_binding_new (GtkTextBuffer *buffer,
  EntType *text,
  const EntBufferBindingEdits *edits,
  gpointer data)
{
  EntBufferBinding *self;

  g_return_val_if_fail (GTK_IS_TEXT_BUFFER (buffer), NULL);
  g_return_val_if_fail (text != NULL && !ent_type_is_gone (text), NULL);

  self = g_object_new (ENT_TYPE_BUFFER_BINDING, NULL);
  self->buffer = g_object_ref (buffer);
  self->text = ent_type_ref (text);
  self->doc = ent_doc_ref (ent_type_get_doc (text));
  self->edits = edits;
  self->edits_data = data;
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  fill_buffer (self);
  g_signal_connect (buffer, "insert-text", G_CALLBACK (insert_text_cb), self);
  g_signal_connect (buffer, "delete-range", G_CALLBACK (delete_range_cb), self);
  g_signal_connect (buffer, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (buffer, "begin-user-action", G_CALLBACK (begin_user_action_cb), self);
  g_signal_connect (buffer, "end-user-action", G_CALLBACK (end_user_action_cb), self);
  self->observer_id = ent_doc_observe (self->doc, doc_changed_cb, self, NULL);
  return self;
}

char *
ent_buffer_binding_clean (const char *text, gssize text_bytes, gsize *length_bytes)
{
  gsize size;
  GString *clean;

  g_return_val_if_fail (text != NULL, NULL);

  size = text_bytes < 0 ? strlen (text) : (gsize) text_bytes;
  clean = g_string_sized_new (size);
  for (gsize i = 0; i < size; i++) {
    if (text[i] == '\0')
      continue;
    if (text[i] != '\r')
      g_string_append_c (clean, text[i]);
    else if (i + 1 == size || text[i + 1] != '\n')
      g_string_append_c (clean, '\n');
  }
  *length_bytes = clean->len;
  return g_string_free (clean, FALSE);
}

char *
ent_buffer_binding_check_room (EntBufferBinding *self, gsize added_bytes)
{
  g_return_val_if_fail (ENT_IS_BUFFER_BINDING (self), NULL);

  if (ent_text_get_length_bytes (self->text) + added_bytes <= ENT_MAX_FILE_TEXT)
    return NULL;
  return g_strdup (_ ("This text is too long to insert: a file can hold at most 1 MiB."));
}
