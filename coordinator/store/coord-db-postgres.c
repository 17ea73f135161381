/* The driver for PostgreSQL: blocking libpq, parameters with their types, all results in binary. */

#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include "store/coord-db-private.h"
#include "store/coord-error.h"

#define SCHEMA "(SELECT oid FROM pg_namespace WHERE nspname = current_schema ())"
#define TABLES_SQL \
  "SELECT relname FROM pg_class WHERE relkind = 'r'" \
  " AND relnamespace = " SCHEMA " ORDER BY oid"
#define COLUMNS_SQL \
  "SELECT attname, CASE WHEN key IS NULL THEN 0 ELSE 1 END FROM pg_attribute" \
  " LEFT JOIN (SELECT conrelid, number, place AS key FROM pg_constraint," \
  "  unnest (conkey) WITH ORDINALITY AS keys (number, place) WHERE contype = 'p') AS keys" \
  "  ON conrelid = attrelid AND number = attnum" \
  " WHERE attrelid = (SELECT oid FROM pg_class WHERE relname = $1" \
  "  AND relnamespace = " SCHEMA ") AND attnum > 0 AND NOT attisdropped" \
  " ORDER BY key NULLS LAST, CAST (attname AS TEXT) COLLATE \"C\""
#define SIZE_SQL \
  "SELECT CAST (COALESCE (SUM (pg_total_relation_size (oid)), 0) AS BIGINT) FROM pg_class" \
  " WHERE relkind = 'r' AND relnamespace = " SCHEMA

/* Types of the system catalogue, pg_type.dat; they never change. */
enum {
  OID_BOOL = 16,
  OID_BYTEA = 17,
  OID_NAME = 19,
  OID_INT8 = 20,
  OID_INT2 = 21,
  OID_INT4 = 23,
  OID_TEXT = 25,
  OID_VARCHAR = 1043,
};

/* Writers take turns, in all processes, by a lock that ends with its transaction: a service may
 * look first and write then, as in SQLite's BEGIN IMMEDIATE. The server ends a transaction whose
 * process has stopped in the middle, so that it holds up the others for some seconds at most. */
#define LOCK_CLASS "1164866674"
#define BEGIN_WRITE \
  "BEGIN; SELECT pg_advisory_xact_lock (" LOCK_CLASS ", hashtext (current_schema ()))"
#define BEGIN_READ "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
/* Waits a little, for a process that was just killed. */
#define TAKE_SHARE(how) \
  "SET lock_timeout = '3s';" \
  "SELECT pg_advisory_lock" how " (" LOCK_CLASS " + 1, hashtext (current_schema ()));" \
  "SET lock_timeout = '10s'"
#define NOW_SQL "SELECT CAST (EXTRACT (EPOCH FROM clock_timestamp ()) * 1000000 AS BIGINT)"
/* Channels are the whole database's, schemas are not; a name has at most 63 bytes. */
#define LISTEN_SQL \
  "DO $$ BEGIN EXECUTE format ('LISTEN %I', 'entrevue_' || hashtext (current_schema ())); END $$"
#define NOTIFY_SQL "SELECT pg_notify ('entrevue_' || hashtext (current_schema ()), '')"
#define SET_UP \
  "SET lock_timeout = '10s'; SET statement_timeout = '60s';" \
  "SET idle_in_transaction_session_timeout = '5s'; SET synchronous_commit = on;" \
  "SET client_min_messages = warning"

typedef struct {
  CoordDb parent;
  PGconn *connection;
  GHashTable *statements; /* text -> name on the server */
  gboolean is_set_up; /* since it was connected */
  gboolean was_open; /* once */
  gboolean is_told; /* that it was lost, and why */
  gboolean is_begun; /* a transaction, that may have been lost with its connection */
  const char *share; /* SQL: takes the lock that was claimed; NULL: none */
  gboolean is_listening; /* or must be, once it is connected again */
} PostgresDb;

/* The reason names hosts, users and databases. Whoever opens it is an operator; later it goes to
 * everybody who asks for something, and the reason into the log. */
static void
set_lost (PostgresDb *db, GError **error)
{
  g_autofree char *text = g_strchomp (g_strdup (PQerrorMessage (db->connection)));

  if (!db->was_open) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The database cannot be reached (%s). Try again in a moment.", text);
    return;
  }
  if (!db->is_told)
    g_message ("The database cannot be reached: %s", text);
  db->is_told = TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
    "The database cannot be reached. Try again in a moment.");
}

