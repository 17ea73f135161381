#include <string.h>

#include "protocol/ent-link-uri.h"

#define UUID "01890a5d-ac96-774b-bcce-b302099a8057"
#define PIN "0123456789abcdefghijABCDEFGHIJ-_0123456789a"

static void
test_link_forms (void)
{
  static const struct {
    const char *text, *origin, *token, *pin;
  } good[] = {
    { "entrevue://join/interviews.example.org/" UUID "#abc-_9", "https://interviews.example.org",
      "abc-_9", NULL },
    { " entrevue://join/127.0.0.1:8080/" UUID "#t \n", "http://127.0.0.1:8080", "t", NULL },
    { "https://Example.org:8443/join/" UUID, "https://example.org:8443", NULL, NULL },
    { "entrevue://join/10.0.0.5:8443/" UUID "#t&pin=" PIN, "https://10.0.0.5:8443", "t", PIN },
    { "entrevue://join/[::1]:80/" UUID "#t", "http://[::1]:80", "t", NULL },
    { "entrevue://join/127.0.0.1:80/" UUID "#&pin=" PIN, "https://127.0.0.1:80", NULL, PIN },
    { "entrevue://join/127.0.0.1:80/" UUID "?tls#t", "https://127.0.0.1:80", "t", NULL },
    { "entrevue://join/example.org/" UUID "?tls", "https://example.org", NULL, NULL },
    { "https://127.0.0.1/join/" UUID "#t", "https://127.0.0.1", "t", NULL },
  };
  const char *bad[] = { "", "entrevue://join/", "entrevue://leave/h/" UUID "#t",
    "entrevue://join/h/not-a-room#t", "http://example.org/join/" UUID "#t",
    "https://example.org/other/" UUID "#t", "https://a@example.org/join/" UUID "#t",
    "entrevue://join/example.org/" UUID "/x#t", "entrevue://join/example.org/" UUID "#t%2f",
    "entrevue://join/10.0.0.5:8443/" UUID "#t&pin=short",
    "entrevue://join/10.0.0.5:8443/" UUID "#t&pin=", "http://127.0.0.1:80/join/" UUID "#t&pin=" PIN,
    "entrevue://join/e.org%23pin=" PIN "/" UUID "#t", "entrevue://join/e.org%3Fx/" UUID "#t",
    "entrevue://join/a%40e.org/" UUID "#t" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntLinkUri) link = ent_link_uri_parse (good[i].text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (link->origin, ==, good[i].origin);
    g_assert_cmpstr (link->room, ==, UUID);
    g_assert_cmpstr (link->token, ==, good[i].token);
    g_assert_cmpstr (link->pin, ==, good[i].pin);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ent_link_uri_parse (bad[i], &error));
    g_assert_nonnull (error);
  }
}

static void
test_link_build (void)
{
  g_autofree char *link = ent_link_uri_build ("http://127.0.0.1:9", UUID, "tok");
  g_autofree char *web = ent_link_uri_build_web ("https://e.org", UUID, NULL);
  g_autofree char *origin = ent_place_from_text ("example.org:8443/path#pin=short", NULL);
  g_autofree char *place = ent_place_from_text ("10.0.0.5:1/#x&pin=" PIN, NULL);
  g_autofree char *pinned = ent_link_uri_build (place, UUID, "tok");
  g_autofree char *pinned_web = ent_link_uri_build_web (place, UUID, NULL);
  g_autofree char *pin = NULL;
  g_autofree char *only_origin = ent_place_split (place, &pin);

  g_assert_cmpstr (link, ==, "entrevue://join/127.0.0.1:9/" UUID "#tok");
  g_assert_cmpstr (web, ==, "https://e.org/join/" UUID);
  g_assert_cmpstr (origin, ==, "https://example.org:8443");
  g_assert_null (ent_place_from_text ("http://example.org", NULL));
  g_assert_cmpstr (pinned, ==, "entrevue://join/10.0.0.5:1/" UUID "#tok&pin=" PIN);
  g_assert_cmpstr (pinned_web, ==, "https://10.0.0.5:1/join/" UUID "#&pin=" PIN);
  g_assert_cmpstr (place, ==, "https://10.0.0.5:1#pin=" PIN);
  g_assert_cmpstr (only_origin, ==, "https://10.0.0.5:1");
  g_assert_cmpstr (ent_link_uri_get_host (only_origin), ==, "10.0.0.5:1");
  g_assert_cmpstr (pin, ==, PIN);
  g_assert_null (ent_place_from_text ("   ", NULL));
}

