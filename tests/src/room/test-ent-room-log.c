#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "room/ent-room-log.h"

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("room-log-XXXXXX", NULL);
  fixture->path = ent_room_log_build_path (fixture->folder, "http://127.0.0.1", "room", "me");
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static EntRoomLog *
open_log (const char *path, GArray *clients, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ent_room_log_open_async (path, clients, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return ent_room_log_open_finish (result, error);
}

static void
close_log (EntRoomLog *log, gboolean delete_file)
{
  g_autoptr (GAsyncResult) result = NULL;

  ent_room_log_close_async (log, delete_file, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  ent_room_log_close_finish (result);
}

static void
append_text (EntRoomLog *log, const char *text, guint32 clock)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  ent_room_log_append (log, ent_log_entry_new (bytes, TRUE, 7, clock, 1, 1000 + clock));
}

static GArray *
new_clients (gint64 first, guint n)
{
  GArray *clients = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gint64 client = first; client < first + n; client++)
    g_array_append_val (clients, client);
  return clients;
}

static void
test_keeps_order_and_times (Fixture *fixture, gconstpointer data)
{
  EntRoomLog *log = open_log (fixture->path, NULL, NULL);
  g_autoptr (GPtrArray) entries = NULL;
  struct stat file;

  g_assert_nonnull (log);
  for (guint i = 0; i < 100; i++) {
    g_autofree char *text = g_strdup_printf ("update %u", i);

    append_text (log, text, i);
  }
  close_log (log, FALSE);
  g_assert_cmpint (g_stat (fixture->path, &file), ==, 0);
  g_assert_cmpint (file.st_mode & 0777, ==, 0600);
  log = open_log (fixture->path, NULL, NULL);
  entries = ent_room_log_steal_entries (log);
  g_assert_cmpuint (entries->len, ==, 100);
  for (guint i = 0; i < entries->len; i++) {
    EntLogEntry *entry = g_ptr_array_index (entries, i);

    g_assert_true (entry->is_own);
    g_assert_cmpuint (entry->clock, ==, i);
    g_assert_cmpint (entry->made_at_us, ==, 1000 + i);
  }
  ent_room_log_free (log);
}

/* Each opening uses the next ID; none is given twice, also when a process was killed; then random
 * ones that nobody hands out. */
static void
test_client_ids_are_used_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) clients = new_clients (100, 3);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < 6; i++) {
    EntRoomLog *log = open_log (fixture->path, clients, NULL);
    guint64 client = ent_room_log_get_client (log);

    g_assert_true (g_hash_table_add (seen, g_memdup2 (&client, sizeof client)));
    if (i < 3)
      g_assert_cmpuint (client, ==, 100 + i);
    else
      g_assert_true (
        client >= (G_GUINT64_CONSTANT (1) << 31) && client < (G_GUINT64_CONSTANT (1) << 32));
    ent_room_log_free (log);
  }
}

static void
test_next_client_after_a_clash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) clients = new_clients (100, 4);
  EntRoomLog *log = open_log (fixture->path, clients, NULL);

  g_assert_cmpuint (ent_room_log_get_client (log), ==, 100);
  g_assert_cmpuint (ent_room_log_take_next_client (log), ==, 101);
  ent_room_log_free (log);
  log = open_log (fixture->path, clients, NULL);
  g_assert_cmpuint (ent_room_log_get_client (log), ==, 102);
  ent_room_log_free (log);
}

static void
test_fold_replaces_what_was_before (Fixture *fixture, gconstpointer data)
{
  EntRoomLog *log = open_log (fixture->path, NULL, NULL);
  g_autoptr (GBytes) state = g_bytes_new_static ("state", 5);
  g_autoptr (GBytes) kept = g_bytes_new_static ("kept", 4);
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_log_entry_free);
  g_autoptr (GPtrArray) entries = NULL;

  append_text (log, "before", 1);
  g_ptr_array_add (own, ent_log_entry_new (kept, TRUE, 7, 1, 1, 5));
  ent_room_log_fold (log, state, own);
  append_text (log, "after", 2);
  close_log (log, FALSE);
  log = open_log (fixture->path, NULL, NULL);
  entries = ent_room_log_steal_entries (log);
  g_assert_cmpuint (entries->len, ==, 3);
  g_assert_false (((EntLogEntry *) g_ptr_array_index (entries, 0))->is_own);
  g_assert_true (((EntLogEntry *) g_ptr_array_index (entries, 1))->is_own);
  g_assert_cmpuint (((EntLogEntry *) g_ptr_array_index (entries, 2))->clock, ==, 2);
  ent_room_log_free (log);
}

