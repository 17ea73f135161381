#include "net/coord-places.h"

static void
enter (CoordPlaces *places, const char *address, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_assert_true (coord_places_has_one_for (places, address));
    coord_places_enter (places, address);
  }
}

/* One address fills three quarters; others still come in, then only those with few, then only
 * those with none, until the house is twice full. */
static void
test_shares (void)
{
  g_autoptr (CoordPlaces) places = coord_places_new (40);

  enter (places, "a", 30);
  g_assert_false (coord_places_has_one_for (places, "a"));
  enter (places, "b", 10);
  g_assert_true (coord_places_has_one_for (places, "c"));
  g_assert_false (coord_places_has_one_for (places, "b"));
  for (guint i = 0; i < 5; i++) {
    g_autofree char *address = g_strdup_printf ("c%u", i);

    enter (places, address, 4);
    if (i < 4)
      g_assert_false (coord_places_has_one_for (places, address));
  }
  for (guint i = 0; i < 20; i++) {
    g_autofree char *address = g_strdup_printf ("d%u", i);

    enter (places, address, 1);
    g_assert_false (coord_places_has_one_for (places, address));
  }
  g_assert_false (coord_places_has_one_for (places, "nobody"));
  coord_places_leave (places, "d0");
  g_assert_true (coord_places_has_one_for (places, "d0"));
}

static void
test_counts (void)
{
  g_autoptr (CoordPlaces) places = coord_places_new (4);

  g_assert_cmpuint (coord_places_count (places, "a"), ==, 0);
  enter (places, "a", 2);
  enter (places, "", 1); /* a unix socket */
  g_assert_cmpuint (coord_places_count (places, "a"), ==, 2);
  coord_places_leave (places, "a");
  coord_places_leave (places, "a");
  g_assert_cmpuint (coord_places_count (places, "a"), ==, 0);
  g_assert_cmpuint (coord_places_count (places, ""), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/places/shares", test_shares);
  g_test_add_func ("/places/counts", test_counts);
  return g_test_run ();
}
