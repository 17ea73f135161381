#include "config.h"

#include "commands/coord-serve.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ent-secret.h"
#include "cluster/coord-node.h"
#include "commands/coord-data.h"
#include "coord-log.h"
#include "coord-loop-watch.h"
#include "coord-start-pages.h"
#include "http/coord-router.h"
#include "http/coord-routes-backup.h"
#include "http/coord-routes-code.h"
#include "http/coord-routes-realtime.h"
#include "http/coord-runner-watch.h"
#include "jobs/coord-jobs.h"
#include "jobs/coord-mailer.h"
#include "net/coord-certificate.h"
#include "net/coord-listener.h"
#include "outgoing/coord-provider.h"
#include "protocol/ent-link-uri.h"
#include "realtime/coord-room-tidy.h"
#include "run/coord-local-runner.h"
#include "store/coord-audit-store.h"
#include "store/coord-migrate.h"
#include "store/coord-node-store.h"
#include "store/coord-runner-store.h"

#define SMTP_TIMEOUT_S 120
#define DRAIN_MS 2000 /* for requests in work and close frames when the server stops */
#define DRAIN_STEP_MS 20
#define MAPPED_BYTES (128 * 1024) /* where the C library begins */
#define UNUSED_BYTES (4 * 1024 * 1024) /* at the heap's end; more goes back to the system */

typedef struct {
  int lock; /* descriptor that holds DATA for this process; 0: none */
  CoordConfig *config;
  CoordSecrets *secrets;
  CoordDbPool *pool;
  char *place; /* of the database */
  char *node_id; /* "" where no other coordinator can be */
  CoordNode *node; /* NULL there */
  CoordJobs *jobs;
  CoordBackups *backups;
  CoordMailer *mailer; /* NULL: no mail is sent */
  CoordFetcher *fetcher; /* NULL: no other server is asked */
  CoordProviders *providers; /* NULL: none */
  CoordCodeRoutes *code;
  CoordPasswords *passwords;
  CoordEvents *events;
  EntClock *clock;
  CoordClockWatch *clock_watch;
  gint64 newest_us; /* what the database had last when it was opened; 0: unknown */
  CoordMetrics *metrics;
  CoordServices services;
  CoordSocketHub *hub;
  CoordRunQueue *runs;
  CoordRunnerLinks *runners;
  CoordRunnerWatch *runner_watch;
  CoordRoomTable *rooms;
  CoordPersonSockets *people;
  CoordRealtimeRoutes realtime;
  CoordLocalRunner *local_runner; /* NULL: none */
  char *local_runner_token;
  CoordRouter *router;
  CoordProxies *proxies;
  char *pin; /* of an own certificate; NULL: none */
  CoordListener *listener;
  char *origin_path; /* DATA/run/origin, for commands */
  char *runner_socket;
  GMainLoop *loop;
  guint drained_ms;
} Server;

typedef struct {
  char *listening;
  char *address; /* the same as a place: with the pin, when there is one */
  char *runner_socket;
  char *version;
} Serving;
ENT_STRUCT_DECLARE (Serving, serving)

static const EntField serving_fields[] = {
  ENT_FIELD (Serving, listening, ENT_FIELD_STRING, ENT_REQUIRED, 256),
  ENT_FIELD (Serving, address, ENT_FIELD_STRING, ENT_REQUIRED, 256),
  ENT_FIELD (Serving, runner_socket, ENT_FIELD_STRING, ENT_REQUIRED, 4096),
  ENT_FIELD (Serving, version, ENT_FIELD_STRING, ENT_REQUIRED, 64),
};
ENT_STRUCT_DEFINE (Serving, serving)

