#include <string.h>

#include "room/ent-framing.h"

/* Two ends of a channel that keeps order, as `sync` does; frames wait until the test moves them. */
typedef struct {
  EntFraming *framing;
  GQueue out; /* GBytes, frames on their way to the other end */
  GPtrArray *received; /* GBytes */
} End;

static gboolean
send_frame (GBytes *frame, gpointer data)
{
  End *end = data;

  g_queue_push_tail (&end->out, g_bytes_ref (frame));
  return TRUE;
}

static void
receive_message (GBytes *message, gpointer data)
{
  End *end = data;

  g_ptr_array_add (end->received, g_bytes_ref (message));
}

static void
open_end (End *end)
{
  memset (end, 0, sizeof *end);
  g_queue_init (&end->out);
  end->received = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  end->framing = ent_framing_new (send_frame, receive_message, end);
}

static void
close_end (End *end)
{
  g_clear_pointer (&end->framing, ent_framing_free);
  g_queue_clear_full (&end->out, (GDestroyNotify) g_bytes_unref);
  g_ptr_array_unref (end->received);
}

/* Moves one frame; FALSE when none is on its way. */
static gboolean
move_frame (End *from, End *to)
{
  g_autoptr (GBytes) frame = g_queue_pop_head (&from->out);
  g_autoptr (GError) error = NULL;

  if (frame == NULL)
    return FALSE;
  ent_framing_take (to->framing, frame, &error);
  g_assert_no_error (error);
  return TRUE;
}

static GBytes *
new_message (gsize size, guint8 fill)
{
  guint8 *data = g_malloc (size);

  memset (data, fill, size);
  return g_bytes_new_take (data, size);
}

static guint
count_equal (GPtrArray *received, GBytes *message)
{
  guint n = 0;

  for (guint i = 0; i < received->len; i++)
    n += g_bytes_equal (g_ptr_array_index (received, i), message);
  return n;
}

/* Whatever the sizes, the moments and the windows: each message arrives once and whole, and never
 * is more than a window under way. */
static void
test_everything_arrives (void)
{
  for (guint round = 0; round < 50; round++) {
    End a, b;
    g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    guint left = g_test_rand_int_range (1, 40);

    open_end (&a);
    open_end (&b);
    while (left > 0 || g_queue_get_length (&a.out) > 0 || g_queue_get_length (&b.out) > 0) {
      int what = g_test_rand_int_range (0, 8);

      if (what == 0 && left > 0) {
        gsize size = 1 + g_test_rand_int_range (0, 4) * g_test_rand_int_range (0, 60000);
        g_autoptr (GBytes) message = new_message (size, g_test_rand_int_range (0, 256));

        g_ptr_array_add (sent, g_bytes_ref (message));
        ent_framing_queue (a.framing, message);
        left--;
      } else if (what == 1) {
        ent_framing_set_window (
          a.framing, g_test_rand_bit () ? ENT_FRAMING_WINDOW : ENT_FRAMING_FAST_WINDOW);
      } else if (what < 5) {
        move_frame (&a, &b);
      } else {
        move_frame (&b, &a);
      }
      g_assert_cmpuint (ent_framing_get_under_way (a.framing), <=, ENT_FRAMING_FAST_WINDOW);
    }
    g_assert_cmpuint (b.received->len, ==, sent->len);
    for (guint i = 0; i < sent->len; i++) {
      GBytes *message = g_ptr_array_index (sent, i);

      g_assert_cmpuint (count_equal (b.received, message), ==, count_equal (sent, message));
    }
    g_assert_cmpuint (ent_framing_get_waiting (a.framing), ==, 0);
    g_assert_cmpuint (ent_framing_get_under_way (a.framing), ==, 0);
    close_end (&a);
    close_end (&b);
  }
}

/* A caret behind a paste of 20 MiB goes out within one window. */
static void
test_small_overtakes_big (void)
{
  g_autoptr (GBytes) big = new_message (20 * 1024 * 1024, 'b');
  g_autoptr (GBytes) small = new_message (20, 's');
  guint n_moved = 0;
  End a, b;

  open_end (&a);
  open_end (&b);
  ent_framing_queue (a.framing, big);
  for (guint i = 0; i < 3; i++) {
    move_frame (&a, &b);
    move_frame (&b, &a);
  }
  ent_framing_queue (a.framing, small);
  while (b.received->len == 0) {
    if (move_frame (&a, &b))
      n_moved++;
    move_frame (&b, &a);
  }
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (b.received, 0)), ==, 20);
  g_assert_cmpuint (n_moved, <=, ENT_FRAMING_WINDOW / ENT_FRAMING_MAX_PAYLOAD + 1);
  while (move_frame (&a, &b) || move_frame (&b, &a))
    ;
  g_assert_cmpuint (b.received->len, ==, 2);
  close_end (&a);
  close_end (&b);
}

