#include "net/coord-send-queue.h"

typedef struct {
  GBytes *bytes;
  guint8 head[10];
  guint8 head_size; /* 0: bytes is a whole frame */
} Frame;

static void
frame_free (Frame *frame)
{
  g_bytes_unref (frame->bytes);
  g_free (frame);
}

static gsize
get_size (const Frame *frame)
{
  return frame->head_size + g_bytes_get_size (frame->bytes);
}

static void
push (CoordSendQueue *queue, Frame *frame)
{
  g_queue_push_tail (&queue->frames, frame);
  queue->bytes += get_size (frame);
}

void
coord_send_queue_clear (CoordSendQueue *queue)
{
  g_queue_clear_full (&queue->frames, (GDestroyNotify) frame_free);
  queue->bytes = 0;
  queue->sent_of_first = 0;
}

void
coord_send_queue_push (CoordSendQueue *queue, guint8 opcode, GBytes *payload)
{
  Frame *frame = g_new0 (Frame, 1);
  gsize size = g_bytes_get_size (payload);

  frame->bytes = g_bytes_ref (payload);
  frame->head[0] = 0x80 | opcode;
  if (size < 126) {
    frame->head[1] = size;
    frame->head_size = 2;
  } else if (size < 65536) {
    frame->head[1] = 126;
    frame->head[2] = size >> 8;
    frame->head[3] = size & 0xff;
    frame->head_size = 4;
  } else {
    frame->head[1] = 127;
    for (int i = 0; i < 8; i++)
      frame->head[2 + i] = (guint64) size >> (8 * (7 - i));
    frame->head_size = 10;
  }
  push (queue, frame);
}

void
coord_send_queue_push_frame (CoordSendQueue *queue, GBytes *bytes)
{
  Frame *frame = g_new0 (Frame, 1);

  frame->bytes = g_bytes_ref (bytes);
  push (queue, frame);
}

void
coord_send_queue_drop (CoordSendQueue *queue)
{
  while (queue->frames.length > (queue->sent_of_first > 0 ? 1u : 0u)) {
    Frame *frame = g_queue_pop_tail (&queue->frames);

    queue->bytes -= get_size (frame);
    frame_free (frame);
  }
}

guint
coord_send_queue_fill (CoordSendQueue *queue, struct iovec *vectors)
{
  guint n = 0;
  gsize skip = queue->sent_of_first;

  for (GList *l = queue->frames.head; l != NULL && n + 2 <= COORD_SEND_QUEUE_VECTORS; l = l->next) {
    Frame *frame = l->data;
    gsize size;
    const guint8 *data = g_bytes_get_data (frame->bytes, &size);

    if (skip < frame->head_size)
      vectors[n++] = (struct iovec){ frame->head + skip, frame->head_size - skip };
    skip = skip > frame->head_size ? skip - frame->head_size : 0;
    if (size > skip)
      vectors[n++] = (struct iovec){ (guint8 *) data + skip, size - skip };
    skip = 0;
  }
  return n;
}

void
coord_send_queue_take_sent (CoordSendQueue *queue, gsize size)
{
  queue->bytes -= size;
  while (size > 0) {
    Frame *frame = g_queue_peek_head (&queue->frames);
    gsize rest = get_size (frame) - queue->sent_of_first;

    if (size < rest) {
      queue->sent_of_first += size;
      return;
    }
    size -= rest;
    queue->sent_of_first = 0;
    frame_free (g_queue_pop_head (&queue->frames));
  }
}
