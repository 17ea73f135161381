#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Follows the frame heads of a peer in the raw stream, only to learn whether it stands between two
 * messages, and in how many pieces a message comes. What else is wrong in it is wslay's to judge.
 * Pure; starts as all zeros. */
typedef struct {
  guint8 head[14];
  guint8 head_size;
  guint64 payload_left;
  gboolean is_in_fragments;
  guint64 n_fragments, message_bytes; /* of the message that came last or is coming */
} CoordFrameTracker;

void coord_frame_tracker_follow (CoordFrameTracker *tracker, const guint8 *bytes, gsize size);

gboolean coord_frame_tracker_is_between_messages (const CoordFrameTracker *tracker);

/* Whether the message comes in crumbs: over 256 fragments, and less than 256 bytes in each. wslay
 * keeps some hundred bytes for a fragment, so that a message well below its limit, sent byte by
 * byte, would take a hundred times its size. */
gboolean coord_frame_tracker_sees_crumbs (const CoordFrameTracker *tracker);

G_END_DECLS
