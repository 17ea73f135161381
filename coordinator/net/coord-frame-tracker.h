#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Follows the frame heads of a peer in the raw stream, only to learn whether it stands between two
 * messages. What is wrong in it is wslay's to judge. Pure; starts as all zeros. */
typedef struct {
  guint8 head[14];
  guint8 head_size;
  guint64 payload_left;
  gboolean is_in_fragments;
} CoordFrameTracker;

void coord_frame_tracker_follow (CoordFrameTracker *tracker, const guint8 *bytes, gsize size);

gboolean coord_frame_tracker_is_between_messages (const CoordFrameTracker *tracker);

G_END_DECLS
