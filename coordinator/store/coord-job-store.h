#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Work that is due at a time: at most one row per kind and subject. What a kind does is listed in
 * jobs/coord-jobs.c. */

#define COORD_JOB_AUDIT_CHAIN "audit.chain" /* subject: organisation, or "" */
#define COORD_JOB_TIDY "tidy" /* removes what has expired */

#define COORD_AUDIT_CHAIN_DELAY_US G_TIME_SPAN_SECOND

typedef struct {
  char *kind;
  char *subject;
  gint64 attempts; /* that failed, in a row */
} CoordJob;

void coord_job_free (CoordJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordJob, coord_job_free)

/* Has it done at that time, or earlier where it is due earlier already. */
gboolean coord_job_store_put (CoordDb *db,
  const char *kind,
  const char *subject,
  gint64 due_at_us,
  GError **error);

/* Removes those of a kind that have another subject. */
gboolean
coord_job_store_remove_others (CoordDb *db, const char *kind, const char *subject, GError **error);

/* The job that has been due for longest; NULL without an error when none is. Those that remove what
 * is old (their kinds end in `tidy`) only with_removal. */
CoordJob *
coord_job_store_find_due (CoordDb *db, gint64 now_us, gboolean with_removal, GError **error);

/* When the next one is due, likewise; G_MAXINT64 when there is none, -1 on an error. */
gint64 coord_job_store_get_next_due (CoordDb *db, gboolean with_removal, GError **error);

/* It was done: it goes, or is due again at that time (0: never). */
gboolean
coord_job_store_finish (CoordDb *db, const CoordJob *job, gint64 again_at_us, GError **error);

/* It failed, and is tried again at that time. */
gboolean coord_job_store_postpone (CoordDb *db,
  const CoordJob *job,
  gint64 due_at_us,
  const char *reason,
  GError **error);

G_END_DECLS
