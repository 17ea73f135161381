#include "calendar/coord-ics.h"

#define LIBICAL_GLIB_UNSTABLE_API 1
#include <libical-glib/libical-glib.h>

static ICalTime *
make_time (gint64 time_us)
{
  return i_cal_time_new_from_timet_with_zone (
    time_us / G_USEC_PER_SEC, FALSE, i_cal_timezone_get_utc_timezone ());
}

static void
take_time (ICalComponent *event, ICalProperty *(*make) (ICalTime *), gint64 time_us)
{
  ICalTime *time = make_time (time_us);

  i_cal_component_take_property (event, make (time));
  g_object_unref (time);
}

/* Control characters have no place in a calendar, and libical would let them pass. */
static char *
clean (const char *text)
{
  char *copy = g_strdup (text);

  for (char *c = copy; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) && *c != '\n')
      *c = ' ';
  return copy;
}

static void
take_text (ICalComponent *event, ICalProperty *(*make) (const char *), const char *text)
{
  g_autofree char *copy = text != NULL ? clean (text) : NULL;

  if (copy != NULL)
    i_cal_component_take_property (event, make (copy));
}

static void
take_attendee (ICalComponent *component, const CoordIcsEvent *event)
{
  g_autofree char *address = g_strconcat ("mailto:", event->attendee, NULL);
  ICalProperty *property = i_cal_property_new_attendee (address);

  if (event->attendee_name != NULL) {
    g_autofree char *name = g_strdelimit (clean (event->attendee_name), "\"\n", ' ');

    i_cal_property_take_parameter (property, i_cal_parameter_new_cn (name));
  }
  i_cal_property_take_parameter (property, i_cal_parameter_new_role (I_CAL_ROLE_REQPARTICIPANT));
  i_cal_property_take_parameter (property, i_cal_parameter_new_partstat (I_CAL_PARTSTAT_ACCEPTED));
  i_cal_component_take_property (component, property);
}

static ICalComponent *
make_event (const CoordIcsEvent *event)
{
  ICalComponent *component = i_cal_component_new (I_CAL_VEVENT_COMPONENT);

  i_cal_component_take_property (component, i_cal_property_new_uid (event->uid));
  i_cal_component_take_property (component, i_cal_property_new_sequence ((int) event->sequence));
  take_time (component, i_cal_property_new_dtstamp, event->made_at_us);
  take_time (component, i_cal_property_new_dtstart, event->starts_us);
  take_time (component, i_cal_property_new_dtend, event->ends_us);
  take_text (component, i_cal_property_new_summary, event->summary);
  take_text (component, i_cal_property_new_description, event->description);
  take_text (component, i_cal_property_new_url, event->url);
  if (event->organizer != NULL) {
    g_autofree char *address = g_strconcat ("mailto:", event->organizer, NULL);

    i_cal_component_take_property (component, i_cal_property_new_organizer (address));
  }
  if (event->attendee != NULL)
    take_attendee (component, event);
  i_cal_component_take_property (
    component, i_cal_property_new_status (
                 event->is_cancelled ? I_CAL_STATUS_CANCELLED : I_CAL_STATUS_CONFIRMED));
  return component;
}

static ICalComponent *
make_calendar (void)
{
  ICalComponent *calendar = i_cal_component_new (I_CAL_VCALENDAR_COMPONENT);

  i_cal_component_take_property (calendar, i_cal_property_new_version ("2.0"));
  i_cal_component_take_property (
    calendar, i_cal_property_new_prodid ("-//Entrevue//Coordinator//EN"));
  return calendar;
}

/* libical 3.0 folds a line between the two bytes of its own end when it is just so long. Texts hold
 * no CR, so this can be nothing else. */
static char *
write_text (ICalComponent *calendar)
{
  g_autofree char *text = i_cal_component_as_ical_string (calendar);
  GString *mended = g_string_new (text);

  g_string_replace (mended, "\r\r\n \n", "\r\n", 0);
  return g_string_free (mended, FALSE);
}

char *
coord_ics_write (const CoordIcsEvent *event, const char *method)
{
  g_autoptr (GObject) owned = G_OBJECT (make_calendar ());
  ICalComponent *calendar = I_CAL_COMPONENT (owned);
  ICalPropertyMethod number = i_cal_property_method_from_string (method);

  i_cal_component_take_property (calendar, i_cal_property_new_method (number));
  i_cal_component_take_component (calendar, make_event (event));
  return write_text (calendar);
}

char *
coord_ics_write_all (const GPtrArray *events, const char *name)
{
  g_autoptr (GObject) owned = G_OBJECT (make_calendar ());
  ICalComponent *calendar = I_CAL_COMPONENT (owned);
  ICalProperty *title = i_cal_property_new_x (name);

  i_cal_property_set_x_name (title, "X-WR-CALNAME");
  i_cal_component_take_property (calendar, title);
  i_cal_component_take_property (calendar, i_cal_property_new_method (I_CAL_METHOD_PUBLISH));
  for (guint i = 0; i < events->len; i++)
    i_cal_component_take_component (calendar, make_event (events->pdata[i]));
  return write_text (calendar);
}
