#include "http/coord-code-jobs.h"

#include <string.h>

#include "base/ent-id.h"

struct _CoordCodeJobs {
  CoordRunQueue *runs;
  EntClock *clock;
  void (*ended) (const char *subject, gpointer data);
  gpointer data;
  GHashTable *by_id; /* id -> Job, owned */
  GQueue over; /* Job: those that have ended, oldest first */
  gsize bytes; /* of their answers */
};

typedef struct {
  CoordCodeJobs *jobs;
  char *subject;
  EntApiCodeJob *shown;
  CoordExecution *execution; /* NULL: it has ended */
  gint64 ended_us; /* monotonic */
  gsize bytes;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->subject);
  ent_api_code_job_free (job->shown);
  g_free (job);
}

CoordCodeJobs *
coord_code_jobs_new (CoordRunQueue *runs,
  EntClock *clock,
  void (*ended) (const char *subject, gpointer data),
  gpointer data)
{
  CoordCodeJobs *jobs = g_new0 (CoordCodeJobs, 1);

  jobs->runs = runs;
  jobs->clock = ent_clock_ref (clock);
  jobs->ended = ended;
  jobs->data = data;
  jobs->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, job_free);
  g_queue_init (&jobs->over);
  return jobs;
}

void
coord_code_jobs_free (CoordCodeJobs *jobs)
{
  g_queue_clear (&jobs->over);
  g_hash_table_unref (jobs->by_id);
  ent_clock_unref (jobs->clock);
  g_free (jobs);
}

static void
forget (CoordCodeJobs *jobs, Job *job)
{
  g_queue_remove (&jobs->over, job);
  jobs->bytes -= job->bytes;
  g_hash_table_remove (jobs->by_id, job->shown->id);
}

static guint
count_over (CoordCodeJobs *jobs, const char *subject)
{
  guint count = 0;

  for (GList *l = jobs->over.head; l != NULL; l = l->next)
    if (strcmp (((Job *) l->data)->subject, subject) == 0)
      count++;
  return count;
}

/* What is too old, and what is too much of one caller or of all. */
static void
tidy (CoordCodeJobs *jobs, const char *subject)
{
  gint64 now_us = ent_clock_get_monotonic_us (jobs->clock);
  guint count = subject != NULL ? count_over (jobs, subject) : 0;
  GList *next;

  for (GList *l = jobs->over.head; l != NULL; l = next) {
    Job *job = l->data;
    gboolean is_theirs = subject != NULL && strcmp (job->subject, subject) == 0;

    next = l->next;
    if (now_us - job->ended_us <= COORD_CODE_JOBS_KEPT_S * G_USEC_PER_SEC &&
        jobs->bytes <= COORD_CODE_JOBS_MAX_BYTES &&
        !(is_theirs && count > COORD_CODE_JOBS_MAX_KEPT))
      continue;
    count -= is_theirs;
    forget (jobs, job);
  }
}

/* What the run says. */

static void
placed_cb (guint place, gpointer data)
{
  Job *job = data;

  job->shown->place = place;
  if (job->shown->state != ENT_CODE_JOB_CANCELLED)
    job->shown->state = place > 0 ? ENT_CODE_JOB_QUEUED : ENT_CODE_JOB_RUNNING;
}

static gsize
measure (const EntApiExecuted *answer)
{
  gsize bytes = strlen (answer->output) + strlen (answer->error) + sizeof *answer;

  for (guint i = 0; answer->tests != NULL && i < answer->tests->len; i++) {
    const EntApiTested *test = g_ptr_array_index (answer->tests, i);

    bytes += strlen (test->output) + strlen (test->error) + sizeof *test;
  }
  return bytes;
}

static void
ended_cb (const EntApiExecuted *answer, gpointer data)
{
  Job *job = data;
  CoordCodeJobs *jobs = job->jobs;
  g_autofree char *subject = g_strdup (job->subject);

  job->execution = NULL;
  job->shown->place = 0;
  job->shown->result = ent_struct_copy (&ent_api_executed_struct, answer);
  if (job->shown->state != ENT_CODE_JOB_CANCELLED)
    job->shown->state =
      answer->verdict == ENT_VERDICT_INTERNAL_ERROR ? ENT_CODE_JOB_FAILED : ENT_CODE_JOB_DONE;
  job->ended_us = ent_clock_get_monotonic_us (jobs->clock);
  job->bytes = measure (answer);
  jobs->bytes += job->bytes;
  g_queue_push_tail (&jobs->over, job);
  tidy (jobs, subject);
  jobs->ended (subject, jobs->data);
}

static const CoordExecutionEvents execution_events = { placed_cb, ended_cb };

const EntApiCodeJob *
coord_code_jobs_start (CoordCodeJobs *jobs,
  const char *subject,
  CoordRunRequest *request,
  GError **error)
{
  Job *job = g_new0 (Job, 1);

  tidy (jobs, NULL);
  job->jobs = jobs;
  job->subject = g_strdup (subject);
  job->shown = ent_api_code_job_new ();
  job->shown->id = ent_id_new ();
  job->shown->created = ent_clock_get_wall_us (jobs->clock);
  job->shown->place = coord_run_queue_count_waiting (jobs->runs) + 1;
  job->execution =
    coord_execution_start (jobs->runs, jobs->clock, request, &execution_events, job, error);
  if (job->execution == NULL) {
    job_free (job);
    return NULL;
  }
  g_hash_table_insert (jobs->by_id, job->shown->id, job);
  return job->shown;
}

static Job *
find (CoordCodeJobs *jobs, const char *subject, const char *id)
{
  Job *job;

  tidy (jobs, NULL);
  job = g_hash_table_lookup (jobs->by_id, id);
  return job != NULL && strcmp (job->subject, subject) == 0 ? job : NULL;
}

const EntApiCodeJob *
coord_code_jobs_find (CoordCodeJobs *jobs, const char *subject, const char *id)
{
  const Job *job = find (jobs, subject, id);

  return job != NULL ? job->shown : NULL;
}

const EntApiCodeJob *
coord_code_jobs_cancel (CoordCodeJobs *jobs, const char *subject, const char *id)
{
  Job *job = find (jobs, subject, id);

  if (job == NULL)
    return NULL;
  if (job->execution != NULL) {
    job->shown->state = ENT_CODE_JOB_CANCELLED;
    job->shown->place = 0;
    coord_execution_stop (job->execution);
  }
  return job->shown;
}
