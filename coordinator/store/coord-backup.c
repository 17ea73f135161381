#include "store/coord-backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/coord-error.h"
#include "store/coord-migrate.h"

static const char *const secret_names[] = { "signing-key", "refresh-key", "turn-secret",
  "tls.pem" };

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

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_remove (path);
}

/* What a backup has, and nothing else. */
static void
remove_backup (const char *folder)
{
  g_autofree char *secrets = g_build_filename (folder, "secrets", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++)
    remove_file (secrets, secret_names[i]);
  remove_file (folder, "secrets");
  remove_file (folder, "entrevue.db");
  remove_file (folder, "entrevue.db-wal");
  remove_file (folder, "entrevue.db-shm");
  g_remove (folder);
}

static gint64
write_all (const CoordBackup *backup, CoordCopyWatch *watch, GError **error)
{
  g_autofree char *file = g_build_filename (backup->unfinished, "entrevue.db", NULL);
  g_autoptr (CoordDb) from = coord_db_open (backup->place, COORD_DB_READER, error);
  g_autoptr (CoordDb) to = from != NULL ? coord_db_open (file, COORD_DB_WRITER, error) : NULL;
  gint64 rows;

  if (to == NULL || coord_migrate (to, error) < 0 ||
      (rows = coord_copy (from, to, watch, error)) < 0)
    return -1;
  g_clear_pointer (&to, coord_db_close); /* writes its log into the file */
  if ((backup->secrets_of != NULL &&
        !coord_backup_copy_secrets (backup->secrets_of, backup->unfinished, error)) ||
      !sync_path (file, error) || !sync_path (backup->unfinished, error))
    return -1;
  return rows;
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

static void
explain (GError **error, const char *parent)
{
  gboolean is_full = g_error_matches (*error, COORD_ERROR, COORD_ERROR_STORAGE_FULL) ||
                     g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);

  if (!is_full)
    return;
  g_clear_error (error);
  g_set_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
    "The disk of %s is full, or cannot be written to. No backup was made, and what was begun was "
    "removed. Make room there, by removing old backups, and try again.",
    parent);
}

gint64
coord_backup_make (const CoordBackup *backup, CoordCopyWatch *watch, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (backup->folder);
  g_autoptr (GError) failure = NULL;
  gint64 rows;

  if (g_file_test (backup->folder, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
      "%s exists already. Name a folder that does not, so that no backup is lost.", backup->folder);
    return -1;
  }
  remove_backup (backup->unfinished);
  if (g_mkdir (backup->unfinished, 0700) != 0) {
    fail_to_make (error, backup->unfinished, parent);
    return -1;
  }
  rows = write_all (backup, watch, &failure);
  if (rows >= 0 && rename (backup->unfinished, backup->folder) != 0)
    fail_file (&failure, "name", backup->folder);
  if (failure == NULL)
    sync_path (parent, &failure);
  else
    remove_backup (backup->unfinished);
  if (failure == NULL)
    return rows;
  explain (&failure, parent);
  g_propagate_error (error, g_steal_pointer (&failure));
  return -1;
}
