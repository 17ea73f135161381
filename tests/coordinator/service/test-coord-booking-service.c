/* Free hours, appointments and what becomes of interviews, asked by people of every role. */

#include <string.h>

#include "base/ent-id.h"
#include "calendar/coord-zone.h"
#include "service/coord-availability-service.h"
#include "service/coord-booking-link-service.h"
#include "service/coord-event.h"
#include "service/coord-interview-service.h"
#include "service/coord-slot-service.h"
#include "store/coord-error.h"
#include "support/coord-test-people.h"

#define OK COORD_TEST_OK
#define DENIED COORD_ERROR_DENIED
#define HIDDEN COORD_ERROR_NOT_FOUND
#define HOUR_US G_TIME_SPAN_HOUR
#define ORIGIN "https://interviews.example.org"

/* Monday 2026-03-23 in Berlin; clocks go forward on the 29th. */
#define MONDAY 20535

typedef struct {
  CoordTestPeople *people;
  CoordDb *db;
  GTimeZone *berlin;
  GPtrArray *events;
  CoordTimes times;
} Fixture;

static gint64
at (Fixture *fixture, int day, int minute)
{
  return coord_zone_find_time (fixture->berlin, MONDAY + day, minute);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->people = coord_test_people_new ();
  fixture->db = fixture->people->db;
  fixture->berlin = g_time_zone_new_identifier ("Europe/Berlin");
  fixture->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  fixture->times = (CoordTimes){ at (fixture, 0, 0), 15 * G_TIME_SPAN_MINUTE,
    30 * G_TIME_SPAN_MINUTE, 2 * HOUR_US };
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_people_free (fixture->people);
  g_time_zone_unref (fixture->berlin);
  g_ptr_array_unref (fixture->events);
}

/* Mondays and Tuesdays from 9 to 12, an hour each. */
static void
set_hours (Fixture *fixture, guint who, guint whose, gint64 version, int code)
{
  EntApiHours monday = { 0, 540, 720 }, tuesday = { 1, 540, 720 };
  EntApiAvailability request = { .zone = (char *) "Europe/Berlin",
    .weekly = g_ptr_array_new (),
    .special = g_ptr_array_new (),
    .length_s = 3600,
    .ahead_days = 30 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiAvailability) set = NULL;

  g_ptr_array_add (request.weekly, &monday);
  g_ptr_array_add (request.weekly, &tuesday);
  set = coord_availability_service_set (fixture->db, &fixture->people->callers[who],
    fixture->people->org, fixture->people->ids[whose], &request, version, fixture->times.now_us,
    &error);
  coord_test_assert_code (error, code, "setting hours", who);
  g_ptr_array_unref (request.weekly);
  g_ptr_array_unref (request.special);
}

static void
test_availability (Fixture *fixture, gconstpointer data)
{
  const int own[] = { DENIED, OK, OK, OK, OK, OK, HIDDEN };
  const int of_interviewer[] = { DENIED, OK, DENIED, OK, OK, OK, HIDDEN };
  gint64 version = 1;

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiAvailability) shown =
      coord_availability_service_show (fixture->db, &fixture->people->callers[who],
        fixture->people->org, fixture->people->ids[COORD_INTERVIEWER], &error);

    coord_test_assert_code (error, of_interviewer[who], "showing hours", who);
    if (who != COORD_INTERVIEWER)
      set_hours (fixture, who, who, 1, own[who]);
    set_hours (fixture, who, COORD_INTERVIEWER, version, of_interviewer[who]);
    version += of_interviewer[who] == OK;
  }
  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, COORD_ERROR_CHANGED);
  set_hours (fixture, COORD_HR, COORD_CANDIDATE, 1, HIDDEN);
  set_hours (fixture, COORD_HR, COORD_STRANGER, 1, HIDDEN);
}

static EntApiOpenings *
search (Fixture *fixture, guint who, const char *const *people, gboolean is_any, GError **error)
{
  const CoordSearch asked = { (char **) people, is_any, at (fixture, 0, 0), at (fixture, 7, 0),
    100 };

  return coord_availability_service_search (fixture->db, &fixture->people->callers[who],
    fixture->people->org, &asked, fixture->times.now_us, error);
}

