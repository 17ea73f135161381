/* Organisations: members, teams and invitations, asked by people of every role. */

#include <string.h>

#include "service/coord-org-invite-service.h"
#include "service/coord-org-service.h"
#include "service/coord-permission.h"
#include "service/coord-team-service.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "support/coord-test-people.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
static const CoordPage page = { "", 50 };

#define OK COORD_TEST_OK
#define DENIED COORD_ERROR_DENIED
#define HIDDEN COORD_ERROR_NOT_FOUND

/* Every cell of the table as it is meant, so that a slip of one letter is seen. */
static void
test_table (void)
{
  g_autoptr (EntApiPermissionList) list = coord_permission_list ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < list->items->len; i++) {
    const EntApiPermission *row = list->items->pdata[i];
    const int reach[] = { row->candidate, row->interviewer, row->lead, row->hr, row->admin,
      row->site_admin };

    g_string_append_printf (text, "%s ", row->action);
    for (guint k = 0; k < G_N_ELEMENTS (reach); k++)
      g_string_append_c (text, "-ota"[reach[k]]);
    g_string_append_c (text, '\n');
  }
  g_assert_cmpstr (text->str, ==,
    "org.create -----a\norg.change ----a-\nmembers.list ---aa-\nmembers.change ---aa-\n"
    "admins.change ----a-\nteams.list -aaaa-\nteams.change ---aa-\nkeys ----a-\naudit ----aa\n"
    "availability.show -otaa-\navailability.change -otaa-\nslots.offer -otaa-\n"
    "slots.change -otaa-\nbooking.links -otaa-\nbook.self a-----\nbook.others -otaa-\n"
    "interview.show ootaa-\ninterview.list --taa-\ninterview.change ootaa-\n"
    "interview.no-show -otaa-\ninterview.invite -otaa-\n");
}

/* The reach "team": of one's own team and of no other. */
static void
test_reach (void)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  const int of_team[] = { DENIED, OK, DENIED, OK, OK, OK, HIDDEN };
  const int of_colleague[] = { DENIED, DENIED, OK, DENIED, OK, OK, HIDDEN };

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    CoordTarget target = { people->org, people->ids[COORD_INTERVIEWER], .not_found = "Nothing." };
    g_autoptr (GError) first = NULL;
    g_autoptr (GError) second = NULL;

    coord_permission_check (
      people->db, &people->callers[who], COORD_ACTION_SLOTS_CHANGE, &target, &first);
    coord_test_assert_code (first, of_team[who], "slot of the team", who);
    target.owner_id = people->ids[COORD_COLLEAGUE];
    coord_permission_check (
      people->db, &people->callers[who], COORD_ACTION_SLOTS_CHANGE, &target, &second);
    coord_test_assert_code (second, of_colleague[who], "slot of the colleague", who);
  }
}

static void
test_organisation (void)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  const int show[] = { OK, OK, OK, OK, OK, OK, HIDDEN };
  const int change[] = { DENIED, DENIED, DENIED, DENIED, DENIED, OK, HIDDEN };
  const EntApiOrgChange request = { .zone = (char *) "Europe/Berlin" };
  const EntApiOrgChange bad = { .zone = (char *) "Europe/Nowhere" };
  g_autoptr (GError) error = NULL;

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) shown = NULL;
    g_autoptr (GError) changed = NULL;
    g_autoptr (EntApiOrg) org =
      coord_org_service_show (people->db, &people->callers[who], people->org, &shown);
    g_autoptr (EntApiOrg) after = coord_org_service_change (
      people->db, &people->callers[who], people->org, &request, 1, NOW_US, &changed);

    coord_test_assert_code (shown, show[who], "showing", who);
    coord_test_assert_code (changed, change[who], "changing", who);
    if (after != NULL) {
      g_assert_cmpstr (after->zone, ==, "Europe/Berlin");
      g_assert_cmpstr (after->name, ==, "Acme");
    }
  }
  g_assert_null (coord_org_service_change (
    people->db, &people->callers[COORD_ADMIN], people->org, &bad, 2, NOW_US, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INVALID);
}

