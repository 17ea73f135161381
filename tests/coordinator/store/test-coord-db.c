#include "store/coord-db.h"

#include <unistd.h>

#include "store/coord-error.h"
#include "store/coord-migrate.h"
#include "support/coord-test-store.h"

static void
test_values_by_number (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3), empty = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRows) rows = coord_db_query (store->db, &error,
    "SELECT $4, $2, $3, $1, $5, $6, $2", COORD_INT (-5), COORD_TEXT ("é"), COORD_TEXT (NULL),
    COORD_BYTES (bytes), COORD_INT (G_MAXINT64), COORD_BYTES (empty));
  g_autoptr (GBytes) got = NULL, got_empty = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (coord_rows_count (rows), ==, 1);
  g_assert_true (coord_rows_next (rows));
  got = coord_rows_dup_bytes (rows, 0);
  got_empty = coord_rows_dup_bytes (rows, 5);
  g_assert_true (g_bytes_equal (got, bytes));
  g_assert_cmpstr (coord_rows_get_text (rows, 1), ==, "é");
  g_assert_true (coord_rows_is_null (rows, 2));
  g_assert_null (coord_rows_get_text (rows, 2));
  g_assert_cmpint (coord_rows_get_int (rows, 3), ==, -5);
  g_assert_cmpint (coord_rows_get_int (rows, 4), ==, G_MAXINT64);
  g_assert_cmpuint (g_bytes_get_size (got_empty), ==, 0);
  g_assert_cmpstr (coord_rows_get_text (rows, 6), ==, "é");
  g_assert_false (coord_rows_next (rows));
}

static CoordRows *
count_to (CoordDb *db, guint n, const char *word)
{
  g_autoptr (GError) error = NULL;
  CoordRows *rows = coord_db_query (db, &error,
    "WITH RECURSIVE counted (i) AS (SELECT CAST (1 AS BIGINT) UNION ALL"
    " SELECT i + 1 FROM counted WHERE i < CAST ($1 AS BIGINT))"
    " SELECT i, CAST ($2 AS TEXT) || i, NULL, CAST ($3 AS TEXT) FROM counted ORDER BY i",
    COORD_INT (n), COORD_TEXT (word), COORD_TEXT (""));

  g_assert_no_error (error);
  return rows;
}

static void
check_count (CoordRows *rows, guint n, const char *word)
{
  g_assert_cmpuint (coord_rows_count (rows), ==, n);
  for (guint i = 1; i <= n; i++) {
    g_autofree char *text = g_strdup_printf ("%s%u", word, i);

    g_assert_true (coord_rows_next (rows));
    g_assert_cmpint (coord_rows_get_int (rows, 0), ==, i);
    g_assert_cmpstr (coord_rows_get_text (rows, 1), ==, text);
    g_assert_true (coord_rows_is_null (rows, 2));
    g_assert_cmpstr (coord_rows_get_text (rows, 3), ==, "");
  }
  g_assert_false (coord_rows_next (rows));
}

/* Memory of rows is used again, by rows of every size and while others are held. */
static void
test_rows_held (void)
{
  static const guint counts[] = { 1, 20, 700, 3, 1, 64, 16, 17, 4000, 5 };
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autofree char *word = g_strnfill (300, 'w');
  CoordRows *held[G_N_ELEMENTS (counts)];

  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
      held[i] = count_to (store->db, counts[i], word + 29 * i);
    for (guint i = G_N_ELEMENTS (counts); i-- > 0;) {
      check_count (held[i], counts[i], word + 29 * i);
      coord_rows_free (held[i]);
    }
  }
}

static void
test_errors_have_codes (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  const char *add = "INSERT INTO busy (person, starts_at, ends_at, source) VALUES ($1, $2, $3, $4)";
  const struct {
    gint64 starts, ends;
    const char *source;
    int code; /* -1: fits */
  } cases[] = {
    { 100, 200, "a", -1 },
    { 200, 300, "b", -1 },
    { 150, 160, "c", COORD_ERROR_OVERLAP },
    { 90, 101, "d", COORD_ERROR_OVERLAP },
    { 299, 400, "e", COORD_ERROR_OVERLAP },
    { 50, 500, "f", COORD_ERROR_OVERLAP },
    { 400, 500, "a", COORD_ERROR_CONFLICT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    coord_db_run (store->db, &error, add, COORD_TEXT ("p"), COORD_INT (cases[i].starts),
      COORD_INT (cases[i].ends), COORD_TEXT (cases[i].source));
    if (cases[i].code < 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, COORD_ERROR, cases[i].code);
    g_clear_error (&error);
  }
  g_assert_null (coord_db_query (store->db, &error, "SELECT nonsense FROM nowhere"));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INTERNAL);
  g_assert_cmpuint (coord_error_get_status (error), ==, 500);
}

