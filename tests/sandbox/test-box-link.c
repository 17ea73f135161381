#include "box-error.h"
#include "box-link.h"

static void
test_addresses (void)
{
  static const char *const good[] = { "unix:/run/entrevue/runner.socket", "https://example.org",
    "wss://example.org/runner/v1/socket", "http://127.0.0.1:8080", "http://[::1]:1/",
    "ws://localhost:80" };
  static const char *const bad[] = { "", "example.org", "unix:relative", "unix:", "ftp://localhost",
    "http://example.org", "ws://10.0.0.1:80", "http://localhost.example.org/", "https://" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (BoxLink) link = box_link_new (good[i], "token", &error);

    g_assert_no_error (error);
    g_assert_nonnull (link);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (box_link_new (bad[i], "token", &error));
    g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
  }
}

static void
test_delays (void)
{
  g_assert_cmpuint (box_link_get_delay_ms (0), ==, 500);
  g_assert_cmpuint (box_link_get_delay_ms (3), ==, 4000);
  g_assert_cmpuint (box_link_get_delay_ms (6), ==, 10000);
  g_assert_cmpuint (box_link_get_delay_ms (G_MAXUINT), ==, 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-link/addresses", test_addresses);
  g_test_add_func ("/box-link/delays", test_delays);
  return g_test_run ();
}