/* Waiting messages have turns, the newest first. */
static void
test_newest_first (void)
{
  g_autoptr (GBytes) filling = new_message (ENT_FRAMING_WINDOW, 'f');
  End a, b;

  open_end (&a);
  open_end (&b);
  ent_framing_queue (a.framing, filling);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) message = new_message (10, '1' + i);

    ent_framing_queue (a.framing, message);
  }
  while (move_frame (&a, &b) || move_frame (&b, &a))
    ;
  g_assert_cmpuint (b.received->len, ==, 4);
  for (guint i = 1; i < 4; i++) {
    const char *data = g_bytes_get_data (g_ptr_array_index (b.received, i), NULL);

    g_assert_cmpint (data[0], ==, '1' + (3 - (int) i));
  }
  close_end (&a);
  close_end (&b);
}

/* Nothing that has begun is torn: only whole messages are forgotten. */
static void
test_drop_waiting (void)
{
  g_autoptr (GBytes) begun = new_message (10 * ENT_FRAMING_WINDOW, 'b');
  g_autoptr (GBytes) waiting = new_message (100, 'w');
  End a, b;

  open_end (&a);
  open_end (&b);
  ent_framing_queue (a.framing, begun);
  ent_framing_queue (a.framing, waiting);
  ent_framing_drop_waiting (a.framing);
  while (move_frame (&a, &b) || move_frame (&b, &a))
    ;
  g_assert_cmpuint (b.received->len, ==, 1);
  g_assert_true (g_bytes_equal (g_ptr_array_index (b.received, 0), begun));
  close_end (&a);
  close_end (&b);
}

static void
test_hostile_frames_are_refused (void)
{
  static const struct {
    const char *bytes;
    gsize size;
  } cases[] = {
    { "", 0 },
    { "\x02", 1 },
    { "\x00", 1 },
    { "\x00\0\0\0\1\0\0\0\0\1", 10 }, /* no payload */
    { "\x00\0\0\0\1\0\0\0\1\1x", 11 }, /* begins with index 1 */
    { "\x00\0\0\0\1\0\0\0\0\2x", 11 }, /* last is no flag */
    { "\x01\0\0\0\0\0\0\0\1", 9 }, /* counts what was not sent */
    { "\x01\0\0\0\0\0\0\0", 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) frame = g_bytes_new (cases[i].bytes, cases[i].size);
    g_autoptr (GError) error = NULL;
    End a;

    open_end (&a);
    g_assert_false (ent_framing_take (a.framing, frame, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    close_end (&a);
  }
}

/* A sender that never ends a message cannot fill our memory. */
static void
test_endless_message_is_refused (void)
{
  gboolean is_refused = FALSE;
  End a;

  open_end (&a);
  for (guint i = 0; i <= ENT_FRAMING_MAX_MESSAGE / ENT_FRAMING_MAX_PAYLOAD && !is_refused; i++) {
    guint8 *data = g_malloc0 (10 + ENT_FRAMING_MAX_PAYLOAD);
    guint32 index = GUINT32_TO_BE (i);
    g_autoptr (GBytes) frame = NULL;

    data[4] = 1;
    memcpy (data + 5, &index, sizeof index);
    frame = g_bytes_new_take (data, 10 + ENT_FRAMING_MAX_PAYLOAD);
    is_refused = !ent_framing_take (a.framing, frame, NULL);
  }
  g_assert_true (is_refused);
  close_end (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framing/everything-arrives", test_everything_arrives);
  g_test_add_func ("/framing/small-overtakes-big", test_small_overtakes_big);
  g_test_add_func ("/framing/newest-first", test_newest_first);
  g_test_add_func ("/framing/drop-waiting", test_drop_waiting);
  g_test_add_func ("/framing/hostile-frames-are-refused", test_hostile_frames_are_refused);
  g_test_add_func ("/framing/endless-message-is-refused", test_endless_message_is_refused);
  return g_test_run ();
}
