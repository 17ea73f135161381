#include "jobs/coord-jobs.h"

#include <string.h>

#include "coord-log.h"
#include "service/coord-account-link-service.h"
#include "service/coord-audit-service.h"
#include "service/coord-export-service.h"
#include "service/coord-notice-service.h"
#include "service/coord-record-service.h"
#include "service/coord-tidy-service.h"
#include "store/coord-error.h"
#include "store/coord-job-store.h"

#define LOOK_MS 1000
#define RETRY_US G_TIME_SPAN_MINUTE
#define RETRY_DOUBLINGS 6
#define JOBS_AT_ONCE 20

/* Returns when it is due again, 0 for never, or -1 with an error. */
typedef gint64 (*JobFunc) (CoordDb *db, const char *subject, gint64 now_us, GError **error);
typedef gint64 (
  *TellFunc) (CoordDb *db, const char *subject, gint64 now_us, GPtrArray *events, GError **error);

/* What takes long is made in a reader: NULL without an error when there is nothing to do. */
typedef gpointer (*PrepareFunc) (CoordDb *db, const char *subject, gint64 now_us, GError **error);
typedef gint64 (
  *StoreFunc) (CoordDb *db, const char *subject, gpointer prepared, gint64 now_us, GError **error);
typedef gint64 (*StoreTellFunc) (CoordDb *db,
  const char *subject,
  gpointer prepared,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

typedef struct {
  const char *kind;
  JobFunc func;
  TellFunc tell; /* in its place, for what live sockets must hear of */
  PrepareFunc prepare; /* or these three */
  StoreFunc store;
  StoreTellFunc store_tell; /* in its place */
  GDestroyNotify prepared_free;
} Kind;

static const Kind kinds[] = {
  { COORD_JOB_EXPORT, .prepare = coord_export_service_prepare, .store = coord_export_service_store,
    .prepared_free = (GDestroyNotify) coord_export_free },
  { COORD_JOB_ACCOUNT_MAIL, coord_account_link_service_send },
  { COORD_JOB_AUDIT_CHAIN, coord_audit_service_chain },
  { COORD_JOB_RECORD, coord_record_service_remove },
  { COORD_JOB_RECORDS, coord_record_service_tidy },
  { COORD_JOB_REMINDER, .tell = coord_notice_service_remind },
  { COORD_JOB_TIDY, coord_tidy_service_run },
};

/* One go in a worker: the job that is due, or the note that it failed. */
typedef struct {
  CoordJobs *jobs; /* NULL: freed meanwhile */
  gint64 now_us;
  gint64 next_due_us;
  gint64 record_days;
  Kind standing; /* without a kind: none */
  char *standing_subject;
  gboolean removes; /* what is old may be removed */
  CoordJob *job; /* NULL: none was due */
  GError *failure; /* of the job, to be noted */
  GPtrArray *events; /* CoordEvent */
  char *prepared_for; /* the subject; NULL: nothing is prepared */
  gpointer prepared; /* NULL: there is nothing to do */
  GDestroyNotify prepared_free;
} Step;

struct _CoordJobs {
  CoordDbPool *pool;
  EntClock *clock;
  CoordEvents *events;
  guint timer;
  Step *step; /* in work */
  gboolean is_set_up; /* the standing jobs are there */
  gint64 record_days;
  Kind standing; /* without a kind: none */
  char *standing_subject;
  const CoordClockWatch *clock_watch; /* NULL: the clock is believed */
  guint n_turns; /* of the clock, when the standing jobs were put */
};

static void
step_free (Step *step)
{
  g_clear_pointer (&step->job, coord_job_free);
  g_clear_error (&step->failure);
  g_ptr_array_unref (step->events);
  if (step->prepared != NULL)
    step->prepared_free (step->prepared);
  g_free (step->prepared_for);
  g_free (step->standing_subject);
  g_free (step);
}

static void look (CoordJobs *jobs);

/* What was put while the clock was ahead would be due when that time comes. */
static void
look_at_clock (CoordJobs *jobs)
{
  guint n_turns = jobs->clock_watch != NULL ? coord_clock_watch_count_turns (jobs->clock_watch) : 0;

  jobs->is_set_up = jobs->is_set_up && n_turns == jobs->n_turns;
  jobs->n_turns = n_turns;
}

static Step *
start_step (CoordJobs *jobs)
{
  Step *step = g_new0 (Step, 1);

  step->jobs = jobs;
  step->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  step->now_us = ent_clock_get_wall_us (jobs->clock);
  step->record_days = jobs->record_days;
  step->standing = jobs->standing;
  step->standing_subject = g_strdup (jobs->standing_subject);
  step->removes = jobs->clock_watch == NULL || coord_clock_watch_is_stable (jobs->clock_watch);
  look_at_clock (jobs);
  jobs->step = step;
  return step;
}

static gboolean
look_cb (gpointer data)
{
  CoordJobs *jobs = data;

  jobs->timer = 0;
  look (jobs);
  return G_SOURCE_REMOVE;
}

static void
look_later (CoordJobs *jobs)
{
  jobs->timer = ent_clock_add (jobs->clock, LOOK_MS, look_cb, jobs);
}

/* Takes the step out of work; FALSE when nobody waits for it any more. */
static gboolean
end_step (Step *step)
{
  if (step->jobs == NULL) {
    step_free (step);
    return FALSE;
  }
  step->jobs->step = NULL;
  return TRUE;
}

/* Noting a failure. */

static gpointer
note_cb (CoordDb *db, gpointer data, GError **error)
{
  const Step *step = data;
  gint64 doublings = MIN (step->job->attempts, RETRY_DOUBLINGS);

  coord_job_store_postpone (
    db, step->job, step->now_us + (RETRY_US << doublings), step->failure->message, error);
  return NULL;
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  CoordJobs *jobs = step->jobs;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (!end_step (step))
    return;
  if (error != NULL)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, step->job->kind,
      "Could not note that it failed: %s", error->message);
  step_free (step);
  look_later (jobs);
}

