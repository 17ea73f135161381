#include "coord-config-check.h"

#include <gio/gio.h>
#include <string.h>

/* It travels as the reason of a close frame, which has room for 123 bytes. */
#define MAX_NODE_URL 120

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list words;

  va_start (words, format);
  g_propagate_error (
    error, g_error_new_valist (G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, format, words));
  va_end (words);
  return FALSE;
}

static gboolean
is_this_machine (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_str_equal (host, "localhost") ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

/* An address that says its scheme and its host, and nothing that has no meaning for us. */
static GUri *
parse_url (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return host != NULL && *host != '\0' && strpbrk (host, " %\"<>\\") == NULL &&
             g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL &&
             g_uri_get_fragment (uri) == NULL
           ? g_steal_pointer (&uri)
           : NULL;
}

/* Where people come to: encrypted, but for this machine. */
static gboolean
is_web_url (const char *text, gboolean may_have_path)
{
  g_autoptr (GUri) uri = parse_url (text);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  return (g_str_equal (scheme, "https") ||
           (g_str_equal (scheme, "http") && is_this_machine (g_uri_get_host (uri)))) &&
         !g_str_has_suffix (text, "/") && (may_have_path || *g_uri_get_path (uri) == '\0');
}

/* As coord_port_open() will see it. */
static gboolean
check_listen (const CoordConfig *config, GError **error)
{
  const char *text = config->listen;
  g_autoptr (GSocketConnectable) address = g_network_address_parse (text, 0, NULL);
  GNetworkAddress *network = address != NULL ? G_NETWORK_ADDRESS (address) : NULL;
  const char *host = network != NULL ? g_network_address_get_hostname (network) : "";
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (host);

  if ((inet == NULL && !g_str_equal (host, "localhost")) ||
      (g_network_address_get_port (network) == 0 && !g_str_has_suffix (text, ":0")))
    return fail (error,
      "'listen' must be the number of an address and a port, such as 127.0.0.1:8710 or "
      "[::1]:8710, not '%s'",
      text);
  if (config->tls == COORD_TLS_NONE && !is_this_machine (host))
    return fail (error,
      "'listen = %s' without TLS is refused: everybody on the network could read along. Listen on "
      "127.0.0.1:PORT behind a reverse proxy, or set 'tls = own'",
      text);
  if (config->public_url == NULL && inet != NULL && g_inet_address_get_is_any (inet))
    return fail (error,
      "'public-url' is needed with 'listen = %s': links must say by which address the server is "
      "reached, such as https://192.168.1.5:8710",
      text);
  return TRUE;
}

static gboolean
check_public_url (const CoordConfig *config, GError **error)
{
  return config->public_url == NULL || is_web_url (config->public_url, FALSE) ||
         fail (error,
           "'public-url' must be like https://interviews.example.org, without a path or a slash at "
           "its end, and http:// only for this machine, not '%s'",
           config->public_url);
}

static gboolean
check_node_url (const CoordConfig *config, GError **error)
{
  const char *url = config->node_url;

  return url == NULL || (is_web_url (url, TRUE) && strlen (url) <= MAX_NODE_URL) ||
         fail (error,
           "'node-url' must be like https://node1.example.org or "
           "https://interviews.example.org/node/1, without a slash at its end and of at most %d "
           "bytes, and http:// only for this machine, not '%s'",
           MAX_NODE_URL, url);
}

/* An address without a password: the configuration may be shown to people. */
static gboolean
check_database (const CoordConfig *config, GError **error)
{
  const char *address = config->database != NULL ? config->database : "";
  const char *at = strchr (address, '@'), *user = strstr (address, "://");

  if (*address == '\0')
    return TRUE;
  if (!g_str_has_prefix (address, "postgresql://") && !g_str_has_prefix (address, "postgres://"))
    return fail (error, "'database' must be empty or start with postgresql://");
  return (strstr (address, "password=") == NULL &&
           (at == NULL || memchr (user + 3, ':', at - user - 3) == NULL)) ||
         fail (error,
           "'database' must not contain the password: write it into a file of PostgreSQL's form "
           "HOST:PORT:DATABASE:USER:PASSWORD (mode 0600), and add passfile=PATH");
}

static gboolean
check_proxies (const CoordConfig *config, GError **error)
{
  for (guint i = 0; config->trusted_proxies[i] != NULL; i++) {
    g_autoptr (GInetAddressMask) mask =
      g_inet_address_mask_new_from_string (config->trusted_proxies[i], NULL);

    if (mask == NULL)
      return fail (error,
        "'trusted-proxies' must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, with "
        "spaces between them, not '%s'",
        config->trusted_proxies[i]);
  }
  return TRUE;
}

static gboolean
check_ice (const CoordConfig *config, GError **error)
{
  return config->ice_policy != COORD_ICE_RELAY || config->turn_urls[0] != NULL ||
         fail (error, "'ice-policy = relay' needs 'turn-urls': without a relay nobody could talk");
}

/* scheme:HOST[:PORT][?transport=...], with s behind the scheme for TLS: RFC 7064 and 7065. */
static gboolean
check_relays (char **urls, const char *scheme, GError **error)
{
  g_autofree char *pattern =
    g_strdup_printf ("^%ss?:([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?%s$", scheme,
      g_str_equal (scheme, "turn") ? "(\\?transport=(udp|tcp))?" : "");

  for (; *urls != NULL; urls++)
    if (!g_regex_match_simple (pattern, *urls, 0, 0))
      return fail (error, "'%s-urls' must be like %s:%s.example.org:3478%s, not '%s'", scheme,
        scheme, scheme, g_str_equal (scheme, "turn") ? "?transport=udp" : "", *urls);
  return TRUE;
}

static gboolean
check_stun (const CoordConfig *config, GError **error)
{
  return check_relays (config->stun_urls, "stun", error);
}

static gboolean
check_turn (const CoordConfig *config, GError **error)
{
  return check_relays (config->turn_urls, "turn", error);
}

static gboolean
check_smtp_url (const CoordConfig *config, GError **error)
{
  g_autoptr (GUri) uri = config->smtp_url != NULL ? parse_url (config->smtp_url) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if (config->smtp_url == NULL)
    return TRUE;
  return ((g_str_equal (scheme, "smtp") || g_str_equal (scheme, "smtps")) &&
           config->mail_from != NULL) ||
         fail (error,
           "'smtp-url' must be like smtp://mail.example.org:587, and needs 'mail-from'; the name "
           "to sign in there stands in 'smtp-user'");
}

static gboolean
check_mail_from (const CoordConfig *config, GError **error)
{
  const char *at = config->mail_from != NULL ? strchr (config->mail_from, '@') : NULL;

  if (config->mail_from == NULL)
    return TRUE;
  if (config->smtp_url == NULL)
    return fail (error, "'mail-from' needs 'smtp-url', the server that takes the mail");
  return (at != NULL && at != config->mail_from && at[1] != '\0' &&
           strpbrk (config->mail_from, " <>\"") == NULL) ||
         fail (error, "'mail-from' must be an address alone, like entrevue@example.org, not '%s'",
           config->mail_from);
}

static gboolean
check_smtp_user (const CoordConfig *config, GError **error)
{
  return config->smtp_user == NULL ||
         (config->smtp_url != NULL && config->smtp_password_file != NULL) ||
         fail (error, "'smtp-user' needs 'smtp-url' and 'smtp-password-file'");
}

static gboolean
check_path (const char *key, const char *path, GError **error)
{
  return path == NULL || g_path_is_absolute (path) ||
         fail (
           error, "'%s' must be a whole path such as /etc/entrevue/%s, not '%s'", key, key, path);
}

static gboolean
check_smtp_password (const CoordConfig *config, GError **error)
{
  if (config->smtp_password_file != NULL && config->smtp_user == NULL)
    return fail (error, "'smtp-password-file' needs 'smtp-user', whose password it is");
  return check_path ("smtp-password-file", config->smtp_password_file, error);
}

static gboolean
check_turn_secret (const CoordConfig *config, GError **error)
{
  return check_path ("turn-secret-file", config->turn_secret_file, error);
}

static gboolean
check_backup_folder (const CoordConfig *config, GError **error)
{
  return config->backup_folder == NULL || g_path_is_absolute (config->backup_folder) ||
         fail (error,
           "'backup-folder' must be a whole path such as /var/backups/entrevue, not '%s'",
           config->backup_folder);
}

gboolean
coord_config_check (const CoordConfig *config, const char **key, GError **error)
{
  /* Each looks at one key, beside others, and is told of by that key's line. */
  const struct {
    const char *key;
    gboolean (*check) (const CoordConfig *config, GError **error);
  } checks[] = {
    { "smtp-url", check_smtp_url },
    { "mail-from", check_mail_from },
    { "smtp-user", check_smtp_user },
    { "smtp-password-file", check_smtp_password },
    { "database", check_database },
    { "public-url", check_public_url },
    { "listen", check_listen },
    { "node-url", check_node_url },
    { "backup-folder", check_backup_folder },
    { "trusted-proxies", check_proxies },
    { "stun-urls", check_stun },
    { "turn-urls", check_turn },
    { "turn-secret-file", check_turn_secret },
    { "ice-policy", check_ice },
  };

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++) {
    *key = checks[i].key;
    if (!checks[i].check (config, error))
      return FALSE;
  }
  return TRUE;
}

