#include "app/ent-membership.h"

static void
add (EntApiMe *me, const char *org, EntOrgRole role)
{
  EntApiMembership *membership = ent_api_membership_new ();

  membership->org = g_strdup (org);
  membership->role = role;
  g_ptr_array_add (me->memberships, membership);
}

static void
test_find (void)
{
  g_autoptr (EntApiMe) me = ent_api_me_new ();

  g_assert_null (ent_membership_find (me, ENT_ORG_CANDIDATE));
  me->memberships = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_membership_free);
  add (me, "one", ENT_ORG_CANDIDATE);
  g_assert_cmpstr (ent_membership_find (me, ENT_ORG_CANDIDATE)->org, ==, "one");
  g_assert_null (ent_membership_find (me, ENT_ORG_INTERVIEWER));
  add (me, "two", ENT_ORG_LEAD);
  add (me, "three", ENT_ORG_INTERVIEWER);
  add (me, "four", ENT_ORG_LEAD);
  g_assert_cmpstr (ent_membership_find (me, ENT_ORG_CANDIDATE)->org, ==, "two");
  g_assert_cmpstr (ent_membership_find (me, ENT_ORG_LEAD)->org, ==, "two");
  g_assert_null (ent_membership_find (me, ENT_ORG_HR));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/membership/find", test_find);
  return g_test_run ();
}
