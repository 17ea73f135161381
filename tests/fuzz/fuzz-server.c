#include "fuzz-server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz-pool.h"
#include "fuzz-same.h"
#include "http/coord-cursor.h"
#include "http/coord-request-private.h"
#include "http/coord-routes-backup.h"
#include "http/coord-routes-code.h"
#include "http/coord-routes-realtime.h"
#include "service/coord-token.h"
#include "support/coord-test-server.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

#define ID "00000000-0000-7000-8000-0000000000"
#define ORG ID "10"
#define OTHER_ORG ID "11"
#define SLOT_COLUMNS \
  "INSERT INTO slot (id, org, interviewer, starts_at, ends_at, zone, kind, title, capacity, " \
  "taken, " \
  "created_at) VALUES "

/* Tomorrow at eight, and an hour later. */
#define STARTS "1800086400000000"
#define ENDS "1800090000000000"

static const struct {
  const char *id;
  const char *org;
  const char *role;
} people[FUZZ_SERVER_PEOPLE] = {
  { ID "01", ORG, "interviewer" },
  { ID "02", ORG, "candidate" },
  { ID "03", ORG, "lead" },
  { ID "04", ORG, "hr" },
  { ID "05", ORG, "admin" },
  { ID "06", OTHER_ORG, "admin" },
};

/* After the people. */
static const char *const things[] = {
  "INSERT INTO team (id, org, name, created_at) VALUES ('" ID "12', '" ORG "', 'T', 1)",
  SLOT_COLUMNS "('" ID "20', '" ORG "', '" ID "01', " STARTS ", " ENDS
               ", 'UTC', 'interview', 'T', 1, 1, 1)",
  SLOT_COLUMNS "('" ID "23', '" ORG "', '" ID "03', " STARTS ", " ENDS
               ", 'UTC', 'interview', 'T', 1, 0, 1)",
  "INSERT INTO interview (id, org, slot, interviewer, candidate, kind, title, state, starts_at, "
  "ends_at, created_at) VALUES ('" ID "21', '" ORG "', '" ID "20', '" ID "01', '" ID
  "02', 'interview', 'T', 'booked', " STARTS ", " ENDS ", 1)",
  "INSERT INTO room (id, interview, state) VALUES ('" ID "22', '" ID "21', 'open')",
  "INSERT INTO admin_job (id, kind, process, state, permille, row_count, folder, asked_by, "
  "asked_at, ended_at, lease_until) VALUES ('" ID "24', 'backup', 'p', 1, 1000, 7, '/b/e', '" ID
  "06', 1, 2, 3)",
  "UPDATE person SET is_site_admin = 1 WHERE id = '" ID "06'",
};

/* Those that the door lets in: libsoup interns each when it comes first. */
static const char *const methods[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS",
  "TRACE", "CONNECT" };

static CoordTestServer *server;
static CoordRunQueue *runs;
static CoordRealtimeRoutes realtime;
static char *tokens[FUZZ_SERVER_PEOPLE];
static char answer[65536];
static struct sockaddr_un door = { .sun_family = AF_UNIX };

static void
run_sql (const char *sql)
{
  g_autoptr (GError) error = NULL;

  coord_db_run (server->store->db, &error, sql);
  g_assert_no_error (error);
}

static void
add_org (const char *id)
{
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO org (id, name, zone, created_at) VALUES ('%s', 'Acme', 'UTC', 1)", id);

  run_sql (sql);
}

static void
add_person (guint who)
{
  const char *id = people[who].id;
  const CoordCaller caller = {
    .user_id = (char *) id, .family_id = (char *) id, .credential_version = 1
  };
  g_autofree char *account = g_strdup_printf (
    "INSERT INTO person (id, email, name, password, created_at) VALUES ('%s', 'p%u@example.org', "
    "'P', 'plain:plain password', 1)",
    id, who);
  g_autofree char *member = g_strdup_printf (
    "INSERT INTO member (org, person, role, created_at) VALUES ('%s', '%s', '%s', 1)",
    people[who].org, id, people[who].role);
  g_autofree char *family = g_strdup_printf ("INSERT INTO session_family (id, person, device, "
                                             "created_at, used_at, expires_at) VALUES ('%s', "
                                             "'%s', 'd', 1, 1, 9000000000000000)",
    id, id);

  run_sql (account);
  run_sql (member);
  run_sql (family);
  tokens[who] = coord_token_sign (server->secrets, &caller, NOW_US);
}

