#include <stdint.h>
#include <string.h>

#include "document/ent-doc.h"
#include "fuzz-pool.h"
#include "fuzz-same.h"
#include "fuzz-socket.h"
#include "room-fixture.h"
#include "run/coord-runner-link.h"
#include "store/coord-room-store.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define N_PEOPLE 4 /* a host, a candidate, an observer, and a candidate in the lobby */
#define MAX_STRANGERS 4
#define STEP_MS 100
#define RUNNER (2 * N_PEOPLE)

/* What comes instead of a message. */
enum {
  ACT_HELLO = 0xf0, /* the first message of a room socket that nobody has spoken for */
  ACT_CLOCK,
  ACT_LEAVE, /* who, and whether by a close frame */
  ACT_DEAF, /* who */
  ACT_RUNNER_TEXT,
  ACT_RUNNER_BINARY,
  ACT_EVENT, /* kind, whom it is about */
};

/* Made once: the database and its people. */
static RoomFixture fixture;
static RoomPerson *people[N_PEOPLE];
static CoordSeat *seats[N_PEOPLE];

/* Made anew for each input. */
static CoordOpenRoom *room;
static CoordRunnerLinks *runners;
static CoordSocket *sockets[RUNNER + 1]; /* NULL: not there now */
static CoordSocket *strangers[MAX_STRANGERS];
static guint n_strangers;

static void
admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CoordSeat *seat = NULL;
  CoordOpenRoom *admitted = coord_room_table_admit_finish (result, &seat, NULL);

  g_assert_nonnull (admitted);
  if (room == NULL)
    room = admitted;
  else
    coord_open_room_unref (admitted);
  if (data != NULL)
    *(CoordSeat **) data = seat;
  else
    coord_seat_free (seat);
}

/* The room's document has one file, so that it is opened more quickly than with those for starters.
 */
static void
add_file (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntValue) path = ent_value_new_string ("main.py", -1);
  g_autoptr (EntValue) language = ent_value_new_string ("python", -1);
  g_autoptr (GBytes) update = NULL;
  g_autoptr (CoordLogRow) row = NULL;
  g_autoptr (GError) error = NULL;
  EntType *file = ent_map_set_type (ent_doc_get_map (doc, "files"), "f", ENT_TYPE_MAP, NULL);

  ent_map_set (file, "path", path, NULL);
  ent_map_set (file, "language", language, NULL);
  ent_text_insert (ent_doc_get_text (doc, "text:f"), 0, "print (1)", -1, NULL);
  update = ent_doc_encode (doc);
  row = coord_log_row_new (COORD_LOG_UPDATE, 1, 0, "", update);
  coord_room_store_append (fixture.store->db, "room", row, &error);
  g_assert_no_error (error);
}

static void
set_up (void)
{
  const EntRole roles[N_PEOPLE - 1] = { ENT_ROLE_HOST, ENT_ROLE_CANDIDATE, ENT_ROLE_OBSERVER };

  fuzz_same_set_up ();
  fuzz_same_begin ();
  room_fixture_set_up (&fixture, ROOM_FIXTURE_CLOCK);
  add_file ();
  coord_db_run (fixture.store->db, NULL, "UPDATE room SET lobby = 1");
  for (guint i = 0; i < N_PEOPLE; i++) {
    people[i] = i < N_PEOPLE - 1 ? room_fixture_add_person (&fixture, "Somebody", roles[i])
                                 : room_fixture_add_waiting (&fixture, "W", ENT_ROLE_CANDIDATE);
    coord_room_table_admit_async (fixture.table, "room", people[i]->token, admitted_cb, &seats[i]);
    fuzz_same_settle ();
  }
  g_clear_pointer (&room, coord_open_room_unref);
  coord_room_table_free (fixture.table);
  coord_socket_hub_free (fixture.hub);
  coord_run_queue_free (fixture.runs);
  fuzz_same_settle ();
}

static void
open_room (void)
{
  static gint64 wall_us; /* else tokens would expire while inputs let time pass */

  if (wall_us == 0)
    wall_us = ent_clock_get_wall_us (fixture.clock);
  ent_clock_unref (fixture.clock);
  fixture.host.clock = fixture.clock = ent_clock_new_test (wall_us);
  fuzz_same_begin ();
  fuzz_pool_begin (fixture.pool);
  fixture.hub = coord_socket_hub_new ();
  fixture.host.runs = fixture.runs = coord_run_queue_new (fixture.clock);
  fixture.table = coord_room_table_new (&fixture.host);
  runners = coord_runner_links_new (fixture.runs, fixture.clock);
  coord_room_table_admit_async (fixture.table, "room", people[0]->token, admitted_cb, NULL);
  fuzz_same_settle ();
}

