#include "service/coord-backup-service.h"

#include "base/ent-id.h"
#include "service/coord-admin-service.h"
#include "store/coord-admin-job-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-backup-folder.h"
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

/* Whether the caller may, there is a folder for it, and no coordinator makes another one. */
static gboolean
check_order (CoordDb *db,
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

/* How many seconds the caller has to wait, whichever coordinator was asked before; -1 on error. */
static gint64
get_wait_s (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error)
{
  gint64 asked_us = coord_admin_job_store_find_nth (
    db, COORD_JOB_BACKUP, caller->user_id, COORD_BACKUP_PER_HOUR, error);
  gint64 wait_us = asked_us + G_TIME_SPAN_HOUR - now_us;

  if (asked_us < 0)
    return -1;
  return asked_us == 0 || wait_us <= 0 ? 0
                                       : MIN (wait_us, G_TIME_SPAN_HOUR - 1) / G_USEC_PER_SEC + 1;
}

GError *
coord_backup_service_refuse_haste (gint64 wait_s)
{
  return g_error_new (COORD_ERROR, COORD_ERROR_TOO_FAST,
    "You have asked for %d backups within an hour. Try again in %" G_GINT64_FORMAT " seconds, or "
    "run 'entrevue-coordinator backup' on the server's host.",
    COORD_BACKUP_PER_HOUR, wait_s);
}

CoordBackupNeed *
coord_backup_service_check (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const char *process,
  gint64 now_us,
  GError **error)
{
  CoordBackupNeed need;

  if (!check_order (db, caller, config, process, error) ||
      (need.wait_s = get_wait_s (db, caller, now_us, error)) < 0 ||
      (need.bytes = coord_backup_measure (db, error)) < 0)
    return NULL;
  return g_memdup2 (&need, sizeof need);
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
  g_autofree char *name = NULL;
  gint64 wait_s;

  if (!check_order (db, caller, config, process, error) ||
      (wait_s = get_wait_s (db, caller, now_us, error)) < 0)
    return NULL;
  if (wait_s > 0) {
    g_propagate_error (error, coord_backup_service_refuse_haste (wait_s));
    return NULL;
  }
  order = g_new0 (CoordBackupOrder, 1);
  order->job = ent_id_new ();
  name = coord_backup_folder_make_name (order->job, now_us);
  order->folder = g_build_filename (config->backup_folder, name, NULL);
  if (!coord_admin_job_store_add (
        db, order->job, COORD_JOB_BACKUP, process, order->folder, caller->user_id, now_us, error) ||
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

EntApiBackupList *
coord_backup_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *process,
  const CoordPage *page,
  GError **error)
{
  GPtrArray *jobs;
  EntApiBackupList *list;

  if (!coord_admin_service_check (db, caller, error) ||
      (jobs = coord_admin_job_store_list (db, COORD_JOB_BACKUP, process, page, error)) == NULL)
    return NULL;
  list = ent_api_backup_list_new ();
  list->items = jobs;
  list->next = coord_page_get_next (page, jobs, G_STRUCT_OFFSET (EntApiAdminJob, id));
  return list;
}

static gboolean
end (CoordDb *db,
  const CoordBackupOrder *order,
  const char *actor,
  const CoordBackupMade *made,
  const char *message,
  gint64 now_us,
  GError **error)
{
  return coord_admin_job_store_end (
           db, order->job, made->rows, made->bytes, message, now_us, error) &&
         coord_audit_store_add (db, NULL, actor, message == NULL ? "backup.made" : "backup.failed",
           order->job, order->folder, now_us, error);
}

gboolean
coord_backup_service_end (CoordDb *db,
  const CoordBackupOrder *order,
  const CoordBackupMade *made,
  const char *message,
  GPtrArray *removed,
  gint64 now_us,
  GError **error)
{
  for (guint i = 0; removed != NULL && i < removed->len; i++)
    if (!coord_admin_job_store_remove_result (db, removed->pdata[i], error) ||
        !coord_audit_store_add (
          db, NULL, "server", "backup.removed", order->job, removed->pdata[i], now_us, error))
      return FALSE;
  return end (db, order, "server", made, message, now_us, error);
}

gboolean
coord_backup_service_record (CoordDb *db,
  const char *folder,
  const CoordBackupMade *made,
  const char *message,
  gint64 began_us,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordBackupOrder) order = g_new0 (CoordBackupOrder, 1);

  order->job = ent_id_new ();
  order->folder = g_strdup (folder);
  return coord_admin_job_store_add (
           db, order->job, COORD_JOB_BACKUP, "command", folder, NULL, began_us, error) &&
         end (db, order, "operator", made, message, now_us, error);
}
