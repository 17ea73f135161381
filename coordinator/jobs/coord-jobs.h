#pragma once

#include "base/ent-clock.h"
#include "service/coord-event.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Does what is due. Each job runs in a database worker in one transaction with the note that it was
 * done, small ones together: it has happened exactly once, or not yet. One that fails is tried
 * again after a minute, then after twice as long each time, an hour at most; the reason stands in
 * the table `job` and in the log. */
typedef struct _CoordJobs CoordJobs;

/* All are borrowed and must live longer. Begins with the running main loop. */
CoordJobs *coord_jobs_new (CoordDbPool *pool, EntClock *clock, CoordEvents *events);

/* What is in work is finished by the pool. */
void coord_jobs_free (CoordJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordJobs, coord_jobs_free)

G_END_DECLS
