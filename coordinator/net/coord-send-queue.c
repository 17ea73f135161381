#include "net/coord-send-queue.h"

#include <string.h>

#define MAX_HEAD 10
#define SMALL_FRAME 256 /* bytes: copying costs less than to keep track of it */
#define MAX_CHUNK (8 * 1024)

typedef struct {
  GByteArray *chunk; /* small frames, whole, one behind the other; NULL: one frame, shared */
  GBytes *bytes;
  guint8 head[MAX_HEAD];
  guint8 head_size; /* 0: bytes is a whole frame */
} Piece;

static void
piece_free (Piece *piece)
{
  g_clear_pointer (&piece->chunk, g_byte_array_unref);
  g_clear_pointer (&piece->bytes, g_bytes_unref);
  g_free (piece);
}

static gsize
get_size (const Piece *piece)
{
  return piece->chunk != NULL ? piece->chunk->len
                              : piece->head_size + g_bytes_get_size (piece->bytes);
}

static Piece *
push_piece (CoordSendQueue *queue)
{
  Piece *piece = g_new0 (Piece, 1);

  g_queue_push_tail (&queue->pieces, piece);
  return piece;
}

/* Where small frames are added: the last chunk, or a new one. */
static GByteArray *
find_chunk (CoordSendQueue *queue, gsize size)
{
  Piece *last = g_queue_peek_tail (&queue->pieces);

  if (last == NULL || last->chunk == NULL || last->chunk->len + size > MAX_CHUNK) {
    last = push_piece (queue);
    last->chunk = g_byte_array_sized_new (2 * SMALL_FRAME);
  }
  return last->chunk;
}

void
coord_send_queue_clear (CoordSendQueue *queue)
{
  g_queue_clear_full (&queue->pieces, (GDestroyNotify) piece_free);
  queue->bytes = 0;
  queue->sent_of_first = 0;
}

static guint
write_head (guint8 *head, guint8 opcode, gsize size)
{
  head[0] = 0x80 | opcode;
  if (size < 126) {
    head[1] = size;
    return 2;
  }
  if (size < 65536) {
    head[1] = 126;
    head[2] = size >> 8;
    head[3] = size & 0xff;
    return 4;
  }
  head[1] = 127;
  for (int i = 0; i < 8; i++)
    head[2 + i] = (guint64) size >> (8 * (7 - i));
  return 10;
}

/* The whole size of the frame that starts here. */
static gsize
read_size (const guint8 *frame)
{
  guint64 size = 0;

  if (frame[1] < 126)
    return 2 + frame[1];
  if (frame[1] == 126)
    return 4 + (frame[2] << 8 | frame[3]);
  for (int i = 0; i < 8; i++)
    size = size << 8 | frame[2 + i];
  return 10 + size;
}

void
coord_send_queue_push (CoordSendQueue *queue, guint8 opcode, GBytes *payload)
{
  guint8 head[MAX_HEAD];
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);
  guint head_size = write_head (head, opcode, size);

  if (head_size + size <= SMALL_FRAME) {
    GByteArray *chunk = find_chunk (queue, head_size + size);

    g_byte_array_append (chunk, head, head_size);
    g_byte_array_append (chunk, data, size);
  } else {
    Piece *piece = push_piece (queue);

    piece->bytes = g_bytes_ref (payload);
    piece->head_size = head_size;
    memcpy (piece->head, head, head_size);
  }
  queue->bytes += head_size + size;
}

void
coord_send_queue_push_frame (CoordSendQueue *queue, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size <= SMALL_FRAME)
    g_byte_array_append (find_chunk (queue, size), data, size);
  else
    push_piece (queue)->bytes = g_bytes_ref (bytes);
  queue->bytes += size;
}

/* The end of the frame that was begun; 0: the last one was sent whole. */
static gsize
find_begun (const CoordSendQueue *queue)
{
  const Piece *first = g_queue_peek_head ((GQueue *) &queue->pieces);
  gsize end = 0;

  if (queue->sent_of_first == 0)
    return 0;
  if (first->chunk == NULL)
    return get_size (first);
  while (end < queue->sent_of_first)
    end += read_size (first->chunk->data + end);
  return end > queue->sent_of_first ? end : 0;
}

void
coord_send_queue_drop (CoordSendQueue *queue)
{
  gsize begun = find_begun (queue);

  while (queue->pieces.length > (begun > 0 ? 1u : 0u))
    piece_free (g_queue_pop_tail (&queue->pieces));
  if (begun > 0) {
    Piece *first = g_queue_peek_head (&queue->pieces);

    if (first->chunk != NULL)
      g_byte_array_set_size (first->chunk, begun);
    queue->bytes = begun - queue->sent_of_first;
  } else
    queue->bytes = queue->sent_of_first = 0;
}

guint
coord_send_queue_fill (CoordSendQueue *queue, struct iovec *vectors)
{
  guint n = 0;
  gsize skip = queue->sent_of_first;

  for (GList *l = queue->pieces.head; l != NULL && n + 2 <= COORD_SEND_QUEUE_VECTORS; l = l->next) {
    Piece *piece = l->data;
    gsize size;
    const guint8 *data;

    if (piece->chunk != NULL) {
      vectors[n++] = (struct iovec){ piece->chunk->data + skip, piece->chunk->len - skip };
      skip = 0;
      continue;
    }
    data = g_bytes_get_data (piece->bytes, &size);
    if (skip < piece->head_size)
      vectors[n++] = (struct iovec){ piece->head + skip, piece->head_size - skip };
    skip = skip > piece->head_size ? skip - piece->head_size : 0;
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
    Piece *piece = g_queue_peek_head (&queue->pieces);
    gsize rest = get_size (piece) - queue->sent_of_first;

    if (size < rest) {
      queue->sent_of_first += size;
      return;
    }
    size -= rest;
    queue->sent_of_first = 0;
    piece_free (g_queue_pop_head (&queue->pieces));
  }
}
