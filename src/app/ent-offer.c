#include "config.h"

#include "ent-offer.h"

#include <glib/gi18n.h>

#include "ent-wording.h"
#include "protocol/ent-limits.h"

/* As the server is asked. */
static const struct {
  int every; /* index into ent_api_repeat_nicks */
  int interval;
  int days;
} repeats[] = {
  [ENT_OFFER_ONCE] = { 0, 1, 1 },
  [ENT_OFFER_DAILY] = { 0, 1, 1 },
  [ENT_OFFER_WEEKLY] = { 1, 1, 7 },
  [ENT_OFFER_FORTNIGHTLY] = { 1, 2, 14 },
  [ENT_OFFER_FOUR_WEEKLY] = { 1, 4, 28 },
};

gboolean
ent_offer_parse_date (const char *text, GDate *date)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = g_strsplit (stripped, "-", 4);
  guint64 year, month, day;

  if (g_strv_length (parts) != 3 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 1970, 9999, &year, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 1, 12, &month, NULL) ||
      !g_ascii_string_to_unsigned (parts[2], 10, 1, 31, &day, NULL) ||
      !g_date_valid_dmy (day, month, year))
    return FALSE;
  g_date_clear (date, 1);
  g_date_set_dmy (date, day, month, year);
  return TRUE;
}

char *
ent_offer_format_date (const GDate *date)
{
  return g_strdup_printf ("%04u-%02u-%02u", (guint) g_date_get_year (date),
    (guint) g_date_get_month (date), (guint) g_date_get_day (date));
}

gboolean
ent_offer_parse_time (const char *text, int *minute)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = g_strsplit (stripped, ":", 2);
  guint64 hour = 0, rest = 0;

  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 0, 23, &hour, NULL) ||
      (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &rest, NULL)))
    return FALSE;
  *minute = hour * 60 + rest;
  return TRUE;
}

guint
ent_offer_count_until (const EntOffer *offer, const GDate *last)
{
  int days = g_date_days_between (&offer->first, last);

  if (days < 0)
    return 0;
  if (offer->repeat == ENT_OFFER_ONCE)
    return 1;
  return MIN (days / repeats[offer->repeat].days + 1, ENT_MAX_LIST);
}

gint64
ent_offer_get_starts (const EntOffer *offer, guint number)
{
  GDate day = offer->first;
  g_autoptr (GDateTime) at = NULL;

  g_date_add_days (&day, number * repeats[offer->repeat].days);
  at = g_date_time_new (offer->zone, g_date_get_year (&day), g_date_get_month (&day),
    g_date_get_day (&day), offer->from / 60, offer->from % 60, 0);
  return at != NULL ? g_date_time_to_unix (at) * G_USEC_PER_SEC : 0;
}

gint64
ent_offer_get_ends (const EntOffer *offer, guint number)
{
  return ent_offer_get_starts (offer, number) + offer->length * G_TIME_SPAN_MINUTE;
}

EntApiNewSeries
ent_offer_build_series (const EntOffer *offer, EntApiNewSlot *slot)
{
  return (EntApiNewSeries){ .slot = slot,
    .every = repeats[offer->repeat].every,
    .interval = repeats[offer->repeat].interval,
    .count = offer->count };
}

char *
ent_offer_new_summary (const EntOffer *offer, gint64 now_us)
{
  g_autofree char *first =
    ent_wording_new_span (ent_offer_get_starts (offer, 0), ent_offer_get_ends (offer, 0), now_us);
  g_autofree char *last = NULL;

  if (offer->count <= 1)
    return g_steal_pointer (&first);
  last = ent_wording_new_day_time (ent_offer_get_starts (offer, offer->count - 1), now_us);
  /* Translators: a number of times that are offered, a day with two times, then a day with a time.
   */
  return g_strdup_printf (ngettext ("%u time: %s. The last one: %s.",
                            "%u times, the first one: %s. The last one: %s.", offer->count),
    offer->count, first, last);
}
