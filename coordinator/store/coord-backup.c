#include "store/coord-backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/coord-admin-job-store.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

#define DATABASE "entrevue.db"
#define LOCK "lock" /* held while the copy is made */
#define SECRETS "secrets"
#define MIB (1024 * 1024)

static const char *const secret_names[] = { "signing-key", "refresh-key", "turn-secret",
  "tls.pem" };
static const char *const file_names[] = { DATABASE, DATABASE "-wal", DATABASE "-shm",
  DATABASE "-journal", LOCK };

static gboolean
fail_file (GError **error, const char *what, const char *path)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Could not %s %s: %s.", what,
    path, g_strerror (errno));
  return FALSE;
}

static gboolean
sync_path (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean is_synced = fd >= 0 && fsync (fd) == 0;

  if (!is_synced)
    fail_file (error, "write to the disk:", path);
  if (fd >= 0)
    close (fd);
  return is_synced;
}

gboolean
coord_backup_copy_secrets (const char *from, const char *to, GError **error)
{
  g_autofree char *from_folder = g_build_filename (from, "secrets", NULL);
  g_autofree char *to_folder = g_build_filename (to, "secrets", NULL);

  if (!g_file_test (from_folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdir_with_parents (to_folder, 0700) != 0)
    return fail_file (error, "make", to_folder);
  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++) {
    g_autofree char *source = g_build_filename (from_folder, secret_names[i], NULL);
    g_autofree char *target = g_build_filename (to_folder, secret_names[i], NULL);
    g_autofree char *text = NULL;
    gsize size;

    if (!g_file_test (source, G_FILE_TEST_EXISTS))
      continue;
    if (!g_file_get_contents (source, &text, &size, error) ||
        !g_file_set_contents_full (target, text, size, G_FILE_SET_CONTENTS_DURABLE, 0600, error))
      return FALSE;
  }
  return sync_path (to_folder, error);
}

/* What a copy has, and nothing else. */

static gboolean
is_file_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++)
    if (strcmp (name, file_names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Also one that was being written when its process was killed: NAME.XXXXXX. */
static gboolean
is_secret_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++) {
    gsize length = strlen (secret_names[i]);

    if (strncmp (name, secret_names[i], length) == 0 &&
        (name[length] == '\0' || (name[length] == '.' && strlen (name + length) == 7)))
      return TRUE;
  }
  return FALSE;
}

typedef gboolean (*NameFunc) (const char *name);

static gboolean
has_only (const char *folder, NameFunc is_known, gboolean is_secrets_allowed)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    struct stat status;

    if (lstat (path, &status) != 0)
      return FALSE;
    if (is_secrets_allowed && strcmp (name, SECRETS) == 0) {
      if (!S_ISDIR (status.st_mode) || !has_only (path, is_secret_name, FALSE))
        return FALSE;
    } else if (!S_ISREG (status.st_mode) || !is_known (name))
      return FALSE;
  }
  return dir != NULL;
}

/* A folder of this user, and no link to one. */
static gboolean
is_ours (const char *folder)
{
  struct stat status;

  return lstat (folder, &status) == 0 && S_ISDIR (status.st_mode) && status.st_uid == geteuid () &&
         has_only (folder, is_file_name, TRUE);
}

static void
remove_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (is_file_name (name) || is_secret_name (name))
      g_unlink (path);
  }
}

static void
remove_copy (const char *folder)
{
  g_autofree char *secrets = g_build_filename (folder, SECRETS, NULL);

  remove_files (secrets);
  g_rmdir (secrets);
  remove_files (folder);
  g_rmdir (folder);
}

/* Whether no living process holds it; -1 where there is none. The kernel lets go of the lock
 * however a process ends. */
