#pragma once

#include "base/ent-clock.h"
#include "coord-metrics.h"
#include "service/coord-backup-service.h"

G_BEGIN_DECLS

/* Makes the backups that this process was asked for, one at a time, in a thread with connections of
 * its own: neither the main loop, nor other jobs, nor those who read and write wait for it. How far
 * it is stands in the database every second. One that comes no further for 10 minutes has failed;
 * no other is made until its disk answers again. */
typedef struct _CoordBackups CoordBackups;

/* pool, clock, config and metrics are borrowed and must live longer. Begins to remove what is left
 * in the folder of backups of processes that were killed. */
CoordBackups *coord_backups_new (CoordDbPool *pool,
  EntClock *clock,
  const CoordConfig *config,
  CoordMetrics *metrics,
  const char *place,
  const char *data_folder);

/* One that is being made ends soon, and what it has written is removed; those that are begun later
 * end at once. For a program that stops: the sooner it says so, the less it waits. */
void coord_backups_stop (CoordBackups *backups);

/* Stops, and waits some seconds for the end. A copy whose disk does not answer is left to itself:
 * it never gets its name, and the next start removes it. */
void coord_backups_free (CoordBackups *backups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordBackups, coord_backups_free)

/* Of this start of the program; lent. */
const char *coord_backups_get_process (CoordBackups *backups);

/* Whether there is room for a copy of about so many bytes: COORD_ERROR_STORAGE_FULL. When the disk
 * does not say so within 10 s, or the backups are stopped: COORD_ERROR_UNAVAILABLE; while it still
 * has to say so to somebody else: COORD_ERROR_CONFLICT. */
void coord_backups_look_async (CoordBackups *backups,
  gint64 bytes,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean coord_backups_look_finish (CoordBackups *backups, GAsyncResult *result, GError **error);

/* Begins what was written down by coord_backup_service_ask(); while another one is made it has
 * failed. Takes the order. */
void coord_backups_start (CoordBackups *backups, CoordBackupOrder *order);

G_END_DECLS
