/* Backups of the engine under test: whole, stopped, and where they cannot be written. */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "store/coord-backup.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define TOO_SMALL (64 * 1024) /* for the schema alone */

/* A disk whose directories cannot be synced while this folder is looked at; NULL: a good one. */
static const char *bad_folder;

int
fsync (int fd)
{
  struct stat one, bad;

  if (bad_folder != NULL && fstat (fd, &one) == 0 && stat (bad_folder, &bad) == 0 &&
      one.st_ino == bad.st_ino && one.st_dev == bad.st_dev) {
    errno = EIO;
    return -1;
  }
  return syscall (SYS_fsync, fd);
}

typedef struct {
  CoordTestStore *store;
  char *parent;
  char *folder;
  char *unfinished;
  CoordBackup backup;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->store = coord_test_store_new ();
  coord_test_store_add_room (f->store, 1000, 2000);
  f->parent = g_dir_make_tmp ("coord-backup-XXXXXX", NULL);
  f->folder = g_build_filename (f->parent, "today", NULL);
  f->unfinished = g_build_filename (f->parent, "unfinished", NULL);
  f->backup = (CoordBackup){ f->store->path, f->folder, f->unfinished, NULL };
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_test_remove_folder (f->parent);
  coord_test_store_free (f->store);
  g_free (f->parent);
  g_free (f->folder);
  g_free (f->unfinished);
}

