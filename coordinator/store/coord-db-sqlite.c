#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store/coord-db-private.h"
#include "store/coord-error.h"

#define BUSY_TIMEOUT_MS 10000
#define MAX_ADDRESSES 4096
#define TABLES_SQL \
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
#define COLUMNS_SQL "SELECT name, pk > 0 FROM pragma_table_info ($1) ORDER BY pk = 0, pk, name"
#define SIZE_SQL \
  "SELECT (page_count - freelist_count) * page_size" \
  " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"

typedef struct {
  sqlite3_stmt *statement;
  char *sql;
  int places[COORD_MAX_PARAMETERS + 1]; /* of $1, $2 ... by SQLite's count; 0: not in the text */
} Prepared;

typedef struct {
  CoordDb parent;
  sqlite3 *handle;
  GHashTable *statements; /* text -> Prepared, once each */
  GHashTable *by_address; /* where such a text stood -> Prepared, borrowed */
} SqliteDb;

static void
set_error (SqliteDb *db, GError **error)
{
  int code = sqlite3_extended_errcode (db->handle);
  const char *text = sqlite3_errmsg (db->handle);

  if (code == SQLITE_CONSTRAINT_TRIGGER)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_OVERLAP,
      "This time overlaps with another appointment of the same person.");
  else if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_CONFLICT, "Something with the same name or key exists.");
  else if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_WRITE ||
           code == SQLITE_IOERR_FSYNC) {
    int reason = sqlite3_system_errno (db->handle);

    g_set_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
      "The server could not write to its disk (%s%s%s). Nothing was changed.", text,
      reason != 0 ? ": " : "", reason != 0 ? g_strerror (reason) : "");
  } else if ((code & 0xff) == SQLITE_BUSY)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The database is in use by another program. Try again.");
  else if ((code & 0xff) == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL,
      "The database is damaged (%s). Stop the server and restore the newest backup.", text);
  else if ((code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_CANTOPEN)
    g_set_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The server may not write to its database (%s). Is the disk mounted for reading only, or do "
      "the file and its folder belong to another user than the one who runs this?",
      text);
  else if ((code & 0xff) == SQLITE_IOERR)
    g_set_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The server could not read its disk (%s, %d). Look at the log of the system.", text, code);
  else
    g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL, "SQLite: %s (%d)", text, code);
}

/* SQLite says the same of all that keeps it from opening a file. */
static void
explain_open (SqliteDb *db, const char *path, CoordDbMode mode, GError **error)
{
  int reason = sqlite3_system_errno (db->handle);

  if (reason == ENOENT && mode == COORD_DB_WRITER)
    g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
      "Could not make the database '%s': there is no such folder. Make it first.", path);
  else if (reason == ENOENT)
    g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
      "There is no database '%s'. Name the server's data folder with --data, or its configuration "
      "with --config.",
      path);
  else if (reason == EACCES || reason == EPERM)
    g_set_error (error, COORD_ERROR, COORD_ERROR_DENIED,
      "Could not open the database '%s': it belongs to another user. Run this as that one, or as "
      "root.",
      path);
  else {
    set_error (db, error);
    g_prefix_error (error, "Could not open the database '%s': ", path);
  }
}

static void
prepared_free (Prepared *prepared)
{
  sqlite3_finalize (prepared->statement);
  g_free (prepared->sql);
  g_free (prepared);
}

/* By name: SQLite numbers $n by first appearance and not by n. */
static Prepared *
prepared_new (sqlite3_stmt *statement, const char *sql)
{
  Prepared *prepared = g_new0 (Prepared, 1);

  prepared->statement = statement;
  prepared->sql = g_strdup (sql);
  for (int i = 1; i <= COORD_MAX_PARAMETERS; i++) {
    char name[8];

    g_snprintf (name, sizeof name, "$%d", i);
    prepared->places[i] = sqlite3_bind_parameter_index (statement, name);
  }
  return prepared;
}

/* Texts are long and mostly constants: one that stands where it stood before is compared, which is
 * quicker than to hash it. */
