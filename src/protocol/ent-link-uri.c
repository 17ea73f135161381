#include "protocol/ent-link-uri.h"

#include <glib/gi18n-lib.h>
#include <gio/gio.h>
#include <string.h>

#include "base/ent-id.h"
#include "protocol/ent-limits.h"

#define PIN_SIZE 43 /* SHA-256 in base64url */
#define WITH_TLS "tls" /* the query of a link to this machine that is not reached in the open */

void
ent_link_uri_free (EntLinkUri *uri)
{
  g_free (uri->origin);
  g_free (uri->room);
  g_free (uri->token);
  g_free (uri->pin);
  g_free (uri);
}

static gboolean
is_this_machine (const char *host)
{
  return g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") ||
         g_str_equal (host, "localhost");
}

/* What has a meaning in addresses, or none that can be seen. */
static gboolean
has_foreign_characters (const char *host)
{
  for (const char *c = host; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || strchr ("/@?# %\\\"<>", *c) != NULL)
      return TRUE;
  return FALSE;
}

/* scheme NULL: TLS unless the host is this machine. */
static char *
build_origin (const char *scheme, const char *host, int port, GError **error)
{
  gboolean is_v6 = strchr (host, ':') != NULL;
  g_autofree char *lower = g_ascii_strdown (host, -1);

  if (*host == '\0' || has_foreign_characters (host)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” is not the address of a server. It looks like interviews.example.org."), host);
    return NULL;
  }
  if (scheme == NULL)
    scheme = is_this_machine (lower) ? "http" : "https";
  if (g_str_equal (scheme, "http") && !is_this_machine (lower)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” must be reached by https: without encryption only this computer may be used."),
      host);
    return NULL;
  }
  if (port > 0)
    return g_strdup_printf (is_v6 ? "%s://[%s]:%d" : "%s://%s:%d", scheme, lower, port);
  return g_strdup_printf (is_v6 ? "%s://[%s]" : "%s://%s", scheme, lower);
}

static gboolean
is_pin (const char *text)
{
  gsize size = 0;

  for (; text[size] != '\0'; size++)
    if (!g_ascii_isalnum (text[size]) && text[size] != '-' && text[size] != '_')
      return FALSE;
  return size == PIN_SIZE;
}

char *
ent_place_new (const char *origin, const char *pin)
{
  return pin != NULL ? g_strconcat (origin, "#pin=", pin, NULL) : g_strdup (origin);
}

char *
ent_place_split (const char *place, char **pin)
{
  const char *mark = strstr (place, "#pin=");

  if (pin != NULL)
    *pin = mark != NULL ? g_strdup (mark + strlen ("#pin=")) : NULL;
  return mark != NULL ? g_strndup (place, mark - place) : g_strdup (place);
}

gboolean
ent_link_uri_is_for (const EntLinkUri *link, const char *place)
{
  g_autofree char *own = ent_place_new (link->origin, link->pin);

  return g_str_equal (own, place);
}

/* The fragment of an address that was typed or pasted: of a place, or of a whole link. */
static char *
find_pin (const char *fragment)
{
  g_auto (GStrv) parts = g_strsplit (fragment != NULL ? fragment : "", "&", 4);

  for (char **part = parts; *part != NULL; part++)
    if (g_str_has_prefix (*part, "pin=") && is_pin (*part + 4))
      return g_strdup (*part + 4);
  return NULL;
}

/* A pin is that of a certificate, which there is none of without TLS. */
static gboolean
check_pinned_scheme (const char *scheme, GError **error)
{
  if (g_strcmp0 (scheme, "http") != 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
    _ ("This address names the key of a server, but asks for a connection without encryption, "
       "where no key can be checked. Ask for a link that begins with https."));
  return FALSE;
}

