#include "commands/coord-command-upkeep.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "commands/coord-data.h"
#include "realtime/coord-room-seal.h"
#include "service/coord-backup-service.h"
#include "store/coord-backup-folder.h"
#include "store/coord-backup.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

static const EntField coord_upkeep_fields[] = {
  ENT_FIELD (CoordUpkeep, schema, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordUpkeep, applied, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (CoordUpkeep, rows, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
};
ENT_STRUCT_DEFINE (CoordUpkeep, coord_upkeep)

CoordUpkeep *
coord_upkeep_make (CoordDb *db, gint64 applied, gint64 rows)
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
  g_autoptr (CoordDb) to = lock >= 0 && coord_db_claim (db, COORD_DB_ALONE, error)
                             ? coord_db_open (options->to, COORD_DB_WRITER, error)
                             : NULL;
  gint64 rows = -1;

  if (to != NULL && coord_db_claim (to, COORD_DB_ALONE, error) && coord_migrate (to, error) >= 0)
    rows = coord_copy (db, to, NULL, error);
  if (lock >= 0)
    close (lock);
  return rows;
}

/* SQLite would take an empty name, of a variable that is not set, for a database that goes with the
 * command, and any address for the name of a file. */
static gboolean
check_target (const char *to, GError **error)
{
  if (to == NULL || (*to != '\0' && (strstr (to, "://") == NULL || coord_db_is_postgres (to))))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "--to must be an address that starts with postgresql://, or the path of a new file, not '%s'.",
    to);
  return FALSE;
}

CoordUpkeep *
coord_command_migrate (const CoordOptions *options, GError **error)
{
  int applied;
  g_autoptr (CoordDb) db =
    check_target (options->to, error) ? coord_data_open (options, &applied, error) : NULL;
  gint64 rows = 0;

  if (db == NULL || (options->to != NULL && (rows = move_database (db, options, error)) < 0))
    return NULL;
  return coord_upkeep_make (db, applied, rows);
}

/* Backing up. */

typedef struct {
  const char *folder;
  CoordBackupMade made;
  const char *message; /* NULL: it was made */
  gint64 began_us;
} Made;

static gpointer
record_cb (CoordDb *db, gpointer data, GError **error)
{
  const Made *made = data;

  coord_backup_service_record (
    db, made->folder, &made->made, made->message, made->began_us, g_get_real_time (), error);
  return NULL;
}

/* For the list of backups and for /metrics. A copy is worth no less when its database cannot be
 * written to. */
static void
record (const char *place, Made *made)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDb) db = NULL;

  if (!coord_db_is_postgres (place) && !g_file_test (place, G_FILE_TEST_EXISTS))
    return; /* a writer would make it */
  db = coord_db_open (place, COORD_DB_WRITER, &error);
  if (db != NULL && coord_migrate_check (db, &error))
    coord_db_transaction (db, record_cb, made, &error);
  if (error != NULL)
    g_printerr (
      "entrevue-coordinator: Could not write down what became of the backup: %s\n", error->message);
}

static CoordCopyWatch copy_watch;

static void
stop_cb (int number)
{
  g_atomic_int_set (&copy_watch.is_cancelled, TRUE);
}

/* Whoever ends the command leaves no half copy behind. */
static void
stop_on_signals (void)
{
  const struct sigaction stop = { .sa_handler = stop_cb, .sa_flags = SA_RESTART };

  sigaction (SIGINT, &stop, NULL);
  sigaction (SIGTERM, &stop, NULL);
}

CoordUpkeep *
coord_command_backup (const CoordOptions *options, GError **error)
{
  g_autofree char *folder = g_canonicalize_filename (options->argument, NULL);
  g_autofree char *unfinished = g_strconcat (folder, COORD_BACKUP_UNFINISHED, NULL);
  g_autofree char *place = coord_data_find (options, error);
  const CoordBackup backup = { place, folder, unfinished,
    options->is_with_secrets ? options->data : NULL };
  Made made = { .folder = folder, .began_us = g_get_real_time () };
  g_autoptr (GError) failure = NULL;
  CoordUpkeep *answer;

  if (place == NULL)
    return NULL;
  stop_on_signals ();
  if (!coord_backup_make (&backup, &copy_watch, &made.made, &failure))
    made.message = failure->message;
  record (place, &made);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  answer = coord_upkeep_new ();
  answer->rows = made.made.rows;
  return answer;
}

CoordUpkeep *
coord_command_check (const CoordOptions *options, GError **error)
{
  g_autofree char *place = coord_data_find (options, error);
  g_autoptr (CoordDb) db = place != NULL ? coord_db_open (place, COORD_DB_READER, error) : NULL;
  gint64 rows;

  if (db == NULL || !coord_migrate_check (db, error) || !coord_db_check (db, error) ||
      !coord_room_seal_verify_all (db, error) || (rows = coord_copy_count (db, error)) < 0)
    return NULL;
  return coord_upkeep_make (db, 0, rows);
}