static gboolean
take_lock (const char *folder, int *lock)
{
  g_autofree char *path = g_build_filename (folder, LOCK, NULL);

  *lock = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  return *lock < 0 || flock (*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

gboolean
coord_backup_remove_unfinished (const char *path)
{
  int lock;
  gboolean is_free = take_lock (path, &lock);
  gboolean is_removable = is_free && is_ours (path);

  if (is_removable)
    remove_copy (path);
  if (lock >= 0)
    close (lock);
  return is_removable && !g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
coord_backup_is_whole (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, DATABASE, NULL);
  char mark[16];
  int fd;
  gboolean is_database;

  if (!is_ours (folder) || (fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
    return FALSE;
  is_database = read (fd, mark, sizeof mark) == sizeof mark &&
                memcmp (mark, "SQLite format 3", sizeof mark) == 0;
  close (fd);
  return is_database;
}

/* Room. */

/* What is free for this user; -1 where it cannot be seen. */
static gint64
get_free_bytes (const char *path)
{
  struct statvfs space;

  return statvfs (path, &space) == 0 ? (gint64) (space.f_bavail * space.f_frsize) : -1;
}

gboolean
coord_backup_check_space (const char *parent, gint64 bytes, GError **error)
{
  gint64 free_bytes = get_free_bytes (parent);

  if (free_bytes < 0 || bytes < free_bytes - COORD_DB_RESERVE_BYTES)
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
    "There is no room for a backup in %s: it takes about %" G_GINT64_FORMAT
    " MiB, and %d MiB more stay free for the server, but only %" G_GINT64_FORMAT
    " MiB are free. Make room there, by removing old backups, and try again.",
    parent, bytes / MIB + 1, COORD_DB_RESERVE_BYTES / MIB, free_bytes / MIB);
  return FALSE;
}

/* PostgreSQL tells how big its files are, of which much may be what was deleted. The last copy had
 * nothing of that; one that outgrows the guess is stopped at the reserve. */
gint64
coord_backup_measure (CoordDb *db, GError **error)
{
  gint64 bytes = coord_db_measure (db, error);
  CoordAdminJobCounts counts;

  if (bytes >= 0 && coord_db_is_shared (db) &&
      coord_admin_job_store_read_counts (db, COORD_JOB_BACKUP, NULL, &counts, NULL) &&
      counts.bytes > 0)
    return MIN (bytes, counts.bytes + counts.bytes / 4 + COORD_DB_RESERVE_BYTES);
  return bytes;
}

typedef struct {
  const char *folder;
  gboolean is_used_up;
} Room;

/* What else is written to this disk was not known before. */
static gboolean
may_go_on_cb (gpointer data, GError **error)
{
  Room *room = data;
  gint64 free_bytes = get_free_bytes (room->folder);

  room->is_used_up = free_bytes >= 0 && free_bytes < COORD_DB_RESERVE_BYTES;
  if (room->is_used_up)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL, "The reserve is reached.");
  return !room->is_used_up;
}

/* Making. */

/* Without a write-ahead log, which would take all the room once more: nobody else looks at the
 * file, and one that is not finished is removed. */
static CoordDb *
open_target (const char *file, GError **error)
{
  g_autoptr (CoordDb) to = coord_db_open (file, COORD_DB_WRITER, error);
  g_autoptr (CoordRows) mode =
    to != NULL ? coord_db_query (to, error, "PRAGMA journal_mode = DELETE") : NULL;

  return mode != NULL && coord_migrate (to, error) >= 0 ? g_steal_pointer (&to) : NULL;
}

static gboolean
measure_files (const char *folder, gint64 *bytes)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    struct stat status;

    if (lstat (path, &status) != 0)
      continue;
    if (S_ISDIR (status.st_mode))
      measure_files (path, bytes);
    else
      *bytes += status.st_size;
  }
  return dir != NULL;
}

typedef struct {
  const CoordBackup *backup;
  gint64 began_us;
  gint64 rows;
} Note;

static gpointer
note_cb (CoordDb *to, gpointer data, GError **error)
{
  Note *note = data;
  gint64 bytes = coord_db_measure (to, error);
  gint64 added = bytes < 0 ? -1
                           : coord_admin_job_store_note_copy (to, note->backup->folder, note->rows,
                               bytes, note->began_us, g_get_real_time (), error);

  note->rows += MAX (added, 0);
  return NULL;
}

/* All rows, and that this copy was made. Returns their number, or -1. */
static gint64
copy_rows (const CoordBackup *backup,
  CoordDb *from,
  CoordDb *to,
  CoordCopyWatch *watch,
  GError **error)
{
  Note note = { backup, g_get_real_time (), coord_copy (from, to, watch, error) };
  g_autoptr (GError) failure = NULL;

  if (note.rows < 0)
    return -1;
  coord_db_transaction (to, note_cb, &note, &failure);
  if (failure == NULL)
    return note.rows;
  g_propagate_error (error, g_steal_pointer (&failure));
  return -1;
}

static gboolean
write_all (const CoordBackup *backup,
  CoordDb *from,
  CoordCopyWatch *watch,
  CoordBackupMade *made,
  GError **error)
{
  g_autofree char *file = g_build_filename (backup->unfinished, DATABASE, NULL);
  g_autoptr (CoordDb) to = open_target (file, error);
  CoordBackupMade result = { 0 };

  if (to == NULL || (result.rows = copy_rows (backup, from, to, watch, error)) < 0)
    return FALSE;
  g_clear_pointer (&to, coord_db_close);
  if ((backup->secrets_of != NULL &&
        !coord_backup_copy_secrets (backup->secrets_of, backup->unfinished, error)) ||
      !sync_path (file, error) || !sync_path (backup->unfinished, error))
    return FALSE;
  measure_files (backup->unfinished, &result.bytes);
  *made = result;
  return TRUE;
}

