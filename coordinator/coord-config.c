#include "coord-config.h"

#include <gio/gio.h>
#include <string.h>

typedef enum {
  KEY_TEXT,
  KEY_LIST,
  KEY_NUMBER,
  KEY_CHOICE, /* int, index into choices; gboolean where there are two */
} KeyType;

typedef struct {
  const char *name;
  KeyType type;
  gsize offset;
  const char *standard;
  gint64 least, most;
  const char *choices[4];
} Key;

#define OFFSET(member) G_STRUCT_OFFSET (CoordConfig, member)

static const Key keys[] = {
  { "listen", KEY_TEXT, OFFSET (listen), "127.0.0.1:8710" },
  { "tls", KEY_CHOICE, OFFSET (tls), "none", 0, 0, { "none", "own" } },
  { "trusted-proxies", KEY_LIST, OFFSET (trusted_proxies), "" },
  { "database", KEY_TEXT, OFFSET (database) },
  { "public-url", KEY_TEXT, OFFSET (public_url) },
  { "node-url", KEY_TEXT, OFFSET (node_url) },
  { "registration", KEY_CHOICE, OFFSET (registration), "closed", 0, 0,
    { "closed", "invited", "open" } },
  { "org-creation", KEY_CHOICE, OFFSET (may_anyone_create_orgs), "site-admin", 0, 0,
    { "site-admin", "anyone" } },
  { "room-opens-minutes", KEY_NUMBER, OFFSET (room_opens_minutes), "15", 0, 1440 },
  { "grace-minutes", KEY_NUMBER, OFFSET (grace_minutes), "30", 0, 1440 },
  { "change-hours", KEY_NUMBER, OFFSET (change_hours), "2", 0, 720 },
  { "record-days", KEY_NUMBER, OFFSET (record_days), "0", 0, 36500 },
  { "backup-folder", KEY_TEXT, OFFSET (backup_folder) },
  { "backup-keep", KEY_NUMBER, OFFSET (backup_keep), "14", 0, 100000 },
  { "backup-secrets", KEY_CHOICE, OFFSET (has_backup_secrets), "no", 0, 0, { "no", "yes" } },
  { "smtp-url", KEY_TEXT, OFFSET (smtp_url) },
  { "smtp-user", KEY_TEXT, OFFSET (smtp_user) },
  { "smtp-password-file", KEY_TEXT, OFFSET (smtp_password_file) },
  { "smtp-security", KEY_CHOICE, OFFSET (wants_smtp_tls), "tls", 0, 0, { "none", "tls" } },
  { "mail-from", KEY_TEXT, OFFSET (mail_from) },
  { "stun-urls", KEY_LIST, OFFSET (stun_urls), "" },
  { "turn-urls", KEY_LIST, OFFSET (turn_urls), "" },
  { "turn-secret-file", KEY_TEXT, OFFSET (turn_secret_file) },
  { "ice-policy", KEY_CHOICE, OFFSET (ice_policy), "all", 0, 0, { "all", "relay" } },
  { "local-runner", KEY_CHOICE, OFFSET (has_local_runner), "none", 0, 0, { "none", "child" } },
  { "readers", KEY_NUMBER, OFFSET (readers), "2", 1, 64 },
  { "max-connections", KEY_NUMBER, OFFSET (max_connections), "8000", 16, 100000 },
  { "max-per-address", KEY_NUMBER, OFFSET (max_per_address), "512", 8, 100000 },
  { "max-sockets", KEY_NUMBER, OFFSET (max_sockets), "12000", 16, 1000000 },
  { "signin-per-account", KEY_NUMBER, OFFSET (signin_per_account), "10", 1, 1000000 },
  { "signin-per-address", KEY_NUMBER, OFFSET (signin_per_address), "30", 1, 1000000 },
  { "general-per-user", KEY_NUMBER, OFFSET (general_per_user), "200", 1, 1000000 },
  { "general-per-address", KEY_NUMBER, OFFSET (general_per_address), "400", 1, 1000000 },
  { "execute-per-user", KEY_NUMBER, OFFSET (execute_per_user), "10", 1, 1000000 },
  { "sockets-per-address", KEY_NUMBER, OFFSET (sockets_per_address), "240", 1, 1000000 },
};

