/* The lobby: who waits, who may let in and send back, and what a token of somebody there opens. */

#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "service/coord-event.h"
#include "service/coord-lobby-service.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define OK (-1)

enum { HOST, COLLEAGUE, CANDIDATE, OBSERVER, WAITING, REMOVED, STRANGER, N_PEOPLE };

static const char *const ids[] = { "p-host", "p-colleague", "p-candidate", "p-observer",
  "p-waiting", "p-removed", "p-stranger" };

typedef struct {
  CoordTestStore *store;
  CoordDb *db;
  CoordConfig *config;
  CoordSecrets *secrets;
  GPtrArray *events;
} Fixture;

static void
add_person (Fixture *f, const char *id, EntRole role, CoordParticipantState state)
{
  g_autofree char *email = g_strconcat (id, "@example.org", NULL);
  const CoordParticipant participant = { .id = (char *) id,
    .room_id = (char *) "room",
    .user_id = (char *) id,
    .name = (char *) id,
    .role = role,
    .state = state };
  g_autoptr (GError) error = NULL;

  coord_db_run (f->db, &error,
    "INSERT INTO person (id, email, name, password, created_at) VALUES ($1, $2, $1, '', 1)",
    COORD_TEXT (id), COORD_TEXT (email));
  g_assert_no_error (error);
  coord_room_store_add_participant (f->db, &participant, 1, &error);
  g_assert_no_error (error);
}

static int
set_lobby (Fixture *f, const char *who, gboolean is_on, const char *const *here)
{
  const CoordSeat seat = { .room_id = (char *) "room", .participant_id = (char *) who };
  const char *const nobody[] = { NULL };
  g_autoptr (GError) error = NULL;

  coord_lobby_service_set (
    f->db, &seat, is_on, here != NULL ? here : nobody, NOW_US, f->events, &error);
  return error != NULL ? error->code : OK;
}

static int
move (Fixture *f, const char *who, gboolean is_in, const char *whom)
{
  const CoordSeat seat = { .room_id = (char *) "room", .participant_id = (char *) who };
  g_autoptr (GError) error = NULL;

  if (is_in)
    coord_lobby_service_admit (f->db, &seat, whom, NOW_US, f->events, &error);
  else
    coord_lobby_service_return (f->db, &seat, whom, NOW_US, f->events, &error);
  if (error != NULL)
    g_test_message ("%s", error->message);
  return error != NULL ? error->code : OK;
}

static EntApiJoined *
join (Fixture *f, const char *who, int code)
{
  const CoordCaller caller = {
    .user_id = (char *) who, .family_id = (char *) "family", .credential_version = 1
  };
  const EntApiJoin body = { .device_key = (char *) "0123456789abcdef" };
  g_autoptr (GError) error = NULL;
  EntApiJoined *joined = coord_room_service_join (
    f->db, &caller, "room", &body, f->config, f->secrets, NOW_US, f->events, &error);

  if (code == OK)
    g_assert_no_error (error);
  else
    g_assert_error (error, COORD_ERROR, code);
  return joined;
}

/* Gets in, or has to wait. */
static void
join_as (Fixture *f, const char *who, gboolean must_wait)
{
  g_autoptr (EntApiJoined) joined = join (f, who, OK);

  g_assert_cmpint (joined->waiting_token != NULL, ==, must_wait);
  g_assert_cmpint (joined->room_token != NULL, ==, !must_wait);
}

