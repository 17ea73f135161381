#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-privacy.h"

G_BEGIN_DECLS

/* The part of the account page about what a server keeps of a person: a copy of it, and its end.
 * While a copy is being made it looks now and then whether it is ready, as long as it is shown.
 *
 * Signal toast (const char *sentence). */
#define ENT_TYPE_OWN_DATA (ent_own_data_get_type ())
G_DECLARE_FINAL_TYPE (EntOwnData, ent_own_data, ENT, OWN_DATA, AdwBin)

void ent_own_data_set_account (EntOwnData *data, EntAccount *account, EntClock *clock);

/* Asks the server whether there is a copy. with_code: a code is asked for beside the password. */
void ent_own_data_load (EntOwnData *data, gboolean with_code);

/* Shows what the server answered; NULL: there is no copy. */
void ent_own_data_take (EntOwnData *data, const EntApiExport *copy);

/* Asks whether it is to be done; what stands in the way is said instead. */
void ent_own_data_ask_erase (EntOwnData *data, const EntApiErasure *erasure);

/* Forgets the person, and ends what is under way. */
void ent_own_data_clear (EntOwnData *data);

G_END_DECLS
