#include "service/coord-seal.h"

#include <string.h>

#include "service/coord-password.h"
#include "service/coord-picture-check.h"

/* Opens with the same keys, purpose and owner, and unchanged; else not at all. */
static void
test_seal (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  g_autoptr (CoordSecrets) others = coord_secrets_new ();
  g_autoptr (GBytes) sealed = coord_seal_close (secrets, "purpose", "owner", "secret", 6);
  g_autoptr (GBytes) again = coord_seal_close (secrets, "purpose", "owner", "secret", 6);
  g_autoptr (GBytes) opened = coord_seal_open (secrets, "purpose", "owner", sealed);
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), "secret", 6);
  g_assert_false (g_bytes_equal (sealed, again));
  g_assert_null (coord_seal_open (others, "purpose", "owner", sealed));
  g_assert_null (coord_seal_open (secrets, "other", "owner", sealed));
  g_assert_null (coord_seal_open (secrets, "purpose", "other", sealed));
  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *copy = g_memdup2 (data, size);
    g_autoptr (GBytes) changed = NULL;
    g_autoptr (GBytes) shorter = g_bytes_new (data, i);

    copy[i] ^= 1;
    changed = g_bytes_new (copy, size);
    g_assert_null (coord_seal_open (secrets, "purpose", "owner", changed));
    g_assert_null (coord_seal_open (secrets, "purpose", "owner", shorter));
  }
}

static void
test_hashes (void)
{
  const char *good[] = { "$2b$04$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2dhzK",
    "$2y$14$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2dhzK",
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA" };
  const char *bad[] = { "", "plain", "$1$abc$def",
    "$2b$15$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2dhzK",
    "$2b$03$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2dhzK",
    "$2b$04$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2dhz",
    "$2x$04$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2dhzK",
    "$2b$04$abcdefghijklmnopqrstuuJ2QPe0SXnAxfH0mFUUrPm4xR1A2d zK",
    "$argon2id$v=19$m=4194304,t=99,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (coord_password_is_hash (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (coord_password_is_hash (bad[i]));
}

/* A small JPEG, told by its segments; each cut and each change of a length is refused or seen. */
static void
test_jpeg (void)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 4, 'J', 'F', 0xff, 0xdb, 0, 4, 1, 2,
    0xff, 0xc0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0, 0xff, 0xc4, 0, 3, 0, 0xff, 0xda, 0, 3, 1, 7,
    0xff, 0, 9, 0xff, 0xd0, 8, 0xff, 0xd9 };
  g_autoptr (GBytes) whole = g_bytes_new_static (jpeg, sizeof jpeg);
  guint8 wide[sizeof jpeg];
  g_autoptr (GBytes) too_wide = NULL;

  g_assert_cmpstr (coord_picture_check (whole, NULL), ==, "image/jpeg");
  for (gsize i = 0; i < sizeof jpeg; i++) {
    g_autoptr (GBytes) cut = g_bytes_new (jpeg, i);

    g_assert_null (coord_picture_check (cut, NULL));
  }
  memcpy (wide, jpeg, sizeof jpeg);
  wide[21] = 3;
  too_wide = g_bytes_new (wide, sizeof wide);
  g_assert_null (coord_picture_check (too_wide, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seal/seal", test_seal);
  g_test_add_func ("/seal/hashes", test_hashes);
  g_test_add_func ("/seal/jpeg", test_jpeg);
  return g_test_run ();
}