/* OK: in the room; COORD_ERROR_ROOM_NOT_OPEN: in the lobby. */
static int
try_token (Fixture *f, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordSeat) seat = coord_room_service_admit (f->db, "room", token, NOW_US, &error);

  if (seat == NULL)
    return error->code;
  return seat->waits ? (int) COORD_ERROR_ROOM_NOT_OPEN : OK;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->store = coord_test_store_new ();
  f->db = f->store->db;
  f->config = coord_config_new ();
  f->secrets = coord_secrets_new ();
  f->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  coord_test_store_add_room (f->store, NOW_US, NOW_US + G_TIME_SPAN_HOUR);
  add_person (f, ids[HOST], ENT_ROLE_HOST, COORD_PARTICIPANT_EXPECTED);
  add_person (f, ids[COLLEAGUE], ENT_ROLE_CO_INTERVIEWER, COORD_PARTICIPANT_EXPECTED);
  add_person (f, ids[CANDIDATE], ENT_ROLE_CANDIDATE, COORD_PARTICIPANT_EXPECTED);
  add_person (f, ids[OBSERVER], ENT_ROLE_OBSERVER, COORD_PARTICIPANT_EXPECTED);
  add_person (f, ids[WAITING], ENT_ROLE_CANDIDATE, COORD_PARTICIPANT_EXPECTED);
  add_person (f, ids[REMOVED], ENT_ROLE_CO_INTERVIEWER, COORD_PARTICIPANT_REMOVED);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_test_store_free (f->store);
  coord_config_free (f->config);
  coord_secrets_free (f->secrets);
  g_ptr_array_unref (f->events);
}

/* Who waits gets nothing of the room; who leads never waits. */
static void
test_waiting (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiJoined) waiting = NULL;
  g_autoptr (EntApiJoined) again = NULL;
  g_autoptr (EntApiJoined) inside = NULL;

  g_assert_cmpint (set_lobby (f, ids[HOST], TRUE, NULL), ==, OK);
  waiting = join (f, ids[CANDIDATE], OK);
  g_assert_nonnull (waiting->waiting_token);
  g_assert_null (waiting->room_token);
  g_assert_null (waiting->clients);
  g_assert_null (waiting->ice);
  g_assert_null (waiting->state);
  g_assert_null (waiting->interview);
  g_assert_cmpint (coord_test_count (f->db, "SELECT COUNT (*) FROM room_block"), ==, 0);
  g_assert_cmpint (try_token (f, waiting->waiting_token), ==, COORD_ERROR_ROOM_NOT_OPEN);
  join_as (f, ids[OBSERVER], TRUE);
  join_as (f, ids[HOST], FALSE);
  join_as (f, ids[COLLEAGUE], FALSE);

  /* Let in: the old token is none any more, and the next answer is whole. */
  g_assert_cmpint (move (f, ids[COLLEAGUE], TRUE, ids[CANDIDATE]), ==, OK);
  g_assert_cmpint (try_token (f, waiting->waiting_token), ==, COORD_ERROR_NOT_SIGNED_IN);
  inside = join (f, ids[CANDIDATE], OK);
  g_assert_cmpuint (inside->clients->len, ==, ENT_CLIENT_IDS);
  g_assert_nonnull (inside->state);
  g_assert_true (inside->state->lobby);
  g_assert_cmpint (try_token (f, inside->room_token), ==, OK);

  /* Sent back: neither is what they had inside. */
  g_assert_cmpint (move (f, ids[HOST], FALSE, ids[CANDIDATE]), ==, OK);
  g_assert_cmpint (try_token (f, inside->room_token), ==, COORD_ERROR_NOT_SIGNED_IN);
  again = join (f, ids[CANDIDATE], OK);
  g_assert_null (again->room_token);
  g_assert_null (again->clients);
  g_assert_cmpint (try_token (f, again->waiting_token), ==, COORD_ERROR_ROOM_NOT_OPEN);
}

/* A token of the room opens nothing for who waits by the database, however that came. */
static void
test_kind_of_token (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiJoined) inside = join (f, ids[CANDIDATE], OK);
  g_autoptr (EntApiJoined) waiting = NULL;

  coord_room_store_set_participant_waits (f->db, ids[CANDIDATE], TRUE, NULL);
  g_assert_cmpint (try_token (f, inside->room_token), ==, COORD_ERROR_NOT_SIGNED_IN);
  waiting = join (f, ids[CANDIDATE], OK);
  coord_room_store_set_participant_waits (f->db, ids[CANDIDATE], FALSE, NULL);
  g_assert_cmpint (try_token (f, waiting->waiting_token), ==, COORD_ERROR_NOT_SIGNED_IN);
  g_assert_cmpint (try_token (f, inside->room_token), ==, OK);
}