static void
test_migrations_once (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (coord_migrate (store->db, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_true (coord_migrate_check (store->db, &error));
  g_assert_no_error (error);

  coord_db_run (store->db, NULL,
    "INSERT INTO schema_migration (number, name, sha256, at) VALUES (9999, 'x', 'y', 1)");
  g_assert_cmpint (coord_migrate (store->db, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "newer version"));
  g_clear_error (&error);
  g_assert_false (coord_migrate_check (store->db, &error));
  g_clear_error (&error);

  coord_db_run (store->db, NULL, "DELETE FROM schema_migration WHERE number = 9999");
  coord_db_run (store->db, NULL, "UPDATE schema_migration SET sha256 = 'other' WHERE number = 1");
  g_assert_cmpint (coord_migrate (store->db, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
}

/* The pool. */

typedef struct {
  const char *name;
  gboolean fails;
} Write;

static gpointer
write_cb (CoordDb *db, gpointer data, GError **error)
{
  Write *write = data;

  if (!coord_db_run (db, error,
        "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $1, '', 1)",
        COORD_TEXT (write->name)))
    return NULL;
  if (write->fails) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED, "No.");
    return NULL;
  }
  return g_strdup (write->name);
}

typedef struct {
  guint done, failed;
  guint left;
} Tally;

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Tally *tally = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = coord_db_pool_finish (result, &error);

  tally->left--;
  if (error == NULL) {
    g_assert_nonnull (name);
    tally->done++;
  } else
    tally->failed++;
}

static void
wait_for (Tally *tally)
{
  while (tally->left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_group_commit (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 2, &error);
  Tally tally = { .left = 300 };
  Write writes[300];
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    /* Every tenth fails by itself, every 25th by a key that exists. */
    g_ptr_array_add (names, g_strdup_printf ("org%u", i % 25 == 24 ? 0 : i));
    writes[i] = (Write){ names->pdata[i], i % 10 == 5 };
    coord_db_pool_write_async (pool, write_cb, &writes[i], NULL, g_free, NULL, written_cb, &tally);
  }
  wait_for (&tally);
  g_assert_cmpuint (tally.failed, ==, 30 + 12);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT(*) FROM org"), ==, tally.done);
}

static gpointer
count_cb (CoordDb *db, gpointer data, GError **error)
{
  if (data != NULL && !coord_db_run (db, error, "DELETE FROM org"))
    return NULL;
  return GSIZE_TO_POINTER (coord_test_count (db, "SELECT COUNT(*) FROM org") + 1);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Tally *tally = data;

  tally->done = GPOINTER_TO_SIZE (coord_db_pool_finish (result, &error));
  tally->failed = error != NULL;
  tally->left--;
}

/* What was answered is seen by the next read; readers cannot write. */
static void
test_readers (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 2, NULL);
  Write write = { "one", FALSE };
  Tally tally = { .left = 1 };

  coord_db_pool_write_async (pool, write_cb, &write, NULL, g_free, NULL, written_cb, &tally);
  wait_for (&tally);
  tally.left = 1;
  coord_db_pool_read_async (pool, count_cb, NULL, NULL, NULL, NULL, counted_cb, &tally);
  wait_for (&tally);
  g_assert_cmpuint (tally.done, ==, 2);
  tally.left = 1;
  coord_db_pool_read_async (pool, count_cb, &tally, NULL, NULL, NULL, counted_cb, &tally);
  wait_for (&tally);
  g_assert_cmpuint (tally.failed, ==, 1);
}

