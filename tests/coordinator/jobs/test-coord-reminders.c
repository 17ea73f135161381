/* Reminders: each once, whatever becomes of the interview, and many at once. */

#include "base/ent-clock.h"
#include "jobs/coord-jobs.h"
#include "service/coord-booking-service.h"
#include "service/coord-interview-service.h"
#include "service/coord-slot-service.h"
#include "support/coord-test-people.h"

#define START_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define HOUR_MS (3600 * 1000)
#define LENGTH_US (10 * G_USEC_PER_SEC)
#define PATIENCE_S 120
#define MANY 45 /* more than are done in one transaction, twice */

#define DAY_BEFORE "SELECT COUNT (*) FROM notification WHERE kind = 'day-before'"
#define SOON "SELECT COUNT (*) FROM notification WHERE kind = 'soon'"
#define DUE "SELECT COUNT (*) FROM job WHERE kind = 'reminder'"

typedef struct {
  CoordTestPeople *people;
  CoordDbPool *pool;
  EntClock *clock;
  CoordEvents *events;
  CoordJobs *jobs;
  GPtrArray *own; /* events of bookings */
  guint n_told;
} Fixture;

static void
told_cb (const CoordEvent *event, gpointer data)
{
  Fixture *f = data;

  f->n_told += event->kind == COORD_EVENT_PERSON_TOLD;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->people = coord_test_people_new ();
  f->pool = coord_db_pool_new (f->people->store->path, 1, &error);
  g_assert_no_error (error);
  f->clock = ent_clock_new_test (START_US);
  f->events = coord_events_new ();
  coord_events_subscribe (f->events, told_cb, f);
  f->jobs = coord_jobs_new (f->pool, f->clock, f->events);
  f->own = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_jobs_free (f->jobs);
  coord_db_pool_free (f->pool);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* answers that come late */
  ent_clock_unref (f->clock);
  coord_events_free (f->events);
  g_ptr_array_unref (f->own);
  coord_test_people_free (f->people);
}

/* Lets the pool's threads work for a moment; the clock stands still. */
static void
let_work (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_usleep (1000);
}

/* Lets it look until the query gives the number. One second on the clock is enough for it to look
 * again, and then it needs real time: on a busy machine the clock must not run ahead. */
static void
wait_for_count (Fixture *f, const char *sql, gint64 count)
{
  for (guint i = 0; i < PATIENCE_S * 2 && coord_test_count (f->people->db, sql) != count; i++) {
    ent_clock_advance (f->clock, 1000);
    for (guint k = 0; k < 500 && coord_test_count (f->people->db, sql) != count; k++)
      let_work ();
  }
  g_assert_cmpint (coord_test_count (f->people->db, sql), ==, count);
}

/* The app hears a moment after it is in the database. */
static void
wait_until_told (Fixture *f, guint count)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  while (f->n_told < count && g_get_monotonic_time () < until_us)
    let_work ();
  g_assert_cmpuint (f->n_told, ==, count);
}

static char *
open_slot (Fixture *f, gint64 starts_us)
{
  const EntApiNewSlot request = { .org = f->people->org,
    .interviewer = f->people->ids[COORD_INTERVIEWER],
    .starts = starts_us,
    .ends = starts_us + LENGTH_US };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSlot) slot = coord_slot_service_add (
    f->people->db, &f->people->callers[COORD_HR], &request, START_US, &error);

  g_assert_no_error (error);
  return g_strdup (slot->id);
}

static CoordTimes
get_times (Fixture *f)
{
  return (CoordTimes){ .now_us = ent_clock_get_wall_us (f->clock) };
}

static EntApiInterview *
book (Fixture *f, gint64 starts_us)
{
  g_autofree char *slot = open_slot (f, starts_us);
  const EntApiBooking request = { .slot_id = slot };
  const CoordTimes times = get_times (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterviewAnswer) answer = NULL;

  coord_test_people_begin (f->people);
  answer = coord_booking_service_book (
    f->people->db, &f->people->callers[COORD_CANDIDATE], &request, &times, f->own, &error);
  coord_test_people_end (f->people, error);
  g_assert_no_error (error);
  return g_steal_pointer (&answer->interview);
}

/* Both people of each, once; the app hears of each. */
static void
test_many_at_once (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < MANY; i++)
    ent_api_interview_free (book (f, START_US + 30 * G_TIME_SPAN_HOUR + i * LENGTH_US));
  g_assert_cmpint (coord_test_count (f->people->db, DUE), ==, 2 * MANY);
  ent_clock_advance (f->clock, 8 * HOUR_MS);
  wait_for_count (f, DUE, MANY);
  g_assert_cmpint (coord_test_count (f->people->db, DAY_BEFORE), ==, 2 * MANY);
  wait_until_told (f, 2 * MANY);
  ent_clock_advance (f->clock, 22 * HOUR_MS - HOUR_MS / 4);
  wait_for_count (f, DUE, 0);
  g_assert_cmpint (coord_test_count (f->people->db, DAY_BEFORE), ==, 2 * MANY);
  g_assert_cmpint (coord_test_count (f->people->db, SOON), ==, 2 * MANY);
  g_assert_cmpint (coord_test_count (f->people->db,
                     "SELECT COUNT (*) FROM (SELECT person, interview, kind FROM notification"
                     " GROUP BY person, interview, kind HAVING COUNT (*) > 1) AS twice"),
    ==, 0);
}

