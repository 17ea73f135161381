#include "net/coord-proxies.h"

static void
test_client (void)
{
  static const char *const list[] = { "127.0.0.1", "10.0.0.0/8", "fd00::/8", NULL };
  static const struct {
    const char *peer, *header, *client;
  } cases[] = {
    { "127.0.0.1", NULL, "127.0.0.1" },
    { "127.0.0.1", "", "127.0.0.1" },
    { "127.0.0.1", "192.0.2.7", "192.0.2.7" },
    { "127.0.0.1", " 192.0.2.7 ", "192.0.2.7" },
    { "127.0.0.1", "2001:DB8::7", "2001:db8::7" },
    { "127.0.0.1", "192.0.2.7, 10.1.2.3", "192.0.2.7" },
    { "127.0.0.1", "::ffff:192.0.2.7, ::ffff:10.1.2.3", "192.0.2.7" },
    { "127.0.0.1", "192.0.2.7, fd00::1, 10.1.2.3", "192.0.2.7" },
    /* What the client wrote itself stands before the first honest word. */
    { "127.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7" },
    { "127.0.0.1", "127.0.0.1, 192.0.2.7", "192.0.2.7" },
    { "127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1" },
    /* Nonsense ends it. */
    { "127.0.0.1", "192.0.2.7, unknown", "127.0.0.1" },
    { "127.0.0.1", "192.0.2.7, unknown, 10.0.0.2", "10.0.0.2" },
    { "127.0.0.1", "192.0.2.7:80", "127.0.0.1" },
    { "127.0.0.1", ",,,", "127.0.0.1" },
    /* Nobody else is believed. */
    { "127.0.0.2", "192.0.2.7", "127.0.0.2" },
    { "192.0.2.9", "192.0.2.7", "192.0.2.9" },
    { "", "192.0.2.7", "" },
  };
  g_autoptr (CoordProxies) proxies = coord_proxies_new (list, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *client = coord_proxies_find_client (proxies, cases[i].peer, cases[i].header);

    g_assert_cmpstr (client, ==, cases[i].client);
  }
}

static void
test_list (void)
{
  static const char *const bad[] = { "localhost", "10.0.0.0/33", "10.0.0.1/8", "*", "" };
  static const char *const none[] = { NULL };
  g_autoptr (CoordProxies) proxies = coord_proxies_new (none, NULL);
  g_autofree char *client = coord_proxies_find_client (proxies, "127.0.0.1", "192.0.2.7");

  g_assert_cmpstr (client, ==, "127.0.0.1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *list[] = { bad[i], NULL };
    g_autoptr (GError) error = NULL;

    g_assert_null (coord_proxies_new (list, &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxies/client", test_client);
  g_test_add_func ("/proxies/list", test_list);
  return g_test_run ();
}
