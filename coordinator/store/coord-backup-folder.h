#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* The folder in which servers keep the copies that were asked for over HTTP, each in a folder of
 * its own. Others may have files there too: only what bears such a name, and has nothing else in it
 * than a copy has, is ever touched. All of these may wait for the disk. */

#define COORD_BACKUP_UNFINISHED ".unfinished"

/* "entrevue-2026-11-22-031500-0a1b2c": when it was asked for (UTC), and what tells it from others
 * of coordinators that share the folder. The caller owns it. */
char *coord_backup_folder_make_name (const char *job, gint64 now_us);

/* Removes the oldest finished copies until so many are left (keep > 0), never the newest one, which
 * has just been made. Returns the paths (char) of those that are gone. */
GPtrArray *coord_backup_folder_prune (const char *folder, guint keep, const char *newest);

/* Removes what is left of copies whose processes have ended, as their locks and the database say;
 * process is the one that asks. Returns how many those were, or -1. */
int coord_backup_folder_tidy (const char *folder,
  const char *place,
  const char *process,
  GError **error);

G_END_DECLS
