#include "config.h"

#include "ent-hours-grid.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-time-table.h"

#define STEP 30 /* minutes */
#define N_STEPS (ENT_HOURS_DAY_MINUTES / STEP)

struct _EntHoursGrid {
  GtkWidget parent_instance;

  EntHours *hours; /* borrowed; NULL: none */
  int day; /* of the cursor */
  int step;
  GPtrArray *before; /* EntApiHours: what was there when a stroke began */
  int first_day; /* where it began */
  int first_step;
  gboolean adds; /* the stroke adds hours, or takes them away */
};

G_DEFINE_FINAL_TYPE (EntHoursGrid, ent_hours_grid, GTK_TYPE_WIDGET)

enum { SIGNAL_EDITED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_cursor (EntHoursGrid *self)
{
  g_autofree char *day = ent_time_table_new_weekday (self->day);
  int from = self->step * STEP, until = from + STEP;
  gboolean is_free = self->hours != NULL && ent_hours_is_free (self->hours, self->day, from);
  g_autofree char *name =
    /* Translators: a day of the week, hours and minutes from and until. */
    g_strdup_printf (
      is_free ? _ ("%s %02d:%02d to %02d:%02d: free") : _ ("%s %02d:%02d to %02d:%02d: not free"),
      day, from / 60, from % 60, until / 60, until % 60);

  ent_accessible_set_name (GTK_WIDGET (self), name);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
edit (EntHoursGrid *self, int day, int step, gboolean is_free)
{
  if (self->hours == NULL)
    return;
  ent_hours_set (self->hours, day, step * STEP, (step + 1) * STEP, is_free);
  g_signal_emit (self, signals[SIGNAL_EDITED], 0);
}

/* --- drawing
 * --------------------------------------------------------------------------------------- */

static void
ent_hours_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EntHoursGrid *self = ENT_HOURS_GRID (widget);
  EntTimeTable table = ent_time_table_measure (widget);

  ent_time_table_draw_hours (&table, widget, snapshot, self->hours);
  ent_time_table_draw_lines (&table, widget, snapshot);
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    g_autofree char *name = ent_time_table_new_short_weekday (day);

    ent_time_table_draw_head (&table, widget, snapshot, day, name);
  }
  if (gtk_widget_has_focus (widget))
    ent_time_table_draw_frame (&table, widget, snapshot, self->day, self->step * STEP, STEP);
}

static void
ent_hours_grid_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  ent_time_table_get_size (orientation, minimum, natural);
}

/* --- mouse
 * ----------------------------------------------------------------------------------------- */

static void
paint (EntHoursGrid *self, int day, int step)
{
  ent_hours_load (self->hours, self->before);
  for (int i = MIN (day, self->first_day); i <= MAX (day, self->first_day); i++)
    ent_hours_set (self->hours, i, MIN (step, self->first_step) * STEP,
      (MAX (step, self->first_step) + 1) * STEP, self->adds);
  self->day = day;
  self->step = step;
  show_cursor (self);
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  EntHoursGrid *self = data;
  EntTimeTable table = ent_time_table_measure (GTK_WIDGET (self));
  int day, minute;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->hours == NULL || !ent_time_table_find (&table, x, y, &day, &minute)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  g_clear_pointer (&self->before, g_ptr_array_unref);
  self->before = ent_hours_save (self->hours);
  self->first_day = day;
  self->first_step = minute / STEP;
  self->adds = !ent_hours_is_free (self->hours, day, minute);
  paint (self, day, self->first_step);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  EntHoursGrid *self = data;
  EntTimeTable table = ent_time_table_measure (GTK_WIDGET (self));
  double x, y;
  int day, minute;

  if (self->before == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  ent_time_table_find (&table, x + dx, y + dy, &day, &minute);
  paint (self, day, minute / STEP);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  EntHoursGrid *self = data;

  if (self->before == NULL)
    return;
  g_clear_pointer (&self->before, g_ptr_array_unref);
  g_signal_emit (self, signals[SIGNAL_EDITED], 0);
}

/* --- keys
 * ------------------------------------------------------------------------------------------ */

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
  guint key,
  guint code,
  GdkModifierType state,
  gpointer data)
{
  EntHoursGrid *self = data;
  int day = self->day, step = self->step;
  gboolean is_free = self->hours != NULL && ent_hours_is_free (self->hours, day, step * STEP);

  switch (key) {
  case GDK_KEY_Left:
    day--;
    break;
  case GDK_KEY_Right:
    day++;
    break;
  case GDK_KEY_Up:
    step--;
    break;
  case GDK_KEY_Down:
    step++;
    break;
  case GDK_KEY_space:
    edit (self, day, step, !is_free);
    show_cursor (self);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  self->day = CLAMP (day, 0, ENT_HOURS_DAYS - 1);
  self->step = CLAMP (step, 0, N_STEPS - 1);
  if ((state & GDK_SHIFT_MASK) != 0)
    edit (self, self->day, self->step, is_free);
  show_cursor (self);
  return GDK_EVENT_STOP;
}

static void
focus_cb (GtkEventControllerFocus *controller, gpointer data)
{
  show_cursor (ENT_HOURS_GRID (data));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_hours_grid_finalize (GObject *object)
{
  EntHoursGrid *self = ENT_HOURS_GRID (object);

  g_clear_pointer (&self->before, g_ptr_array_unref);

  G_OBJECT_CLASS (ent_hours_grid_parent_class)->finalize (object);
}

static void
ent_hours_grid_class_init (EntHoursGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ent_hours_grid_finalize;
  widget_class->snapshot = ent_hours_grid_snapshot;
  widget_class->measure = ent_hours_grid_measure;

  signals[SIGNAL_EDITED] = g_signal_new (
    "edited", ENT_TYPE_HOURS_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
}

static void
ent_hours_grid_init (EntHoursGrid *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->step = 9 * 60 / STEP;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  show_cursor (self);
}

void
ent_hours_grid_set_hours (EntHoursGrid *self, EntHours *hours)
{
  g_return_if_fail (ENT_IS_HOURS_GRID (self));

  self->hours = hours;
  g_clear_pointer (&self->before, g_ptr_array_unref);
  show_cursor (self);
}

void
ent_hours_grid_update (EntHoursGrid *self)
{
  g_return_if_fail (ENT_IS_HOURS_GRID (self));
  show_cursor (self);
}
