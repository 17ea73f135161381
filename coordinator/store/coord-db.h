#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One connection to the database. It belongs to one thread at a time; store functions get it from
 * the pool's worker and keep nothing of it.
 *
 * Statement texts are constants in the SQL that SQLite and PostgreSQL share: parameters $1, $2, ...
 * (each usable more than once), RETURNING, ON CONFLICT, no booleans, times as microseconds. */
typedef struct _CoordDb CoordDb;

typedef enum {
  COORD_VALUE_END,
  COORD_VALUE_NULL,
  COORD_VALUE_INT,
  COORD_VALUE_TEXT,
  COORD_VALUE_BYTES,
} CoordValueType;

typedef struct {
  CoordValueType type;
  gint64 number;
  const char *text;
  GBytes *bytes;
} CoordValue;

/* Parameters; all are lent. A NULL text or NULL bytes is SQL's NULL. */
#define COORD_INT(v) ((CoordValue){ .type = COORD_VALUE_INT, .number = (v) })
#define COORD_TEXT(v) ((CoordValue){ .type = COORD_VALUE_TEXT, .text = (v) })
#define COORD_BYTES(v) ((CoordValue){ .type = COORD_VALUE_BYTES, .bytes = (v) })
#define COORD_VALUES(...) \
  ((const CoordValue[]){ { .type = COORD_VALUE_NULL }, ##__VA_ARGS__, { .type = COORD_VALUE_END } })

/* Runs a statement; after one that failed, the transaction can only be given up (PostgreSQL): who
 * reckons with a conflict writes ON CONFLICT. FALSE sets error: COORD_ERROR_CONFLICT when a unique
 * key or the rule against overlaps refused it, COORD_ERROR_STORAGE_FULL, else COORD_ERROR_INTERNAL.
 *
 *   coord_db_run (db, error, "UPDATE person SET name = $2 WHERE id = $1", COORD_TEXT (id),
 *     COORD_TEXT (name)); */
#define coord_db_run(db, error, sql, ...) \
  coord_db_run_values (db, error, sql, COORD_VALUES (__VA_ARGS__))
gboolean
coord_db_run_values (CoordDb *db, GError **error, const char *sql, const CoordValue *values);

/* Runs a statement and takes all its rows at once; NULL on error. Free with coord_rows_free(). Give
 * big tables a LIMIT. */
typedef struct _CoordRows CoordRows;
#define coord_db_query(db, error, sql, ...) \
  coord_db_query_values (db, error, sql, COORD_VALUES (__VA_ARGS__))
CoordRows *
coord_db_query_values (CoordDb *db, GError **error, const char *sql, const CoordValue *values);

void coord_rows_free (CoordRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRows, coord_rows_free)

/* Steps to the first, then to the next row; FALSE at the end. */
gboolean coord_rows_next (CoordRows *rows);
guint coord_rows_count (CoordRows *rows);

/* Columns of the row stepped to, from 0. NULL reads as 0 or NULL. */
gint64 coord_rows_get_int (CoordRows *rows, guint column);
const char *coord_rows_get_text (CoordRows *rows, guint column); /* lent, until rows is freed */
char *coord_rows_dup_text (CoordRows *rows, guint column);
GBytes *coord_rows_dup_bytes (CoordRows *rows, guint column);
gboolean coord_rows_is_null (CoordRows *rows, guint column);

typedef enum {
  COORD_DB_WRITER,
  COORD_DB_READER, /* a write fails */
} CoordDbMode;

/* Opens one connection to a place: the path of an SQLite file, which a writer makes when it is
 * missing, or the address of a PostgreSQL database ("postgresql://..." with libpq's parameters).
 * The schema is not looked at: see coord-migrate.h. Waits up to 10 s for another process's write.
 * A connection that PostgreSQL has lost is made again by the next transaction. */
CoordDb *coord_db_open (const char *place, CoordDbMode mode, GError **error);
gboolean coord_db_is_postgres (const char *place);

typedef enum {
  COORD_DB_SERVE, /* beside others who serve */
  COORD_DB_ALONE, /* nobody serves meanwhile */
} CoordDbClaim;

/* Says what this process does with the database, and holds to it until the connection is closed;
 * FALSE with COORD_ERROR_UNAVAILABLE when that cannot be while others do what they do. On SQLite
 * the caller locks the data folder instead. */
gboolean coord_db_claim (CoordDb *db, CoordDbClaim claim, GError **error);

/* Whether other processes may serve from the same database: on PostgreSQL. */
gboolean coord_db_is_shared (CoordDb *db);

/* The clock that all processes on a database have in common, in microseconds since 1970; -1 on
 * error. */
gint64 coord_db_get_now_us (CoordDb *db, GError **error);

/* Wakes those who listen on this database once the transaction is committed; nothing on SQLite. */
gboolean coord_db_wake_listeners (CoordDb *db, GError **error);

/* Makes this connection one that listens, also after it was lost and made again, and waits outside
 * of a transaction until somebody wakes the listeners, the descriptor can be read, or the time is
 * over. FALSE when the connection is lost; what was missed meanwhile nobody tells. */
gboolean coord_db_listen (CoordDb *db, int wake_fd, guint timeout_ms, GError **error);

/* Has the engine look for damage in its files, which reads them all; COORD_ERROR_INTERNAL says what
 * it found. PostgreSQL looks by itself, with checksums where they are on. */
gboolean coord_db_check (CoordDb *db, GError **error);

/* About how many bytes everything in it takes, with its indices; -1 on error. A copy in another
 * engine may take more or less. */
gint64 coord_db_measure (CoordDb *db, GError **error);

/* What stays free beside an SQLite file: its write-ahead log may take it. */
#define COORD_DB_RESERVE_BYTES (16 * 1024 * 1024)

/* Whether there is room to write, as far as that can be seen before: COORD_ERROR_STORAGE_FULL. The
 * disk of PostgreSQL cannot be seen; coord_db_pool_is_full() tells of it. */
gboolean coord_db_check_space (CoordDb *db, GError **error);

void coord_db_close (CoordDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordDb, coord_db_close)

/* Work on a connection: returns the result, or NULL and sets error, and then nothing of what it
 * wrote remains. NULL without an error is a result too. */
typedef gpointer (*CoordDbFunc) (CoordDb *db, gpointer data, GError **error);

/* Runs func as one transaction on a writer's connection, durable when this returns. For the command
 * line and for tests; servers use the pool. */
gpointer coord_db_transaction (CoordDb *db, CoordDbFunc func, gpointer data, GError **error);

/* The pool: one writer thread and some reader threads, each with its own connection.
 *
 * Writes are group-committed without a timer: a batch is what arrived during the previous commit's
 * fsync, each request in its own savepoint, in order of arrival. Answers leave after COMMIT, so
 * what was answered is durable. Reads see what was committed before they were asked
 * for; several that wait may see the same moment. */
typedef struct _CoordDbPool CoordDbPool;

/* The place is that of coord_db_open(). The writer says that it serves: see coord_db_claim(). */
CoordDbPool *coord_db_pool_new (const char *place, guint readers, GError **error);

/* Finishes what is queued, then ends the threads. */
void coord_db_pool_free (CoordDbPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordDbPool, coord_db_pool_free)

/* Runs func in a worker; callback is called in the caller's thread-default main context. data is
 * freed with data_free in the worker after func; a result nobody took is freed with result_free.
 * Beyond 10 000 waiting requests the answer is COORD_ERROR_UNAVAILABLE, and so it is for a read
 * that no worker has begun after 10 s. The cancellable only changes the answer: work that was begun
 * is finished. */
void coord_db_pool_write_async (CoordDbPool *pool,
  CoordDbFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GDestroyNotify result_free,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer user_data);
void coord_db_pool_read_async (CoordDbPool *pool,
  CoordDbFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GDestroyNotify result_free,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer user_data);
gpointer coord_db_pool_finish (GAsyncResult *result, GError **error);

/* Whether the last write found no room on the disk. */
gboolean coord_db_pool_is_full (CoordDbPool *pool);

/* Requests that wait for the writer. */
guint coord_db_pool_get_backlog (CoordDbPool *pool);

G_END_DECLS
