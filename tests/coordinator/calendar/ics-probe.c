/* Prints calendars for others to read: ics-probe request|cancel|feed. */

#include <stdio.h>
#include <string.h>

#include "calendar/coord-ics.h"

int
main (int argc, char **argv)
{
  CoordIcsEvent event = { .uid = "01890a5d-ac96-774b-bcce-b302099a8058@entrevue",
    .sequence = 1,
    .starts_us = G_GINT64_CONSTANT (1774173600) * G_USEC_PER_SEC,
    .ends_us = G_GINT64_CONSTANT (1774177200) * G_USEC_PER_SEC,
    .made_at_us = G_GINT64_CONSTANT (1774000000) * G_USEC_PER_SEC,
    .summary = "Gespräch; C, C++ \\ Rust\nEND:VEVENT",
    .description =
      "A long line that has to be folded, since no line of a calendar may have more than "
      "seventy-five bytes: äöü äöü äöü äöü äöü",
    .url = "https://interviews.example.org/join/1",
    .organizer = "entrevue@example.org",
    .attendee = "zoe@example.org",
    .attendee_name = "Zoë \"Z\" Ünal" };
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) events = g_ptr_array_new ();

  if (strcmp (argv[1], "feed") == 0) {
    CoordIcsEvent other = event;

    other.uid = "other@entrevue";
    other.is_cancelled = TRUE;
    g_ptr_array_add (events, &event);
    g_ptr_array_add (events, &other);
    text = coord_ics_write_all (events, "Entrevue");
  } else {
    gboolean is_cancel = strcmp (argv[1], "cancel") == 0;

    event.is_cancelled = is_cancel;
    event.sequence += is_cancel;
    text = coord_ics_write (&event, is_cancel ? "CANCEL" : "REQUEST");
  }
  fputs (text, stdout);
  return 0;
}