static Prepared *
prepare (SqliteDb *db, const char *sql, GError **error)
{
  Prepared *prepared = g_hash_table_lookup (db->by_address, sql);
  sqlite3_stmt *statement;
  const char *rest;

  if (prepared != NULL && strcmp (prepared->sql, sql) == 0)
    return prepared;
  prepared = g_hash_table_lookup (db->statements, sql);
  if (prepared == NULL) {
    if (sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest) !=
        SQLITE_OK) {
      set_error (db, error);
      return NULL;
    }
    /* SQLite would pass over it in silence. */
    if (rest[strspn (rest, " \n")] != '\0') {
      sqlite3_finalize (statement);
      g_set_error (
        error, COORD_ERROR, COORD_ERROR_INTERNAL, "This is more than one statement: %s", sql);
      return NULL;
    }
    prepared = prepared_new (statement, sql);
    g_hash_table_insert (db->statements, prepared->sql, prepared);
  }
  if (g_hash_table_size (db->by_address) >= MAX_ADDRESSES)
    g_hash_table_remove_all (db->by_address);
  g_hash_table_insert (db->by_address, (gpointer) sql, prepared);
  return prepared;
}

static void
bind_values (const Prepared *prepared, const CoordValue *values)
{
  sqlite3_stmt *statement = prepared->statement;

  for (int i = 1; values[i].type != COORD_VALUE_END; i++) {
    const CoordValue *value = &values[i];
    int at;
    gsize size = 0;
    gconstpointer data;

    g_assert (i <= COORD_MAX_PARAMETERS);
    at = prepared->places[i];
    g_assert (at > 0);
    if (value->type == COORD_VALUE_INT)
      sqlite3_bind_int64 (statement, at, value->number);
    else if (value->type == COORD_VALUE_TEXT && value->text != NULL)
      sqlite3_bind_text (statement, at, value->text, -1, SQLITE_STATIC);
    else if (value->type == COORD_VALUE_BYTES && value->bytes != NULL) {
      data = g_bytes_get_data (value->bytes, &size);
      sqlite3_bind_blob64 (statement, at, size > 0 ? data : "", size, SQLITE_STATIC);
    } else
      sqlite3_bind_null (statement, at);
  }
}

/* A connection has no lock of its own (SQLITE_OPEN_NOMUTEX) and one thread: so values may be looked
 * at where they are, without the checks of a call for each look. */
static void
add_row (CoordRows *rows, sqlite3_stmt *statement, int n_columns)
{
  for (int i = 0; i < n_columns; i++) {
    sqlite3_value *value = sqlite3_column_value (statement, i);

    switch (sqlite3_value_type (value)) {
    case SQLITE_INTEGER:
      coord_rows_add_int (rows, sqlite3_value_int64 (value));
      break;
    case SQLITE_TEXT:
      coord_rows_add_text (
        rows, (const char *) sqlite3_value_text (value), sqlite3_value_bytes (value));
      break;
    case SQLITE_BLOB:
      coord_rows_add_bytes (rows, sqlite3_value_blob (value), sqlite3_value_bytes (value));
      break;
    default:
      coord_rows_add_null (rows);
    }
  }
}

static CoordRows *
query (CoordDb *base, GError **error, const char *sql, const CoordValue *values)
{
  SqliteDb *db = (SqliteDb *) base;
  const Prepared *prepared = prepare (db, sql, error);
  sqlite3_stmt *statement;
  g_autoptr (CoordRows) rows = NULL;
  int result, n_columns;

  if (prepared == NULL)
    return NULL;
  statement = prepared->statement;
  n_columns = sqlite3_column_count (statement);
  bind_values (prepared, values);
  rows = coord_rows_new (n_columns);
  while ((result = sqlite3_step (statement)) == SQLITE_ROW)
    add_row (rows, statement, n_columns);
  if (result != SQLITE_DONE)
    set_error (db, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return result == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

static gboolean
begin (CoordDb *base, CoordDbMode mode, GError **error)
{
  return coord_db_run (base, error, mode == COORD_DB_WRITER ? "BEGIN IMMEDIATE" : "BEGIN");
}

static gboolean
is_in_transaction (CoordDb *base)
{
  return !sqlite3_get_autocommit (((SqliteDb *) base)->handle);
}

/* When the log was written and only its sync failed, the transaction stands in the file, whole: the
 * server has told that it was not done, and would do it at its next start. The next transaction
 * takes the same place in the log; so one that matters to nobody is written at once, and without
 * the sync that fails. */
static void
forget_commit (CoordDb *base)
{
  sqlite3 *handle = ((SqliteDb *) base)->handle;

  sqlite3_exec (handle, "PRAGMA synchronous = OFF; PRAGMA user_version = 1;", NULL, NULL, NULL);
  sqlite3_exec (handle, "PRAGMA user_version = 0;", NULL, NULL, NULL);
  sqlite3_exec (handle, "PRAGMA synchronous = FULL;", NULL, NULL, NULL);
}

static gboolean
check (CoordDb *base, GError **error)
{
  g_autoptr (CoordRows) pages = coord_db_query (base, error, "PRAGMA integrity_check (10)");
  g_autoptr (CoordRows) keys =
    pages != NULL ? coord_db_query (base, error, "PRAGMA foreign_key_check") : NULL;

  if (keys == NULL)
    return FALSE;
  if (!coord_rows_next (pages) || strcmp (coord_rows_get_text (pages, 0), "ok") != 0) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL,
      "The database is damaged (%s). Restore the newest backup.", coord_rows_get_text (pages, 0));
    return FALSE;
  }
  if (!coord_rows_next (keys))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL,
    "The database is damaged (a row of table %s belongs to nothing). Restore the newest backup.",
    coord_rows_get_text (keys, 0));
  return FALSE;
}

