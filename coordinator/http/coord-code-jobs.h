#pragma once

#include "http/coord-execution.h"

G_BEGIN_DECLS

/* Runs without a room that nobody waits for: who started one asks for it later. They live in the
 * memory of this server: after a restart they are gone, as runs are. Main thread only. */
typedef struct _CoordCodeJobs CoordCodeJobs;

#define COORD_CODE_JOBS_KEPT_S 600 /* after the end */
#define COORD_CODE_JOBS_MAX_KEPT 20 /* of one caller; the oldest that has ended goes first */
#define COORD_CODE_JOBS_MAX_BYTES (32 * 1024 * 1024) /* of all answers together, likewise */

/* All borrowed. ended is called for each job that was started, once, with the caller's subject. */
CoordCodeJobs *coord_code_jobs_new (CoordRunQueue *runs,
  EntClock *clock,
  void (*ended) (const char *subject, gpointer data),
  gpointer data);

/* The queue must have been freed before. */
void coord_code_jobs_free (CoordCodeJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordCodeJobs, coord_code_jobs_free)

/* Takes the request. The job is lent; NULL when it cannot be run. */
const EntApiCodeJob *coord_code_jobs_start (CoordCodeJobs *jobs,
  const char *subject,
  CoordRunRequest *request,
  GError **error);

/* A job of this caller, lent; NULL: there is none, or it is somebody else's. */
const EntApiCodeJob *
coord_code_jobs_find (CoordCodeJobs *jobs, const char *subject, const char *id);

/* The same, and stops it when it has not ended. */
const EntApiCodeJob *
coord_code_jobs_cancel (CoordCodeJobs *jobs, const char *subject, const char *id);

G_END_DECLS
