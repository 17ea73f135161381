/* Steps of somebody who comes back, in order: identify, with_metadata, exchanged_cb, check_token,
 * with_keys (twice when the key is not known), ask_person, person_cb. */

#include <string.h>

#include "base/ent-secret.h"
#include "outgoing/coord-provider-private.h"

#define KEPT_US G_TIME_SPAN_HOUR
#define KEYS_AGAIN_US G_TIME_SPAN_MINUTE /* for a key that is not known */
#define STANDARD_SCOPES "openid email profile"
#define GITHUB_SCOPES "read:user user:email"

struct _CoordProviders {
  GPtrArray *list; /* CoordProvider */
  CoordFetcher *fetcher;
  EntClock *clock;
  guint64 n_returns;
  guint64 n_accepted;
};

static void
provider_free (gpointer data)
{
  CoordProvider *provider = data;

  g_clear_pointer ((CoordOidcMetadata **) &provider->metadata.value, coord_oidc_metadata_free);
  g_clear_pointer ((CoordJwks **) &provider->keys.value, coord_jwks_free);
  ent_secret_free (provider->secret);
  g_free (provider->scopes);
  g_free (provider);
}

static CoordProvider *
find (CoordProviders *providers, const char *name)
{
  for (guint i = 0; i < providers->list->len; i++) {
    CoordProvider *provider = providers->list->pdata[i];

    if (strcmp (provider->config->name, name) == 0)
      return provider;
  }
  return NULL;
}

static gboolean
read_secret (CoordProvider *provider, GError **error)
{
  const char *path = provider->config->client_secret_file;

  if (path == NULL)
    return TRUE;
  if (!g_file_get_contents (path, &provider->secret, NULL, error)) {
    g_prefix_error (
      error, "Could not read the secret of the provider '%s': ", provider->config->name);
    return FALSE;
  }
  g_strstrip (provider->secret);
  return TRUE;
}

static CoordProvider *
make_provider (CoordProviders *providers, const CoordProviderConfig *config)
{
  CoordProvider *provider = g_new0 (CoordProvider, 1);
  gboolean is_github = config->kind == COORD_PROVIDER_GITHUB;

  provider->providers = providers;
  provider->config = config;
  provider->title = coord_provider_config_get_title (config);
  provider->issuer = coord_provider_config_get_issuer (config);
  provider->scopes = config->scopes[0] != NULL
                       ? g_strjoinv (" ", config->scopes)
                       : g_strdup (is_github ? GITHUB_SCOPES : STANDARD_SCOPES);
  return provider;
}

CoordProviders *
coord_providers_new (const CoordConfig *config,
  CoordFetcher *fetcher,
  EntClock *clock,
  GError **error)
{
  g_autoptr (CoordProviders) providers = g_new0 (CoordProviders, 1);

  providers->list = g_ptr_array_new_with_free_func (provider_free);
  providers->fetcher = fetcher;
  providers->clock = clock;
  for (guint i = 0; i < config->providers->len; i++) {
    CoordProvider *provider = make_provider (providers, config->providers->pdata[i]);

    g_ptr_array_add (providers->list, provider);
    if (!read_secret (provider, error))
      return NULL;
  }
  return g_steal_pointer (&providers);
}

void
coord_providers_free (CoordProviders *providers)
{
  g_ptr_array_unref (providers->list);
  g_free (providers);
}

const char *
coord_providers_get_title (CoordProviders *providers, const char *name)
{
  CoordProvider *provider = find (providers, name);

  return provider != NULL ? provider->title : NULL;
}

guint64
coord_providers_get_count (CoordProviders *providers)
{
  return providers->n_returns;
}

guint64
coord_providers_get_accepted (CoordProviders *providers)
{
  return providers->n_accepted;
}

