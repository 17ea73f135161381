#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "box-builder.h"

static int
find (char **command, const char *a, const char *b, const char *c)
{
  for (int i = 0; command[i] != NULL; i++)
    if (g_str_equal (command[i], a) && (b == NULL || g_strcmp0 (command[i + 1], b) == 0) &&
        (c == NULL || g_strcmp0 (command[i + 2], c) == 0))
      return i;
  return -1;
}

static void
test_walls (void)
{
  static const char *const wanted[] = { "--unshare-all", "--unshare-user", "--disable-userns",
    "--new-session", "--die-with-parent", "--clearenv", "--as-pid-1" };
  BoxView view = { "/usr/bin/bwrap", "/media", NULL, NULL, NULL };
  g_auto (GStrv) command = box_builder_build (&view, "/media/box-1");
  guint n = g_strv_length (command);

  g_assert_cmpstr (command[0], ==, "/usr/bin/bwrap");
  g_assert_cmpstr (command[n - 1], ==, "/box-init");
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpint (find (command, wanted[i], NULL, NULL), >, 0);
  g_assert_cmpint (find (command, "--uid", "1000", NULL), >, 0);
  g_assert_cmpint (find (command, "--gid", "1000", NULL), >, 0);
  g_assert_cmpint (find (command, "--cap-drop", "ALL", NULL), >, 0);
  g_assert_cmpint (find (command, "--seccomp", "4", NULL), >, 0);
  g_assert_cmpint (find (command, "--remount-ro", "/", NULL), >, 0);
  g_assert_cmpint (find (command, "--share-net", NULL, NULL), ==, -1);
}

/* Only the three work folders can be written to, and nothing private of the host is shown. */
static void
test_view (void)
{
  char *paths[] = { (char *) "/etc/alternatives", (char *) "/etc/not-there-at-all", NULL };
  BoxView view = { "/usr/bin/bwrap", "/media", "/var/cache/x", NULL, paths };
  g_auto (GStrv) command = box_builder_build (&view, "/media/box-1");
  int writable = 0;

  for (int i = 0; command[i] != NULL; i++) {
    if (g_str_equal (command[i], "--bind")) {
      g_assert_true (g_str_has_prefix (command[i + 1], "/media/box-1/"));
      writable++;
    }
    g_assert_cmpstr (command[i], !=, "--dev-bind");
    if (g_str_equal (command[i], "--ro-bind"))
      for (const char *const *hidden = (const char *const[]){ "/", "/etc", "/home", "/root", "/var",
             "/run", "/sys", "/proc", NULL };
           *hidden != NULL; hidden++)
        g_assert_cmpstr (command[i + 1], !=, *hidden);
  }
  g_assert_cmpint (writable, ==, 3);
  g_assert_cmpint (find (command, "--bind", "/media/box-1/work", "/work"), >, 0);
  g_assert_cmpint (find (command, "--tmpfs", "/usr/local", NULL), >, 0);
  g_assert_cmpint (find (command, "--ro-bind", "/etc/not-there-at-all", NULL), ==, -1);
}

/* With an image nothing of the host's own tree is shown. */
static void
test_image (void)
{
  g_autofree char *image = g_dir_make_tmp ("box-builder-XXXXXX", NULL);
  g_autofree char *usr = g_build_filename (image, "usr", NULL);
  g_autofree char *bin = g_build_filename (image, "bin", NULL);
  char *paths[] = { (char *) "/etc/alternatives", NULL };
  BoxView view = { "/usr/bin/bwrap", "/media", NULL, image, paths };
  g_auto (GStrv) command = NULL;

  g_assert_cmpint (g_mkdir (usr, 0755), ==, 0);
  g_assert_cmpint (symlink ("usr/bin", bin), ==, 0);
  command = box_builder_build (&view, "/media/box-1");
  g_assert_cmpint (find (command, "--ro-bind", usr, "/usr"), >, 0);
  g_assert_cmpint (find (command, "--symlink", "usr/bin", "/bin"), >, 0);
  g_assert_cmpint (find (command, "--ro-bind", "/usr", NULL), ==, -1);
  g_assert_cmpint (find (command, "--ro-bind", "/etc/alternatives", NULL), ==, -1);
  g_assert_cmpint (find (command, "--tmpfs", "/usr/local", NULL), ==, -1);
  g_unlink (bin);
  g_rmdir (usr);
  g_rmdir (image);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-builder/walls", test_walls);
  g_test_add_func ("/box-builder/view", test_view);
  g_test_add_func ("/box-builder/image", test_image);
  return g_test_run ();
}