static void
test_openings (Fixture *fixture, gconstpointer data)
{
  char **ids = fixture->people->ids;
  const char *one[] = { ids[COORD_INTERVIEWER], NULL };
  const char *both[] = { ids[COORD_INTERVIEWER], ids[COORD_COLLEAGUE], NULL };
  const char *foreign[] = { ids[COORD_STRANGER], NULL };
  const char *twice[] = { ids[COORD_COLLEAGUE], ids[COORD_COLLEAGUE], NULL };
  EntApiNewSlot busy = { .org = fixture->people->org,
    .interviewer = ids[COORD_COLLEAGUE],
    .starts = at (fixture, 0, 560),
    .ends = at (fixture, 0, 600) };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiOpenings) alone = NULL;
  g_autoptr (EntApiOpenings) panel = NULL;
  g_autoptr (EntApiOpenings) any = NULL;
  g_autoptr (EntApiSlot) slot = NULL;

  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, OK);
  set_hours (fixture, COORD_HR, COORD_COLLEAGUE, 1, OK);
  slot = coord_slot_service_add (
    fixture->db, &fixture->people->callers[COORD_HR], &busy, fixture->times.now_us, &error);
  g_assert_no_error (error);
  alone = search (fixture, COORD_CANDIDATE, one, FALSE, &error);
  g_assert_cmpuint (alone->items->len, ==, 6);
  panel = search (fixture, COORD_CANDIDATE, both, FALSE, &error);
  g_assert_cmpuint (panel->items->len, ==, 5);
  g_assert_cmpint (((EntApiOpening *) panel->items->pdata[0])->starts, ==, at (fixture, 0, 600));
  any = search (fixture, COORD_CANDIDATE, both, TRUE, &error);
  g_assert_cmpuint (any->items->len, ==, 11);
  g_assert_null (search (fixture, COORD_STRANGER, one, FALSE, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (search (fixture, COORD_HR, foreign, FALSE, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (search (fixture, COORD_HR, twice, FALSE, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INVALID);
}

/* A whole request: what fails leaves nothing. */
static EntApiInterview *
book (Fixture *fixture, guint who, const EntApiBooking *request, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (EntApiInterviewAnswer) answer = NULL;
  EntApiInterview *interview;

  coord_test_people_begin (fixture->people);
  answer = coord_booking_service_book (fixture->db, &fixture->people->callers[who], request,
    &fixture->times, fixture->events, &failure);
  coord_test_people_end (fixture->people, failure);
  if (answer == NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  interview = g_steal_pointer (&answer->interview);
  return interview;
}

static EntApiInterview *
book_hours (Fixture *fixture, guint who, int day, int minute, GError **error)
{
  char *people[] = { fixture->people->ids[COORD_INTERVIEWER], NULL };
  const EntApiBooking request = { .org = fixture->people->org,
    .interviewers = people,
    .starts = at (fixture, day, minute),
    .candidate = fixture->people->ids[COORD_CANDIDATE] };

  return book (fixture, who, &request, error);
}

static void
test_booking_hours (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { OK, OK, DENIED, OK, OK, OK, HIDDEN };
  g_autofree char *other = coord_test_people_add (fixture->people, "other", ENT_ORG_CANDIDATE);
  CoordCaller late = { .user_id = other };
  char *people[] = { fixture->people->ids[COORD_INTERVIEWER], NULL };
  const EntApiBooking request = {
    .org = fixture->people->org, .interviewers = people, .starts = at (fixture, 0, 540)
  };
  g_autoptr (GError) error = NULL;
  GPtrArray *instead;

  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, OK);
  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) failure = NULL;
    g_autoptr (EntApiInterview) interview =
      book_hours (fixture, who, who / 3 * 1 + 0, 540 + who % 3 * 60, &failure);

    coord_test_assert_code (failure, who == 6 ? HIDDEN : codes[who], "booking hours", who);
    if (interview != NULL)
      g_assert_cmpint (interview->ends - interview->starts, ==, HOUR_US);
  }
  /* The second one is told the next free times, and nothing of the try stays. */
  coord_test_people_begin (fixture->people);
  g_assert_null (coord_booking_service_book (
    fixture->db, &late, &request, &fixture->times, fixture->events, &error));
  coord_test_people_end (fixture->people, error);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN);
  instead = coord_error_get_free (error);
  g_assert_nonnull (instead);
  g_assert_cmpuint (instead->len, ==, 5);
  g_assert_cmpint (((EntApiFreeTime *) instead->pdata[0])->starts, ==, at (fixture, 0, 660));
}

static EntApiSlot *
add_slot (Fixture *fixture, int day, int minute, char **panel, gint64 capacity)
{
  const EntApiNewSlot request = { .org = fixture->people->org,
    .interviewer = fixture->people->ids[COORD_INTERVIEWER],
    .starts = at (fixture, day, minute),
    .ends = at (fixture, day, minute + 60),
    .panel = panel,
    .capacity = capacity };
  g_autoptr (GError) error = NULL;
  EntApiSlot *slot = coord_slot_service_add (
    fixture->db, &fixture->people->callers[COORD_HR], &request, fixture->times.now_us, &error);

  g_assert_no_error (error);
  return slot;
}

static EntApiInterview *
book_slot (Fixture *fixture, const char *slot_id, const char *candidate, GError **error)
{
  const EntApiBooking request = { .slot_id = (char *) slot_id, .candidate = (char *) candidate };

  return book (fixture, COORD_HR, &request, error);
}

static void
test_panel_and_capacity (Fixture *fixture, gconstpointer data)
{
  char *panel[] = { fixture->people->ids[COORD_COLLEAGUE], fixture->people->ids[COORD_LEAD], NULL };
  g_autofree char *second = coord_test_people_add (fixture->people, "second", ENT_ORG_CANDIDATE);
  g_autofree char *third = coord_test_people_add (fixture->people, "third", ENT_ORG_CANDIDATE);
  g_autoptr (EntApiSlot) slot = add_slot (fixture, 1, 600, panel, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterview) one =
    book_slot (fixture, slot->id, fixture->people->ids[COORD_CANDIDATE], &error);
  g_autoptr (EntApiInterview) two = book_slot (fixture, slot->id, second, &error);
  EntApiNewSlot clash = { .org = fixture->people->org,
    .interviewer = fixture->people->ids[COORD_LEAD],
    .starts = at (fixture, 1, 630),
    .ends = at (fixture, 1, 700) };

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (slot->panel), ==, 2);
  g_assert_null (book_slot (fixture, slot->id, third, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN);
  g_clear_error (&error);
  /* The panel has places in both rooms, and no time beside it. */
  g_assert_cmpint (
    coord_test_count (fixture->db, "SELECT COUNT (*) FROM participant WHERE role <> 'candidate'"),
    ==, 6);
  coord_test_people_begin (fixture->people);
  g_assert_null (coord_slot_service_add (
    fixture->db, &fixture->people->callers[COORD_LEAD], &clash, fixture->times.now_us, &error));
  coord_test_people_end (fixture->people, error);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_OVERLAP);
}

