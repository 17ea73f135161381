/* 64 callers at once want the same appointment: exactly one gets it, on a pool as the server has
 * it. ENTREVUE_RACES says how many times (50). */

#include <stdlib.h>

#include "service/coord-booking-service.h"
#include "service/coord-event.h"
#include "service/coord-slot-service.h"
#include "store/coord-error.h"
#include "support/coord-test-people.h"

#define N_CALLERS 64
#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

typedef struct {
  CoordTestPeople *people;
  CoordDbPool *pool;
  char *candidates[N_CALLERS];
  char *slot_id;
  guint n_waiting;
  guint n_won;
  guint n_told; /* refused with other times, or with none left */
} Races;

typedef struct {
  Races *races;
  guint who;
} Try;

static const CoordTimes times = { NOW_US, 0, 0, 0 };

static gpointer
book_cb (CoordDb *db, gpointer data, GError **error)
{
  const Try *attempt = data;
  const CoordCaller caller = { .user_id = attempt->races->candidates[attempt->who] };
  const EntApiBooking request = { .slot_id = attempt->races->slot_id };
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  return coord_booking_service_book (db, &caller, &request, &times, events, error);
}

static void
booked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Races *races = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterviewAnswer) answer = coord_db_pool_finish (result, &error);

  races->n_waiting--;
  if (answer != NULL)
    races->n_won++;
  else if (g_error_matches (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN) &&
           coord_error_get_free (error) != NULL)
    races->n_told++;
  else
    g_test_message ("%s", error->message);
}

static void
add_slot (Races *races, guint number)
{
  const EntApiNewSlot request = { .org = races->people->org,
    .interviewer = races->people->ids[COORD_INTERVIEWER],
    .starts = NOW_US + number * G_TIME_SPAN_MINUTE,
    .ends = NOW_US + (number + 1) * G_TIME_SPAN_MINUTE };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiSlot) slot = coord_slot_service_add (
    races->people->db, &races->people->callers[COORD_HR], &request, NOW_US, &error);

  g_assert_no_error (error);
  g_free (races->slot_id);
  races->slot_id = g_strdup (slot->id);
}

static void
run_race (Races *races, guint number)
{
  add_slot (races, number);
  races->n_won = races->n_told = 0;
  for (guint i = 0; i < N_CALLERS; i++) {
    Try *attempt = g_new0 (Try, 1);

    *attempt = (Try){ races, (i * 7 + number) % N_CALLERS };
    races->n_waiting++;
    coord_db_pool_write_async (races->pool, book_cb, attempt, g_free,
      (GDestroyNotify) ent_api_interview_answer_free, NULL, booked_cb, races);
  }
  while (races->n_waiting > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (races->n_won, ==, 1);
  g_assert_cmpuint (races->n_told, ==, N_CALLERS - 1);
}

static void
test_races (void)
{
  const char *asked = g_getenv ("ENTREVUE_RACES");
  guint n = asked != NULL ? strtoul (asked, NULL, 10) : 50;
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  g_autoptr (GError) error = NULL;
  Races races = { .people = people };
  gint64 begun_us;

  for (guint i = 0; i < N_CALLERS; i++) {
    g_autofree char *name = g_strdup_printf ("racer%u", i);

    races.candidates[i] = coord_test_people_add (people, name, ENT_ORG_CANDIDATE);
  }
  races.pool = coord_db_pool_new (people->store->path, 1, &error);
  g_assert_no_error (error);
  begun_us = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    run_race (&races, i);
  g_test_message ("%u races of %d in %.1f s", n, N_CALLERS,
    (g_get_monotonic_time () - begun_us) / (double) G_USEC_PER_SEC);
  g_assert_cmpint (coord_test_count (people->db, "SELECT COUNT (*) FROM interview"), ==, n);
  g_assert_cmpint (
    coord_test_count (people->db, "SELECT COUNT (*) FROM slot WHERE taken <> 1"), ==, 0);
  g_assert_cmpint (
    coord_test_count (people->db,
      "SELECT COUNT (*) FROM busy AS a JOIN busy AS b ON a.person = b.person"
      " AND a.source < b.source AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"),
    ==, 0);
  coord_db_pool_free (races.pool);
  for (guint i = 0; i < N_CALLERS; i++)
    g_free (races.candidates[i]);
  g_free (races.slot_id);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-booking-service/races", test_races);
  return g_test_run ();
}
