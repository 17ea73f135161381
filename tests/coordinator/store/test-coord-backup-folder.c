/* The folder of backups: what is removed there, and what never is. */

#include "store/coord-backup-folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "service/coord-backup-service.h"
#include "store/coord-admin-job-store.h"
#include "support/coord-test-store.h"

#define DAY(n) "entrevue-2026-11-0" #n "-031500-0a1b2" #n
#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

typedef struct {
  CoordTestStore *store;
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->store = coord_test_store_new ();
  coord_test_store_add_room (f->store, 1000, 2000);
  f->folder = g_dir_make_tmp ("coord-backup-folder-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_test_remove_folder (f->folder);
  coord_test_store_free (f->store);
  g_free (f->folder);
}

static char *
get_path (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static void
add_file (Fixture *f, const char *name, const char *file, const char *text)
{
  g_autofree char *path = get_path (f, name);
  g_autofree char *file_path = g_build_filename (path, file, NULL);
  g_autofree char *inner = g_path_get_dirname (file_path);

  g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file_path, text, -1, NULL));
}

/* The mark of the engine's files ends with a zero. */
static void
mark_end (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, "entrevue.db", NULL);

  g_assert_cmpint (truncate (path, 4096), ==, 0);
}

static void
add_copy (Fixture *f, const char *name)
{
  add_file (f, name, "entrevue.db", "SQLite format 3");
  mark_end (f, name);
}

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autofree char *path = get_path (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK);
}

static void
prune (Fixture *f, guint keep, const char *newest, guint n_removed)
{
  g_autofree char *path = get_path (f, newest);
  g_autoptr (GPtrArray) removed = coord_backup_folder_prune (f->folder, keep, path);

  g_assert_cmpuint (removed->len, ==, n_removed);
}

static void
test_name (void)
{
  g_autofree char *name = coord_backup_folder_make_name (
    "01a2b3c4-0000-7000-8000-00abcdef0a1b", G_GINT64_CONSTANT (1793502900) * G_USEC_PER_SEC);

  g_assert_cmpstr (name, ==, "entrevue-2026-11-01-031500-ef0a1b");
}

static void
test_oldest_go (Fixture *f, gconstpointer data)
{
  const char *names[] = { DAY (1), DAY (2), DAY (3), DAY (4) };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add_copy (f, names[i]);
  add_file (f, DAY (2), "secrets/tls.pem", "key");
  prune (f, 9, DAY (4), 0);
  prune (f, 2, DAY (4), 2);
  g_assert_false (is_there (f, DAY (1)));
  g_assert_false (is_there (f, DAY (2)));
  g_assert_false (is_there (f, DAY (2) COORD_BACKUP_UNFINISHED));
  g_assert_true (is_there (f, DAY (3)));

  /* The one that was just made stays, even when the clock went back. */
  prune (f, 1, DAY (3), 1);
  g_assert_true (is_there (f, DAY (3)));
  g_assert_false (is_there (f, DAY (4)));
  prune (f, 1, DAY (3), 0);
  g_assert_true (is_there (f, DAY (3)));
}

/* What the server has not made is none of its business, and counts for nothing. */
static void
test_others_stay (Fixture *f, gconstpointer data)
{
  const char *others[] = { "entrevue-2026-11-01", "entrevue-2026-11-01-031500",
    "entrevue-2026-11-01-031500-0A1B2C", "entrevue-2026-11-01-031500-0a1b2c.keep",
    "entrevue-2026-11-01-0315x0-0a1b2c", "photographs" };
  g_autofree char *link_path = get_path (f, DAY (6));
  g_autofree char *file_path = get_path (f, DAY (7));

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    add_copy (f, others[i]);
  add_copy (f, DAY (1));
  add_file (f, DAY (1), "notes.txt", "mine");
  add_copy (f, DAY (2));
  add_file (f, DAY (2), "secrets/mine", "mine");
  add_file (f, DAY (3), "entrevue.db", "something else");
  add_file (f, DAY (4), "secrets/tls.pem", "no database");
  g_assert_cmpint (symlink ("photographs", link_path), ==, 0);
  g_assert_true (g_file_set_contents (file_path, "a file", -1, NULL));
  add_copy (f, DAY (8));
  add_copy (f, DAY (9));
  prune (f, 1, DAY (9), 1);
  g_assert_false (is_there (f, DAY (8)));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_true (is_there (f, others[i]));
  for (int i = 1; i <= 7; i++) {
    g_autofree char *name = g_strdup_printf ("entrevue-2026-11-0%d-031500-0a1b2%d", i, i);

    g_assert_cmpint (is_there (f, name), ==, i != 5);
  }
}

static void
add_job (Fixture *f, const char *id, const char *process, const char *name)
{
  g_autofree char *path = get_path (f, name);
  g_autofree char *unfinished = g_strconcat (name, COORD_BACKUP_UNFINISHED, NULL);
  g_autoptr (GError) error = NULL;

  coord_admin_job_store_add (
    f->store->db, id, COORD_JOB_BACKUP, process, path, "host", NOW_US, &error);
  g_assert_no_error (error);
  add_copy (f, unfinished);
}

/* After a start: what nobody makes any more goes. */
static void
test_tidied (Fixture *f, gconstpointer data)
{
  const char *held = DAY (6) COORD_BACKUP_UNFINISHED;
  g_autofree char *held_path = get_path (f, held);
  g_autofree char *lock_path = g_build_filename (held_path, "lock", NULL);
  g_autoptr (GError) error = NULL;
  gboolean is_shared = coord_db_is_shared (f->store->db);
  int lock;

  g_assert_cmpint (coord_backup_folder_tidy (f->folder, f->store->path, "this", &error), ==, 0);
  add_copy (f, DAY (1));
  add_job (f, "lost", "gone", DAY (2));
  coord_db_run (f->store->db, &error, "UPDATE admin_job SET lease_until = 1");
  g_assert_no_error (error);
  add_job (f, "mine", "this", DAY (3));
  add_job (f, "theirs", "other", DAY (4));
  add_copy (f, DAY (5) COORD_BACKUP_UNFINISHED); /* of no job that is known */
  add_copy (f, held);
  lock = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (flock (lock, LOCK_EX), ==, 0);
  add_copy (f, "mine" COORD_BACKUP_UNFINISHED);

  g_assert_cmpint (
    coord_backup_folder_tidy (f->folder, f->store->path, "this", &error), ==, is_shared ? 2 : 3);
  g_assert_no_error (error);
  close (lock);
  g_assert_true (is_there (f, DAY (1)));
  g_assert_false (is_there (f, DAY (2) COORD_BACKUP_UNFINISHED));
  g_assert_true (is_there (f, DAY (3) COORD_BACKUP_UNFINISHED));
  g_assert_cmpint (is_there (f, DAY (4) COORD_BACKUP_UNFINISHED), ==, is_shared);
  g_assert_false (is_there (f, DAY (5) COORD_BACKUP_UNFINISHED));
  g_assert_true (is_there (f, held));
  g_assert_true (is_there (f, "mine" COORD_BACKUP_UNFINISHED));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup-folder/name", test_name);
  ADD ("/backup-folder/oldest-go", test_oldest_go);
  ADD ("/backup-folder/others-stay", test_others_stay);
  ADD ("/backup-folder/tidied", test_tidied);
  return g_test_run ();
}
