#include "support/coord-test-people.h"

#include "base/ent-id.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "store/coord-team-store.h"

const char *const coord_test_names[] = { "candidate", "interviewer", "colleague", "lead", "hr",
  "admin", "stranger" };

static char *
add_account (CoordTestPeople *people, const char *name)
{
  g_autofree char *email = g_strconcat (name, "@example.org", NULL);
  CoordPerson person = { .id = ent_id_new (),
    .email = email,
    .name = (char *) name,
    .password = (char *) "",
    .zone = (char *) "Europe/Berlin" };
  g_autoptr (GError) error = NULL;

  coord_account_store_add (people->db, &person, 1, &error);
  g_assert_no_error (error);
  return person.id;
}

static void
add_member (CoordTestPeople *people, const char *org, const char *id, EntOrgRole role, gboolean in)
{
  g_autoptr (GError) error = NULL;

  coord_org_store_set_member (people->db, org, id, role, in ? people->team : NULL, 1, &error);
  g_assert_no_error (error);
}

CoordTestPeople *
coord_test_people_new (void)
{
  const EntOrgRole roles[] = { ENT_ORG_CANDIDATE, ENT_ORG_INTERVIEWER, ENT_ORG_INTERVIEWER,
    ENT_ORG_LEAD, ENT_ORG_HR, ENT_ORG_ADMIN };
  CoordTestPeople *people = g_new0 (CoordTestPeople, 1);
  g_autofree char *other_org = ent_id_new ();

  people->store = coord_test_store_new ();
  people->db = people->store->db;
  people->org = ent_id_new ();
  people->team = ent_id_new ();
  coord_org_store_add (people->db, people->org, "Acme", "UTC", 1, NULL);
  coord_org_store_add (people->db, other_org, "Others", "UTC", 1, NULL);
  coord_team_store_add (people->db, people->team, people->org, "Core", 1, NULL);
  for (guint i = 0; i < COORD_N_PEOPLE; i++) {
    people->ids[i] = add_account (people, coord_test_names[i]);
    people->callers[i] = (CoordCaller){
      .user_id = people->ids[i], .family_id = (char *) "family", .credential_version = 1
    };
    if (i != COORD_STRANGER)
      add_member (
        people, people->org, people->ids[i], roles[i], i == COORD_LEAD || i == COORD_INTERVIEWER);
    else
      add_member (people, other_org, people->ids[i], ENT_ORG_ADMIN, FALSE);
  }
  return people;
}

void
coord_test_people_free (CoordTestPeople *people)
{
  coord_test_store_free (people->store);
  g_free (people->org);
  g_free (people->team);
  for (guint i = 0; i < COORD_N_PEOPLE; i++)
    g_free (people->ids[i]);
  g_free (people);
}

char *
coord_test_people_add (CoordTestPeople *people, const char *name, EntOrgRole role)
{
  char *id = add_account (people, name);

  add_member (people, people->org, id, role, FALSE);
  return id;
}

void
coord_test_assert_code (const GError *error, int code, const char *what, guint who)
{
  if (code == COORD_TEST_OK ? error == NULL : g_error_matches (error, COORD_ERROR, code))
    return;
  g_test_message (
    "%s by %s: %s", what, coord_test_names[who], error != NULL ? error->message : "allowed");
  g_test_fail ();
}

void
coord_test_people_begin (CoordTestPeople *people)
{
  g_autoptr (GError) error = NULL;

  coord_db_run (people->db, &error, "BEGIN");
  g_assert_no_error (error);
}

void
coord_test_people_end (CoordTestPeople *people, const GError *error)
{
  coord_db_run (people->db, NULL, error == NULL ? "COMMIT" : "ROLLBACK");
}
