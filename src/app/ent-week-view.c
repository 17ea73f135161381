#include "config.h"

#include "ent-week-view.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-time-table.h"
#include "ent-wording.h"

/* An item is never lower, so that its time can be read. */
#define MIN_ITEM_MINUTES 30
#define STEP 15 /* minutes, of the mouse */
#define KEY_STEP 30
#define USUAL 60 /* minutes */

struct _EntWeekView {
  GtkWidget parent_instance;

  EntWeek *week; /* NULL: nothing is shown yet */
  EntHours *hours; /* NULL: not known */
  gint64 now_us;
  gboolean can_offer;
  int day; /* of the mark */
  int from;
  int until;
  gboolean is_dragging;
  int drag_from; /* the minute where it began */
};

G_DEFINE_FINAL_TYPE (EntWeekView, ent_week_view, GTK_TYPE_WIDGET)

enum { SIGNAL_MARKED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Where a child stands. */
typedef struct {
  int day;
  int from;
  int until;
} Place;

void
ent_week_item_free (EntWeekItem *item)
{
  g_free (item->interview);
  g_free (item->slot);
  g_free (item->title);
  g_free (item);
}

char *
ent_week_item_new_text (const EntWeekItem *item)
{
  g_autofree char *starts = ent_wording_new_time (item->starts);
  g_autofree char *ends = ent_wording_new_time (item->ends);

  if (item->interview != NULL)
    /* Translators: two times of day, and the title of an interview. */
    return g_strdup_printf (_ ("%s to %s, %s"), starts, ends, item->title);
  /* Translators: two times of day, and the title of what is offered. */
  return g_strdup_printf (_ ("%s to %s, offered: %s"), starts, ends, item->title);
}

static gboolean
query_tooltip_cb (GtkWidget *child,
  int x,
  int y,
  gboolean is_by_keyboard,
  GtkTooltip *tooltip,
  gpointer data)
{
  gtk_tooltip_set_text (tooltip, g_object_get_data (G_OBJECT (child), "text"));
  return TRUE;
}

static GtkWidget *
new_child (EntWeekView *self, const EntWeekItem *item, int day)
{
  g_autofree char *starts = ent_wording_new_time (item->starts);
  g_autofree char *label = g_strdup_printf ("%s %s", starts, item->title);
  g_autofree char *text = ent_week_item_new_text (item);
  g_autofree char *day_name = ent_week_new_day_name (self->week, day, FALSE);
  g_autofree char *name = g_strdup_printf ("%s, %s", day_name, text);
  GtkWidget *words = gtk_label_new (label);
  GtkWidget *child;

  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_widget_add_css_class (words, "caption");
  child = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (child), words);
  if (item->interview != NULL) {
    gtk_actionable_set_action_target (GTK_ACTIONABLE (child), "s", item->interview);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (child), "win.show-interview");
  } else {
    gtk_actionable_set_action_target (GTK_ACTIONABLE (child), "s", item->slot);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (child), "week.show-offer");
  }
  gtk_widget_add_css_class (child, item->interview != NULL ? "week-interview" : "week-offer");
  /* With a text of its own GTK would ask the display for each child where the pointer is. */
  g_object_set_data_full (G_OBJECT (child), "text", g_steal_pointer (&text), g_free);
  gtk_widget_set_has_tooltip (child, TRUE);
  g_signal_connect (child, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  ent_accessible_set_name (child, name);
  return child;
}