static void
test_removing_members (void)
{
  const int codes[] = { DENIED, DENIED, DENIED, DENIED, OK, OK, HIDDEN };

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (CoordTestPeople) people = coord_test_people_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) denied = NULL;
    g_autoptr (GError) unknown = NULL;
    EntOrgRole role;

    coord_org_service_remove_member (
      people->db, &people->callers[who], people->org, people->ids[COORD_COLLEAGUE], NOW_US, &error);
    coord_test_assert_code (error, codes[who], "removing", who);
    g_assert_true (coord_org_store_find_role (people->db, people->org, people->ids[COORD_COLLEAGUE],
                     &role, NULL) == (codes[who] != OK));
    /* Nobody removes an administrator but another one. */
    coord_org_service_remove_member (
      people->db, &people->callers[who], people->org, people->ids[COORD_ADMIN], NOW_US, &denied);
    coord_test_assert_code (
      denied, who == COORD_STRANGER ? HIDDEN : DENIED, "removing the administrator", who);
    coord_org_service_remove_member (people->db, &people->callers[COORD_HR], people->org,
      people->ids[COORD_STRANGER], NOW_US, &unknown);
    coord_test_assert_code (unknown, HIDDEN, "removing a stranger", COORD_HR);
  }
}

static void
test_teams (void)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  const int list_codes[] = { DENIED, OK, OK, OK, OK, OK, HIDDEN };
  const int change[] = { DENIED, DENIED, DENIED, DENIED, OK, OK, HIDDEN };

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    const EntApiNewTeam request = { (char *) coord_test_names[who] };
    const EntApiNewTeam taken = { (char *) "Core" };
    const CoordCaller *caller = &people->callers[who];
    g_autoptr (GError) listed = NULL;
    g_autoptr (GError) added = NULL;
    g_autoptr (GError) conflict = NULL;
    g_autoptr (EntApiTeamList) list =
      coord_team_service_list (people->db, caller, people->org, &page, &listed);
    g_autoptr (EntApiTeam) team =
      coord_team_service_add (people->db, caller, people->org, &request, NOW_US, &added);

    coord_test_assert_code (listed, list_codes[who], "listing teams", who);
    coord_test_assert_code (added, change[who], "adding a team", who);
    if (team == NULL)
      continue;
    g_assert_null (coord_team_service_rename (
      people->db, caller, people->org, team->id, &taken, 1, NOW_US, &conflict));
    coord_test_assert_code (conflict, COORD_ERROR_CONFLICT, "a name that is taken", who);
    g_assert_true (
      coord_team_service_remove (people->db, caller, people->org, team->id, NOW_US, NULL));
  }
  /* A team that goes leaves its members. */
  g_assert_true (coord_team_service_remove (
    people->db, &people->callers[COORD_HR], people->org, people->team, NOW_US, NULL));
  g_assert_cmpint (
    coord_test_count (people->db, "SELECT COUNT (*) FROM member WHERE team IS NOT NULL"), ==, 0);
}

/* Those whose appointments one may offer, and no address of anybody. */
static void
test_colleagues (void)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  const int codes[] = { DENIED, OK, OK, OK, OK, OK, HIDDEN };
  const guint counts[] = { 0, 1, 1, 2, 5, 5, 0 };

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntApiColleagueList) list = coord_org_service_list_colleagues (
      people->db, &people->callers[who], people->org, &page, &error);

    coord_test_assert_code (error, codes[who], "listing colleagues", who);
    if (list == NULL)
      continue;
    g_assert_cmpuint (list->items->len, ==, counts[who]);
    for (guint i = 0; i < list->items->len; i++)
      g_assert_cmpstr (
        ((EntApiColleague *) list->items->pdata[i])->user, !=, people->ids[COORD_CANDIDATE]);
  }
}

static void
test_member_with_team (void)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  EntApiMember request = {
    .email = (char *) "colleague@example.org", .role = ENT_ORG_INTERVIEWER, .team = people->team
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiMember) member = coord_org_service_set_member (
    people->db, &people->callers[COORD_HR], people->org, &request, NOW_US, &error);
  g_autofree char *team = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (member->team, ==, people->team);
  team =
    coord_org_store_find_team_of (people->db, people->org, people->ids[COORD_COLLEAGUE], &error);
  g_assert_cmpstr (team, ==, people->team);
  request.team = people->ids[COORD_HR];
  g_assert_null (coord_org_service_set_member (
    people->db, &people->callers[COORD_HR], people->org, &request, NOW_US, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND);
}

static EntApiOrgInvite *
invite (CoordTestPeople *people, guint who, const char *email, EntOrgRole role, GError **error)
{
  const EntApiNewOrgInvite request = { (char *) email, role, people->team };

  return coord_org_invite_service_add (people->db, &people->callers[who], people->org, &request,
    "https://interviews.example.org", NOW_US, error);
}

