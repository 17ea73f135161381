/* Which run a room shows after its coordinator was away. */
#include "room/ent-room-private.h"

#define FIRST "01890a5d-ac96-774b-bcce-b302099a8057"
#define SECOND "01890a5d-ac96-774b-bcce-b302099a8058"
#define THIRD "01890a5d-ac96-774b-bcce-b302099a8059"

typedef struct {
  EntClient *client;
  EntRoom *room;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->client = ent_client_new ("http://127.0.0.1:9");
  f->room = ent_room_new (f->client, &(EntRoomOptions){ .room = FIRST, .data_dir = "/nowhere" });
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->room);
  g_object_unref (f->client);
}

static void
take (Fixture *f, EntRoomKind kind, gpointer data)
{
  const EntMessage message = { .kind = kind, .data = data };

  ent_room_runs_take (f->room, &message);
}

static void
start (Fixture *f, const char *run)
{
  EntMsgRunStarted started = {
    .run = (char *) run, .by = (char *) FIRST, .language = (char *) "python", .attempt = 1
  };

  take (f, ENT_ROOM_RUN_STARTED, &started);
}

static void
end (Fixture *f, const char *run)
{
  EntMsgRunEnded ended = { .run = (char *) run, .verdict = ENT_VERDICT_OK };

  take (f, ENT_ROOM_RUN_ENDED, &ended);
}

/* verdict: -1 while it goes on */
static void
check (Fixture *f, const char *run, int verdict)
{
  EntRoomRun *shown = ent_room_get_run (f->room);
  const EntMsgRunEnded *result = ent_room_run_get_result (shown);

  g_assert_cmpstr (ent_room_run_get_id (shown), ==, run);
  g_assert_cmpint (result != NULL ? (int) result->verdict : -1, ==, verdict);
}

static void
test_goes_on (Fixture *f, gconstpointer data)
{
  start (f, FIRST);
  ent_room_runs_take_welcome (f->room, FIRST);
  check (f, FIRST, -1);
  start (f, FIRST);
  end (f, FIRST);
  check (f, FIRST, ENT_VERDICT_OK);
  ent_room_runs_take_welcome (f->room, NULL);
  check (f, FIRST, ENT_VERDICT_OK);
}

/* The end of the one before is not taken for its own, however often it is told. */
static void
test_lost (Fixture *f, gconstpointer data)
{
  start (f, FIRST);
  end (f, FIRST);
  start (f, SECOND);
  for (guint i = 0; i < 2; i++) {
    ent_room_runs_take_welcome (f->room, FIRST);
    start (f, FIRST);
    end (f, FIRST);
    check (f, SECOND, ENT_VERDICT_INTERNAL_ERROR);
  }
  g_assert_nonnull (
    strstr (ent_room_run_get_result (ent_room_get_run (f->room))->message, "run it again"));
  start (f, THIRD);
  check (f, THIRD, -1);
}

static void
test_first_lost (Fixture *f, gconstpointer data)
{
  ent_room_runs_take_welcome (f->room, NULL);
  start (f, FIRST);
  ent_room_runs_take_welcome (f->room, NULL);
  check (f, FIRST, ENT_VERDICT_INTERNAL_ERROR);
}

/* Somebody else was quick. */
static void
test_next (Fixture *f, gconstpointer data)
{
  start (f, FIRST);
  ent_room_runs_take_welcome (f->room, SECOND);
  start (f, SECOND);
  check (f, SECOND, -1);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/room-runs/goes-on", test_goes_on);
  ADD ("/room-runs/lost", test_lost);
  ADD ("/room-runs/the-first-lost", test_first_lost);
  ADD ("/room-runs/next", test_next);
  return g_test_run ();
}