#define IN_PROVIDER(member) G_STRUCT_OFFSET (CoordProviderConfig, member)

/* Of a section [provider NAME]. */
static const Key provider_keys[] = {
  { "kind", KEY_CHOICE, IN_PROVIDER (kind), "oidc", 0, 0, { "oidc", "github" } },
  { "title", KEY_TEXT, IN_PROVIDER (title) },
  { "issuer", KEY_TEXT, IN_PROVIDER (issuer) },
  { "client-id", KEY_TEXT, IN_PROVIDER (client_id) },
  { "client-secret-file", KEY_TEXT, IN_PROVIDER (client_secret_file) },
  { "scopes", KEY_LIST, IN_PROVIDER (scopes), "" },
  { "allow-private-address", KEY_CHOICE, IN_PROVIDER (may_be_private), "no", 0, 0,
    { "no", "yes" } },
};

/* What a section may contain, and where its values go. */
typedef struct {
  const Key *keys;
  guint n_keys;
  gpointer values;
} Section;

static gboolean
set_choice (const Key *key, int *place, const char *value, GError **error)
{
  for (int i = 0; key->choices[i] != NULL; i++)
    if (g_str_equal (key->choices[i], value)) {
      *place = i;
      return TRUE;
    }
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'%s' must be '%s'%s%s%s or '%s', not '%s'", key->name, key->choices[0],
    key->choices[2] != NULL ? ", '" : "", key->choices[2] != NULL ? key->choices[1] : "",
    key->choices[2] != NULL ? "'" : "", key->choices[key->choices[2] != NULL ? 2 : 1], value);
  return FALSE;
}

static gboolean
set_value (gpointer values, const Key *key, const char *value, GError **error)
{
  gpointer place = G_STRUCT_MEMBER_P (values, key->offset);

  switch (key->type) {
  case KEY_TEXT:
    g_free (*(char **) place);
    *(char **) place = *value != '\0' ? g_strdup (value) : NULL;
    return TRUE;
  case KEY_LIST:
    g_strfreev (*(char ***) place);
    *(char ***) place = g_strsplit (value, " ", -1);
    if (*value == '\0')
      (*(char ***) place)[0] = NULL;
    return TRUE;
  case KEY_NUMBER:
    if (g_ascii_string_to_signed (value, 10, key->least, key->most, place, NULL))
      return TRUE;
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
      "'%s' must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not '%s'",
      key->name, key->least, key->most, value);
    return FALSE;
  case KEY_CHOICE:
    return set_choice (key, place, value, error);
  }
  g_assert_not_reached ();
}

static void
set_standards (const Section *section)
{
  for (guint i = 0; i < section->n_keys; i++)
    if (section->keys[i].standard != NULL &&
        !set_value (section->values, &section->keys[i], section->keys[i].standard, NULL))
      g_assert_not_reached ();
}

static void
free_values (const Section *section)
{
  for (guint i = 0; i < section->n_keys; i++) {
    gpointer place = G_STRUCT_MEMBER_P (section->values, section->keys[i].offset);

    if (section->keys[i].type == KEY_TEXT)
      g_free (*(char **) place);
    else if (section->keys[i].type == KEY_LIST)
      g_strfreev (*(char ***) place);
  }
  g_free (section->values);
}

static Section
get_main_section (CoordConfig *config)
{
  return (Section){ keys, G_N_ELEMENTS (keys), config };
}

static Section
get_provider_section (CoordProviderConfig *provider)
{
  return (Section){ provider_keys, G_N_ELEMENTS (provider_keys), provider };
}

static void
provider_free (gpointer data)
{
  CoordProviderConfig *provider = data;
  Section section = get_provider_section (provider);

  g_free (provider->name);
  free_values (&section);
}