static void
accept (CoordTestPeople *people, guint who, const char *token, gint64 now_us, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiMembership) membership =
    coord_org_invite_service_accept (people->db, &people->callers[who], token, now_us, &error);

  coord_test_assert_code (error, code, "accepting", who);
  if (code == OK)
    g_assert_cmpstr (membership->org, ==, people->org);
}

static void
test_invitations (void)
{
  g_autoptr (CoordTestPeople) people = coord_test_people_new ();
  const int as_hr[] = { DENIED, DENIED, DENIED, DENIED, OK, OK, HIDDEN };
  const int as_admin[] = { DENIED, DENIED, DENIED, DENIED, DENIED, OK, HIDDEN };
  const gint64 late_us = NOW_US + (gint64) COORD_ORG_INVITE_SECONDS * G_USEC_PER_SEC;
  g_autoptr (EntApiOrgInvite) one = NULL;
  g_autoptr (EntApiOrgInvite) two = NULL;
  g_autoptr (EntApiOrgInviteList) list = NULL;
  EntOrgRole role;

  for (guint who = 0; who < COORD_N_PEOPLE; who++) {
    g_autoptr (GError) first = NULL;
    g_autoptr (GError) second = NULL;
    g_autoptr (EntApiOrgInvite) lead =
      invite (people, who, "zoe@example.org", ENT_ORG_LEAD, &first);
    g_autoptr (EntApiOrgInvite) admin =
      invite (people, who, "zoe@example.org", ENT_ORG_ADMIN, &second);

    coord_test_assert_code (first, as_hr[who], "inviting a lead", who);
    coord_test_assert_code (second, as_admin[who], "inviting an administrator", who);
  }
  one = invite (people, COORD_HR, "Stranger@Example.org", ENT_ORG_INTERVIEWER, NULL);
  g_assert_nonnull (strstr (one->link, one->token));
  accept (people, COORD_COLLEAGUE, one->token, NOW_US, COORD_ERROR_INVITATION_WRONG);
  accept (people, COORD_STRANGER, "nonsense", NOW_US, COORD_ERROR_INVITATION_WRONG);
  accept (people, COORD_STRANGER, one->token, late_us, COORD_ERROR_INVITATION_EXPIRED);
  accept (people, COORD_STRANGER, one->token, NOW_US, OK);
  accept (people, COORD_STRANGER, one->token, NOW_US, COORD_ERROR_INVITATION_CLOSED);
  g_assert_true (
    coord_org_store_find_role (people->db, people->org, people->ids[COORD_STRANGER], &role, NULL));
  g_assert_cmpint (role, ==, ENT_ORG_INTERVIEWER);

  /* Taken back; and an invitation makes nobody less than they are. */
  two = invite (people, COORD_HR, "admin@example.org", ENT_ORG_CANDIDATE, NULL);
  accept (people, COORD_ADMIN, two->token, NOW_US, OK);
  g_assert_true (
    coord_org_store_find_role (people->db, people->org, people->ids[COORD_ADMIN], &role, NULL));
  g_assert_cmpint (role, ==, ENT_ORG_ADMIN);
  ent_api_org_invite_free (one);
  one = invite (people, COORD_HR, "stranger@example.org", ENT_ORG_HR, NULL);
  g_assert_true (coord_org_invite_service_revoke (
    people->db, &people->callers[COORD_HR], people->org, one->id, NOW_US, NULL));
  accept (people, COORD_STRANGER, one->token, NOW_US, COORD_ERROR_INVITATION_CLOSED);
  list = coord_org_invite_service_list (
    people->db, &people->callers[COORD_HR], people->org, &page, NOW_US, NULL);
  g_assert_cmpuint (list->items->len, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-permission/table", test_table);
  g_test_add_func ("/coord-permission/reach", test_reach);
  g_test_add_func ("/coord-org-service/organisation", test_organisation);
  g_test_add_func ("/coord-org-service/removing-members", test_removing_members);
  g_test_add_func ("/coord-org-service/teams", test_teams);
  g_test_add_func ("/coord-org-service/colleagues", test_colleagues);
  g_test_add_func ("/coord-org-service/member-with-team", test_member_with_team);
  g_test_add_func ("/coord-org-service/invitations", test_invitations);
  return g_test_run ();
}
