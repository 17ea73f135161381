#include "commands/coord-command-upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/coord-data.h"
#include "store/coord-copy.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

static const EntField coord_upkeep_fields[] = {
  ENT_FIELD (CoordUpkeep, schema, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordUpkeep, applied, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordUpkeep, rows, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
};
ENT_STRUCT_DEFINE (CoordUpkeep, coord_upkeep)

static gboolean
fail_file (GError **error, const char *what, const char *path)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Could not %s %s: %s.", what,
    path, g_strerror (errno));
  return FALSE;
}

static CoordUpkeep *
make_answer (CoordDb *db, gint64 applied, gint64 rows)
{
  CoordUpkeep *answer = coord_upkeep_new ();

  *answer = (CoordUpkeep){ coord_migrate_get_newest (db), applied, rows };
  return answer;
}

/* Nobody serves meanwhile: what was acknowledged during the copy would stay behind. */
static gint64
move_database (CoordDb *db, const CoordOptions *options, GError **error)
{
  int lock = coord_data_lock (options->data, error);
  g_autoptr (CoordDb) to = lock >= 0 ? coord_db_open (options->to, COORD_DB_WRITER, error) : NULL;
  gint64 rows = -1;

  if (to != NULL && coord_db_claim (db, COORD_DB_ALONE, error) &&
      coord_db_claim (to, COORD_DB_ALONE, error) && coord_migrate (to, error) >= 0)
    rows = coord_copy (db, to, error);
  if (lock >= 0)
    close (lock);
  return rows;
}

CoordUpkeep *
coord_command_migrate (const CoordOptions *options, GError **error)
{
  int applied;
  g_autoptr (CoordDb) db = coord_data_open (options, &applied, error);
  gint64 rows = 0;

  if (db == NULL || (options->to != NULL && (rows = move_database (db, options, error)) < 0))
    return NULL;
  return make_answer (db, applied, rows);
}

/* Files. */

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

static const char *secret_names[] = { "signing-key", "refresh-key", "turn-secret" };

/* Copies the secrets that there are; the folder is made, for this user alone. */
static gboolean
copy_secrets (const char *from_folder, const char *to_folder, GError **error)
{
  g_autofree char *from = g_build_filename (from_folder, "secrets", NULL);
  g_autofree char *to = g_build_filename (to_folder, "secrets", NULL);

  if (!g_file_test (from, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdir_with_parents (to, 0700) != 0)
    return fail_file (error, "make", to);
  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++) {
    g_autofree char *source = g_build_filename (from, secret_names[i], NULL);
    g_autofree char *target = g_build_filename (to, secret_names[i], NULL);
    g_autofree char *text = NULL;
    gsize size;

    if (!g_file_test (source, G_FILE_TEST_EXISTS))
      continue;
    if (!g_file_get_contents (source, &text, &size, error) ||
        !g_file_set_contents_full (target, text, size, G_FILE_SET_CONTENTS_DURABLE, 0600, error))
      return FALSE;
  }
  return sync_path (to, error);
}

/* Backup. */

static gint64
write_backup (const CoordOptions *options, const char *folder, GError **error)
{
  g_autofree char *place = coord_data_find (options, error);
  g_autofree char *file = g_build_filename (folder, "entrevue.db", NULL);
  g_autoptr (CoordDb) from = place != NULL ? coord_db_open (place, COORD_DB_READER, error) : NULL;
  g_autoptr (CoordDb) to = from != NULL ? coord_db_open (file, COORD_DB_WRITER, error) : NULL;
  gint64 rows;

  if (to == NULL || coord_migrate (to, error) < 0 || (rows = coord_copy (from, to, error)) < 0)
    return -1;
  g_clear_pointer (&to, coord_db_close); /* writes its log into the file */
  if ((options->is_with_secrets && !copy_secrets (options->data, folder, error)) ||
      !sync_path (file, error) || !sync_path (folder, error))
    return -1;
  return rows;
}

static void
remove_backup (const char *folder)
{
  const char *names[] = { "entrevue.db", "entrevue.db-wal", "entrevue.db-shm",
    "secrets/signing-key", "secrets/refresh-key", "secrets/turn-secret", "secrets", "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_remove (path);
  }
}

CoordUpkeep *
coord_command_backup (const CoordOptions *options, GError **error)
{
  g_autofree char *folder = g_canonicalize_filename (options->argument, NULL);
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autofree char *unfinished = g_strconcat (folder, ".unfinished", NULL);
  g_autoptr (CoordUpkeep) answer = NULL;
  gint64 rows;

  if (g_file_test (folder, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
      "%s exists already. Name a folder that does not, so that no backup is lost.", folder);
    return NULL;
  }
  remove_backup (unfinished);
  if (g_mkdir (unfinished, 0700) != 0) {
    fail_file (error, "make", unfinished);
    return NULL;
  }
  rows = write_backup (options, unfinished, error);
  if (rows < 0) {
    remove_backup (unfinished);
    return NULL;
  }
  if (rename (unfinished, folder) != 0) {
    fail_file (error, "name", folder);
    return NULL;
  }
  if (!sync_path (parent, error))
    return NULL;
  answer = coord_upkeep_new ();
  answer->rows = rows;
  return g_steal_pointer (&answer);
}

/* Restoring. */

CoordUpkeep *
coord_command_restore (const CoordOptions *options, GError **error)
{
  g_autofree char *file = g_build_filename (options->argument, "entrevue.db", NULL);
  g_autofree char *secrets = g_build_filename (options->data, "secrets", NULL);
  int lock = coord_data_lock (options->data, error), applied;
  g_autoptr (CoordDb) from = NULL;
  g_autoptr (CoordDb) to = NULL;
  gint64 rows = -1;

  if (lock < 0)
    return NULL;
  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
      "%s is no backup: it has no file entrevue.db.", options->argument);
  else if ((from = coord_db_open (file, COORD_DB_WRITER, error)) != NULL &&
           coord_migrate (from, error) >= 0 &&
           (to = coord_data_open (options, &applied, error)) != NULL &&
           coord_db_claim (to, COORD_DB_ALONE, error))
    rows = coord_copy (from, to, error);
  if (rows >= 0 && !g_file_test (secrets, G_FILE_TEST_EXISTS) &&
      !copy_secrets (options->argument, options->data, error))
    rows = -1;
  close (lock);
  return rows >= 0 ? make_answer (to, applied, rows) : NULL;
}

CoordUpkeep *
coord_command_check (const CoordOptions *options, GError **error)
{
  g_autofree char *place = coord_data_find (options, error);
  g_autoptr (CoordDb) db = place != NULL ? coord_db_open (place, COORD_DB_READER, error) : NULL;
  gint64 rows;

  if (db == NULL || !coord_migrate_check (db, error) || !coord_db_check (db, error) ||
      (rows = coord_copy_count (db, error)) < 0)
    return NULL;
  return make_answer (db, 0, rows);
}