GError *
coord_provider_explain (CoordProvider *provider, GError *error)
{
  g_autoptr (GError) cause = error;
  gboolean is_ours = cause->domain == COORD_PROVIDER_ERROR;

  return g_error_new (COORD_PROVIDER_ERROR,
    is_ours ? cause->code : (int) COORD_PROVIDER_ERROR_UNREACHABLE,
    is_ours ? "Sign-in with %s does not work: %s." : "Sign-in with %s does not work. %s",
    provider->title, cause->message);
}

/* What is fetched for all. */

typedef struct {
  CoordProvider *provider;
  CoordKept *kept;
  gpointer (*parse) (CoordProvider *provider, const char *text, gsize size, GError **error);
  GDestroyNotify value_free;
} Fetching;

static gpointer
parse_metadata (CoordProvider *provider, const char *text, gsize size, GError **error)
{
  return coord_oidc_metadata_parse (
    text, size, provider->issuer, provider->config->may_be_private, error);
}

static gpointer
parse_keys (CoordProvider *provider, const char *text, gsize size, GError **error)
{
  return coord_jwks_parse (text, size, error);
}

static void
tell_waiting (Fetching *fetching, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&fetching->kept->waiting);

  for (guint i = 0; i < waiting->len; i++)
    if (error != NULL)
      g_task_return_error (waiting->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (waiting->pdata[i], TRUE);
}

/* What is remembered stays until there is something newer. */
static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Fetching *fetching = data;
  GError *error = NULL;
  g_autoptr (GError) whole = NULL;
  g_autoptr (CoordFetchAnswer) answer = coord_fetcher_fetch_finish (result, &error);
  gpointer value = NULL;
  gsize size;
  const char *text;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    tell_waiting (fetching, error);
    g_error_free (error);
    return;
  }
  if (answer != NULL && answer->status != 200)
    g_set_error (&error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_BROKEN,
      "it answers %u where its description or its keys should be", answer->status);
  if (error == NULL) {
    text = g_bytes_get_data (answer->body, &size);
    value = fetching->parse (fetching->provider, text, size, &error);
  }
  if (value != NULL) {
    if (fetching->kept->value != NULL)
      fetching->value_free (fetching->kept->value);
    fetching->kept->value = value;
    fetching->kept->fetched_us = ent_clock_get_monotonic_us (fetching->provider->providers->clock);
  } else
    whole = coord_provider_explain (fetching->provider, error);
  tell_waiting (fetching, whole);
}

/* Calls back when the value is there and not older than max_age_us. The callback gets its data and
 * a task that says whether it worked. */
static void
want (CoordProvider *provider,
  CoordKept *kept,
  const char *url,
  gint64 max_age_us,
  GAsyncReadyCallback callback,
  gpointer data)
{
  static const char *const headers[] = { "Accept: application/json", NULL };
  const CoordFetchRequest request = { .url = url,
    .headers = headers,
    .may_be_private = provider->config->may_be_private,
    .max_bytes = COORD_JWKS_MAX_BYTES,
    .timeout_ms = COORD_PROVIDER_TIMEOUT_MS };
  gint64 now_us = ent_clock_get_monotonic_us (provider->providers->clock);
  GTask *task = g_task_new (NULL, NULL, callback, data);
  gboolean is_metadata = kept == &provider->metadata;
  Fetching *fetching;

  if (kept->value != NULL && now_us - kept->fetched_us <= max_age_us) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  if (kept->waiting != NULL) {
    g_ptr_array_add (kept->waiting, task);
    return;
  }
  kept->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (kept->waiting, task);
  fetching = g_new0 (Fetching, 1);
  *fetching = (Fetching){ provider, kept, is_metadata ? parse_metadata : parse_keys,
    is_metadata ? (GDestroyNotify) coord_oidc_metadata_free : (GDestroyNotify) coord_jwks_free };
  coord_fetcher_fetch_async (provider->providers->fetcher, &request, fetched_cb, fetching);
}

