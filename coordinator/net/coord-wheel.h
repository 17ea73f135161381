#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COORD_WHEEL_SLOTS 64 /* seconds; more than every wait */

/* Who is to be looked at in which second. Entering and leaving cost the same whatever the number of
 * others. Starts as all zeros. */
typedef struct {
  GQueue slots[COORD_WHEEL_SLOTS];
  guint64 now_s;
} CoordWheel;

/* A place in the wheel, part of what is looked at. */
typedef struct {
  GList link; /* data is set by the owner, once */
  guint64 at_s;
} CoordWheelPlace;

/* Looked at in this second, or in the next one if that is past. It must not be in the wheel. */
void coord_wheel_enter (CoordWheel *wheel, CoordWheelPlace *place, guint64 at_s);
void coord_wheel_leave (CoordWheel *wheel, CoordWheelPlace *place);

/* Moves to another second. */
void coord_wheel_move (CoordWheel *wheel, CoordWheelPlace *place, guint64 at_s);

/* Turns one second forward and returns the first link that is due; lent. Whoever is looked at has
 * to move or to leave. */
GList *coord_wheel_turn (CoordWheel *wheel);

/* Calls a function for all in the wheel; it may move or take out the one it is called for. */
void coord_wheel_foreach (CoordWheel *wheel, GFunc func, gpointer data);

G_END_DECLS
