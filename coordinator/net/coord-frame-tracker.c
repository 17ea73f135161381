#include "net/coord-frame-tracker.h"

#define FREE_FRAGMENTS 256
#define FRAGMENT_BYTES 256 /* on the average, of those beyond */

/* The head of a data frame is there. */
static void
count_fragment (CoordFrameTracker *tracker)
{
  if (!tracker->is_in_fragments)
    tracker->n_fragments = tracker->message_bytes = 0;
  tracker->n_fragments++;
  tracker->message_bytes += tracker->payload_left;
  tracker->is_in_fragments = (tracker->head[0] & 0x80) == 0;
}

void
coord_frame_tracker_follow (CoordFrameTracker *tracker, const guint8 *bytes, gsize size)
{
  while (size > 0) {
    guint length, need;

    if (tracker->payload_left > 0) {
      gsize step = MIN (size, tracker->payload_left);

      bytes += step;
      size -= step;
      tracker->payload_left -= step;
      if (tracker->payload_left == 0)
        tracker->head_size = 0;
      continue;
    }
    tracker->head[tracker->head_size++] = *bytes++;
    size--;
    if (tracker->head_size < 2)
      continue;
    length = tracker->head[1] & 0x7f;
    need = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (tracker->head[1] & 0x80 ? 4 : 0);
    if (tracker->head_size < need)
      continue;
    tracker->payload_left = length;
    if (length >= 126)
      tracker->payload_left = 0;
    for (guint i = 0; length >= 126 && i < (length == 126 ? 2u : 8u); i++)
      tracker->payload_left = tracker->payload_left << 8 | tracker->head[2 + i];
    if ((tracker->head[0] & 0x08) == 0)
      count_fragment (tracker);
    if (tracker->payload_left == 0)
      tracker->head_size = 0;
  }
}

gboolean
coord_frame_tracker_is_between_messages (const CoordFrameTracker *tracker)
{
  return tracker->head_size == 0 && tracker->payload_left == 0 && !tracker->is_in_fragments;
}

gboolean
coord_frame_tracker_sees_crumbs (const CoordFrameTracker *tracker)
{
  return tracker->n_fragments > FREE_FRAGMENTS + tracker->message_bytes / FRAGMENT_BYTES;
}
