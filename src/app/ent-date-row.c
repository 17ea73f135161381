#include "config.h"

#include "ent-date-row.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-offer.h"

gboolean
ent_date_row_get (AdwEntryRow *row, GDate *date)
{
  return ent_offer_parse_date (gtk_editable_get_text (GTK_EDITABLE (row)), date);
}

void
ent_date_row_set (AdwEntryRow *row, const GDate *date)
{
  g_autofree char *text = ent_offer_format_date (date);

  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

/* Another month is also a day that is selected; somebody is still looking then. */
static gboolean
is_same_month (GtkCalendar *calendar, GDateTime *day)
{
  int month = g_date_time_get_year (day) * 12 + g_date_time_get_month (day);
  int last = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (calendar), "month"));

  g_object_set_data (G_OBJECT (calendar), "month", GINT_TO_POINTER (month));
  return month == last;
}

static void
day_selected_cb (GtkCalendar *calendar, gpointer data)
{
  AdwEntryRow *row = data;
  g_autoptr (GDateTime) day = gtk_calendar_get_date (calendar);
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (calendar), GTK_TYPE_POPOVER);
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, g_date_time_get_day_of_month (day), g_date_time_get_month (day),
    g_date_time_get_year (day));
  ent_date_row_set (row, &date);
  if (is_same_month (calendar, day))
    gtk_popover_popdown (GTK_POPOVER (popover));
}

/* It opens at the date that is written. */
static void
shown_cb (GtkPopover *popover, gpointer data)
{
  AdwEntryRow *row = data;
  GtkCalendar *calendar = GTK_CALENDAR (gtk_popover_get_child (popover));
  g_autoptr (GDateTime) day = NULL;
  GDate date;

  if (ent_date_row_get (row, &date))
    day = g_date_time_new_local (
      g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date), 12, 0, 0);
  else
    day = g_date_time_new_now_local ();
  is_same_month (calendar, day);
  g_signal_handlers_block_by_func (calendar, day_selected_cb, row);
  gtk_calendar_select_day (calendar, day);
  g_signal_handlers_unblock_by_func (calendar, day_selected_cb, row);
}

void
ent_date_row_prepare (AdwEntryRow *row, const char *name)
{
  GtkWidget *calendar, *popover, *button;

  g_return_if_fail (ADW_IS_ENTRY_ROW (row));

  calendar = gtk_calendar_new ();
  popover = gtk_popover_new ();
  button = gtk_menu_button_new ();
  gtk_popover_set_child (GTK_POPOVER (popover), calendar);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "x-office-calendar-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Pick a day"));
  ent_accessible_set_name (button, _ ("Pick a day"));
  g_signal_connect (calendar, "day-selected", G_CALLBACK (day_selected_cb), row);
  g_signal_connect (popover, "show", G_CALLBACK (shown_cb), row);
  adw_entry_row_add_suffix (row, button);
  ent_accessible_name_entry_row (GTK_EDITABLE (row), name);
}
