#pragma once

#include "base/ent-clock.h"
#include "coord-clock-watch.h"
#include "service/coord-event.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Does what is due. Each job runs in a database worker in one transaction with the note that it was
 * done, small ones together: it has happened exactly once, or not yet. What takes long is made in a
 * reader before. One that fails is tried
 * again after a minute, then after twice as long each time, an hour at most; the reason stands in
 * the table `job` and in the log. */
typedef struct _CoordJobs CoordJobs;

/* All are borrowed and must live longer. Begins with the running main loop. */
CoordJobs *coord_jobs_new (CoordDbPool *pool, EntClock *clock, CoordEvents *events);

/* How many days the records of interviews are kept where an organisation says nothing; 0: for ever.
 * Before the main loop runs. */
void coord_jobs_set_record_days (CoordJobs *jobs, gint64 days);

/* Whether what seems old may be removed: not while the clock is not to be believed. Borrowed; must
 * live longer. */
void coord_jobs_set_clock_watch (CoordJobs *jobs, const CoordClockWatch *watch);

/* What is in work is finished by the pool. */
void coord_jobs_free (CoordJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordJobs, coord_jobs_free)

G_END_DECLS
