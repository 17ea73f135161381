#pragma once

#include <gst/video/video.h>

#include "media/ent-frame.h"

G_BEGIN_DECLS

/* The picture of a sample in format BGRA without copying; NULL for anything else. Any thread. */
EntFrame *ent_frame_new_from_sample (GstSample *sample);

G_END_DECLS
