#include "protocol/ent-time.h"

#include <string.h>

#define LAST_TIME_US (253402300800 * G_USEC_PER_SEC) /* the year 10000 */

static void
put_digits (char *at, guint n_digits, guint number)
{
  while (n_digits-- > 0) {
    at[n_digits] = '0' + number % 10;
    number /= 10;
  }
}

/* The date of a day since 1970, counted in eras of 400 years that start on a 1st of March, so that
 * a leap day comes last (H. Hinnant, chrono-compatible low-level date algorithms). */
static void
put_date (char *at, guint64 day)
{
  guint64 shifted = day + 719468, era = shifted / 146097;
  guint of_era = shifted % 146097;
  guint year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  guint of_year = of_era - (365 * year + year / 4 - year / 100);
  guint month = (5 * of_year + 2) / 153; /* from March */

  put_digits (at + 8, 2, of_year - (153 * month + 2) / 5 + 1);
  month = month < 10 ? month + 3 : month - 9;
  put_digits (at + 5, 2, month);
  put_digits (at, 4, era * 400 + year + (month <= 2));
}

void
ent_time_write (char text[ENT_TIME_SIZE], gint64 time_us)
{
  gint64 seconds = time_us >= 0 && time_us < LAST_TIME_US ? time_us / G_USEC_PER_SEC : 0;
  guint of_day = seconds % 86400;

  strcpy (text, "0000-00-00T00:00:00Z");
  put_date (text, seconds / 86400);
  put_digits (text + 11, 2, of_day / 3600);
  put_digits (text + 14, 2, of_day / 60 % 60);
  put_digits (text + 17, 2, of_day % 60);
  if (time_us % G_USEC_PER_SEC == 0 || time_us < 0 || time_us >= LAST_TIME_US)
    return;
  strcpy (text + 19, ".000000Z");
  put_digits (text + 20, 6, time_us % G_USEC_PER_SEC);
}

char *
ent_time_format (gint64 time_us)
{
  char text[ENT_TIME_SIZE];

  ent_time_write (text, time_us);
  return g_strdup (text);
}

gboolean
ent_time_parse (const char *text, gint64 *time_us)
{
  g_autoptr (GDateTime) time = NULL;
  gsize length = strlen (text);

  /* GLib also reads week dates and ordinal dates; RFC 3339 has neither. */
  if (length < 20 || length > 40 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't'))
    return FALSE;
  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL || g_date_time_to_unix (time) < 0)
    return FALSE;
  *time_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return TRUE;
}
