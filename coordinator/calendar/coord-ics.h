#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appointments as iCalendar (RFC 5545), written with libical. */
typedef struct {
  const char *uid; /* the same for all that is said of one appointment */
  gint64 sequence; /* grows with each change */
  gint64 starts_us;
  gint64 ends_us;
  gint64 made_at_us;
  const char *summary;
  const char *description; /* these may be NULL */
  const char *url;
  const char *organizer; /* mail address */
  const char *attendee; /* mail address */
  const char *attendee_name;
  gboolean is_cancelled;
} CoordIcsEvent;

/* A calendar of these (GPtrArray of CoordIcsEvent, or one). method is REQUEST, CANCEL or PUBLISH.
 * Texts of people are escaped. The caller owns it. */
char *coord_ics_write (const CoordIcsEvent *event, const char *method);
char *coord_ics_write_all (const GPtrArray *events, const char *name);

G_END_DECLS