/* In the order of the program. */
static void
close_room (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    g_clear_pointer (&sockets[i], coord_socket_unref);
  while (n_strangers > 0)
    coord_socket_unref (strangers[--n_strangers]);
  coord_socket_hub_free (fixture.hub);
  coord_room_table_free (fixture.table);
  coord_runner_links_free (runners);
  coord_run_queue_free (fixture.runs);
  g_clear_pointer (&room, coord_open_room_unref);
  fuzz_same_settle ();
  fuzz_pool_roll_back (fixture.pool);
}

static void
dial_runner (CoordSocket *socket)
{
  static const char hello[] =
    "{\"t\":\"hello\",\"d\":{\"version\":\"1\",\"slots\":2,\"languages\":[{\"id\":\"python\","
    "\"name\":\"Python\",\"version\":\"3\"}]}}";

  coord_socket_set_limits (socket, &coord_runner_link_limits);
  coord_runner_links_add (runners, "runner", NULL, socket);
  fuzz_socket_receive (socket, TRUE, hello, sizeof hello - 1);
}

/* The socket of this number, which is made when it is used first. */
static CoordSocket *
get_socket (guint who)
{
  if (sockets[who] != NULL)
    return sockets[who];
  sockets[who] = coord_socket_ref (fuzz_socket_new (fixture.hub));
  if (who == RUNNER)
    dial_runner (sockets[who]);
  else if (who % 2 == 1)
    coord_open_room_join_sync (room, seats[who / 2], sockets[who]);
  else
    coord_open_room_join_socket (room, seats[who / 2], sockets[who], 0);
  return sockets[who];
}

static void
say_hello (const uint8_t *data, gsize size)
{
  CoordSocket *socket;

  if (n_strangers == MAX_STRANGERS)
    return;
  socket = strangers[n_strangers++] = coord_socket_ref (fuzz_socket_new (fixture.hub));
  coord_room_table_take_socket (fixture.table, "room", socket);
  fuzz_socket_receive (socket, TRUE, data, size);
}

static void
publish_event (guint kind, guint who)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  g_ptr_array_add (events, coord_event_new (kind % (COORD_EVENT_PERSON_TOLD + 1), "room",
                             people[who % N_PEOPLE]->id, "other device"));
  coord_events_publish (fixture.events, events);
}

static void
leave (guint who, gboolean is_wanted)
{
  if (sockets[who] == NULL)
    return;
  fuzz_socket_leave (sockets[who], is_wanted ? COORD_CLOSE_NORMAL : COORD_CLOSE_ABNORMAL);
  g_clear_pointer (&sockets[who], coord_socket_unref);
}

static void
act (guint kind, const uint8_t *data, gsize size)
{
  guint first = size > 0 ? data[0] : 0, second = size > 1 ? data[1] : 0;

  switch (kind) {
  case ACT_HELLO:
    say_hello (data, size);
    break;
  case ACT_CLOCK:
    ent_clock_advance (fixture.clock, STEP_MS * (1 + first));
    break;
  case ACT_LEAVE:
    leave (first % G_N_ELEMENTS (sockets), second % 2);
    break;
  case ACT_DEAF:
    fuzz_socket_stop_reading (get_socket (first % G_N_ELEMENTS (sockets)));
    break;
  case ACT_RUNNER_TEXT:
  case ACT_RUNNER_BINARY:
    fuzz_socket_receive (get_socket (RUNNER), kind == ACT_RUNNER_TEXT, data, size);
    break;
  case ACT_EVENT:
    publish_event (first, second);
    break;
  }
}

/* What four people and a runner send: who and over which socket, or what happens instead; two
 * bytes of length, the bytes. Even numbers are room sockets and text, odd ones document sockets. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (fixture.pool == NULL)
    set_up ();
  open_room ();
  for (gsize at = 0; at + 3 <= size;) {
    gsize length = MIN ((gsize) (data[at + 1] << 8 | data[at + 2]), size - at - 3);
    guint who = data[at] % RUNNER;

    if (data[at] >= ACT_HELLO)
      act (data[at], data + at + 3, length);
    else
      fuzz_socket_receive (get_socket (who), who % 2 == 0, data + at + 3, length);
    at += 3 + length;
    fuzz_same_settle ();
  }
  close_room ();
  return 0;
}