/* Once a week at the same hour on the wall, over the change of clocks; all or nothing. */
static void
test_series (Fixture *fixture, gconstpointer data)
{
  EntApiNewSlot first = { .org = fixture->people->org,
    .interviewer = fixture->people->ids[COORD_INTERVIEWER],
    .starts = at (fixture, 0, 600),
    .ends = at (fixture, 0, 660),
    .zone = (char *) "Europe/Berlin" };
  const EntApiNewSeries request = { .slot = &first, .every = 1, .count = 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSeries) series = coord_slot_service_add_series (
    fixture->db, &fixture->people->callers[COORD_HR], &request, fixture->times.now_us, &error);
  gint64 n = coord_test_count (fixture->db, "SELECT COUNT (*) FROM slot");

  g_assert_no_error (error);
  g_assert_cmpuint (series->items->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    const EntApiSlot *slot = series->items->pdata[i];
    int minute;

    g_assert_cmpint (
      coord_zone_find_day (fixture->berlin, slot->starts, &minute), ==, MONDAY + 7 * i);
    g_assert_cmpint (minute, ==, 600);
  }
  g_assert_cmpint (((EntApiSlot *) series->items->pdata[1])->starts -
                     ((EntApiSlot *) series->items->pdata[0])->starts,
    ==, 7 * G_TIME_SPAN_DAY - HOUR_US);
  first.starts = at (fixture, 7, 540);
  first.ends = at (fixture, 7, 580);
  coord_test_people_begin (fixture->people);
  first.starts += 7 * G_TIME_SPAN_DAY + 30 * G_TIME_SPAN_MINUTE;
  first.ends = first.starts + HOUR_US;
  g_assert_null (coord_slot_service_add_series (
    fixture->db, &fixture->people->callers[COORD_HR], &request, fixture->times.now_us, &error));
  coord_test_people_end (fixture->people, error);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_OVERLAP);
  g_assert_cmpint (coord_test_count (fixture->db, "SELECT COUNT (*) FROM slot"), ==, n);
}

