#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-people.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* Personal links, with each of which one candidate without an account books one interview: making
 * one, which of them were used, taking one back.
 *
 * Actions: links.refresh, links.make, links.revoke (an id).
 * Signal: toast (const char *sentence). */
#define ENT_TYPE_LINKS_PAGE (ent_links_page_get_type ())
G_DECLARE_FINAL_TYPE (EntLinksPage, ent_links_page, ENT, LINKS_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_links_page_new (EntAccount *account, EntClock *clock);

/* Asks the server. */
void ent_links_page_start (EntLinksPage *page);

/* What it has answered: with whom the person may let others book (GPtrArray of EntApiColleague),
 * and the links (of EntApiBookingLink), the oldest first. Both NULL: the person interviews nowhere.
 */
void ent_links_page_take (EntLinksPage *page, const GPtrArray *colleagues, const GPtrArray *links);

void ent_links_page_clear (EntLinksPage *page);

G_END_DECLS