static void
want_metadata (CoordProvider *provider, GAsyncReadyCallback callback, gpointer data)
{
  gsize length = strlen (provider->issuer);
  g_autofree char *url = g_strdup_printf ("%.*s/.well-known/openid-configuration",
    (int) (g_str_has_suffix (provider->issuer, "/") ? length - 1 : length), provider->issuer);

  want (provider, &provider->metadata, url, KEPT_US, callback, data);
}

/* Beginning. */

typedef struct {
  CoordProvider *provider;
  char *redirect_uri, *state, *nonce, *verifier;
} Beginning;

static void
beginning_free (Beginning *beginning)
{
  g_free (beginning->redirect_uri);
  g_free (beginning->state);
  g_free (beginning->nonce);
  ent_secret_free (beginning->verifier);
  g_free (beginning);
}

static char *
make_challenge (const char *verifier)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  GChecksum *checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_checksum_free (checksum);
  return ent_secret_base64url (digest, size);
}

static char *
make_address (CoordProvider *provider, const char *endpoint, const CoordTrip *trip)
{
  g_autofree char *challenge = make_challenge (trip->verifier);
  g_autofree char *client_id = g_uri_escape_string (provider->config->client_id, NULL, FALSE);
  g_autofree char *redirect_uri = g_uri_escape_string (trip->redirect_uri, NULL, FALSE);
  g_autofree char *scopes = g_uri_escape_string (provider->scopes, NULL, FALSE);

  return g_strdup_printf ("%s%sresponse_type=code&client_id=%s&redirect_uri=%s&scope=%s&state=%s"
                          "&nonce=%s&code_challenge=%s&code_challenge_method=S256",
    endpoint, strchr (endpoint, '?') != NULL ? "&" : "?", client_id, redirect_uri, scopes,
    trip->state, trip->nonce, challenge);
}

static void
begin_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Beginning *beginning = g_task_get_task_data (task);
  const CoordTrip trip = { beginning->redirect_uri, beginning->state, beginning->nonce,
    beginning->verifier };
  const CoordOidcMetadata *metadata = beginning->provider->metadata.value;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (
      task, make_address (beginning->provider, metadata->authorization_endpoint, &trip), g_free);
}

void
coord_providers_begin_async (CoordProviders *providers,
  const char *name,
  const CoordTrip *trip,
  GAsyncReadyCallback callback,
  gpointer data)
{
  CoordProvider *provider = find (providers, name);
  GTask *task = g_task_new (NULL, NULL, callback, data);
  Beginning *beginning;

  g_assert (provider != NULL);
  if (provider->config->kind == COORD_PROVIDER_GITHUB) {
    g_autofree char *endpoint = coord_github_make_endpoint (provider);

    g_task_return_pointer (task, make_address (provider, endpoint, trip), g_free);
    g_object_unref (task);
    return;
  }
  beginning = g_new0 (Beginning, 1);
  *beginning = (Beginning){ provider, g_strdup (trip->redirect_uri), g_strdup (trip->state),
    g_strdup (trip->nonce), g_strdup (trip->verifier) };
  g_task_set_task_data (task, beginning, (GDestroyNotify) beginning_free);
  want_metadata (provider, begin_cb, task);
}

char *
coord_providers_begin_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Coming back. */

static void
return_free (CoordReturn *back)
{
  g_free (back->redirect_uri);
  g_free (back->nonce);
  ent_secret_free (back->verifier);
  ent_secret_free (back->code);
  g_free (back->came_from);
  ent_secret_free (back->access);
  ent_secret_free (back->id_token);
  g_clear_pointer (&back->claims, coord_id_claims_free);
  g_free (back);
}

void
coord_provider_return (GTask *task, CoordIdClaims *claims, GError *error)
{
  CoordReturn *back = g_task_get_task_data (task);
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (claims != NULL) {
    back->provider->providers->n_accepted++;
    g_task_return_pointer (task, claims, (GDestroyNotify) coord_id_claims_free);
  } else
    g_task_return_error (
      task, is_cancelled ? error : coord_provider_explain (back->provider, error));
  g_object_unref (task);
}

