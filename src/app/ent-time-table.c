#include "config.h"

#include "ent-time-table.h"

#define LEFT 44
#define TOP 28
#define MIN_DAY_WIDTH 38
#define NAT_DAY_WIDTH 110
#define HOUR_HEIGHT 26
/* Names of days and hours that do not fit are cut. */
#define MARGIN 3

EntTimeTable
ent_time_table_measure (GtkWidget *widget)
{
  EntTimeTable table = { .left = LEFT, .top = TOP };

  table.day_width = (gtk_widget_get_width (widget) - LEFT) / (double) ENT_HOURS_DAYS;
  table.minute_height = (gtk_widget_get_height (widget) - TOP) / (double) ENT_HOURS_DAY_MINUTES;
  return table;
}

void
ent_time_table_get_size (GtkOrientation orientation, int *minimum, int *natural)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = LEFT + ENT_HOURS_DAYS * MIN_DAY_WIDTH;
    *natural = LEFT + ENT_HOURS_DAYS * NAT_DAY_WIDTH;
  } else {
    *minimum = *natural = TOP + 24 * HOUR_HEIGHT;
  }
}

gboolean
ent_time_table_find (const EntTimeTable *table, double x, double y, int *day, int *minute)
{
  double found_day = (x - table->left) / table->day_width;
  double found_minute = (y - table->top) / table->minute_height;

  *day = CLAMP ((int) found_day, 0, ENT_HOURS_DAYS - 1);
  *minute = CLAMP ((int) found_minute, 0, ENT_HOURS_DAY_MINUTES - 1);
  return x >= table->left && y >= table->top && *day == (int) found_day &&
         *minute == (int) found_minute;
}

static GdkRGBA
get_colour (GtkWidget *widget, const char *name, float alpha)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA colour;

  if (name == NULL || !gtk_style_context_lookup_color (style, name, &colour))
    gtk_style_context_get_color (style, &colour);
  colour.alpha *= alpha;
  return colour;
}

static graphene_rect_t
get_rect (const EntTimeTable *table, int day, int from, int until)
{
  return GRAPHENE_RECT_INIT (table->left + day * table->day_width + 1,
    table->top + from * table->minute_height, table->day_width - 1,
    (until - from) * table->minute_height);
}

void
ent_time_table_draw_hours (const EntTimeTable *table,
  GtkWidget *widget,
  GtkSnapshot *snapshot,
  const EntHours *hours)
{
  GdkRGBA colour = get_colour (widget, "accent_bg_color", 0.35);

  for (int day = 0; hours != NULL && day < ENT_HOURS_DAYS; day++)
    for (guint i = 0; i < hours->days[day]->len; i++) {
      const EntHoursSpan *span = &g_array_index (hours->days[day], EntHoursSpan, i);
      graphene_rect_t rect = get_rect (table, day, span->from, span->until);

      gtk_snapshot_append_color (snapshot, &colour, &rect);
    }
}

static void
draw_text (GtkWidget *widget,
  GtkSnapshot *snapshot,
  const char *text,
  double x,
  double y,
  double width,
  PangoAlignment alignment)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  GdkRGBA colour = get_colour (widget, NULL, 0.75);
  graphene_point_t at = GRAPHENE_POINT_INIT (x, y);

  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, alignment);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &at);
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

void
ent_time_table_draw_lines (const EntTimeTable *table, GtkWidget *widget, GtkSnapshot *snapshot)
{
  GdkRGBA colour = get_colour (widget, NULL, 0.15);
  double width = ENT_HOURS_DAYS * table->day_width;
  double height = ENT_HOURS_DAY_MINUTES * table->minute_height;

  for (int hour = 0; hour <= 24; hour++) {
    double y = table->top + hour * 60 * table->minute_height;
    g_autofree char *text = g_strdup_printf ("%02d:00", hour);

    gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (table->left, y, width, 1));
    if (hour < 24)
      draw_text (widget, snapshot, text, 0, y, table->left - MARGIN, PANGO_ALIGN_RIGHT);
  }
  for (int day = 0; day <= ENT_HOURS_DAYS; day++)
    gtk_snapshot_append_color (snapshot, &colour,
      &GRAPHENE_RECT_INIT (table->left + day * table->day_width, table->top, 1, height));
}

void
ent_time_table_draw_head (const EntTimeTable *table,
  GtkWidget *widget,
  GtkSnapshot *snapshot,
  int day,
  const char *name)
{
  draw_text (widget, snapshot, name, table->left + day * table->day_width, MARGIN, table->day_width,
    PANGO_ALIGN_CENTER);
}

void
ent_time_table_draw_frame (const EntTimeTable *table,
  GtkWidget *widget,
  GtkSnapshot *snapshot,
  int day,
  int minute,
  int minutes)
{
  GdkRGBA colour = get_colour (widget, "accent_color", 1);
  graphene_rect_t rect = get_rect (table, day, minute, minute + minutes);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &rect, 2);
  gtk_snapshot_append_border (
    snapshot, &outline, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ colour, colour, colour, colour });
}

/* 5 January 1970 was a Monday. */
static char *
new_weekday (int day, const char *format)
{
  g_autoptr (GDateTime) at = g_date_time_new_utc (1970, 1, 5 + day, 12, 0, 0);

  return g_date_time_format (at, format);
}

char *
ent_time_table_new_weekday (int day)
{
  return new_weekday (day, "%A");
}

char *
ent_time_table_new_short_weekday (int day)
{
  return new_weekday (day, "%a");
}