static void
test_changing_slots (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { DENIED, OK, DENIED, OK, OK, OK, HIDDEN };
  g_autoptr (EntApiSlot) slot = add_slot (fixture, 1, 600, NULL, 1);
  gint64 version = 1;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterview) interview = NULL;

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    const EntApiSlotChange request = { .starts = at (fixture, 1, 600 + 10 * who),
      .ends = at (fixture, 1, 700) };
    g_autoptr (GError) failure = NULL;
    g_autoptr (EntApiSlot) changed = coord_slot_service_change (fixture->db,
      &fixture->people->callers[who], slot->id, &request, version, fixture->times.now_us, &failure);

    coord_test_assert_code (failure, codes[who], "changing a slot", who);
    if (changed != NULL)
      version = changed->version;
  }
  interview = book_slot (fixture, slot->id, fixture->people->ids[COORD_CANDIDATE], &error);
  g_assert_no_error (error);
  g_assert_false (coord_slot_service_remove (fixture->db, &fixture->people->callers[COORD_HR],
    slot->id, FALSE, version + 1, fixture->times.now_us, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
}

/* One of a series, then the rest of it: what is booked stays, and what came before. */
static void
test_removing_of_a_series (Fixture *fixture, gconstpointer data)
{
  const CoordCaller *caller = &fixture->people->callers[COORD_INTERVIEWER];
  EntApiNewSlot first = { .org = fixture->people->org,
    .starts = at (fixture, 0, 600),
    .ends = at (fixture, 0, 660),
    .zone = (char *) "Europe/Berlin" };
  const EntApiNewSeries request = { .slot = &first, .every = 0, .count = 6 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSeries) series =
    coord_slot_service_add_series (fixture->db, caller, &request, fixture->times.now_us, &error);
  g_autoptr (EntApiSlot) single = add_slot (fixture, 5, 800, NULL, 1);
  g_autoptr (EntApiInterview) interview = NULL;
  const EntApiSlot *slots[6];

  g_assert_no_error (error);
  g_assert_null (single->series);
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++) {
    slots[i] = series->items->pdata[i];
    g_assert_cmpstr (slots[i]->series, ==, slots[0]->series);
  }
  interview = book_slot (fixture, slots[4]->id, fixture->people->ids[COORD_CANDIDATE], &error);
  g_assert_no_error (error);
  coord_slot_service_remove (
    fixture->db, caller, slots[1]->id, FALSE, slots[1]->version, fixture->times.now_us, &error);
  g_assert_no_error (error);
  coord_slot_service_remove (
    fixture->db, caller, slots[3]->id, TRUE, slots[3]->version, fixture->times.now_us, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++) {
    g_autoptr (CoordSlot) slot = coord_booking_store_find_slot (fixture->db, slots[i]->id, &error);

    g_assert_no_error (error);
    g_assert_cmpint (slot->is_cancelled, ==, i == 1 || i == 3 || i == 5);
  }
  /* Their time is free again. */
  g_assert_cmpint (
    coord_test_count (fixture->db, "SELECT COUNT (*) FROM busy JOIN slot ON busy.source = slot.id"
                                   " WHERE slot.state = 'cancelled'"),
    ==, 0);
  g_assert_cmpint (
    coord_test_count (fixture->db, "SELECT COUNT (*) FROM slot WHERE state = 'open'"), ==, 4);
}

static EntApiInterview *
cancel (Fixture *fixture,
  guint who,
  const EntApiInterview *interview,
  gint64 version,
  GError **error)
{
  g_autoptr (EntApiInterviewAnswer) answer = NULL;
  g_autoptr (GError) failure = NULL;

  coord_test_people_begin (fixture->people);
  answer = coord_interview_service_cancel (fixture->db, &fixture->people->callers[who],
    interview->id, "Ill", version, &fixture->times, fixture->events, &failure);
  coord_test_people_end (fixture->people, failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return answer != NULL ? g_steal_pointer (&answer->interview) : NULL;
}

static void
test_cancelling (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { OK, OK, DENIED, OK, OK, OK, HIDDEN };
  gint64 now_us = fixture->times.now_us;

  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, OK);
  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiInterview) interview = book_hours (fixture, COORD_HR, 0, 540, &error);
    g_autoptr (EntApiInterview) cancelled = NULL;
    g_autoptr (EntApiInterview) again = NULL;

    g_assert_no_error (error);
    cancelled = cancel (fixture, who, interview, interview->version, &error);
    coord_test_assert_code (error, codes[who], "cancelling", who);
    if (cancelled == NULL) {
      cancelled = cancel (fixture, COORD_HR, interview, interview->version, NULL);
      g_clear_error (&error);
    }
    g_assert_cmpint (cancelled->state, ==, ENT_INTERVIEW_CANCELLED);
    again = cancel (fixture, COORD_HR, interview, 99, &error);
    g_assert_no_error (error);
    g_assert_cmpint (again->version, ==, cancelled->version);
  }
  /* All time is free again; the room is closed. */
  g_assert_cmpint (coord_test_count (fixture->db, "SELECT COUNT (*) FROM busy"), ==, 0);
  g_assert_cmpint (
    coord_test_count (fixture->db, "SELECT COUNT (*) FROM room WHERE state = 'open'"), ==, 0);

  /* A candidate cannot at the last moment, the interviewer can. */
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiInterview) interview = book_hours (fixture, COORD_HR, 0, 540, &error);
    g_autoptr (EntApiInterview) cancelled = NULL;

    fixture->times.now_us = interview->starts - HOUR_US;
    g_assert_null (cancel (fixture, COORD_CANDIDATE, interview, interview->version, &error));
    g_assert_error (error, COORD_ERROR, COORD_ERROR_DENIED);
    g_clear_error (&error);
    g_assert_null (cancel (fixture, COORD_INTERVIEWER, interview, interview->version + 1, &error));
    g_assert_error (error, COORD_ERROR, COORD_ERROR_CHANGED);
    cancelled = cancel (fixture, COORD_INTERVIEWER, interview, interview->version, NULL);
    g_assert_nonnull (cancelled);
  }
  fixture->times.now_us = now_us;
}

