#include "media/ent-frame.h"
#include "media/ent-frame-private.h"

typedef struct {
  EntFrame frame; /* first: public part */
  gatomicrefcount refs;
} Frame;

typedef struct {
  GstVideoFrame video; /* mapped */
} Mapping;

G_DEFINE_BOXED_TYPE (EntFrame, ent_frame, ent_frame_ref, ent_frame_unref)

static void
free_mapping (gpointer data)
{
  Mapping *mapping = data;

  gst_video_frame_unmap (&mapping->video);
  g_free (mapping);
}

void
ent_frame_set_max_width (GstElement *shape, guint width)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB",
    "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);

  if (width == 1)
    gst_caps_set_simple (caps, "width", G_TYPE_INT, 1, NULL);
  else if (width > 0)
    gst_caps_set_simple (caps, "width", GST_TYPE_INT_RANGE, 1, (int) MIN (width, G_MAXINT), NULL);
  g_object_set (shape, "caps", caps, NULL);
}

EntFrame *
ent_frame_new_from_sample (GstSample *sample)
{
  GstCaps *caps = gst_sample_get_caps (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstVideoInfo info;
  Mapping *mapping;
  Frame *frame;

  if (caps == NULL || buffer == NULL || !gst_video_info_from_caps (&info, caps))
    return NULL;
  if (GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_FORMAT_RGB)
    return NULL;
  mapping = g_new0 (Mapping, 1);
  if (!gst_video_frame_map (&mapping->video, &info, buffer, GST_MAP_READ)) {
    g_free (mapping);
    return NULL;
  }
  frame = g_new0 (Frame, 1);
  g_atomic_ref_count_init (&frame->refs);
  frame->frame.width = GST_VIDEO_FRAME_WIDTH (&mapping->video);
  frame->frame.height = GST_VIDEO_FRAME_HEIGHT (&mapping->video);
  frame->frame.stride = GST_VIDEO_FRAME_PLANE_STRIDE (&mapping->video, 0);
  frame->frame.pixels = g_bytes_new_with_free_func (GST_VIDEO_FRAME_PLANE_DATA (&mapping->video, 0),
    frame->frame.stride * frame->frame.height, free_mapping, mapping);
  return &frame->frame;
}

EntFrame *
ent_frame_ref (EntFrame *frame)
{
  g_atomic_ref_count_inc (&((Frame *) frame)->refs);
  return frame;
}

void
ent_frame_unref (EntFrame *frame)
{
  if (!g_atomic_ref_count_dec (&((Frame *) frame)->refs))
    return;
  g_bytes_unref (frame->pixels);
  g_free (frame);
}
