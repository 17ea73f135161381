#include "service/coord-backup-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "service/coord-admin-service.h"
#include "store/coord-admin-job-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"

void
coord_backup_order_free (CoordBackupOrder *order)
{
  g_free (order->job);
  g_free (order->folder);
  g_free (order);
}

static gboolean
check_running (CoordDb *db, const char *process, GError **error)
{
  g_autofree char *running = NULL;

  if (!coord_admin_job_store_find_running (db, COORD_JOB_BACKUP, process, &running, error))
    return FALSE;
  if (running == NULL)
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "A backup is being made already: /api/admin/jobs/%s tells how far it is.", running);
  return FALSE;
}

gboolean
coord_backup_service_check (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const char *process,
  GError **error)
{
  if (!coord_admin_service_check (db, caller, error))
    return FALSE;
  if (config->backup_folder != NULL)
    return check_running (db, process, error);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "This server has no folder for backups. Name one as 'backup-folder' in its configuration and "
    "restart it, or run 'entrevue-coordinator backup' on its host.");
  return FALSE;
}

/* By its time, and what tells it from others of coordinators that share the folder. */
static char *
name_folder (const CoordConfig *config, const char *job, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("entrevue-%s-%s", time, job + strlen (job) - 6);

  return g_build_filename (config->backup_folder, name, NULL);
}

CoordBackupOrder *
coord_backup_service_ask (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const char *process,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordBackupOrder) order = NULL;

  if (!coord_backup_service_check (db, caller, config, process, error))
    return NULL;
  order = g_new0 (CoordBackupOrder, 1);
  order->job = ent_id_new ();
  order->folder = name_folder (config, order->job, now_us);
  if (!coord_admin_job_store_add (
        db, order->job, COORD_JOB_BACKUP, process, order->folder, now_us, error) ||
      !coord_audit_store_add (
        db, NULL, caller->user_id, "backup.ask", order->job, order->folder, now_us, error))
    return NULL;
  return g_steal_pointer (&order);
}

EntApiAdminJob *
coord_backup_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *job,
  const char *process,
  GError **error)
{
  return coord_admin_service_check (db, caller, error)
           ? coord_admin_job_store_find (db, job, process, error)
           : NULL;
}

gboolean
coord_backup_service_end (CoordDb *db,
  const CoordBackupOrder *order,
  gint64 n_rows,
  const char *message,
  gint64 now_us,
  GError **error)
{
  return coord_admin_job_store_end (db, order->job, n_rows, message, now_us, error) &&
         coord_audit_store_add (db, NULL, "server",
           message == NULL ? "backup.made" : "backup.failed", order->job, order->folder, now_us,
           error);
}
