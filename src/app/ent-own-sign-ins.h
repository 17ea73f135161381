#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-provider.h"

G_BEGIN_DECLS

/* The part of the account page that lists the other services which sign this person in, connects
 * one more in a browser, and removes them. It hides itself where the server has none and none is
 * connected.
 *
 * Actions: sign-ins.refresh, sign-ins.connect (s: a provider's name), sign-ins.browser-again and
 * -cancel meanwhile, sign-ins.remove (s: id).
 * Signal toast (const char *sentence). */
#define ENT_TYPE_OWN_SIGN_INS (ent_own_sign_ins_get_type ())
G_DECLARE_FINAL_TYPE (EntOwnSignIns, ent_own_sign_ins, ENT, OWN_SIGN_INS, AdwBin)

void ent_own_sign_ins_set_account (EntOwnSignIns *sign_ins, EntAccount *account, EntClock *clock);

/* Asks the server anew. */
void ent_own_sign_ins_reload (EntOwnSignIns *sign_ins);

/* Shows what the server answered, or why there is no answer. */
void ent_own_sign_ins_take (EntOwnSignIns *sign_ins,
  const EntApiIdentityList *connected,
  const EntApiProviderList *offered);
void ent_own_sign_ins_show_problem (EntOwnSignIns *sign_ins, const char *sentence);

/* Empties it, and ends what is under way. */
void ent_own_sign_ins_clear (EntOwnSignIns *sign_ins);

G_END_DECLS
