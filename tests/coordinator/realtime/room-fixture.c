#include "room-fixture.h"

#include <sys/socket.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"

#define ROOM "room"

static void
start (RoomFixture *f)
{
  g_autoptr (GError) error = NULL;

  f->clock = f->stands_still ? ent_clock_new_test (g_get_real_time ()) : ent_clock_new_real ();
  f->runs = coord_run_queue_new (f->clock);
  f->events = coord_events_new ();
  f->hub = coord_socket_hub_new ();
  f->pool = coord_db_pool_new (f->store->path, 2, &error);
  g_assert_no_error (error);
  f->host = (CoordRoomHost){ f->pool, f->events, f->runs, f->clock, f->config, f->secrets,
    f->node_id != NULL ? f->node_id : "" };
  f->table = coord_room_table_new (&f->host);
}

/* In the order of the program: sockets, rooms, runs, database. */
static void
stop (RoomFixture *f)
{
  coord_socket_hub_free (f->hub);
  coord_room_table_free (f->table);
  coord_run_queue_free (f->runs);
  coord_db_pool_free (f->pool);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  coord_events_free (f->events);
  ent_clock_unref (f->clock);
}

void
room_fixture_set_up (RoomFixture *f, gconstpointer data)
{
  gint64 now_us = g_get_real_time ();

  f->stands_still = data == ROOM_FIXTURE_CLOCK;
  f->store = coord_test_store_new ();
  coord_test_store_add_room (f->store, now_us, now_us + G_TIME_SPAN_HOUR);
  f->config = coord_config_new ();
  f->secrets = coord_secrets_new ();
  start (f);
}

void
room_fixture_set_up_beside (RoomFixture *f, const RoomFixture *first, const char *node_id)
{
  *f = *first;
  f->node_id = node_id;
  start (f);
}

void
room_fixture_tear_down_beside (RoomFixture *f)
{
  stop (f);
}

void
room_fixture_tear_down (RoomFixture *f, gconstpointer data)
{
  stop (f);
  coord_secrets_free (f->secrets);
  coord_config_free (f->config);
  coord_test_store_free (f->store);
}

void
room_fixture_restart (RoomFixture *f)
{
  stop (f);
  start (f);
}

SoupWebsocketConnection *
room_fixture_dial (RoomFixture *f, CoordSocket **socket)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://test/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocket) own = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  *socket = coord_socket_hub_adopt (f->hub, fds[0], "", NULL, &coord_socket_default_limits);
  g_assert_nonnull (*socket);
  own = g_socket_new_from_fd (fds[1], &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (own);
  return soup_websocket_connection_new (
    G_IO_STREAM (stream), uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
}

void
room_person_free (RoomPerson *person)
{
  g_free (person->id);
  g_free (person->token);
  g_free (person);
}

static char *
add_token (RoomFixture *f, const char *participant, const char *device, gboolean waits)
{
  char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  const CoordRoomToken row = { (char *) ROOM, (char *) participant, (char *) device,
    g_get_real_time () + G_TIME_SPAN_HOUR, waits };
  g_autoptr (GError) error = NULL;

  coord_room_store_add_token (f->store->db, hash, &row, g_get_real_time (), &error);
  g_assert_no_error (error);
  return token;
}

RoomPerson *
room_fixture_add_person (RoomFixture *f, const char *name, EntRole role)
{
  RoomPerson *person = g_new0 (RoomPerson, 1);
  g_autoptr (GError) error = NULL;
  CoordParticipant participant = { .room_id = (char *) ROOM,
    .name = (char *) name,
    .role = role,
    .state = COORD_PARTICIPANT_PRESENT };

  person->id = participant.id = ent_id_new ();
  coord_room_store_add_participant (f->store->db, &participant, g_get_real_time (), &error);
  g_assert_no_error (error);
  person->token = add_token (f, person->id, "device", FALSE);
  coord_room_store_allocate_clients (
    f->store->db, ROOM, person->id, "device", &person->first_client, &error);
  g_assert_no_error (error);
  return person;
}

RoomPerson *
room_fixture_add_waiting (RoomFixture *f, const char *name, EntRole role)
{
  RoomPerson *person = g_new0 (RoomPerson, 1);
  g_autoptr (GError) error = NULL;
  CoordParticipant participant = { .room_id = (char *) ROOM,
    .name = (char *) name,
    .role = role,
    .state = COORD_PARTICIPANT_EXPECTED };

  person->id = participant.id = ent_id_new ();
  coord_room_store_add_participant (f->store->db, &participant, g_get_real_time (), &error);
  g_assert_no_error (error);
  coord_room_store_set_participant_waits (f->store->db, person->id, TRUE, &error);
  g_assert_no_error (error);
  person->token = add_token (f, person->id, "device", TRUE);
  return person;
}

void
room_fixture_renew (RoomFixture *f, RoomPerson *person, gboolean waits)
{
  g_autoptr (GError) error = NULL;

  g_free (person->token);
  person->token = add_token (f, person->id, "device", waits);
  if (waits || person->first_client != 0)
    return;
  coord_room_store_allocate_clients (
    f->store->db, ROOM, person->id, "device", &person->first_client, &error);
  g_assert_no_error (error);
}

char *
room_fixture_add_device (RoomFixture *f, RoomPerson *person, const char *device)
{
  g_autoptr (GError) error = NULL;
  char *token;

  coord_room_store_revoke_tokens (f->store->db, ROOM, person->id, device, &error);
  g_assert_no_error (error);
  token = add_token (f, person->id, device, FALSE);
  room_fixture_tell_device (f, person, device);
  return token;
}

void
room_fixture_tell_device (RoomFixture *f, RoomPerson *person, const char *device)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  g_ptr_array_add (
    events, coord_event_new (COORD_EVENT_DEVICE_TAKEN_OVER, ROOM, person->id, device));
  coord_events_publish (f->events, events);
}

