/* Booking, invitations and joining, asked by people of every role. */

#include "base/ent-id.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-booking-service.h"
#include "service/coord-event.h"
#include "service/coord-invitation-service.h"
#include "service/coord-org-service.h"
#include "service/coord-room-service.h"
#include "service/coord-slot-service.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "support/coord-test-store.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define HOUR_US G_TIME_SPAN_HOUR
#define ORIGIN "https://interviews.example.org"

enum { CANDIDATE, INTERVIEWER, COLLEAGUE, LEAD, HR, ADMIN, STRANGER, N_PEOPLE };

static const char *const names[] = { "candidate", "interviewer", "colleague", "lead", "hr", "admin",
  "stranger" };

typedef struct {
  CoordTestStore *store;
  CoordDb *db;
  CoordConfig *config;
  CoordSecrets *secrets;
  GPtrArray *events;
  char *org;
  char *ids[N_PEOPLE];
  CoordCaller callers[N_PEOPLE];
  char *slot;
  char *interview;
  char *room;
} Fixture;

static const CoordTimes times = { NOW_US, 15 * G_TIME_SPAN_MINUTE, 30 * G_TIME_SPAN_MINUTE };

static void
add_people (Fixture *fixture)
{
  const EntOrgRole roles[] = { ENT_ORG_CANDIDATE, ENT_ORG_INTERVIEWER, ENT_ORG_INTERVIEWER,
    ENT_ORG_LEAD, ENT_ORG_HR, ENT_ORG_ADMIN };

  fixture->org = ent_id_new ();
  g_assert_true (coord_org_store_add (fixture->db, fixture->org, "Acme", "UTC", 1, NULL));
  for (guint i = 0; i < N_PEOPLE; i++) {
    CoordPerson person = { .id = ent_id_new (),
      .email = (char *) names[i],
      .name = (char *) names[i],
      .password = (char *) "" };

    g_assert_true (coord_account_store_add (fixture->db, &person, 1, NULL));
    fixture->ids[i] = person.id;
    fixture->callers[i] = (CoordCaller){
      .user_id = person.id, .family_id = (char *) "family", .credential_version = 1
    };
    if (i != STRANGER)
      g_assert_true (
        coord_org_store_set_member (fixture->db, fixture->org, person.id, roles[i], NULL, 1, NULL));
  }
}

static EntApiSlot *
add_slot (Fixture *fixture, guint who, guint interviewer, gint64 starts_us, GError **error)
{
  EntApiNewSlot request = { .org = fixture->org,
    .interviewer = fixture->ids[interviewer],
    .starts = starts_us,
    .ends = starts_us + HOUR_US };

  return coord_slot_service_add (fixture->db, &fixture->callers[who], &request, NOW_US, error);
}

static EntApiInterviewAnswer *
book (Fixture *fixture, guint who, const char *slot, const char *candidate, GError **error)
{
  EntApiBooking request = { .slot_id = (char *) slot, .candidate = (char *) candidate };
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  return coord_booking_service_book (
    fixture->db, &fixture->callers[who], &request, &times, events, error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiSlot) slot = NULL;
  g_autoptr (EntApiInterviewAnswer) booked = NULL;
  g_autoptr (GError) error = NULL;

  fixture->store = coord_test_store_new ();
  fixture->db = fixture->store->db;
  fixture->config = coord_config_new ();
  fixture->secrets = coord_secrets_new ();
  fixture->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  add_people (fixture);
  slot = add_slot (fixture, INTERVIEWER, INTERVIEWER, NOW_US + HOUR_US, &error);
  g_assert_no_error (error);
  fixture->slot = g_strdup (slot->id);
  booked = book (fixture, CANDIDATE, slot->id, NULL, &error);
  g_assert_no_error (error);
  fixture->interview = g_strdup (booked->interview->id);
  fixture->room = g_strdup (booked->interview->room);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_store_free (fixture->store);
  coord_config_free (fixture->config);
  coord_secrets_free (fixture->secrets);
  g_ptr_array_unref (fixture->events);
  g_free (fixture->org);
  g_free (fixture->slot);
  g_free (fixture->interview);
  g_free (fixture->room);
  for (guint i = 0; i < N_PEOPLE; i++)
    g_free (fixture->ids[i]);
}

/* Each cell of who-may-what: OK, or the error that is given. */
#define OK (-1)
#define DENIED COORD_ERROR_DENIED
#define HIDDEN COORD_ERROR_NOT_FOUND

