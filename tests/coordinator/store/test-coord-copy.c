/* Moving between databases: SQLite to the engine under test, and back. */

#include "store/coord-copy.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"
#include "support/coord-test-store.h"

#define LOG_ROWS 200 /* more than one batch */

static void
fill (CoordTestStore *store)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\xff\x80 x", 5);
  g_autoptr (GError) error = NULL;

  coord_test_store_add_room (store, 1000, 2000);
  coord_db_run (store->db, &error, "UPDATE person SET name = $1, zone = $2 WHERE id = 'host'",
    COORD_TEXT ("Zoë \"ß\" 𝄞"), COORD_TEXT (""));
  g_assert_no_error (error);
  for (gint64 i = 1; i <= LOG_ROWS; i++) {
    coord_db_run (store->db, &error,
      "INSERT INTO room_log (room, seq, at, made_at, kind, via, bytes)"
      " VALUES ('room', $1, $2, $3, 1, 'v', $4)",
      COORD_INT (i), COORD_INT (G_MAXINT64 - i),
      i % 2 ? COORD_INT (-i) : ((CoordValue){ .type = COORD_VALUE_NULL }), COORD_BYTES (bytes));
    g_assert_no_error (error);
  }
}

/* coord_copy() compares by itself; here one row is looked at, and that a difference is found. */
static void
test_there_and_back (void)
{
  g_autoptr (CoordTestStore) start = coord_test_store_new_sqlite ();
  g_autoptr (CoordTestStore) middle = coord_test_store_new ();
  g_autoptr (CoordTestStore) end = coord_test_store_new_sqlite ();
  const char *sql = "SELECT name, zone, locale FROM person WHERE id = 'host'";
  g_autoptr (CoordRows) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 count;

  fill (start);
  count = coord_copy (start->db, middle->db, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count, ==, LOG_ROWS + 6);
  rows = coord_db_query (middle->db, &error, sql);
  g_assert_no_error (error);
  g_assert_true (coord_rows_next (rows));
  g_assert_cmpstr (coord_rows_get_text (rows, 0), ==, "Zoë \"ß\" 𝄞");
  g_assert_cmpstr (coord_rows_get_text (rows, 1), ==, "");
  g_assert_true (coord_rows_is_null (rows, 2));
  g_assert_cmpint (coord_copy (middle->db, end->db, NULL, &error), ==, count);
  g_assert_no_error (error);
  g_assert_cmpint (coord_test_count (end->db, "SELECT COUNT(*) FROM room_log"), ==, LOG_ROWS);
}

/* After each stretch of bytes it is asked whether there may be more; the second time there may not.
 */
static gboolean
may_go_on_cb (gpointer data, GError **error)
{
  int *n_asked = data;

  if (++*n_asked < 2)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL, "enough");
  return FALSE;
}

static void
test_no_more (void)
{
  g_autoptr (CoordTestStore) from = coord_test_store_new ();
  g_autoptr (CoordTestStore) to = coord_test_store_new_sqlite ();
  g_autofree char *text = g_strnfill (COORD_COPY_STRIDE / 2, 'x');
  g_autoptr (GError) error = NULL;
  int n_asked = 0;
  CoordCopyWatch watch = { .may_go_on = may_go_on_cb, .data = &n_asked };

  for (int i = 0; i < 6; i++) {
    g_autofree char *id = g_strdup_printf ("%d", i);

    coord_db_run (from->db, &error,
      "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $2, '', 1)", COORD_TEXT (id),
      COORD_TEXT (text));
    g_assert_no_error (error);
  }
  g_assert_cmpint (coord_copy (from->db, to->db, &watch, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL);
  g_assert_cmpint (n_asked, ==, 2);
  g_assert_cmpint (coord_test_count (to->db, "SELECT COUNT(*) FROM org"), ==, 0);
}

static void
test_refusals (void)
{
  g_autoptr (CoordTestStore) from = coord_test_store_new_sqlite ();
  g_autoptr (CoordTestStore) to = coord_test_store_new ();
  g_autoptr (GError) error = NULL;

  fill (from);
  coord_db_run (
    to->db, &error, "INSERT INTO org (id, name, zone, created_at) VALUES ('x', 'x', '', 1)");
  g_assert_no_error (error);
  g_assert_cmpint (coord_copy (from->db, to->db, NULL, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpint (coord_test_count (to->db, "SELECT COUNT(*) FROM person"), ==, 0);

  coord_db_run (to->db, &error, "DELETE FROM org");
  coord_db_run (to->db, &error, "ALTER TABLE org ADD COLUMN more TEXT");
  g_assert_no_error (error);
  g_assert_cmpint (coord_copy (from->db, to->db, NULL, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "org"));
  g_clear_error (&error);

  coord_db_run (from->db, &error, "DELETE FROM schema_migration");
  g_assert_cmpint (coord_copy (from->db, to->db, NULL, &error), ==, -1);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/copy/there-and-back", test_there_and_back);
  g_test_add_func ("/copy/no-more", test_no_more);
  g_test_add_func ("/copy/refusals", test_refusals);
  return g_test_run ();
}