/* SQLSTATE codes: PostgreSQL's manual, appendix A. */
static void
set_error (PostgresDb *db, const PGresult *result, GError **error)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  g_autofree char *text = g_strchomp (g_strdup (PQresultErrorMessage (result)));

  if (state == NULL || PQstatus (db->connection) != CONNECTION_OK ||
      g_str_has_prefix (state, "57P"))
    set_lost (db, error);
  else if (strcmp (state, "23P01") == 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_OVERLAP,
      "This time overlaps with another appointment of the same person.");
  else if (strcmp (state, "23505") == 0)
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_CONFLICT, "Something with the same name or key exists.");
  else if (strcmp (state, "53100") == 0)
    g_set_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
      "The database server could not write to its disk (%s). Nothing was changed.", text);
  else if (strcmp (state, "55P03") == 0 || strcmp (state, "57014") == 0 ||
           g_str_has_prefix (state, "40") || g_str_has_prefix (state, "53"))
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_UNAVAILABLE, "The database is busy. Try again in a moment.");
  else
    g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL, "PostgreSQL: %s (%s)", text, state);
}

static gboolean
is_good (const PGresult *result)
{
  ExecStatusType status = PQresultStatus (result);

  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* One or more statements without parameters, whose rows nobody wants. */
static gboolean
run_script (PostgresDb *db, const char *script, GError **error)
{
  PGresult *result = PQexec (db->connection, script);
  gboolean is_done = is_good (result);

  if (!is_done)
    set_error (db, result, error);
  PQclear (result);
  return is_done;
}

static gboolean
take_share (PostgresDb *db, const char *share, GError **error)
{
  PGresult *result = PQexec (db->connection, share);
  gboolean is_taken = is_good (result);
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);

  if (!is_taken && g_strcmp0 (state, "55P03") == 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "Another coordinator uses this database. Stop it first, or name another database.");
  else if (!is_taken)
    set_error (db, result, error);
  PQclear (result);
  return is_taken;
}

/* Makes the connection good again where it was lost, with what it held. */
static gboolean
connect_again (PostgresDb *db, GError **error)
{
  if (PQstatus (db->connection) != CONNECTION_OK) {
    db->is_set_up = FALSE;
    g_hash_table_remove_all (db->statements);
    PQreset (db->connection);
  }
  if (PQstatus (db->connection) != CONNECTION_OK) {
    set_lost (db, error);
    return FALSE;
  }
  if (db->is_set_up)
    return TRUE;
  db->is_set_up = run_script (db, SET_UP, error) &&
                  (db->share == NULL || take_share (db, db->share, error)) &&
                  (!db->is_listening || run_script (db, LISTEN_SQL, error));
  if (db->is_set_up) {
    db->was_open = TRUE;
    db->is_told = FALSE;
  }
  return db->is_set_up;
}

/* Numbers travel as eight bytes, most significant first. */
typedef struct {
  int count;
  Oid types[COORD_MAX_PARAMETERS];
  const char *data[COORD_MAX_PARAMETERS];
  int sizes[COORD_MAX_PARAMETERS];
  int formats[COORD_MAX_PARAMETERS];
  gint64 numbers[COORD_MAX_PARAMETERS];
} Parameters;

static void
set_parameters (Parameters *parameters, const CoordValue *values)
{
  parameters->count = 0;
  for (int i = 1; values[i].type != COORD_VALUE_END; i++) {
    const CoordValue *value = &values[i];
    int at = parameters->count++;
    gsize size = 0;

    g_assert (i <= COORD_MAX_PARAMETERS);
    parameters->formats[at] = 1;
    parameters->data[at] = NULL;
    if (value->type == COORD_VALUE_INT) {
      parameters->types[at] = OID_INT8;
      parameters->numbers[at] = GINT64_TO_BE (value->number);
      parameters->data[at] = (const char *) &parameters->numbers[at];
      size = sizeof (gint64);
    } else if (value->type == COORD_VALUE_BYTES) {
      parameters->types[at] = OID_BYTEA;
      if (value->bytes != NULL) {
        parameters->data[at] = g_bytes_get_data (value->bytes, &size);
        if (size == 0)
          parameters->data[at] = ""; /* NULL would be SQL's */
      }
    } else {
      /* Of an untyped NULL the server finds out the type. */
      parameters->types[at] = value->type == COORD_VALUE_TEXT ? OID_TEXT : 0;
      parameters->data[at] = value->type == COORD_VALUE_TEXT ? value->text : NULL;
      size = parameters->data[at] != NULL ? strlen (value->text) : 0;
    }
    parameters->sizes[at] = (int) size;
  }
}