static void
assert_code (const GError *error, int code, const char *what, guint who)
{
  if (code == OK ? error == NULL : g_error_matches (error, COORD_ERROR, code))
    return;
  g_test_message ("%s by %s: %s", what, names[who], error != NULL ? error->message : "allowed");
  g_test_fail ();
}

static void
test_roles_slots (Fixture *fixture, gconstpointer data)
{
  const int own[] = { DENIED, OK, OK, OK, OK, OK, HIDDEN };
  const int others[] = { DENIED, DENIED, DENIED, DENIED, OK, OK, HIDDEN };
  const guint listed[] = { 2, 3, 3, 3, 3, 3, 0 };

  for (guint who = 0; who < N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiSlot) slot = add_slot (fixture, who, who, NOW_US + 100 * HOUR_US, &error);

    assert_code (error, own[who], "own slot", who);
  }
  for (guint who = 0; who < N_PEOPLE; who++) {
    guint interviewer = who == COLLEAGUE ? INTERVIEWER : COLLEAGUE;
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiSlot) slot =
      add_slot (fixture, who, interviewer, NOW_US + (200 + 2 * (gint64) who) * HOUR_US, &error);

    assert_code (error, others[who], "slot of another", who);
  }
  coord_db_run (fixture->db, NULL, "DELETE FROM slot WHERE starts_at > $1 AND taken = 0",
    COORD_INT (NOW_US + 100 * HOUR_US));
  coord_db_run (fixture->db, NULL,
    "DELETE FROM slot WHERE taken = 0 AND interviewer NOT IN ($1, $2)",
    COORD_TEXT (fixture->ids[INTERVIEWER]), COORD_TEXT (fixture->ids[COLLEAGUE]));
  for (guint who = 0; who < N_PEOPLE; who++) {
    g_autoptr (EntApiSlotList) list =
      coord_slot_service_list (fixture->db, &fixture->callers[who], NULL, 50, NOW_US, NULL);

    g_assert_cmpuint (list->items->len, ==, listed[who]);
  }
}

static void
test_roles_booking (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { OK, OK, DENIED, DENIED, OK, OK, HIDDEN };

  for (guint who = 0; who < N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiSlot) slot = add_slot (
      fixture, INTERVIEWER, INTERVIEWER, NOW_US + (10 + 2 * (gint64) who) * HOUR_US, NULL);
    g_autoptr (EntApiInterviewAnswer) booked =
      book (fixture, who, slot->id, fixture->ids[CANDIDATE], &error);

    assert_code (error, codes[who], "booking for the candidate", who);
  }
}

