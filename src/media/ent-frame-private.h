#pragma once

#include <gst/video/video.h>

#include "media/ent-frame.h"

G_BEGIN_DECLS

/* What makes raw video to samples for ent_frame_new_from_sample(), no wider than is shown: between
 * the two lies what happens to the picture as it is shown ("" or elements with " ! " after them).
 * Scaling first, since everything after it then costs less; GTK would scale each picture anew,
 * with the processor where there is no other. GTK has a quick way with this format and with few
 * others. */
#define ENT_FRAME_MAKER(changes) \
  "videoscale ! " changes "videoconvert " \
  "! capsfilter name=shape caps=video/x-raw,format=RGB,pixel-aspect-ratio=1/1 "

/* Sets how wide the pictures of such a "shape" become, any thread; narrower ones stay as they are.
 * 0: all stay as they are. */
void ent_frame_set_max_width (GstElement *shape, guint width);

/* The picture of a sample in format RGB without copying; NULL for anything else. Any thread. */
EntFrame *ent_frame_new_from_sample (GstSample *sample);

G_END_DECLS
