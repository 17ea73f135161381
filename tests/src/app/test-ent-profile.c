#include "app/ent-profile.h"

#include <glib/gstdio.h>

#include "app/ent-token-store.h"
#include "base/ent-secret.h"

static void
test_names (void)
{
  static const char *const bad[] = { "", "a/b", "..", "a b", "ä",
    "a23456789012345678901234567890123" };
  g_autoptr (EntProfile) none = ent_profile_new (NULL, NULL);
  g_autoptr (EntProfile) ann = ent_profile_new ("ann-2", NULL);
  g_autoptr (EntProfile) digit = ent_profile_new ("2ann", NULL);

  g_assert_cmpstr (none->app_id, ==, "org.entrevue.Entrevue");
  g_assert_cmpstr (ann->app_id, ==, "org.entrevue.Entrevue.ann-2");
  g_assert_true (g_application_id_is_valid (ann->app_id));
  g_assert_true (g_application_id_is_valid (digit->app_id));
  g_assert_true (g_str_has_suffix (ann->data_dir, "/entrevue/ann-2"));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ent_profile_new (bad[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  }
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  char **token = data;

  *token = ent_token_store_load_finish (ENT_TOKEN_STORE (source), result, &error);
  g_assert_no_error (error);
  g_main_context_wakeup (NULL);
}

static char *
load (EntTokenStore *store, const char *origin)
{
  static char unset[] = "";
  char *token = unset;

  ent_token_store_load_async (store, origin, NULL, loaded_cb, &token);
  while (token == unset)
    g_main_context_iteration (NULL, TRUE);
  return token;
}

/* Without a secret service the token is in a file that only the person can read. */
static void
test_token_file (void)
{
  g_autoptr (EntProfile) profile = ent_profile_new ("tokens", NULL);
  g_autofree char *path = g_build_filename (profile->data_dir, "token", NULL);
  GStatBuf info;
  char *token;
  EntTokenStore *store;

  g_setenv ("ENTREVUE_SECRETS", "file", TRUE);
  g_assert_true (ent_profile_make_data_dir (profile, NULL));
  store = ent_token_store_new (profile);
  g_assert_null (load (store, "https://a.example"));
  ent_token_store_save (store, "https://a.example", "first");
  ent_token_store_save (store, "https://a.example", "second");
  token = load (store, "https://a.example");
  g_assert_cmpstr (token, ==, "second");
  ent_secret_free (token);

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (profile->data_dir, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  /* A token never goes to another server. */
  g_assert_null (load (store, "https://a.example.org"));
  g_assert_null (load (store, "https://b.example"));

  /* What is saved last is saved also when the store goes at once. */
  ent_token_store_save (store, "https://a.example", NULL);
  /* The worker hands its last task back by the main loop, and that may hold the last reference. */
  g_object_add_weak_pointer (G_OBJECT (store), (gpointer *) &store);
  g_object_unref (store);
  while (store != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_stat (path, &info), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/profile/names-are-safe", test_names);
  g_test_add_func ("/token-store/file-for-the-person-alone", test_token_file);
  return g_test_run ();
}
