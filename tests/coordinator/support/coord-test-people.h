#pragma once

#include "service/coord-caller.h"
#include "support/coord-test-store.h"

/* An organisation with people of every role, in a database of its own. The lead and the interviewer
 * are in one team, the colleague in none; the stranger runs another organisation. */
enum {
  COORD_CANDIDATE,
  COORD_INTERVIEWER,
  COORD_COLLEAGUE,
  COORD_LEAD,
  COORD_HR,
  COORD_ADMIN,
  COORD_STRANGER,
  COORD_N_PEOPLE,
};

typedef struct {
  CoordTestStore *store;
  CoordDb *db;
  char *org;
  char *team;
  char *ids[COORD_N_PEOPLE];
  CoordCaller callers[COORD_N_PEOPLE];
} CoordTestPeople;

extern const char *const coord_test_names[]; /* their addresses are NAME@example.org */

CoordTestPeople *coord_test_people_new (void);
void coord_test_people_free (CoordTestPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTestPeople, coord_test_people_free)

/* One more member of the organisation; the caller owns the id. */
char *coord_test_people_add (CoordTestPeople *people, const char *name, EntOrgRole role);

/* Each cell of who-may-what: COORD_TEST_OK, or the code of the error. */
#define COORD_TEST_OK (-1)
void coord_test_assert_code (const GError *error, int code, const char *what, guint who);

/* As a request does: what fails leaves nothing in the database. */
void coord_test_people_begin (CoordTestPeople *people);
void coord_test_people_end (CoordTestPeople *people, const GError *error);
