#include "http/coord-routes-backup.h"

#include "http/coord-routes.h"

/* Beginning: check_backup (reads), look_async (at the disk), ask_backup (writes). */

static gpointer
check_backup (CoordCall *call, GError **error)
{
  return coord_backup_service_check (call->db, call->caller, call->services->config,
    coord_backups_get_process (call->extra), call->now_us, error);
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

typedef struct {
  CoordRequest *request;
  CoordBackups *backups;
} Look;

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Look *look = data;
  g_autoptr (CoordRequest) request = look->request;
  GError *error = NULL;

  if (coord_backups_look_finish (look->backups, result, &error))
    coord_request_work (request, TRUE, ask_backup, (GDestroyNotify) coord_backup_order_free,
      backup_asked, look->backups, NULL);
  else
    coord_request_fail (request, error);
}

static void
backup_checked (CoordRequest *request, gpointer result, gpointer backups)
{
  g_autofree CoordBackupNeed *need = result;
  Look *look;

  if (need->wait_s > 0) {
    g_autofree char *wait = g_strdup_printf ("%" G_GINT64_FORMAT, need->wait_s);

    coord_request_set_header (request, "Retry-After", wait);
    coord_request_fail (request, coord_backup_service_refuse_haste (need->wait_s));
    return;
  }
  look = g_new0 (Look, 1);
  look->request = coord_request_ref (request);
  look->backups = backups;
  coord_backups_look_async (backups, need->bytes, looked_cb, look);
}

static void
begin_backup (CoordRequest *request, gpointer backups)
{
  coord_request_work (request, FALSE, check_backup, g_free, backup_checked, backups, NULL);
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

static gpointer
list_backups (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_backup_service_list (
    call->db, call->caller, coord_backups_get_process (call->extra), &page, error);
}

static void
backups_listed (CoordRequest *request, gpointer result, gpointer backups)
{
  g_autoptr (EntApiBackupList) list = result;

  coord_request_reply (request, 200, &ent_api_backup_list_struct, list);
}

static void
begin_list (CoordRequest *request, gpointer backups)
{
  coord_request_work (request, FALSE, list_backups, (GDestroyNotify) ent_api_backup_list_free,
    backups_listed, backups, NULL);
}

static const CoordRoute routes[] = {
  { "POST", "/api/admin/backup", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = begin_backup,
    .answer = &ent_api_admin_job_begun_struct, .status = 202 },
  { "GET", "/api/admin/backups", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = begin_list,
    .answer = &ent_api_backup_list_struct },
  { "GET", "/api/admin/jobs/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = begin_show,
    .answer = &ent_api_admin_job_struct },
};

void
coord_routes_backup_add (CoordRouter *router, CoordBackups *backups)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), backups);
}
