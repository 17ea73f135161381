#include "service/coord-permission.h"

#include <string.h>

#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

/* One letter a role: candidate, interviewer, lead, hr, admin, and s the site administrator, who is
 * nothing in an organisation but what its members made of them.
 *
 *   -  no;
 *   o  their own: an interview in which they have a place, appointments and hours that are theirs;
 *      of a panel, every one of it counts;
 *   t  own, and those of the members of their team;
 *   a  all of the organisation. */
static const struct {
  const char *name;
  const char *reach; /* cilhas */
  const char *refusal;
} table[COORD_N_ACTIONS] = {
  /* clang-format off */
  [COORD_ACTION_ORG_CREATE]          = { "org.create",          "-----a", "Only a site administrator can make an organisation." },
  [COORD_ACTION_ORG_CHANGE]          = { "org.change",          "----a-", "Only administrators can change the organisation." },
  [COORD_ACTION_MEMBERS_LIST]        = { "members.list",        "---aa-", "Only administrators and HR of the organisation can see and change its members." },
  [COORD_ACTION_MEMBERS_CHANGE]      = { "members.change",      "---aa-", "Only administrators and HR of the organisation can see and change its members." },
  [COORD_ACTION_ADMINS_CHANGE]       = { "admins.change",       "----a-", "Only an administrator can make or change an administrator." },
  [COORD_ACTION_TEAMS_LIST]          = { "teams.list",          "-aaaa-", "Candidates cannot see the teams." },
  [COORD_ACTION_TEAMS_CHANGE]        = { "teams.change",        "---aa-", "Only administrators and HR can change the teams." },
  [COORD_ACTION_KEYS]                = { "keys",                "----a-", "Only administrators of the organisation can see and change its keys." },
  [COORD_ACTION_AUDIT]               = { "audit",               "----aa", "Only administrators of the organisation can read its audit." },
  [COORD_ACTION_AVAILABILITY_SHOW]   = { "availability.show",   "-otaa-", "You can see your own free hours only." },
  [COORD_ACTION_AVAILABILITY_CHANGE] = { "availability.change", "-otaa-", "You can change your own free hours only." },
  [COORD_ACTION_SLOTS_OFFER]         = { "slots.offer",         "-otaa-", "You can offer your own appointments only, and candidates none." },
  [COORD_ACTION_SLOTS_CHANGE]        = { "slots.change",        "-otaa-", "You can change your own appointments only." },
  [COORD_ACTION_BOOKING_LINKS]       = { "booking.links",       "-otaa-", "You can make links to your own appointments only." },
  [COORD_ACTION_BOOK_SELF]           = { "book.self",           "a-----", "Only candidates book for themselves. Say who the candidate is." },
  [COORD_ACTION_BOOK_OTHERS]         = { "book.others",         "-otaa-", "You can book your own appointments only." },
  [COORD_ACTION_INTERVIEW_SHOW]      = { "interview.show",      "ootaa-", "You have no place in this interview." },
  [COORD_ACTION_INTERVIEW_LIST]      = { "interview.list",      "--taa-", "Only team leads, HR and administrators see the interviews of others." },
  [COORD_ACTION_INTERVIEW_CHANGE]    = { "interview.change",    "ootaa-", "Only its people, HR and administrators can move or cancel an interview." },
  [COORD_ACTION_INTERVIEW_NO_SHOW]   = { "interview.no-show",   "-otaa-", "Only those who lead the interview can say that nobody came." },
  [COORD_ACTION_INTERVIEW_INVITE]    = { "interview.invite",    "-otaa-", "Only those who lead the interview can see and change its invitations." },
  /* clang-format on */
};

const char *
coord_permission_get_refusal (CoordAction action)
{
  return table[action].refusal;
}

CoordReach
coord_permission_get_reach (CoordAction action, guint role)
{
  switch (table[action].reach[role]) {
  case 'a':
    return COORD_REACH_ALL;
  case 't':
    return COORD_REACH_TEAM;
  case 'o':
    return COORD_REACH_OWN;
  default:
    return COORD_REACH_NONE;
  }
}

static gboolean
refuse (CoordAction action, GError **error)
{
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED, table[action].refusal);
  return FALSE;
}

/* Sets *is_same when both are in one team; FALSE on an error. */
static gboolean
compare_teams (CoordDb *db,
  const char *org_id,
  const char *person_id,
  const char *other_id,
  gboolean *is_same,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *team = coord_org_store_find_team_of (db, org_id, person_id, &failure);
  g_autofree char *other =
    failure == NULL ? coord_org_store_find_team_of (db, org_id, other_id, &failure) : NULL;

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  *is_same = team != NULL && g_strcmp0 (team, other) == 0;
  return TRUE;
}

gboolean
coord_permission_check (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const CoordTarget *target,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  EntOrgRole role = ENT_ORG_CANDIDATE;
  gboolean is_own = target->is_own || g_strcmp0 (target->owner_id, caller->user_id) == 0;
  gboolean is_same_team = FALSE;
  CoordReach reach;

  /* Who has a place in something has a candidate's rights to it, member or not. */
  if (!coord_caller_get_role (db, caller, target->org_id, target->not_found, &role, &failure) &&
      !((target->is_own || target->is_known) &&
        g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  reach = coord_permission_get_reach (action, role);
  if (reach == COORD_REACH_ALL || (reach >= COORD_REACH_OWN && is_own))
    return TRUE;
  if (reach == COORD_REACH_TEAM && target->owner_id != NULL &&
      !compare_teams (db, target->org_id, caller->user_id, target->owner_id, &is_same_team, error))
    return FALSE;
  return is_same_team || refuse (action, error);
}

gboolean
coord_permission_check_org (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const char *org_id,
  GError **error)
{
  const CoordTarget target = { .org_id = org_id, .not_found = "There is no such organisation." };

  return coord_permission_check (db, caller, action, &target, error);
}

gboolean
coord_permission_check_people (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const CoordTarget *target,
  char **people,
  GError **error)
{
  for (guint i = 0; people[i] != NULL; i++) {
    CoordTarget one = *target;
    g_autoptr (GError) failure = NULL;

    one.owner_id = people[i];
    if (coord_permission_check (db, caller, action, &one, &failure))
      continue;
    if (i > 0 && g_error_matches (failure, COORD_ERROR, COORD_ERROR_DENIED))
      g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
        "You can put only those on a panel whose appointments you may offer. Ask HR, or the lead "
        "of their team.");
    else
      g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  return TRUE;
}

EntApiPermissionList *
coord_permission_list (void)
{
  EntApiPermissionList *list = ent_api_permission_list_new ();

  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_permission_free);
  for (guint i = 0; i < COORD_N_ACTIONS; i++) {
    EntApiPermission *row = ent_api_permission_new ();

    row->action = g_strdup (table[i].name);
    row->candidate = coord_permission_get_reach (i, ENT_ORG_CANDIDATE);
    row->interviewer = coord_permission_get_reach (i, ENT_ORG_INTERVIEWER);
    row->lead = coord_permission_get_reach (i, ENT_ORG_LEAD);
    row->hr = coord_permission_get_reach (i, ENT_ORG_HR);
    row->admin = coord_permission_get_reach (i, ENT_ORG_ADMIN);
    row->site_admin = coord_permission_get_reach (i, COORD_SITE_ADMIN);
    g_ptr_array_add (list->items, row);
  }
  return list;
}
