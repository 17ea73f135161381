#include "net/coord-wheel.h"

typedef struct {
  const char *name;
  CoordWheelPlace place;
} Watched;

static Watched *
watch (CoordWheel *wheel, const char *name, guint64 at_s)
{
  Watched *watched = g_new0 (Watched, 1);

  watched->name = name;
  watched->place.link.data = watched;
  coord_wheel_enter (wheel, &watched->place, at_s);
  return watched;
}

/* Turns to the next second and tells who is due. */
static char *
turn (CoordWheel *wheel)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (GList *l = coord_wheel_turn (wheel); l != NULL; l = l->next)
    g_string_append (names, ((Watched *) l->data)->name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
assert_turn (CoordWheel *wheel, const char *due)
{
  g_autofree char *names = turn (wheel);

  g_assert_cmpstr (names, ==, due);
}

static void
test_due (void)
{
  CoordWheel wheel = { .now_s = 100 };
  g_autofree Watched *a = watch (&wheel, "a", 102);
  g_autofree Watched *b = watch (&wheel, "b", 102);
  g_autofree Watched *late = watch (&wheel, "late", 90);

  assert_turn (&wheel, "late");
  coord_wheel_leave (&wheel, &late->place);
  assert_turn (&wheel, "ab");
  coord_wheel_move (&wheel, &a->place, 103);
  coord_wheel_leave (&wheel, &b->place);
  assert_turn (&wheel, "a");
  coord_wheel_leave (&wheel, &a->place);
  for (guint i = 0; i < 2 * COORD_WHEEL_SLOTS; i++)
    assert_turn (&wheel, "");
}

static void
move_cb (gpointer data, gpointer user_data)
{
  Watched *watched = data;
  CoordWheel *wheel = user_data;

  coord_wheel_move (wheel, &watched->place, watched->place.at_s + 1);
}

/* Each once, also those that move to where others are met later. */
static void
test_foreach (void)
{
  CoordWheel wheel = { .now_s = 0 };
  g_autofree Watched *a = watch (&wheel, "a", 1);
  g_autofree Watched *b = watch (&wheel, "b", 2);

  coord_wheel_foreach (&wheel, move_cb, &wheel);
  assert_turn (&wheel, "");
  assert_turn (&wheel, "a");
  assert_turn (&wheel, "b");
  coord_wheel_leave (&wheel, &a->place);
  coord_wheel_leave (&wheel, &b->place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-wheel/due", test_due);
  g_test_add_func ("/coord-wheel/foreach", test_foreach);
  return g_test_run ();
}
