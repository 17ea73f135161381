#include "http/coord-code-jobs.h"

#include <string.h>

#include "base/ent-id.h"
#include "coord-log.h"

struct _CoordCodeJobs {
  CoordDbPool *pool;
  CoordRunQueue *runs;
  EntClock *clock;
  void (*ended) (const char *subject, gpointer data);
  gpointer data;
  char *owner; /* drawn at each start */
  GHashTable *by_id; /* id -> Job, owned: those whose end is not stored */
  guint timer;
  gboolean is_renewing;
  gboolean is_renewed_again; /* something changed meanwhile */
  gboolean is_freed; /* only what is in work holds it */
};

typedef struct {
  CoordCodeJobs *jobs;
  char *subject;
  char *id;
  EntCodeJobState state;
  guint place;
  CoordExecution *execution; /* NULL: it has ended */
  char *answer; /* once it has ended */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->subject);
  g_free (job->id);
  g_free (job->answer);
  g_free (job);
}

static void
jobs_clear (gpointer data)
{
  CoordCodeJobs *jobs = data;

  g_hash_table_unref (jobs->by_id);
  ent_clock_unref (jobs->clock);
  g_free (jobs->owner);
}

static void
jobs_unref (CoordCodeJobs *jobs)
{
  g_rc_box_release_full (jobs, jobs_clear);
}

CoordCodeJobs *
coord_code_jobs_new (CoordDbPool *pool,
  CoordRunQueue *runs,
  EntClock *clock,
  void (*ended) (const char *subject, gpointer data),
  gpointer data)
{
  CoordCodeJobs *jobs = g_rc_box_new0 (CoordCodeJobs);

  jobs->pool = pool;
  jobs->runs = runs;
  jobs->clock = ent_clock_ref (clock);
  jobs->ended = ended;
  jobs->data = data;
  jobs->owner = ent_id_new ();
  jobs->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, job_free);
  return jobs;
}

void
coord_code_jobs_free (CoordCodeJobs *jobs)
{
  ent_clock_remove (jobs->clock, jobs->timer);
  jobs->timer = 0;
  jobs->is_freed = TRUE;
  jobs_unref (jobs);
}

const char *
coord_code_jobs_get_owner (CoordCodeJobs *jobs)
{
  return jobs->owner;
}

guint
coord_code_jobs_count_waiting (CoordCodeJobs *jobs)
{
  return coord_run_queue_count_waiting (jobs->runs);
}

/* Storing: one job as it stands, copied for the worker. */

typedef struct {
  char *id;
  char *subject;
  EntCodeJobState state;
  gint64 place;
  char *answer; /* NULL: it goes on */
  CoordCodeJobOrder order; /* set by the worker */
} Note;

typedef struct {
  char *owner;
  GPtrArray *notes; /* Note */
} Notes;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->id);
  g_free (note->subject);
  g_free (note->answer);
  g_free (note);
}

static void
notes_clear (gpointer data)
{
  Notes *notes = data;

  g_free (notes->owner);
  g_ptr_array_unref (notes->notes);
}

static void
notes_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, notes_clear);
}

static Notes *
write_notes (CoordCodeJobs *jobs)
{
  Notes *notes = g_atomic_rc_box_new0 (Notes);
  GHashTableIter iter;
  gpointer value;

  notes->owner = g_strdup (jobs->owner);
  notes->notes = g_ptr_array_new_with_free_func (note_free);
  g_hash_table_iter_init (&iter, jobs->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Job *job = value;
    Note *note = g_new0 (Note, 1);

    note->id = g_strdup (job->id);
    note->subject = g_strdup (job->subject);
    note->state = job->state;
    note->place = job->place;
    note->answer = g_strdup (job->answer);
    g_ptr_array_add (notes->notes, note);
  }
  return notes;
}

static gpointer
store_cb (CoordDb *db, gpointer data, GError **error)
{
  Notes *notes = data;

  for (guint i = 0; i < notes->notes->len; i++) {
    Note *note = notes->notes->pdata[i];
    const CoordCodeJobKey key = { note->subject, notes->owner, note->id };

    if (note->answer != NULL
          ? !coord_code_job_store_end (db, &key, note->state, note->answer, error)
          : !coord_code_job_store_renew (db, &key, note->state, note->place, &note->order, error))
      break;
  }
  return NULL;
}

static void renew (CoordCodeJobs *jobs);

/* What is stored is forgotten here; what others have decided is done. */
static void
take_note (CoordCodeJobs *jobs, const Note *note)
{
  Job *job = g_hash_table_lookup (jobs->by_id, note->id);

  if (job == NULL)
    return;
  if (note->answer != NULL) {
    g_hash_table_remove (jobs->by_id, note->id);
    return;
  }
  if (note->order == COORD_CODE_JOB_GOES_ON || job->execution == NULL)
    return;
  job->state = ENT_CODE_JOB_CANCELLED;
  job->place = 0;
  coord_execution_stop (job->execution);
}

