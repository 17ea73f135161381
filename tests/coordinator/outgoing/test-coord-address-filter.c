#include "outgoing/coord-address-filter.h"

static const char *const public_ones[] = { "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0",
  "172.15.255.255", "172.32.0.0", "192.167.1.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
  "2a00:1450::1", "2002:808:808::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2001:4860::8888" };

static const char *const inner_ones[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
  "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1",
  "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
  "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
  "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
  "64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
  "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
  "ff02::1", "5f00::1" };

static void
assert_all (const char *const *texts, guint n, gboolean is_public)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (texts[i]);

    g_assert_nonnull (address);
    if (coord_address_is_public (address) != is_public)
      g_error ("%s must be %s", texts[i], is_public ? "public" : "inner");
  }
}

static void
test_public (void)
{
  assert_all (public_ones, G_N_ELEMENTS (public_ones), TRUE);
}

static void
test_inner (void)
{
  assert_all (inner_ones, G_N_ELEMENTS (inner_ones), FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address-filter/public", test_public);
  g_test_add_func ("/address-filter/inner-in-every-form", test_inner);
  return g_test_run ();
}
