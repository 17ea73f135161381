#include "room/ent-room-old-logs.h"

#include <glib/gstdio.h>
#include <utime.h>

#define DAY (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define NOW (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)

typedef struct {
  char *data_dir;
} Fixture;

static char *
build_path (Fixture *f, const char *name)
{
  return g_build_filename (f->data_dir, "rooms", name, NULL);
}

static void
add (Fixture *f, const char *name, int days)
{
  g_autofree char *path = build_path (f, name);
  time_t at = (NOW - days * DAY) / G_USEC_PER_SEC;
  struct utimbuf times = { at, at };

  g_assert_true (g_file_set_contents (path, name, -1, NULL));
  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

static gboolean
has (Fixture *f, const char *name)
{
  g_autofree char *path = build_path (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* One that is new, two that are old, and one whose last edits were not folded yet. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = NULL;

  f->data_dir = g_dir_make_tmp ("entrevue-old-XXXXXX", NULL);
  folder = g_build_filename (f->data_dir, "rooms", NULL);
  g_mkdir (folder, 0700);
  add (f, "new.db", 1);
  add (f, "new.joined", 1);
  add (f, "old.db", 31);
  add (f, "old.db-wal", 31);
  add (f, "old.db-shm", 31);
  add (f, "old.joined", 31);
  add (f, "older.db", 400);
  add (f, "open.db", 31);
  add (f, "open.db-wal", 2);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->data_dir, "rooms", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = build_path (f, name);

    g_unlink (path);
  }
  g_rmdir (folder);
  g_rmdir (f->data_dir);
  g_free (f->data_dir);
}

static void
test_delete (Fixture *f, gconstpointer data)
{
  gint64 before_us = NOW - ENT_ROOM_OLD_LOG_DAYS * DAY;

  g_assert_cmpuint (ent_room_old_logs_count (f->data_dir, before_us), ==, 2);
  ent_room_old_logs_delete (f->data_dir, before_us);
  g_assert_cmpuint (ent_room_old_logs_count (f->data_dir, before_us), ==, 0);
  g_assert_false (has (f, "old.db"));
  g_assert_false (has (f, "old.db-wal"));
  g_assert_false (has (f, "old.db-shm"));
  g_assert_false (has (f, "old.joined"));
  g_assert_false (has (f, "older.db"));
  g_assert_true (has (f, "new.db"));
  g_assert_true (has (f, "new.joined"));
  g_assert_true (has (f, "open.db"));
}

static void
test_keep (Fixture *f, gconstpointer data)
{
  gint64 before_us = NOW - ENT_ROOM_OLD_LOG_DAYS * DAY;

  ent_room_old_logs_keep (f->data_dir, before_us, NOW);
  g_assert_cmpuint (ent_room_old_logs_count (f->data_dir, before_us), ==, 0);
  g_assert_true (has (f, "old.db"));
  g_assert_true (has (f, "older.db"));
  /* The question comes again. */
  g_assert_cmpuint (ent_room_old_logs_count (f->data_dir, before_us + 40 * DAY), ==, 4);
}

static void
test_nothing_there (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (ent_room_old_logs_count ("/nonexistent", NOW), ==, 0);
  ent_room_old_logs_delete ("/nonexistent", NOW);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/old-logs/delete", Fixture, NULL, set_up, test_delete, tear_down);
  g_test_add ("/old-logs/keep", Fixture, NULL, set_up, test_keep, tear_down);
  g_test_add ("/old-logs/nothing-there", Fixture, NULL, set_up, test_nothing_there, tear_down);
  return g_test_run ();
}
