#pragma once

#include "protocol/ent-api.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Programs whose answer is fetched later. A job belongs to the process that took it, under a lease
 * that it prolongs; whoever finds the lease over ends the job, and what its process may still say
 * is not written: a job ends once. Times are by the database's clock. */

#define COORD_CODE_JOB_LEASE_US (20 * G_USEC_PER_SEC)
#define COORD_CODE_JOB_KEPT_US (10 * G_TIME_SPAN_MINUTE) /* after the end */
#define COORD_CODE_JOB_MAX_KEPT 20 /* of one subject; the oldest that has ended goes first */
#define COORD_CODE_JOB_MAX_BYTES (32 * 1024 * 1024) /* of all answers together, likewise */

/* A person's id or the hash of a key, the process that asks, and the job. All lent. */
typedef struct {
  const char *subject;
  const char *owner;
  const char *id;
} CoordCodeJobKey;

/* A new one, queued at this place; COORD_ERROR_TOO_FAST when the subject has max_open that have not
 * ended. Removes what is kept no longer. In a writer. */
gboolean coord_code_job_store_add (CoordDb *db,
  const CoordCodeJobKey *key,
  gint64 place,
  guint max_open,
  gint64 created_us,
  GError **error);

/* The job of this subject as it can be shown; COORD_ERROR_NOT_FOUND. *is_lost: the process that had
 * it is gone and nobody has said so yet. The caller owns it. */
EntApiCodeJob *coord_code_job_store_find (CoordDb *db,
  const CoordCodeJobKey *key,
  gboolean *is_lost,
  GError **error);

typedef enum {
  COORD_CODE_JOB_GOES_ON,
  COORD_CODE_JOB_CANCELLED, /* its end was asked for */
  COORD_CODE_JOB_TAKEN, /* another process has ended it */
} CoordCodeJobOrder;

/* Prolongs the lease of the owner's job and notes how it stands. */
gboolean coord_code_job_store_renew (CoordDb *db,
  const CoordCodeJobKey *key,
  EntCodeJobState state,
  gint64 place,
  CoordCodeJobOrder *order,
  GError **error);

/* Ends the owner's job with an answer (JSON of EntApiExecuted); nothing when it has ended. */
gboolean coord_code_job_store_end (CoordDb *db,
  const CoordCodeJobKey *key,
  EntCodeJobState state,
  const char *answer,
  GError **error);

/* Asks for the end of the subject's job; nothing when it has ended. */
gboolean coord_code_job_store_cancel (CoordDb *db, const CoordCodeJobKey *key, GError **error);

/* Ends the subject's job when its process is gone: once, with a verdict that says so. */
gboolean coord_code_job_store_end_lost (CoordDb *db, const CoordCodeJobKey *key, GError **error);

/* Removes what is kept no longer. */
gboolean coord_code_job_store_tidy (CoordDb *db, GError **error);

G_END_DECLS
