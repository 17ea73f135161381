/* GitHub speaks OAuth with an interface of its own instead of OpenID Connect: no discovery and no
 * ID token. Who signed in is asked for at its API: `id` of /user never changes (the login does),
 * and /user/emails tells which address is the primary one and whether it is verified, as the one in
 * the profile may be anything. A refused code comes with status 200. Other addresses than
 * github.com are its Enterprise Server, whose API stands at /api/v3. */

#include <string.h>

#include "outgoing/coord-provider-private.h"
#include "protocol/ent-codec.h"
#include "protocol/ent-limits.h"

#define PUBLIC_SITE "https://github.com"
#define PUBLIC_API "https://api.github.com"
#define MAX_ADDRESSES 100

typedef struct {
  gint64 id;
  char *login;
  char *name;
} GitHubUser;
ENT_STRUCT_DECLARE (GitHubUser, github_user)

static const EntField github_user_fields[] = {
  ENT_FIELD (GitHubUser, id, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (GitHubUser, login, ENT_FIELD_STRING, ENT_REQUIRED, 255),
  ENT_FIELD (GitHubUser, name, ENT_FIELD_STRING, ENT_OPTIONAL, 4 * ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (GitHubUser, github_user)

typedef struct {
  char *email;
  gboolean primary;
  gboolean verified;
} GitHubAddress;
ENT_STRUCT_DECLARE (GitHubAddress, github_address)

static const EntField github_address_fields[] = {
  ENT_FIELD (GitHubAddress, email, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_EMAIL),
  ENT_FIELD (GitHubAddress, primary, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (GitHubAddress, verified, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (GitHubAddress, github_address)

typedef struct {
  GPtrArray *items;
} GitHubAddresses;
ENT_STRUCT_DECLARE (GitHubAddresses, github_addresses)

static const EntField github_addresses_fields[] = {
  ENT_FIELD_STRUCT_OF (GitHubAddresses,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    MAX_ADDRESSES,
    &github_address_struct),
};
ENT_STRUCT_DEFINE (GitHubAddresses, github_addresses)

char *
coord_github_make_endpoint (CoordProvider *provider)
{
  return g_strconcat (provider->issuer, "/login/oauth/authorize", NULL);
}

static char *
make_api (CoordProvider *provider, const char *path)
{
  return strcmp (provider->issuer, PUBLIC_SITE) == 0
           ? g_strconcat (PUBLIC_API, path, NULL)
           : g_strconcat (provider->issuer, "/api/v3", path, NULL);
}

static void
set_broken (GError **error, const char *why)
{
  g_set_error_literal (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_BROKEN, why);
}

static void
take_addresses (CoordIdClaims *claims, const CoordFetchAnswer *answer, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (answer->body, &size);
  g_autofree char *json =
    g_strdup_printf ("{\"items\":%.*s}", (int) size, text != NULL ? text : "");
  g_autoptr (GitHubAddresses) addresses =
    ent_codec_decode (&github_addresses_struct, json, strlen (json), ENT_UNKNOWN_IGNORED, NULL);

  /* Who has not allowed it to be told has no address here. */
  if (answer->status == 403 || answer->status == 404)
    return;
  if (answer->status != 200 || addresses == NULL) {
    set_broken (error, "it does not tell the addresses of who signed in");
    return;
  }
  for (guint i = 0; i < addresses->items->len; i++) {
    GitHubAddress *address = addresses->items->pdata[i];

    if (!address->primary || claims->email != NULL)
      continue;
    claims->email = g_steal_pointer (&address->email);
    claims->is_email_verified = address->verified;
  }
}

static void
addresses_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CoordFetchAnswer) answer = coord_fetcher_fetch_finish (result, &error);

  if (answer != NULL)
    take_addresses (back->claims, answer, &error);
  coord_provider_return (task, error == NULL ? g_steal_pointer (&back->claims) : NULL, error);
}

static CoordIdClaims *
read_user (CoordProvider *provider, const CoordFetchAnswer *answer, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (answer->body, &size);
  g_autoptr (GitHubUser) user =
    answer->status == 200 && size > 0
      ? ent_codec_decode (&github_user_struct, text, size, ENT_UNKNOWN_IGNORED, NULL)
      : NULL;
  CoordIdClaims *claims;

  if (user == NULL || user->id == 0) {
    set_broken (error, "it does not tell who signed in");
    return NULL;
  }
  claims = g_new0 (CoordIdClaims, 1);
  claims->issuer = g_strdup (provider->issuer);
  claims->subject = g_strdup_printf ("%" G_GINT64_FORMAT, user->id);
  claims->name = g_strdup (user->name != NULL && *user->name != '\0' ? user->name : user->login);
  return claims;
}

static void
user_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  g_autofree char *url = make_api (back->provider, "/user/emails");
  GError *error = NULL;
  g_autoptr (CoordFetchAnswer) answer = coord_fetcher_fetch_finish (result, &error);

  if (answer != NULL)
    back->claims = read_user (back->provider, answer, &error);
  if (back->claims == NULL)
    coord_provider_return (task, NULL, error);
  else
    coord_provider_get (task, url, addresses_cb);
}

static void
exchanged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CoordReturn *back = g_task_get_task_data (task);
  g_autofree char *url = make_api (back->provider, "/user");
  GError *error = NULL;
  g_autoptr (CoordFetchAnswer) answer = coord_fetcher_fetch_finish (result, &error);
  g_autoptr (CoordOidcTokens) tokens = NULL;
  gsize size;
  const char *text;

  if (answer != NULL) {
    text = g_bytes_get_data (answer->body, &size);
    tokens = coord_oidc_tokens_parse (text, size, answer->status, &error);
  }
  if (tokens != NULL && tokens->access == NULL)
    set_broken (&error, "it gives no access token");
  if (error != NULL) {
    coord_provider_return (task, NULL, error);
    return;
  }
  back->access = g_steal_pointer (&tokens->access);
  coord_provider_get (task, url, user_cb);
}

void
coord_github_identify (GTask *task)
{
  const CoordReturn *back = g_task_get_task_data (task);
  g_autofree char *url = g_strconcat (back->provider->issuer, "/login/oauth/access_token", NULL);

  coord_provider_exchange (task, url, TRUE, exchanged_cb);
}