static void
server_clear (Server *server)
{
  g_clear_pointer (&server->local_runner, coord_local_runner_stop);
  g_clear_pointer (&server->mailer, coord_mailer_free);
  g_clear_pointer (&server->fetcher, coord_fetcher_free);
  g_clear_pointer (&server->providers, coord_providers_free);
  g_clear_pointer (&server->jobs, coord_jobs_free);
  g_clear_pointer (&server->backups, coord_backups_free);
  g_clear_pointer (&server->runner_watch, coord_runner_watch_free);
  g_clear_pointer (&server->listener, coord_listener_free);
  g_clear_pointer (&server->proxies, coord_proxies_free);
  g_clear_pointer (&server->pin, g_free);
  g_clear_pointer (&server->hub, coord_socket_hub_free);
  g_clear_pointer (&server->node, coord_node_free);
  g_clear_pointer (&server->rooms, coord_room_table_free);
  g_clear_pointer (&server->people, coord_person_sockets_free);
  g_clear_pointer (&server->runners, coord_runner_links_free);
  g_clear_pointer (&server->runs, coord_run_queue_free);
  g_clear_pointer (&server->code, coord_code_routes_free);
  g_clear_pointer (&server->pool, coord_db_pool_free);
  g_clear_pointer (&server->place, g_free);
  g_clear_pointer (&server->node_id, g_free);
  g_clear_pointer (&server->router, coord_router_free);
  g_clear_pointer (&server->passwords, coord_passwords_free);
  g_clear_pointer (&server->events, coord_events_free);
  g_clear_pointer (&server->metrics, coord_metrics_free);
  g_clear_pointer (&server->clock_watch, coord_clock_watch_free);
  g_clear_pointer (&server->clock, ent_clock_unref);
  g_clear_pointer (&server->secrets, coord_secrets_free);
  g_clear_pointer (&server->config, coord_config_free);
  g_clear_pointer (&server->loop, g_main_loop_unref);
  if (server->origin_path != NULL)
    g_unlink (server->origin_path);
  g_clear_pointer (&server->origin_path, g_free);
  g_clear_pointer (&server->runner_socket, g_free);
  g_clear_pointer (&server->local_runner_token, ent_secret_free);
  g_free ((char *) server->services.origin);
  if (server->lock > 0)
    close (server->lock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_clear)

static gboolean
compare_key (CoordDb *db, const char *name, const guint8 *key, GError **error)
{
  g_autofree char *hash =
    g_compute_hmac_for_string (G_CHECKSUM_SHA256, key, 32, "entrevue key check", -1);

  return coord_key_check_store_compare (db, name, hash, error);
}

/* What one coordinator has signed the others must take. */
static gpointer
compare_keys_cb (CoordDb *db, gpointer data, GError **error)
{
  const CoordSecrets *secrets = data;

  if (compare_key (db, "signing-key", secrets->signing_key, error))
    compare_key (db, "refresh-key", secrets->refresh_key, error);
  return NULL;
}

static gboolean
open_database (Server *server, const char *data, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordDb) db = NULL;

  server->place = coord_config_get_place (server->config, data);
  db = coord_db_open (server->place, COORD_DB_WRITER, error);
  if (db == NULL || coord_migrate (db, error) < 0)
    return FALSE;
  if (coord_db_is_shared (db)) {
    coord_db_transaction (db, compare_keys_cb, server->secrets, &failure);
    if (failure != NULL) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    server->node_id = coord_node_load_id (data, error);
  } else
    server->node_id = g_strdup ("");
  if (server->node_id == NULL)
    return FALSE;
  /* Of the process before this one. Where it fails, the disk being full, the next report does it.
   */
  coord_runner_link_store_forget (db, server->node_id, NULL);
  server->newest_us = coord_audit_store_get_last_at (db);
  server->pool = coord_db_pool_new (server->place, server->config->readers, error);
  return server->pool != NULL;
}

/* Before there are threads and locks, which its launcher would inherit. */
static gboolean
start_local_runner (Server *server, const char *data, GError **error)
{
  g_autofree char *connect = g_build_filename (data, "run", "runner.sock", NULL);
  g_autofree char *address = g_strconcat ("unix:", connect, NULL);
  g_autofree char *program = NULL;

  if (!server->config->has_local_runner)
    return TRUE;
  program = coord_local_runner_find (error);
  if (program == NULL)
    return FALSE;
  server->local_runner_token = ent_secret_new_token ();
  server->local_runner =
    coord_local_runner_start (program, address, server->local_runner_token, error);
  return server->local_runner != NULL;
}

static gboolean
load_providers (Server *server, GError **error)
{
  if (server->config->providers->len == 0)
    return TRUE;
  server->fetcher = coord_fetcher_new ();
  server->providers = coord_providers_new (server->config, server->fetcher, server->clock, error);
  return server->providers != NULL;
}

