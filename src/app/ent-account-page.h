#pragma once

#include "base/ent-clock.h"
#include "ent-account.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The signed-in person's own account: who they are, their password, and where they are signed in.
 *
 * Actions: account.change-password, account.end-session (s, its id), account.end-others,
 * account.refresh. Signal toast (const char *sentence): something is done. */
#define ENT_TYPE_ACCOUNT_PAGE (ent_account_page_get_type ())
G_DECLARE_FINAL_TYPE (EntAccountPage, ent_account_page, ENT, ACCOUNT_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_account_page_new (EntAccount *account, EntClock *clock);

/* Asks the server anew, and empties the fields. */
void ent_account_page_start (EntAccountPage *page);

/* Shows what the server answered. */
void ent_account_page_take_sessions (EntAccountPage *page, const EntApiSessionList *sessions);

/* Forgets whatever belongs to a person who has signed out. */
void ent_account_page_clear (EntAccountPage *page);

G_END_DECLS