static void
note_failure (CoordJobs *jobs, Step *step, GError *failure)
{
  coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, step->job->kind,
    "It failed for %s and will be tried again: %s", step->job->subject, failure->message);
  step->failure = failure;
  jobs->step = step;
  coord_db_pool_write_async (jobs->pool, note_cb, step, NULL, NULL, NULL, noted_cb, step);
}

/* Where the database itself is away, the job has not failed. */
static gboolean
has_failed (const Step *step, const GError *error)
{
  return error != NULL && step->job != NULL &&
         !g_error_matches (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE) &&
         !g_error_matches (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL);
}

/* Doing. */

static gboolean
is_small (const CoordJob *job)
{
  return strcmp (job->kind, COORD_JOB_REMINDER) == 0;
}

static const Kind *
find_kind (const Step *step, const char *name)
{
  if (g_strcmp0 (step->standing.kind, name) == 0)
    return &step->standing;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].kind, name) == 0)
      return &kinds[i];
  return NULL;
}

/* What was prepared is stored once; another job than the one that was looked at has its turn when
 * it is looked at. */
static gint64
store_prepared (CoordDb *db, const Kind *kind, Step *step, GError **error)
{
  const char *subject = step->job->subject;

  if (g_strcmp0 (step->prepared_for, subject) != 0)
    return step->now_us;
  if (step->prepared == NULL)
    return 0;
  return kind->store_tell != NULL
           ? kind->store_tell (db, subject, step->prepared, step->now_us, step->events, error)
           : kind->store (db, subject, step->prepared, step->now_us, error);
}

static gint64
run_job (CoordDb *db, Step *step, GError **error)
{
  const CoordJob *job = step->job;
  const Kind *kind = find_kind (step, job->kind);

  if (kind == NULL) {
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INTERNAL, "This version has no jobs of kind %s.", job->kind);
    return -1;
  }
  if (kind->prepare != NULL)
    return store_prepared (db, kind, step, error);
  return kind->tell != NULL ? kind->tell (db, job->subject, step->now_us, step->events, error)
                            : kind->func (db, job->subject, step->now_us, error);
}

/* FALSE when it failed. */
static gboolean
do_one (CoordDb *db, Step *step, GError **error)
{
  gint64 again_us = run_job (db, step, error);

  return again_us >= 0 && coord_job_store_finish (db, step->job, again_us, error);
}

/* Thousands of people may have to be told at once, and each commit costs the disk's time: several
 * small jobs share one. When one fails nothing of them remains; it is noted alone, and the others
 * are done by the next go. */
