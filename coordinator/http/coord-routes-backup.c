#include "http/coord-routes-backup.h"

#define HOUR_S (60 * 60)

static gpointer
check_backup (CoordCall *call, GError **error)
{
  coord_backup_service_check (
    call->db, call->caller, call->services->config, coord_backups_get_process (call->extra), error);
  return NULL;
}

static gpointer
ask_backup (CoordCall *call, GError **error)
{
  return coord_backup_service_ask (call->db, call->caller, call->services->config,
    coord_backups_get_process (call->extra), call->now_us, error);
}

static void
backup_asked (CoordRequest *request, gpointer result, gpointer backups)
{
  CoordBackupOrder *order = result;
  g_autofree char *job = g_strdup (order->job);

  coord_backups_start (backups, order);
  coord_request_reply (
    request, 202, &ent_api_admin_job_begun_struct, &(EntApiAdminJobBegun){ job });
}

/* Only what may be made is counted. */
static void
backup_checked (CoordRequest *request, gpointer result, gpointer backups)
{
  g_autofree char *subject = g_strconcat ("backup:", coord_request_get_user (request), NULL);

  if (coord_request_count (request, subject, COORD_BACKUP_PER_HOUR, HOUR_S))
    coord_request_work (request, TRUE, ask_backup, (GDestroyNotify) coord_backup_order_free,
      backup_asked, backups, NULL);
}

static void
begin_backup (CoordRequest *request, gpointer backups)
{
  coord_request_work (request, FALSE, check_backup, NULL, backup_checked, backups, NULL);
}

static gpointer
show_job (CoordCall *call, GError **error)
{
  return coord_backup_service_show (call->db, call->caller,
    coord_request_get_parameter (call->request, "id"), coord_backups_get_process (call->extra),
    error);
}

static void
job_shown (CoordRequest *request, gpointer result, gpointer backups)
{
  g_autoptr (EntApiAdminJob) job = result;

  coord_request_reply (request, 200, &ent_api_admin_job_struct, job);
}

static void
begin_show (CoordRequest *request, gpointer backups)
{
  coord_request_work (
    request, FALSE, show_job, (GDestroyNotify) ent_api_admin_job_free, job_shown, backups, NULL);
}

static const CoordRoute routes[] = {
  { "POST", "/api/admin/backup", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = begin_backup,
    .answer = &ent_api_admin_job_begun_struct, .status = 202 },
  { "GET", "/api/admin/jobs/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = begin_show,
    .answer = &ent_api_admin_job_struct },
};

void
coord_routes_backup_add (CoordRouter *router, CoordBackups *backups)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), backups);
}
