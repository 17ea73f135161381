#pragma once

#include <gtk/gtk.h>

#include "ent-hours.h"

G_BEGIN_DECLS

/* The hours of a week as a table of half hours, painted with the mouse or by keys: arrows move,
 * Space changes a half hour, Shift with Up or Down carries it on.
 *
 * Signal: edited. */
#define ENT_TYPE_HOURS_GRID (ent_hours_grid_get_type ())
G_DECLARE_FINAL_TYPE (EntHoursGrid, ent_hours_grid, ENT, HOURS_GRID, GtkWidget)

/* Shows these hours, and changes them; borrowed, and must live as long. NULL: none. */
void ent_hours_grid_set_hours (EntHoursGrid *grid, EntHours *hours);

/* Tells that somebody else has changed them. */
void ent_hours_grid_update (EntHoursGrid *grid);

G_END_DECLS
