#pragma once

#include "store/coord-db.h"

/* A migrated database of its own, removed with it: an SQLite file, or a schema of the PostgreSQL
 * database that COORD_TEST_DATABASE names (see tests/support/with_postgres.py). */
typedef struct {
  char *folder;
  char *path; /* or address: see coord_db_open() */
  CoordDb *db; /* a writer */
} CoordTestStore;

CoordTestStore *coord_test_store_new (void);
CoordTestStore *coord_test_store_new_sqlite (void); /* whatever the environment says */
void coord_test_store_free (CoordTestStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTestStore, coord_test_store_free)

/* Removes a folder with all that is in it. */
void coord_test_remove_folder (const char *path);

/* Runs a query that must give one number. */
gint64 coord_test_count (CoordDb *db, const char *sql);

/* Makes person, organisation, slot, interview and room with these ids: "host", "candidate", "org",
 * "slot", "interview", "room". */
void coord_test_store_add_room (CoordTestStore *store, gint64 starts_at_us, gint64 ends_at_us);
