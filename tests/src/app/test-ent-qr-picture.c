#include "app/ent-qr-picture.h"

/* What tells a camera where the code is: a ring around a square, at three corners. */
static void
check_finder (EntQrPicture *picture, guint left, guint top)
{
  for (guint y = 0; y < 7; y++)
    for (guint x = 0; x < 7; x++) {
      guint ring = MIN (MIN (x, y), MIN (6 - x, 6 - y));

      g_assert_cmpint (ent_qr_picture_is_black (picture, left + x, top + y), ==, ring != 1);
    }
}

static void
test_code (void)
{
  g_autoptr (EntQrPicture) picture =
    ent_qr_picture_new ("otpauth://totp/Entrevue:ada@example.org?secret=ABCDEFGH&issuer=Entrevue");
  guint size = ent_qr_picture_get_size (picture);

  g_assert_cmpuint (size % 4, ==, 1);
  check_finder (picture, 0, 0);
  check_finder (picture, size - 7, 0);
  check_finder (picture, 0, size - 7);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (picture)), ==, (size + 8) * 4);
  g_assert_cmpfloat (gdk_paintable_get_intrinsic_aspect_ratio (GDK_PAINTABLE (picture)), ==, 1.0);
}

static void
test_too_long (void)
{
  g_autofree char *text = g_strnfill (4000, 'a');

  g_assert_null (ent_qr_picture_new (text));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qr-picture/is-a-code", test_code);
  g_test_add_func ("/qr-picture/too-long", test_too_long);
  return g_test_run ();
}
