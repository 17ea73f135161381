#include "media/ent-vp8.h"

static const struct {
  guint8 head[ENT_VP8_HEAD_BYTES];
  gsize size;
  gboolean is_key;
  gboolean has_size;
  guint width;
  guint height;
} heads[] = {
  { { 0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01 }, 10, TRUE, TRUE, 640, 360 },
  /* The upper two bits are a scale and no size. */
  { { 0x10, 2, 0, 0x9d, 0x01, 0x2a, 0xff, 0xff, 0xff, 0xff }, 10, TRUE, TRUE, 16383, 16383 },
  { { 0x11, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01 }, 10, FALSE, FALSE, 0, 0 },
  { { 0x10, 2, 0, 0x9d, 0x01, 0x2b, 0x80, 0x02, 0x68, 0x01 }, 10, TRUE, FALSE, 0, 0 },
  { { 0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01 }, 9, TRUE, FALSE, 0, 0 },
  { { 0 }, 0, FALSE, FALSE, 0, 0 },
};

static void
test_heads (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++) {
    guint width = 0;
    guint height = 0;

    g_assert_cmpint (ent_vp8_is_key_frame (heads[i].head, heads[i].size), ==, heads[i].is_key);
    g_assert_cmpint (
      ent_vp8_get_size (heads[i].head, heads[i].size, &width, &height), ==, heads[i].has_size);
    g_assert_cmpuint (width, ==, heads[i].width);
    g_assert_cmpuint (height, ==, heads[i].height);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vp8/heads", test_heads);
  return g_test_run ();
}
