#pragma once

#include <adwaita.h>

#include "ent-account.h"

G_BEGIN_DECLS

/* The part of the account page that asks who has not confirmed their address yet to do so: by the
 * link of a mail, opened in a browser or pasted here.
 *
 * Signals: toast (const char *sentence); confirmed. */
#define ENT_TYPE_OWN_ADDRESS (ent_own_address_get_type ())
G_DECLARE_FINAL_TYPE (EntOwnAddress, ent_own_address, ENT, OWN_ADDRESS, AdwBin)

void ent_own_address_set_account (EntOwnAddress *address, EntAccount *account);

/* Where the mail went. */
void ent_own_address_set_email (EntOwnAddress *address, const char *email);

/* Forgets what was typed, and what is under way. */
void ent_own_address_clear (EntOwnAddress *address);

/* The token of a pasted link, or of one that is nothing but the token; NULL: neither. Caller owns.
 */
char *ent_own_address_find_token (const char *text);

G_END_DECLS
