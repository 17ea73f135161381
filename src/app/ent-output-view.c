#include "config.h"

#include "ent-output-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ent-plain-text.h"

/* Cut a little more than needed, so that not every piece cuts. */
#define CUT_SLACK (ENT_OUTPUT_MAX_CHARS / 8)
#define ERROR_INDENT 18

struct _EntOutputView {
  GtkTextView parent_instance;

  GtkTextBuffer *buffer;
  GtkTextTag *error_tag; /* stderr and compiler */
  GtkTextTag *note_tag; /* our own words */
  EntPlainText plain[2]; /* of output, of errors */
  guint note_chars; /* length of the first line that says that the start is missing */
};

G_DEFINE_FINAL_TYPE (EntOutputView, ent_output_view, GTK_TYPE_TEXT_VIEW)

static gboolean
is_error_stream (EntStream stream)
{
  return stream == ENT_STREAM_STDERR || stream == ENT_STREAM_COMPILE;
}

static gboolean
is_at_end (EntOutputView *self)
{
  GtkAdjustment *at = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self));

  return !at || gtk_adjustment_get_value (at) + gtk_adjustment_get_page_size (at) >=
                  gtk_adjustment_get_upper (at) - 24;
}

static void
cut_start (EntOutputView *self)
{
  guint length = gtk_text_buffer_get_char_count (self->buffer);
  const char *note = _ ("The start of the output is left out.\n");
  GtkTextIter start, end;

  if (length <= ENT_OUTPUT_MAX_CHARS)
    return;
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  gtk_text_buffer_get_iter_at_offset (
    self->buffer, &end, self->note_chars + length - ENT_OUTPUT_MAX_CHARS + CUT_SLACK);
  gtk_text_iter_forward_line (&end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert_with_tags (self->buffer, &start, note, -1, self->note_tag, NULL);
  self->note_chars = g_utf8_strlen (note, -1);
}

void
ent_output_view_append (EntOutputView *self, EntStream stream, const char *text)
{
  g_autofree char *plain = NULL;
  gboolean follows;
  GtkTextIter end;

  g_return_if_fail (ENT_IS_OUTPUT_VIEW (self));

  follows = is_at_end (self);
  plain = ent_plain_text_take (&self->plain[is_error_stream (stream)], text);
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_insert_with_tags (
    self->buffer, &end, plain, -1, is_error_stream (stream) ? self->error_tag : NULL, NULL);
  cut_start (self);
  if (!follows)
    return;
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_view_scroll_mark_onscreen (
    GTK_TEXT_VIEW (self), gtk_text_buffer_get_insert (self->buffer));
}

void
ent_output_view_append_gap (EntOutputView *self)
{
  gboolean is_start;
  GtkTextIter end;

  g_return_if_fail (ENT_IS_OUTPUT_VIEW (self));

  is_start = gtk_text_buffer_get_char_count (self->buffer) == 0;
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  if (!gtk_text_iter_starts_line (&end))
    gtk_text_buffer_insert (self->buffer, &end, "\n", 1);
  gtk_text_buffer_insert_with_tags (self->buffer, &end,
    is_start ? _ ("The start of the output is left out.\n")
             : _ ("Some of the output is left out here.\n"),
    -1, self->note_tag, NULL);
  if (is_start)
    self->note_chars = gtk_text_buffer_get_char_count (self->buffer);
  self->plain[0] = self->plain[1] = (EntPlainText){ 0 };
}

void
ent_output_view_clear (EntOutputView *self)
{
  g_return_if_fail (ENT_IS_OUTPUT_VIEW (self));

  gtk_text_buffer_set_text (self->buffer, "", 0);
  self->plain[0] = self->plain[1] = (EntPlainText){ 0 };
  self->note_chars = 0;
}

static void
dark_changed_cb (AdwStyleManager *manager, GParamSpec *pspec, gpointer data)
{
  EntOutputView *self = data;
  gboolean is_dark = adw_style_manager_get_dark (manager);

  g_object_set (self->error_tag, "foreground", is_dark ? "#ff938c" : "#a51d2d", NULL);
}

static void
ent_output_view_class_init (EntOutputViewClass *klass)
{
}

static void
ent_output_view_init (EntOutputView *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  gtk_text_buffer_set_enable_undo (self->buffer, FALSE);
  self->error_tag = gtk_text_buffer_create_tag (
    self->buffer, NULL, "style", PANGO_STYLE_ITALIC, "left-margin", ERROR_INDENT, NULL);
  self->note_tag =
    gtk_text_buffer_create_tag (self->buffer, NULL, "weight", PANGO_WEIGHT_BOLD, NULL);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (dark_changed_cb), self, 0);
  dark_changed_cb (style, NULL, self);
}

GtkWidget *
ent_output_view_new (void)
{
  return g_object_new (ENT_TYPE_OUTPUT_VIEW, "editable", FALSE, "cursor-visible", FALSE,
    "monospace", TRUE, "wrap-mode", GTK_WRAP_WORD_CHAR, "left-margin", 12, "right-margin", 12,
    "top-margin", 6, "bottom-margin", 6, NULL);
}
