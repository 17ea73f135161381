/* How many bookings a second a database takes, each durable before its answer, for 64 callers who
 * do not wait for each other, and the processor time of each: what the store does of one (slot,
 * candidate's time, interview with its room), and all of it with the rules, history, mail,
 * notifications, reminders and audit. Prints one line of JSON each. */

#include <stdio.h>
#include <sys/resource.h>

#include "base/ent-id.h"
#include "service/coord-booking-service.h"
#include "service/coord-event.h"
#include "store/coord-error.h"
#include "support/coord-test-people.h"

#define CALLERS 64
#define BOOKINGS 8000
#define GOAL 5000
#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

typedef struct {
  CoordTestPeople *people;
  CoordDbPool *pool;
  CoordDbFunc func;
  char *candidates[CALLERS];
  char *slots[BOOKINGS];
  guint n_begun;
  guint n_done;
} Load;

typedef struct {
  Load *load;
  guint number;
} Booking;

static const CoordTimes times = { NOW_US, 0, 0, 0 };

static gpointer
book_at_store (CoordDb *db, gpointer data, GError **error)
{
  const Booking *booking = data;
  g_autofree char *id = ent_id_new ();
  g_autofree char *room = ent_id_new ();
  g_autoptr (CoordSlot) slot =
    coord_booking_store_find_slot (db, booking->load->slots[booking->number], error);
  char *candidate = booking->load->candidates[booking->number % CALLERS];
  CoordInterview interview = { .id = id, .room_id = room, .candidate_id = candidate };

  if (slot == NULL)
    return NULL;
  interview.org_id = slot->org_id;
  interview.slot_id = slot->id;
  interview.interviewer_id = slot->interviewer_id;
  interview.title = slot->title;
  interview.starts_at_us = slot->starts_at_us;
  interview.ends_at_us = slot->ends_at_us;
  if (coord_booking_store_take_place (db, slot->id, error) &&
      coord_booking_store_reserve (db, candidate, slot->starts_at_us, slot->ends_at_us, id, error))
    coord_booking_store_add_interview (db, &interview, candidate, NOW_US, error);
  return NULL;
}

static gpointer
book_whole (CoordDb *db, gpointer data, GError **error)
{
  const Booking *booking = data;
  const CoordCaller caller = { .user_id = booking->load->candidates[booking->number % CALLERS] };
  const EntApiBooking request = { .slot_id = booking->load->slots[booking->number] };
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  ent_api_interview_answer_free (
    coord_booking_service_book (db, &caller, &request, &times, events, error));
  return NULL;
}

static void begin (Load *load);

static void
booked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Load *load = data;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  g_assert_no_error (error);
  load->n_done++;
  if (load->n_begun < BOOKINGS)
    begin (load);
}

static void
begin (Load *load)
{
  Booking *booking = g_new0 (Booking, 1);

  *booking = (Booking){ load, load->n_begun++ };
  coord_db_pool_write_async (load->pool, load->func, booking, g_free, NULL, NULL, booked_cb, load);
}

static gpointer
add_slots (CoordDb *db, gpointer data, GError **error)
{
  Load *load = data;

  for (guint i = 0; i < BOOKINGS; i++) {
    CoordSlot slot = { .id = load->slots[i] = ent_id_new (),
      .org_id = load->people->org,
      .interviewer_id = load->people->ids[COORD_INTERVIEWER],
      .starts_at_us = NOW_US + (i + 1) * G_TIME_SPAN_HOUR,
      .ends_at_us = NOW_US + (i + 2) * G_TIME_SPAN_HOUR,
      .zone = (char *) "UTC",
      .title = (char *) "Bench",
      .capacity = 1 };

    if (!coord_booking_store_add_slot (db, &slot, NOW_US, error))
      return NULL;
  }
  return NULL;
}

/* Of all threads of this process. */
static gint64
get_processor_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

static void
measure (const char *name, CoordDbFunc func)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  g_autoptr (GError) error = NULL;
  Load load = { .people = people, .func = func };
  gint64 begun_us, processor_us;
  double per_second;

  for (guint i = 0; i < CALLERS; i++) {
    g_autofree char *who = g_strdup_printf ("caller%u", i);

    load.candidates[i] = coord_test_people_add (people, who, ENT_ORG_CANDIDATE);
  }
  coord_db_transaction (people->db, add_slots, &load, &error);
  g_assert_no_error (error);
  load.pool = coord_db_pool_new (people->store->path, 1, &error);
  g_assert_no_error (error);
  processor_us = get_processor_us ();
  begun_us = g_get_monotonic_time ();
  for (guint i = 0; i < CALLERS; i++)
    begin (&load);
  while (load.n_done < BOOKINGS)
    g_main_context_iteration (NULL, TRUE);
  per_second = BOOKINGS * (double) G_USEC_PER_SEC / (g_get_monotonic_time () - begun_us);
  processor_us = get_processor_us () - processor_us;
  printf ("{\"bench\": \"%s\", \"callers\": %d, \"per_second\": %.0f, \"goal\": %d, "
          "\"processor_us_each\": %.0f}\n",
    name, CALLERS, per_second, GOAL, processor_us / (double) BOOKINGS);
  coord_db_pool_free (load.pool);
  for (guint i = 0; i < CALLERS; i++)
    g_free (load.candidates[i]);
  for (guint i = 0; i < BOOKINGS; i++)
    g_free (load.slots[i]);
}

int
main (void)
{
  measure ("booking-store", book_at_store);
  measure ("booking-whole", book_whole);
  return 0;
}
