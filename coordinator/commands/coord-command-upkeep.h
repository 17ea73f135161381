#pragma once

#include "commands/coord-command.h"

G_BEGIN_DECLS

/* What an operator does with the whole database. */

typedef struct {
  gint64 schema; /* number of the newest migration */
  gint64 applied; /* migrations */
  gint64 rows; /* copied, or looked at */
} CoordUpkeep;
ENT_STRUCT_DECLARE (CoordUpkeep, coord_upkeep)

/* One of a database. */
CoordUpkeep *coord_upkeep_make (CoordDb *db, gint64 applied, gint64 rows);

/* Each returns its answer, or NULL and sets error. */
typedef CoordUpkeep *(*CoordUpkeepFunc) (const CoordOptions *options, GError **error);

/* Brings the schema up to date; with options->to copies everything to that empty database. */
CoordUpkeep *coord_command_migrate (const CoordOptions *options, GError **error);

/* Writes a folder with the whole database as an SQLite file, of either engine, as it was at one
 * moment; a server may run meanwhile. The folder gets its name when all is on disk. */
CoordUpkeep *coord_command_backup (const CoordOptions *options, GError **error);

/* Fills the empty database of the options from such a folder, and DATA/secrets where there are none
 * and the backup has them. The backup is read only: it may be of an older version, on a disk that
 * nobody writes to, or the only one. */
CoordUpkeep *coord_command_restore (const CoordOptions *options, GError **error);

/* Has the engine look for damage, and reads every row. */
CoordUpkeep *coord_command_check (const CoordOptions *options, GError **error);

G_END_DECLS