/* https, but for one that may be on this machine or in a private network. A slash at its end
 * counts: the provider says the same text, or it is another one. */
static gboolean
is_issuer (const CoordProviderConfig *provider)
{
  g_autoptr (GUri) uri = parse_url (provider->issuer);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  return g_str_equal (scheme, "https") ||
         (provider->may_be_private && g_str_equal (scheme, "http"));
}

gboolean
coord_config_check_provider (const CoordProviderConfig *provider, GError **error)
{
  const char *fault = NULL;

  if (provider->client_id == NULL)
    fault = "needs 'client-id', which the provider gives when this server is registered there";
  else if (provider->kind == COORD_PROVIDER_GITHUB && provider->client_secret_file == NULL)
    fault = "is GitHub's kind, which needs 'client-secret-file'";
  else if (provider->issuer == NULL && provider->kind == COORD_PROVIDER_OIDC)
    fault = "needs 'issuer', such as https://accounts.example.org";
  else if (provider->issuer != NULL && !is_issuer (provider))
    fault = "must have an 'issuer' like https://accounts.example.org; "
            "http:// only with 'allow-private-address = yes'";
  else if (provider->client_secret_file != NULL &&
           !g_path_is_absolute (provider->client_secret_file))
    fault = "must have a whole path as 'client-secret-file', such as /etc/entrevue/work-secret";
  return fault == NULL || fail (error, "the provider '%s' %s", provider->name, fault);
}
