/* Answers questions about hours and zones, one a line, for a comparison with another program.
 *
 *   zone NAME                   the zone from here on
 *   hours DAY FROM UNTIL        weekly hours to add;  clear  removes all
 *   time DAY MINUTE             -> seconds since 1970
 *   day SECONDS                 -> DAY MINUTE
 *   expand FROM UNTIL           -> START-END START-END ... in seconds */

#include <stdio.h>
#include <string.h>

#include "calendar/coord-hours.h"
#include "calendar/coord-zone.h"

static void
expand (const CoordAvailability *availability, gint64 from_s, gint64 until_s)
{
  g_autoptr (GArray) spans =
    coord_hours_expand (availability, from_s * G_USEC_PER_SEC, until_s * G_USEC_PER_SEC);

  for (guint i = 0; i < spans->len; i++) {
    const CoordSpan *span = &g_array_index (spans, CoordSpan, i);

    printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " ", span->starts_us / G_USEC_PER_SEC,
      span->ends_us / G_USEC_PER_SEC);
  }
  putchar ('\n');
}

static void
answer (CoordAvailability *availability, const char *line)
{
  long long from, until;
  CoordHours hours;
  int day, minute;

  if (g_str_has_prefix (line, "zone ")) {
    g_clear_pointer (&availability->zone, g_time_zone_unref);
    availability->zone = g_time_zone_new_identifier (line + 5);
    g_assert_nonnull (availability->zone);
  } else if (sscanf (line, "hours %d %d %d", &hours.day, &hours.from, &hours.until) == 3) {
    g_array_append_val (availability->weekly, hours);
  } else if (strcmp (line, "clear") == 0) {
    g_array_set_size (availability->weekly, 0);
  } else if (sscanf (line, "time %d %d", &day, &minute) == 2) {
    printf ("%" G_GINT64_FORMAT "\n",
      coord_zone_find_time (availability->zone, day, minute) / G_USEC_PER_SEC);
  } else if (sscanf (line, "day %lld", &from) == 1) {
    day = coord_zone_find_day (availability->zone, from * G_USEC_PER_SEC, &minute);
    printf ("%d %d\n", day, minute);
  } else if (sscanf (line, "expand %lld %lld", &from, &until) == 2) {
    expand (availability, from, until);
  } else {
    g_error ("not understood: %s", line);
  }
}

int
main (void)
{
  CoordAvailability availability = { .weekly = g_array_new (FALSE, FALSE, sizeof (CoordHours)) };
  char line[256];

  while (fgets (line, sizeof line, stdin) != NULL)
    answer (&availability, g_strchomp (line));
  g_clear_pointer (&availability.zone, g_time_zone_unref);
  g_array_unref (availability.weekly);
  return 0;
}
