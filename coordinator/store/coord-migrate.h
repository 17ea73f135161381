#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Brings the schema up to date: applies the compiled-in files of the engine's folder
 * in migrations/ that the database has not seen, once each, in the order of their numbers, all in
 * one transaction. Returns how many were applied, or -1: COORD_ERROR_CONFLICT when the database was
 * made by a newer program or is another program's, or when a file that was applied has changed
 * since; nothing is written then. */
int coord_migrate (CoordDb *db, GError **error);

/* Refuses a database that is empty or another program's; of any version of the schema. */
gboolean coord_migrate_check_owner (CoordDb *db, GError **error);

/* The number of the newest file that this program knows. */
int coord_migrate_get_newest (CoordDb *db);

/* Refuses a database that is not at the newest number; for those who only use it. */
gboolean coord_migrate_check (CoordDb *db, GError **error);

G_END_DECLS
