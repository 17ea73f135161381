#include "config.h"

#include "ent-membership.h"

const EntApiMembership *
ent_membership_find (const EntApiMe *me, EntOrgRole least)
{
  const EntApiMembership *best = NULL;

  for (guint i = 0; me->memberships != NULL && i < me->memberships->len; i++) {
    const EntApiMembership *membership = g_ptr_array_index (me->memberships, i);

    if (membership->role >= (int) least && (best == NULL || membership->role > best->role))
      best = membership;
  }
  return best;
}
