#include <errno.h>

#include "box-error.h"
#include "box-mask.h"
#include "test-box-namespaces.h"

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

/* In namespaces of its own: what is hidden in one mount namespace is seen in the other as before.
 */
static void
test_put_on_child (void)
{
  const char *empty[] = { NULL };
  g_auto (BoxMask) mask = { 0 };
  g_autoptr (GError) error = NULL;
  int box, own, fd;

  if (!test_box_enter_namespaces ())
    return;
  box = open ("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (unshare (CLONE_NEWNS), ==, 0);
  own = open ("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  box_mask_init (&mask);
  g_assert_true (g_strv_contains ((const char *const *) mask.files, "/proc/interrupts") &&
                 !g_strv_contains ((const char *const *) mask.files, "/proc/self"));

  g_assert_true (box_mask_put_on (&mask, box, &error));
  g_assert_no_error (error);
  fd = open ("/proc/interrupts", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_cmpint (setns (box, CLONE_NEWNS), ==, 0);
  for (char **file = mask.files; *file != NULL; file++) {
    g_assert_cmpint (open (*file, O_RDONLY | O_CLOEXEC), <, 0);
    g_assert_cmpint (open (*file, O_WRONLY | O_CLOEXEC), <, 0);
  }
  for (char **folder = mask.folders; *folder != NULL; folder++) {
    g_autofree char *path = g_build_filename (*folder, "x", NULL);

    g_assert_true (is_empty (*folder));
    g_assert_cmpint (open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), <, 0);
    g_assert_cmpint (errno, ==, EROFS);
  }
  g_assert_cmpint (setns (own, CLONE_NEWNS), ==, 0);
  g_assert_true (box_mask_put_on (&(BoxMask){ (char **) empty, (char **) empty }, box, &error));
  close (box);
  close (own);
}

/* A step that fails is told, and so is a descriptor of something else. */
static void
test_failures_child (void)
{
  const char *none[] = { "/proc/no-such-file", NULL }, *empty[] = { NULL };
  g_autoptr (GError) error = NULL;
  int box;

  if (!test_box_enter_namespaces ())
    return;
  box = open ("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  g_assert_false (box_mask_put_on (&(BoxMask){ (char **) none, (char **) empty }, box, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INTERNAL);
  g_clear_error (&error);
  g_assert_false (box_mask_put_on (&(BoxMask){ (char **) empty, (char **) none }, box, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INTERNAL);
  g_clear_error (&error);
  close (box);
  box = open ("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  g_assert_false (box_mask_put_on (&(BoxMask){ (char **) empty, (char **) empty }, box, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INTERNAL);
  close (box);
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
  g_test_add_func ("/box-mask/subprocess/put-on", test_put_on_child);
  g_test_add_func ("/box-mask/subprocess/failures", test_failures_child);
  g_test_add_data_func ("/box-mask/put-on", "/box-mask/subprocess/put-on", test_in_child);
  g_test_add_data_func ("/box-mask/failures", "/box-mask/subprocess/failures", test_in_child);
  return g_test_run ();
}