static EntApiInterview *
move (Fixture *fixture,
  guint who,
  const EntApiInterview *interview,
  const EntApiReschedule *request,
  GError **error)
{
  g_autoptr (EntApiInterviewAnswer) answer = NULL;
  g_autoptr (GError) failure = NULL;

  coord_test_people_begin (fixture->people);
  answer = coord_interview_service_move (fixture->db, &fixture->people->callers[who], interview->id,
    request, interview->version, &fixture->times, fixture->events, &failure);
  coord_test_people_end (fixture->people, failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return answer != NULL ? g_steal_pointer (&answer->interview) : NULL;
}

static void
test_moving (Fixture *fixture, gconstpointer data)
{
  char *panel[] = { fixture->people->ids[COORD_COLLEAGUE], NULL };
  EntApiReschedule request = { .starts = at (fixture, 0, 570), .reason = (char *) "Train late" };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterview) other = NULL;
  g_autoptr (EntApiInterview) interview = NULL;
  g_autoptr (EntApiInterview) moved = NULL;
  g_autoptr (EntApiInterview) again = NULL;
  g_autoptr (EntApiSlot) slot = NULL;
  g_autoptr (EntApiHistory) history = NULL;

  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, OK);
  interview = book_hours (fixture, COORD_CANDIDATE, 0, 540, &error);
  g_assert_no_error (error);
  /* Half an hour later overlaps with nothing but itself. */
  moved = move (fixture, COORD_CANDIDATE, interview, &request, &error);
  g_assert_no_error (error);
  g_assert_cmpint (moved->starts, ==, at (fixture, 0, 570));
  g_assert_cmpint (moved->version, >, interview->version);
  /* A time that is gone: it stays where it is. */
  other = book_hours (fixture, COORD_HR, 1, 540, &error);
  g_assert_no_error (error);
  request.starts = at (fixture, 1, 560);
  g_assert_null (move (fixture, COORD_CANDIDATE, moved, &request, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN);
  g_assert_nonnull (coord_error_get_free (error));
  g_clear_error (&error);
  g_assert_cmpint (coord_test_count (fixture->db, "SELECT COUNT (*) FROM busy"), ==, 4);
  /* To a slot with a panel; then the panel is there too. */
  slot = add_slot (fixture, 2, 600, panel, 1);
  request = (EntApiReschedule){ .slot_id = slot->id };
  again = move (fixture, COORD_INTERVIEWER, moved, &request, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->starts, ==, slot->starts);
  g_assert_cmpint (coord_test_count (fixture->db,
                     "SELECT COUNT (*) FROM participant WHERE role = 'co-interviewer'"),
    ==, 1);
  g_assert_cmpint (coord_test_count (fixture->db, "SELECT COUNT (*) FROM busy"), ==, 5);
  history = coord_interview_service_list_history (
    fixture->db, &fixture->people->callers[COORD_CANDIDATE], interview->id, &error);
  g_assert_cmpuint (history->items->len, ==, 3);
  g_assert_cmpstr (((EntApiChange *) history->items->pdata[1])->reason, ==, "Train late");
  g_assert_cmpstr (((EntApiChange *) history->items->pdata[1])->actor_name, ==, "candidate");
  g_assert_cmpstr (((EntApiChange *) history->items->pdata[2])->actor_name, ==, "interviewer");
}

static void
test_no_show (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { DENIED, OK, DENIED, OK, OK, OK, HIDDEN };

  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, OK);
  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) early = NULL;
    g_autoptr (EntApiInterview) interview =
      book_hours (fixture, COORD_HR, who / 3 * 7, 540 + who % 3 * 60, &error);
    CoordTimes later = fixture->times;
    g_autoptr (EntApiInterviewAnswer) answer = NULL;

    g_assert_no_error (error);
    g_assert_null (
      coord_interview_service_set_no_show (fixture->db, &fixture->people->callers[COORD_HR],
        interview->id, NULL, interview->version, &fixture->times, &early));
    g_assert_error (early, COORD_ERROR, COORD_ERROR_CONFLICT);
    later.now_us = interview->starts + HOUR_US / 4;
    answer = coord_interview_service_set_no_show (fixture->db, &fixture->people->callers[who],
      interview->id, NULL, interview->version, &later, &error);
    coord_test_assert_code (error, codes[who], "no-show", who);
    if (answer != NULL)
      g_assert_cmpint (answer->interview->state, ==, ENT_INTERVIEW_NO_SHOW);
  }
}

