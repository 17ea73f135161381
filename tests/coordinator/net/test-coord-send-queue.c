#include "net/coord-send-queue.h"

#include <string.h>

#include "net/coord-frame-tracker.h"

#define BINARY 2

static GBytes *
new_payload (gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');

  return g_bytes_new (text, size);
}

static void
push (CoordSendQueue *queue, gsize size)
{
  g_autoptr (GBytes) payload = new_payload (size);

  coord_send_queue_push (queue, BINARY, payload);
}

/* What a kernel gets that takes so many bytes at a time. */
static GByteArray *
drain (CoordSendQueue *queue, gsize at_a_time)
{
  GByteArray *sent = g_byte_array_new ();
  struct iovec vectors[COORD_SEND_QUEUE_VECTORS];

  while (queue->pieces.length > 0) {
    guint n = coord_send_queue_fill (queue, vectors);
    gsize taken = 0;

    for (guint i = 0; i < n && taken < at_a_time; i++) {
      gsize size = MIN (vectors[i].iov_len, at_a_time - taken);

      g_byte_array_append (sent, vectors[i].iov_base, size);
      taken += size;
    }
    coord_send_queue_take_sent (queue, taken);
  }
  return sent;
}

/* However little the kernel takes at a time, the same bytes leave. */
static void
test_partly_sent (void)
{
  const gsize steps[] = { 1, 3, 7, 100, 65541, G_MAXSIZE };
  g_autoptr (GByteArray) first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    CoordSendQueue queue = { 0 };
    g_autoptr (GByteArray) sent = NULL;
    g_autoptr (GBytes) whole = g_bytes_new_static ("\x89\x00", 2);

    push (&queue, 0);
    push (&queue, 125);
    push (&queue, 126);
    coord_send_queue_push_frame (&queue, whole);
    push (&queue, 65536);
    g_assert_cmpuint (queue.bytes, ==, 2 + 127 + 130 + 2 + 65546);
    sent = drain (&queue, steps[i]);
    g_assert_cmpuint (queue.bytes, ==, 0);
    if (first == NULL)
      first = g_steal_pointer (&sent);
    else
      g_assert_cmpmem (sent->data, sent->len, first->data, first->len);
  }
  g_assert_cmpmem (first->data, 4, "\x82\x00\x82\x7d", 4);
  g_assert_cmpmem (first->data + 129, 4, "\x82\x7e\x00\x7e", 4);
  g_assert_cmpmem (first->data + 259, 12, "\x89\x00\x82\x7f\0\0\0\0\0\1\0\0", 12);
}

/* A frame that was begun has to be ended. */
static void
test_drop (void)
{
  CoordSendQueue queue = { 0 };

  push (&queue, 10);
  push (&queue, 10);
  coord_send_queue_drop (&queue);
  g_assert_cmpuint (queue.pieces.length, ==, 0);
  g_assert_cmpuint (queue.bytes, ==, 0);
  push (&queue, 10);
  push (&queue, 10);
  coord_send_queue_take_sent (&queue, 1);
  coord_send_queue_drop (&queue);
  g_assert_cmpuint (queue.pieces.length, ==, 1);
  g_assert_cmpuint (queue.bytes, ==, 11);
  coord_send_queue_clear (&queue);
  g_assert_cmpuint (queue.bytes, ==, 0);
}

static void
test_many_frames (void)
{
  CoordSendQueue queue = { 0 };
  struct iovec vectors[COORD_SEND_QUEUE_VECTORS];
  g_autoptr (GByteArray) sent = NULL;

  for (guint i = 0; i < 1000; i++)
    push (&queue, 300);
  g_assert_cmpuint (coord_send_queue_fill (&queue, vectors), ==, COORD_SEND_QUEUE_VECTORS);
  sent = drain (&queue, G_MAXSIZE);
  g_assert_cmpuint (sent->len, ==, 304000);
}

/* Small frames stand together; of those in the middle of being sent, only the one that was begun
 * stays when the rest is dropped. */
static void
test_small_frames (void)
{
  const gsize sent[] = { 0, 1, 51, 52, 53, 52 * 100 - 1, 52 * 100, 52 * 100 + 2 };
  CoordSendQueue queue = { 0 };
  struct iovec vectors[COORD_SEND_QUEUE_VECTORS];

  for (guint i = 0; i < G_N_ELEMENTS (sent); i++) {
    gsize begun = (52 - sent[i] % 52) % 52;

    for (guint k = 0; k < 1000; k++)
      push (&queue, 50);
    push (&queue, 1000);
    push (&queue, 50);
    g_assert_cmpuint (coord_send_queue_fill (&queue, vectors), <, 12);
    coord_send_queue_take_sent (&queue, sent[i]);
    g_assert_cmpuint (queue.bytes, ==, 1001 * 52 + 1004 - sent[i]);
    coord_send_queue_drop (&queue);
    g_assert_cmpuint (queue.bytes, ==, begun);
    push (&queue, 50);
    if (begun > 0) {
      g_assert_cmpuint (coord_send_queue_fill (&queue, vectors), ==, 1);
      g_assert_cmpuint (vectors[0].iov_len, ==, begun + 52);
      g_assert_cmpmem ((guint8 *) vectors[0].iov_base + begun, 2, "\x82\x32", 2);
    }
    coord_send_queue_clear (&queue);
  }
}

/* A peer's frames, masked: 3 bytes; 300 bytes in two fragments with a ping between; 70000 bytes. */
static GByteArray *
new_stream (void)
{
  GByteArray *stream = g_byte_array_new ();
  g_autofree guint8 *zeros = g_new0 (guint8, 70000);

  g_byte_array_append (stream, (const guint8 *) "\x82\x83mask", 6);
  g_byte_array_append (stream, zeros, 3);
  g_byte_array_append (stream, (const guint8 *) "\x02\xfe\x00\xc8mask", 8);
  g_byte_array_append (stream, zeros, 200);
  g_byte_array_append (stream, (const guint8 *) "\x89\x80mask", 6);
  g_byte_array_append (stream, (const guint8 *) "\x80\xe4mask", 6);
  g_byte_array_append (stream, zeros, 100);
  g_byte_array_append (stream, (const guint8 *) "\x82\xff\0\0\0\0\0\1\x11\x70mask", 14);
  g_byte_array_append (stream, zeros, 70000);
  return stream;
}

/* It stands between messages at their ends only, whatever the pieces. */
static void
test_tracker (void)
{
  const gsize ends[] = { 9, 9 + 208 + 6 + 106, 9 + 208 + 6 + 106 + 70014 };
  g_autoptr (GByteArray) stream = new_stream ();

  for (gsize step = 1; step < 400; step += 7) {
    CoordFrameTracker tracker = { 0 };
    guint n_between = 0;

    for (gsize at = 0; at < stream->len; at += step) {
      gsize size = MIN (step, stream->len - at);
      gboolean is_end = FALSE;

      coord_frame_tracker_follow (&tracker, stream->data + at, size);
      for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
        is_end |= at + size == ends[i];
      g_assert_cmpint (coord_frame_tracker_is_between_messages (&tracker), ==, is_end);
      n_between += is_end;
    }
    g_assert_cmpuint (n_between, >=, step == 1 ? 3 : 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-send-queue/partly-sent", test_partly_sent);
  g_test_add_func ("/coord-send-queue/drop", test_drop);
  g_test_add_func ("/coord-send-queue/many-frames", test_many_frames);
  g_test_add_func ("/coord-send-queue/small-frames", test_small_frames);
  g_test_add_func ("/coord-frame-tracker/pieces", test_tracker);
  return g_test_run ();
}
