/* The pool: one writer thread with group commit, some reader threads. */

#include "store/coord-db-answers.h"
#include "store/coord-db-private.h"
#include "store/coord-error.h"

#define MAX_BACKLOG 10000
#define MAX_BATCH 1000
#define WAKE_AT 4 /* so many jobs that a sleeping thread does not wait for the end of a turn */
#define PATIENCE_US (10 * G_USEC_PER_SEC) /* of a read, until a thread takes it */
#define SWEEP_MS 1000
#define MAX_SHARING 16 /* reads in one transaction, which keeps an engine from tidying up */

typedef struct {
  CoordDbAnswer answer; /* first; its link is in a queue of jobs before */
  guint64 number; /* in the order of asking */
  gint64 asked_us;
  CoordDbFunc func;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
  gpointer result;
  GError *error;
} Job;

typedef struct {
  GMutex lock;
  GCond filled;
  GQueue jobs; /* Job */
  guint64 n_pushed;
  guint n_idle; /* threads that wait for one and were not woken, at least */
  gboolean is_closed;
} JobQueue;

typedef struct {
  CoordDb *db;
  JobQueue *queue;
  CoordDbAnswers *answers;
  gint *is_full; /* the pool's */
} Worker;

struct _CoordDbPool {
  JobQueue writes;
  JobQueue reads;
  CoordDbAnswers *answers;
  GSource *sweeper;
  GPtrArray *threads; /* GThread: the writer, if there is one yet, and the readers */
  gint is_full; /* atomic; the last batch found no room */
  gboolean wakes_late; /* a job came in a turn of the main context for which nobody was woken */
};

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->result != NULL && job->result_free != NULL)
    job->result_free (job->result);
  g_clear_error (&job->error);
  g_object_unref (job->answer.task);
  g_free (job);
}

static void
free_data (Job *job)
{
  if (job->data != NULL && job->data_free != NULL)
    job->data_free (job->data);
  job->data = NULL;
}

static void
run_job (Job *job, CoordDb *db)
{
  job->result = job->func (db, job->data, &job->error);
  free_data (job);
}

static void
answer_job (gpointer data)
{
  Job *job = data;
  GTask *task = job->answer.task;

  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&job->result), job->result_free);
  job_free (job);
}

/* Forgets what the job did, since its transaction is gone. */
static void
fail_job (Job *job, const GError *error)
{
  if (job->error == NULL)
    job->error = g_error_copy (error);
}

/* Moves up to limit jobs to batch and says how many were ever asked for. Waits for one where
 * wanted; FALSE when there is none. */
static gboolean
take_jobs (JobQueue *queue, GQueue *batch, guint limit, gboolean waits, guint64 *n_pushed)
{
  g_mutex_lock (&queue->lock);
  while (waits && queue->jobs.length == 0 && !queue->is_closed) {
    queue->n_idle++;
    g_cond_wait (&queue->filled, &queue->lock);
  }
  while (queue->jobs.length > 0 && batch->length < limit)
    g_queue_push_tail_link (batch, g_queue_pop_head_link (&queue->jobs));
  *n_pushed = queue->n_pushed;
  g_mutex_unlock (&queue->lock);
  return batch->length > 0;
}

static void
run_in_savepoint (Job *job, CoordDb *db, GError **error)
{
  if (!coord_db_run (db, error, "SAVEPOINT request"))
    return;
  run_job (job, db);
  if (!db->driver->is_in_transaction (db)) {
    if (job->error != NULL)
      g_propagate_error (error, g_error_copy (job->error));
    else
      g_set_error_literal (error, COORD_ERROR, COORD_ERROR_STORAGE_FULL,
        "The server could not write to its disk. Nothing was changed.");
    return;
  }
  if (job->error != NULL && !coord_db_run (db, error, "ROLLBACK TO request"))
    return;
  coord_db_run (db, error, "RELEASE request");
}

static void
commit_batch (GQueue *batch, CoordDb *db)
{
  g_autoptr (GError) error = NULL;

  if (db->driver->begin (db, COORD_DB_WRITER, &error))
    for (GList *l = batch->head; l != NULL && error == NULL; l = l->next)
      run_in_savepoint (l->data, db, &error);
  if (error == NULL)
    coord_db_run (db, &error, "COMMIT");
  if (error == NULL)
    return;
  if (db->driver->is_in_transaction (db))
    coord_db_run (db, NULL, "ROLLBACK");
  if (db->driver->forget_commit != NULL)
    db->driver->forget_commit (db);
  for (GList *l = batch->head; l != NULL; l = l->next)
    fail_job (l->data, error);
}

static gboolean
has_found_no_room (GQueue *batch)
{
  for (GList *l = batch->head; l != NULL; l = l->next)
    if (g_error_matches (((Job *) l->data)->error, COORD_ERROR, COORD_ERROR_STORAGE_FULL))
      return TRUE;
  return FALSE;
}