/* What is reached by TLS stays so, on this machine too. */
static void
test_link_build_again (void)
{
  static const struct {
    const char *text, *built;
  } links[] = {
    { "https://127.0.0.1/join/" UUID "#t", "entrevue://join/127.0.0.1/" UUID "?tls#t" },
    { "https://[::1]:8443/join/" UUID, "entrevue://join/[::1]:8443/" UUID "?tls" },
    { "https://localhost:8443/join/" UUID "#t&pin=" PIN,
      "entrevue://join/localhost:8443/" UUID "#t&pin=" PIN },
    { "http://localhost/join/" UUID "#t", "entrevue://join/localhost/" UUID "#t" },
    { "https://e.org/join/" UUID "#t", "entrevue://join/e.org/" UUID "#t" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autoptr (EntLinkUri) link = ent_link_uri_parse (links[i].text, NULL);
    g_autofree char *place = ent_place_new (link->origin, link->pin);
    g_autofree char *built = ent_link_uri_build (place, link->room, link->token);
    g_autoptr (EntLinkUri) again = ent_link_uri_parse (built, NULL);

    g_assert_cmpstr (built, ==, links[i].built);
    g_assert_cmpstr (again->origin, ==, link->origin);
    g_assert_cmpstr (again->token, ==, link->token);
    g_assert_cmpstr (again->pin, ==, link->pin);
  }
}

static void
test_booking_link (void)
{
  const struct {
    const char *text, *origin, *token, *pin;
  } good[] = {
    { "entrevue://book/interviews.example.org#abc-_9", "https://interviews.example.org", "abc-_9",
      NULL },
    { " https://Example.org:8443/book#t \n", "https://example.org:8443", "t", NULL },
    { "entrevue://book/10.0.0.5:8443#t&pin=" PIN, "https://10.0.0.5:8443", "t", PIN },
  };
  const char *bad[] = { "", "entrevue://book/h", "entrevue://book/h#",
    "entrevue://book/h#&pin=" PIN, "entrevue://book/h/" UUID "#t", "entrevue://join/h/" UUID "#t",
    "http://example.org/book#t", "https://example.org/book/#t", "https://example.org/other#t" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntLinkUri) link = ent_link_uri_parse_booking (good[i].text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (link->origin, ==, good[i].origin);
    g_assert_null (link->room);
    g_assert_cmpstr (link->token, ==, good[i].token);
    g_assert_cmpstr (link->pin, ==, good[i].pin);
    /* It is for nothing else. */
    g_assert_null (ent_link_uri_parse (good[i].text, NULL));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ent_link_uri_parse_booking (bad[i], &error));
    g_assert_nonnull (error);
  }
}

static void
test_booking_link_build (void)
{
  g_autofree char *place = ent_place_from_text ("10.0.0.5:1/#pin=" PIN, NULL);
  g_autofree char *link = ent_link_uri_build_booking (place, "tok");
  g_autofree char *web = ent_link_uri_build_booking_web (place, "tok");
  g_autofree char *without = ent_link_uri_build_booking ("https://e.org", NULL);
  g_autofree char *near = ent_link_uri_build_booking ("https://127.0.0.1:8443", "tok");

  g_assert_cmpstr (link, ==, "entrevue://book/10.0.0.5:1#tok&pin=" PIN);
  g_assert_cmpstr (web, ==, "https://10.0.0.5:1/book#tok&pin=" PIN);
  g_assert_cmpstr (without, ==, "entrevue://book/e.org");
  g_assert_cmpstr (near, ==, "entrevue://book/127.0.0.1:8443?tls#tok");
}