static void
test_deleted_when_asked (Fixture *fixture, gconstpointer data)
{
  EntRoomLog *log = open_log (fixture->path, NULL, NULL);
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);

  append_text (log, "text", 1);
  close_log (log, TRUE);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
}

/* A process that is killed in mid-work: what its log says is in the file is there. The child tells
 * by a pipe how many updates that are, and goes on appending until it is killed. */
static void
test_survives_kill (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;
  EntRoomLog *log;
  guint32 told = 0;
  int pipe_fds[2];
  pid_t child;

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  child = fork ();
  if (child == 0) {
    log = open_log (fixture->path, NULL, NULL);
    for (guint32 i = 0; log != NULL && i < 100000; i++) {
      guint32 n_written = ent_room_log_get_size (log) / strlen ("typed");

      append_text (log, "typed", i);
      if (write (pipe_fds[1], &n_written, sizeof n_written) < 0)
        break;
      g_usleep (1000);
    }
    _exit (1);
  }
  while (told < 300)
    g_assert_cmpint (read (pipe_fds[0], &told, sizeof told), ==, sizeof told);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  waitpid (child, NULL, 0);
  log = open_log (fixture->path, NULL, NULL);
  g_assert_nonnull (log);
  entries = ent_room_log_steal_entries (log);
  g_assert_cmpuint (entries->len, >=, told);
  for (guint i = 0; i < entries->len; i++)
    g_assert_cmpuint (((EntLogEntry *) g_ptr_array_index (entries, i))->clock, ==, i);
  ent_room_log_free (log);
  close (pipe_fds[0]);
  close (pipe_fds[1]);
}

static void
count_change (gpointer data)
{
  (*(guint *) data)++;
}

/* A full disk is told, nothing is lost, and the sentence goes when there is room again. */
static void
test_full_disk_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mount_point = g_build_filename (fixture->folder, "small", NULL);
  g_autofree char *path = g_build_filename (mount_point, "rooms", "log.db", NULL);
  g_autofree char *ballast = g_build_filename (mount_point, "ballast", NULL);
  g_autofree char *big = g_strnfill (700 * 1024, 'x');
  g_autofree char *filler = g_strnfill (600 * 1024, 'y');
  g_autoptr (GPtrArray) entries = NULL;
  guint n_changes = 0;
  EntRoomLog *log;

  g_assert_cmpint (g_mkdir (mount_point, 0700), ==, 0);
  if (mount ("tmpfs", mount_point, "tmpfs", 0, "size=1m") != 0) {
    g_test_skip ("mounting a small file system needs root");
    return;
  }
  g_assert_true (g_file_set_contents (ballast, filler, -1, NULL));
  log = open_log (path, NULL, NULL);
  g_assert_nonnull (log);
  ent_room_log_set_changed_func (log, count_change, &n_changes);
  append_text (log, big, 0);
  while (ent_room_log_get_problem (log) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_prefix (
    ent_room_log_get_problem (log), "Not kept on this device: the disk is full. Free some space;"));
  append_text (log, "later", 1);
  g_unlink (ballast);
  g_assert_cmpint (mount ("tmpfs", mount_point, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  while (ent_room_log_get_problem (log) != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_changes, ==, 2);
  close_log (log, FALSE);
  log = open_log (path, NULL, NULL);
  entries = ent_room_log_steal_entries (log);
  g_assert_cmpuint (entries->len, ==, 2);
  ent_room_log_free (log);
  umount (mount_point);
}

static void
test_unusable_place_is_an_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, "file", "log.db", NULL);
  g_autofree char *file = g_build_filename (fixture->folder, "file", NULL);

  g_assert_true (g_file_set_contents (file, "no folder", -1, NULL));
  g_assert_null (open_log (path, NULL, &error));
  g_assert_nonnull (error);
}

#define ADD(name, func) g_test_add ("/room-log/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("survives-kill", test_survives_kill); /* first: it forks before threads exist */
  ADD ("keeps-order-and-times", test_keeps_order_and_times);
  ADD ("client-ids-are-used-once", test_client_ids_are_used_once);
  ADD ("next-client-after-a-clash", test_next_client_after_a_clash);
  ADD ("fold-replaces-what-was-before", test_fold_replaces_what_was_before);
  ADD ("deleted-when-asked", test_deleted_when_asked);
  ADD ("full-disk-is-told", test_full_disk_is_told);
  ADD ("unusable-place-is-an-error", test_unusable_place_is_an_error);
  return g_test_run ();
}