static void
fail (GTask *task, CoordProviderError code, const char *why)
{
  coord_provider_return (task, NULL, g_error_new_literal (COORD_PROVIDER_ERROR, code, why));
}

static void
fetch (GTask *task, const CoordFetchRequest *request, GAsyncReadyCallback callback)
{
  CoordReturn *back = g_task_get_task_data (task);
  CoordFetchRequest whole = *request;

  whole.may_be_private = back->provider->config->may_be_private;
  whole.max_bytes = COORD_OIDC_MAX_BYTES;
  whole.timeout_ms = COORD_PROVIDER_TIMEOUT_MS;
  coord_fetcher_fetch_async (back->provider->providers->fetcher, &whole, callback, task);
}

/* RFC 6749 2.3.1: both halves are escaped as in a form. */
static char *
make_basic_header (const CoordProvider *provider)
{
  g_autofree char *id = g_uri_escape_string (provider->config->client_id, NULL, FALSE);
  g_autofree char *secret = g_uri_escape_string (provider->secret, NULL, FALSE);
  g_autofree char *both = g_strconcat (id, ":", secret, NULL);
  g_autofree char *base64 = g_base64_encode ((const guchar *) both, strlen (both));

  return g_strconcat ("Authorization: Basic ", base64, NULL);
}

void
coord_provider_exchange (GTask *task,
  const char *url,
  gboolean is_secret_in_body,
  GAsyncReadyCallback callback)
{
  const CoordReturn *back = g_task_get_task_data (task);
  const CoordProvider *provider = back->provider;
  gboolean has_header = provider->secret != NULL && !is_secret_in_body;
  GString *form = g_string_new ("grant_type=authorization_code");
  const struct {
    const char *name, *value;
  } members[] = {
    { "code", back->code },
    { "redirect_uri", back->redirect_uri },
    { "code_verifier", back->verifier },
    { "client_id", provider->config->client_id },
    { "client_secret", has_header ? NULL : provider->secret },
  };
  char *basic = has_header ? make_basic_header (provider) : NULL;
  const char *const headers[] = { "Accept: application/json", basic, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].value != NULL) {
      g_string_append_printf (form, "&%s=", members[i].name);
      g_string_append_uri_escaped (form, members[i].value, NULL, FALSE);
    }
  fetch (task, &(CoordFetchRequest){ .url = url, .headers = headers, .form = form->str }, callback);
  ent_secret_free (g_string_free (form, FALSE));
  ent_secret_free (basic);
}

void
coord_provider_get (GTask *task, const char *url, GAsyncReadyCallback callback)
{
  const CoordReturn *back = g_task_get_task_data (task);
  char *bearer = g_strconcat ("Authorization: Bearer ", back->access, NULL);
  const char *const headers[] = { bearer, "Accept: application/json", NULL };

  fetch (task, &(CoordFetchRequest){ .url = url, .headers = headers }, callback);
  ent_secret_free (bearer);
}

static void
person_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CoordFetchAnswer) answer = coord_fetcher_fetch_finish (result, &error);
  gsize size;
  const char *text;

  if (answer == NULL) {
    coord_provider_return (task, NULL, error);
    return;
  }
  text = g_bytes_get_data (answer->body, &size);
  if (answer->status != 200)
    fail (task, COORD_PROVIDER_ERROR_BROKEN, "it does not tell who signed in");
  else if (!coord_id_claims_merge (back->claims, text != NULL ? text : "", size, &error))
    coord_provider_return (task, NULL, error);
  else
    coord_provider_return (task, g_steal_pointer (&back->claims), NULL);
}

