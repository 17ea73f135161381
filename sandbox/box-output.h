#pragma once

#include <glib.h>

#include "protocol/ent-msg-run.h"

G_BEGIN_DECLS

/* Gathers a program's output into frames: the first bytes go at once, what follows within a moment
 * goes together. Order across streams is kept, and no frame ends within a UTF-8 character unless
 * the bytes are no UTF-8. */
typedef struct _BoxOutput BoxOutput;

typedef void (
  *BoxOutputSend) (EntStream stream, const guint8 *data, gsize size, gpointer user_data);

#define BOX_OUTPUT_FRAME_BYTES (16 * 1024)
#define BOX_OUTPUT_GATHER_MS 20

BoxOutput *box_output_new (BoxOutputSend send, gpointer user_data);
void box_output_free (BoxOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxOutput, box_output_free)

void box_output_add (BoxOutput *output, EntStream stream, const guint8 *data, gsize size);

/* Sends what is left, whole characters or not. */
void box_output_flush (BoxOutput *output);

G_END_DECLS