/* What is free for this user: a reserve of root's does not count. */
static gboolean
check_space (CoordDb *base, GError **error)
{
  const char *path = sqlite3_db_filename (((SqliteDb *) base)->handle, "main");
  struct statvfs space;

  if (statvfs (path, &space) != 0) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The file of the database cannot be reached any more (%s): it was moved or removed while the "
      "server runs. Put it back.",
      g_strerror (errno));
    return FALSE;
  }
  if ((guint64) space.f_bavail * space.f_frsize >= COORD_DB_RESERVE_BYTES)
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
    "The server's disk is full: less than %d MiB are free beside its database.",
    COORD_DB_RESERVE_BYTES / (1024 * 1024));
  return FALSE;
}

static void
close_sqlite (CoordDb *base)
{
  SqliteDb *db = (SqliteDb *) base;

  g_hash_table_unref (db->by_address);
  g_hash_table_unref (db->statements);
  sqlite3_close (db->handle);
  g_free (db);
}

static const CoordDbDriver sqlite_driver = {
  .name = "sqlite",
  .shares_reads = TRUE,
  .tables_sql = TABLES_SQL,
  .columns_sql = COLUMNS_SQL,
  .size_sql = SIZE_SQL,
  .query = query,
  .begin = begin,
  .is_in_transaction = is_in_transaction,
  .forget_commit = forget_commit,
  .check = check,
  .check_space = check_space,
  .close = close_sqlite,
};

static gboolean
set_up (SqliteDb *db, CoordDbMode mode, GError **error)
{
  const char *settings =
    mode == COORD_DB_WRITER
      ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 16777216;"
        "PRAGMA secure_delete = ON;" /* what is deleted is not left in free pages */
      : "PRAGMA query_only = ON;";

  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
  if (sqlite3_exec (db->handle, settings, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (db, error);
  return FALSE;
}

/* Nobody asks how much memory SQLite takes, and to count it costs a lock that all connections share
 * for each piece. */
static void
set_up_once (void)
{
  static gsize is_done;

  if (!g_once_init_enter (&is_done))
    return;
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  g_once_init_leave (&is_done, 1);
}

CoordDb *
coord_db_open_sqlite (const char *path, CoordDbMode mode, GError **error)
{
  g_autoptr (CoordDb) base = NULL;
  SqliteDb *db = g_new0 (SqliteDb, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
              (mode == COORD_DB_WRITER ? SQLITE_OPEN_CREATE : 0);

  set_up_once ();
  db->parent.driver = &sqlite_driver;
  db->statements =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) prepared_free);
  db->by_address = g_hash_table_new (NULL, NULL);
  base = &db->parent;
  if (sqlite3_open_v2 (path, &db->handle, flags, NULL) != SQLITE_OK) {
    explain_open (db, path, mode, error);
    return NULL;
  }
  if (!set_up (db, mode, error)) {
    g_prefix_error (error, "Could not set up the database '%s': ", path);
    return NULL;
  }
  return g_steal_pointer (&base);
}
