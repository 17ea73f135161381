#include "http/coord-routes-realtime.h"

#include "base/ent-secret.h"
#include "protocol/ent-message.h"
#include "service/coord-runner-service.h"
#include "store/coord-error.h"

/* A socket that is only told to go. */
static void
ignore_message_cb (CoordSocket *socket, gboolean is_text, GBytes *message, gpointer data)
{
}

static void
ignore_closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
}

static const CoordSocketEvents refused_events = { ignore_message_cb, ignore_closed_cb };

/* The document socket. Stock clients understand close codes and no HTTP errors, so even those who
 * may not come in get a socket first. */

typedef struct {
  CoordRequest *request;
  CoordOpenRoom *room; /* NULL: refused */
  CoordSeat *seat;
  GError *error;
} SyncDoor;

static void
sync_door_free (SyncDoor *door)
{
  coord_request_unref (door->request);
  g_clear_pointer (&door->room, coord_open_room_unref);
  g_clear_pointer (&door->seat, coord_seat_free);
  g_clear_error (&door->error);
  g_free (door);
}

static void
sync_upgraded_cb (CoordSocket *socket, gpointer data)
{
  SyncDoor *door = data;

  if (socket != NULL) {
    coord_socket_set_events (socket, &refused_events, NULL, NULL);
    if (door->room != NULL)
      coord_open_room_join_sync (door->room, door->seat, socket);
    else
      coord_room_table_refuse (socket, door->error);
  }
  sync_door_free (door);
}

static void
sync_admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  SyncDoor *door = data;

  door->room = coord_room_table_admit_finish (result, &door->seat, &door->error);
  coord_request_upgrade (door->request, NULL, &coord_socket_default_limits, sync_upgraded_cb, door);
}

static void
open_sync (CoordRequest *request, gpointer data)
{
  CoordRealtimeRoutes *routes = data;
  const char *token = coord_request_get_query (request, "token");
  SyncDoor *door = g_new0 (SyncDoor, 1);

  door->request = coord_request_ref (request);
  coord_room_table_admit_async (routes->rooms, coord_request_get_parameter (request, "room"),
    token != NULL ? token : "", sync_admitted_cb, door);
}

/* The room socket: its hello says who it is. */

typedef struct {
  CoordRealtimeRoutes *routes;
  char *room_id;
} RoomDoor;

static void
room_upgraded_cb (CoordSocket *socket, gpointer data)
{
  RoomDoor *door = data;

  if (socket != NULL)
    coord_room_table_take_socket (door->routes->rooms, door->room_id, socket);
  g_free (door->room_id);
  g_free (door);
}

static void
open_room (CoordRequest *request, gpointer data)
{
  RoomDoor *door = g_new0 (RoomDoor, 1);

  door->routes = data;
  door->room_id = g_strdup (coord_request_get_parameter (request, "room"));
  coord_request_upgrade (
    request, ENT_ROOM_PROTOCOL, &coord_socket_default_limits, room_upgraded_cb, door);
}

/* A person's socket. */

#define NEW_SOCKETS 20 /* of one person in a minute */

typedef struct {
  CoordRealtimeRoutes *routes;
  CoordCaller *caller;
} PersonDoor;

static void
person_upgraded_cb (CoordSocket *socket, gpointer data)
{
  PersonDoor *door = data;

  if (socket != NULL) {
    coord_socket_set_events (socket, &refused_events, NULL, NULL);
    coord_person_sockets_add (door->routes->people, g_steal_pointer (&door->caller), socket);
  }
  g_clear_pointer (&door->caller, coord_caller_free);
  g_free (door);
}

static void
person_checked_cb (CoordRequest *request, gpointer caller, gpointer routes)
{
  PersonDoor *door = g_new0 (PersonDoor, 1);

  door->routes = routes;
  door->caller = caller;
  coord_request_upgrade (
    request, ENT_ROOM_PROTOCOL, &coord_person_socket_limits, person_upgraded_cb, door);
}

