#include "config.h"

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "store/coord-error.h"

static gpointer
check_database (CoordCall *call, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (call->db, error, "SELECT COUNT(*) FROM runner");

  return GINT_TO_POINTER (rows != NULL && coord_db_check_space (call->db, error));
}

/* Answers when nothing can be written. */
static gboolean
refuse_when_full (CoordRequest *request)
{
  if (!coord_db_pool_is_full (coord_request_get_services (request)->pool))
    return FALSE;
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, COORD_ERROR_STORAGE_FULL,
                                 "The server could not write to its disk when it last tried."));
  return TRUE;
}

static void
database_checked (CoordRequest *request, gpointer result, gpointer extra)
{
  const CoordMetrics *metrics = coord_request_get_services (request)->metrics;
  g_autoptr (EntApiHealth) health = ent_api_health_new ();
  gint64 protocol = ENT_PROTOCOL_VERSION;

  if (refuse_when_full (request))
    return;
  health->protocols = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (health->protocols, protocol);
  health->status =
    g_strdup (coord_metrics_read (metrics, "entrevue_clock_wrong") > 0 ? "degraded" : "ok");
  health->docker = ent_api_health_docker_new ();
  health->docker->available = coord_metrics_read (metrics, "entrevue_runners") > 0;
  if (coord_routes_is_operator (request)) {
    health->database = g_strdup ("ok");
    health->queue = ent_api_health_queue_new ();
    health->queue->waiting = coord_metrics_read (metrics, "entrevue_runs_waiting");
  }
  health->version = g_strdup (ENT_VERSION);
  health->timestamp = ent_clock_get_wall_us (coord_request_get_services (request)->clock);
  coord_request_reply (request, 200, &ent_api_health_struct, health);
}

static void
show_health (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, check_database, NULL, database_checked, NULL, NULL);
}

static void
database_ready (CoordRequest *request, gpointer result, gpointer extra)
{
  if (!refuse_when_full (request))
    coord_request_reply_text (request, 200, NULL, NULL);
}

static void
show_ready (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, check_database, NULL, database_ready, NULL, NULL);
}

static void
show_live (CoordRequest *request, gpointer data)
{
  coord_request_reply_text (request, 200, NULL, NULL);
}

static void
show_description (CoordRequest *request, gpointer data)
{
  coord_request_reply_text (request, 200, "application/json", coord_router_get_description (data));
}

static const CoordRoute routes[] = {
  { "GET", "/api/openapi.json", COORD_CALLER_NONE, COORD_LIMIT_GENERAL, .handler = show_description,
    .media_type = "application/json" },
  { "GET", "/health", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_health,
    .answer = &ent_api_health_struct },
  { "GET", "/health/ready", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_ready },
  { "GET", "/health/live", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_live },
};

void
coord_routes_add_health (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), router);
}