static void
test_booking_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSlot) same_time = NULL;

  g_assert_null (book (fixture, HR, fixture->slot, fixture->ids[COLLEAGUE], &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN);
  g_clear_error (&error);
  g_assert_null (
    add_slot (fixture, INTERVIEWER, INTERVIEWER, NOW_US + HOUR_US + HOUR_US / 2, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_OVERLAP);
  g_clear_error (&error);
  /* The candidate has another appointment then. Nothing of the failed booking stays. */
  same_time = add_slot (fixture, COLLEAGUE, COLLEAGUE, NOW_US + HOUR_US + HOUR_US / 2, &error);
  g_assert_no_error (error);
  coord_db_run (fixture->db, NULL, "SAVEPOINT request");
  g_assert_null (book (fixture, CANDIDATE, same_time->id, NULL, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_OVERLAP);
  g_clear_error (&error);
  coord_db_run (fixture->db, NULL, "ROLLBACK TO request");
  coord_db_run (fixture->db, NULL, "RELEASE request");
  g_assert_null (book (fixture, CANDIDATE, same_time->id, fixture->ids[HR], &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_DENIED);
}

static void
test_roles_interview (Fixture *fixture, gconstpointer data)
{
  const int show[] = { OK, OK, DENIED, DENIED, OK, OK, HIDDEN };
  const int invite[] = { DENIED, OK, DENIED, DENIED, OK, OK, HIDDEN };
  const int join[] = { COORD_ERROR_ROOM_NOT_OPEN, OK, DENIED, DENIED, DENIED, DENIED, HIDDEN };
  const guint mine[] = { 1, 1, 0, 0, 0, 0, 0 };
  EntApiNewInvitation request = { .name = (char *) "Zoe", .role = ENT_ROLE_OBSERVER };
  EntApiJoin body = { .device_key = (char *) "0123456789abcdef" };
  const CoordPage page = { "", 50 };

  for (guint who = 0; who < N_PEOPLE; who++) {
    g_autoptr (GError) shown = NULL;
    g_autoptr (GError) invited = NULL;
    g_autoptr (GError) listed = NULL;
    g_autoptr (GError) joined = NULL;
    const CoordCaller *caller = &fixture->callers[who];
    g_autoptr (EntApiInterviewAnswer) answer =
      coord_booking_service_show (fixture->db, caller, fixture->interview, &times, &shown);
    g_autoptr (EntApiInvitation) invitation = coord_invitation_service_create (
      fixture->db, caller, fixture->interview, &request, ORIGIN, times.grace_us, NOW_US, &invited);
    g_autoptr (EntApiInvitationList) list =
      coord_invitation_service_list (fixture->db, caller, fixture->interview, &page, &listed);
    g_autoptr (EntApiInterviewList) own =
      coord_booking_service_list_mine (fixture->db, caller, FALSE, NULL, 50, &times, NULL);
    g_autoptr (EntApiJoined) place = coord_room_service_join (fixture->db, caller, fixture->room,
      &body, fixture->config, fixture->secrets, NOW_US, fixture->events, &joined);

    assert_code (shown, show[who], "showing", who);
    if (answer != NULL)
      g_assert_cmpuint (answer->people->len, >=, 2);
    assert_code (invited, invite[who], "inviting", who);
    assert_code (listed, invite[who], "listing invitations", who);
    assert_code (joined, join[who], "joining", who);
    g_assert_cmpuint (own->items->len, ==, mine[who]);
  }
}

static void
test_roles_members (Fixture *fixture, gconstpointer data)
{
  const int set[] = { DENIED, DENIED, DENIED, DENIED, OK, OK, HIDDEN };
  const int promote[] = { DENIED, DENIED, DENIED, DENIED, DENIED, OK, HIDDEN };

  for (guint who = 0; who < N_PEOPLE; who++) {
    EntApiMember member = { .email = (char *) "stranger", .role = ENT_ORG_CANDIDATE };
    EntApiMember admin = { .email = (char *) "colleague", .role = ENT_ORG_ADMIN };
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) denied = NULL;
    g_autoptr (EntApiMember) made = NULL;
    g_autoptr (EntApiMember) promoted = NULL;

    coord_db_run (fixture->db, NULL, "DELETE FROM member WHERE person = $1",
      COORD_TEXT (fixture->ids[STRANGER]));
    made = coord_org_service_set_member (
      fixture->db, &fixture->callers[who], fixture->org, &member, NOW_US, &error);
    assert_code (error, set[who], "setting a member", who);
    coord_db_run (fixture->db, NULL, "DELETE FROM member WHERE person = $1",
      COORD_TEXT (fixture->ids[STRANGER]));
    promoted = coord_org_service_set_member (
      fixture->db, &fixture->callers[who], fixture->org, &admin, NOW_US, &denied);
    assert_code (denied, promote[who], "making an administrator", who);
  }
}

/* Guests. */

static char *
invite (Fixture *fixture, EntRole role, char **id)
{
  EntApiNewInvitation request = { .name = (char *) "Zoe", .role = role };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInvitation) invitation =
    coord_invitation_service_create (fixture->db, &fixture->callers[INTERVIEWER],
      fixture->interview, &request, ORIGIN, times.grace_us, NOW_US, &error);
  g_autoptr (EntLinkUri) link = NULL;

  g_assert_no_error (error);
  link = ent_link_uri_parse (invitation->link, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (link->room, ==, fixture->room);
  g_assert_cmpstr (link->origin, ==, ORIGIN);
  if (id != NULL)
    *id = g_strdup (invitation->id);
  return g_strdup (link->token);
}

static EntApiJoined *
join_guest (Fixture *fixture, const char *token, const char *device, gint64 now_us, int code)
{
  EntApiJoin body = {
    .invite = (char *) token, .name = (char *) " Zed ", .device_key = (char *) device
  };
  g_autoptr (GError) error = NULL;
  EntApiJoined *joined = coord_room_service_join (fixture->db, NULL, fixture->room, &body,
    fixture->config, fixture->secrets, now_us, fixture->events, &error);

  if (code == OK)
    g_assert_no_error (error);
  else
    g_assert_error (error, COORD_ERROR, code);
  return joined;
}

static int
admit (Fixture *fixture, const char *room, const char *token, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordSeat) seat = coord_room_service_admit (fixture->db, room, token, now_us, &error);

  return error != NULL ? error->code : OK;
}

#define START_US (NOW_US + HOUR_US)
#define END_US (START_US + HOUR_US)
#define PHONE "phone-0123456789abcdef"
#define LAPTOP "laptop-0123456789abcdef"

static void
test_guest_joins (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = invite (fixture, ENT_ROLE_CANDIDATE, NULL);
  g_autoptr (EntApiJoined) first = NULL;
  g_autoptr (EntApiJoined) again = NULL;
  g_autoptr (CoordSeat) seat = NULL;

  fixture->config->turn_urls =
    (g_strfreev (fixture->config->turn_urls), g_strsplit ("turn:relay.example.org", " ", -1));
  join_guest (fixture, token, PHONE, START_US - 16 * G_TIME_SPAN_MINUTE, COORD_ERROR_ROOM_NOT_OPEN);
  first = join_guest (fixture, token, PHONE, START_US - 15 * G_TIME_SPAN_MINUTE, OK);
  again = join_guest (fixture, token, PHONE, START_US, OK);
  g_assert_cmpstr (first->name, ==, "Zed");
  g_assert_cmpint (first->role, ==, ENT_ROLE_CANDIDATE);
  g_assert_cmpstr (first->participant, ==, again->participant);
  g_assert_cmpuint (first->clients->len, ==, 16);
  g_assert_cmpint (
    g_array_index (first->clients, gint64, 0), ==, g_array_index (again->clients, gint64, 0));
  g_assert_cmpint (first->renew, ==, END_US + 30 * G_TIME_SPAN_MINUTE);
  g_assert_cmpuint (first->ice->len, ==, 1);
  g_assert_nonnull (((EntMsgIceServer *) first->ice->pdata[0])->credential);

  seat = coord_room_service_admit (fixture->db, fixture->room, first->room_token, START_US, NULL);
  g_assert_cmpstr (seat->participant_id, ==, first->participant);
  g_assert_cmpint (admit (fixture, fixture->room, again->room_token, START_US), ==, OK);
  g_assert_cmpint (
    admit (fixture, fixture->room, first->room_token, first->renew), ==, COORD_ERROR_TOKEN_EXPIRED);
  g_assert_cmpint (admit (fixture, fixture->room, "x", START_US), ==, COORD_ERROR_NOT_SIGNED_IN);
  g_assert_cmpint (admit (fixture, "nowhere", first->room_token, START_US), ==, COORD_ERROR_DENIED);
  join_guest (fixture, token, LAPTOP, START_US, COORD_ERROR_INVITATION_OTHER_DEVICE);
  join_guest (fixture, "wrong", PHONE, START_US, COORD_ERROR_INVITATION_WRONG);
  join_guest (fixture, token, PHONE, END_US + HOUR_US, COORD_ERROR_INVITATION_EXPIRED);
}

/* A token for one room opens no other. */
static void
test_other_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiSlot) slot =
    add_slot (fixture, COLLEAGUE, COLLEAGUE, NOW_US + 5 * HOUR_US, NULL);
  g_autoptr (EntApiInterviewAnswer) other =
    book (fixture, HR, slot->id, fixture->ids[CANDIDATE], NULL);
  g_autofree char *token = invite (fixture, ENT_ROLE_OBSERVER, NULL);
  g_autoptr (EntApiJoined) joined = join_guest (fixture, token, PHONE, START_US, OK);
  EntApiJoin body = { .invite = token, .device_key = (char *) PHONE };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
    admit (fixture, other->interview->room, joined->room_token, START_US), ==, DENIED);
  g_assert_null (coord_room_service_join (fixture->db, NULL, other->interview->room, &body,
    fixture->config, fixture->secrets, START_US, fixture->events, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INVITATION_WRONG);
}