typedef struct {
  CoordCodeJobs *jobs;
  Notes *notes;
} Renewal;

static gboolean
renew_cb (gpointer data)
{
  CoordCodeJobs *jobs = data;

  jobs->timer = 0;
  renew (jobs);
  return G_SOURCE_REMOVE;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Renewal *renewal = data;
  CoordCodeJobs *jobs = renewal->jobs;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  jobs->is_renewing = FALSE;
  if (error != NULL)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, "code",
      "Could not store how programs stand; trying again: %s", error->message);
  else if (!jobs->is_freed)
    for (guint i = 0; i < renewal->notes->notes->len; i++)
      take_note (jobs, renewal->notes->notes->pdata[i]);
  if (!jobs->is_freed && error == NULL && jobs->is_renewed_again)
    renew (jobs);
  else if (!jobs->is_freed && jobs->timer == 0 && g_hash_table_size (jobs->by_id) > 0)
    jobs->timer = ent_clock_add (jobs->clock, COORD_CODE_JOBS_RENEW_MS, renew_cb, jobs);
  notes_unref (renewal->notes);
  g_free (renewal);
  jobs_unref (jobs);
}

/* Now, or as soon as what is in work is done. */
static void
renew (CoordCodeJobs *jobs)
{
  Renewal *renewal;

  jobs->is_renewed_again = jobs->is_renewing;
  if (jobs->is_renewing || g_hash_table_size (jobs->by_id) == 0)
    return;
  ent_clock_remove (jobs->clock, jobs->timer);
  jobs->timer = 0;
  jobs->is_renewing = TRUE;
  renewal = g_new0 (Renewal, 1);
  renewal->jobs = g_rc_box_acquire (jobs);
  renewal->notes = write_notes (jobs);
  coord_db_pool_write_async (jobs->pool, store_cb, g_atomic_rc_box_acquire (renewal->notes),
    notes_unref, NULL, NULL, stored_cb, renewal);
}

/* What the run says. */

static void
placed_cb (guint place, gpointer data)
{
  Job *job = data;
  EntCodeJobState before = job->state;

  job->place = place;
  if (job->state != ENT_CODE_JOB_CANCELLED)
    job->state = place > 0 ? ENT_CODE_JOB_QUEUED : ENT_CODE_JOB_RUNNING;
  if (job->state != before)
    renew (job->jobs);
}

static void
end (Job *job, const EntApiExecuted *answer)
{
  CoordCodeJobs *jobs = job->jobs;
  g_autofree char *subject = g_strdup (job->subject);

  job->execution = NULL;
  job->place = 0;
  job->answer = ent_codec_encode (&ent_api_executed_struct, answer);
  if (job->state != ENT_CODE_JOB_CANCELLED)
    job->state =
      answer->verdict == ENT_VERDICT_INTERNAL_ERROR ? ENT_CODE_JOB_FAILED : ENT_CODE_JOB_DONE;
  /* Not before it is on its way into the store: what the caller begins next comes after it. */
  renew (jobs);
  jobs->ended (subject, jobs->data);
}

static void
ended_cb (const EntApiExecuted *answer, gpointer data)
{
  end (data, answer);
}

static const CoordExecutionEvents execution_events = { placed_cb, ended_cb };

void
coord_code_jobs_start (CoordCodeJobs *jobs,
  const char *subject,
  const char *id,
  CoordRunRequest *request)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GError) error = NULL;

  job->jobs = jobs;
  job->subject = g_strdup (subject);
  job->id = g_strdup (id);
  job->place = coord_run_queue_count_waiting (jobs->runs) + 1;
  g_hash_table_insert (jobs->by_id, job->id, job);
  job->execution =
    coord_execution_start (jobs->runs, jobs->clock, request, &execution_events, job, &error);
  if (job->execution != NULL) {
    renew (jobs);
    return;
  }
  end (job, &(EntApiExecuted){ .output = (char *) "",
              .error = (char *) "",
              .exit_code = -1,
              .verdict = ENT_VERDICT_INTERNAL_ERROR,
              .message = error->message });
}

void
coord_code_jobs_update (CoordCodeJobs *jobs, EntApiCodeJob *shown)
{
  const Job *job = g_hash_table_lookup (jobs->by_id, shown->id);

  if (job == NULL || shown->result != NULL || job->execution == NULL)
    return;
  shown->place = job->place;
  if (shown->state != ENT_CODE_JOB_CANCELLED)
    shown->state = job->state;
}

void
coord_code_jobs_cancel (CoordCodeJobs *jobs, const char *subject, const char *id)
{
  Job *job = g_hash_table_lookup (jobs->by_id, id);

  if (job == NULL || strcmp (job->subject, subject) != 0 || job->execution == NULL)
    return;
  job->state = ENT_CODE_JOB_CANCELLED;
  job->place = 0;
  coord_execution_stop (job->execution);
}