CoordConfig *
coord_config_new (void)
{
  CoordConfig *config = g_new0 (CoordConfig, 1);
  Section section = get_main_section (config);

  set_standards (&section);
  config->providers = g_ptr_array_new_with_free_func (provider_free);
  return config;
}

static const Key *
find_key (const Section *section, const char *name)
{
  for (guint i = 0; i < section->n_keys; i++)
    if (g_str_equal (section->keys[i].name, name))
      return &section->keys[i];
  return NULL;
}

CoordProviderConfig *
coord_config_find_provider (const CoordConfig *config, const char *name)
{
  for (guint i = 0; i < config->providers->len; i++) {
    CoordProviderConfig *provider = config->providers->pdata[i];

    if (g_str_equal (provider->name, name))
      return provider;
  }
  return NULL;
}

const char *
coord_provider_config_get_title (const CoordProviderConfig *provider)
{
  return provider->title != NULL ? provider->title : provider->name;
}

const char *
coord_provider_config_get_issuer (const CoordProviderConfig *provider)
{
  return provider->issuer != NULL ? provider->issuer : "https://github.com";
}

/* Part of an address, so plain. */
static gboolean
is_provider_name (const char *name)
{
  if (*name == '\0' || strlen (name) > COORD_MAX_PROVIDER_NAME)
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && !g_ascii_isdigit (*c) && *c != '-')
      return FALSE;
  return TRUE;
}

#define PROVIDER "[provider "

/* A line in brackets: what the lines after it are about. */
static gboolean
begin_section (CoordConfig *config,
  const char *line,
  guint number,
  Section *section,
  GError **error)
{
  g_autofree char *name = NULL;
  CoordProviderConfig *provider;

  if (g_str_equal (line, "[coordinator]")) {
    *section = get_main_section (config);
    return TRUE;
  }
  if (!g_str_has_prefix (line, PROVIDER) || !g_str_has_suffix (line, "]")) {
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND,
      "the section '%s' is not known: there are [coordinator] and [provider NAME]", line);
    return FALSE;
  }
  name = g_strndup (line + strlen (PROVIDER), strlen (line) - strlen (PROVIDER) - 1);
  g_strstrip (name);
  if (!is_provider_name (name) || config->providers->len >= COORD_MAX_PROVIDERS ||
      coord_config_find_provider (config, name) != NULL) {
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE,
      "a provider's name is of small letters, digits and hyphens, at most %d, and stands once; "
      "there are at most %d providers",
      COORD_MAX_PROVIDER_NAME, COORD_MAX_PROVIDERS);
    return FALSE;
  }
  provider = g_new0 (CoordProviderConfig, 1);
  provider->name = g_steal_pointer (&name);
  provider->line = number;
  g_ptr_array_add (config->providers, provider);
  *section = get_provider_section (provider);
  set_standards (section);
  return TRUE;
}

static gboolean
read_line (const Section *section, char *line, guint number, GHashTable *seen, GError **error)
{
  char *equals = strchr (line, '=');
  const Key *key;

  if (equals == NULL) {
    g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE,
      "this is neither a comment, nor a section in brackets, nor 'key = value'");
    return FALSE;
  }
  *equals = '\0';
  g_strstrip (line);
  key = find_key (section, line);
  if (key == NULL) {
    g_set_error (
      error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND, "the key '%s' is not known", line);
    return FALSE;
  }
  if (!g_hash_table_insert (
        seen, G_STRUCT_MEMBER_P (section->values, key->offset), GUINT_TO_POINTER (number))) {
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "'%s' is given twice", line);
    return FALSE;
  }
  return set_value (section->values, key, g_strstrip (equals + 1), error);
}

/* An address without a password: the configuration may be shown to people. */
static gboolean
check_database (const char *address, GError **error)
{
  const char *at = strchr (address, '@'), *user = strstr (address, "://");

  if (!g_str_has_prefix (address, "postgresql://") && !g_str_has_prefix (address, "postgres://")) {
    g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
      "'database' must be empty or start with postgresql://");
    return FALSE;
  }
  if (strstr (address, "password=") == NULL &&
      (at == NULL || memchr (user + 3, ':', at - user - 3) == NULL))
    return TRUE;
  g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'database' must not contain the password: write it into a file of PostgreSQL's form "
    "HOST:PORT:DATABASE:USER:PASSWORD (mode 0600), and add passfile=PATH");
  return FALSE;
}