static void
test_lists_of_the_organisation (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { DENIED, DENIED, DENIED, OK, OK, OK, HIDDEN };
  const guint counts[] = { 0, 0, 0, 1, 2, 2, 0 };
  EntApiNewSlot request = { .org = fixture->people->org,
    .interviewer = fixture->people->ids[COORD_COLLEAGUE],
    .starts = at (fixture, 3, 600),
    .ends = at (fixture, 3, 660) };
  g_autoptr (EntApiSlot) first = add_slot (fixture, 2, 600, NULL, 1);
  g_autoptr (EntApiSlot) second = coord_slot_service_add (
    fixture->db, &fixture->people->callers[COORD_HR], &request, fixture->times.now_us, NULL);
  g_autoptr (EntApiInterview) one =
    book_slot (fixture, first->id, fixture->people->ids[COORD_CANDIDATE], NULL);
  g_autoptr (EntApiInterview) two =
    book_slot (fixture, second->id, fixture->people->ids[COORD_CANDIDATE], NULL);

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiInterviewList) list = coord_booking_service_list_of_org (fixture->db,
      &fixture->people->callers[who], fixture->people->org, "", 50, &fixture->times, &error);

    coord_test_assert_code (error, codes[who], "listing interviews", who);
    if (list != NULL)
      g_assert_cmpuint (list->items->len, ==, counts[who]);
  }
}

/* That the list of hr has this link, without its secret, for an interview at this time. */
static void
check_listed_link (Fixture *fixture, const char *id, gint64 starts)
{
  const CoordPage page = { "", 10 };
  g_autoptr (EntApiBookingLinkList) list = coord_booking_link_service_list (
    fixture->db, &fixture->people->callers[COORD_HR], fixture->people->org, &page, NULL);
  guint found = 0;

  g_assert_nonnull (list);
  for (guint i = 0; i < list->items->len; i++) {
    const EntApiBookingLink *link = list->items->pdata[i];

    if (g_strcmp0 (link->id, id) != 0)
      continue;
    found++;
    g_assert_cmpstr (link->host_name, ==, coord_test_names[COORD_INTERVIEWER]);
    g_assert_null (link->panel_names);
    g_assert_cmpint (link->starts, ==, starts);
    g_assert_null (link->token);
    g_assert_null (link->link);
  }
  g_assert_cmpuint (found, ==, 1);
}

