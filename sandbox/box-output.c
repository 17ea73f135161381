#include "box-output.h"

struct _BoxOutput {
  BoxOutputSend send;
  gpointer user_data;
  EntStream stream; /* of what waits */
  GByteArray *waiting;
  gint64 sent_us;
  guint source;
};

BoxOutput *
box_output_new (BoxOutputSend send, gpointer user_data)
{
  BoxOutput *output = g_new0 (BoxOutput, 1);

  output->send = send;
  output->user_data = user_data;
  output->waiting = g_byte_array_new ();
  return output;
}

void
box_output_free (BoxOutput *output)
{
  if (output == NULL)
    return;
  g_clear_handle_id (&output->source, g_source_remove);
  g_byte_array_unref (output->waiting);
  g_free (output);
}

/* How many bytes at the end are the start of a character that has not come whole: 0 to 3. */
static gsize
count_unfinished (const guint8 *data, gsize size)
{
  for (gsize back = 1; back <= 3 && back <= size; back++) {
    guint8 byte = data[size - back];
    gsize wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;

    if (byte < 0x80)
      return 0;
    if (byte >= 0xc0)
      return byte < 0xf8 && wanted > back ? back : 0;
  }
  return 0;
}

static void
send_waiting (BoxOutput *output, gboolean everything)
{
  const guint8 *data = output->waiting->data;
  gsize size = output->waiting->len, sent = 0;

  while (sent < size) {
    gsize part = MIN (size - sent, BOX_OUTPUT_FRAME_BYTES);
    gsize unfinished = count_unfinished (data + sent, part);

    if (everything && sent + part == size)
      unfinished = 0;
    if (part == unfinished)
      break;
    output->send (output->stream, data + sent, part - unfinished, output->user_data);
    sent += part - unfinished;
  }
  if (sent == 0)
    return;
  g_byte_array_remove_range (output->waiting, 0, sent);
  output->sent_us = g_get_monotonic_time ();
}

static gboolean
gathered_cb (gpointer data)
{
  BoxOutput *output = data;

  output->source = 0;
  send_waiting (output, FALSE);
  return G_SOURCE_REMOVE;
}

void
box_output_add (BoxOutput *output, EntStream stream, const guint8 *data, gsize size)
{
  gint64 now_us = g_get_monotonic_time ();

  if (stream != output->stream)
    box_output_flush (output);
  output->stream = stream;
  g_byte_array_append (output->waiting, data, size);
  if (output->source != 0 && output->waiting->len < BOX_OUTPUT_FRAME_BYTES)
    return;
  if (output->waiting->len >= BOX_OUTPUT_FRAME_BYTES ||
      now_us - output->sent_us >= BOX_OUTPUT_GATHER_MS * 1000)
    send_waiting (output, FALSE);
  else
    output->source = g_timeout_add (BOX_OUTPUT_GATHER_MS, gathered_cb, output);
}

void
box_output_flush (BoxOutput *output)
{
  g_clear_handle_id (&output->source, g_source_remove);
  send_waiting (output, TRUE);
}
