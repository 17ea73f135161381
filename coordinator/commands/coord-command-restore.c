#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/coord-command-upkeep.h"
#include "commands/coord-data.h"
#include "store/coord-backup.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

#define DATABASE "entrevue.db"
#define WORKING_FOLDER "restore.unfinished"
#define PIECE (1024 * 1024)

/* Of a database that was copied while it was open, the log holds the newest. */
static const char *const database_files[] = { DATABASE, DATABASE "-wal" };

static gboolean
fail_file (GError **error, const char *what, const char *path)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Could not %s %s: %s.", what,
    path, g_strerror (errno));
  return FALSE;
}

static gboolean
copy_pieces (int from, int to)
{
  gssize size;

  while ((size = copy_file_range (from, NULL, to, NULL, PIECE, 0)) > 0)
    ;
  if (size == 0 || (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP))
    return size == 0;
  /* Between two file systems of different kinds. */
  for (g_autofree char *bytes = g_malloc (PIECE);;) {
    size = read (from, bytes, PIECE);
    if (size <= 0)
      return size == 0;
    for (gssize done = 0, part; done < size; done += part) {
      part = write (to, bytes + done, size - done);
      if (part < 0)
        return FALSE;
    }
  }
}

static gboolean
copy_file (const char *source, const char *target, GError **error)
{
  int from = open (source, O_RDONLY | O_CLOEXEC), to = -1;
  gboolean is_done = FALSE;

  if (from < 0)
    return fail_file (error, "read", source);
  to = open (target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (to < 0 || !copy_pieces (from, to))
    fail_file (error, "make a working copy of the backup, for which room is needed,", target);
  else
    is_done = TRUE;
  close (from);
  if (to >= 0)
    close (to);
  return is_done;
}

static void
remove_working_copy (const char *folder)
{
  const char *const ends[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *path = g_strconcat (folder, "/" DATABASE, ends[i], NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

static gboolean
make_working_copy (const char *backup, const char *folder, GError **error)
{
  remove_working_copy (folder);
  if (g_mkdir (folder, 0700) != 0)
    return fail_file (error, "make", folder);
  for (guint i = 0; i < G_N_ELEMENTS (database_files); i++) {
    g_autofree char *source = g_build_filename (backup, database_files[i], NULL);
    g_autofree char *target = g_build_filename (folder, database_files[i], NULL);

    if ((i == 0 || access (source, F_OK) == 0) && !copy_file (source, target, error))
      return FALSE;
  }
  return TRUE;
}

/* A working copy of the backup, whole and of today's schema. */
static CoordDb *
open_backup (const char *backup, const char *folder, GError **error)
{
  g_autofree char *file = g_build_filename (backup, DATABASE, NULL);
  g_autofree char *copy = g_build_filename (folder, DATABASE, NULL);
  g_autoptr (CoordDb) from = NULL;

  if (access (file, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
      "%s is no backup: it has no file " DATABASE ". Name a folder that 'backup' made.", backup);
    return NULL;
  }
  if (!make_working_copy (backup, folder, error))
    return NULL;
  from = coord_db_open (copy, COORD_DB_WRITER, error);
  if (from != NULL && coord_migrate_check_owner (from, error) && coord_db_check (from, error) &&
      coord_migrate (from, error) >= 0)
    return g_steal_pointer (&from);
  g_prefix_error (
    error, "The backup %s cannot be used, try another one; nothing was restored: ", backup);
  return NULL;
}

/* Without them everybody has to sign in again, and second factors are lost. */
static gboolean
restore_secrets (const char *backup, const char *data, GError **error)
{
  g_autofree char *source = g_build_filename (backup, "secrets", NULL);
  g_autofree char *target = g_build_filename (data, "secrets", NULL);
  g_autoptr (GDir) names = NULL;
  const char *name;

  if (g_file_test (target, G_FILE_TEST_EXISTS)) {
    g_printerr ("entrevue-coordinator: %s was there already and was kept.\n", target);
    return TRUE;
  }
  if (!g_file_test (source, G_FILE_TEST_IS_DIR)) {
    g_printerr ("entrevue-coordinator: The backup has no secrets: everybody has to sign in again, "
                "and who has a second factor needs 'user totp-off'.\n");
    return TRUE;
  }
  if (!coord_backup_copy_secrets (backup, data, error)) {
    g_prefix_error (error,
      "The database is restored, but not its secrets. Copy %s to %s (mode 0700) by hand. ", source,
      target);
    return FALSE;
  }
  names = g_dir_open (target, 0, error);
  while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
    g_autofree char *path = g_build_filename (target, name, NULL);

    if (!coord_data_give (data, path, error))
      return FALSE;
  }
  return names != NULL && coord_data_give (data, target, error);
}

CoordUpkeep *
coord_command_restore (const CoordOptions *options, GError **error)
{
  g_autofree char *folder = g_build_filename (options->data, WORKING_FOLDER, NULL);
  int lock = coord_data_lock (options->data, error), applied;
  g_autoptr (CoordDb) from = NULL;
  g_autoptr (CoordDb) to = NULL;
  gint64 rows = -1;

  if (lock < 0)
    return NULL;
  from = open_backup (options->argument, folder, error);
  if (from != NULL && (to = coord_data_open (options, &applied, error)) != NULL &&
      coord_db_claim (to, COORD_DB_ALONE, error))
    rows = coord_copy (from, to, NULL, error);
  g_clear_pointer (&from, coord_db_close);
  remove_working_copy (folder);
  if (rows >= 0 && !restore_secrets (options->argument, options->data, error))
    rows = -1;
  close (lock);
  return rows >= 0 ? coord_upkeep_make (to, applied, rows) : NULL;
}
