#pragma once

#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* Times that somebody is about to offer: one, or the same hour on the wall again and again. */
typedef enum {
  ENT_OFFER_ONCE,
  ENT_OFFER_DAILY,
  ENT_OFFER_WEEKLY,
  ENT_OFFER_FORTNIGHTLY,
  ENT_OFFER_FOUR_WEEKLY,
} EntOfferRepeat;

typedef struct {
  GTimeZone *zone; /* borrowed: on whose wall */
  GDate first;
  int from; /* minute of the day */
  int length; /* minutes */
  EntOfferRepeat repeat;
  guint count; /* of all; 1 for ENT_OFFER_ONCE */
} EntOffer;

/* "2026-12-24" of a date that there is, and back; the caller owns the text. */
gboolean ent_offer_parse_date (const char *text, GDate *date);
char *ent_offer_format_date (const GDate *date);

/* "14", "14:30"; FALSE when it is no time of a day. */
gboolean ent_offer_parse_time (const char *text, int *minute);

/* How many there are until a day, that day included; 0 when it is before the first, and never more
 * than a list may hold. */
guint ent_offer_count_until (const EntOffer *offer, const GDate *last);

/* When one of them is; 0 is the first. The clocks may have changed in between. */
gint64 ent_offer_get_starts (const EntOffer *offer, guint number);
gint64 ent_offer_get_ends (const EntOffer *offer, guint number);

/* What is asked of the server: all but its slot, which is borrowed. */
EntApiNewSeries ent_offer_build_series (const EntOffer *offer, EntApiNewSlot *slot);

/* "Tuesday, 24 November 2026, 14:00 to 14:45", and for more than one how many and the last one; the
 * caller owns it. */
char *ent_offer_new_summary (const EntOffer *offer, gint64 now_us);

G_END_DECLS