/* It travels as the reason of a close frame, which has room for 123 bytes. */
#define MAX_NODE_URL 120

static gboolean
is_url (const char *text)
{
  return g_str_has_prefix (text, "http") && strpbrk (text, "#? ") == NULL &&
         !g_str_has_suffix (text, "/");
}

static gboolean
check_public_url (const CoordConfig *config, GError **error)
{
  const char *url = config->public_url;
  gboolean is_any =
    g_str_has_prefix (config->listen, "0.0.0.0:") || g_str_has_prefix (config->listen, "[::]:");

  if (url == NULL && is_any) {
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
      "'public-url' is needed with 'listen = %s': links must say by which address the server is "
      "reached, such as https://192.168.1.5:8710",
      config->listen);
    return FALSE;
  }
  if (url == NULL ||
      (g_str_has_prefix (url, "http") && strchr (url, '#') == NULL && !g_str_has_suffix (url, "/")))
    return TRUE;
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'public-url' must be like https://interviews.example.org, without a slash at its end, not "
    "'%s'",
    url);
  return FALSE;
}

static gboolean
check_node_url (const CoordConfig *config, GError **error)
{
  const char *url = config->node_url;

  if (url == NULL || (is_url (url) && strlen (url) <= MAX_NODE_URL))
    return TRUE;
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'node-url' must be like https://node1.example.org or https://interviews.example.org/node/1, "
    "without a slash at its end and of at most %d bytes, not '%s'",
    MAX_NODE_URL, url);
  return FALSE;
}

static gboolean
check_proxies (const CoordConfig *config, GError **error)
{
  for (guint i = 0; config->trusted_proxies[i] != NULL; i++) {
    g_autoptr (GInetAddressMask) mask =
      g_inet_address_mask_new_from_string (config->trusted_proxies[i], NULL);

    if (mask == NULL) {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
        "'trusted-proxies' must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, not "
        "'%s'",
        config->trusted_proxies[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_ice (const CoordConfig *config, GError **error)
{
  if (config->ice_policy != COORD_ICE_RELAY || config->turn_urls[0] != NULL)
    return TRUE;
  g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'ice-policy = relay' needs 'turn-urls': without a relay nobody could talk");
  return FALSE;
}

/* Each looks at one key, beside others, and is told of by that key's line. */
static gboolean
check_mail (const CoordConfig *config, GError **error)
{
  gboolean is_url = config->smtp_url != NULL && (g_str_has_prefix (config->smtp_url, "smtp://") ||
                                                  g_str_has_prefix (config->smtp_url, "smtps://"));

  if (config->smtp_url == NULL ? config->mail_from == NULL : is_url && config->mail_from != NULL)
    return TRUE;
  g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'smtp-url' must be like smtp://mail.example.org:587, and needs 'mail-from'");
  return FALSE;
}

/* https, but for one that may be on this machine or in a private network. A slash at its end
 * counts: the provider says the same text, or it is another one. */
static gboolean
is_issuer (const CoordProviderConfig *provider)
{
  const char *issuer = provider->issuer;

  return strpbrk (issuer, "#? ") == NULL &&
         (g_str_has_prefix (issuer, "https://") ||
           (provider->may_be_private && g_str_has_prefix (issuer, "http://")));
}

static gboolean
check_provider (const CoordProviderConfig *provider, GError **error)
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
  if (fault != NULL)
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "the provider '%s' %s",
      provider->name, fault);
  return fault == NULL;
}

static gboolean
check_providers (const CoordConfig *config, const char *name, GError **error)
{
  for (guint i = 0; i < config->providers->len; i++) {
    const CoordProviderConfig *provider = config->providers->pdata[i];

    if (!check_provider (provider, error)) {
      g_prefix_error (error, "%s, line %u: ", name, provider->line);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_backup_folder (const CoordConfig *config, GError **error)
{
  if (config->backup_folder == NULL || g_path_is_absolute (config->backup_folder))
    return TRUE;
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
    "'backup-folder' must be a whole path such as /var/backups/entrevue, not '%s'",
    config->backup_folder);
  return FALSE;
}

static gboolean
check_whole (const CoordConfig *config, const char **key, GError **error)
{
  *key = "smtp-url";
  if (!check_mail (config, error))
    return FALSE;
  *key = "database";
  if (config->database != NULL && !check_database (config->database, error))
    return FALSE;
  *key = config->public_url != NULL ? "public-url" : "listen";
  if (!check_public_url (config, error))
    return FALSE;
  *key = "node-url";
  if (!check_node_url (config, error))
    return FALSE;
  *key = "backup-folder";
  if (!check_backup_folder (config, error))
    return FALSE;
  *key = "trusted-proxies";
  if (!check_proxies (config, error))
    return FALSE;
  *key = "ice-policy";
  return check_ice (config, error);
}

CoordConfig *
coord_config_parse (const char *text, const char *name, GError **error)
{
  g_autoptr (CoordConfig) config = coord_config_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const Section whole = get_main_section (config);
  Section section = whole;
  const char *key;

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);

    if (*line == '\0' || *line == '#')
      continue;
    if (*line == '[' ? !begin_section (config, line, i + 1, &section, error)
                     : !read_line (&section, line, i + 1, seen, error)) {
      g_prefix_error (error, "%s, line %u: ", name, i + 1);
      return NULL;
    }
  }
  if (!check_whole (config, &key, error)) {
    g_prefix_error (error, "%s, line %u: ", name,
      GPOINTER_TO_UINT (
        g_hash_table_lookup (seen, G_STRUCT_MEMBER_P (config, find_key (&whole, key)->offset))));
    return NULL;
  }
  return check_providers (config, name, error) ? g_steal_pointer (&config) : NULL;
}

CoordConfig *
coord_config_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error)) {
    g_prefix_error (error, "Could not read the configuration: ");
    return NULL;
  }
  return coord_config_parse (text, path, error);
}