static gboolean
load (Server *server, const CoordOptions *options, GError **error)
{
  server->config =
    options->config != NULL ? coord_config_load (options->config, error) : coord_config_new ();
  if (server->config == NULL || !coord_config_check_files (server->config, TRUE, error) ||
      !start_local_runner (server, options->data, error))
    return FALSE;
  server->secrets = coord_secrets_load (options->data, server->config->turn_secret_file, error);
  if (server->secrets == NULL || (server->lock = coord_data_lock (options->data, error)) < 0 ||
      !open_database (server, options->data, error))
    return FALSE;
  server->passwords = coord_passwords_new ();
  server->events = coord_events_new ();
  server->clock = ent_clock_new_real ();
  server->clock_watch = coord_clock_watch_new (server->clock, server->newest_us);
  server->metrics = coord_metrics_new ();
  if (!load_providers (server, error))
    return FALSE;
  server->services = (CoordServices){ server->config, server->secrets, server->pool,
    server->passwords, server->events, server->clock, server->metrics, server->providers, NULL };
  return TRUE;
}

static void
open_rooms (Server *server)
{
  const CoordRoomHost host = { server->pool, server->events,
    server->runs = coord_run_queue_new (server->clock), server->clock, server->config,
    server->secrets, server->node_id };

  server->runners = coord_runner_links_new (server->runs, server->clock);
  server->runner_watch = coord_runner_watch_new (
    server->pool, server->runners, server->runs, server->node_id, server->clock);
  server->rooms = coord_room_table_new (&host);
  server->people =
    coord_person_sockets_new (server->pool, server->events, server->clock, server->secrets);
  server->realtime = (CoordRealtimeRoutes){ server->pool, server->rooms, server->runners,
    server->people, server->local_runner_token };
  coord_routes_realtime_add (server->router, &server->realtime);
  server->code = coord_code_routes_new (server->pool, server->runs, server->clock);
  coord_code_routes_add (server->code, server->router);
}

static double
count_connections (gpointer data)
{
  return coord_listener_count (data);
}

static double
count_sockets (gpointer data)
{
  return coord_socket_hub_count (data);
}

static double
count_rooms (gpointer data)
{
  return coord_room_table_count (data);
}

static double
count_person_sockets (gpointer data)
{
  return coord_person_sockets_count (data);
}

static double
count_waiting_runs (gpointer data)
{
  return coord_run_queue_count_waiting (data);
}

static double
count_runners (gpointer data)
{
  return coord_run_queue_count_runners (data);
}

static double
count_ended_runs (gpointer data)
{
  return coord_run_queue_count_ended (data);
}

static double
count_waiting_writes (gpointer data)
{
  return coord_db_pool_get_backlog (data);
}

static double
count_warnings (gpointer data)
{
  return coord_log_count_warnings ();
}

static double
read_longest_turn (gpointer data)
{
  return coord_loop_watch_get_counts ()->longest_us / (double) G_USEC_PER_SEC;
}

static double
read_count (gpointer data)
{
  return *(const guint64 *) data;
}

static double
count_nodes (gpointer data)
{
  return coord_node_get_counts (data).nodes;
}

static double
count_homes (gpointer data)
{
  return coord_node_get_counts (data).homes;
}

static double
read_clock_ahead (gpointer data)
{
  return coord_node_get_counts (data).clock_ahead_us / (double) G_USEC_PER_SEC;
}

static double
count_lapses (gpointer data)
{
  return coord_node_get_counts (data).lapses;
}

static double
count_notices (gpointer data)
{
  return coord_node_get_counts (data).notices;
}

static double
read_lease (gpointer data)
{
  return coord_node_get_lease_s (data);
}

static double
count_clock_turns (gpointer data)
{
  return coord_clock_watch_count_turns (data);
}

static double
is_clock_wrong (gpointer data)
{
  return coord_clock_watch_is_wrong (data);
}

static guint
count_shares (gpointer data)
{
  return MAX (coord_node_get_counts (data).nodes, 1);
}