static void
worker_free (Worker *worker)
{
  coord_db_close (worker->db);
  g_free (worker);
}

static gpointer
writer_thread (gpointer data)
{
  Worker *worker = data;
  GQueue batch = G_QUEUE_INIT;
  guint64 n_pushed;

  while (take_jobs (worker->queue, &batch, MAX_BATCH, TRUE, &n_pushed)) {
    commit_batch (&batch, worker->db);
    g_atomic_int_set (worker->is_full, has_found_no_room (&batch));
    for (GList *l = batch.head; l != NULL; l = l->next)
      free_data (l->data);
    coord_db_answers_push (worker->answers, &batch);
  }
  worker_free (worker);
  return NULL;
}

static void
end_read (CoordDb *db)
{
  if (db->driver->is_in_transaction (db))
    coord_db_run (db, NULL, "ROLLBACK");
}

/* All statements of a job see the same moment, which is none before it was asked for. A moment that
 * began after several were asked for is good for all of them: in n_shared they are counted, and
 * those up to number n_asked may go on in the transaction that is open then. */
static gpointer
reader_thread (gpointer data)
{
  Worker *worker = data;
  CoordDb *db = worker->db;
  GQueue batch = G_QUEUE_INIT;
  guint64 n_pushed, n_asked = 0;
  guint n_shared = 0; /* 0: no transaction is open */

  while (take_jobs (worker->queue, &batch, 1, n_shared == 0, &n_pushed) || n_shared > 0) {
    Job *job = batch.length > 0 ? batch.head->data : NULL;

    if (n_shared > 0 && (job == NULL || job->number > n_asked || n_shared == MAX_SHARING)) {
      end_read (db);
      n_shared = 0;
    }
    if (job == NULL)
      continue;
    if (n_shared == 0)
      n_asked = n_pushed;
    if (n_shared > 0 || db->driver->begin (db, COORD_DB_READER, &job->error)) {
      run_job (job, db);
      n_shared++;
      if (!db->driver->shares_reads || job->error != NULL || !db->driver->is_in_transaction (db)) {
        end_read (db);
        n_shared = 0;
      }
    } else
      free_data (job);
    coord_db_answers_push (worker->answers, &batch);
  }
  worker_free (worker);
  return NULL;
}

/* As many sleeping threads as there are jobs. */
static void
wake (JobQueue *queue)
{
  guint n;

  g_mutex_lock (&queue->lock);
  n = MIN (queue->jobs.length, queue->n_idle);
  queue->n_idle -= n;
  g_mutex_unlock (&queue->lock);
  while (n-- > 0)
    g_cond_signal (&queue->filled);
}

static void
turn_ends_cb (gpointer data)
{
  CoordDbPool *pool = data;

  if (!pool->wakes_late)
    return;
  pool->wakes_late = FALSE;
  wake (&pool->writes);
  wake (&pool->reads);
}

/* A database that holds all readers fast holds nobody else: what nobody has begun is really not
 * done. Writes wait on, since each stands before those that were asked for later. */
static gboolean
sweep_cb (gpointer data)
{
  CoordDbPool *pool = data;
  GQueue *jobs = &pool->reads.jobs;
  gint64 now_us = g_get_monotonic_time ();
  GQueue late = G_QUEUE_INIT;

  g_mutex_lock (&pool->reads.lock);
  while (jobs->length > 0 && now_us - ((Job *) jobs->head->data)->asked_us > PATIENCE_US)
    g_queue_push_tail_link (&late, g_queue_pop_head_link (jobs));
  g_mutex_unlock (&pool->reads.lock);
  for (GList *l = late.head; l != NULL; l = l->next) {
    Job *job = l->data;

    g_set_error_literal (&job->error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The database does not answer. Try again in a moment.");
    free_data (job);
  }
  coord_db_answers_push (pool->answers, &late);
  return G_SOURCE_CONTINUE;
}

static void
start_worker (CoordDbPool *pool, CoordDb *db, JobQueue *queue)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->db = db;
  worker->queue = queue;
  worker->answers = pool->answers;
  worker->is_full = &pool->is_full;
  g_ptr_array_add (pool->threads, queue == &pool->writes
                                    ? g_thread_new ("db-writer", writer_thread, worker)
                                    : g_thread_new ("db-reader", reader_thread, worker));
}

