#pragma once

#include "protocol/ent-api-people.h"

G_BEGIN_DECLS

/* Where somebody has the most to say, if that is at least as much as this role has; NULL: nowhere.
 * Borrowed from me. */
const EntApiMembership *ent_membership_find (const EntApiMe *me, EntOrgRole least);

G_END_DECLS
