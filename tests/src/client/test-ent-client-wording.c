#include "config.h"

#include "client/ent-client-wording.h"

#include <libintl.h>
#include <locale.h>

/* Codes of PROTOCOL.md that a person can meet have words; others leave the server's own. */
static void
test_codes (void)
{
  static const char *const met[] = { "not_signed_in", "token_expired", "wrong_password",
    "wrong_code", "link_ended", "registration_closed", "invitation_wrong", "invitation_expired",
    "invitation_closed", "invitation_other_device", "room_not_open", "room_full", "removed",
    "room_ended", "internal", "unavailable", "storage_full" };
  static const char *const met_in_room[] = { "denied", "call_full", "run_in_progress", "run_locked",
    "no_runner", "language_unknown", "busy", "too_fast", "storage_full", "removed" };

  for (guint i = 0; i < G_N_ELEMENTS (met); i++)
    g_assert_nonnull (ent_client_wording_get (met[i]));
  for (guint i = 0; i < G_N_ELEMENTS (met_in_room); i++)
    g_assert_nonnull (ent_client_wording_get_for_room (met_in_room[i]));
  g_assert_null (ent_client_wording_get (NULL));
  g_assert_null (ent_client_wording_get ("invalid"));
  g_assert_null (ent_client_wording_get_for_room ("files"));
}

/* The same code says more where it is known what was asked. */
static void
test_join (void)
{
  g_assert_null (ent_client_wording_get ("not_found"));
  g_assert_nonnull (ent_client_wording_get_for_join ("not_found"));
  g_assert_cmpstr (ent_client_wording_get ("not_signed_in"), !=,
    ent_client_wording_get_for_join ("not_signed_in"));
  g_assert_cmpstr (
    ent_client_wording_get ("room_ended"), ==, ent_client_wording_get_for_join ("room_ended"));
}

static void
test_german (void)
{
  const char *locale_dir = g_getenv ("ENTREVUE_LOCALE_DIR");
  g_autofree char *catalogue =
    g_build_filename (locale_dir ? locale_dir : "", "de", "LC_MESSAGES", "entrevue.mo", NULL);

  if (locale_dir == NULL || !g_file_test (catalogue, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the catalogues were not built");
    return;
  }
  g_setenv ("LANGUAGE", "de", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (ENT_GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (ENT_GETTEXT_PACKAGE, "UTF-8");
  textdomain (ENT_GETTEXT_PACKAGE);
  g_assert_cmpstr (ent_client_wording_get ("room_ended"), ==, "Dieses Interview ist beendet.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-wording/codes", test_codes);
  g_test_add_func ("/client-wording/join", test_join);
  /* Last: the language stays. */
  g_test_add_func ("/client-wording/german", test_german);
  return g_test_run ();
}
