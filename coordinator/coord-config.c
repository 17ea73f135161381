#include "coord-config.h"

#include <string.h>

#include "coord-config-check.h"
#include "coord-secrets.h"

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

static char **
split_words (const char *text)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (text, " \t", -1);

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_strv_builder_add (words, *part);
  return g_strv_builder_end (words);
}

static gboolean
set_value (gpointer values, const Key *key, const char *value, GError **error)
{
  gpointer place = G_STRUCT_MEMBER_P (values, key->offset);

  switch (key->type) {
  case KEY_TEXT:
    g_free (*(char **) place);
    *(char **) place = g_strdup (*value != '\0' ? value : key->standard);
    return TRUE;
  case KEY_LIST:
    g_strfreev (*(char ***) place);
    *(char ***) place = split_words (value);
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
  config->lines = g_new0 (guint, section.n_keys);
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
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
      "the key '%s' is not known here: the shipped coordinator.conf shows all there are", line);
    return FALSE;
  }
  if (!g_hash_table_insert (
        seen, G_STRUCT_MEMBER_P (section->values, key->offset), GUINT_TO_POINTER (number))) {
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "'%s' is given twice", line);
    return FALSE;
  }
  return set_value (section->values, key, g_strstrip (equals + 1), error);
}

/* Names the file and the line of a key in front of what is wrong about it. */
static void
prefix_line (const CoordConfig *config, const char *key, GError **error)
{
  const Section whole = get_main_section ((CoordConfig *) config);

  g_prefix_error (
    error, "%s, line %u: ", config->name, config->lines[find_key (&whole, key) - whole.keys]);
}

static gboolean
check_whole (const CoordConfig *config, GError **error)
{
  const char *key = NULL;

  if (!coord_config_check (config, &key, error)) {
    prefix_line (config, key, error);
    return FALSE;
  }
  for (guint i = 0; i < config->providers->len; i++) {
    const CoordProviderConfig *provider = config->providers->pdata[i];

    if (coord_config_check_provider (provider, error))
      continue;
    g_prefix_error (error, "%s, line %u: ", config->name, provider->line);
    return FALSE;
  }
  return TRUE;
}

#define CREDENTIALS "/run/credentials/"

static gboolean
check_file (const char *path, gboolean is_serving, GError **error)
{
  return path == NULL || (!is_serving && g_str_has_prefix (path, CREDENTIALS)) ||
         coord_secrets_check_file (path, error);
}

gboolean
coord_config_check_files (const CoordConfig *config, gboolean is_serving, GError **error)
{
  const struct {
    const char *key, *path;
  } files[] = {
    { "turn-secret-file", config->turn_secret_file },
    { "smtp-password-file", config->smtp_password_file },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (!check_file (files[i].path, is_serving, error)) {
      prefix_line (config, files[i].key, error);
      return FALSE;
    }
  for (guint i = 0; i < config->providers->len; i++) {
    const CoordProviderConfig *provider = config->providers->pdata[i];

    if (check_file (provider->client_secret_file, is_serving, error))
      continue;
    g_prefix_error (
      error, "%s, line %u, provider '%s': ", config->name, provider->line, provider->name);
    return FALSE;
  }
  return TRUE;
}

CoordConfig *
coord_config_parse (const char *text, const char *name, GError **error)
{
  g_autoptr (CoordConfig) config = coord_config_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const Section whole = get_main_section (config);
  Section section = whole;

  config->name = g_strdup (name);
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
  for (guint i = 0; i < whole.n_keys; i++)
    config->lines[i] = GPOINTER_TO_UINT (
      g_hash_table_lookup (seen, G_STRUCT_MEMBER_P (config, whole.keys[i].offset)));
  return check_whole (config, error) ? g_steal_pointer (&config) : NULL;
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
  g_free (config->name);
  g_free (config->lines);
  free_values (&section);
}
