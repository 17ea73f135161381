#include "jobs/coord-backups.h"

#include "base/ent-id.h"
#include "coord-log.h"
#include "jobs/coord-backup-numbers.h"
#include "jobs/coord-errand.h"
#include "store/coord-admin-job-store.h"
#include "store/coord-backup-folder.h"
#include "store/coord-error.h"

#define LOOK_MS 500
#define TELL_MS 5000 /* also when it has not come further */
#define STOP_MS 5000 /* for the end of a copy that was stopped: it may wait for its disk */
#define ROOM_LOOK_MS 20
#define ROOM_MS 10000 /* for a disk to say how much room it has */
#define STILL_MINUTES 10 /* without another row, before a copy is given up */
#define STILL_LOOKS (STILL_MINUTES * 60 * 1000 / LOOK_MS)

/* What the thread of one backup works on. */
typedef struct {
  char *place;
  char *parent; /* of the copies */
  char *folder;
  char *unfinished;
  char *secrets_of; /* NULL: they stay out */
  guint keep; /* 0: all */
  CoordCopyWatch watch;
  CoordBackupMade made;
  GPtrArray *removed; /* char; NULL: none */
  GError *error;
} Making;

/* One backup. Its words travel to workers by copies. */
typedef struct {
  CoordBackups *backups; /* NULL: freed meanwhile */
  CoordBackupOrder *order;
  CoordErrand *errand; /* a Making; NULL: it has ended */
  gint pulse; /* when it was looked at last */
  guint n_still; /* how often it was the same; looks are counted, since a process may be stopped */
  gboolean is_over; /* the next three say how, and nobody writes to them any more */
  CoordBackupMade made;
  GPtrArray *removed;
  GError *error;
  gboolean is_storing; /* what it came to */
  gboolean is_stored;
  int told_permille;
  gint64 told_us;
} Work;

struct _CoordBackups {
  CoordDbPool *pool;
  EntClock *clock;
  const CoordConfig *config;
  char *process;
  char *place;
  char *secrets_of; /* NULL: they stay out */
  CoordBackupNumbers *numbers;
  CoordErrand *tidying; /* at the start; NULL: nothing to tidy */
  guint timer;
  Work *work; /* NULL: none is made */
  CoordErrand *look; /* for room: a Look; it may hang; NULL: none */
  GTask *look_task; /* who waits for it; NULL: nobody */
  guint look_timer;
  guint n_looks;
  gboolean is_stopped;
};

/* At the start: what is left of those that were killed. */

typedef struct {
  char *folder;
  char *place;
  char *process;
} Tidying;

static void
tidying_free (gpointer data)
{
  Tidying *tidying = data;

  g_free (tidying->folder);
  g_free (tidying->place);
  g_free (tidying->process);
  g_free (tidying);
}

static void
tidy_cb (gpointer data)
{
  const Tidying *tidying = data;
  g_autoptr (GError) error = NULL;
  int count = coord_backup_folder_tidy (tidying->folder, tidying->place, tidying->process, &error);

  if (error != NULL)
    g_warning ("Could not look for what is left of unfinished backups: %s", error->message);
  else if (count > 0)
    g_message ("Removed what was left of %d unfinished backups in %s", count, tidying->folder);
}

static CoordErrand *
begin_tidying (CoordBackups *backups)
{
  Tidying *tidying = g_new0 (Tidying, 1);

  tidying->folder = g_strdup (backups->config->backup_folder);
  tidying->place = g_strdup (backups->place);
  tidying->process = g_strdup (backups->process);
  return coord_errand_start ("backup-tidy", tidy_cb, tidying, tidying_free, NULL);
}

CoordBackups *
coord_backups_new (CoordDbPool *pool,
  EntClock *clock,
  const CoordConfig *config,
  CoordMetrics *metrics,
  const char *place,
  const char *data_folder)
{
  CoordBackups *backups = g_new0 (CoordBackups, 1);

  backups->pool = pool;
  backups->clock = clock;
  backups->config = config;
  backups->process = ent_id_new ();
  backups->place = g_strdup (place);
  backups->secrets_of =
    config->has_backup_secrets ? g_canonicalize_filename (data_folder, NULL) : NULL;
  backups->numbers = coord_backup_numbers_new (pool, clock, backups->process, metrics);
  backups->tidying = config->backup_folder != NULL ? begin_tidying (backups) : NULL;
  return backups;
}

const char *
coord_backups_get_process (CoordBackups *backups)
{
  return backups->process;
}

/* Looking for room. */

typedef struct {
  char *parent;
  gint64 bytes;
  GError *error;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_free (look->parent);
  g_clear_error (&look->error);
  g_free (look);
}

static void
look_for_room_cb (gpointer data)
{
  Look *look = data;

  coord_backup_check_space (look->parent, look->bytes, &look->error);
}

/* Who asked is told this, if still waiting; NULL: there is room. Takes the error. */
static void
answer_look (CoordBackups *backups, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&backups->look_task);

  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* A disk that never answers keeps the thread, and nobody waiting. */
