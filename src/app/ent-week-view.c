#include "config.h"

#include "ent-week-view.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-time-table.h"
#include "ent-wording.h"

/* An item is never lower, so that its time can be read. */
#define MIN_ITEM_MINUTES 30

struct _EntWeekView {
  GtkWidget parent_instance;

  EntWeek *week; /* NULL: nothing is shown yet */
  EntHours *hours; /* NULL: not known */
  gint64 now_us;
};

G_DEFINE_FINAL_TYPE (EntWeekView, ent_week_view, GTK_TYPE_WIDGET)

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
  if (item->interview == NULL) {
    child = words;
  } else {
    child = gtk_button_new ();
    gtk_button_set_child (GTK_BUTTON (child), words);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (child), "s", item->interview);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (child), "win.show-interview");
  }
  gtk_widget_add_css_class (child, item->interview != NULL ? "week-interview" : "week-offer");
  gtk_widget_set_tooltip_text (child, text);
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
  gtk_widget_queue_resize (GTK_WIDGET (self));
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
}

static void
ent_week_view_init (EntWeekView *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
