#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "box-builder.h"
#include "box-error.h"
#include "test-box-namespaces.h"

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
  g_assert_cmpint (find (command, "--ro-bind", "/media/usr", "/usr"), >, 0);
  g_assert_cmpint (find (command, "--ro-bind", "/media/etc", "/etc"), >, 0);
  g_assert_cmpint (find (command, "--ro-bind", "/etc/alternatives", NULL), ==, -1);
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
  g_assert_cmpint (find (command, "--ro-bind", "/media/usr", "/usr"), >, 0);
  g_assert_cmpint (find (command, "--symlink", "usr/bin", "/bin"), >, 0);
  g_assert_cmpint (find (command, "--ro-bind", "/usr", NULL), ==, -1);
  g_assert_cmpint (find (command, "--ro-bind", "/etc/alternatives", NULL), ==, -1);
  g_unlink (bin);
  g_rmdir (usr);
  g_rmdir (image);
}

/* What /proc tells about the host is not bubblewrap's to hide (box-mask). */
static void
test_proc (void)
{
  BoxView view = { "/usr/bin/bwrap", "/media", NULL, NULL, NULL };
  g_auto (GStrv) command = box_builder_build (&view, "/media/box-1");
  int proc = find (command, "--proc", "/proc", NULL);

  g_assert_cmpint (proc, >, 0);
  g_assert_cmpint (proc, <, find (command, "--ro-bind", "/media/usr", NULL));
}

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_nonnull (dir);
  return g_dir_read_name (dir) == NULL;
}

static void
assert_text (const char *folder, const char *name, const char *wanted)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
}

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *above = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (above, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* A place that is gone with this process; NULL where there can be none. */
static char *
make_base (void)
{
  if (!test_box_enter_namespaces () || mount ("tmpfs", g_get_tmp_dir (), "tmpfs", 0, NULL) != 0)
    return NULL;
  return g_dir_make_tmp ("box-builder-XXXXXX", NULL);
}

/* The child, in namespaces of its own: an image's folders and files come to their places in the
 * base, a link stays out, and twice is no harm. */
static void
test_lay_out_child (void)
{
  g_autofree char *base = make_base ();
  g_autofree char *image = g_strconcat (base, "/image", NULL);
  g_autofree char *link = g_strconcat (image, "/etc/link", NULL);
  char *paths[] = { (char *) "/etc/tool/conf.d", (char *) "/etc/link", (char *) "/etc/none",
    (char *) "/opt/tool", NULL };
  BoxView view = { "/usr/bin/bwrap", base, NULL, image, paths };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) command = NULL;
  g_autofree char *opt = g_strconcat (image, "/opt/tool", NULL);

  if (base == NULL)
    return;
  put (image, "usr/bin/tool", "a tool");
  put (image, "usr/local/own", "the image's own");
  put (image, "etc/tool/conf.d/one", "one");
  put (image, "etc/ld.so.cache", "cache");
  put (image, "opt/tool/x", "x");
  g_assert_cmpint (symlink ("/etc/shadow", link), ==, 0);
  for (int i = 0; i < 2; i++) {
    g_assert_true (box_builder_lay_out (&view, &error));
    g_assert_no_error (error);
  }
  assert_text (base, "usr/bin/tool", "a tool");
  assert_text (base, "usr/local/own", "the image's own");
  assert_text (base, "etc/tool/conf.d/one", "one");
  assert_text (base, "etc/ld.so.cache", "cache");
  g_free (g_steal_pointer (&link));
  link = g_build_filename (base, "etc", "link", NULL);
  g_assert_false (g_file_test (link, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK));
  command = box_builder_build (&view, "/media/box-1");
  g_assert_cmpint (find (command, "--ro-bind", opt, "/opt/tool"), >, 0);
}

/* The host's own tree: what is the operator's is covered by nothing, for good. */
static void
test_lay_out_host_child (void)
{
  g_autofree char *base = make_base ();
  g_autofree char *local = g_strconcat (base, "/usr/local", NULL);
  g_autofree char *bin = g_strconcat (base, "/usr/bin", NULL);
  BoxView view = { "/usr/bin/bwrap", base, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  struct statvfs st;

  if (base == NULL)
    return;
  g_assert_true (box_builder_lay_out (&view, &error));
  g_assert_no_error (error);
  g_assert_false (is_empty (bin));
  if (g_file_test ("/usr/local", G_FILE_TEST_IS_DIR)) {
    g_assert_true (is_empty (local));
    g_assert_cmpint (statvfs (local, &st), ==, 0);
    g_assert_true (st.f_flag & ST_RDONLY);
  }
  view.image = "/no/such/image";
  g_assert_false (box_builder_lay_out (&view, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_HOST);
}

static void
test_in_child (gconstpointer path)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-builder/walls", test_walls);
  g_test_add_func ("/box-builder/view", test_view);
  g_test_add_func ("/box-builder/image", test_image);
  g_test_add_func ("/box-builder/proc", test_proc);
  g_test_add_func ("/box-builder/lay-out/subprocess/image", test_lay_out_child);
  g_test_add_func ("/box-builder/lay-out/subprocess/host", test_lay_out_host_child);
  g_test_add_data_func (
    "/box-builder/lay-out-image", "/box-builder/lay-out/subprocess/image", test_in_child);
  g_test_add_data_func (
    "/box-builder/lay-out-host", "/box-builder/lay-out/subprocess/host", test_in_child);
  return g_test_run ();
}
