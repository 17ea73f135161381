#pragma once

#include <gtk/gtk.h>

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* Keeps a text buffer and one text of a document the same, both ways.
 *
 * What the person does in the buffer goes into the document first and only then into the buffer, so
 * that an edit the document refuses never shows. Everything between the outermost begin and end of
 * a user action is one transaction, closed at the latest when the main loop is idle. What comes
 * from elsewhere (other people, undo) is applied to the buffer as the same small insertions and
 * deletions; caret, selection and scroll stay. The buffer is never read back as truth.
 *
 * One character of the document is one character of the buffer: NUL shows as U+2400, an embedded
 * object as U+FFFC. Own insertions turn CRLF and CR into LF and leave NUL out.
 *
 * Signals:
 *   refused (const char *sentence)   an edit did not happen; the sentence says why
 *   moved (guint at)                 undo or redo changed the text before this character
 *
 * Properties:
 *   composing (rw)   an input method is composing at the caret. While it is, the caret may be moved
 *                    by what others insert right at it, because moving it back would end the
 *                    composition. */
#define ENT_TYPE_BUFFER_BINDING (ent_buffer_binding_get_type ())
G_DECLARE_FINAL_TYPE (EntBufferBinding, ent_buffer_binding, ENT, BUFFER_BINDING, GObject)

/* Opens and closes a transaction of the document in the name of the person: that of a room checks
 * rights, records undo and sends. begin fails with a sentence and then opens nothing. */
typedef struct {
  gboolean (*begin) (gpointer data, GError **error);
  void (*end) (gpointer data);
} EntBufferBindingEdits;

/* Fills the buffer with the text and starts. The buffer's own undo is switched off. edits is kept
 * by address, data must live as long as the binding. The binding holds buffer and text; when it
 * goes, the buffer keeps its text and is bound to nothing. */
EntBufferBinding *ent_buffer_binding_new (GtkTextBuffer *buffer,
  EntType *text,
  const EntBufferBindingEdits *edits,
  gpointer data);

/* What an insertion by the person becomes: LF for CRLF and CR, no NUL. Caller owns the text;
 * length_bytes is set to its length. */
char *ent_buffer_binding_clean (const char *text, gssize text_bytes, gsize *length_bytes);

/* Whether an insertion of so many bytes keeps the file within its limit; else a sentence (caller
 * owns it) says that it does not. */
char *ent_buffer_binding_check_room (EntBufferBinding *binding, gsize added_bytes);

G_END_DECLS
