#pragma once

#include "base/ent-clock.h"
#include "coord-metrics.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* What an operator's alarm looks at: when the last backup succeeded, and how many failed since, by
 * whatever coordinator or command; so it is read from the database. */
typedef struct _CoordBackupNumbers CoordBackupNumbers;

/* All are borrowed and must live longer; adds its values to the metrics. Begins with the running
 * main loop, and looks again every minute. */
CoordBackupNumbers *coord_backup_numbers_new (CoordDbPool *pool,
  EntClock *clock,
  const char *process,
  CoordMetrics *metrics);
void coord_backup_numbers_free (CoordBackupNumbers *numbers);

/* Looks now. */
void coord_backup_numbers_refresh (CoordBackupNumbers *numbers);

G_END_DECLS
