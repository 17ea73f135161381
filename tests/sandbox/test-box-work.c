#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box-error.h"
#include "box-work.h"
#include "test-box-namespaces.h"

static char *base;

static char *
path_in (BoxWork *work, const char *name)
{
  return g_build_filename (box_work_get_folder (work), "work", name, NULL);
}

static void
put (BoxWork *work, const char *name, const char *text)
{
  g_autofree char *path = path_in (work, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
assert_collects (BoxWork *work, const char *name, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = box_work_collect (work, name, 1000, &error);

  if (wanted == NULL) {
    g_assert_null (bytes);
    g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpmem (
    g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), wanted, strlen (wanted));
}

static void
test_files (void)
{
  g_autoptr (BoxJob) job = box_job_new ("a/b/c.txt", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("text", 4);
  g_autoptr (BoxWork) work = box_work_new (base, "files", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (work);
  g_assert_true (box_job_add_file (job, "a/b/c.txt", bytes, NULL));
  g_assert_true (box_job_add_file (job, "d.txt", bytes, NULL));
  g_assert_true (box_work_set_size (work, 8 << 20, NULL));
  g_assert_true (box_work_add_files (work, box_job_get_files (job), NULL));
  assert_collects (work, "a/b/c.txt", "text");
  assert_collects (work, "d.txt", "text");
  assert_collects (work, "a/b", NULL);
  assert_collects (work, "none", NULL);
  g_assert_false (box_work_add_files (work, box_job_get_files (job), &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
}

static void
test_size (void)
{
  g_autoptr (BoxWork) work = box_work_new (base, "size", NULL);
  g_autoptr (BoxJob) job = box_job_new ("large", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (2 << 20), 2 << 20);
  g_autoptr (GError) error = NULL;

  g_assert_true (box_job_add_file (job, "large", bytes, NULL));
  g_assert_true (box_work_set_size (work, 1 << 20, NULL));
  g_assert_false (box_work_add_files (work, box_job_get_files (job), &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
}

/* What a program planted is not followed, and what is not plain is not taken. */
static void
test_planted (void)
{
  g_autoptr (BoxWork) work = box_work_new (base, "planted", NULL);
  g_autofree char *link = path_in (work, "link");
  g_autofree char *root = path_in (work, "root");
  g_autofree char *pipe = path_in (work, "pipe");
  g_autofree char *plain = path_in (work, "plain");
  g_autofree char *second = path_in (work, "second");
  g_autofree char *large = g_strnfill (2000, 'x');

  put (work, "plain", "text");
  assert_collects (work, "plain", "text");
  put (work, "large", large);
  g_assert_cmpint (symlink ("plain", link), ==, 0);
  g_assert_cmpint (symlink ("/", root), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (linkat (AT_FDCWD, plain, AT_FDCWD, second, 0), ==, 0);
  assert_collects (work, "plain", NULL);
  assert_collects (work, "second", NULL);
  assert_collects (work, "link", NULL);
  assert_collects (work, "root/etc/passwd", NULL);
  assert_collects (work, "pipe", NULL);
  assert_collects (work, "large", NULL);
  assert_collects (work, "../../../etc/passwd", NULL);
}

static void
make_build (BoxWork *work)
{
  g_assert_true (box_work_set_size (work, 8 << 20, NULL));
  g_assert_true (box_work_add_folder (work, ".build", NULL));
  put (work, ".build/program", "binary");
}

/* Out of one box into a folder, and from there into another box. */
static gboolean
copy_build (BoxWork *from, BoxWork *to, guint64 max_bytes, GError **error)
{
  g_autofree char *folder = g_build_filename (base, "between", NULL);
  guint64 size = 0;
  gboolean good = FALSE;
  int fd;

  g_assert_cmpint (mount ("tmpfs", base, "tmpfs", 0, NULL), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (box_work_take_folder (from, ".build", fd, max_bytes, &size, error)) {
    g_assert_cmpuint (size, >, 0);
    good = box_work_give_folder (to, ".build", fd, max_bytes, error);
  }
  close (fd);
  g_assert_cmpint (umount2 (base, MNT_DETACH), ==, 0);
  return good;
}

static void
test_copy (void)
{
  g_autoptr (BoxWork) from = box_work_new (base, "copy-from", NULL);
  g_autoptr (BoxWork) to = box_work_new (base, "copy-to", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *program = path_in (from, ".build/program");
  g_autofree char *copy = path_in (to, ".build/program");

  make_build (from);
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  g_assert_true (box_work_add_folder (from, ".build/deep", NULL));
  put (from, ".build/deep/A.class", "class");
  g_assert_true (copy_build (from, to, 1 << 20, &error));
  g_assert_no_error (error);
  assert_collects (to, ".build/program", "binary");
  assert_collects (to, ".build/deep/A.class", "class");
  g_assert_cmpint (access (copy, X_OK), ==, 0);
}

static void
assert_copy_refused (BoxWork *from, guint64 max_bytes)
{
  g_autoptr (BoxWork) to = box_work_new (base, "refused-to", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (box_work_set_size (to, 8 << 20, NULL));
  g_assert_false (copy_build (from, to, max_bytes, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
}

static void
test_copy_refused (void)
{
  g_autoptr (BoxWork) from = box_work_new (base, "refused-from", NULL);
  g_autofree char *planted = path_in (from, ".build/planted");
  g_autofree char *program = path_in (from, ".build/program");
  g_autofree char *build = path_in (from, ".build");

  make_build (from);
  assert_copy_refused (from, 3);
  g_assert_cmpint (symlink ("/etc/passwd", planted), ==, 0);
  assert_copy_refused (from, 1 << 20);
  g_unlink (planted);
  g_assert_cmpint (mkfifo (planted, 0600), ==, 0);
  assert_copy_refused (from, 1 << 20);
  g_unlink (planted);
  g_assert_cmpint (link (program, planted), ==, 0);
  assert_copy_refused (from, 1 << 20);
  g_unlink (planted);
  g_unlink (program);
  g_rmdir (build);
  g_assert_cmpint (symlink ("/etc", build), ==, 0);
  assert_copy_refused (from, 1 << 20);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  if (!test_box_enter_namespaces ()) {
    g_print ("1..0 # SKIP this host has no user namespaces for ordinary users\n");
    return 0;
  }
  base = g_dir_make_tmp ("box-work-XXXXXX", NULL);
  g_test_add_func ("/box-work/files", test_files);
  g_test_add_func ("/box-work/size", test_size);
  g_test_add_func ("/box-work/planted", test_planted);
  g_test_add_func ("/box-work/copy", test_copy);
  g_test_add_func ("/box-work/copy-refused", test_copy_refused);
  result = g_test_run ();
  g_assert_cmpint (g_rmdir (base), ==, 0);
  g_free (base);
  return result;
}
