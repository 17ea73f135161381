#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "coord-config.h"
#include "coord-secrets.h"
#include "support/coord-test-store.h"

static void
test_sample_is_the_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordConfig) sample = coord_config_load (g_getenv ("COORD_SAMPLE_CONFIG"), &error);
  g_autoptr (CoordConfig) standard = coord_config_new ();
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  g_assert_no_error (error);
  a = coord_config_describe (sample);
  b = coord_config_describe (standard);
  g_assert_cmpstr (a, ==, b);
}

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordConfig) config = coord_config_parse (
    "# comment\n[coordinator]\nturn-urls=turn:a turn:b\nice-policy = relay\nreaders=4\n", "f",
    &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (config->turn_urls), ==, 2);
  g_assert_cmpint (config->ice_policy, ==, COORD_ICE_RELAY);
  g_assert_cmpint (config->readers, ==, 4);
  g_assert_cmpint (config->grace_minutes, ==, 30);
}

static void
test_providers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordConfig) config = coord_config_parse (
    "readers = 4\n[provider work]\ntitle = Work & Co\nissuer = https://login.example.org/\n"
    "client-id = a\nscopes = openid email\n[provider home]\nissuer = http://127.0.0.1:1\n"
    "client-id = b\nallow-private-address = yes\n[provider hub]\nkind = github\nclient-id = c\n"
    "client-secret-file = /run/secret\n[coordinator]\nregistration = open\n",
    "f", &error);
  g_autoptr (CoordConfig) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;
  const CoordProviderConfig *provider;

  g_assert_no_error (error);
  g_assert_cmpuint (config->providers->len, ==, 3);
  g_assert_cmpint (config->registration, ==, COORD_REGISTRATION_OPEN);
  provider = coord_config_find_provider (config, "work");
  g_assert_cmpstr (provider->title, ==, "Work & Co");
  g_assert_cmpstr (provider->issuer, ==, "https://login.example.org/");
  g_assert_cmpuint (g_strv_length (provider->scopes), ==, 2);
  g_assert_false (provider->may_be_private);
  g_assert_true (coord_config_find_provider (config, "home")->may_be_private);
  g_assert_cmpint (coord_config_find_provider (config, "hub")->kind, ==, COORD_PROVIDER_GITHUB);
  g_assert_null (coord_config_find_provider (config, "nobody"));

  text = coord_config_describe (config);
  again = coord_config_parse (text, "again", &error);
  g_assert_no_error (error);
  text_again = coord_config_describe (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
test_faults (void)
{
  const struct {
    const char *text, *words;
  } cases[] = {
    { "reeders = 2\n", "f, line 1: the key 'reeders' is not known" },
    { "\n\nreaders = 0\n", "f, line 3: 'readers' must be a whole number from 1 to 64" },
    { "readers = 2x\n", "line 1" },
    { "readers = 2\nreaders = 2\n", "line 2: 'readers' is given twice" },
    { "registration = maybe\n", "'closed', 'invited' or 'open'" },
    { "[server]\n", "line 1" },
    { "public-url = interviews.example.org\n", "public-url" },
    { "node-url = https://node1.example.org/\n", "node-url" },
    { "ice-policy = relay\n", "f, line 1: 'ice-policy = relay' needs 'turn-urls'" },
    { "\ndatabase = mysql://x\n", "f, line 2: 'database'" },
    { "\n\npublic-url = https://x/\n", "f, line 3: 'public-url'" },
    { "tls = own\nlisten = 0.0.0.0:1\n", "f, line 2: 'public-url' is needed" },
    { "backup-keep = -1\n", "'backup-keep' must be a whole number from 0 to 100000" },
    { "\nbackup-folder = backups\n", "f, line 2: 'backup-folder' must be a whole path" },
    { "tls = yes\n", "f, line 1: 'tls' must be 'none' or 'own'" },
    { "trusted-proxies = 127.0.0.1 proxy\n", "f, line 1: 'trusted-proxies' must be addresses" },
    { "[provider Work]\n", "f, line 1: a provider's name" },
    { "[provider work]\n[provider work]\n", "f, line 2: a provider's name" },
    { "[provider work]\nissuer = https://x\n", "f, line 1: the provider 'work' needs 'client-id'" },
    { "\n[provider work]\nclient-id = a\n", "f, line 2: the provider 'work' needs 'issuer'" },
    { "[provider work]\nclient-id = a\nissuer = http://x\n", "line 1: the provider 'work' must" },
    { "[provider hub]\nkind = github\nclient-id = a\n", "needs 'client-secret-file'" },
    { "[provider work]\nreaders = 2\n", "f, line 2: the key 'readers' is not known" },
    { "client-id = a\n", "f, line 1: the key 'client-id' is not known" },
    { "[provider work]\nkind = saml\n", "f, line 2: 'kind' must be 'oidc' or 'github'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (coord_config_parse (cases[i].text, "f", &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
}

static void
test_secrets_stay (void)
{
  g_autofree char *folder = g_dir_make_tmp ("coord-secrets-XXXXXX", NULL);
  g_autofree char *secrets_folder = g_build_filename (folder, "secrets", NULL);
  g_autofree char *key = g_build_filename (secrets_folder, "signing-key", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordSecrets) first = coord_secrets_load (folder, NULL, &error);
  g_autoptr (CoordSecrets) again = coord_secrets_load (folder, NULL, &error);
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpmem (first->signing_key, 32, again->signing_key, 32);
  g_assert_cmpstr (first->turn_secret, ==, again->turn_secret);
  g_assert_cmpstr (first->key_id, ==, again->key_id);
  g_assert_cmpint (stat (key, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  g_assert_true (g_file_set_contents (key, "damaged", -1, NULL));
  g_assert_null (coord_secrets_load (folder, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (chmod (key, 0644), ==, 0);
  g_assert_null (coord_secrets_load (folder, key, &error));
  g_clear_error (&error);
  g_assert_cmpint (chmod (secrets_folder, 0755), ==, 0);
  g_assert_null (coord_secrets_load (folder, NULL, &error));
  g_assert_nonnull (strstr (error->message, "chmod 700"));
  coord_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/sample-is-the-default", test_sample_is_the_default);
  g_test_add_func ("/config/values", test_values);
  g_test_add_func ("/config/providers", test_providers);
  g_test_add_func ("/config/faults", test_faults);
  g_test_add_func ("/secrets/stay", test_secrets_stay);
  return g_test_run ();
}
