/* Backups of the engine under test: whole, stopped, and where they cannot be written. */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/coord-backup.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define TOO_SMALL (64 * 1024) /* for the schema alone */

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
  struct stat status;
  gint64 rows;

  /* Of one that was killed. */
  g_assert_cmpint (g_mkdir (f->unfinished, 0700), ==, 0);
  g_assert_true (g_file_set_contents (left, "half", -1, NULL));
  rows = coord_backup_make (&f->backup, &watch, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rows, >, 5);
  g_assert_cmpint (watch.permille, >=, 900);
  g_assert_cmpint (watch.permille, <=, 1000);
  g_assert_cmpint (stat (f->folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_assert_false (g_file_test (f->unfinished, G_FILE_TEST_EXISTS));
  copy = coord_db_open (file, COORD_DB_READER, &error);
  g_assert_no_error (error);
  g_assert_cmpint (coord_test_count (copy, "SELECT COUNT(*) FROM room"), ==, 1);

  g_assert_cmpint (coord_backup_make (&f->backup, NULL, &error), ==, -1);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
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

  g_assert_cmpint (g_mkdir_with_parents (from, 0700), ==, 0);
  g_assert_true (g_file_set_contents (key, "the key", -1, NULL));
  g_assert_true (g_file_set_contents (other, "made anew", -1, NULL));
  f->backup.secrets_of = data_folder;
  g_assert_cmpint (coord_backup_make (&f->backup, NULL, &error), >, 0);
  g_assert_no_error (error);
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

  g_assert_cmpint (coord_backup_make (&f->backup, &watch, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  assert_nothing_is_left (f);
}

static void
test_no_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (f->parent, "away", "today", NULL);
  g_autofree char *unfinished = g_build_filename (f->parent, "away", "unfinished", NULL);

  f->backup.folder = folder;
  f->backup.unfinished = unfinished;
  g_assert_cmpint (coord_backup_make (&f->backup, NULL, &error), ==, -1);
  g_assert_nonnull (strstr (error->message, "away for backups: make it"));
}

/* A disk that takes no more than a little. */
static void
test_full (Fixture *f, gconstpointer data)
{
  struct rlimit before, small;
  g_autoptr (GError) error = NULL;
  gint64 rows;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ TOO_SMALL, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  rows = coord_backup_make (&f->backup, NULL, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (rows, ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL);
  g_assert_nonnull (strstr (error->message, f->parent));
  g_assert_nonnull (strstr (error->message, "Make room there"));
  assert_nothing_is_left (f);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/backup/whole", test_whole);
  ADD ("/backup/secrets", test_secrets);
  ADD ("/backup/stopped", test_stopped);
  ADD ("/backup/no-folder", test_no_folder);
  ADD ("/backup/full", test_full);
  return g_test_run ();
}