/* From a link to an interview, moved and cancelled, without an account. */
static void
test_personal_link (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { DENIED, OK, DENIED, OK, OK, OK, HIDDEN };
  char *people[] = { fixture->people->ids[COORD_INTERVIEWER], NULL };
  const EntApiNewBookingLink request = {
    .name = (char *) "Zoe", .email = (char *) "Zoe@example.org", .interviewers = people
  };
  EntApiGuestBooking asked = { .zone = (char *) "Asia/Tokyo", .starts = at (fixture, 0, 600) };
  g_autoptr (EntApiBookingLink) link = NULL;
  g_autoptr (EntApiGuestView) shown = NULL;
  g_autoptr (EntApiGuestView) booked = NULL;
  g_autoptr (EntApiGuestView) again = NULL;
  g_autoptr (EntApiGuestView) moved = NULL;
  g_autoptr (EntApiGuestView) cancelled = NULL;
  g_autoptr (GError) error = NULL;

  set_hours (fixture, COORD_HR, COORD_INTERVIEWER, 1, OK);
  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) failure = NULL;
    g_autoptr (EntApiBookingLink) made =
      coord_booking_link_service_add (fixture->db, &fixture->people->callers[who],
        fixture->people->org, &request, ORIGIN, fixture->times.now_us, &failure);

    coord_test_assert_code (failure, codes[who], "making a link", who);
    if (who == COORD_HR)
      link = g_steal_pointer (&made);
  }
  asked.token = link->token;
  g_assert_cmpstr (strstr (link->link, "/book#"), ==, strrchr (link->link, '/'));
  check_listed_link (fixture, link->id, 0);
  shown = coord_booking_link_service_show (fixture->db, &asked, &fixture->times, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (shown->openings->len, >, 6);
  g_assert_null (shown->interview);
  booked = coord_booking_link_service_book (
    fixture->db, &asked, ORIGIN, &fixture->times, fixture->events, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (booked->join_link, "entrevue://"));
  g_assert_cmpint (booked->interview->starts, ==, asked.starts);
  g_assert_cmpstr (booked->interview->candidate_name, ==, "Zoe");
  /* An answer that was lost: the same interview. */
  again = coord_booking_link_service_book (
    fixture->db, &asked, ORIGIN, &fixture->times, fixture->events, &error);
  g_assert_cmpstr (again->interview->id, ==, booked->interview->id);
  asked.starts = at (fixture, 0, 660);
  g_assert_null (coord_booking_link_service_book (
    fixture->db, &asked, ORIGIN, &fixture->times, fixture->events, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_clear_error (&error);
  moved =
    coord_booking_link_service_move (fixture->db, &asked, &fixture->times, fixture->events, &error);
  g_assert_no_error (error);
  g_assert_cmpint (moved->interview->starts, ==, asked.starts);
  check_listed_link (fixture, link->id, asked.starts);
  cancelled = coord_booking_link_service_cancel (
    fixture->db, &asked, &fixture->times, fixture->events, &error);
  g_assert_no_error (error);
  g_assert_null (cancelled->interview);
  check_listed_link (fixture, link->id, 0);
  g_assert_cmpint (coord_test_count (fixture->db, "SELECT COUNT (*) FROM busy"), ==, 0);
  g_assert_true (
    coord_booking_link_service_revoke (fixture->db, &fixture->people->callers[COORD_ADMIN],
      fixture->people->org, link->id, fixture->times.now_us, &error));
  g_assert_null (coord_booking_link_service_show (fixture->db, &asked, &fixture->times, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INVITATION_WRONG);
}

/* The list names the panel in its order: to HR, who made the link, and administrators. Whoever sits
 * on it sees it no more than before. */
static void
test_link_panel (Fixture *fixture, gconstpointer data)
{
  const int codes[] = { DENIED, OK, OK, OK, OK, OK, HIDDEN };
  const gboolean sees[] = { FALSE, FALSE, FALSE, FALSE, TRUE, TRUE, FALSE };
  const guint seats[] = { COORD_INTERVIEWER, COORD_LEAD, COORD_ADMIN, COORD_HR };
  char *people[G_N_ELEMENTS (seats) + 1] = { NULL };
  const EntApiNewBookingLink request = {
    .name = (char *) "Zoe", .email = (char *) "zoe@example.org", .interviewers = people
  };
  const CoordPage page = { "", 10 };
  g_autoptr (EntApiBookingLink) made = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (seats); i++)
    people[i] = fixture->people->ids[seats[i]];
  made = coord_booking_link_service_add (fixture->db, &fixture->people->callers[COORD_HR],
    fixture->people->org, &request, ORIGIN, fixture->times.now_us, &error);
  g_assert_no_error (error);
  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) failure = NULL;
    g_autoptr (EntApiBookingLinkList) list = coord_booking_link_service_list (
      fixture->db, &fixture->people->callers[who], fixture->people->org, &page, &failure);
    const EntApiBookingLink *link;

    coord_test_assert_code (failure, codes[who], "listing links", who);
    if (list == NULL)
      continue;
    g_assert_cmpuint (list->items->len, ==, sees[who] ? 1 : 0);
    if (!sees[who])
      continue;
    link = list->items->pdata[0];
    g_assert_cmpstr (link->host_name, ==, coord_test_names[seats[0]]);
    for (guint i = 1; i < G_N_ELEMENTS (seats); i++)
      g_assert_cmpstr (link->panel_names[i - 1], ==, coord_test_names[seats[i]]);
    g_assert_null (link->panel_names[G_N_ELEMENTS (seats) - 1]);
  }
}

/* Nothing of it remains, so that the next one finds everybody free. */
static void
check_and_undo (Fixture *fixture, GError *error, int code, const char *what, guint who)
{
  coord_db_run (fixture->db, NULL, "ROLLBACK");
  coord_test_assert_code (error, code, what, who);
  g_clear_error (&error);
}

static void
try_panel (Fixture *fixture, guint who, guint with, int code, int booking_code)
{
  const CoordCaller *caller = &fixture->people->callers[who];
  char *own = fixture->people->ids[who], *other = fixture->people->ids[with];
  char *panel[] = { other, NULL }, *both[] = { own, other, NULL };
  EntApiNewSlot slot = { .org = fixture->people->org,
    .starts = at (fixture, 2, 60),
    .ends = at (fixture, 2, 90),
    .panel = panel };
  const EntApiNewSeries series = { .slot = &slot, .interval = 1, .count = 2 };
  const EntApiNewBookingLink link = {
    .name = (char *) "Zoe", .email = (char *) "zoe@example.org", .interviewers = both
  };
  const EntApiBooking booking = { .org = fixture->people->org,
    .interviewers = both,
    .starts = at (fixture, 0, 540),
    .candidate = fixture->people->ids[COORD_CANDIDATE] };
  GError *error = NULL;

  coord_test_people_begin (fixture->people);
  ent_api_slot_free (
    coord_slot_service_add (fixture->db, caller, &slot, fixture->times.now_us, &error));
  check_and_undo (fixture, g_steal_pointer (&error), code, "a slot with a panel", who);
  coord_test_people_begin (fixture->people);
  ent_api_series_free (
    coord_slot_service_add_series (fixture->db, caller, &series, fixture->times.now_us, &error));
  check_and_undo (fixture, g_steal_pointer (&error), code, "a series with a panel", who);
  coord_test_people_begin (fixture->people);
  ent_api_booking_link_free (coord_booking_link_service_add (
    fixture->db, caller, fixture->people->org, &link, ORIGIN, fixture->times.now_us, &error));
  check_and_undo (fixture, g_steal_pointer (&error), code, "a link to a panel", who);
  coord_test_people_begin (fixture->people);
  ent_api_interview_answer_free (coord_booking_service_book (
    fixture->db, caller, &booking, &fixture->times, fixture->events, &error));
  check_and_undo (fixture, g_steal_pointer (&error), booking_code, "a booking of a panel", who);
}

