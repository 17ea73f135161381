#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"

G_BEGIN_DECLS

/* The part of the account page that lists where one is signed in, and ends that elsewhere.
 *
 * Signal toast (const char *sentence). */
#define ENT_TYPE_OWN_SESSIONS (ent_own_sessions_get_type ())
G_DECLARE_FINAL_TYPE (EntOwnSessions, ent_own_sessions, ENT, OWN_SESSIONS, AdwBin)

/* What a server is asked for. */
#define ENT_OWN_SESSIONS_PATH "/api/auth/sessions?limit=200"

void ent_own_sessions_set_account (EntOwnSessions *sessions, EntAccount *account, EntClock *clock);

void ent_own_sessions_take (EntOwnSessions *sessions, const EntApiSessionList *list);

/* Asks the server anew. */
void ent_own_sessions_reload (EntOwnSessions *sessions);

/* Empties it, and ends what is under way. */
void ent_own_sessions_clear (EntOwnSessions *sessions);

G_END_DECLS