static void
add_node_values (Server *server)
{
  coord_metrics_add_value (server->metrics, "entrevue_nodes", NULL,
    "Coordinators on the database that hold a lease.", count_nodes, server->node);
  coord_metrics_add_value (server->metrics, "entrevue_node_lease_seconds", NULL,
    "How long this one may still act; 0: it may not.", read_lease, server->node);
  coord_metrics_add_value (server->metrics, "entrevue_node_lease_lapses_total", NULL,
    "How often its lease was lost.", count_lapses, server->node);
  coord_metrics_add_value (server->metrics, "entrevue_node_clock_ahead_seconds", NULL,
    "By how much this host's clock is ahead of the database's, at least.", read_clock_ahead,
    server->node);
  coord_metrics_add_value (server->metrics, "entrevue_node_homes", NULL,
    "Rooms that are at home here.", count_homes, server->node);
  coord_metrics_add_value (server->metrics, "entrevue_node_notices_total", NULL,
    "What was heard of that services did, here and at the others.", count_notices, server->node);
}

static void
add_values (Server *server)
{
  const CoordRoomCounts *counts = coord_open_room_get_counts ();
  const struct {
    const char *name, *labels, *help;
    CoordMetricsRead read;
    gconstpointer data;
  } values[] = {
    { "entrevue_connections_open", NULL, "Connections that are no WebSocket.", count_connections,
      server->listener },
    { "entrevue_sockets_open", NULL, "WebSockets.", count_sockets, server->hub },
    { "entrevue_person_sockets_open", NULL, "WebSockets of people outside of rooms.",
      count_person_sockets, server->people },
    { "entrevue_rooms_open", NULL, "Rooms in memory.", count_rooms, server->rooms },
    { "entrevue_updates_merged_total", NULL, "Updates of documents taken.", read_count,
      &counts->updates },
    { "entrevue_updates_dropped_total", "reason=\"role\"", "Updates of documents not taken.",
      read_count, &counts->dropped_role },
    { "entrevue_updates_dropped_total", "reason=\"foreign\"", NULL, read_count,
      &counts->dropped_foreign },
    { "entrevue_updates_dropped_total", "reason=\"pending\"", NULL, read_count,
      &counts->dropped_pending },
    { "entrevue_updates_dropped_total", "reason=\"volume\"", NULL, read_count,
      &counts->dropped_volume },
    { "entrevue_updates_dropped_total", "reason=\"late\"", NULL, read_count, &counts->late },
    { "entrevue_rooms_lost_total", NULL, "Rooms closed because another coordinator has them.",
      read_count, &counts->lost },
    { "entrevue_sockets_moved_total", NULL, "Sockets sent to the coordinator that has their room.",
      read_count, &counts->moved },
    { "entrevue_big_documents_total", "how=\"encoded\"", "Big documents given to who came.",
      read_count, &counts->encoded },
    { "entrevue_big_documents_total", "how=\"shared\"", NULL, read_count, &counts->shared },
    { "entrevue_runners", NULL, "Runners that are connected.", count_runners, server->runs },
    { "entrevue_runs_waiting", NULL, "Runs that wait for a runner.", count_waiting_runs,
      server->runs },
    { "entrevue_runs_ended_total", NULL, "Runs that have ended.", count_ended_runs, server->runs },
    { "entrevue_database_writes_waiting", NULL, "Requests that wait for the database's writer.",
      count_waiting_writes, server->pool },
    { "entrevue_main_loop_slow_total", NULL, "Turns of the main loop over 5 ms of processor time.",
      read_count, &coord_loop_watch_get_counts ()->n_slow },
    { "entrevue_main_loop_longest_seconds", NULL, "The longest turn of the main loop until now.",
      read_longest_turn, NULL },
    { "entrevue_clock_turns_total", NULL,
      "How often the host's clock was turned by over 2 s, or the host slept.", count_clock_turns,
      server->clock_watch },
    { "entrevue_clock_wrong", NULL, "1: the host's clock says what cannot be.", is_clock_wrong,
      server->clock_watch },
    { "entrevue_log_warnings_total", NULL, "Warnings in the log.", count_warnings, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    coord_metrics_add_value (server->metrics, values[i].name, values[i].labels, values[i].help,
      values[i].read, (gpointer) values[i].data);
}

static double
count_fetches (gpointer data)
{
  return coord_fetcher_get_count (data);
}

static double
count_failed_fetches (gpointer data)
{
  return coord_fetcher_get_failures (data);
}

static double
count_returns (gpointer data)
{
  return coord_providers_get_count (data);
}

static double
count_accepted_returns (gpointer data)
{
  return coord_providers_get_accepted (data);
}

static void
add_provider_values (Server *server)
{
  if (server->providers == NULL)
    return;
  coord_metrics_add_value (server->metrics, "entrevue_outgoing_requests_total", NULL,
    "Requests to other servers.", count_fetches, server->fetcher);
  coord_metrics_add_value (server->metrics, "entrevue_outgoing_failures_total", NULL,
    "Those of them that got no answer.", count_failed_fetches, server->fetcher);
  coord_metrics_add_value (server->metrics, "entrevue_provider_returns_total", NULL,
    "Browsers that came back from another service to sign in.", count_returns, server->providers);
  coord_metrics_add_value (server->metrics, "entrevue_provider_accepted_total", NULL,
    "Those of them of whom it told who they are.", count_accepted_returns, server->providers);
}

/* Its rooms may be at home elsewhere by now. */
static void
lapsed_cb (gpointer data)
{
  Server *server = data;

  coord_room_table_close_rooms (server->rooms, FALSE);
}

static gboolean
enter_node (Server *server, GError **error)
{
  const char *url =
    server->config->node_url != NULL ? server->config->node_url : server->services.origin;

  if (*server->node_id == '\0')
    return TRUE;
  server->node = coord_node_new (
    server->place, server->node_id, url, server->events, server->clock, lapsed_cb, server, error);
  if (server->node == NULL)
    return FALSE;
  add_node_values (server);
  coord_router_set_shares (server->router, count_shares, server->node);
  return TRUE;
}

static gboolean
listen_outside (Server *server, const CoordOptions *options, const char *address, GError **error)
{
  char *pem;
  gboolean is_listening;

  server->proxies =
    coord_proxies_new ((const char *const *) server->config->trusted_proxies, error);
  if (server->proxies == NULL)
    return FALSE;
  coord_listener_set_proxies (server->listener, server->proxies);
  if (server->config->tls == COORD_TLS_NONE)
    return coord_listener_listen (server->listener, address, error);
  pem = coord_certificate_load (options->data, &server->pin, error);
  is_listening = pem != NULL && coord_listener_listen_tls (server->listener, address, pem, error);
  ent_secret_free (pem);
  return is_listening;
}

/* When links have an origin to start with. */
static gboolean
start_mailer (Server *server, GError **error)
{
  const CoordConfig *config = server->config;
  g_autofree char *origin = ent_place_split (server->services.origin, NULL);
  char *password = NULL;
  CoordMailerSettings settings = { .url = config->smtp_url,
    .user = config->smtp_user,
    .from = config->mail_from,
    .origin = origin,
    .wants_tls = config->wants_smtp_tls,
    .timeout_s = SMTP_TIMEOUT_S };

  if (config->smtp_url == NULL)
    return TRUE;
  if (config->smtp_password_file != NULL &&
      !g_file_get_contents (config->smtp_password_file, &password, NULL, error)) {
    g_prefix_error (error, "Could not read the password of the mail server: ");
    return FALSE;
  }
  settings.password = password != NULL ? g_strchomp (password) : "";
  server->mailer = coord_mailer_new (server->pool, server->clock, &settings);
  ent_secret_free (password);
  return TRUE;
}

static void
start_jobs (Server *server)
{
  static const CoordStandingJob room_tidy = { COORD_JOB_ROOM_TIDY, coord_room_tidy_prepare,
    coord_room_tidy_store, (GDestroyNotify) coord_room_tidy_free };
  g_autofree char *grace = g_strdup_printf ("%" G_GINT64_FORMAT, server->config->grace_minutes);

  server->jobs = coord_jobs_new (server->pool, server->clock, server->events);
  coord_jobs_set_record_days (server->jobs, server->config->record_days);
  coord_jobs_set_standing (server->jobs, &room_tidy, grace);
  coord_jobs_set_clock_watch (server->jobs, server->clock_watch);
}

static gboolean
listen_all (Server *server, const CoordOptions *options, GError **error)
{
  CoordListenerLimits limits = coord_listener_default_limits;
  const char *address = options->listen != NULL ? options->listen : server->config->listen;
  g_autofree char *run = g_build_filename (options->data, "run", NULL);

  limits.max_connections = server->config->max_connections;
  limits.max_per_address = server->config->max_per_address;
  limits.max_sockets = server->config->max_sockets;
  server->hub = coord_socket_hub_new ();
  server->router = coord_router_new (&server->services);
  coord_routes_add_all (server->router);
  open_rooms (server);
  start_jobs (server);
  server->backups = coord_backups_new (
    server->pool, server->clock, server->config, server->metrics, server->place, options->data);
  coord_routes_backup_add (server->router, server->backups);
  server->listener = coord_listener_new (server->hub, server->router, &limits);
  add_values (server);
  add_provider_values (server);
  /* The runner's user may pass through to its socket. */
  if (g_mkdir_with_parents (run, 0711) != 0 || chmod (run, 0711) != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
      "Could not make the folder %s: %s.", run, g_strerror (errno));
    return FALSE;
  }
  server->runner_socket = g_build_filename (run, "runner.sock", NULL);
  if (!listen_outside (server, options, address, error) ||
      !coord_listener_listen_unix (server->listener, server->runner_socket, error))
    return FALSE;
  server->services.origin = ent_place_new (server->config->public_url != NULL
                                             ? server->config->public_url
                                             : coord_listener_get_origin (server->listener),
    server->pin);
  if (!start_mailer (server, error))
    return FALSE;
  server->origin_path = g_build_filename (run, "origin", NULL);
  return g_file_set_contents (server->origin_path, server->services.origin, -1, error) &&
         enter_node (server, error);
}

static gboolean
drain_cb (gpointer data)
{
  Server *server = data;

  server->drained_ms += DRAIN_STEP_MS;
  if (server->drained_ms < DRAIN_MS &&
      coord_listener_count (server->listener) + coord_socket_hub_count (server->hub) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (server->loop);
  return G_SOURCE_REMOVE;
}

/* Takes nothing new, tells the sockets to come back, and lets requests in work finish. */
static gboolean
stop_cb (gpointer data)
{
  Server *server = data;

  coord_listener_stop (server->listener);
  coord_backups_stop (server->backups);
  coord_room_table_close_rooms (server->rooms, TRUE);
  if (server->node != NULL)
    coord_node_leave (server->node, server->pool);
  coord_socket_hub_close_all (server->hub, COORD_CLOSE_GOING_DOWN, "The server is restarting");
  g_timeout_add (DRAIN_STEP_MS, drain_cb, server);
  return G_SOURCE_REMOVE;
}

/* One JSON line on stdout, and on --ready-fd. */
static void
announce (Server *server, const CoordOptions *options)
{
  const char *origin = coord_listener_get_origin (server->listener);
  g_autofree char *place = ent_place_new (origin, server->pin);
  Serving serving = { (char *) origin, place, server->runner_socket, (char *) ENT_VERSION };
  g_autofree char *json = ent_codec_encode (&serving_struct, &serving);
  g_autofree char *line = g_strconcat (json, "\n", NULL);

  fputs (line, stdout);
  fflush (stdout);
  if (options->ready_fd < 0)
    return;
  if (write (options->ready_fd, line, strlen (line)) < 0)
    g_warning ("--ready-fd: %s", g_strerror (errno));
  close (options->ready_fd);
}

static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* Left alone, the C library raises both with the biggest block that was ever freed: after one long
 * document, or one password, tens of MiB of what rooms wait for stay with the process. */
static void
give_memory_back (void)
{
  mallopt (M_MMAP_THRESHOLD, MAPPED_BYTES);
  mallopt (M_TRIM_THRESHOLD, UNUSED_BYTES);
}

int
coord_serve (const CoordOptions *options)
{
  g_auto (Server) server = { 0 };
  g_autoptr (GError) error = NULL;

  give_memory_back ();
  coord_log_start ();
  raise_descriptor_limit ();
  g_unsetenv ("SOUP_SERVER_HTTP2"); /* an experiment of libsoup's */
  if (!load (&server, options, &error) || !listen_all (&server, options, &error)) {
    g_printerr ("entrevue-coordinator: %s\n", error->message);
    return 1;
  }
  server.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, stop_cb, &server);
  g_unix_signal_add (SIGINT, stop_cb, &server);
  announce (&server, options);
  coord_start_pages_release ();
  coord_loop_watch_start (NULL);
  g_main_loop_run (server.loop);
  coord_loop_watch_stop (NULL);
  return 0;
}