/* The commonest reasons are the operator's to mend, who reads this and nothing else. */
static void
fail_to_make (GError **error, const char *path, const char *parent)
{
  int reason = errno;

  fail_file (error, "make", path);
  if (reason == ENOENT || reason == ENOTDIR)
    g_prefix_error (error,
      "There is no folder %s for backups: make it, and let the user of the "
      "coordinator write there. ",
      parent);
  else if (reason == EACCES || reason == EPERM || reason == EROFS)
    g_prefix_error (error,
      "The user of the coordinator may not write to %s. Make that folder "
      "theirs; a service of systemd also needs ReadWritePaths=%s. ",
      parent, parent);
}

/* Its descriptor holds it until it is closed; -1 on error. */
static int
make_unfinished (const char *path, const char *parent, GError **error)
{
  g_autofree char *lock_path = g_build_filename (path, LOCK, NULL);
  int lock;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !coord_backup_remove_unfinished (path)) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "%s is there already: another process makes this backup now, or there is something else in "
      "it. Wait for that one, or name another folder.",
      path);
    return -1;
  }
  if (g_mkdir (path, 0700) != 0) {
    fail_to_make (error, path, parent);
    return -1;
  }
  lock = open (lock_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (lock >= 0) {
    flock (lock, LOCK_EX | LOCK_NB); /* where the file system has none, there is nothing to hold */
    return lock;
  }
  fail_to_make (error, lock_path, parent);
  g_rmdir (path);
  return -1;
}

static void
explain (GError **error, const char *parent, const Room *room)
{
  gboolean is_full = room->is_used_up || g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);

  if (is_full) {
    g_clear_error (error);
    g_set_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
      "The disk of %s has become full: %d MiB stay free for the server. No backup was made, and "
      "what was begun was removed. Make room there, by removing old backups, and try again.",
      parent, COORD_DB_RESERVE_BYTES / MIB);
  } else if (g_error_matches (*error, COORD_ERROR, COORD_ERROR_STORAGE_FULL) ||
             (*error)->domain == G_FILE_ERROR)
    g_prefix_error (error,
      "No backup was made, and what was begun was removed: its files could not be written. Look "
      "at the disk of %s, and try again. ",
      parent);
}

/* All is on the disk but the name. */
static gboolean
give_name (const CoordBackup *backup, const char *parent, GError **error)
{
  g_autofree char *lock_path = g_build_filename (backup->folder, LOCK, NULL);

  g_unlink (lock_path);
  if (sync_path (backup->folder, error) && sync_path (parent, error))
    return TRUE;
  g_prefix_error (error,
    "The backup %s was made and is whole, but whether it is still there after a loss of power is "
    "not certain. Look at that disk, and make another one. ",
    backup->folder);
  return FALSE;
}

static gboolean
make_locked (const CoordBackup *backup,
  CoordDb *from,
  CoordCopyWatch *watch,
  CoordBackupMade *made,
  GError **error)
{
  g_autofree char *parent = g_path_get_dirname (backup->folder);
  g_autoptr (GError) failure = NULL;
  CoordCopyWatch own = { 0 }, *looked_at = watch != NULL ? watch : &own;
  Room room = { backup->unfinished, FALSE };

  looked_at->may_go_on = may_go_on_cb;
  looked_at->data = &room;
  if (write_all (backup, from, looked_at, made, &failure) &&
      coord_copy_watch_check (looked_at, &failure) &&
      rename (backup->unfinished, backup->folder) != 0)
    fail_file (&failure, "name", backup->folder);
  if (failure == NULL)
    return give_name (backup, parent, error);
  remove_copy (backup->unfinished);
  explain (&failure, parent, &room);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
coord_backup_make (const CoordBackup *backup,
  CoordCopyWatch *watch,
  CoordBackupMade *made,
  GError **error)
{
  g_autofree char *parent = g_path_get_dirname (backup->folder);
  g_autoptr (CoordDb) from = NULL;
  gint64 bytes;
  int lock;
  gboolean is_made;

  if (g_file_test (backup->folder, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
      "%s exists already. Name a folder that does not, so that no backup is lost.", backup->folder);
    return FALSE;
  }
  from = coord_db_open (backup->place, COORD_DB_READER, error);
  if (from == NULL || (bytes = coord_backup_measure (from, error)) < 0 ||
      !coord_backup_check_space (parent, bytes, error) ||
      (lock = make_unfinished (backup->unfinished, parent, error)) < 0)
    return FALSE;
  is_made = make_locked (backup, from, watch, made, error);
  close (lock);
  return is_made;
}
