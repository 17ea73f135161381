#include "media/ent-ice-config.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_URL_BYTES 512
#define MAX_CREDENTIAL_BYTES 512

struct _EntIceConfig {
  gatomicrefcount refs;
  EntIcePolicy policy;
  gint64 expires_at_us; /* 0: never */
  char *stun_uri;
  GPtrArray *turn_uris; /* char*, ended by NULL */
};

typedef struct {
  const char *scheme; /* static */
  char *host; /* as in a URI: IPv6 in brackets */
  guint16 port;
  const char *transport; /* "udp" or "tcp", static */
} Address;

typedef struct {
  const char *scheme;
  gboolean is_turn;
  guint16 port;
  const char *transport;
} Scheme;

static const Scheme schemes[] = {
  { "stun", FALSE, 3478, "udp" },
  { "turn", TRUE, 3478, "udp" },
  { "turns", TRUE, 5349, "tcp" },
};

G_DEFINE_BOXED_TYPE (EntIceConfig, ent_ice_config, ent_ice_config_ref, ent_ice_config_unref)

EntIceConfig *
ent_ice_config_new (EntIcePolicy policy)
{
  EntIceConfig *config = g_new0 (EntIceConfig, 1);

  g_atomic_ref_count_init (&config->refs);
  config->policy = policy;
  config->turn_uris = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (config->turn_uris, NULL);
  return config;
}

EntIceConfig *
ent_ice_config_ref (EntIceConfig *config)
{
  g_atomic_ref_count_inc (&config->refs);
  return config;
}

void
ent_ice_config_unref (EntIceConfig *config)
{
  if (!g_atomic_ref_count_dec (&config->refs))
    return;
  g_free (config->stun_uri);
  g_ptr_array_unref (config->turn_uris);
  g_free (config);
}

static gboolean
is_host_name (const char *host)
{
  gsize length = strlen (host);

  if (length == 0 || length > 253)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (host[i]) && host[i] != '.' && host[i] != '-')
      return FALSE;
  return TRUE;
}

/* "host", "host:port", "[v6]" or "[v6]:port"; tells the rest after the host. */
static char *
split_host (const char *text, const char **rest)
{
  g_autofree char *host = NULL;
  const char *end;

  if (text[0] == '[') {
    end = strchr (text, ']');
    if (end == NULL)
      return NULL;
    host = g_strndup (text + 1, end - text - 1);
    if (strchr (host, ':') == NULL || !g_hostname_is_ip_address (host))
      return NULL;
    *rest = end + 1;
    return g_strdup_printf ("[%s]", host);
  }
  end = text + strcspn (text, ":");
  host = g_strndup (text, end - text);
  *rest = end;
  return is_host_name (host) ? g_steal_pointer (&host) : NULL;
}

static const Scheme *
find_scheme (const char *url, const char **rest)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    gsize length = strlen (schemes[i].scheme);

    if (g_ascii_strncasecmp (url, schemes[i].scheme, length) == 0 && url[length] == ':') {
      *rest = url + length + 1;
      return &schemes[i];
    }
  }
  return NULL;
}

static const Scheme *
parse_url (const char *url, Address *address)
{
  const char *rest = NULL;
  const Scheme *scheme = find_scheme (url, &rest);
  g_auto (GStrv) parts = NULL;
  const char *tail = NULL;
  guint64 port;

  if (scheme == NULL || strlen (url) > MAX_URL_BYTES)
    return NULL;
  parts = g_strsplit (rest, "?", 2);
  address->scheme = scheme->scheme;
  address->port = scheme->port;
  address->transport = scheme->transport;
  if (parts[0] != NULL && parts[1] != NULL) {
    if (!scheme->is_turn)
      return NULL;
    if (g_ascii_strcasecmp (parts[1], "transport=udp") == 0)
      address->transport = "udp";
    else if (g_ascii_strcasecmp (parts[1], "transport=tcp") == 0)
      address->transport = "tcp";
    else
      return NULL;
  }
  address->host = split_host (parts[0] != NULL ? parts[0] : "", &tail);
  if (address->host == NULL || tail[0] == '\0')
    return address->host != NULL ? scheme : NULL;
  if (tail[0] != ':' || !g_ascii_string_to_unsigned (tail + 1, 10, 1, 65535, &port, NULL)) {
    g_clear_pointer (&address->host, g_free);
    return NULL;
  }
  address->port = port;
  return scheme;
}

static gboolean
is_credential (const char *text)
{
  return text != NULL && text[0] != '\0' && strlen (text) <= MAX_CREDENTIAL_BYTES &&
         g_utf8_validate (text, -1, NULL);
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
    "The list of call servers cannot be used: %s", what);
  return FALSE;
}

static gboolean
add_url (const char *url,
  const char *username,
  const char *credential,
  char **stun_uri,
  GPtrArray *turn_uris,
  GError **error)
{
  Address address = { 0 };
  const Scheme *scheme = parse_url (url, &address);
  g_autofree char *host = address.host;
  g_autofree char *user = NULL;
  g_autofree char *secret = NULL;

  if (scheme == NULL)
    return refuse (error, "an address is not one of a STUN or TURN server.");
  if (!scheme->is_turn) {
    if (*stun_uri == NULL)
      *stun_uri = g_strdup_printf ("stun://%s:%u", host, address.port);
    return TRUE;
  }
  if (!is_credential (username) || !is_credential (credential))
    return refuse (error, "a TURN server has no user name or no password.");
  user = g_uri_escape_string (username, NULL, FALSE);
  secret = g_uri_escape_string (credential, NULL, FALSE);
  g_ptr_array_add (turn_uris, g_strdup_printf ("%s://%s:%s@%s:%u?transport=%s", address.scheme,
                                user, secret, host, address.port, address.transport));
  return TRUE;
}

gboolean
ent_ice_config_add_server (EntIceConfig *config,
  const char *const *urls,
  const char *username,
  const char *credential,
  gint64 expires_at_us,
  GError **error)
{
  g_autofree char *stun_uri = g_strdup (config->stun_uri);
  g_autoptr (GPtrArray) turn_uris = g_ptr_array_new_with_free_func (g_free);
  gsize n_urls = g_strv_length ((char **) urls);

  if (n_urls == 0 || n_urls + config->turn_uris->len - 1 > ENT_ICE_MAX_URLS)
    return refuse (error, "it has no address or too many.");
  for (gsize i = 0; i < n_urls; i++)
    if (!add_url (urls[i], username, credential, &stun_uri, turn_uris, error))
      return FALSE;
  g_free (config->stun_uri);
  config->stun_uri = g_steal_pointer (&stun_uri);
  g_ptr_array_remove_index (config->turn_uris, config->turn_uris->len - 1);
  g_ptr_array_extend_and_steal (config->turn_uris, g_steal_pointer (&turn_uris));
  g_ptr_array_add (config->turn_uris, NULL);
  if (expires_at_us > 0 && (config->expires_at_us == 0 || expires_at_us < config->expires_at_us))
    config->expires_at_us = expires_at_us;
  return TRUE;
}

EntIcePolicy
ent_ice_config_get_policy (EntIceConfig *config)
{
  return config->policy;
}

gint64
ent_ice_config_get_expires_at_us (EntIceConfig *config)
{
  return config->expires_at_us;
}

const char *
ent_ice_config_get_stun_uri (EntIceConfig *config)
{
  return config->stun_uri;
}

const char *const *
ent_ice_config_get_turn_uris (EntIceConfig *config)
{
  return (const char *const *) config->turn_uris->pdata;
}
