/* Making backups on disks that stop answering: nobody waits for them, and the operator hears of it.
 */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "jobs/coord-backups.h"
#include "store/coord-admin-job-store.h"
#include "store/coord-backup-folder.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define START_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define PATIENCE_US (60 * G_USEC_PER_SEC)

/* A disk that says how much room it has when it is let. */
static GMutex room_lock;
static GCond room_changed;
static gboolean is_room_held;

int
statvfs (const char *path, struct statvfs *space)
{
  g_mutex_lock (&room_lock);
  while (is_room_held)
    g_cond_wait (&room_changed, &room_lock);
  g_mutex_unlock (&room_lock);
  errno = ENOSYS; /* then nobody knows, and the copy is tried */
  return -1;
}

static void
hold_room (gboolean is_held)
{
  g_mutex_lock (&room_lock);
  is_room_held = is_held;
  g_cond_broadcast (&room_changed);
  g_mutex_unlock (&room_lock);
}

typedef struct {
  CoordTestStore *store;
  CoordDbPool *pool;
  EntClock *clock;
  CoordMetrics *metrics;
  CoordConfig *config;
  char *data;
  char *secret; /* when it is a pipe, who copies it waits for who writes to it */
  CoordBackups *backups;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *secrets = NULL;
  g_autoptr (GError) error = NULL;

  f->store = coord_test_store_new ();
  f->pool = coord_db_pool_new (f->store->path, 1, &error);
  g_assert_no_error (error);
  f->clock = ent_clock_new_test (START_US);
  f->metrics = coord_metrics_new ();
  f->config = coord_config_new ();
  f->config->backup_folder = g_dir_make_tmp ("coord-backups-XXXXXX", NULL);
  f->config->has_backup_secrets = TRUE;
  f->data = g_dir_make_tmp ("coord-backups-XXXXXX", NULL);
  secrets = g_build_filename (f->data, "secrets", NULL);
  g_assert_cmpint (g_mkdir (secrets, 0700), ==, 0);
  f->secret = g_build_filename (secrets, "tls.pem", NULL);
  f->backups =
    coord_backups_new (f->pool, f->clock, f->config, f->metrics, f->store->path, f->data);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_backups_free (f->backups);
  coord_db_pool_free (f->pool);
  while (g_main_context_iteration (NULL, FALSE))
    continue; /* answers that come late */
  coord_test_remove_folder (f->config->backup_folder);
  coord_test_remove_folder (f->data);
  coord_config_free (f->config);
  coord_metrics_free (f->metrics);
  ent_clock_unref (f->clock);
  coord_test_store_free (f->store);
  g_free (f->data);
  g_free (f->secret);
}

static void
turn (Fixture *f, guint ms)
{
  ent_clock_advance (f->clock, ms);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_thread_yield ();
}

static void
begin (Fixture *f, const char *id)
{
  CoordBackupOrder *order = g_new0 (CoordBackupOrder, 1);
  g_autoptr (GError) error = NULL;

  order->job = g_strdup (id);
  order->folder = g_build_filename (f->config->backup_folder, id, NULL);
  coord_admin_job_store_add (f->store->db, id, COORD_JOB_BACKUP,
    coord_backups_get_process (f->backups), order->folder, NULL, START_US, &error);
  g_assert_no_error (error);
  coord_backups_start (f->backups, order);
}

/* What became of it, while the clock goes in such steps. */
static EntApiAdminJob *
await_end (Fixture *f, const char *id, guint step_ms)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;

  while (g_get_monotonic_time () < until_us) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiAdminJob) job =
      coord_admin_job_store_find (f->store->db, id, coord_backups_get_process (f->backups), &error);

    g_assert_no_error (error);
    if (job->state != ENT_ADMIN_JOB_RUNNING)
      return g_steal_pointer (&job);
    turn (f, step_ms);
  }
  g_error ("%s does not end", id);
}

/* Once somebody reads the secret, who then waits until the result is closed. */
static int
hold_secret (Fixture *f)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  int fd;

  while ((fd = open (f->secret, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0) {
    g_assert_cmpint (errno, ==, ENXIO);
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    g_thread_yield ();
  }
  return fd;
}

static void
test_given_up (Fixture *f, gconstpointer data)
{
  g_autofree char *unfinished =
    g_strconcat (f->config->backup_folder, "/hangs", COORD_BACKUP_UNFINISHED, NULL);
  g_autoptr (EntApiAdminJob) hanging = NULL;
  g_autoptr (EntApiAdminJob) refused = NULL;
  g_autoptr (EntApiAdminJob) last = NULL;
  gint64 until_us;
  int fd;

  g_assert_cmpint (mkfifo (f->secret, 0600), ==, 0);
  begin (f, "hangs");
  fd = hold_secret (f);
  hanging = await_end (f, "hangs", 500);
  g_assert_cmpint (hanging->state, ==, ENT_ADMIN_JOB_FAILED);
  g_assert_nonnull (strstr (hanging->message, "seems not to answer"));
  g_assert_true (g_file_test (unfinished, G_FILE_TEST_IS_DIR));
  begin (f, "refused");
  refused = await_end (f, "refused", 500);
  g_assert_cmpint (refused->state, ==, ENT_ADMIN_JOB_FAILED);
  g_assert_nonnull (strstr (refused->message, "has not answered since"));

  /* It answers again: nothing is left, and others are made. */
  g_assert_cmpint (g_unlink (f->secret), ==, 0);
  g_assert_true (g_file_set_contents (f->secret, "secret", -1, NULL));
  close (fd);
  until_us = g_get_monotonic_time () + PATIENCE_US;
  for (guint i = 0; last == NULL || last->state == ENT_ADMIN_JOB_FAILED; i++) {
    g_autofree char *id = g_strdup_printf ("again-%u", i);

    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    g_clear_pointer (&last, ent_api_admin_job_free);
    begin (f, id);
    last = await_end (f, id, 10);
  }
  g_assert_cmpint (last->state, ==, ENT_ADMIN_JOB_DONE);
  g_assert_false (g_file_test (unfinished, G_FILE_TEST_EXISTS));
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
look (Fixture *f, guint step_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;

  coord_backups_look_async (f->backups, 1, looked_cb, &result);
  while (result == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    turn (f, step_ms);
  }
  return coord_backups_look_finish (f->backups, result, error);
}

static void
test_room (Fixture *f, gconstpointer data)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  g_autoptr (GError) error = NULL;

  hold_room (TRUE);
  g_assert_false (look (f, 1000, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "does not answer"));
  g_clear_error (&error);
  g_assert_false (look (f, 1000, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  hold_room (FALSE);
  do {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    g_clear_error (&error);
  } while (!look (f, 1, &error));
}

/* Who waits for room hears when the server is stopped. */
static void
test_stopped (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hold_room (TRUE);
  coord_backups_look_async (f->backups, 1, looked_cb, &result);
  coord_backups_stop (f->backups);
  while (result == NULL)
    turn (f, 0);
  g_assert_false (coord_backups_look_finish (f->backups, result, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE);
  hold_room (FALSE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* backups that fail warn */
  ADD ("/backups/given-up", test_given_up);
  ADD ("/backups/room", test_room);
  ADD ("/backups/stopped", test_stopped);
  return g_test_run ();
}