/* Every role asks for everything. */
static void
test_roles (Fixture *f, gconstpointer data)
{
  const int codes[N_PEOPLE] = { OK, OK, COORD_ERROR_DENIED, COORD_ERROR_DENIED, COORD_ERROR_DENIED,
    COORD_ERROR_REMOVED, COORD_ERROR_NOT_FOUND };
  const char *const here[] = { ids[CANDIDATE], ids[OBSERVER], NULL };

  join_as (f, ids[CANDIDATE], FALSE);
  join_as (f, ids[OBSERVER], FALSE);
  g_assert_cmpint (set_lobby (f, ids[HOST], TRUE, here), ==, OK);
  join_as (f, ids[WAITING], TRUE);
  for (guint who = 0; who < N_PEOPLE; who++) {
    g_assert_cmpint (move (f, ids[who], TRUE, ids[WAITING]), ==, codes[who]);
    g_assert_cmpint (move (f, ids[who], FALSE, ids[WAITING]), ==, codes[who]);
    g_assert_cmpint (set_lobby (f, ids[who], FALSE, NULL), ==, codes[who]);
    g_assert_cmpint (set_lobby (f, ids[who], TRUE, here), ==, codes[who]);
    if (codes[who] == OK) {
      g_assert_cmpint (move (f, ids[who], FALSE, ids[WAITING]), ==, COORD_ERROR_CONFLICT);
      join_as (f, ids[WAITING], TRUE);
    }
  }
  join_as (f, ids[CANDIDATE], FALSE);
  join_as (f, ids[OBSERVER], FALSE);
}

/* Whom it cannot be done to. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  coord_db_run (
    f->db, NULL, "INSERT INTO room (id, interview, state) VALUES ('other', 'interview', 'open')");
  coord_db_run (f->db, NULL,
    "INSERT INTO participant (id, room, name, role, state, created_at)"
    " VALUES ('elsewhere', 'other', 'E', 'candidate', 2, 1)");
  join_as (f, ids[CANDIDATE], FALSE);
  g_assert_cmpint (move (f, ids[HOST], FALSE, ids[CANDIDATE]), ==, COORD_ERROR_CONFLICT); /* off */
  g_assert_cmpint (
    set_lobby (f, ids[HOST], TRUE, (const char *const[]){ ids[CANDIDATE], NULL }), ==, OK);
  for (guint is_in = 0; is_in < 2; is_in++) {
    g_assert_cmpint (move (f, ids[HOST], is_in, ids[STRANGER]), ==, COORD_ERROR_NOT_FOUND);
    g_assert_cmpint (move (f, ids[HOST], is_in, "elsewhere"), ==, COORD_ERROR_NOT_FOUND);
    g_assert_cmpint (move (f, ids[HOST], is_in, ids[REMOVED]), ==, COORD_ERROR_CONFLICT);
    g_assert_cmpint (move (f, ids[HOST], is_in, ids[WAITING]), ==, COORD_ERROR_CONFLICT);
  }
  g_assert_cmpint (move (f, ids[HOST], TRUE, ids[CANDIDATE]), ==, COORD_ERROR_CONFLICT);
  join_as (f, ids[COLLEAGUE], FALSE);
  g_assert_cmpint (move (f, ids[HOST], FALSE, ids[COLLEAGUE]), ==, COORD_ERROR_DENIED);
  g_assert_cmpint (move (f, ids[HOST], FALSE, ids[CANDIDATE]), ==, OK);
  g_assert_cmpint (move (f, ids[HOST], FALSE, ids[CANDIDATE]), ==, COORD_ERROR_CONFLICT);
  coord_db_run (f->db, NULL, "UPDATE room SET state = 'ended' WHERE id = 'room'");
  g_assert_cmpint (move (f, ids[HOST], TRUE, ids[CANDIDATE]), ==, COORD_ERROR_ROOM_ENDED);
  g_assert_cmpint (set_lobby (f, ids[HOST], FALSE, NULL), ==, COORD_ERROR_ROOM_ENDED);
}