/* Two processes may write the same file: the pool's and a command's connection take turns. */
static void
test_second_writer (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  Tally tally = { .left = 50 };
  Write writes[50];
  char names[100][8];

  for (guint i = 0; i < 100; i++) {
    g_snprintf (names[i], sizeof names[i], "n%u", i);
    if (i % 2 == 0) {
      writes[i / 2] = (Write){ names[i], FALSE };
      coord_db_pool_write_async (
        pool, write_cb, &writes[i / 2], NULL, g_free, NULL, written_cb, &tally);
    } else {
      g_autoptr (GError) error = NULL;
      Write own = { names[i], FALSE };
      g_autofree char *name = coord_db_transaction (store->db, write_cb, &own, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, names[i]);
    }
  }
  wait_for (&tally);
  g_assert_cmpuint (tally.done, ==, 50);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT(*) FROM org"), ==, 100);
}

/* SQLite alone: who stops leaves one file, in which rows that were removed are not any more. */
static void
test_stop_leaves_no_log (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autofree char *log = g_strconcat (store->path, "-wal", NULL);

  g_clear_pointer (&store->db, coord_db_close);
  for (guint i = 0; i < 20; i++) {
    g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 3, NULL);
    g_autofree char *name = g_strdup_printf ("%u", i);
    Write write = { name, FALSE };
    Tally tally = { .left = 4 };

    coord_db_pool_write_async (pool, write_cb, &write, NULL, g_free, NULL, written_cb, &tally);
    for (guint k = 0; k < 3; k++)
      coord_db_pool_read_async (pool, count_cb, NULL, NULL, NULL, NULL, counted_cb, &tally);
    wait_for (&tally);
    g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
    g_clear_pointer (&pool, coord_db_pool_free);
    g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  }
}

/* PostgreSQL alone: whoever finds that the connection was lost takes a new one. */
static void
test_lost_connection (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  Write writes[] = { { "one", FALSE }, { "two", FALSE } };
  Tally tally = { .left = 1 };

  coord_db_pool_write_async (pool, write_cb, &writes[0], NULL, g_free, NULL, written_cb, &tally);
  wait_for (&tally);
  coord_test_count (store->db, "SELECT COUNT (pg_terminate_backend (pid)) FROM pg_stat_activity"
                               " WHERE pid <> pg_backend_pid () AND datname = current_database ()");
  tally.left = 1;
  coord_db_pool_write_async (pool, write_cb, &writes[1], NULL, g_free, NULL, written_cb, &tally);
  wait_for (&tally);
  g_assert_cmpuint (tally.done, ==, 2);
  g_assert_cmpuint (tally.failed, ==, 0);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT(*) FROM org"), ==, 2);
}

static gpointer
break_cb (CoordDb *db, gpointer data, GError **error)
{
  coord_db_run (db, NULL, "INSERT INTO org (id, name, zone, created_at) VALUES ('a', 'a', '', 1)");
  coord_db_run (db, NULL,
    "SELECT pg_terminate_backend (pg_backend_pid ())"); /* the transaction's first half is gone */
  coord_db_run (db, NULL, "INSERT INTO org (id, name, zone, created_at) VALUES ('b', 'b', '', 1)");
  return NULL;
}

/* The second half of a broken transaction is not done on a new connection. */
static void
test_broken_transaction (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;

  coord_db_transaction (store->db, break_cb, NULL, &error);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  g_clear_error (&error);
  coord_db_transaction (store->db, count_cb, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT(*) FROM org"), ==, 0);
}

/* Several serve side by side, and nobody copies the database over meanwhile. */
static void
test_several_serve (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDbPool) first = coord_db_pool_new (store->path, 1, &error);
  g_autoptr (CoordDbPool) second = coord_db_pool_new (store->path, 1, &error);

  g_assert_no_error (error);
  g_assert_false (coord_db_claim (store->db, COORD_DB_ALONE, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "Another coordinator"));
  g_clear_error (&error);
  g_clear_pointer (&first, coord_db_pool_free);
  g_clear_pointer (&second, coord_db_pool_free);
  g_assert_true (coord_db_claim (store->db, COORD_DB_ALONE, &error));
  g_assert_no_error (error);
}

static gpointer
add_one_cb (CoordDb *db, gpointer data, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT created_at FROM org WHERE id = 'n'");

  /* Looks first and writes then, which is right only when nobody writes between. */
  if (rows != NULL && coord_rows_next (rows))
    coord_db_run (db, error, "UPDATE org SET created_at = $1 WHERE id = 'n'",
      COORD_INT (coord_rows_get_int (rows, 0) + 1));
  return g_strdup ("n");
}