/* Of what was moved people are reminded before its new time, of what was cancelled never. */
static void
test_moved_and_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (EntApiInterview) moved = book (f, START_US + 30 * G_TIME_SPAN_HOUR);
  g_autoptr (EntApiInterview) cancelled = book (f, START_US + 31 * G_TIME_SPAN_HOUR);
  g_autofree char *later = open_slot (f, START_US + 60 * G_TIME_SPAN_HOUR);
  const EntApiReschedule request = { .slot_id = later };
  const CoordTimes times = get_times (f);
  const CoordCaller *hr = &f->people->callers[COORD_HR];
  g_autoptr (GError) error = NULL;

  coord_test_people_begin (f->people);
  ent_api_interview_answer_free (coord_interview_service_move (
    f->people->db, hr, moved->id, &request, moved->version, &times, f->own, &error));
  coord_test_people_end (f->people, error);
  g_assert_no_error (error);
  coord_test_people_begin (f->people);
  ent_api_interview_answer_free (coord_interview_service_cancel (
    f->people->db, hr, cancelled->id, "Ill", cancelled->version, &times, f->own, &error));
  coord_test_people_end (f->people, error);
  g_assert_no_error (error);
  ent_clock_advance (f->clock, 32 * HOUR_MS);
  wait_for_count (f, DUE " AND due_at <= 1800115200000000", 0);
  g_assert_cmpint (coord_test_count (f->people->db, DAY_BEFORE), ==, 0);
  ent_clock_advance (f->clock, 5 * HOUR_MS);
  wait_for_count (f, DAY_BEFORE, 2);
  ent_clock_advance (f->clock, 22 * HOUR_MS + HOUR_MS * 3 / 4);
  wait_for_count (f, DUE, 0);
  g_assert_cmpint (coord_test_count (f->people->db, DAY_BEFORE), ==, 2);
  g_assert_cmpint (coord_test_count (f->people->db, SOON), ==, 2);
}

/* Whoever books late is not reminded of a day before that is over. */
static void
test_booked_late (Fixture *f, gconstpointer data)
{
  ent_api_interview_free (book (f, START_US + 2 * G_TIME_SPAN_HOUR));
  g_assert_cmpint (coord_test_count (f->people->db, DUE), ==, 1);
  ent_clock_advance (f->clock, 2 * HOUR_MS - HOUR_MS / 4);
  wait_for_count (f, DUE, 0);
  g_assert_cmpint (coord_test_count (f->people->db, SOON), ==, 2);
  g_assert_cmpint (coord_test_count (f->people->db, DAY_BEFORE), ==, 0);
}

/* Asleep over both of them: only the one that still says something new comes. */
static void
test_slept_over_both (Fixture *f, gconstpointer data)
{
  ent_api_interview_free (book (f, START_US + 30 * G_TIME_SPAN_HOUR));
  g_assert_cmpint (coord_test_count (f->people->db, DUE), ==, 2);
  ent_clock_advance (f->clock, 30 * HOUR_MS - HOUR_MS / 4);
  wait_for_count (f, DUE, 0);
  g_assert_cmpint (coord_test_count (f->people->db, DAY_BEFORE), ==, 0);
  g_assert_cmpint (coord_test_count (f->people->db, SOON), ==, 2);
}

/* The third of five cannot be noted. */
static void
refuse_one (CoordDb *db)
{
  g_autoptr (GError) error = NULL;

  if (coord_db_is_shared (db)) {
    coord_db_run (db, &error,
      "CREATE FUNCTION fails () RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN IF NEW.kind = ''day-before'' AND NEW.starts_at = 1800108020000000"
      "  THEN RAISE EXCEPTION ''not today''; END IF; RETURN NEW; END'");
    g_assert_no_error (error);
    coord_db_run (db, &error,
      "CREATE TRIGGER fails BEFORE INSERT ON notification FOR EACH ROW"
      " EXECUTE FUNCTION fails ()");
  } else
    coord_db_run (db, &error,
      "CREATE TRIGGER fails BEFORE INSERT ON notification"
      " WHEN NEW.kind = 'day-before' AND NEW.starts_at = 1800108020000000"
      " BEGIN SELECT RAISE (ABORT, 'not today'); END");
  g_assert_no_error (error);
}

/* One that fails is tried again later, and the others, with which it shared a transaction, come. */
static void
test_one_fails (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    ent_api_interview_free (book (f, START_US + 30 * G_TIME_SPAN_HOUR + i * LENGTH_US));
  refuse_one (f->people->db);
  ent_clock_advance (f->clock, 7 * HOUR_MS);
  wait_for_count (f, DAY_BEFORE, 8);
  wait_for_count (f, DUE " AND attempts = 1", 1);
  coord_db_run (f->people->db, &error,
    coord_db_is_shared (f->people->db) ? "DROP TRIGGER fails ON notification"
                                       : "DROP TRIGGER fails");
  g_assert_no_error (error);
  ent_clock_advance (f->clock, 60 * 1000);
  wait_for_count (f, DAY_BEFORE, 10);
  wait_for_count (f, DUE, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* warnings are wanted here */
  g_test_add ("/reminders/many-at-once", Fixture, NULL, set_up, test_many_at_once, tear_down);
  g_test_add (
    "/reminders/moved-and-cancelled", Fixture, NULL, set_up, test_moved_and_cancelled, tear_down);
  g_test_add ("/reminders/booked-late", Fixture, NULL, set_up, test_booked_late, tear_down);
  g_test_add ("/reminders/slept-over-both", Fixture, NULL, set_up, test_slept_over_both, tear_down);
  g_test_add ("/reminders/one-fails", Fixture, NULL, set_up, test_one_fails, tear_down);
  return g_test_run ();
}