/* Switched on, who is here stays and who was here waits; switched off, everybody is in. */
static void
test_switched (Fixture *f, gconstpointer data)
{
  const char *const here[] = { ids[CANDIDATE], NULL };
  g_autoptr (EntApiJoined) there = join (f, ids[CANDIDATE], OK);
  g_autoptr (EntApiJoined) away = join (f, ids[OBSERVER], OK);
  g_autoptr (EntApiJoined) leads = join (f, ids[HOST], OK);

  g_assert_cmpint (set_lobby (f, ids[HOST], TRUE, here), ==, OK);
  g_assert_cmpint (try_token (f, there->room_token), ==, OK);
  g_assert_cmpint (try_token (f, leads->room_token), ==, OK);
  g_assert_cmpint (try_token (f, away->room_token), ==, COORD_ERROR_NOT_SIGNED_IN);
  join_as (f, ids[CANDIDATE], FALSE);
  join_as (f, ids[OBSERVER], TRUE);
  join_as (f, ids[WAITING], TRUE);
  g_assert_cmpint (set_lobby (f, ids[HOST], FALSE, NULL), ==, OK);
  join_as (f, ids[OBSERVER], FALSE);
  join_as (f, ids[WAITING], FALSE);
  g_assert_cmpint (
    coord_test_count (f->db, "SELECT COUNT (*) FROM participant WHERE waits <> 0"), ==, 0);
  g_assert_cmpint (
    coord_test_count (f->db, "SELECT COUNT (*) FROM audit WHERE action LIKE 'room.lobby%'"), ==, 2);
}

/* Who waits has one of the room's places, so that everybody there can be let in. */
static void
test_bounded (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (set_lobby (f, ids[HOST], TRUE, NULL), ==, OK);
  for (guint i = 0; i <= ENT_MAX_PEOPLE; i++) {
    g_autofree char *id = g_strdup_printf ("more-%u", i);
    g_autoptr (EntApiJoined) joined = NULL;

    add_person (f, id, ENT_ROLE_CANDIDATE, COORD_PARTICIPANT_EXPECTED);
    joined = join (f, id, i < ENT_MAX_PEOPLE ? OK : (int) COORD_ERROR_ROOM_FULL);
  }
  join_as (f, "more-3", TRUE);
  g_assert_cmpint (set_lobby (f, ids[HOST], FALSE, NULL), ==, OK);
  join_as (f, "more-3", FALSE);
}

/* Who waits and gets a role that leads is in; who is removed there stays out. */
static void
test_changes_meanwhile (Fixture *f, gconstpointer data)
{
  const CoordSeat seat = { .room_id = (char *) "room", .participant_id = (char *) ids[HOST] };
  g_autoptr (EntApiJoined) waiting = NULL;
  g_autoptr (EntApiJoined) refused = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (set_lobby (f, ids[HOST], TRUE, NULL), ==, OK);
  join_as (f, ids[CANDIDATE], TRUE);
  waiting = join (f, ids[OBSERVER], OK);
  coord_room_store_set_participant_role (f->db, ids[CANDIDATE], ENT_ROLE_CO_INTERVIEWER, NULL);
  join_as (f, ids[CANDIDATE], FALSE);
  g_assert_true (
    coord_room_service_remove (f->db, &seat, ids[OBSERVER], NOW_US, f->events, &error));
  g_assert_no_error (error);
  g_assert_cmpint (try_token (f, waiting->waiting_token), ==, COORD_ERROR_NOT_SIGNED_IN);
  refused = join (f, ids[OBSERVER], COORD_ERROR_REMOVED);
  g_assert_cmpint (move (f, ids[HOST], TRUE, ids[OBSERVER]), ==, COORD_ERROR_CONFLICT);
}

#define ADD(path, func) g_test_add ("/lobby-service/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("waiting", test_waiting);
  ADD ("kind-of-token", test_kind_of_token);
  ADD ("roles", test_roles);
  ADD ("refused", test_refused);
  ADD ("switched", test_switched);
  ADD ("bounded", test_bounded);
  ADD ("changes-meanwhile", test_changes_meanwhile);
  return g_test_run ();
}
