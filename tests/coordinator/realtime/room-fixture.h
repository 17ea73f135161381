#pragma once

#include "support/coord-test-store.h"
#include "realtime/coord-room-table.h"
#include "test-room-peer.h"

/* A table of rooms on a real database, reached through real sockets (pairs of them). */
typedef struct {
  CoordTestStore *store;
  CoordConfig *config;
  CoordSecrets *secrets;
  EntClock *clock;
  CoordRunQueue *runs;
  CoordEvents *events;
  CoordDbPool *pool;
  CoordSocketHub *hub;
  CoordRoomTable *table;
  CoordRoomHost host;
  gboolean stands_still; /* the clock */
  const char *node_id; /* NULL: the only node there is */
} RoomFixture;

/* As data of a test: its clock stands still. */
#define ROOM_FIXTURE_CLOCK ((gconstpointer) 1)

void room_fixture_set_up (RoomFixture *f, gconstpointer data);
void room_fixture_tear_down (RoomFixture *f, gconstpointer data);

/* Another node on the same database as first's, until it is torn down, before first. */
void room_fixture_set_up_beside (RoomFixture *f, const RoomFixture *first, const char *node_id);
void room_fixture_tear_down_beside (RoomFixture *f);

/* Ends the process's part and begins it anew on the same database, as a restart does. */
void room_fixture_restart (RoomFixture *f);

/* The other end of a socket that the hub has adopted. */
SoupWebsocketConnection *room_fixture_dial (RoomFixture *f, CoordSocket **socket);

/* A person of the room "room". */
typedef struct {
  char *id;
  char *token;
  guint32 first_client;
} RoomPerson;

RoomPerson *room_fixture_add_person (RoomFixture *f, const char *name, EntRole role);

/* Somebody who has joined and waits in the lobby: the token is good for that alone. */
RoomPerson *room_fixture_add_waiting (RoomFixture *f, const char *name, EntRole role);

/* Gives the person another token, as joining again does: to wait, or for the room. */
void room_fixture_renew (RoomFixture *f, RoomPerson *person, gboolean waits);

void room_person_free (RoomPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomPerson, room_person_free)

/* Another device of the person: a new token, as a join by it would give, with its event. */
char *room_fixture_add_device (RoomFixture *f, RoomPerson *person, const char *device);

/* The event alone: with several coordinators it may come late. */
void room_fixture_tell_device (RoomFixture *f, RoomPerson *person, const char *device);

/* Lets a person in by both sockets; waits until welcome and synced, or refused. A NULL token is the
 * person's. */
void
room_fixture_connect (RoomFixture *f, TestRoomPeer *peer, RoomPerson *person, const char *token);

/* A new peer of the person, connected. */
TestRoomPeer *room_fixture_join (RoomFixture *f, RoomPerson *person);

/* Turns a standing clock forward, second by second. */
void room_fixture_advance (RoomFixture *f, guint s);

#define ADD_ROOM_TEST(path, func) \
  g_test_add (path, RoomFixture, NULL, room_fixture_set_up, func, room_fixture_tear_down)
#define ADD_CLOCK_TEST(path, func) \
  g_test_add ( \
    path, RoomFixture, ROOM_FIXTURE_CLOCK, room_fixture_set_up, func, room_fixture_tear_down)