char *
ent_place_from_text (const char *text, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autofree char *full = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *pin = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (strlen (trimmed) > ENT_MAX_URL || *trimmed == '\0') {
    g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("Enter the address of a server."));
    return NULL;
  }
  full =
    strstr (trimmed, "://") != NULL ? g_strdup (trimmed) : g_strconcat ("none://", trimmed, NULL);
  uri = g_uri_parse (full, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_userinfo (uri) != NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” is not the address of a server. It looks like interviews.example.org."), trimmed);
    return NULL;
  }
  scheme = g_uri_get_scheme (uri);
  if (g_str_equal (scheme, "none"))
    scheme = NULL;
  else if (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” is not the address of a server. It looks like interviews.example.org."), trimmed);
    return NULL;
  }
  pin = find_pin (g_uri_get_fragment (uri));
  if (pin != NULL && !check_pinned_scheme (scheme, error))
    return NULL;
  if (pin != NULL)
    scheme = "https";
  origin = build_origin (scheme, g_uri_get_host (uri), g_uri_get_port (uri), error);
  return origin != NULL ? ent_place_new (origin, pin) : NULL;
}

/* What a link is for: the word in it, and whether a room stands behind that. */
typedef struct {
  const char *word;
  gboolean has_room;
} Purpose;

static const Purpose joining = { "join", TRUE };
static const Purpose booking = { "book", FALSE };
static const Purpose inviting = { "invite", FALSE };

static EntLinkUri *
refuse (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
    _ ("This is not a link to an interview. Copy the whole link from the invitation."));
  return NULL;
}

/* The fragment is TOKEN or TOKEN&pin=PIN. */
static gboolean
read_fragment (EntLinkUri *link, const char *fragment)
{
  g_auto (GStrv) parts = NULL;

  if (fragment == NULL || *fragment == '\0')
    return TRUE;
  parts = g_strsplit (fragment, "&", 4);
  for (char **part = parts; *part != NULL; part++)
    for (const char *c = g_str_has_prefix (*part, "pin=") ? *part + 4 : *part; *c != '\0'; c++)
      if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
        return FALSE;
  link->token = *parts[0] != '\0' ? g_strdup (parts[0]) : NULL;
  for (char **part = parts + 1; *part != NULL; part++)
    if (g_str_has_prefix (*part, "pin=") && link->pin == NULL)
      link->pin = g_strdup (*part + 4);
  /* Cut short it would fit no certificate. */
  return link->pin == NULL || is_pin (link->pin);
}

/* HOST or HOST:PORT of a link; is_secure: by TLS, on this machine too. What was escaped there is no
 * part of a host: a pin would come from where nobody looks for one. */
static char *
build_link_origin (const char *host, gboolean is_secure, GError **error)
{
  g_autofree char *secure = is_secure ? g_strconcat ("https://", host, NULL) : NULL;

  if (has_foreign_characters (host)) {
    refuse (error);
    return NULL;
  }
  return ent_place_from_text (is_secure ? secure : host, error);
}

/* A pin is that of a certificate, so there is TLS. */
static gboolean
is_by_tls (const EntLinkUri *link, GUri *uri)
{
  return link->pin != NULL || g_strcmp0 (g_uri_get_query (uri), WITH_TLS) == 0;
}

static EntLinkUri *
parse (const char *text, const Purpose *purpose, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autoptr (GUri) uri = NULL;
  g_autoptr (EntLinkUri) link = g_new0 (EntLinkUri, 1);
  g_auto (GStrv) path = NULL;
  const char *scheme;
  guint n_parts =
    purpose->has_room ? 3 : 2; /* of the path, from the empty one before the first / */

  if (strlen (trimmed) > ENT_MAX_URL + ENT_MAX_TOKEN)
    return refuse (error);
  uri = g_uri_parse (trimmed, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_userinfo (uri) != NULL)
    return refuse (error);
  scheme = g_uri_get_scheme (uri);
  path = g_strsplit (g_uri_get_path (uri), "/", 5);
  if (!read_fragment (link, g_uri_get_fragment (uri)))
    return refuse (error);

  if (g_str_equal (scheme, "entrevue")) {
    if (!g_str_equal (g_uri_get_host (uri), purpose->word) || g_strv_length (path) != n_parts)
      return refuse (error);
    link->origin = build_link_origin (path[1], is_by_tls (link, uri), error);
  } else if (g_str_equal (scheme, "https") || g_str_equal (scheme, "http")) {
    if (g_strv_length (path) != n_parts || !g_str_equal (path[1], purpose->word))
      return refuse (error);
    if (link->pin != NULL && !check_pinned_scheme (scheme, error))
      return NULL;
    link->origin = build_origin (scheme, g_uri_get_host (uri), g_uri_get_port (uri), error);
  } else {
    return refuse (error);
  }
  if (link->origin == NULL)
    return NULL;
  if (purpose->has_room)
    link->room = g_strdup (path[2]);
  /* Nobody is signed in to a link that only its token makes one. */
  if (purpose->has_room ? !ent_id_is_valid (link->room) : link->token == NULL)
    return refuse (error);
  return g_steal_pointer (&link);
}