static void
assert_nothing_is_left (Fixture *f)
{
  g_assert_false (g_file_test (f->folder, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (f->unfinished, G_FILE_TEST_EXISTS));
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  CoordCopyWatch watch = { 0 };
  g_autofree char *file = g_build_filename (f->folder, "entrevue.db", NULL);
  g_autofree char *left = g_build_filename (f->unfinished, "entrevue.db", NULL);
  g_autoptr (CoordDb) copy = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status, database;
  CoordBackupMade made;

  /* Of one that was killed. */
  g_assert_cmpint (g_mkdir (f->unfinished, 0700), ==, 0);
  g_assert_true (g_file_set_contents (left, "half", -1, NULL));
  coord_backup_make (&f->backup, &watch, &made, &error);
  g_assert_no_error (error);
  g_assert_cmpint (made.rows, >, 5);
  g_assert_true (coord_backup_is_whole (f->folder));
  g_assert_cmpint (stat (file, &database), ==, 0);
  g_assert_cmpint (made.bytes, ==, database.st_size);
  g_assert_cmpint (watch.permille, >=, 900);
  g_assert_cmpint (watch.permille, <=, 1000);
  g_assert_cmpint (stat (f->folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_assert_false (g_file_test (f->unfinished, G_FILE_TEST_EXISTS));
  copy = coord_db_open (file, COORD_DB_READER, &error);
  g_assert_no_error (error);
  g_assert_cmpint (coord_test_count (copy, "SELECT COUNT(*) FROM room"), ==, 1);

  g_assert_false (coord_backup_make (&f->backup, NULL, &made, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
}

/* What is left of another one is removed, but not while that one lives, nor with what a copy has
 * not. */
static void
test_left (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->unfinished, "entrevue.db", NULL);
  g_autofree char *lock_path = g_build_filename (f->unfinished, "lock", NULL);
  g_autofree char *other = g_build_filename (f->unfinished, "notes", NULL);
  g_autoptr (GError) error = NULL;
  CoordBackupMade made;
  int lock;

  g_assert_false (coord_backup_remove_unfinished (f->unfinished)); /* there is none */
  g_assert_cmpint (g_mkdir (f->unfinished, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "half", -1, NULL));
  lock = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (flock (lock, LOCK_EX), ==, 0);
  g_assert_false (coord_backup_remove_unfinished (f->unfinished));
  g_assert_false (coord_backup_make (&f->backup, NULL, &made, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  close (lock);

  g_assert_true (g_file_set_contents (other, "mine", -1, NULL));
  g_assert_false (coord_backup_remove_unfinished (f->unfinished));
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (other), ==, 0);
  g_assert_true (coord_backup_remove_unfinished (f->unfinished));
  assert_nothing_is_left (f);
}

static void
test_room (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 size = coord_db_measure (f->store->db, &error);

  g_assert_no_error (error);
  g_assert_cmpint (size, >, 100 * 1024);
  g_assert_cmpint (size, <, 100 * 1024 * 1024);
  g_assert_true (coord_backup_check_space (f->parent, 1, &error));
  g_assert_no_error (error);
  g_assert_false (coord_backup_check_space (f->parent, G_MAXINT64 / 2, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL);
  g_assert_nonnull (strstr (error->message, "16 MiB more stay free"));
  g_assert_true (coord_backup_check_space ("/nowhere/at/all", G_MAXINT64 / 2, NULL));
}

static void
test_secrets (Fixture *f, gconstpointer data)
{
  g_autofree char *data_folder = g_build_filename (f->parent, "data", NULL);
  g_autofree char *from = g_build_filename (data_folder, "secrets", NULL);
  g_autofree char *key = g_build_filename (from, "tls.pem", NULL);
  g_autofree char *other = g_build_filename (from, "metrics-token", NULL);
  g_autofree char *to = g_build_filename (f->folder, "secrets", NULL);
  g_autofree char *copied = g_build_filename (to, "tls.pem", NULL);
  g_autofree char *not_copied = g_build_filename (to, "metrics-token", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;
  CoordBackupMade made;

  g_assert_cmpint (g_mkdir_with_parents (from, 0700), ==, 0);
  g_assert_true (g_file_set_contents (key, "the key", -1, NULL));
  g_assert_true (g_file_set_contents (other, "made anew", -1, NULL));
  f->backup.secrets_of = data_folder;
  coord_backup_make (&f->backup, NULL, &made, &error);
  g_assert_no_error (error);
  g_assert_true (coord_backup_is_whole (f->folder));
  g_assert_true (g_file_get_contents (copied, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "the key");
  g_assert_cmpint (stat (copied, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_false (g_file_test (not_copied, G_FILE_TEST_EXISTS));
}

static void
test_stopped (Fixture *f, gconstpointer data)
{
  CoordCopyWatch watch = { .is_cancelled = TRUE };
  g_autoptr (GError) error = NULL;
  CoordBackupMade made;

  g_assert_false (coord_backup_make (&f->backup, &watch, &made, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  assert_nothing_is_left (f);
}

static void
test_no_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (f->parent, "away", "today", NULL);
  g_autofree char *unfinished = g_build_filename (f->parent, "away", "unfinished", NULL);

  CoordBackupMade made;

  f->backup.folder = folder;
  f->backup.unfinished = unfinished;
  g_assert_false (coord_backup_make (&f->backup, NULL, &made, &error));
  g_assert_nonnull (strstr (error->message, "away for backups: make it"));
}

/* A file that takes no more than a little, on a disk with room: it is not said to be full. */
static void
test_not_written (Fixture *f, gconstpointer data)
{
  struct rlimit before, small;
  g_autoptr (GError) error = NULL;
  CoordBackupMade made;
  gboolean is_made;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ TOO_SMALL, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  is_made = coord_backup_make (&f->backup, NULL, &made, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (is_made);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL);
  g_assert_nonnull (strstr (error->message, f->parent));
  g_assert_nonnull (strstr (error->message, "could not be written"));
  g_assert_null (strstr (error->message, "full"));
  assert_nothing_is_left (f);
}

/* The last thing that is synced is the folder that the copy stands in: it is whole, and said to be.
 */
static void
test_not_synced (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CoordBackupMade made;

  bad_folder = f->parent;
  g_assert_false (coord_backup_make (&f->backup, NULL, &made, &error));
  bad_folder = NULL;
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "was made and is whole"));
  g_assert_null (strstr (error->message, "full"));
  g_assert_true (coord_backup_is_whole (f->folder));
  g_assert_false (g_file_test (f->unfinished, G_FILE_TEST_EXISTS));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/backup/whole", test_whole);
  ADD ("/backup/left", test_left);
  ADD ("/backup/room", test_room);
  ADD ("/backup/secrets", test_secrets);
  ADD ("/backup/stopped", test_stopped);
  ADD ("/backup/no-folder", test_no_folder);
  ADD ("/backup/not-written", test_not_written);
  ADD ("/backup/not-synced", test_not_synced);
  return g_test_run ();
}
