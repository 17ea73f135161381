#include "support/coord-test-store.h"

#include <glib/gstdio.h>

#include "store/coord-migrate.h"

static void
run_on_server (const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDb) db =
    coord_db_open (g_getenv ("COORD_TEST_DATABASE"), COORD_DB_WRITER, &error);

  g_assert_no_error (error);
  coord_db_run (db, &error, sql);
  g_assert_no_error (error);
}

/* The schema's name is that of the folder. */
static char *
make_schema (const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *sql = g_strdup_printf ("CREATE SCHEMA \"%s\"", name);

  run_on_server (sql);
  return g_strdup_printf (
    "%s&options=-csearch_path%%3D%%22%s%%22,public", g_getenv ("COORD_TEST_DATABASE"), name);
}

static CoordTestStore *
make_store (gboolean is_sqlite)
{
  CoordTestStore *store = g_new0 (CoordTestStore, 1);
  g_autoptr (GError) error = NULL;

  store->folder = g_dir_make_tmp ("coord-test-XXXXXX", &error);
  g_assert_no_error (error);
  store->path =
    is_sqlite ? g_build_filename (store->folder, "entrevue.db", NULL) : make_schema (store->folder);
  store->db = coord_db_open (store->path, COORD_DB_WRITER, &error);
  g_assert_no_error (error);
  g_assert_cmpint (coord_migrate (store->db, &error), >, 0);
  g_assert_no_error (error);
  return store;
}

CoordTestStore *
coord_test_store_new (void)
{
  return make_store (g_getenv ("COORD_TEST_DATABASE") == NULL);
}

CoordTestStore *
coord_test_store_new_sqlite (void)
{
  return make_store (TRUE);
}

void
coord_test_remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      coord_test_remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
coord_test_store_free (CoordTestStore *store)
{
  g_clear_pointer (&store->db, coord_db_close);
  if (coord_db_is_postgres (store->path)) {
    g_autofree char *name = g_path_get_basename (store->folder);
    g_autofree char *sql = g_strdup_printf ("DROP SCHEMA \"%s\" CASCADE", name);

    run_on_server (sql);
  }
  coord_test_remove_folder (store->folder);
  g_free (store->path);
  g_free (store->folder);
  g_free (store);
}

gint64
coord_test_count (CoordDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRows) rows = coord_db_query (db, &error, sql);

  g_assert_no_error (error);
  g_assert_true (coord_rows_next (rows));
  return coord_rows_get_int (rows, 0);
}

void
coord_test_store_add_room (CoordTestStore *store, gint64 starts_at_us, gint64 ends_at_us)
{
  const char *people[] = { "host", "candidate" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    g_autofree char *email = g_strconcat (people[i], "@example.org", NULL);

    coord_db_run (store->db, &error,
      "INSERT INTO person (id, email, name, password, created_at) VALUES ($1, $2, $1, '', 1)",
      COORD_TEXT (people[i]), COORD_TEXT (email));
    g_assert_no_error (error);
  }
  coord_db_run (store->db, &error,
    "INSERT INTO org (id, name, zone, created_at) VALUES ('org', 'O', 'UTC', 1)");
  g_assert_no_error (error);
  coord_db_run (store->db, &error,
    "INSERT INTO slot (id, org, interviewer, starts_at, ends_at, zone, kind, title, capacity, "
    "taken,"
    " created_at) VALUES ('slot', 'org', 'host', $1, $2, 'UTC', 'interview', 'T', 1, 1, 1)",
    COORD_INT (starts_at_us), COORD_INT (ends_at_us));
  g_assert_no_error (error);
  coord_db_run (store->db, &error,
    "INSERT INTO interview (id, org, slot, interviewer, candidate, kind, title, state, starts_at,"
    " ends_at, created_at) VALUES ('interview', 'org', 'slot', 'host', 'candidate', 'interview', "
    "'T',"
    " 'booked', $1, $2, 1)",
    COORD_INT (starts_at_us), COORD_INT (ends_at_us));
  g_assert_no_error (error);
  coord_db_run (store->db, &error,
    "INSERT INTO room (id, interview, state) VALUES ('room', 'interview', 'open')");
  g_assert_no_error (error);
}
