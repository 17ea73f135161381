#include <gio/gio.h>
#include <stdint.h>
#include <string.h>

#include "net/coord-proxies.h"
#include "protocol/ent-link-uri.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define PIN_LENGTH 43 /* 32 bytes in base64url */

/* Whoever is found is the proxy itself or an address in its one spelling, and no trusted proxy when
 * somebody untrusted is named behind it. */
static void
try_forwarded (const char *text)
{
  const char *const trusted[] = { "127.0.0.0/8", "::1", "10.0.0.0/8", NULL };
  g_autoptr (CoordProxies) proxies = coord_proxies_new (trusted, NULL);
  g_autofree char *client = coord_proxies_find_client (proxies, "127.0.0.1", text);
  g_autofree char *believed = coord_proxies_find_client (proxies, "192.0.2.1", text);
  g_autofree char *twice = g_strconcat (text, ", 198.51.100.7", NULL);
  g_autofree char *last = coord_proxies_find_client (proxies, "127.0.0.1", twice);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (client);
  g_autofree char *spelling = NULL;

  g_assert_nonnull (inet);
  spelling = g_inet_address_to_string (inet);
  g_assert_cmpstr (spelling, ==, client);
  g_assert_cmpstr (believed, ==, "192.0.2.1");
  g_assert_cmpstr (last, ==, "198.51.100.7");
}

/* A list of proxies as an operator writes it. */
static void
try_list (const char *text)
{
  const char *const list[] = { text, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordProxies) proxies = coord_proxies_new (list, &error);

  g_assert_true ((proxies == NULL) == (error != NULL));
  if (proxies != NULL)
    coord_proxies_contain (proxies, text);
}

static void
check_pin (const char *pin)
{
  g_assert_cmpuint (strlen (pin), ==, PIN_LENGTH);
  for (const char *c = pin; *c != '\0'; c++)
    g_assert_true (g_ascii_isalnum (*c) || *c == '-' || *c == '_');
}

/* A place that was made of a text is made again of itself; a pin is a pin. */
static void
try_place (const char *text)
{
  g_autofree char *place = ent_place_from_text (text, NULL);
  g_autofree char *origin = NULL;
  g_autofree char *pin = NULL;
  g_autofree char *again = NULL;

  if (place == NULL)
    return;
  origin = ent_place_split (place, &pin);
  again = ent_place_from_text (place, NULL);
  g_assert_cmpstr (again, ==, place);
  if (pin != NULL)
    check_pin (pin);
}

/* A link that was read is read alike when it is built again. */
static void
try_link (const char *text)
{
  g_autoptr (EntLinkUri) link = ent_link_uri_parse (text, NULL);
  g_autoptr (EntLinkUri) again = NULL;
  g_autofree char *place = NULL;
  g_autofree char *built = NULL;

  if (link == NULL)
    return;
  if (link->pin != NULL)
    check_pin (link->pin);
  place = ent_place_new (link->origin, link->pin);
  built = ent_link_uri_build (place, link->room, link->token);
  again = built != NULL ? ent_link_uri_parse (built, NULL) : NULL;
  g_assert_nonnull (again);
  g_assert_cmpstr (again->origin, ==, link->origin);
  g_assert_cmpstr (again->room, ==, link->room);
  g_assert_cmpstr (again->token, ==, link->token);
  g_assert_cmpstr (again->pin, ==, link->pin);
}

/* The same of a link to book a time with, or into an organisation. */
static void
try_token_link (const char *text,
  EntLinkUri *(*parse) (const char *, GError **),
  char *(*build) (const char *, const char *) )
{
  g_autoptr (EntLinkUri) link = parse (text, NULL);
  g_autoptr (EntLinkUri) again = NULL;
  g_autofree char *place = NULL;
  g_autofree char *built = NULL;

  if (link == NULL)
    return;
  place = ent_place_new (link->origin, link->pin);
  built = build (place, link->token);
  again = built != NULL ? parse (built, NULL) : NULL;
  g_assert_nonnull (again);
  g_assert_null (again->room);
  g_assert_cmpstr (again->origin, ==, link->origin);
  g_assert_cmpstr (again->token, ==, link->token);
  g_assert_cmpstr (again->pin, ==, link->pin);
}

/* What tells where somebody is or comes from: X-Forwarded-For, lists of proxies, servers with their
 * pins, links. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  try_forwarded (text);
  try_list (text);
  try_place (text);
  try_link (text);
  try_token_link (text, ent_link_uri_parse_booking, ent_link_uri_build_booking);
  try_token_link (text, ent_link_uri_parse_invitation, ent_link_uri_build_invitation);
  return 0;
}