static void
test_revoked_and_removed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *first = invite (fixture, ENT_ROLE_OBSERVER, &id);
  g_autofree char *second = invite (fixture, ENT_ROLE_OBSERVER, NULL);
  g_autoptr (EntApiJoined) one = join_guest (fixture, first, PHONE, START_US, OK);
  g_autoptr (EntApiJoined) two = join_guest (fixture, second, LAPTOP, START_US, OK);
  EntApiJoin body = { .device_key = (char *) LAPTOP };
  g_autoptr (EntApiJoined) host =
    coord_room_service_join (fixture->db, &fixture->callers[INTERVIEWER], fixture->room, &body,
      fixture->config, fixture->secrets, NOW_US, fixture->events, NULL);
  g_autoptr (CoordSeat) seat =
    coord_room_service_admit (fixture->db, fixture->room, host->room_token, NOW_US, NULL);
  g_autoptr (CoordSeat) guest =
    coord_room_service_admit (fixture->db, fixture->room, two->room_token, NOW_US, NULL);
  g_autoptr (GError) error = NULL;
  CoordEvent *event;

  g_assert_true (coord_invitation_service_revoke (
    fixture->db, &fixture->callers[HR], fixture->interview, id, NOW_US, fixture->events, &error));
  g_assert_cmpint (
    admit (fixture, fixture->room, one->room_token, START_US), ==, COORD_ERROR_NOT_SIGNED_IN);
  join_guest (fixture, first, PHONE, START_US, COORD_ERROR_INVITATION_CLOSED);

  g_assert_false (coord_room_service_remove (
    fixture->db, guest, host->participant, NOW_US, fixture->events, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (coord_room_service_remove (
    fixture->db, seat, host->participant, NOW_US, fixture->events, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_true (coord_room_service_remove (
    fixture->db, seat, two->participant, NOW_US, fixture->events, &error));
  event = fixture->events->pdata[fixture->events->len - 1];
  g_assert_cmpint (event->kind, ==, COORD_EVENT_PARTICIPANT_REMOVED);
  g_assert_cmpstr (event->participant_id, ==, two->participant);
  join_guest (fixture, second, LAPTOP, START_US, COORD_ERROR_REMOVED);
}

static void
test_take_over_and_end (Fixture *fixture, gconstpointer data)
{
  EntApiJoin phone = { .device_key = (char *) PHONE }, laptop = { .device_key = (char *) LAPTOP };
  const CoordCaller *caller = &fixture->callers[INTERVIEWER];
  g_autoptr (EntApiJoined) old = coord_room_service_join (fixture->db, caller, fixture->room,
    &phone, fixture->config, fixture->secrets, NOW_US, fixture->events, NULL);
  g_autoptr (EntApiJoined) newer = coord_room_service_join (fixture->db, caller, fixture->room,
    &laptop, fixture->config, fixture->secrets, NOW_US, fixture->events, NULL);
  g_autoptr (CoordSeat) seat =
    coord_room_service_admit (fixture->db, fixture->room, newer->room_token, NOW_US, NULL);
  g_autofree char *token = invite (fixture, ENT_ROLE_CANDIDATE, NULL);
  g_autoptr (EntApiJoined) guest = join_guest (fixture, token, PHONE, START_US, OK);
  g_autoptr (CoordSeat) guest_seat =
    coord_room_service_admit (fixture->db, fixture->room, guest->room_token, START_US, NULL);
  g_autoptr (EntApiInterviewList) past = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
    admit (fixture, fixture->room, old->room_token, NOW_US), ==, COORD_ERROR_NOT_SIGNED_IN);
  g_assert_cmpint (
    g_array_index (old->clients, gint64, 0), !=, g_array_index (newer->clients, gint64, 0));

  g_assert_false (
    coord_room_service_end (fixture->db, guest_seat, "ab", START_US, fixture->events, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_true (coord_room_service_lock (fixture->db, seat, TRUE, FALSE, fixture->events, &error));
  g_assert_true (
    coord_room_service_end (fixture->db, seat, "ab", START_US, fixture->events, &error));
  g_assert_no_error (error);
  g_assert_cmpint (admit (fixture, fixture->room, guest->room_token, START_US), !=, OK);
  join_guest (fixture, token, PHONE, START_US, COORD_ERROR_ROOM_ENDED);
  past = coord_booking_service_list_mine (fixture->db, caller, TRUE, NULL, 50, &times, NULL);
  g_assert_cmpuint (past->items->len, ==, 1);
  /* The time is free again. */
  g_assert_cmpint (coord_test_count (fixture->db, "SELECT COUNT(*) FROM busy"), ==, 0);
}

/* 64 ask for one place at once: one gets it. */

typedef struct {
  Fixture *fixture;
  char *slot;
  char *people[64];
  guint left, won, taken;
} Race;

typedef struct {
  Race *race;
  guint index;
} Runner;

static gpointer
race_cb (CoordDb *db, gpointer data, GError **error)
{
  Runner *runner = data;
  CoordCaller caller = { .user_id = runner->race->people[runner->index],
    .family_id = (char *) "f",
    .credential_version = 1 };
  EntApiBooking request = { .slot_id = runner->race->slot };
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  return coord_booking_service_book (db, &caller, &request, &times, events, error);
}

static void
raced_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Race *race = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterviewAnswer) answer = coord_db_pool_finish (result, &error);

  if (answer != NULL)
    g_atomic_int_inc (&race->won);
  else if (g_error_matches (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN))
    g_atomic_int_inc (&race->taken);
  g_atomic_int_add (&race->left, -1);
}

static void
add_racers (Fixture *fixture, Race *race)
{
  for (guint i = 0; i < 64; i++) {
    g_autofree char *email = g_strdup_printf ("racer%u", i);
    CoordPerson person = {
      .id = ent_id_new (), .email = email, .name = email, .password = (char *) ""
    };

    race->people[i] = person.id;
    coord_account_store_add (fixture->db, &person, 1, NULL);
    coord_org_store_set_member (
      fixture->db, fixture->org, person.id, ENT_ORG_CANDIDATE, NULL, 1, NULL);
  }
}

static void
test_race (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiSlot) slot =
    add_slot (fixture, COLLEAGUE, COLLEAGUE, NOW_US + 50 * HOUR_US, NULL);
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (fixture->store->path, 2, NULL);
  Race race = { fixture, slot->id, { 0 }, 64, 0, 0 };
  Runner runners[64];

  add_racers (fixture, &race);
  for (guint i = 0; i < 64; i++)
    runners[i] = (Runner){ &race, i };
  for (guint i = 0; i < 64; i++)
    coord_db_pool_write_async (pool, race_cb, &runners[i], NULL,
      (GDestroyNotify) ent_api_interview_answer_free, NULL, raced_cb, &race);
  while (race.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (race.won, ==, 1);
  g_assert_cmpuint (race.taken, ==, 63);
  for (guint i = 0; i < 64; i++)
    g_free (race.people[i]);
}

/* The same with 64 threads, each with a connection of its own, as other processes would have. */

typedef struct {
  Race *race;
  guint index;
  const char *path;
} Thread;

static gpointer
race_thread (gpointer data)
{
  Thread *thread = data;
  Runner runner = { thread->race, thread->index };
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDb) db = coord_db_open (thread->path, COORD_DB_WRITER, &error);
  g_autoptr (EntApiInterviewAnswer) answer = NULL;

  g_assert_no_error (error);
  answer = coord_db_transaction (db, race_cb, &runner, &error);
  if (answer != NULL)
    g_atomic_int_inc (&thread->race->won);
  else if (g_error_matches (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN))
    g_atomic_int_inc (&thread->race->taken);
  return NULL;
}

static void
test_race_of_threads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiSlot) slot =
    add_slot (fixture, COLLEAGUE, COLLEAGUE, NOW_US + 50 * HOUR_US, NULL);
  Race race = { fixture, slot->id, { 0 }, 64, 0, 0 };
  Thread threads[64];
  GThread *running[64];

  add_racers (fixture, &race);
  for (guint i = 0; i < 64; i++) {
    threads[i] = (Thread){ &race, i, fixture->store->path };
    running[i] = g_thread_new ("race", race_thread, &threads[i]);
  }
  for (guint i = 0; i < 64; i++)
    g_thread_join (running[i]);
  g_assert_cmpuint (race.won, ==, 1);
  g_assert_cmpuint (race.taken, ==, 63);
  g_assert_cmpint (
    coord_test_count (fixture->db, "SELECT COUNT(*) FROM interview JOIN slot ON slot.id = slot"
                                   " WHERE slot.starts_at > 1800100000000000"),
    ==, 1);
  for (guint i = 0; i < 64; i++)
    g_free (race.people[i]);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/roles/slots", test_roles_slots);
  ADD ("/roles/booking", test_roles_booking);
  ADD ("/roles/interview", test_roles_interview);
  ADD ("/roles/members", test_roles_members);
  ADD ("/booking/refused", test_booking_refused);
  ADD ("/booking/race", test_race);
  ADD ("/booking/race-of-threads", test_race_of_threads);
  ADD ("/join/guest", test_guest_joins);
  ADD ("/join/other-room", test_other_room);
  ADD ("/join/revoked-and-removed", test_revoked_and_removed);
  ADD ("/join/take-over-and-end", test_take_over_and_end);
  return g_test_run ();
}
