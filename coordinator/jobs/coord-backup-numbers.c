#include "jobs/coord-backup-numbers.h"

#include "service/coord-backup-service.h"
#include "store/coord-admin-job-store.h"

#define FIRST_MS 1
#define AGAIN_MS 60000

/* One look in a reader. */
typedef struct {
  CoordBackupNumbers *numbers; /* NULL: freed meanwhile */
  char *process;
  CoordAdminJobCounts counts;
} Look;

struct _CoordBackupNumbers {
  CoordDbPool *pool;
  EntClock *clock;
  const char *process;
  CoordAdminJobCounts counts;
  guint first_timer;
  guint timer;
  Look *look; /* in work; NULL: none */
  gboolean is_old; /* something has changed since that began */
};

static gpointer
read_cb (CoordDb *db, gpointer data, GError **error)
{
  Look *look = data;

  coord_admin_job_store_read_counts (db, COORD_JOB_BACKUP, look->process, &look->counts, error);
  return NULL;
}

static void
read_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Look *look = data;
  CoordBackupNumbers *numbers = look->numbers;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  /* A database that cannot be asked is asked again soon; until then what was known counts. */
  if (error != NULL)
    g_debug ("Could not read which backups there are: %s", error->message);
  if (numbers != NULL) {
    numbers->look = NULL;
    if (error == NULL)
      numbers->counts = look->counts;
    if (numbers->is_old)
      coord_backup_numbers_refresh (numbers);
  }
  g_free (look->process);
  g_free (look);
}

void
coord_backup_numbers_refresh (CoordBackupNumbers *numbers)
{
  numbers->is_old = numbers->look != NULL;
  if (numbers->is_old)
    return;
  numbers->look = g_new0 (Look, 1);
  numbers->look->numbers = numbers;
  numbers->look->process = g_strdup (numbers->process);
  coord_db_pool_read_async (
    numbers->pool, read_cb, numbers->look, NULL, NULL, NULL, read_done_cb, numbers->look);
}

static gboolean
first_cb (gpointer data)
{
  CoordBackupNumbers *numbers = data;

  numbers->first_timer = 0;
  coord_backup_numbers_refresh (numbers);
  return G_SOURCE_REMOVE;
}

static gboolean
again_cb (gpointer data)
{
  coord_backup_numbers_refresh (data);
  return G_SOURCE_CONTINUE;
}

/* Values. */

static double
read_last (gpointer data)
{
  return ((CoordBackupNumbers *) data)->counts.last_us / (double) G_USEC_PER_SEC;
}

static double
read_took (gpointer data)
{
  return ((CoordBackupNumbers *) data)->counts.took_us / (double) G_USEC_PER_SEC;
}

static double
read_bytes (gpointer data)
{
  return ((CoordBackupNumbers *) data)->counts.bytes;
}

static double
read_failed (gpointer data)
{
  return ((CoordBackupNumbers *) data)->counts.failed;
}

static double
read_running (gpointer data)
{
  return ((CoordBackupNumbers *) data)->counts.running;
}

static void
add_values (CoordBackupNumbers *numbers, CoordMetrics *metrics)
{
  coord_metrics_add_value (metrics, "entrevue_backup_last_success_timestamp_seconds", NULL,
    "When the last backup was complete, made by any coordinator or command; 0: none is known.",
    read_last, numbers);
  coord_metrics_add_value (metrics, "entrevue_backup_last_duration_seconds", NULL,
    "How long that one took.", read_took, numbers);
  coord_metrics_add_value (
    metrics, "entrevue_backup_last_size_bytes", NULL, "What it takes.", read_bytes, numbers);
  coord_metrics_add_value (metrics, "entrevue_backup_failures", NULL,
    "Backups that failed since then.", read_failed, numbers);
  coord_metrics_add_value (
    metrics, "entrevue_backups_running", NULL, "Backups being made.", read_running, numbers);
}

CoordBackupNumbers *
coord_backup_numbers_new (CoordDbPool *pool,
  EntClock *clock,
  const char *process,
  CoordMetrics *metrics)
{
  CoordBackupNumbers *numbers = g_new0 (CoordBackupNumbers, 1);

  numbers->pool = pool;
  numbers->clock = clock;
  numbers->process = process;
  numbers->first_timer = ent_clock_add (clock, FIRST_MS, first_cb, numbers);
  numbers->timer = ent_clock_add (clock, AGAIN_MS, again_cb, numbers);
  add_values (numbers, metrics);
  return numbers;
}

void
coord_backup_numbers_free (CoordBackupNumbers *numbers)
{
  if (numbers->first_timer != 0)
    ent_clock_remove (numbers->clock, numbers->first_timer);
  ent_clock_remove (numbers->clock, numbers->timer);
  if (numbers->look != NULL)
    numbers->look->numbers = NULL;
  g_free (numbers);
}
