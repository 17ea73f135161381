#include <stdint.h>
#include <string.h>

#include "net/coord-frame-tracker.h"
#include "net/coord-head.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A sound head has nothing in it that another reader could take for something else. */
static void
try_head (const char *data, gsize size)
{
  CoordHead head = { 0 };

  if (coord_head_read (data, size, &head) != COORD_HEAD_SOUND)
    return;
  g_assert_cmpuint (head.size, <=, size);
  g_assert_cmpmem (data + head.size - 4, 4, "\r\n\r\n", 4);
  g_assert_null (memchr (data, 0, head.size));
  g_assert_false (head.is_chunked && head.length > 0);
  for (gsize i = 0; i < head.size; i++)
    g_assert_true ((data[i] == '\r') == (i + 1 < head.size && data[i + 1] == '\n'));
  /* The rest makes no difference to it. */
  g_assert_cmpint (coord_head_read (data, head.size, &head), ==, COORD_HEAD_SOUND);
  g_assert_cmpint (coord_head_read (data, head.size - 1, &head), !=, COORD_HEAD_SOUND);
  coord_head_has_body (&head, data, size);
}

/* The head of a request at the door, and the frames of a socket in pieces: how they are cut makes
 * no difference. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CoordFrameTracker whole = { 0 }, parts = { 0 };
  gsize step = size > 0 ? 1 + data[0] % 7 : 1;

  try_head ((const char *) data, size);
  coord_frame_tracker_follow (&whole, data, size);
  for (gsize at = 0; at < size; at += step)
    coord_frame_tracker_follow (&parts, data + at, MIN (step, size - at));
  g_assert_cmpint (coord_frame_tracker_is_between_messages (&whole), ==,
    coord_frame_tracker_is_between_messages (&parts));
  return 0;
}