char *
coord_config_get_place (const CoordConfig *config, const char *data_folder)
{
  return config->database != NULL ? g_strdup (config->database)
                                  : g_build_filename (data_folder, "entrevue.db", NULL);
}

static void
describe_section (GString *text, const Section *section)
{
  for (guint i = 0; i < section->n_keys; i++) {
    const Key *key = &section->keys[i];
    const void *place = G_STRUCT_MEMBER_P (section->values, key->offset);
    const char *word;
    g_autofree char *list = NULL;

    g_string_append_printf (text, "%s = ", key->name);
    switch (key->type) {
    case KEY_TEXT:
      word = *(char *const *) place;
      g_string_append (text, word != NULL ? word : "");
      break;
    case KEY_LIST:
      list = g_strjoinv (" ", *(char **const *) place);
      g_string_append (text, list);
      break;
    case KEY_NUMBER:
      g_string_append_printf (text, "%" G_GINT64_FORMAT, *(const gint64 *) place);
      break;
    case KEY_CHOICE:
      g_string_append (text, key->choices[*(const int *) place]);
      break;
    }
    g_string_append_c (text, '\n');
  }
}

char *
coord_config_describe (const CoordConfig *config)
{
  GString *text = g_string_new ("[coordinator]\n");
  Section section = get_main_section ((CoordConfig *) config);

  describe_section (text, &section);
  for (guint i = 0; i < config->providers->len; i++) {
    CoordProviderConfig *provider = config->providers->pdata[i];

    section = get_provider_section (provider);
    g_string_append_printf (text, "\n[provider %s]\n", provider->name);
    describe_section (text, &section);
  }
  return g_string_free (text, FALSE);
}

void
coord_config_free (CoordConfig *config)
{
  Section section = get_main_section (config);

  g_ptr_array_unref (config->providers);
  free_values (&section);
}