typedef struct {
  CoordOpenRoom *room;
  CoordSeat *seat;
  GError *error;
} Admission;

static void
admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Admission *admission = data;

  admission->room = coord_room_table_admit_finish (result, &admission->seat, &admission->error);
}

/* As the route does: first the token, then the socket. */
static void
connect_sync (RoomFixture *f, TestRoomPeer *peer, const char *token)
{
  Admission admission = { 0 };
  CoordSocket *socket;

  coord_room_table_admit_async (f->table, ROOM, token, admitted_cb, &admission);
  test_wait (admission.room != NULL || admission.error != NULL);
  test_room_peer_take_sync (peer, room_fixture_dial (f, &socket));
  if (admission.room != NULL)
    coord_open_room_join_sync (admission.room, admission.seat, socket);
  else
    coord_room_table_refuse (socket, admission.error);
  g_clear_pointer (&admission.room, coord_open_room_unref);
  g_clear_pointer (&admission.seat, coord_seat_free);
  g_clear_error (&admission.error);
}

void
room_fixture_connect (RoomFixture *f, TestRoomPeer *peer, RoomPerson *person, const char *token)
{
  CoordSocket *socket;
  guint n_synced = peer->n_synced;

  if (token == NULL)
    token = person->token;
  test_room_peer_take_room (peer, room_fixture_dial (f, &socket), token);
  coord_room_table_take_socket (f->table, ROOM, socket);
  test_wait (test_room_peer_find (peer, ENT_ROOM_WELCOME) != NULL ||
             test_room_peer_find (peer, ENT_ROOM_WAITING) != NULL || peer->room_code != 0);
  connect_sync (f, peer, token);
  test_wait (peer->n_synced > n_synced || peer->sync_code != 0);
}

TestRoomPeer *
room_fixture_join (RoomFixture *f, RoomPerson *person)
{
  TestRoomPeer *peer = test_room_peer_new (person->first_client);

  room_fixture_connect (f, peer, person, NULL);
  g_assert_cmpuint (peer->room_code, ==, 0);
  g_assert_cmpuint (peer->sync_code, ==, 0);
  return peer;
}

void
room_fixture_advance (RoomFixture *f, guint s)
{
  for (guint i = 0; i < s; i++) {
    ent_clock_advance (f->clock, 1000);
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
}
