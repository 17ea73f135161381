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

/* A standing job of somebody else's: made in a reader (NULL: an error), then stored in the writer,
 * with what live sockets must hear of; that returns when it is due again, or -1 on an error. */
typedef struct {
  const char *kind;
  gpointer (*prepare) (CoordDb *db, const char *subject, gint64 now_us, GError **error);
  gint64 (*store) (CoordDb *db,
    const char *subject,
    gpointer prepared,
    gint64 now_us,
    GPtrArray *events,
    GError **error);
  GDestroyNotify prepared_free;
} CoordStandingJob;

/* One of them, which must be static. Before the main loop runs. */
void coord_jobs_set_standing (CoordJobs *jobs, const CoordStandingJob *job, const char *subject);

/* Whether what seems old may be removed: not while the clock is not to be believed. Borrowed; must
 * live longer. */
void coord_jobs_set_clock_watch (CoordJobs *jobs, const CoordClockWatch *watch);

/* What is in work is finished by the pool. */
void coord_jobs_free (CoordJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordJobs, coord_jobs_free)

G_END_DECLS