static void
test_invitation_link (void)
{
  g_autofree char *web =
    ent_link_uri_build_invitation_web ("https://e.org:8443#pin=" PIN, "abc-_9");
  g_autofree char *link = ent_link_uri_build_invitation ("https://e.org:8443", NULL);
  g_autoptr (EntLinkUri) parsed = ent_link_uri_parse_invitation (web, NULL);
  g_autofree char *token = ent_link_uri_dup_invitation_token (web);
  g_autofree char *alone = ent_link_uri_dup_invitation_token (" abc-_9 ");
  const char *bad[] = { "", " ", "https://example.org/invite", "https://example.org/invite#",
    "https://example.org/invite/x#t", "http://example.org/invite#t", "https://e.org/book#t",
    "entrevue://invite/e.org/x#t", "https://e.org/invite#t&pin=short" };

  g_assert_cmpstr (web, ==, "https://e.org:8443/invite#abc-_9&pin=" PIN);
  g_assert_cmpstr (link, ==, "entrevue://invite/e.org:8443");
  g_assert_cmpstr (parsed->origin, ==, "https://e.org:8443");
  g_assert_cmpstr (parsed->pin, ==, PIN);
  g_assert_cmpstr (parsed->token, ==, "abc-_9");
  g_assert_cmpstr (token, ==, "abc-_9");
  g_assert_cmpstr (alone, ==, "abc-_9");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (ent_link_uri_dup_invitation_token (bad[i]));
}

/* Where nothing can be compared with a pin, nothing is connected to. */
static void
test_pin_without_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *local = ent_place_from_text ("127.0.0.1:8443#pin=" PIN, NULL);

  g_assert_cmpstr (local, ==, "https://127.0.0.1:8443#pin=" PIN);
  g_assert_null (ent_link_uri_parse ("http://localhost/join/" UUID "#t&pin=" PIN, &error));
  g_assert_nonnull (strstr (error->message, "without encryption"));
  g_clear_error (&error);
  g_assert_null (ent_place_from_text ("http://127.0.0.1:8443#pin=" PIN, &error));
  g_assert_nonnull (strstr (error->message, "without encryption"));
}

static void
test_is_for (void)
{
  static const struct {
    const char *link, *place;
    gboolean is_for;
  } cases[] = {
    { "https://a.example/join/" UUID "#t", "https://a.example", TRUE },
    { "https://A.Example/join/" UUID "#t", "https://a.example", TRUE },
    { "entrevue://join/a.example/" UUID, "https://a.example", TRUE },
    { "https://a.example/join/" UUID "#t&pin=" PIN, "https://a.example#pin=" PIN, TRUE },
    { "https://b.example/join/" UUID "#t", "https://a.example", FALSE },
    { "https://a.example:8443/join/" UUID "#t", "https://a.example", FALSE },
    { "http://localhost/join/" UUID "#t", "https://localhost", FALSE },
    { "https://a.example/join/" UUID "#t&pin=" PIN, "https://a.example", FALSE },
    { "https://a.example/join/" UUID "#t", "https://a.example#pin=" PIN, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntLinkUri) link = ent_link_uri_parse (cases[i].link, &error);

    g_assert_no_error (error);
    g_assert_cmpint (ent_link_uri_is_for (link, cases[i].place), ==, cases[i].is_for);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/forms", test_link_forms);
  g_test_add_func ("/link/build", test_link_build);
  g_test_add_func ("/link/build-again", test_link_build_again);
  g_test_add_func ("/link/booking", test_booking_link);
  g_test_add_func ("/link/booking-build", test_booking_link_build);
  g_test_add_func ("/link/invitation", test_invitation_link);
  g_test_add_func ("/link/pin-without-tls", test_pin_without_tls);
  g_test_add_func ("/link/is-for", test_is_for);
  return g_test_run ();
}