EntLinkUri *
ent_link_uri_parse (const char *text, GError **error)
{
  return parse (text, &joining, error);
}

EntLinkUri *
ent_link_uri_parse_booking (const char *text, GError **error)
{
  return parse (text, &booking, error);
}

EntLinkUri *
ent_link_uri_parse_invitation (const char *text, GError **error)
{
  return parse (text, &inviting, error);
}

/* The token and the pin stand behind the '#', which browsers send to nobody. */
static char *
append_secrets (const char *base, const char *token, const char *pin)
{
  if (token == NULL && pin == NULL)
    return g_strdup (base);
  return g_strconcat (
    base, "#", token != NULL ? token : "", pin != NULL ? "&pin=" : NULL, pin, NULL);
}

/* Whether TLS has to be asked for: to this machine nobody would use it otherwise. */
static gboolean
needs_tls_mark (const char *origin, const char *pin)
{
  g_autoptr (GUri) uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);

  return pin == NULL && uri != NULL && g_str_equal (g_uri_get_scheme (uri), "https") &&
         g_uri_get_host (uri) != NULL && is_this_machine (g_uri_get_host (uri));
}

/* room: NULL for none. */
static char *
build (const char *place, const Purpose *purpose, const char *room, const char *token)
{
  g_autofree char *pin = NULL;
  g_autofree char *origin = ent_place_split (place, &pin);
  g_autofree char *base = NULL;

  if (strstr (origin, "://") == NULL)
    return NULL;
  base = g_strconcat ("entrevue://", purpose->word, "/", ent_link_uri_get_host (origin),
    room != NULL ? "/" : "", room != NULL ? room : "",
    needs_tls_mark (origin, pin) ? "?" WITH_TLS : NULL, NULL);
  return append_secrets (base, token, pin);
}

static char *
build_web (const char *place, const Purpose *purpose, const char *room, const char *token)
{
  g_autofree char *pin = NULL;
  g_autofree char *origin = ent_place_split (place, &pin);
  g_autofree char *base =
    g_strconcat (origin, "/", purpose->word, room != NULL ? "/" : NULL, room, NULL);

  return append_secrets (base, token, pin);
}

const char *
ent_link_uri_get_host (const char *origin)
{
  const char *slashes = strstr (origin, "://");

  return slashes != NULL ? slashes + strlen ("://") : origin;
}

char *
ent_link_uri_build (const char *place, const char *room, const char *token)
{
  return build (place, &joining, room, token);
}

char *
ent_link_uri_build_web (const char *place, const char *room, const char *token)
{
  return build_web (place, &joining, room, token);
}

char *
ent_link_uri_build_booking (const char *place, const char *token)
{
  return build (place, &booking, NULL, token);
}

char *
ent_link_uri_build_booking_web (const char *place, const char *token)
{
  return build_web (place, &booking, NULL, token);
}

char *
ent_link_uri_build_invitation (const char *place, const char *token)
{
  return build (place, &inviting, NULL, token);
}

char *
ent_link_uri_build_invitation_web (const char *place, const char *token)
{
  return build_web (place, &inviting, NULL, token);
}

char *
ent_link_uri_dup_invitation_token (const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autoptr (EntLinkUri) link = ent_link_uri_parse_invitation (trimmed, NULL);

  if (link != NULL)
    return g_steal_pointer (&link->token);
  if (*trimmed == '\0' || strlen (trimmed) > ENT_MAX_TOKEN ||
      strpbrk (trimmed, "/:.?&#= \t\n") != NULL)
    return NULL;
  return g_steal_pointer (&trimmed);
}
