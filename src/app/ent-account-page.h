#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "ent-second-factor-page.h"

G_BEGIN_DECLS

/* The signed-in person's own account: what the parts `ent-own-*` show, in one page that loads them
 * together, and the state of the second factor.
 *
 * Actions: account.refresh, account.second-factor (s: set-up, new-codes, turn-off).
 * Signals: toast (const char *sentence): something is done; second-factor (EntSecondFactorGoal):
 * the page for it is asked for. */
#define ENT_TYPE_ACCOUNT_PAGE (ent_account_page_get_type ())
G_DECLARE_FINAL_TYPE (EntAccountPage, ent_account_page, ENT, ACCOUNT_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_account_page_new (EntAccount *account, EntClock *clock);

/* Asks the server anew, and empties the fields. */
void ent_account_page_start (EntAccountPage *page);

/* Shows what the server answered. */
void ent_account_page_take (EntAccountPage *page,
  const EntApiUser *user,
  const EntApiTotp *totp,
  const EntApiSessionList *sessions);

/* Forgets whatever belongs to a person who has signed out. */
void ent_account_page_clear (EntAccountPage *page);

G_END_DECLS
