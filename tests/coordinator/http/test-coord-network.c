#include "http/coord-network.h"

static void
test_networks (void)
{
  static const struct {
    const char *address, *network;
  } cases[] = {
    { "192.0.2.7", "192.0.2.7" },
    { "2001:db8:0:1::7", "2001:db8:0:1::/64" },
    { "2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64" },
    { "2001:DB8:0:2::7", "2001:db8:0:2::/64" },
    { "::ffff:192.0.2.7", "192.0.2.7" },
    { "::1", "::1" },
    { "::2", "::/64" },
    { "", "" },
    { "no:address", "no:address" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *network = coord_network_of (cases[i].address);

    g_assert_cmpstr (network, ==, cases[i].network);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/networks", test_networks);
  return g_test_run ();
}
