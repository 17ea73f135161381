#include <string.h>

#include "protocol/ent-api.h"

/* Output of a program with all control characters made JSON that only json-glib could read. */
static void
test_control_characters (void)
{
  char name[0x20] = { 0 };
  const EntApiOrg org = { .name = name };
  g_autoptr (EntApiOrg) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  for (guint i = 1; i < sizeof name; i++)
    name[i - 1] = i;
  text = ent_codec_encode (&ent_api_org_struct, &org);
  for (const char *c = text; *c != '\0'; c++)
    g_assert_cmpint (*c, >=, 0x20);
  again = ent_codec_decode (&ent_api_org_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->name, ==, name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/write/control-characters", test_control_characters);
  return g_test_run ();
}
