#include "media/ent-devices.h"

static void
test_sentences (void)
{
  g_autofree char *none = ent_devices_describe_missing (TRUE, TRUE, TRUE);
  g_autofree char *one = ent_devices_describe_missing (FALSE, TRUE, TRUE);
  g_autofree char *sound = ent_devices_describe_missing (TRUE, FALSE, FALSE);
  g_autofree char *all = ent_devices_describe_missing (FALSE, FALSE, FALSE);

  g_assert_null (none);
  g_assert_cmpstr (one, ==,
    "No camera was found: the others cannot see you. "
    "Everything else works. Connect what is missing and join again.");
  g_assert_cmpstr (sound, ==,
    "No microphone was found: the others cannot hear you. "
    "No sound output was found: you cannot hear the others. "
    "Everything else works. Connect what is missing and join again.");
  g_assert_true (g_str_has_prefix (all, "No camera, microphone or sound output was found. "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/devices/sentences", test_sentences);
  return g_test_run ();
}