static void
remove_children (EntWeekView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

static void
show_mark (EntWeekView *self)
{
  g_autofree char *day = NULL;
  g_autofree char *name = NULL;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (!self->can_offer || self->week == NULL) {
    ent_accessible_set_name (GTK_WIDGET (self), _ ("Week"));
    return;
  }
  day = ent_week_new_day_name (self->week, self->day, FALSE);
  /* Translators: a day, hours and minutes from and until. */
  name = g_strdup_printf (_ ("%s, %02d:%02d to %02d:%02d: Return offers this time"), day,
    self->from / 60, self->from % 60, self->until / 60, self->until % 60);
  ent_accessible_set_name (GTK_WIDGET (self), name);
}

void
ent_week_view_show (EntWeekView *self,
  const EntWeek *week,
  const GPtrArray *items,
  EntHours *hours,
  gint64 now_us)
{
  g_return_if_fail (ENT_IS_WEEK_VIEW (self));

  remove_children (self);
  g_clear_pointer (&self->hours, ent_hours_free);
  g_clear_pointer (&self->week, ent_week_free);
  self->week = ent_week_copy (week);
  self->hours = hours;
  self->now_us = now_us;
  for (guint i = 0; i < items->len; i++) {
    const EntWeekItem *item = g_ptr_array_index (items, i);
    Place place;
    GtkWidget *child;

    if (!ent_week_find (week, item->starts, &place.day, &place.from))
      continue;
    place.until = MIN (ENT_HOURS_DAY_MINUTES,
      place.from + MAX (MIN_ITEM_MINUTES, (item->ends - item->starts) / G_TIME_SPAN_MINUTE));
    child = new_child (self, item, place.day);
    g_object_set_data_full (G_OBJECT (child), "place", g_memdup2 (&place, sizeof place), g_free);
    gtk_widget_set_parent (child, GTK_WIDGET (self));
  }
  show_mark (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ent_week_view_set_can_offer (EntWeekView *self, gboolean can_offer)
{
  g_return_if_fail (ENT_IS_WEEK_VIEW (self));

  self->can_offer = can_offer;
  gtk_widget_set_focusable (GTK_WIDGET (self), can_offer);
  show_mark (self);
}

/* --- marking
 * --------------------------------------------------------------------------------------- */

static void
take_mark (EntWeekView *self)
{
  if (self->week != NULL)
    g_signal_emit (self, signals[SIGNAL_MARKED], 0,
      ent_week_get_time_us (self->week, self->day, self->from),
      ent_week_get_time_us (self->week, self->day, self->until));
}

static void
set_mark (EntWeekView *self, int day, int from, int until)
{
  self->day = CLAMP (day, 0, ENT_HOURS_DAYS - 1);
  self->from = CLAMP (from, 0, ENT_HOURS_DAY_MINUTES - KEY_STEP);
  self->until = CLAMP (until, self->from + STEP, ENT_HOURS_DAY_MINUTES);
  show_mark (self);
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  EntWeekView *self = data;
  EntTimeTable table = ent_time_table_measure (GTK_WIDGET (self));
  int day, minute;

  if (!self->can_offer || !ent_time_table_find (&table, x, y, &day, &minute)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_from = minute / STEP * STEP;
  set_mark (self, day, self->drag_from, self->drag_from + USUAL);
}

/* A press alone moves the mark; what is drawn from there is taken. */
static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  EntWeekView *self = data;
  EntTimeTable table = ent_time_table_measure (GTK_WIDGET (self));
  double x, y;
  int day, minute;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y) ||
      (!self->is_dragging && !gtk_drag_check_threshold (GTK_WIDGET (self), x, y, x + dx, y + dy)))
    return;
  self->is_dragging = TRUE;
  ent_time_table_find (&table, x, y + dy, &day, &minute);
  minute = minute / STEP * STEP;
  set_mark (self, self->day, MIN (minute, self->drag_from), MAX (minute, self->drag_from) + STEP);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  EntWeekView *self = data;
  gboolean was_dragging = self->is_dragging;

  self->is_dragging = FALSE;
  if (was_dragging)
    take_mark (self);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
  guint key,
  guint code,
  GdkModifierType state,
  gpointer data)
{
  EntWeekView *self = data;
  gboolean is_longer = (state & GDK_SHIFT_MASK) != 0;
  int steps = 0, days = 0;

  if (!self->can_offer || !gtk_widget_is_focus (GTK_WIDGET (self)) ||
      (state & (GDK_ALT_MASK | GDK_CONTROL_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Left:
    days = -1;
    break;
  case GDK_KEY_Right:
    days = 1;
    break;
  case GDK_KEY_Up:
    steps = -KEY_STEP;
    break;
  case GDK_KEY_Down:
    steps = KEY_STEP;
    break;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
    take_mark (self);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  if (is_longer)
    set_mark (self, self->day, self->from, self->until + steps);
  else
    set_mark (self, self->day + days, self->from + steps, self->until + steps);
  return GDK_EVENT_STOP;
}

static void
focus_cb (GtkEventControllerFocus *controller, gpointer data)
{
  gtk_widget_queue_draw (GTK_WIDGET (data));
}

static void
ent_week_view_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  ent_time_table_get_size (orientation, minimum, natural);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_measure (child, orientation, -1, NULL, NULL, NULL, NULL);
}

static void
ent_week_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EntTimeTable table = ent_time_table_measure (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    const Place *place = g_object_get_data (G_OBJECT (child), "place");
    GtkAllocation at = { table.left + place->day * table.day_width + 2,
      table.top + place->from * table.minute_height, table.day_width - 3,
      (place->until - place->from) * table.minute_height };
    int min_width, min_height;

    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, NULL, NULL, NULL);
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, &min_height, NULL, NULL, NULL);
    at.width = MAX (at.width, min_width);
    at.height = MAX (at.height, min_height);
    gtk_widget_size_allocate (child, &at, -1);
  }
}

static void
ent_week_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EntWeekView *self = ENT_WEEK_VIEW (widget);
  EntTimeTable table = ent_time_table_measure (widget);
  int today, now;

  if (self->week == NULL)
    return;
  ent_time_table_draw_hours (&table, widget, snapshot, self->hours);
  ent_time_table_draw_lines (&table, widget, snapshot);
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    g_autofree char *name = ent_week_new_day_name (self->week, day, TRUE);

    ent_time_table_draw_head (&table, widget, snapshot, day, name);
  }
  if (ent_week_find (self->week, self->now_us, &today, &now))
    ent_time_table_draw_frame (&table, widget, snapshot, today, now, 1);
  if (self->is_dragging || (self->can_offer && gtk_widget_is_focus (widget)))
    ent_time_table_draw_frame (
      &table, widget, snapshot, self->day, self->from, self->until - self->from);
  GTK_WIDGET_CLASS (ent_week_view_parent_class)->snapshot (widget, snapshot);
}

static void
ent_week_view_dispose (GObject *object)
{
  remove_children (ENT_WEEK_VIEW (object));

  G_OBJECT_CLASS (ent_week_view_parent_class)->dispose (object);
}

static void
ent_week_view_finalize (GObject *object)
{
  g_clear_pointer (&ENT_WEEK_VIEW (object)->week, ent_week_free);
  g_clear_pointer (&ENT_WEEK_VIEW (object)->hours, ent_hours_free);

  G_OBJECT_CLASS (ent_week_view_parent_class)->finalize (object);
}

static void
ent_week_view_class_init (EntWeekViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_week_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ent_week_view_finalize;
  widget_class->measure = ent_week_view_measure;
  widget_class->size_allocate = ent_week_view_size_allocate;
  widget_class->snapshot = ent_week_view_snapshot;

  signals[SIGNAL_MARKED] = g_signal_new ("marked", ENT_TYPE_WEEK_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ent_week_view_init (EntWeekView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->from = 9 * 60;
  self->until = self->from + USUAL;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
