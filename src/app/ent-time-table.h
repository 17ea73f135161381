#pragma once

#include <gtk/gtk.h>

#include "ent-hours.h"

G_BEGIN_DECLS

/* Where things stand in a table of seven days with hours from top to bottom, and how it is drawn;
 * for widgets that show a week. */
typedef struct {
  double left; /* of the first day: the times of day stand before it */
  double top; /* of midnight: the names of the days stand above it */
  double day_width;
  double minute_height;
} EntTimeTable;

EntTimeTable ent_time_table_measure (GtkWidget *widget);
void ent_time_table_get_size (GtkOrientation orientation, int *minimum, int *natural);

/* Day and minute at a place, the nearest ones where it is outside; FALSE then. */
gboolean ent_time_table_find (const EntTimeTable *table, double x, double y, int *day, int *minute);

/* Parts of the drawing. hours may be NULL. */
void ent_time_table_draw_hours (const EntTimeTable *table,
  GtkWidget *widget,
  GtkSnapshot *snapshot,
  const EntHours *hours);
void
ent_time_table_draw_lines (const EntTimeTable *table, GtkWidget *widget, GtkSnapshot *snapshot);
void ent_time_table_draw_head (const EntTimeTable *table,
  GtkWidget *widget,
  GtkSnapshot *snapshot,
  int day,
  const char *name);
void ent_time_table_draw_frame (const EntTimeTable *table,
  GtkWidget *widget,
  GtkSnapshot *snapshot,
  int day,
  int minute,
  int minutes);

/* "Monday", "Mon" for 0. The caller owns them. */
char *ent_time_table_new_weekday (int day);
char *ent_time_table_new_short_weekday (int day);

G_END_DECLS
