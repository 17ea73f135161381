#include "media/ent-ice-config.h"

#include <gio/gio.h>

static void
test_encoding (void)
{
  const char *urls[] = { "stun:stun.example.org", "turn:turn.example.org:3479?transport=tcp",
    "turns:[2001:db8::1]", "turn:10.0.0.1", NULL };
  g_autoptr (EntIceConfig) config = ent_ice_config_new (ENT_ICE_POLICY_RELAY);
  g_autoptr (GError) error = NULL;
  const char *const *turn;

  /* As coturn's use-auth-secret makes them: all of ":", "+", "/", "=" and "@" must be encoded. */
  ent_ice_config_add_server (config, urls, "1790000000:a@b", "pq+/ä=", 5000, &error);
  g_assert_no_error (error);
  turn = ent_ice_config_get_turn_uris (config);
  g_assert_cmpstr (ent_ice_config_get_stun_uri (config), ==, "stun://stun.example.org:3478");
  g_assert_cmpstr (
    turn[0], ==, "turn://1790000000%3Aa%40b:pq%2B%2F%C3%A4%3D@turn.example.org:3479?transport=tcp");
  g_assert_cmpstr (
    turn[1], ==, "turns://1790000000%3Aa%40b:pq%2B%2F%C3%A4%3D@[2001:db8::1]:5349?transport=tcp");
  g_assert_cmpstr (
    turn[2], ==, "turn://1790000000%3Aa%40b:pq%2B%2F%C3%A4%3D@10.0.0.1:3478?transport=udp");
  g_assert_null (turn[3]);
  g_assert_cmpint (ent_ice_config_get_policy (config), ==, ENT_ICE_POLICY_RELAY);
  g_assert_cmpint (ent_ice_config_get_expires_at_us (config), ==, 5000);
}

static void
test_empty (void)
{
  g_autoptr (EntIceConfig) config = ent_ice_config_new (ENT_ICE_POLICY_ALL);

  g_assert_null (ent_ice_config_get_stun_uri (config));
  g_assert_null (ent_ice_config_get_turn_uris (config)[0]);
  g_assert_cmpint (ent_ice_config_get_expires_at_us (config), ==, 0);
}

static void
test_earliest_expiry (void)
{
  const char *urls[] = { "turn:a.example", NULL };
  g_autoptr (EntIceConfig) config = ent_ice_config_new (ENT_ICE_POLICY_ALL);

  g_assert_true (ent_ice_config_add_server (config, urls, "u", "p", 0, NULL));
  g_assert_true (ent_ice_config_add_server (config, urls, "u", "p", 9, NULL));
  g_assert_true (ent_ice_config_add_server (config, urls, "u", "p", 7, NULL));
  g_assert_true (ent_ice_config_add_server (config, urls, "u", "p", 8, NULL));
  g_assert_cmpint (ent_ice_config_get_expires_at_us (config), ==, 7);
}

static const char *const refused[] = { "", "http://a.example", "stun:", "stun:a b", "turn:a:0",
  "turn:a:65536", "turn:a:x", "turn:[::1", "turn:[a]", "turn:u@a", "turn:a?transport=sctp",
  "turn:a?x", "stun:a?transport=udp", "turn:a/b", "turn:a%00" };

static void
test_refused (void)
{
  g_autoptr (EntIceConfig) config = ent_ice_config_new (ENT_ICE_POLICY_ALL);
  const char *many[ENT_ICE_MAX_URLS + 2] = { NULL };
  const char *none[] = { NULL };
  const char *turn[] = { "turn:a", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    /* A good address beside a bad one is not taken either. */
    const char *urls[] = { "stun:good.example", "turn:good.example", refused[i], NULL };
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", refused[i]);
    g_assert_false (ent_ice_config_add_server (config, urls, "u", "p", 0, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  }
  for (gsize i = 0; i <= ENT_ICE_MAX_URLS; i++)
    many[i] = "turn:a";
  g_assert_false (ent_ice_config_add_server (config, many, "u", "p", 0, NULL));
  g_assert_false (ent_ice_config_add_server (config, none, "u", "p", 0, NULL));
  g_assert_false (ent_ice_config_add_server (config, turn, NULL, "p", 0, NULL));
  g_assert_false (ent_ice_config_add_server (config, turn, "u", "", 0, NULL));
  g_assert_false (ent_ice_config_add_server (config, turn, "u", "\xff", 0, NULL));
  g_assert_null (ent_ice_config_get_stun_uri (config));
  g_assert_null (ent_ice_config_get_turn_uris (config)[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-config/encoding", test_encoding);
  g_test_add_func ("/ice-config/empty", test_empty);
  g_test_add_func ("/ice-config/earliest-expiry", test_earliest_expiry);
  g_test_add_func ("/ice-config/refused", test_refused);
  return g_test_run ();
}
