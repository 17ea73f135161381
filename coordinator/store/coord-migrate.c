#include "store/coord-migrate.h"

#include <string.h>

#include "store/coord-db-private.h"
#include "store/coord-error.h"
#include "coord-migrations.h"

#define FOLDER "/org/entrevue/coordinator/migrations/"

typedef struct {
  int number;
  char *name;
  GBytes *text;
  char *sha256;
} Migration;

static void
migration_free (Migration *migration)
{
  g_free (migration->name);
  g_bytes_unref (migration->text);
  g_free (migration->sha256);
  g_free (migration);
}

static int
compare_migrations (gconstpointer a, gconstpointer b)
{
  return (*(Migration *const *) a)->number - (*(Migration *const *) b)->number;
}

/* The compiled-in files, in order. */
static GPtrArray *
list_migrations (CoordDb *db)
{
  g_autofree char *folder = g_strconcat (FOLDER, db->driver->name, NULL);
  GResource *resource = coord_migrations_get_resource ();
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) migration_free);
  g_auto (GStrv) names = g_resource_enumerate_children (resource, folder, 0, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_build_path ("/", folder, names[i], NULL);
    Migration *migration = g_new0 (Migration, 1);

    migration->number = (int) g_ascii_strtoll (names[i], NULL, 10);
    migration->name = g_strdup (names[i]);
    migration->text = g_resource_lookup_data (resource, path, 0, NULL);
    migration->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, migration->text);
    g_ptr_array_add (list, migration);
  }
  g_ptr_array_sort (list, compare_migrations);
  return list;
}

int
coord_migrate_get_newest (CoordDb *db)
{
  g_autoptr (GPtrArray) list = list_migrations (db);

  return ((Migration *) list->pdata[list->len - 1])->number;
}

/* Ends of statements are lines that end with a semicolon and do not start with a space, so that the
 * statements inside of a trigger's body stay together. */
static gboolean
run_file (CoordDb *db, const Migration *migration, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (migration->text, &size);
  g_autofree char *text = g_strndup (data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) statement = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "--") || *lines[i] == '\0')
      continue;
    g_string_append (statement, lines[i]);
    g_string_append_c (statement, '\n');
    if (*lines[i] == ' ' || !g_str_has_suffix (lines[i], ";"))
      continue;
    if (!coord_db_run (db, error, statement->str)) {
      g_prefix_error (error, "Migration %s, line %u: ", migration->name, i + 1);
      return FALSE;
    }
    g_string_truncate (statement, 0);
  }
  return coord_db_run (db, error,
    "INSERT INTO schema_migration (number, name, sha256, at) VALUES ($1, $2, $3, $4)",
    COORD_INT (migration->number), COORD_TEXT (migration->name), COORD_TEXT (migration->sha256),
    COORD_INT (g_get_real_time ()));
}

/* Sets *is_ours to whether its tables are Entrevue's, and *other to one that is there while they
 * are not; NULL: it is empty. The caller owns it. */
static gboolean
look_at_tables (CoordDb *db, gboolean *is_ours, char **other, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error, db->driver->tables_sql);

  *is_ours = FALSE;
  while (rows != NULL && !*is_ours && coord_rows_next (rows)) {
    *is_ours = strcmp (coord_rows_get_text (rows, 0), "schema_migration") == 0;
    if (*other == NULL)
      *other = coord_rows_dup_text (rows, 0);
  }
  return rows != NULL;
}

/* Nobody else's tables are touched, or mixed with ours. */
static gboolean
check_owner (CoordDb *db, gboolean may_be_empty, GError **error)
{
  g_autofree char *other = NULL;
  gboolean is_ours;

  if (!look_at_tables (db, &is_ours, &other, error))
    return FALSE;
  if (is_ours || (other == NULL && may_be_empty))
    return TRUE;
  if (other == NULL)
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_CONFLICT, "The database is empty. Is it the right one?");
  else
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "The database is another program's: it has a table %s, but none of Entrevue's. Give Entrevue "
      "one of its own. Nothing was changed.",
      other);
  return FALSE;
}

gboolean
coord_migrate_check_owner (CoordDb *db, GError **error)
{
  return check_owner (db, FALSE, error);
}

/* Compares what was applied with what is compiled in; sets *done to the highest number applied. */
static gboolean
check_applied (CoordDb *db, GPtrArray *list, int *done, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT number, sha256 FROM schema_migration ORDER BY number");

  *done = 0;
  if (rows == NULL)
    return FALSE;
  while (coord_rows_next (rows)) {
    const Migration *known = NULL;

    *done = (int) coord_rows_get_int (rows, 0);
    for (guint i = 0; i < list->len; i++)
      if (((Migration *) list->pdata[i])->number == *done)
        known = list->pdata[i];
    if (known == NULL) {
      g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
        "The database was made by a newer version of Entrevue (schema %d, this program knows %d). "
        "Install that version, or restore a backup from before the upgrade.",
        *done, ((Migration *) list->pdata[list->len - 1])->number);
      return FALSE;
    }
    if (strcmp (known->sha256, coord_rows_get_text (rows, 1)) != 0) {
      g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
        "The database was made by a different build of Entrevue: migration %s differs.",
        known->name);
      return FALSE;
    }
  }
  return TRUE;
}

static gpointer
migrate_cb (CoordDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) list = list_migrations (db);
  int *applied = data, done;

  if (!check_owner (db, TRUE, error) ||
      !coord_db_run (db, error,
        "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, "
        "name TEXT NOT NULL, sha256 TEXT NOT NULL, at BIGINT NOT NULL)") ||
      !check_applied (db, list, &done, error))
    return NULL;
  for (guint i = 0; i < list->len; i++) {
    if (((Migration *) list->pdata[i])->number <= done)
      continue;
    if (!run_file (db, list->pdata[i], error))
      return NULL;
    ++*applied;
  }
  return NULL;
}

int
coord_migrate (CoordDb *db, GError **error)
{
  g_autoptr (GError) failure = NULL;
  int applied = 0;

  coord_db_transaction (db, migrate_cb, &applied, &failure);
  if (failure == NULL)
    return applied;
  g_propagate_error (error, g_steal_pointer (&failure));
  return -1;
}

gboolean
coord_migrate_check (CoordDb *db, GError **error)
{
  g_autoptr (GPtrArray) list = list_migrations (db);
  int done;

  if (!check_owner (db, FALSE, error) || !check_applied (db, list, &done, error))
    return FALSE;
  if (done == coord_migrate_get_newest (db))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "The database has the older schema %d. Run 'entrevue-coordinator migrate' first.", done);
  return FALSE;
}