/* Writers of several processes take turns, none waits for long, and each sees what the other did.
 */
static void
test_writers_take_turns (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  CoordDbPool *pools[3];
  Tally tallies[3] = { 0 };
  g_autoptr (GError) error = NULL;

  coord_db_run (
    store->db, &error, "INSERT INTO org (id, name, zone, created_at) VALUES ('n', 'n', '', 0)");
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (pools); i++) {
    pools[i] = coord_db_pool_new (store->path, 1, &error);
    g_assert_no_error (error);
    tallies[i].left = 300;
    for (guint n = 0; n < 300; n++)
      coord_db_pool_write_async (
        pools[i], add_one_cb, NULL, NULL, g_free, NULL, written_cb, &tallies[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (pools); i++)
    wait_for (&tallies[i]);
  for (guint i = 0; i < G_N_ELEMENTS (pools); i++) {
    g_assert_cmpuint (tallies[i].failed, ==, 0);
    coord_db_pool_free (pools[i]);
  }
  g_assert_cmpint (coord_test_count (store->db, "SELECT created_at FROM org"), ==, 900);
}

static gpointer
wake_cb (CoordDb *db, gpointer data, GError **error)
{
  coord_db_wake_listeners (db, error);
  return NULL;
}

/* Who listens is woken by a commit, by its own descriptor, and hears nothing of what was undone. */
static void
test_listeners (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDb) listener = coord_db_open (store->path, COORD_DB_READER, &error);
  gint64 begun_us;
  int fds[2];

  g_assert_no_error (error);
  g_assert_no_errno (pipe (fds));
  g_assert_true (coord_db_listen (listener, fds[0], 0, &error));
  coord_db_transaction (store->db, wake_cb, NULL, &error);
  g_assert_no_error (error);
  begun_us = g_get_monotonic_time ();
  g_assert_true (coord_db_listen (listener, fds[0], 60000, &error));
  g_assert_no_errno (write (fds[1], "x", 1));
  g_assert_true (coord_db_listen (listener, fds[0], 60000, &error));
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, 50 * G_USEC_PER_SEC);
  coord_test_count (store->db, "SELECT COUNT (pg_terminate_backend (pid)) FROM pg_stat_activity"
                               " WHERE pid <> pg_backend_pid () AND datname = current_database ()");
  /* The server's last words come before the end. */
  while (coord_db_listen (listener, -1, 60000, &error))
    continue;
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_true (coord_db_listen (listener, -1, 0, &error));
  coord_db_transaction (store->db, wake_cb, NULL, &error);
  g_assert_true (coord_db_listen (listener, -1, 60000, &error));
  g_assert_no_error (error);
  close (fds[0]);
  close (fds[1]);
}

/* A migration whose lines are broken at the wrong place must not lose what comes after. */
static void
test_one_statement (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new_sqlite ();
  g_autoptr (GError) error = NULL;

  g_assert_true (coord_db_run (store->db, &error, "DELETE FROM kept_answer;\n"));
  g_assert_no_error (error);
  g_assert_false (coord_db_run (store->db, &error, "DELETE FROM kept_answer;\nDELETE FROM audit;"));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INTERNAL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/db/values-by-number", test_values_by_number);
  g_test_add_func ("/db/rows-held", test_rows_held);
  g_test_add_func ("/db/errors-have-codes", test_errors_have_codes);
  g_test_add_func ("/migrate/once", test_migrations_once);
  g_test_add_func ("/pool/group-commit", test_group_commit);
  g_test_add_func ("/pool/readers", test_readers);
  g_test_add_func ("/pool/second-writer", test_second_writer);
  if (g_getenv ("COORD_TEST_DATABASE") != NULL) {
    g_test_add_func ("/postgres/lost-connection", test_lost_connection);
    g_test_add_func ("/postgres/broken-transaction", test_broken_transaction);
    g_test_add_func ("/postgres/several-serve", test_several_serve);
    g_test_add_func ("/postgres/writers-take-turns", test_writers_take_turns);
    g_test_add_func ("/postgres/listeners", test_listeners);
  } else {
    g_test_add_func ("/sqlite/one-statement", test_one_statement);
    g_test_add_func ("/sqlite/stop-leaves-no-log", test_stop_leaves_no_log);
  }
  return g_test_run ();
}
