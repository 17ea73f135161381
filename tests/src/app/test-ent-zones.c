#include "app/ent-zones.h"

#include <glib/gstdio.h>

static void
test_list (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "entrevue-zones-XXXXXX", NULL);
  int file = g_mkstemp (path);
  g_auto (GStrv) zones = NULL;
  g_auto (GStrv) none = NULL;
  g_autofree char *joined = NULL;

  g_assert_cmpint (file, >=, 0);
  g_close (file, NULL);
  g_assert_true (g_file_set_contents (path,
    "# comment\tX\tNo/Zone\nDE\t+5230+01322\tEurope/Berlin\tmost of it\nbroken\n"
    "AR\t-3436-05827\tAmerica/Argentina/Buenos_Aires\n",
    -1, NULL));
  zones = ent_zones_list (path);
  joined = g_strjoinv (" ", zones);
  g_assert_cmpstr (joined, ==, "America/Argentina/Buenos_Aires Europe/Berlin UTC");
  g_assert_cmpint (g_remove (path), ==, 0);

  /* A device without the file still has its own zone. */
  none = ent_zones_list (path);
  g_assert_cmpstr (none[0], ==, "UTC");
  g_assert_null (none[1]);
}

static void
test_title (void)
{
  static const struct {
    const char *zone, *title;
  } rows[] = {
    { "Europe/Berlin", "Berlin (Europe)" },
    { "America/Argentina/Buenos_Aires", "Buenos Aires (America/Argentina)" },
    { "UTC", "UTC" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *title = ent_zones_new_title (rows[i].zone);

    g_assert_cmpstr (title, ==, rows[i].title);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zones/of-a-file", test_list);
  g_test_add_func ("/zones/titles", test_title);
  return g_test_run ();
}