static const char *
prepare (PostgresDb *db, const char *sql, const Parameters *parameters, GError **error)
{
  char *name = g_hash_table_lookup (db->statements, sql);
  PGresult *result;

  if (name != NULL)
    return name;
  name = g_strdup_printf ("s%u", g_hash_table_size (db->statements));
  result = PQprepare (db->connection, name, sql, parameters->count, parameters->types);
  if (is_good (result))
    g_hash_table_insert (db->statements, g_strdup (sql), name);
  else {
    set_error (db, result, error);
    g_clear_pointer (&name, g_free);
  }
  PQclear (result);
  return name;
}

/* FALSE when the column has a type that statements here must not give: they have to CAST it. */
static gboolean
add_cell (CoordRows *rows, const PGresult *result, int row, int column)
{
  const char *data = PQgetvalue (result, row, column);
  int size = PQgetlength (result, row, column);
  guint16 two;
  guint32 four;
  guint64 eight;

  if (PQgetisnull (result, row, column)) {
    coord_rows_add_null (rows);
    return TRUE;
  }
  switch (PQftype (result, column)) {
  case OID_BOOL:
    coord_rows_add_int (rows, *data);
    return TRUE;
  case OID_INT2:
    memcpy (&two, data, sizeof two);
    coord_rows_add_int (rows, (gint16) GUINT16_FROM_BE (two));
    return TRUE;
  case OID_INT4:
    memcpy (&four, data, sizeof four);
    coord_rows_add_int (rows, (gint32) GUINT32_FROM_BE (four));
    return TRUE;
  case OID_INT8:
    memcpy (&eight, data, sizeof eight);
    coord_rows_add_int (rows, (gint64) GUINT64_FROM_BE (eight));
    return TRUE;
  case OID_TEXT:
  case OID_VARCHAR:
  case OID_NAME:
    coord_rows_add_text (rows, data, size);
    return TRUE;
  case OID_BYTEA:
    coord_rows_add_bytes (rows, data, size);
    return TRUE;
  default:
    return FALSE;
  }
}

static CoordRows *
read_rows (const PGresult *result, GError **error)
{
  int n_columns = PQnfields (result), n_rows = PQntuples (result);
  g_autoptr (CoordRows) rows = coord_rows_new (n_columns);

  for (int row = 0; row < n_rows; row++)
    for (int column = 0; column < n_columns; column++)
      if (!add_cell (rows, result, row, column)) {
        g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL,
          "PostgreSQL: column '%s' has type %u, which no statement should give",
          PQfname (result, column), PQftype (result, column));
        return NULL;
      }
  return g_steal_pointer (&rows);
}

static CoordRows *
query (CoordDb *base, GError **error, const char *sql, const CoordValue *values)
{
  PostgresDb *db = (PostgresDb *) base;
  Parameters parameters;
  CoordRows *rows = NULL;
  const char *name;
  PGresult *result;

  /* The rest of a transaction must not be done on another connection. */
  if (!db->is_begun && !connect_again (db, error))
    return NULL;
  set_parameters (&parameters, values);
  if (parameters.count == 0)
    /* Savepoints, migrations: nothing that would be worth to be kept. */
    result = PQexecParams (db->connection, sql, 0, NULL, NULL, NULL, NULL, 1);
  else {
    name = prepare (db, sql, &parameters, error);
    if (name == NULL)
      return NULL;
    result = PQexecPrepared (db->connection, name, parameters.count, parameters.data,
      parameters.sizes, parameters.formats, 1);
  }
  if (!is_good (result))
    set_error (db, result, error);
  else if (strcmp (sql, "COMMIT") == 0 && strcmp (PQcmdStatus (result), "COMMIT") != 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INTERNAL,
      "PostgreSQL: a statement had failed, and nothing was committed");
  else
    rows = read_rows (result, error);
  PQclear (result);
  if (strcmp (sql, "COMMIT") == 0 || strcmp (sql, "ROLLBACK") == 0)
    db->is_begun = FALSE;
  return rows;
}