static void
add_rooms (void)
{
  const CoordServices *services = &server->services;
  static CoordRoomHost host;

  runs = coord_run_queue_new (services->clock);
  host = (CoordRoomHost){ services->pool, services->events, runs, services->clock, services->config,
    services->secrets, "" };
  realtime = (CoordRealtimeRoutes){ services->pool, coord_room_table_new (&host),
    coord_runner_links_new (runs, services->clock),
    coord_person_sockets_new (services->pool, services->events, services->clock, services->secrets),
    "runner" };
  coord_routes_realtime_add (server->router, &realtime);
  /* No folder is configured: nothing is ever made. */
  coord_routes_backup_add (
    server->router, coord_backups_new (services->pool, services->clock, services->config,
                      services->metrics, server->store->path, server->store->folder));
  coord_code_routes_add (
    coord_code_routes_new (services->pool, runs, services->clock), server->router);
}

static void
remove_store (void)
{
  coord_test_remove_folder (server->store->folder);
}

static void
listen_unix (void)
{
  g_autofree char *path = g_build_filename (server->store->folder, "door", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (strlen (path), <, sizeof door.sun_path);
  strcpy (door.sun_path, path);
  coord_listener_listen_unix (server->listener, path, &error);
  g_assert_no_error (error);
  atexit (remove_store);
}

void
fuzz_server_start (void)
{
  fuzz_same_set_up ();
  fuzz_same_begin ();
  server = coord_test_server_new (NULL);
  ent_clock_unref (server->services.clock);
  server->services.clock = ent_clock_new_test (NOW_US);
  coord_socket_hub_hold (server->hub);
  add_org (ORG);
  add_org (OTHER_ORG);
  for (guint i = 0; i < FUZZ_SERVER_PEOPLE; i++)
    add_person (i);
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    run_sql (things[i]);
  add_rooms ();
  listen_unix ();
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    g_intern_static_string (methods[i]);
  fuzz_same_check_interned ("", 0);
}

const char *
fuzz_server_get_token (guint who)
{
  return tokens[who];
}

char *
fuzz_server_seal_cursor (guint who, const char *route, const char *place)
{
  g_autofree char *scope = g_strconcat (route, "\n", people[who].id, NULL);

  return coord_cursor_seal (server->secrets, scope, place);
}

/* What does not stand in the database. */
static void
forget (void)
{
  coord_room_table_close_rooms (realtime.rooms, FALSE);
  coord_rate_free (server->router->rate);
  server->router->rate = coord_rate_new ();
  fuzz_same_settle ();
}

static guint
read_status (int fd)
{
  gsize size = 0;
  gssize n;

  while ((n = recv (fd, answer + size, sizeof answer - 1 - size, MSG_DONTWAIT)) > 0 ||
         fuzz_same_turn ()) {
    size += MAX (n, 0);
    if (size == sizeof answer - 1)
      break;
  }
  answer[size] = '\0';
  if (size == 0)
    return 0;
  g_assert_true (g_str_has_prefix (answer, "HTTP/1."));
  return strtoul (answer + strlen ("HTTP/1.x "), NULL, 10);
}

guint
fuzz_server_ask (const void *data, gsize size)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  guint status;

  fuzz_same_begin ();
  fuzz_pool_begin (server->services.pool);
  g_assert_no_errno (connect (fd, (struct sockaddr *) &door, sizeof door));
  send (fd, data, size, MSG_NOSIGNAL);
  shutdown (fd, SHUT_WR);
  status = read_status (fd);
  close (fd);
  fuzz_same_settle ();
  forget ();
  fuzz_pool_roll_back (server->services.pool);
  fuzz_same_check_interned (data, size);
  if (status == 500)
    g_error ("%s", answer);
  return status;
}