static gboolean
room_cb (gpointer data)
{
  CoordBackups *backups = data;

  if (coord_errand_is_done (backups->look)) {
    Look *look = coord_errand_get_data (backups->look);

    answer_look (backups, g_steal_pointer (&look->error));
    g_clear_pointer (&backups->look, coord_errand_free);
  } else if (++backups->n_looks * ROOM_LOOK_MS < ROOM_MS)
    return G_SOURCE_CONTINUE;
  else
    answer_look (backups, g_error_new (COORD_ERROR, COORD_ERROR_UNAVAILABLE,
                            "The disk of %s does not answer. Look at it, and try again.",
                            backups->config->backup_folder));
  backups->look_timer = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
may_look (CoordBackups *backups, GError **error)
{
  if (backups->is_stopped)
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_UNAVAILABLE, "The server is being stopped.");
  else if (backups->look_task != NULL ||
           (backups->look != NULL && !coord_errand_is_done (backups->look)))
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "Another backup is being begun: the disk of %s has not yet told how much room it has.",
      backups->config->backup_folder);
  else
    return TRUE;
  return FALSE;
}

void
coord_backups_look_async (CoordBackups *backups,
  gint64 bytes,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  GError *error = NULL;
  Look *look;

  g_task_set_source_tag (task, coord_backups_look_async);
  if (!may_look (backups, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_clear_pointer (&backups->look, coord_errand_free);
  look = g_new0 (Look, 1);
  look->parent = g_strdup (backups->config->backup_folder);
  look->bytes = bytes;
  backups->look = coord_errand_start ("backup-room", look_for_room_cb, look, look_free, &error);
  if (backups->look == NULL) {
    g_task_return_error (task, error);
    return;
  }
  backups->look_task = g_steal_pointer (&task);
  backups->n_looks = 0;
  backups->look_timer = ent_clock_add (backups->clock, ROOM_LOOK_MS, room_cb, backups);
}

gboolean
coord_backups_look_finish (CoordBackups *backups, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Making. */

static void
making_free (gpointer data)
{
  Making *making = data;

  g_free (making->place);
  g_free (making->parent);
  g_free (making->folder);
  g_free (making->unfinished);
  g_free (making->secrets_of);
  g_clear_pointer (&making->removed, g_ptr_array_unref);
  g_clear_error (&making->error);
  g_free (making);
}

static void
work_free (Work *work)
{
  coord_backup_order_free (work->order);
  g_clear_pointer (&work->errand, coord_errand_free);
  g_clear_pointer (&work->removed, g_ptr_array_unref);
  g_clear_error (&work->error);
  g_free (work);
}

static void
make_cb (gpointer data)
{
  Making *making = data;
  const CoordBackup backup = { making->place, making->folder, making->unfinished,
    making->secrets_of };

  if (coord_backup_make (&backup, &making->watch, &making->made, &making->error) &&
      making->keep > 0)
    making->removed = coord_backup_folder_prune (making->parent, making->keep, making->folder);
}

static Making *
new_making (CoordBackups *backups, const CoordBackupOrder *order)
{
  Making *making = g_new0 (Making, 1);

  making->place = g_strdup (backups->place);
  making->parent = g_strdup (backups->config->backup_folder);
  making->folder = g_strdup (order->folder);
  making->unfinished = g_strconcat (order->folder, COORD_BACKUP_UNFINISHED, NULL);
  making->secrets_of = g_strdup (backups->secrets_of);
  making->keep = backups->config->backup_keep;
  making->watch.is_cancelled = backups->is_stopped;
  return making;
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
  Making *making = coord_errand_get_data (work->errand);
  int permille = g_atomic_int_get (&making->watch.permille);
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

static gpointer
store_end_cb (CoordDb *db, gpointer data, GError **error)
{
  const Work *work = data;

  coord_backup_service_end (db, work->order, &work->made,
    work->error != NULL ? work->error->message : NULL, work->removed, g_get_real_time (), error);
  return NULL;
}

static void
drop_work (CoordBackups *backups)
{
  ent_clock_remove (backups->clock, backups->timer);
  backups->timer = 0;
  g_clear_pointer (&backups->work, work_free);
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
    work->is_stored = TRUE;
    if (work->errand == NULL)
      drop_work (backups);
    coord_backup_numbers_refresh (backups->numbers);
  }
}

static void
store_end (CoordBackups *backups, Work *work)
{
  work->is_storing = TRUE;
  coord_db_pool_write_async (
    backups->pool, store_end_cb, work, NULL, NULL, NULL, end_stored_cb, work);
}

/* The errand is done. */
static void
take_result (Work *work)
{
  Making *making = coord_errand_get_data (work->errand);

  if (work->is_over) {
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_JOB, work->order->job,
      "The disk of the backup that was given up answers again");
    g_clear_pointer (&work->errand, coord_errand_free);
    return;
  }
  work->is_over = TRUE;
  work->made = making->made;
  work->removed = g_steal_pointer (&making->removed);
  work->error = g_steal_pointer (&making->error);
  g_clear_pointer (&work->errand, coord_errand_free);
  if (work->error != NULL)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, work->order->job, "The backup failed: %s",
      work->error->message);
  else
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_JOB, work->order->job,
      "Made the backup %s of %" G_GINT64_FORMAT " rows", work->order->folder, work->made.rows);
  for (guint i = 0; work->removed != NULL && i < work->removed->len; i++)
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_JOB, work->order->job, "Removed the old backup %s",
      (const char *) work->removed->pdata[i]);
}

