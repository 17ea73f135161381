#pragma once

#include <adwaita.h>

#include "protocol/ent-link-uri.h"

G_BEGIN_DECLS

/* Joining with a link: the link (when it did not open the app) and the name to be seen by.
 *
 * Signals: join (EntLinkUri *link, const char *name), book (EntLinkUri *link), for a link to book a
 * time with; the link is lent to the handler. invited (const char *link), for an invitation into an
 * organisation.
 * Actions: join.go, join.back (handled by the window as win.back). */
#define ENT_TYPE_JOIN_PAGE (ent_join_page_get_type ())
G_DECLARE_FINAL_TYPE (EntJoinPage, ent_join_page, ENT, JOIN_PAGE, AdwBin)

GtkWidget *ent_join_page_new (void);

/* Asks again with what was entered, the link too, after it opened no room. */
void ent_join_page_ask_again (EntJoinPage *page);

/* Starts over: with a link that was opened, or NULL to ask for one; name may be NULL. */
void ent_join_page_start (EntJoinPage *page, const char *link, const char *name);

G_END_DECLS
