#include <stdint.h>
#include <string.h>

#include "net/coord-frame-tracker.h"
#include "net/coord-head.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The head of a request at the door, and the frames of a socket in pieces: how they are cut makes
 * no difference. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CoordFrameTracker whole = { 0 }, parts = { 0 };
  gsize step = size > 0 ? 1 + data[0] % 7 : 1;
  const guint8 *line = size > 0 ? memchr (data, '\n', size) : NULL;

  if (coord_head_is_sound ((const char *) data, size))
    g_assert_null (memchr (data, 0, line != NULL ? (gsize) (line - data) : size));
  coord_frame_tracker_follow (&whole, data, size);
  for (gsize at = 0; at < size; at += step)
    coord_frame_tracker_follow (&parts, data + at, MIN (step, size - at));
  g_assert_cmpint (coord_frame_tracker_is_between_messages (&whole), ==,
    coord_frame_tracker_is_between_messages (&parts));
  return 0;
}
