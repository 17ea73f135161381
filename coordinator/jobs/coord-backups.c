#include "jobs/coord-backups.h"

#include "base/ent-id.h"
#include "coord-log.h"
#include "store/coord-admin-job-store.h"
#include "store/coord-backup.h"
#include "store/coord-error.h"

#define LOOK_MS 500
#define TELL_MS 5000 /* also when it has not come further */

/* One backup. The thread has it until is_made; its words travel to workers by copies. */
typedef struct {
  CoordBackups *backups; /* NULL: freed meanwhile */
  CoordBackupOrder *order;
  GThread *thread; /* NULL: joined */
  CoordCopyWatch watch;
  gint is_made; /* atomic; the next two are the thread's until then */
  gint64 n_rows;
  GError *error;
  gboolean is_storing; /* what it came to */
  int told_permille;
  gint64 told_us;
} Work;

struct _CoordBackups {
  CoordDbPool *pool;
  EntClock *clock;
  char *process;
  char *place;
  char *secrets_of; /* NULL: they stay out */
  char *unfinished;
  guint timer;
  Work *work; /* NULL: none is made */
};

CoordBackups *
coord_backups_new (CoordDbPool *pool,
  EntClock *clock,
  const CoordConfig *config,
  const char *place,
  const char *data_folder,
  const char *node_id)
{
  CoordBackups *backups = g_new0 (CoordBackups, 1);
  g_autofree char *name =
    g_strconcat ("entrevue", *node_id != '\0' ? "-" : "", node_id, ".unfinished", NULL);

  backups->pool = pool;
  backups->clock = clock;
  backups->process = ent_id_new ();
  backups->place = g_strdup (place);
  backups->secrets_of =
    config->has_backup_secrets ? g_canonicalize_filename (data_folder, NULL) : NULL;
  backups->unfinished =
    config->backup_folder != NULL ? g_build_filename (config->backup_folder, name, NULL) : NULL;
  return backups;
}

const char *
coord_backups_get_process (CoordBackups *backups)
{
  return backups->process;
}

static void
work_free (Work *work)
{
  coord_backup_order_free (work->order);
  g_clear_error (&work->error);
  g_free (work);
}

static gpointer
make_cb (gpointer data)
{
  Work *work = data;
  const CoordBackups *backups = work->backups;
  const CoordBackup backup = { backups->place, work->order->folder, backups->unfinished,
    backups->secrets_of };

  work->n_rows = coord_backup_make (&backup, &work->watch, &work->error);
  g_atomic_int_set (&work->is_made, TRUE);
  return NULL;
}

/* Storing how far it is, and what it came to. */

typedef struct {
  char *job;
  gint64 permille;
} Progress;

static void
progress_free (Progress *progress)
{
  g_free (progress->job);
  g_free (progress);
}

static gpointer
store_progress_cb (CoordDb *db, gpointer data, GError **error)
{
  const Progress *progress = data;

  coord_admin_job_store_renew (db, progress->job, progress->permille, error);
  return NULL;
}

static void
tell_progress (CoordBackups *backups, Work *work)
{
  int permille = g_atomic_int_get (&work->watch.permille);
  gint64 now_us = ent_clock_get_monotonic_us (backups->clock);
  gint64 least_ms = permille != work->told_permille ? 2 * LOOK_MS : TELL_MS;
  Progress *progress;

  if (now_us - work->told_us < least_ms * 1000)
    return;
  work->told_permille = permille;
  work->told_us = now_us;
  progress = g_new0 (Progress, 1);
  progress->job = g_strdup (work->order->job);
  progress->permille = permille;
  coord_db_pool_write_async (backups->pool, store_progress_cb, progress,
    (GDestroyNotify) progress_free, NULL, NULL, NULL, NULL);
}

/* The thread has ended, and nobody writes to the work. */
static gpointer
store_end_cb (CoordDb *db, gpointer data, GError **error)
{
  const Work *work = data;

  coord_backup_service_end (db, work->order, MAX (work->n_rows, 0),
    work->error != NULL ? work->error->message : NULL, g_get_real_time (), error);
  return NULL;
}

static void
end_stored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Work *work = data;
  CoordBackups *backups = work->backups;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  work->is_storing = FALSE;
  if (error != NULL)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, work->order->job,
      "Could not store what a backup came to: %s", error->message);
  if (backups == NULL)
    work_free (work);
  else if (error == NULL) {
    ent_clock_remove (backups->clock, backups->timer);
    backups->timer = 0;
    g_clear_pointer (&backups->work, work_free);
  }
}

static void
store_end (CoordBackups *backups, Work *work)
{
  work->is_storing = TRUE;
  coord_db_pool_write_async (
    backups->pool, store_end_cb, work, NULL, NULL, NULL, end_stored_cb, work);
}

static void
join (Work *work)
{
  g_clear_pointer (&work->thread, g_thread_join);
  if (work->error != NULL)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, work->order->job, "The backup failed: %s",
      work->error->message);
  else
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_JOB, work->order->job,
      "Made the backup %s of %" G_GINT64_FORMAT " rows", work->order->folder, work->n_rows);
}

/* At once when it is made, and seldom while the database takes nothing. */
static gboolean
is_due (CoordBackups *backups, const Work *work)
{
  return work->thread != NULL ||
         ent_clock_get_monotonic_us (backups->clock) - work->told_us >= TELL_MS * 1000LL;
}

static gboolean
look_cb (gpointer data)
{
  CoordBackups *backups = data;
  Work *work = backups->work;

  if (!g_atomic_int_get (&work->is_made))
    tell_progress (backups, work);
  else if (!work->is_storing && is_due (backups, work)) {
    if (work->thread != NULL)
      join (work);
    work->told_us = ent_clock_get_monotonic_us (backups->clock);
    store_end (backups, work);
  }
  return G_SOURCE_CONTINUE;
}

static void
begin (CoordBackups *backups, Work *work)
{
  work->backups = backups;
  work->told_us = ent_clock_get_monotonic_us (backups->clock);
  backups->work = work;
  backups->timer = ent_clock_add (backups->clock, LOOK_MS, look_cb, backups);
  work->thread = g_thread_try_new ("backup", make_cb, work, &work->error);
  if (work->thread == NULL)
    g_atomic_int_set (&work->is_made, TRUE);
}

void
coord_backups_start (CoordBackups *backups, CoordBackupOrder *order)
{
  Work *work = g_new0 (Work, 1);

  work->order = order;
  if (backups->work == NULL) {
    begin (backups, work);
    return;
  }
  /* Its lease was over, since the database took nothing for a while. */
  g_set_error_literal (&work->error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "Another backup is still being made. Ask for this one when that is done.");
  store_end (backups, work);
}

void
coord_backups_free (CoordBackups *backups)
{
  Work *work = backups->work;

  ent_clock_remove (backups->clock, backups->timer);
  if (work != NULL) {
    g_atomic_int_set (&work->watch.is_cancelled, TRUE);
    if (work->thread != NULL)
      join (work);
    if (!work->is_storing)
      store_end (backups, work);
    work->backups = NULL;
  }
  g_free (backups->process);
  g_free (backups->place);
  g_free (backups->secrets_of);
  g_free (backups->unfinished);
  g_free (backups);
}
