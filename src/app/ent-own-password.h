#pragma once

#include <adwaita.h>

#include "ent-account.h"

G_BEGIN_DECLS

/* The part of the account page where one's password is changed.
 *
 * Signals: toast (const char *sentence); changed (the other sessions have ended). */
#define ENT_TYPE_OWN_PASSWORD (ent_own_password_get_type ())
G_DECLARE_FINAL_TYPE (EntOwnPassword, ent_own_password, ENT, OWN_PASSWORD, AdwBin)

void ent_own_password_set_account (EntOwnPassword *password, EntAccount *account);

/* Forgets what was typed, and what is under way. */
void ent_own_password_clear (EntOwnPassword *password);

G_END_DECLS
