#include "net/coord-wheel.h"

static GQueue *
get_slot (CoordWheel *wheel, guint64 at_s)
{
  return &wheel->slots[at_s % COORD_WHEEL_SLOTS];
}

void
coord_wheel_enter (CoordWheel *wheel, CoordWheelPlace *place, guint64 at_s)
{
  place->at_s = MAX (at_s, wheel->now_s + 1);
  g_queue_push_tail_link (get_slot (wheel, place->at_s), &place->link);
}

void
coord_wheel_leave (CoordWheel *wheel, CoordWheelPlace *place)
{
  g_queue_unlink (get_slot (wheel, place->at_s), &place->link);
}

void
coord_wheel_move (CoordWheel *wheel, CoordWheelPlace *place, guint64 at_s)
{
  coord_wheel_leave (wheel, place);
  coord_wheel_enter (wheel, place, at_s);
}

GList *
coord_wheel_turn (CoordWheel *wheel)
{
  wheel->now_s++;
  return get_slot (wheel, wheel->now_s)->head;
}

void
coord_wheel_foreach (CoordWheel *wheel, GFunc func, gpointer data)
{
  /* Collected first: some would be met again in the slot they move to. */
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < COORD_WHEEL_SLOTS; i++)
    for (GList *l = wheel->slots[i].head; l != NULL; l = l->next)
      g_ptr_array_add (all, l->data);
  g_ptr_array_foreach (all, func, data);
}
