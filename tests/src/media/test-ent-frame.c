#include "media/ent-frame-private.h"

#include <string.h>

static GstSample *
make_sample (const char *format, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, format,
    "width", G_TYPE_INT, 4, "height", G_TYPE_INT, 2, "framerate", GST_TYPE_FRACTION, 30, 1, NULL);

  return gst_sample_new (buffer, caps, NULL, NULL);
}

static void
test_same_memory (void)
{
  guint8 *pixels = g_malloc0 (3 * 4 * 2);
  GstBuffer *buffer = gst_buffer_new_wrapped (pixels, 3 * 4 * 2);
  GstSample *sample = make_sample ("RGB", buffer);
  EntFrame *frame = ent_frame_new_from_sample (sample);

  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->width, ==, 4);
  g_assert_cmpuint (frame->height, ==, 2);
  g_assert_cmpuint (frame->stride, ==, 12);
  g_assert_true (g_bytes_get_data (frame->pixels, NULL) == pixels);
  gst_sample_unref (sample);
  gst_buffer_unref (buffer);
  /* The frame alone keeps the memory now. */
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (frame->pixels, NULL))[23], ==, 0);
  ent_frame_unref (ent_frame_ref (frame));
  ent_frame_unref (frame);
}

static void
test_refused (void)
{
  g_autoptr (GstBuffer) whole = gst_buffer_new_allocate (NULL, 4 * 4 * 2, NULL);
  g_autoptr (GstBuffer) part = gst_buffer_new_allocate (NULL, 8, NULL);
  g_autoptr (GstSample) other_format = make_sample ("I420", whole);
  g_autoptr (GstSample) too_short = make_sample ("RGB", part);
  g_autoptr (GstSample) empty = gst_sample_new (NULL, NULL, NULL, NULL);

  g_assert_null (ent_frame_new_from_sample (other_format));
  g_assert_null (ent_frame_new_from_sample (too_short));
  g_assert_null (ent_frame_new_from_sample (empty));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/frame/same-memory", test_same_memory);
  g_test_add_func ("/frame/refused", test_refused);
  return g_test_run ();
}
