#pragma once

#include <gtk/gtk.h>

#include "protocol/ent-msg-run.h"

G_BEGIN_DECLS

/* What a program wrote: plain monospaced text that cannot be edited. What it wrote to the error
 * stream is set in italics and marked in the margin besides its colour. Only the end of much output
 * is kept, and a first line says so. It follows new output while its end is in view. */
#define ENT_TYPE_OUTPUT_VIEW (ent_output_view_get_type ())
G_DECLARE_FINAL_TYPE (EntOutputView, ent_output_view, ENT, OUTPUT_VIEW, GtkTextView)

#define ENT_OUTPUT_MAX_CHARS (256 * 1024)

GtkWidget *ent_output_view_new (void);
void ent_output_view_clear (EntOutputView *view);
void ent_output_view_append (EntOutputView *view, EntStream stream, const char *text);

/* Says in a line of its own that output is missing here. */
void ent_output_view_append_gap (EntOutputView *view);

G_END_DECLS
