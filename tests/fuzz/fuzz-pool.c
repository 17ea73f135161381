#include "fuzz-pool.h"

typedef struct {
  GTask *task;
  CoordDbFunc func;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
  gboolean is_write;
} Job;

struct _CoordDbPool {
  CoordDb *db;
  GQueue jobs; /* Job */
  guint turn_id; /* 0: nothing waits */
};

static void
run_sql (CoordDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  coord_db_run (db, &error, sql);
  g_assert_no_error (error);
}

static gint64
count_changes (CoordDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRows) rows = coord_db_query (db, &error, "SELECT total_changes ()");

  g_assert_no_error (error);
  coord_rows_next (rows);
  return coord_rows_get_int (rows, 0);
}

/* As in the pool: what fails leaves nothing, and a reader writes nothing. */
static void
run_job (CoordDb *db, Job *job)
{
  GError *error = NULL;
  gpointer result;
  gint64 n_changes = job->is_write ? 0 : count_changes (db);

  run_sql (db, "SAVEPOINT job");
  result = job->func (db, job->data, &error);
  if (!job->is_write)
    g_assert_cmpint (count_changes (db), ==, n_changes);
  if (job->data != NULL && job->data_free != NULL)
    job->data_free (job->data);
  if (error != NULL)
    run_sql (db, "ROLLBACK TO job");
  run_sql (db, "RELEASE job");
  if (error != NULL)
    g_task_return_error (job->task, error);
  else
    g_task_return_pointer (job->task, result, job->result_free);
  g_object_unref (job->task);
  g_free (job);
}

static gboolean
turn_cb (gpointer data)
{
  CoordDbPool *pool = data;

  pool->turn_id = 0;
  for (guint n = pool->jobs.length; n > 0; n--)
    run_job (pool->db, g_queue_pop_head (&pool->jobs));
  return G_SOURCE_REMOVE;
}

static void
push_job (CoordDbPool *pool,
  Job job,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer user_data)
{
  job.task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (job.task, coord_db_pool_finish);
  g_queue_push_tail (&pool->jobs, g_memdup2 (&job, sizeof job));
  if (pool->turn_id == 0)
    pool->turn_id = g_idle_add_full (G_PRIORITY_DEFAULT, turn_cb, pool, NULL);
}

void
fuzz_pool_begin (CoordDbPool *pool)
{
  run_sql (pool->db, "BEGIN");
}

void
fuzz_pool_roll_back (CoordDbPool *pool)
{
  g_assert_cmpuint (pool->jobs.length, ==, 0);
  run_sql (pool->db, "ROLLBACK");
}

/* The pool's own functions. */

CoordDbPool *
coord_db_pool_new (const char *place, guint readers, GError **error)
{
  CoordDb *db = coord_db_open (place, COORD_DB_WRITER, error);
  CoordDbPool *pool;

  if (db == NULL)
    return NULL;
  pool = g_new0 (CoordDbPool, 1);
  pool->db = db;
  g_queue_init (&pool->jobs);
  return pool;
}

void
coord_db_pool_free (CoordDbPool *pool)
{
  while (pool->turn_id != 0)
    g_main_context_iteration (NULL, FALSE);
  coord_db_close (pool->db);
  g_free (pool);
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
  push_job (pool, (Job){ NULL, func, data, data_free, result_free, TRUE }, cancellable, callback,
    user_data);
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
  push_job (pool, (Job){ NULL, func, data, data_free, result_free, FALSE }, cancellable, callback,
    user_data);
}

gpointer
coord_db_pool_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
coord_db_pool_is_full (CoordDbPool *pool)
{
  return FALSE;
}

guint
coord_db_pool_get_backlog (CoordDbPool *pool)
{
  return pool->jobs.length;
}