/* The caller was checked in the same transaction. */
static gpointer
take_caller (CoordCall *call, GError **error)
{
  return coord_caller_copy (call->caller);
}

static void
open_person (CoordRequest *request, gpointer data)
{
  g_autofree char *subject = g_strconcat ("sockets:", coord_request_get_subject (request), NULL);

  if (coord_request_count (request, subject, NEW_SOCKETS, 60))
    coord_request_work (request, FALSE, take_caller, (GDestroyNotify) coord_caller_free,
      person_checked_cb, data, NULL);
}

/* The runner's socket. */

typedef struct {
  CoordRealtimeRoutes *routes;
  CoordRequest *request;
  char *name;
  gboolean is_draining;
  char *token_hash; /* NULL: the child runner's */
} RunnerDoor;

static void
runner_door_free (RunnerDoor *door)
{
  coord_request_unref (door->request);
  g_free (door->name);
  g_free (door->token_hash);
  g_free (door);
}

static void
runner_upgraded_cb (CoordSocket *socket, gpointer data)
{
  RunnerDoor *door = data;

  if (socket != NULL)
    coord_runner_links_add (door->routes->runners, door->name, door->token_hash, socket);
  if (socket != NULL && door->is_draining)
    coord_runner_links_set_draining (door->routes->runners, door->token_hash, TRUE);
  runner_door_free (door);
}

/* Takes the name. */
static void
let_runner_in (RunnerDoor *door, char *name)
{
  door->name = name;
  coord_request_upgrade (door->request, NULL, &coord_runner_link_limits, runner_upgraded_cb, door);
}

static void
runner_admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  RunnerDoor *door = data;
  GError *error = NULL;
  g_autoptr (CoordRunnerEntry) entry = coord_db_pool_finish (result, &error);

  if (entry != NULL) {
    door->is_draining = entry->is_draining;
    let_runner_in (door, g_steal_pointer (&entry->name));
    return;
  }
  coord_request_fail (door->request, error);
  runner_door_free (door);
}

/* Runs in a reader. */
static gpointer
admit_runner (CoordDb *db, gpointer token_hash, GError **error)
{
  return coord_runner_service_admit (db, token_hash, error);
}

static void
open_runner (CoordRequest *request, gpointer data)
{
  CoordRealtimeRoutes *routes = data;
  const char *token = coord_request_get_bearer (request);
  RunnerDoor *door = g_new0 (RunnerDoor, 1);

  door->routes = routes;
  door->request = coord_request_ref (request);
  if (token == NULL)
    token = "";
  if (routes->local_runner_token != NULL && ent_secret_equal (token, routes->local_runner_token))
    let_runner_in (door, g_strdup (COORD_RUNNER_LOCAL));
  else {
    door->token_hash = ent_secret_hash (token);
    coord_db_pool_read_async (routes->pool, admit_runner, g_strdup (door->token_hash), g_free,
      (GDestroyNotify) coord_runner_entry_free, NULL, runner_admitted_cb, door);
  }
}

static const CoordRoute realtime_routes[] = {
  { "GET", "/api/sync/{room}", COORD_CALLER_NONE, COORD_LIMIT_SOCKET, open_sync, .query = "token" },
  { "GET", "/api/rooms/{room}/socket", COORD_CALLER_NONE, COORD_LIMIT_SOCKET, open_room },
  { "GET", "/api/me/socket", COORD_CALLER_ANY, COORD_LIMIT_SOCKET, open_person },
  { "GET", "/runner/v1/socket", COORD_CALLER_NONE, COORD_LIMIT_SOCKET, open_runner },
};

void
coord_routes_realtime_add (CoordRouter *router, CoordRealtimeRoutes *routes)
{
  coord_router_add (router, realtime_routes, G_N_ELEMENTS (realtime_routes), routes);
}