static gboolean
has_stalled (Work *work)
{
  Making *making = coord_errand_get_data (work->errand);
  gint pulse = g_atomic_int_get (&making->watch.pulse);

  work->n_still = pulse == work->pulse ? work->n_still + 1 : 0;
  work->pulse = pulse;
  return work->n_still >= STILL_LOOKS;
}

/* It counts as failed, so that the operator hears of it; its thread hangs on, and removes what it
 * has written when it comes to itself. */
static void
give_up (CoordBackups *backups, Work *work)
{
  Making *making = coord_errand_get_data (work->errand);

  g_atomic_int_set (&making->watch.is_cancelled, TRUE);
  work->is_over = TRUE;
  g_set_error (&work->error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
    "It came no further for %d minutes: the disk of %s seems not to answer. Look at that disk, and "
    "restart the server if it does not come back: until then it makes no other backup, and the "
    "write-ahead log of an SQLite file grows.",
    STILL_MINUTES, backups->config->backup_folder);
  coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, work->order->job, "The backup failed: %s",
    work->error->message);
}

/* At once, and seldom while the database takes nothing. */
static void
store_when_due (CoordBackups *backups, Work *work, gboolean is_new)
{
  gint64 now_us = ent_clock_get_monotonic_us (backups->clock);

  if (work->is_storing || (!is_new && now_us - work->told_us < TELL_MS * 1000LL))
    return;
  work->told_us = now_us;
  store_end (backups, work);
}

static gboolean
look_cb (gpointer data)
{
  CoordBackups *backups = data;
  Work *work = backups->work;
  gboolean was_over = work->is_over;

  if (work->errand != NULL && coord_errand_is_done (work->errand))
    take_result (work);
  else if (!work->is_over && has_stalled (work))
    give_up (backups, work);
  else if (!work->is_over)
    tell_progress (backups, work);
  if (work->is_over && !work->is_stored)
    store_when_due (backups, work, !was_over);
  else if (work->is_stored && work->errand == NULL)
    drop_work (backups);
  return G_SOURCE_CONTINUE;
}

static void
begin (CoordBackups *backups, Work *work)
{
  work->backups = backups;
  backups->work = work;
  backups->timer = ent_clock_add (backups->clock, LOOK_MS, look_cb, backups);
  work->told_us = ent_clock_get_monotonic_us (backups->clock);
  work->errand = coord_errand_start (
    "backup", make_cb, new_making (backups, work->order), making_free, &work->error);
  work->is_over = work->errand == NULL;
  coord_backup_numbers_refresh (backups->numbers);
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
  if (backups->work->is_over)
    g_set_error (&work->error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "The disk of %s has not answered since an earlier backup was given up. Look at that disk, or "
      "restart the server, and ask for this one then.",
      backups->config->backup_folder);
  else
    /* Its lease was over, since the database took nothing for a while. */
    g_set_error_literal (&work->error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "Another backup is still being made. Ask for this one when that is done.");
  store_end (backups, work);
}

void
coord_backups_stop (CoordBackups *backups)
{
  backups->is_stopped = TRUE;
  answer_look (backups,
    g_error_new_literal (COORD_ERROR, COORD_ERROR_UNAVAILABLE, "The server is being stopped."));
  if (backups->work != NULL && backups->work->errand != NULL) {
    Making *making = coord_errand_get_data (backups->work->errand);

    g_atomic_int_set (&making->watch.is_cancelled, TRUE);
  }
}

/* What does not end in time ends with the process; the next start removes what it leaves. */
static void
await_end (Work *work)
{
  if (coord_errand_wait (work->errand, STOP_MS)) {
    take_result (work);
    return;
  }
  g_clear_pointer (&work->errand, coord_errand_free);
  g_set_error_literal (&work->error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
    "The server was stopped before it was done, while the disk of the backup did not answer. Ask "
    "for it anew.");
  coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_JOB, work->order->job, "%s", work->error->message);
}

void
coord_backups_free (CoordBackups *backups)
{
  Work *work = backups->work;

  ent_clock_remove (backups->clock, backups->timer);
  ent_clock_remove (backups->clock, backups->look_timer);
  coord_backups_stop (backups);
  if (work != NULL) {
    work->backups = NULL;
    if (!work->is_over)
      await_end (work);
    if (work->is_stored)
      work_free (work);
    else if (!work->is_storing)
      store_end (backups, work);
  }
  g_clear_pointer (&backups->look, coord_errand_free);
  g_clear_pointer (&backups->tidying, coord_errand_free);
  coord_backup_numbers_free (backups->numbers);
  g_free (backups->process);
  g_free (backups->place);
  g_free (backups->secrets_of);
  g_free (backups);
}
