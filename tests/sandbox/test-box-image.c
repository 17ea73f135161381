#include <glib/gstdio.h>
#include <string.h>

#include "box-error.h"
#include "box-image.h"

static char *folder;

static BoxImage *
load (const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "x.image", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return box_image_load (path, error);
}

static void
test_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxImage) image =
    load ("[image]\nid=x\nname=X\nsuite=bookworm\npackages=a=1:3.*;g++=4~1\n", &error);
  g_auto (GStrv) command = NULL;

  g_assert_no_error (error);
  command = box_image_build_command (image, "/there");
  g_assert_cmpstr (command[0], ==, "mmdebstrap");
  g_assert_true (g_strv_contains ((const char *const *) command, "--include=a=1:3.*,g++=4~1"));
  g_assert_cmpstr (command[g_strv_length (command) - 2], ==, "bookworm");
  g_assert_cmpstr (command[g_strv_length (command) - 1], ==, "/there");
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    "[image]\nid=x\nname=X\nsuite=bookworm\n",
    "[image]\nid=../x\nname=X\nsuite=bookworm\npackages=a\n",
    "[image]\nid=x\nname=X\nsuite=--hook\npackages=a\n",
    "[image]\nid=x\nname=X\nsuite=bookworm\npackages=a b\n",
    "[image]\nid=x\nname=X\nsuite=bookworm\npackages=--x\n",
    "[image]\nid=x\nname=X\nsuite=bookworm\npackages=a\nhook=x\n",
    "[image]\nid=x\nname=X\nsuite=bookworm\npackages=a\n[other]\nx=1\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (load (texts[i], &error));
    g_assert_nonnull (error);
  }
}

/* All that are shipped can be read, and pin a version for each package. */
static void
test_shipped (void)
{
  const char *folders[] = { IMAGES_FOLDER, NULL };
  g_autoptr (GDir) dir = g_dir_open (IMAGES_FOLDER, 0, NULL);
  g_autoptr (GError) missing = NULL;
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *id = g_strndup (name, strcspn (name, "."));
    g_autoptr (GError) error = NULL;
    g_autoptr (BoxImage) image = NULL;

    if (!g_str_has_suffix (name, ".image"))
      continue;
    image = box_image_find (folders, id, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (image->id, ==, id);
    for (char **package = image->packages; *package != NULL; package++)
      g_assert_nonnull (strchr (*package, '='));
    n++;
  }
  g_assert_cmpuint (n, >=, 7);
  g_assert_null (box_image_find (folders, "../python", &missing));
  g_assert_error (missing, BOX_ERROR, BOX_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("box-image-XXXXXX", NULL);
  g_test_add_func ("/box-image/load", test_load);
  g_test_add_func ("/box-image/refused", test_refused);
  g_test_add_func ("/box-image/shipped", test_shipped);
  result = g_test_run ();
  path = g_build_filename (folder, "x.image", NULL);
  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
  return result;
}
