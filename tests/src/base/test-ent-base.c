#include <string.h>

#include "base/ent-clock.h"
#include "base/ent-id.h"
#include "base/ent-secret.h"

static void
test_id_order (void)
{
  g_autofree char *last = ent_id_new ();

  g_assert_true (ent_id_is_valid (last));
  g_assert_cmpint (last[14], ==, '7');
  for (int i = 0; i < 10000; i++) {
    g_autofree char *id = ent_id_new ();

    g_assert_cmpstr (last, <, id);
    g_free (g_steal_pointer (&last));
    last = g_steal_pointer (&id);
  }
}

static void
test_id_refused (void)
{
  const char *bad[] = { "", "01890a5d-ac96-774b-bcce-b302099a805",
    "01890A5D-ac96-774b-bcce-b302099a8057", "01890a5dxac96-774b-bcce-b302099a8057",
    "../890a5d-ac96-774b-bcce-b302099a805" };

  g_assert_true (ent_id_is_valid ("01890a5d-ac96-774b-bcce-b302099a8057"));
  g_assert_false (ent_id_is_valid (NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ent_id_is_valid (bad[i]));
}

static void
test_secret_token (void)
{
  char *a = ent_secret_new_token ();
  char *b = ent_secret_new_token ();
  g_autoptr (GBytes) raw = ent_secret_from_base64url (a);

  g_assert_cmpuint (strlen (a), ==, 43);
  g_assert_cmpuint (g_bytes_get_size (raw), ==, 32);
  g_assert_false (ent_secret_equal (a, b));
  g_assert_true (ent_secret_equal (a, a));
  g_assert_null (ent_secret_from_base64url ("a+b/"));
  g_assert_null (ent_secret_from_base64url ("aaaaa"));
  ent_secret_free (a);
  ent_secret_free (b);
}

typedef struct {
  EntClock *clock;
  GString *calls;
  int left;
} Ticks;

static gboolean
ticked_cb (gpointer data)
{
  Ticks *ticks = data;

  g_string_append_printf (
    ticks->calls, "%d ", (int) (ent_clock_get_monotonic_us (ticks->clock) / 1000));
  return --ticks->left > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
test_clock_by_hand (void)
{
  g_autoptr (EntClock) clock = ent_clock_new_test (5000000);
  g_autoptr (GString) calls = g_string_new (NULL);
  Ticks often = { clock, calls, 3 }, once = { clock, calls, 1 }, never = { clock, calls, 1 };
  guint id;

  ent_clock_add (clock, 10, ticked_cb, &often);
  ent_clock_add (clock, 25, ticked_cb, &once);
  id = ent_clock_add (clock, 15, ticked_cb, &never);
  ent_clock_remove (clock, id);
  ent_clock_advance (clock, 9);
  g_assert_cmpstr (calls->str, ==, "");
  ent_clock_advance (clock, 100);
  g_assert_cmpstr (calls->str, ==, "10 20 25 30 ");
  g_assert_cmpint (ent_clock_get_wall_us (clock), ==, 5000000 + 109000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/order", test_id_order);
  g_test_add_func ("/id/refused", test_id_refused);
  g_test_add_func ("/secret/token", test_secret_token);
  g_test_add_func ("/clock/by-hand", test_clock_by_hand);
  return g_test_run ();
}