CoordDbPool *
coord_db_pool_new (const char *place, guint readers, GError **error)
{
  g_autoptr (CoordDbPool) pool = g_new0 (CoordDbPool, 1);
  CoordDb *db;

  g_mutex_init (&pool->writes.lock);
  g_mutex_init (&pool->reads.lock);
  g_cond_init (&pool->writes.filled);
  g_cond_init (&pool->reads.filled);
  pool->answers = coord_db_answers_new (answer_job, job_free, turn_ends_cb, pool);
  pool->sweeper = g_timeout_source_new (SWEEP_MS);
  g_source_set_callback (pool->sweeper, sweep_cb, pool, NULL);
  g_source_attach (pool->sweeper, g_main_context_get_thread_default ());
  pool->threads = g_ptr_array_new ();
  if ((db = coord_db_open (place, COORD_DB_WRITER, error)) == NULL)
    return NULL;
  if (!coord_db_claim (db, COORD_DB_SERVE, error)) {
    coord_db_close (db);
    return NULL;
  }
  start_worker (pool, db, &pool->writes);
  for (guint i = 0; i < readers; i++) {
    if ((db = coord_db_open (place, COORD_DB_READER, error)) == NULL)
      return NULL;
    start_worker (pool, db, &pool->reads);
  }
  return g_steal_pointer (&pool);
}

static void
close_queue (JobQueue *queue)
{
  g_mutex_lock (&queue->lock);
  queue->is_closed = TRUE;
  g_cond_broadcast (&queue->filled);
  g_mutex_unlock (&queue->lock);
}

void
coord_db_pool_free (CoordDbPool *pool)
{
  g_source_destroy (pool->sweeper);
  g_source_unref (pool->sweeper);
  /* The writer last: only a connection that can write takes SQLite's write-ahead log into the
   * database and away, with what it still holds of rows that were removed. */
  close_queue (&pool->reads);
  for (guint i = 1; i < pool->threads->len; i++)
    g_thread_join (pool->threads->pdata[i]);
  close_queue (&pool->writes);
  if (pool->threads->len > 0)
    g_thread_join (pool->threads->pdata[0]);
  g_ptr_array_unref (pool->threads);
  coord_db_answers_close (pool->answers);
  g_mutex_clear (&pool->writes.lock);
  g_mutex_clear (&pool->reads.lock);
  g_cond_clear (&pool->writes.filled);
  g_cond_clear (&pool->reads.filled);
  g_free (pool);
}

/* A thread that sleeps is woken at the end of the main context's turn, when more may have come for
 * it to do: waking and sleeping costs as much as a query. */
static void
push_job (CoordDbPool *pool,
  JobQueue *queue,
  CoordDbFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GDestroyNotify result_free,
  GTask *task)
{
  gboolean is_in_turn = coord_db_answers_is_in_turn (pool->answers);
  Job *job;
  gboolean is_full, wakes = FALSE;

  g_mutex_lock (&queue->lock);
  is_full = queue->jobs.length >= MAX_BACKLOG || queue->is_closed;
  if (!is_full) {
    job = g_new0 (Job, 1);
    job->answer.link.data = job;
    job->answer.task = g_object_ref (task);
    job->number = ++queue->n_pushed;
    job->asked_us = g_get_monotonic_time ();
    job->func = func;
    job->data = data;
    job->data_free = data_free;
    job->result_free = result_free;
    g_queue_push_tail_link (&queue->jobs, &job->answer.link);
    wakes = queue->n_idle > 0 && (!is_in_turn || queue->jobs.length >= WAKE_AT);
    queue->n_idle -= wakes ? 1 : 0;
  }
  g_mutex_unlock (&queue->lock);
  /* Behind the lock, which the thread that wakes up wants; and once for each that sleeps, since
   * GLib asks the kernel to wake somebody even when nobody does. */
  if (wakes)
    g_cond_signal (&queue->filled);
  if (is_in_turn)
    pool->wakes_late = TRUE;
  if (!is_full)
    return;
  if (data != NULL && data_free != NULL)
    data_free (data);
  g_task_return_new_error (
    task, COORD_ERROR, COORD_ERROR_UNAVAILABLE, "The server is too busy. Try again in a moment.");
}

void
coord_db_pool_write_async (CoordDbPool *pool,
  CoordDbFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GDestroyNotify result_free,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, coord_db_pool_finish);
  push_job (pool, &pool->writes, func, data, data_free, result_free, task);
}

void
coord_db_pool_read_async (CoordDbPool *pool,
  CoordDbFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GDestroyNotify result_free,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, coord_db_pool_finish);
  push_job (pool, &pool->reads, func, data, data_free, result_free, task);
}

gpointer
coord_db_pool_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, coord_db_pool_finish), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
coord_db_pool_is_full (CoordDbPool *pool)
{
  return g_atomic_int_get (&pool->is_full);
}

guint
coord_db_pool_get_backlog (CoordDbPool *pool)
{
  guint backlog;

  g_mutex_lock (&pool->writes.lock);
  backlog = pool->writes.jobs.length;
  g_mutex_unlock (&pool->writes.lock);
  return backlog;
}
