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
    { "reeders = 2\n", "f, line 1: the key 'reeders' is not known here: the shipped" },
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
    { "listen =\ntls = own\nmail-from = a@b\n", "f, line 3: 'mail-from' needs 'smtp-url'" },
    { "listen = 8710\n", "f, line 1: 'listen' must be" },
    { "listen = 127.0.0.1\n", "f, line 1: 'listen' must be" },
    { "listen = 127.0.0.1:99999\n", "f, line 1: 'listen' must be" },
    { "listen = server.example.org:1\n", "f, line 1: 'listen' must be" },
    { "readers = 2\nlisten = 192.168.1.5:1\n", "f, line 2: 'listen = 192.168.1.5:1' without TLS" },
    { "public-url = httpfoo\n", "f, line 1: 'public-url' must be" },
    { "public-url = http://interviews.example.org\n", "f, line 1: 'public-url' must be" },
    { "public-url = https://a b\n", "f, line 1: 'public-url' must be" },
    { "public-url = https://a?b\n", "f, line 1: 'public-url' must be" },
    { "public-url = https://a/b\n", "f, line 1: 'public-url' must be" },
    { "public-url = https://a:99999\n", "f, line 1: 'public-url' must be" },
    { "node-url = https://\n", "f, line 1: 'node-url' must be" },
    { "smtp-url = smtp://\nmail-from = a@b\n", "f, line 1: 'smtp-url' must be" },
    { "smtp-url = http://a\nmail-from = a@b\n", "f, line 1: 'smtp-url' must be" },
    { "smtp-url = smtp://a\n", "f, line 1: 'smtp-url' must be" },
    { "smtp-url = smtp://a\nmail-from = Ann <a@b>\n", "f, line 2: 'mail-from' must be" },
    { "\nsmtp-user = a\n", "f, line 2: 'smtp-user' needs" },
    { "smtp-password-file = /a\n", "f, line 1: 'smtp-password-file' needs 'smtp-user'" },
    { "turn-secret-file = secret\n", "f, line 1: 'turn-secret-file' must be a whole path" },
    { "turn-urls = turn:a turn.example.org:3478\n", "f, line 1: 'turn-urls' must be like turn:" },
    { "turn-urls = turn:a,turn:b\n", "f, line 1: 'turn-urls' must be like turn:" },
    { "stun-urls = stun://a\n", "f, line 1: 'stun-urls' must be like stun:" },
    { "[provider w]\nclient-id = a\nissuer = https://\n", "f, line 1: the provider 'w' must" },
    { "[provider w]\nclient-id = a\nissuer = https://x\nclient-secret-file = s\n", "a whole path" },
    { "[provider work]\nkind = saml\n", "f, line 2: 'kind' must be 'oidc' or 'github'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (coord_config_parse (cases[i].text, "f", &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
}

/* What the shipped examples, and people, write. */
static void
test_good_values (void)
{
  const char *const texts[] = { "listen = localhost:8710\n", "listen = [::1]:8710\n",
    "listen = 127.0.0.1:0\n", "listen = 192.168.1.5:8710\ntls = own\n",
    "listen = 0.0.0.0:8710\ntls = own\npublic-url = https://192.168.1.5:8710\n",
    "public-url = http://127.0.0.1:8710\n", "public-url = https://[2001:db8::1]:8710\n",
    "node-url = https://a.example.org/node/1\n",
    "turn-urls = turns:a:443?transport=tcp turn:[::1]\n", "stun-urls = stun:a:3478 stuns:b\n",
    "trusted-proxies = 127.0.0.1  ::1\t10.0.0.0/8\n",
    "smtp-url = smtps://a:465\nmail-from = a@b\nsmtp-user = u\nsmtp-password-file = /p\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CoordConfig) config = coord_config_parse (texts[i], "f", &error);

    g_assert_no_error (error);
    g_assert_nonnull (config);
  }
}

static void
test_empty_is_the_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordConfig) config = coord_config_parse ("listen =\nturn-urls =\n", "f", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->listen, ==, "127.0.0.1:8710");
  g_assert_cmpuint (g_strv_length (config->turn_urls), ==, 0);
}

/* What is wrong about a file stands behind the line that names it. */
static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("coord-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "secret", NULL);
  g_autofree char *turn = g_strdup_printf ("readers = 2\nturn-secret-file = %s\n", path);
  g_autofree char *mail = g_strdup_printf ("smtp-url = smtp://a\nmail-from = a@b\nsmtp-user = u\n"
                                           "smtp-password-file = %s\n",
    path);
  g_autofree char *provider = g_strdup_printf (
    "\n[provider w]\nclient-id = a\nissuer = https://a\nclient-secret-file = %s\n", path);
  const struct {
    const char *text, *line;
  } cases[] = { { turn, "f, line 2: " }, { mail, "f, line 4: " },
    { provider, "f, line 2, provider 'w': " } };
  const struct {
    const char *content;
    int mode;
    const char *words;
  } faults[] = { { NULL, 0, "No such file" }, { " \n", 0600, "is empty" },
    { "secret\n", 0644, "chmod o=" }, { "secret\n", 0440, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) wrong = NULL;
    g_autoptr (CoordConfig) config = coord_config_parse (cases[i].text, "f", &wrong);

    g_assert_no_error (wrong);
    for (guint k = 0; k < G_N_ELEMENTS (faults); k++) {
      g_autoptr (GError) error = NULL;

      g_unlink (path);
      if (faults[k].content != NULL) {
        g_assert_true (g_file_set_contents (path, faults[k].content, -1, NULL));
        g_assert_cmpint (chmod (path, faults[k].mode), ==, 0);
      }
      g_assert_cmpint (
        coord_config_check_files (config, TRUE, &error), ==, faults[k].words == NULL);
      if (faults[k].words == NULL)
        continue;
      g_assert_true (g_str_has_prefix (error->message, cases[i].line));
      g_assert_nonnull (strstr (error->message, faults[k].words));
    }
  }
  coord_test_remove_folder (folder);
}

static void
test_credentials_of_systemd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordConfig) config =
    coord_config_parse ("turn-secret-file = /run/credentials/none/secret\n", "f", &error);

  g_assert_true (coord_config_check_files (config, FALSE, &error));
  g_assert_false (coord_config_check_files (config, TRUE, &error));
  g_assert_nonnull (strstr (error->message, "f, line 1: Could not read the secret /run/"));
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
  g_autofree char *metrics = g_build_filename (secrets_folder, "metrics-token", NULL);
  g_autofree char *first_key = NULL;
  struct stat status;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (key, &first_key, NULL, NULL));
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
  g_assert_true (g_file_set_contents (key, first_key, -1, NULL));
  g_assert_true (g_file_set_contents (metrics, "", -1, NULL)); /* nobody's, not everybody's */
  g_assert_null (coord_secrets_load (folder, NULL, &error));
  g_assert_nonnull (strstr (error->message, "metrics-token is empty"));
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
  g_test_add_func ("/config/good-values", test_good_values);
  g_test_add_func ("/config/empty-is-the-default", test_empty_is_the_default);
  g_test_add_func ("/config/files", test_files);
  g_test_add_func ("/config/credentials-of-systemd", test_credentials_of_systemd);
  g_test_add_func ("/secrets/stay", test_secrets_stay);
  return g_test_run ();
}
