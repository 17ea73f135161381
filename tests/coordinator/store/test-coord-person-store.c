/* Every column that holds a person stands in the list of what erasing does, on both engines. */

#include <string.h>

#include "store/coord-export-store.h"
#include "store/coord-person-store.h"
#include "support/coord-test-store.h"

/* Names of columns that hold people. */
#define NAMES \
  "('person', 'interviewer', 'candidate', 'created_by', 'actor', 'account', 'user', 'owner'," \
  " 'member', 'panel', 'subject', 'participant')"

/* Called so, and something else. */
static const struct {
  const char *table;
  const char *column;
} others[] = {
  { "outbox", "subject" }, /* of a mail */
  { "identity", "subject" }, /* in another service's words; the row goes by its person */
  { "provider_grant", "subject" },
  { "code_job", "owner" }, /* a process */
  { "invitation", "participant" }, /* a place in a room */
  { "room_token", "participant" },
  { "room_block", "participant" },
  { "room_client", "participant" },
};

static gboolean
is_listed (const char *table, const char *column)
{
  guint count;
  const CoordPersonPlace *places = coord_person_store_list_places (&count);

  for (guint i = 0; i < count; i++)
    if (strcmp (places[i].table, table) == 0 && strcmp (places[i].column, column) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_something_else (const char *table, const char *column)
{
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (strcmp (others[i].table, table) == 0 && strcmp (others[i].column, column) == 0)
      return TRUE;
  return FALSE;
}

static guint
check_columns (CoordDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRows) rows = coord_db_query (db, &error, sql);

  g_assert_no_error (error);
  while (coord_rows_next (rows)) {
    const char *table = coord_rows_get_text (rows, 0), *column = coord_rows_get_text (rows, 1);

    if (is_listed (table, column) || is_something_else (table, column))
      continue;
    g_test_message ("%s.%s is missing in coord-person-store.c", table, column);
    g_test_fail ();
  }
  return coord_rows_count (rows);
}

static void
test_all_places (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  gboolean is_postgres = coord_db_is_shared (store->db);

  g_assert_cmpuint (
    check_columns (store->db,
      is_postgres ? "SELECT CAST (table_name AS TEXT), CAST (column_name AS TEXT)"
                    " FROM information_schema.columns"
                    " WHERE table_schema = current_schema () AND column_name IN " NAMES
                  : "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info (t.name) AS c"
                    " WHERE t.type = 'table' AND c.name IN " NAMES),
    >, 30);
  g_assert_cmpuint (
    check_columns (store->db,
      is_postgres
        ? "SELECT CAST (c.relname AS TEXT), CAST (a.attname AS TEXT) FROM pg_constraint AS f"
          " JOIN pg_class AS c ON c.oid = f.conrelid"
          " JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey)"
          " WHERE f.contype = 'f' AND f.confrelid = CAST ('person' AS regclass)"
        : "SELECT t.name, f.\"from\" FROM sqlite_master AS t,"
          " pragma_foreign_key_list (t.name) AS f WHERE t.type = 'table'"
          " AND f.\"table\" = 'person'"),
    >, 10);
}

/* What is there before somebody is erased can be in their copy. */
static void
test_documents (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  guint n_places, n_documents;
  const CoordPersonPlace *places = coord_person_store_list_places (&n_places);
  const CoordExportDocument *documents = coord_export_store_list_documents (&n_documents);

  for (guint i = 0; i < n_places; i++) {
    gboolean is_known = places[i].document == NULL || strcmp (places[i].document, "picture") == 0;

    for (guint k = 0; k < n_documents; k++)
      is_known = is_known || g_strcmp0 (places[i].document, documents[k].name) == 0;
    if (!is_known) {
      g_test_message ("There is no document %s", places[i].document);
      g_test_fail ();
    }
  }
  /* As many columns as have names. */
  coord_test_store_add_room (store, 1, 2);
  for (guint k = 0; k < n_documents; k++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CoordRows) rows =
      coord_export_store_read (store->db, &documents[k], "candidate", "", &error);

    g_assert_no_error (error);
    g_assert_nonnull (rows);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-person-store/all-places", test_all_places);
  g_test_add_func ("/coord-person-store/documents", test_documents);
  return g_test_run ();
}
