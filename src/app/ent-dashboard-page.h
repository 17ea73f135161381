#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "ent-interview.h"

G_BEGIN_DECLS

/* The interviews of the person who is signed in: upcoming and past, with a way in.
 *
 * While it is shown, what can be entered follows the clock. With no answer from the server the list
 * that was known stays, under a bar that says so.
 *
 * Property (write-only): unread (how many notifications the bell tells of). */
#define ENT_TYPE_DASHBOARD_PAGE (ent_dashboard_page_get_type ())
G_DECLARE_FINAL_TYPE (EntDashboardPage, ent_dashboard_page, ENT, DASHBOARD_PAGE, AdwBin)

/* clock NULL: the real one. */
GtkWidget *ent_dashboard_page_new (EntAccount *account, EntClock *clock);

/* Asks the server again. */
void ent_dashboard_page_refresh (EntDashboardPage *page);

/* Forgets the lists: somebody signed out. */
void ent_dashboard_page_clear (EntDashboardPage *page);

/* The upcoming interview with this id; NULL: none. Caller owns. */
EntInterview *ent_dashboard_page_find (EntDashboardPage *page, const char *id);

/* Shows lists as the server sent them; for ent_dashboard_page_refresh() and tests. */
void ent_dashboard_page_take_lists (EntDashboardPage *page,
  const EntApiInterviewList *upcoming,
  const EntApiInterviewList *past);

G_END_DECLS
