/* Times that are about to be offered, over changes of clocks and ends of years. */
#include "app/ent-offer.h"
#include "protocol/ent-limits.h"

/* Monday, 2 March 2026, 00:00 UTC. */
#define NOW (G_GINT64_CONSTANT (1772409600) * G_USEC_PER_SEC)

static EntOffer
new_offer (GTimeZone *zone, const char *first, EntOfferRepeat repeat, guint count)
{
  EntOffer offer = { .zone = zone, .from = 600, .length = 45, .repeat = repeat, .count = count };

  g_assert_true (ent_offer_parse_date (first, &offer.first));
  return offer;
}

static void
test_dates (void)
{
  static const char *const bad[] = { "", "2026-02-29", "2026-1", "24.12.2026", "2026-12-24-1",
    "20261224", "x-1-1", "1969-01-01" };
  g_autofree char *text = NULL;
  GDate date;

  g_assert_true (ent_offer_parse_date (" 2028-2-29 ", &date));
  text = ent_offer_format_date (&date);
  g_assert_cmpstr (text, ==, "2028-02-29");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ent_offer_parse_date (bad[i], &date));
}

static void
test_times (void)
{
  static const char *const bad[] = { "", "24", "9:60", "9:", "nine", "-1", "9:30:00", "9.30" };
  int minute;

  g_assert_true (ent_offer_parse_time (" 9 ", &minute));
  g_assert_cmpint (minute, ==, 540);
  g_assert_true (ent_offer_parse_time ("23:59", &minute));
  g_assert_cmpint (minute, ==, 1439);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ent_offer_parse_time (bad[i], &minute));
}

/* Ten o'clock stays ten o'clock: the week with the change has an hour less. */
static void
test_over_a_clock_change (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  EntOffer offer = new_offer (berlin, "2026-03-23", ENT_OFFER_WEEKLY, 3);
  EntApiNewSlot slot = { 0 };
  EntApiNewSeries series = ent_offer_build_series (&offer, &slot);

  g_assert_cmpint (ent_offer_get_starts (&offer, 1) - ent_offer_get_starts (&offer, 0), ==,
    7 * G_TIME_SPAN_DAY - G_TIME_SPAN_HOUR);
  g_assert_cmpint (
    ent_offer_get_starts (&offer, 2) - ent_offer_get_starts (&offer, 1), ==, 7 * G_TIME_SPAN_DAY);
  g_assert_cmpint (
    ent_offer_get_ends (&offer, 1) - ent_offer_get_starts (&offer, 1), ==, 45 * G_TIME_SPAN_MINUTE);
  g_assert_cmpstr (ent_api_repeat_nicks[series.every], ==, "week");
  g_assert_cmpint (series.interval, ==, 1);
  g_assert_cmpint (series.count, ==, 3);
}

static void
test_until (void)
{
  static const struct {
    EntOfferRepeat repeat;
    const char *last;
    guint count;
  } cases[] = {
    { ENT_OFFER_ONCE, "2027-01-01", 1 },
    { ENT_OFFER_DAILY, "2026-03-02", 1 },
    { ENT_OFFER_DAILY, "2026-03-01", 0 },
    { ENT_OFFER_DAILY, "2026-03-08", 7 },
    { ENT_OFFER_WEEKLY, "2026-03-08", 1 },
    { ENT_OFFER_WEEKLY, "2026-03-09", 2 },
    { ENT_OFFER_FORTNIGHTLY, "2026-03-29", 2 },
    { ENT_OFFER_FOUR_WEEKLY, "2026-12-31", 11 },
    { ENT_OFFER_DAILY, "9999-12-31", ENT_MAX_LIST },
  };
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    EntOffer offer = new_offer (utc, "2026-03-02", cases[i].repeat, 1);
    GDate last;

    g_assert_true (ent_offer_parse_date (cases[i].last, &last));
    g_assert_cmpuint (ent_offer_count_until (&offer, &last), ==, cases[i].count);
  }
}

static void
test_summary (void)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  EntOffer offer = new_offer (local, "2026-03-04", ENT_OFFER_ONCE, 1);
  g_autofree char *one = ent_offer_new_summary (&offer, NOW);
  g_autofree char *many = NULL;

  offer.repeat = ENT_OFFER_WEEKLY;
  offer.count = 3;
  many = ent_offer_new_summary (&offer, NOW);
  g_assert_cmpstr (one, ==, "Wednesday, 4 March, 10:00 to 10:45");
  g_assert_cmpstr (many, ==,
    "3 times, the first one: Wednesday, 4 March, 10:00 to 10:45. The last one: Wednesday, 18 "
    "March, 10:00.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/offer/dates", test_dates);
  g_test_add_func ("/offer/times", test_times);
  g_test_add_func ("/offer/over-a-clock-change", test_over_a_clock_change);
  g_test_add_func ("/offer/until", test_until);
  g_test_add_func ("/offer/summary", test_summary);
  return g_test_run ();
}
