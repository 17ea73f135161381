#pragma once

#include <adwaita.h>

#include "ent-account.h"

G_BEGIN_DECLS

/* The part of the account page with what others see of a person and how they are told things:
 * picture, name, language and zone. A change goes to the server at once; what the server refuses
 * is put back, and said.
 *
 * Signal toast (const char *sentence). */
#define ENT_TYPE_OWN_PROFILE (ent_own_profile_get_type ())
G_DECLARE_FINAL_TYPE (EntOwnProfile, ent_own_profile, ENT, OWN_PROFILE, AdwBin)

void ent_own_profile_set_account (EntOwnProfile *profile, EntAccount *account);

/* Shows what the server has, and asks it for the picture. */
void ent_own_profile_take (EntOwnProfile *profile, const EntApiUser *user);

/* Asks whether this picture is to be used, and sends it. */
void ent_own_profile_take_picture (EntOwnProfile *profile, GFile *file);

/* Forgets the person. */
void ent_own_profile_clear (EntOwnProfile *profile);

G_END_DECLS
