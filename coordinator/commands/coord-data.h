#pragma once

#include "commands/coord-command.h"

G_BEGIN_DECLS

/* The data folder, and the database that belongs to it. */

/* Makes the folder when it is missing. Others may pass through to the runner's socket; what is in
 * it is this user's alone. */
gboolean coord_data_make (const char *path, GError **error);

/* What root makes in the folder belongs to the folder's owner, who serves it. */
gboolean coord_data_give (const char *folder, const char *path, GError **error);

/* Refuses root in a folder of another user. */
gboolean coord_data_check_user (const char *path, GError **error);

/* Takes the folder for one server; the kernel lets go of it however the process ends. Returns a
 * descriptor to close, or -1: another one serves from it. */
int coord_data_lock (const char *path, GError **error);

/* Where the database of the options is, for coord_db_open(). The caller owns it. */
char *coord_data_find (const CoordOptions *options, GError **error);

/* A writer's connection to it, with the newest schema; sets how many migrations were applied. It is
 * made when it is missing and the options allow that. */
CoordDb *coord_data_open (const CoordOptions *options, int *applied, GError **error);

G_END_DECLS