/* Whoever gives away the time of a panel has the right to everybody on it. */
static void
test_panel_rights (Fixture *fixture, gconstpointer data)
{
  for (guint i = COORD_INTERVIEWER; i <= COORD_ADMIN; i++)
    set_hours (fixture, COORD_HR, i, 1, OK);
  try_panel (fixture, COORD_INTERVIEWER, COORD_COLLEAGUE, DENIED, DENIED);
  try_panel (fixture, COORD_INTERVIEWER, COORD_LEAD, DENIED, DENIED);
  try_panel (fixture, COORD_INTERVIEWER, COORD_CANDIDATE, DENIED, HIDDEN);
  try_panel (fixture, COORD_LEAD, COORD_INTERVIEWER, OK, OK);
  try_panel (fixture, COORD_LEAD, COORD_COLLEAGUE, DENIED, DENIED);
  try_panel (fixture, COORD_LEAD, COORD_STRANGER, DENIED, HIDDEN);
  try_panel (fixture, COORD_HR, COORD_COLLEAGUE, OK, OK);
  try_panel (fixture, COORD_HR, COORD_STRANGER, HIDDEN, HIDDEN);
  try_panel (fixture, COORD_ADMIN, COORD_LEAD, OK, OK);
  try_panel (fixture, COORD_CANDIDATE, COORD_COLLEAGUE, DENIED, HIDDEN);
  try_panel (fixture, COORD_STRANGER, COORD_COLLEAGUE, HIDDEN, HIDDEN);
}

/* Random appointments of a few people: what the database took never overlaps. */
static void
test_overlaps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260323);
  guint n_taken = 0, n_tries = g_test_thorough () ? 20000 : 600;

  for (guint i = 0; i < n_tries; i++) {
    guint who = COORD_INTERVIEWER + g_rand_int_range (rand, 0, 4);
    guint with = COORD_INTERVIEWER + g_rand_int_range (rand, 0, 4);
    char *panel[] = { fixture->people->ids[with], NULL };
    gint64 starts_us =
      fixture->times.now_us + g_rand_int_range (rand, 0, 4000) * G_TIME_SPAN_MINUTE;
    const EntApiNewSlot request = { .org = fixture->people->org,
      .interviewer = fixture->people->ids[who],
      .starts = starts_us,
      .ends = starts_us + g_rand_int_range (rand, 1, 90) * G_TIME_SPAN_MINUTE,
      .panel = who != with ? panel : NULL };
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiSlot) slot = NULL;

    coord_test_people_begin (fixture->people);
    slot = coord_slot_service_add (fixture->db, &fixture->people->callers[COORD_HR], &request,
      fixture->times.now_us - 1, &error);
    coord_test_people_end (fixture->people, error);
    if (slot != NULL)
      n_taken++;
    else
      g_assert_error (error, COORD_ERROR, COORD_ERROR_OVERLAP);
  }
  g_assert_cmpuint (n_taken, >, 50);
  g_assert_cmpint (
    coord_test_count (fixture->db,
      "SELECT COUNT (*) FROM busy AS a JOIN busy AS b ON a.person = b.person"
      " AND a.source < b.source AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"),
    ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/coord-availability-service/rights", test_availability },
    { "/coord-availability-service/openings", test_openings },
    { "/coord-slot-service/panel-and-capacity", test_panel_and_capacity },
    { "/coord-slot-service/panel-rights", test_panel_rights },
    { "/coord-slot-service/series", test_series },
    { "/coord-slot-service/changes", test_changing_slots },
    { "/coord-slot-service/rest-of-a-series", test_removing_of_a_series },
    { "/coord-slot-service/overlaps", test_overlaps },
    { "/coord-booking-service/hours", test_booking_hours },
    { "/coord-booking-service/organisation", test_lists_of_the_organisation },
    { "/coord-interview-service/cancel", test_cancelling },
    { "/coord-interview-service/move", test_moving },
    { "/coord-interview-service/no-show", test_no_show },
    { "/coord-booking-link-service/from-link-to-interview", test_personal_link },
    { "/coord-booking-link-service/names-the-panel", test_link_panel },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
