#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-people.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* Offering a time, or the same hour again and again, alone or with colleagues; changing one that is
 * offered, and taking it back, alone or with the rest of its series.
 *
 * Actions: offer.save, offer.remove, offer.remove-rest; the way back is win.back.
 * Signal: done (const char *sentence). */
#define ENT_TYPE_OFFER_PAGE (ent_offer_page_get_type ())
G_DECLARE_FINAL_TYPE (EntOfferPage, ent_offer_page, ENT, OFFER_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_offer_page_new (EntAccount *account, EntClock *clock);

/* A new one, at first at this time; asks for the colleagues. */
void ent_offer_page_start (EntOfferPage *page, const char *org, gint64 starts_us, gint64 ends_us);

/* One that is offered. */
void ent_offer_page_edit (EntOfferPage *page, const EntApiSlot *slot);

/* Whose appointments the person may offer; list: GPtrArray of EntApiColleague. */
void ent_offer_page_take_colleagues (EntOfferPage *page, const GPtrArray *list);

void ent_offer_page_clear (EntOfferPage *page);

G_END_DECLS