/* What the token does not tell. */
static void
ask_person (GTask *task)
{
  CoordReturn *back = g_task_get_task_data (task);
  const CoordOidcMetadata *metadata = back->provider->metadata.value;

  if (back->claims->is_email_verified || metadata->userinfo_endpoint == NULL ||
      back->access == NULL)
    coord_provider_return (task, g_steal_pointer (&back->claims), NULL);
  else
    coord_provider_get (task, metadata->userinfo_endpoint, person_cb);
}

static void
with_keys (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  CoordProvider *provider = back->provider;
  const CoordOidcMetadata *metadata = provider->metadata.value;
  EntClock *clock = provider->providers->clock;
  const CoordIdExpected expected = { provider->issuer, provider->config->client_id, back->nonce,
    ent_clock_get_wall_us (clock) / G_USEC_PER_SEC };
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  back->claims = coord_id_token_read (back->id_token, provider->keys.value, &expected, &error);
  if (g_error_matches (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_UNKNOWN_KEY) &&
      !back->has_fresh_keys) {
    g_error_free (error);
    back->has_fresh_keys = TRUE;
    want (provider, &provider->keys, metadata->jwks_uri, KEYS_AGAIN_US, with_keys, task);
  } else if (error != NULL)
    coord_provider_return (task, NULL, error);
  else
    ask_person (task);
}

static void
exchanged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  const CoordOidcMetadata *metadata = back->provider->metadata.value;
  GError *error = NULL;
  g_autoptr (CoordFetchAnswer) answer = coord_fetcher_fetch_finish (result, &error);
  g_autoptr (CoordOidcTokens) tokens = NULL;
  gsize size;
  const char *text;

  if (answer != NULL) {
    text = g_bytes_get_data (answer->body, &size);
    tokens = coord_oidc_tokens_parse (text, size, answer->status, &error);
  }
  if (error != NULL)
    coord_provider_return (task, NULL, error);
  else if (tokens->id_token == NULL)
    fail (task, COORD_PROVIDER_ERROR_BROKEN, "it gives no ID token");
  else {
    back->access = g_steal_pointer (&tokens->access);
    back->id_token = g_steal_pointer (&tokens->id_token);
    want (back->provider, &back->provider->keys, metadata->jwks_uri, KEPT_US, with_keys, task);
  }
}

/* RFC 9207: whoever came back says from whom, so that one provider cannot pass as another. */
static gboolean
comes_from_elsewhere (const CoordProvider *provider, const char *issuer)
{
  const CoordOidcMetadata *metadata = provider->metadata.value;

  return issuer != NULL ? strcmp (issuer, provider->issuer) != 0 : metadata->names_itself;
}

static void
with_metadata (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  const CoordOidcMetadata *metadata = back->provider->metadata.value;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  if (comes_from_elsewhere (back->provider, back->came_from))
    fail (task, COORD_PROVIDER_ERROR_REFUSED, "the browser comes from another provider (iss)");
  else
    coord_provider_exchange (task, metadata->token_endpoint, metadata->wants_post, exchanged_cb);
}

void
coord_providers_identify_async (CoordProviders *providers,
  const char *name,
  const CoordTrip *trip,
  const char *code,
  const char *issuer,
  GAsyncReadyCallback callback,
  gpointer data)
{
  CoordProvider *provider = find (providers, name);
  GTask *task = g_task_new (NULL, NULL, callback, data);
  CoordReturn *back = g_new0 (CoordReturn, 1);

  g_assert (provider != NULL);
  providers->n_returns++;
  *back = (CoordReturn){ .provider = provider,
    .redirect_uri = g_strdup (trip->redirect_uri),
    .nonce = g_strdup (trip->nonce),
    .verifier = g_strdup (trip->verifier),
    .code = g_strdup (code),
    .came_from = g_strdup (issuer) };
  g_task_set_task_data (task, back, (GDestroyNotify) return_free);
  if (provider->config->kind == COORD_PROVIDER_GITHUB)
    coord_github_identify (task);
  else
    want_metadata (provider, with_metadata, task);
}

CoordIdClaims *
coord_providers_identify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
