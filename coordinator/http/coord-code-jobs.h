#pragma once

#include "http/coord-execution.h"
#include "store/coord-code-job-store.h"

G_BEGIN_DECLS

/* Runs without a room that nobody waits for, of this process: who started one asks for it later, of
 * any coordinator on the database (store/coord-code-job-store.h). This half runs them, prolongs
 * their leases, notes how they stand, and stores their answers. Main thread only. */
typedef struct _CoordCodeJobs CoordCodeJobs;

/* Also how long it may take until another coordinator's cancelling is heard. */
#define COORD_CODE_JOBS_RENEW_MS 2000

/* All borrowed. ended is called for each job that was started, once, with the caller's subject. */
CoordCodeJobs *coord_code_jobs_new (CoordDbPool *pool,
  CoordRunQueue *runs,
  EntClock *clock,
  void (*ended) (const char *subject, gpointer data),
  gpointer data);

/* The queue must have been freed before, and the pool must not: what has ended is stored. */
void coord_code_jobs_free (CoordCodeJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordCodeJobs, coord_code_jobs_free)

/* This process, as the owner of jobs. Lent. */
const char *coord_code_jobs_get_owner (CoordCodeJobs *jobs);

/* How many wait before one that is added now. */
guint coord_code_jobs_count_waiting (CoordCodeJobs *jobs);

/* Runs a job that has been stored; takes the request. When it cannot be run, it ends so. */
void coord_code_jobs_start (CoordCodeJobs *jobs,
  const char *subject,
  const char *id,
  CoordRunRequest *request);

/* Sets state and place of a job that was read from the database, where this process knows newer
 * ones. */
void coord_code_jobs_update (CoordCodeJobs *jobs, EntApiCodeJob *shown);

/* Stops the subject's job, when it runs here and has not ended. */
void coord_code_jobs_cancel (CoordCodeJobs *jobs, const char *subject, const char *id);

G_END_DECLS