static gboolean
is_in_transaction (CoordDb *base)
{
  PGTransactionStatusType status = PQtransactionStatus (((PostgresDb *) base)->connection);

  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

static gboolean
begin_once (PostgresDb *db, CoordDbMode mode, GError **error)
{
  return connect_again (db, error) &&
         run_script (db, mode == COORD_DB_WRITER ? BEGIN_WRITE : BEGIN_READ, error);
}

/* That a connection was lost shows when it is used next. Nothing was done on it then, so that a new
 * one can take its place without anybody's noticing. */
static gboolean
begin (CoordDb *base, CoordDbMode mode, GError **error)
{
  PostgresDb *db = (PostgresDb *) base;
  gboolean was_connected = PQstatus (db->connection) == CONNECTION_OK;
  g_autoptr (GError) failure = NULL;

  db->is_begun = begin_once (db, mode, &failure);
  if (!db->is_begun && was_connected && PQstatus (db->connection) != CONNECTION_OK) {
    g_clear_error (&failure);
    db->is_begun = begin_once (db, mode, &failure);
  }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  if (!db->is_begun && is_in_transaction (base))
    run_script (db, "ROLLBACK", NULL);
  return db->is_begun;
}

static gboolean
claim (CoordDb *base, CoordDbClaim claim, GError **error)
{
  PostgresDb *db = (PostgresDb *) base;
  const char *share = claim == COORD_DB_SERVE ? TAKE_SHARE ("_shared") : TAKE_SHARE ("");

  if (!connect_again (db, error) || !take_share (db, share, error))
    return FALSE;
  db->share = share;
  return TRUE;
}

/* Other processes. */

static gboolean
wake_listeners (CoordDb *base, GError **error)
{
  return run_script ((PostgresDb *) base, NOTIFY_SQL, error);
}

/* Whether somebody has woken the listeners since this was asked last. */
static gboolean
take_notices (PostgresDb *db)
{
  gboolean is_woken = FALSE;
  PGnotify *notice;

  while ((notice = PQnotifies (db->connection)) != NULL) {
    is_woken = TRUE;
    PQfreemem (notice);
  }
  return is_woken;
}

static gboolean
listen_postgres (CoordDb *base, int wake_fd, guint timeout_ms, GError **error)
{
  PostgresDb *db = (PostgresDb *) base;
  struct pollfd fds[] = { { .events = POLLIN }, { .fd = wake_fd, .events = POLLIN } };

  if (!db->is_listening) {
    db->is_listening = TRUE;
    db->is_set_up = FALSE; /* what else it sets is as it was */
  }
  if (!connect_again (db, error))
    return FALSE;
  if (take_notices (db))
    return TRUE;
  fds[0].fd = PQsocket (db->connection);
  if (poll (fds, G_N_ELEMENTS (fds), timeout_ms) <= 0 || fds[0].revents == 0)
    return TRUE;
  if (!PQconsumeInput (db->connection)) {
    set_lost (db, error);
    return FALSE;
  }
  take_notices (db);
  return TRUE;
}

static void
close_postgres (CoordDb *base)
{
  PostgresDb *db = (PostgresDb *) base;

  g_hash_table_unref (db->statements);
  PQfinish (db->connection);
  g_free (db);
}

static const CoordDbDriver postgres_driver = {
  .name = "postgresql",
  .tables_sql = TABLES_SQL,
  .columns_sql = COLUMNS_SQL,
  .size_sql = SIZE_SQL,
  .now_sql = NOW_SQL,
  .query = query,
  .begin = begin,
  .is_in_transaction = is_in_transaction,
  .claim = claim,
  .wake_listeners = wake_listeners,
  .listen = listen_postgres,
  .close = close_postgres,
};

CoordDb *
coord_db_open_postgres (const char *uri, GError **error)
{
  PostgresDb *db = g_new0 (PostgresDb, 1);
  g_autoptr (CoordDb) base = &db->parent;
  /* What the operator's address says goes before these. A server that vanished is noticed. */
  const char *names[] = { "fallback_application_name", "connect_timeout", "keepalives_idle",
    "tcp_user_timeout", "client_encoding", "dbname", NULL };
  const char *values[] = { "entrevue-coordinator", "10", "10", "20000", "UTF8", uri, NULL };

  db->parent.driver = &postgres_driver;
  db->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  db->connection = PQconnectdbParams (names, values, 1);
  /* Details of an error quote the row that was refused, which nobody may read in a log. */
  PQsetErrorVerbosity (db->connection, PQERRORS_TERSE);
  if (!connect_again (db, error)) {
    g_prefix_error (error, "Could not open the database: ");
    return NULL;
  }
  return g_steal_pointer (&base);
}
