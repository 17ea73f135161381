#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "protocol/ent-api-schedule.h"
#include "protocol/ent-link-uri.h"

G_BEGIN_DECLS

/* What a personal link is for: its holder, who needs no account, books one interview, moves it,
 * cancels it, and enters its room.
 *
 * Actions: guest.refresh, guest.take (a time in us), guest.join, guest.move, guest.cancel.
 * Signals: toast (const char *sentence), join (const char *link, const char *name). */
#define ENT_TYPE_GUEST_PAGE (ent_guest_page_get_type ())
G_DECLARE_FINAL_TYPE (EntGuestPage, ent_guest_page, ENT, GUEST_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_guest_page_new (EntClock *clock);

/* Asks the server of a link of ent_link_uri_parse_booking(). */
void ent_guest_page_start (EntGuestPage *page, const EntLinkUri *link);

/* What it has answered. */
void ent_guest_page_take (EntGuestPage *page, const EntApiGuestView *view);

/* Forgets the link. */
void ent_guest_page_clear (EntGuestPage *page);

G_END_DECLS