static gpointer
do_cb (CoordDb *db, gpointer data, GError **error)
{
  Step *step = data;
  g_autoptr (GError) failure = NULL;

  g_ptr_array_set_size (step->events, 0);
  for (guint i = 0; i < JOBS_AT_ONCE; i++) {
    g_clear_pointer (&step->job, coord_job_free);
    step->job = coord_job_store_find_due (db, step->now_us, step->removes, &failure);
    if (step->job == NULL || !do_one (db, step, &failure) || !is_small (step->job))
      break;
  }
  if (failure == NULL)
    coord_events_record (db, step->events, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  CoordJobs *jobs = step->jobs;
  GError *error = NULL;

  coord_db_pool_finish (result, &error);
  if (!end_step (step)) {
    g_clear_error (&error);
    return;
  }
  if (has_failed (step, error)) {
    note_failure (jobs, step, error);
    return;
  }
  if (error == NULL)
    coord_events_publish (jobs->events, step->events);
  if (error == NULL && step->job != NULL)
    look (jobs); /* there may be more */
  else
    look_later (jobs);
  g_clear_error (&error);
  step_free (step);
}

/* Looking: reads only, so that a quiet server writes nothing. */

/* Sets the job too when it cannot be prepared. */
static void
prepare (CoordDb *db, Step *step, GError **error)
{
  g_autoptr (CoordJob) job = coord_job_store_find_due (db, step->now_us, step->removes, error);
  const Kind *kind = job != NULL ? find_kind (step, job->kind) : NULL;
  g_autoptr (GError) failure = NULL;

  if (kind == NULL || kind->prepare == NULL)
    return;
  step->prepared = kind->prepare (db, job->subject, step->now_us, &failure);
  step->prepared_free = kind->prepared_free;
  step->prepared_for = g_strdup (job->subject);
  if (failure == NULL)
    return;
  step->job = g_steal_pointer (&job);
  g_propagate_error (error, g_steal_pointer (&failure));
}

static gpointer
look_for_due_cb (CoordDb *db, gpointer data, GError **error)
{
  Step *step = data;

  step->next_due_us = coord_job_store_get_next_due (db, step->removes, error);
  if (step->next_due_us >= 0 && step->next_due_us <= step->now_us)
    prepare (db, step, error);
  return NULL;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  CoordJobs *jobs = step->jobs;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (!end_step (step))
    return;
  if (has_failed (step, error)) {
    note_failure (jobs, step, g_steal_pointer (&error));
    return;
  }
  if (error == NULL && step->next_due_us <= step->now_us) {
    jobs->step = step;
    coord_db_pool_write_async (jobs->pool, do_cb, step, NULL, NULL, NULL, done_cb, step);
    return;
  }
  step_free (step);
  look_later (jobs);
}

/* One that another configuration has put stays no longer. */
static gboolean
put_standing (CoordDb *db, const char *kind, const char *subject, gint64 now_us, GError **error)
{
  return coord_job_store_remove_others (db, kind, subject, error) &&
         coord_job_store_put (db, kind, subject, now_us + G_TIME_SPAN_MINUTE, error);
}

static gpointer
set_up_cb (CoordDb *db, gpointer data, GError **error)
{
  const Step *step = data;
  g_autofree char *days = g_strdup_printf ("%" G_GINT64_FORMAT, step->record_days);

  if (put_standing (db, COORD_JOB_TIDY, "", step->now_us, error) &&
      put_standing (db, COORD_JOB_RECORDS, days, step->now_us, error) &&
      step->standing.kind != NULL)
    put_standing (db, step->standing.kind, step->standing_subject, step->now_us, error);
  return NULL;
}

static void
was_set_up_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;
  CoordJobs *jobs = step->jobs;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (!end_step (step))
    return;
  jobs->is_set_up = error == NULL;
  step_free (step);
  look_later (jobs);
}

static void
look (CoordJobs *jobs)
{
  Step *step = start_step (jobs);

  if (jobs->is_set_up)
    coord_db_pool_read_async (jobs->pool, look_for_due_cb, step, NULL, NULL, NULL, looked_cb, step);
  else
    coord_db_pool_write_async (jobs->pool, set_up_cb, step, NULL, NULL, NULL, was_set_up_cb, step);
}

CoordJobs *
coord_jobs_new (CoordDbPool *pool, EntClock *clock, CoordEvents *events)
{
  CoordJobs *jobs = g_new0 (CoordJobs, 1);

  jobs->pool = pool;
  jobs->clock = clock;
  jobs->events = events;
  look_later (jobs);
  return jobs;
}

void
coord_jobs_set_record_days (CoordJobs *jobs, gint64 days)
{
  jobs->record_days = days;
}

void
coord_jobs_set_standing (CoordJobs *jobs, const CoordStandingJob *job, const char *subject)
{
  jobs->standing = (Kind){ .kind = job->kind,
    .prepare = job->prepare,
    .store_tell = job->store,
    .prepared_free = job->prepared_free };
  g_free (jobs->standing_subject);
  jobs->standing_subject = g_strdup (subject);
}

void
coord_jobs_set_clock_watch (CoordJobs *jobs, const CoordClockWatch *watch)
{
  jobs->clock_watch = watch;
}

void
coord_jobs_free (CoordJobs *jobs)
{
  ent_clock_remove (jobs->clock, jobs->timer);
  if (jobs->step != NULL)
    jobs->step->jobs = NULL;
  g_free (jobs->standing_subject);
  g_free (jobs);
}
