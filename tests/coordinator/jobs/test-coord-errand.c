/* Errands: what their threads work on, and who frees it. */

#include "jobs/coord-errand.h"

#define PATIENCE_MS 60000

typedef struct {
  GMutex lock;
  GCond changed;
  gboolean may_end;
  gboolean is_freed;
  int result;
} Place;

static void
wait_cb (gpointer data)
{
  Place *place = data;

  g_mutex_lock (&place->lock);
  while (!place->may_end)
    g_cond_wait (&place->changed, &place->lock);
  place->result = 7;
  g_mutex_unlock (&place->lock);
}

static void
freed_cb (gpointer data)
{
  Place *place = data;

  g_mutex_lock (&place->lock);
  place->is_freed = TRUE;
  g_cond_broadcast (&place->changed);
  g_mutex_unlock (&place->lock);
}

static void
let_end (Place *place)
{
  g_mutex_lock (&place->lock);
  place->may_end = TRUE;
  g_cond_broadcast (&place->changed);
  g_mutex_unlock (&place->lock);
}

static void
await_freed (Place *place)
{
  g_mutex_lock (&place->lock);
  while (!place->is_freed)
    g_assert_true (g_cond_wait_until (
      &place->changed, &place->lock, g_get_monotonic_time () + PATIENCE_MS * 1000LL));
  g_mutex_unlock (&place->lock);
}

static void
test_done (void)
{
  static Place place;
  g_autoptr (GError) error = NULL;
  CoordErrand *errand = coord_errand_start ("test", wait_cb, &place, freed_cb, &error);

  g_assert_no_error (error);
  g_assert_false (coord_errand_is_done (errand));
  g_assert_false (coord_errand_wait (errand, 1));
  let_end (&place);
  g_assert_true (coord_errand_wait (errand, PATIENCE_MS));
  g_assert_true (coord_errand_is_done (errand));
  g_assert_cmpint (((Place *) coord_errand_get_data (errand))->result, ==, 7);
  g_assert_false (place.is_freed);
  coord_errand_free (errand);
  await_freed (&place);
}

/* Who does not want to wait leaves its data to the thread. */
static void
test_left (void)
{
  static Place place;
  CoordErrand *errand = coord_errand_start ("test", wait_cb, &place, freed_cb, NULL);

  g_assert_nonnull (errand);
  coord_errand_free (errand);
  g_assert_false (place.is_freed);
  let_end (&place);
  await_freed (&place);
  g_assert_cmpint (place.result, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/errand/done", test_done);
  g_test_add_func ("/errand/left", test_left);
  return g_test_run ();
}
