#pragma once

#include "base/ent-clock.h"
#include "service/coord-backup-service.h"

G_BEGIN_DECLS

/* Makes the backups that this process was asked for, one at a time, in a thread with connections of
 * its own: neither the main loop, nor other jobs, nor those who read and write wait for it. How far
 * it is stands in the database every second. */
typedef struct _CoordBackups CoordBackups;

/* pool, clock and config are borrowed and must live longer. node_id: "" where no other coordinator
 * can be. */
CoordBackups *coord_backups_new (CoordDbPool *pool,
  EntClock *clock,
  const CoordConfig *config,
  const char *place,
  const char *data_folder,
  const char *node_id);

/* One that is being made is stopped, and what it has written removed. */
void coord_backups_free (CoordBackups *backups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordBackups, coord_backups_free)

/* Of this start of the program; lent. */
const char *coord_backups_get_process (CoordBackups *backups);

/* Begins what was written down by coord_backup_service_ask(); while another one is made it has
 * failed. Takes the order. */
void coord_backups_start (CoordBackups *backups, CoordBackupOrder *order);

G_END_DECLS
