/* Signing in with other services. A browser goes start -> provider -> callback -> app; then the app
 * changes its code at token, or, when it is signed in, at /api/me/identities. What a browser sees
 * when that does not work is a page. */

#include <string.h>

#include "base/ent-secret.h"
#include "http/coord-routes.h"
#include "http/coord-web-page.h"
#include "outgoing/coord-provider.h"
#include "protocol/ent-api-provider.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-identity-service.h"
#include "store/coord-error.h"

#define MAX_APP_STATE 128
#define MAX_CODE 4096
#define COOKIE_CHARS 16 /* of the state's hash, so that two sign-ins of one browser do not meet */

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

/* Pages. */

typedef struct {
  CoordError code;
  const char *title;
  const char *sentence;
} Words;

static const Words english[] = {
  { COORD_ERROR_SIGN_IN_DENIED, "Not signed in",
    "The sign-in was cancelled at the other service. Nothing was changed." },
  { COORD_ERROR_SIGN_IN_ENDED, "This sign-in has ended",
    "It was used already, is too old, or was begun in another browser. Go back to Entrevue and "
    "begin again." },
  { COORD_ERROR_ADDRESS_UNVERIFIED, "Your mail address is not confirmed",
    "The service that you signed in with does not say that your mail address is yours. Confirm it "
    "there, then begin again in Entrevue." },
  { COORD_ERROR_NOT_FOUND, "There is no such sign-in",
    "This server does not know the service that you wanted to sign in with. Go back to Entrevue "
    "and begin again." },
  { COORD_ERROR_TOO_FAST, "Too many tries", "Wait some minutes, then begin again in Entrevue." },
  { COORD_ERROR_UNAVAILABLE, "The server is busy", "Wait a moment, then begin again in Entrevue." },
  { COORD_ERROR_INVALID, "This address is not whole",
    "Entrevue itself opens this page. Go back to it and begin again." },
};
static const Words english_provider = { COORD_ERROR_PROVIDER,
  "The other service does not answer as it should", NULL };

static const Words german[] = {
  { COORD_ERROR_SIGN_IN_DENIED, "Nicht angemeldet",
    "Die Anmeldung wurde beim anderen Dienst abgebrochen. Es hat sich nichts geändert." },
  { COORD_ERROR_SIGN_IN_ENDED, "Diese Anmeldung ist zu Ende",
    "Sie wurde schon benutzt, ist zu alt oder wurde in einem anderen Browser begonnen. Gehen Sie "
    "zurück zu Entrevue und beginnen Sie neu." },
  { COORD_ERROR_ADDRESS_UNVERIFIED, "Ihre Mailadresse ist nicht bestätigt",
    "Der Dienst, mit dem Sie sich angemeldet haben, bestätigt nicht, dass Ihre Mailadresse Ihnen "
    "gehört. Bestätigen Sie sie dort und beginnen Sie dann in Entrevue neu." },
  { COORD_ERROR_NOT_FOUND, "Diese Anmeldung gibt es nicht",
    "Dieser Server kennt den Dienst nicht, mit dem Sie sich anmelden wollten. Gehen Sie zurück zu "
    "Entrevue und beginnen Sie neu." },
  { COORD_ERROR_TOO_FAST, "Zu viele Versuche",
    "Warten Sie einige Minuten und beginnen Sie dann in Entrevue neu." },
  { COORD_ERROR_UNAVAILABLE, "Der Server ist beschäftigt",
    "Warten Sie einen Augenblick und beginnen Sie dann in Entrevue neu." },
  { COORD_ERROR_INVALID, "Diese Adresse ist nicht vollständig",
    "Diese Seite öffnet Entrevue selbst. Gehen Sie dorthin zurück und beginnen Sie neu." },
};
static const Words german_provider = { COORD_ERROR_PROVIDER,
  "Der andere Dienst antwortet nicht, wie er soll", NULL };

static const Words *
choose_words (CoordRequest *request, const GError *error)
{
  static const Words other = { COORD_ERROR_INTERNAL, "Entrevue", NULL };
  gboolean is_german = coord_web_page_is_german (request);

  for (guint i = 0; i < G_N_ELEMENTS (english); i++)
    if (g_error_matches (error, COORD_ERROR, english[i].code))
      return is_german ? &german[i] : &english[i];
  if (!g_error_matches (error, COORD_ERROR, COORD_ERROR_PROVIDER))
    return &other;
  return is_german ? &german_provider : &english_provider;
}

/* app: where the app listens, or NULL. */
static void
reply_page (CoordRequest *request, const GError *error, const char *sentence, const char *app)
{
  const Words *words = choose_words (request, error);
  g_autofree char *text =
    g_markup_escape_text (words->sentence != NULL ? words->sentence : sentence, -1);
  g_autofree char *address = app != NULL ? g_markup_escape_text (app, -1) : NULL;
  g_autofree char *link =
    app != NULL ? g_strdup_printf ("<p><a href=\"%s\">%s</a></p>\n", address,
                    coord_web_page_is_german (request) ? "Zurück zu Entrevue" : "Back to Entrevue")
                : g_strdup ("");
  g_autofree char *html = g_strdup_printf ("<p>%s</p>\n%s", text, link);

  coord_web_page_reply (request, coord_error_get_status (error), words->title, html);
}

static void
refuse_with_page (CoordRequest *request, const char *sentence, const GError *error)
{
  reply_page (request, error, sentence, NULL);
}

static void
redirect (CoordRequest *request, const char *address)
{
  coord_request_set_header (request, "Location", address);
  coord_request_set_header (request, "Referrer-Policy", "no-referrer");
  coord_request_reply_text (request, 302, "text/plain", NULL);
}

/* What the two halves of a browser's way have in common. */

typedef struct {
  CoordRequest *request; /* owned */
  char *provider;
  char *state; /* between us and the provider */
  char *browser; /* secret of the browser's cookie */
  char *redirect_uri; /* of ours */
  char *nonce;
  char *verifier;
  char *location; /* where the browser goes next */
  CoordAttempt *attempt;
  CoordIdClaims *claims;
  GError *failure; /* of the last step, for a page that leads back to the app */
} Way;

static void
way_free (gpointer data)
{
  Way *way = data;

  coord_request_unref (way->request);
  g_free (way->provider);
  ent_secret_free (way->state);
  ent_secret_free (way->browser);
  g_free (way->redirect_uri);
  g_free (way->nonce);
  ent_secret_free (way->verifier);
  ent_secret_free (way->location);
  g_clear_pointer (&way->attempt, coord_attempt_free);
  g_clear_pointer (&way->claims, coord_id_claims_free);
  g_clear_error (&way->failure);
  g_free (way);
}

static Way *
way_new (CoordRequest *request, const char *provider, const char *state)
{
  const CoordServices *services = coord_request_get_services (request);
  Way *way = g_new0 (Way, 1);
  g_autofree char *origin = ent_place_split (services->origin, NULL);

  way->request = coord_request_ref (request);
  way->provider = g_strdup (provider);
  way->state = g_strdup (state);
  way->redirect_uri = g_strdup_printf ("%s/api/auth/oidc/%s/callback", origin, provider);
  way->nonce = coord_identity_service_derive (services->secrets, "nonce", state);
  way->verifier = coord_identity_service_derive (services->secrets, "verifier", state);
  return way;
}

static CoordTrip
get_trip (const Way *way)
{
  return (CoordTrip){ way->redirect_uri, way->state, way->nonce, way->verifier };
}

static char *
make_cookie_name (const char *state)
{
  g_autofree char *hash = ent_secret_hash (state);

  return g_strdup_printf ("entrevue-sign-in-%.*s", COOKIE_CHARS, hash);
}

/* For who may see another provider's words: a 502 with a whole sentence. */
static GError *
new_provider_error (const GError *cause)
{
  return g_error_new_literal (COORD_ERROR, COORD_ERROR_PROVIDER, cause->message);
}

/* Start. */

static gpointer
store_attempt (CoordCall *call, GError **error)
{
  const Way *way = call->extra;

  coord_identity_service_begin (call->db, way->state, way->attempt, call->now_us, error);
  return NULL;
}

static void
attempt_stored (CoordRequest *request, gpointer result, gpointer extra)
{
  const Way *way = extra;
  g_autofree char *name = make_cookie_name (way->state);
  g_autofree char *cookie =
    g_strdup_printf ("%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s", name, way->browser,
      COORD_ATTEMPT_SECONDS, g_str_has_prefix (way->redirect_uri, "https:") ? "; Secure" : "");

  coord_request_set_header (request, "Set-Cookie", cookie);
  redirect (request, way->location);
}

static void
begun_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  g_autoptr (CoordRequest) request = coord_request_ref (way->request);
  g_autoptr (GError) error = NULL;

  way->location = coord_providers_begin_finish (result, &error);
  if (way->location == NULL) {
    coord_request_fail (request, new_provider_error (error));
    way_free (way);
  } else
    coord_request_work (request, TRUE, store_attempt, NULL, attempt_stored, way, way_free);
}

static gboolean
is_app_state (const char *text)
{
  gsize length = strlen (text);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return FALSE;
  return length > 0 && length <= MAX_APP_STATE;
}

static const char *
get_query (CoordRequest *request, const char *name)
{
  const char *value = coord_request_get_query (request, name);

  return value != NULL ? value : "";
}

static CoordAttempt *
read_attempt (CoordRequest *request)
{
  const char *method = coord_request_get_query (request, "code_challenge_method");
  CoordAttempt *attempt;

  if (!coord_identity_service_is_loopback (get_query (request, "redirect_uri")) ||
      !coord_identity_service_is_challenge (get_query (request, "code_challenge")) ||
      !is_app_state (get_query (request, "state")) ||
      (method != NULL && strcmp (method, "S256") != 0))
    return NULL;
  attempt = g_new0 (CoordAttempt, 1);
  attempt->redirect_uri = g_strdup (get_query (request, "redirect_uri"));
  attempt->challenge = g_strdup (get_query (request, "code_challenge"));
  attempt->app_state = g_strdup (get_query (request, "state"));
  attempt->connects = strcmp (get_query (request, "purpose"), "connect") == 0;
  return attempt;
}

static void
start (CoordRequest *request, gpointer data)
{
  CoordProviders *providers = coord_request_get_services (request)->providers;
  const char *name = coord_request_get_parameter (request, "provider");
  CoordAttempt *attempt;
  CoordTrip trip;
  char *state;
  Way *way;

  if (providers == NULL || coord_providers_get_title (providers, name) == NULL) {
    fail (request, COORD_ERROR_NOT_FOUND, "There is no such provider.");
    return;
  }
  attempt = read_attempt (request);
  if (attempt == NULL) {
    fail (request, COORD_ERROR_INVALID,
      "redirect_uri must be http on a loopback address, code_challenge one of S256, and state of "
      "letters, digits, - and _.");
    return;
  }
  state = ent_secret_new_token ();
  way = way_new (request, name, state);
  ent_secret_free (state);
  way->browser = ent_secret_new_token ();
  way->attempt = attempt;
  attempt->provider = g_strdup (name);
  attempt->browser = ent_secret_hash (way->browser);
  trip = get_trip (way);
  coord_providers_begin_async (providers, name, &trip, begun_cb, way);
}

/* Callback: take the attempt, ask the provider who it is, make a code for the app. */

static char *
make_app_address (const CoordAttempt *attempt, const char *name, const char *value)
{
  return g_strdup_printf (
    "%s?%s=%s&state=%s", attempt->redirect_uri, name, value, attempt->app_state);
}

/* A page that leads back to the app, which learns why from it. Takes way and error. */
static void
end_way (Way *way, GError *error)
{
  g_autofree char *app = make_app_address (way->attempt, "error", coord_error_get_code (error));
  gboolean is_internal = coord_error_get_status (error) == 500;

  if (is_internal)
    coord_request_fail (way->request, error);
  else {
    reply_page (way->request, error, error->message, app);
    g_error_free (error);
  }
  way_free (way);
}

static gpointer
store_grant (CoordCall *call, GError **error)
{
  Way *way = call->extra;
  g_autoptr (GError) failure = NULL;
  char *code =
    coord_identity_service_grant (call->db, way->attempt, way->claims, call->now_us, &failure);

  if (g_error_matches (failure, COORD_ERROR, COORD_ERROR_ADDRESS_UNVERIFIED))
    way->failure = g_steal_pointer (&failure);
  else if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return code;
}

static void
grant_stored (CoordRequest *request, gpointer result, gpointer extra)
{
  Way *way = extra;
  char *code = result;

  if (way->failure != NULL) {
    g_autofree char *app =
      make_app_address (way->attempt, "error", coord_error_get_code (way->failure));

    reply_page (request, way->failure, way->failure->message, app);
    return;
  }
  way->location = make_app_address (way->attempt, "code", code);
  redirect (request, way->location);
  ent_secret_free (code);
}

static void
identified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  g_autoptr (GError) error = NULL;

  way->claims = coord_providers_identify_finish (result, &error);
  if (way->claims == NULL)
    end_way (way, new_provider_error (error));
  else
    coord_request_work (way->request, TRUE, store_grant, (GDestroyNotify) ent_secret_free,
      grant_stored, way, way_free);
}

static gpointer
take_attempt (CoordCall *call, GError **error)
{
  const Way *way = call->extra;

  return coord_identity_service_come_back (
    call->db, way->state, way->provider, way->browser, call->now_us, error);
}

static void
attempt_taken (CoordRequest *request, gpointer result, gpointer extra)
{
  Way *before = extra;
  Way *way = way_new (request, before->provider, before->state);
  const char *code = coord_request_get_query (request, "code");
  const char *refusal = coord_request_get_query (request, "error");
  const CoordTrip trip = get_trip (way);

  way->attempt = result;
  if (refusal != NULL)
    end_way (way, strcmp (refusal, "access_denied") == 0
                    ? g_error_new_literal (COORD_ERROR, COORD_ERROR_SIGN_IN_DENIED, "Denied.")
                    : g_error_new (COORD_ERROR, COORD_ERROR_PROVIDER,
                        "Sign-in with %s does not work: it reports an error.",
                        coord_providers_get_title (
                          coord_request_get_services (request)->providers, way->provider)));
  else if (code == NULL || *code == '\0' || strlen (code) > MAX_CODE)
    end_way (way, g_error_new_literal (COORD_ERROR, COORD_ERROR_INVALID, "There is no code."));
  else
    coord_providers_identify_async (coord_request_get_services (request)->providers, way->provider,
      &trip, code, coord_request_get_query (request, "iss"), identified_cb, way);
}

/* The value of one cookie; NULL: there is none. The caller owns it. */
static char *
find_cookie (CoordRequest *request, const char *name)
{
  const char *header = coord_request_get_header (request, "Cookie");
  g_auto (GStrv) cookies = g_strsplit (header != NULL ? header : "", ";", 64);
  gsize length = strlen (name);

  for (guint i = 0; cookies[i] != NULL; i++) {
    const char *cookie = g_strstrip (cookies[i]);

    if (g_str_has_prefix (cookie, name) && cookie[length] == '=')
      return g_strdup (cookie + length + 1);
  }
  return NULL;
}

static void
come_back (CoordRequest *request, gpointer data)
{
  CoordProviders *providers = coord_request_get_services (request)->providers;
  const char *name = coord_request_get_parameter (request, "provider");
  const char *state = get_query (request, "state");
  g_autofree char *cookie = make_cookie_name (state);
  Way *way;

  if (providers == NULL || coord_providers_get_title (providers, name) == NULL) {
    fail (request, COORD_ERROR_NOT_FOUND, "There is no such provider.");
    return;
  }
  way = way_new (request, name, state);
  way->browser = find_cookie (request, cookie);
  coord_request_work (
    request, TRUE, take_attempt, (GDestroyNotify) coord_attempt_free, attempt_taken, way, way_free);
}

/* For programs. */

static const char *
get_registration (const CoordConfig *config)
{
  switch (config->registration) {
  case COORD_REGISTRATION_OPEN:
    return "open";
  case COORD_REGISTRATION_INVITED:
    return "invited";
  case COORD_REGISTRATION_CLOSED:
  default:
    return "closed";
  }
}

static void
show_providers (CoordRequest *request, gpointer data)
{
  const CoordConfig *config = coord_request_get_services (request)->config;
  g_autoptr (EntApiProviderList) list = ent_api_provider_list_new ();

  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_provider_free);
  for (guint i = 0; i < config->providers->len; i++) {
    const CoordProviderConfig *config_of = config->providers->pdata[i];
    EntApiProvider *provider = ent_api_provider_new ();

    provider->name = g_strdup (config_of->name);
    provider->title = g_strdup (coord_provider_config_get_title (config_of));
    provider->kind = g_strdup (config_of->kind == COORD_PROVIDER_GITHUB ? "github" : "oidc");
    g_ptr_array_add (list->items, provider);
  }
  list->registration = g_strdup (get_registration (config));
  list->mail = config->smtp_url != NULL;
  coord_request_reply (request, 200, &ent_api_provider_list_struct, list);
}

static gpointer
change_code (CoordCall *call, GError **error)
{
  return coord_identity_service_sign_in (
    call->db, call->services->config, call->services->secrets, call->body, call->now_us, error);
}

static void
refuse_verifier (CoordRequest *request)
{
  fail (request, COORD_ERROR_SIGN_IN_ENDED,
    "This code belongs to another sign-in, and has been ended, to be safe. Begin again.");
}

static void
code_changed (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiTokens) tokens = result;

  if (tokens != NULL)
    coord_request_reply (request, 200, &ent_api_tokens_struct, tokens);
  else
    refuse_verifier (request);
}

static void
begin_change (CoordRequest *request, gpointer data)
{
  coord_request_work (
    request, TRUE, change_code, (GDestroyNotify) ent_api_tokens_free, code_changed, NULL, NULL);
}

static gpointer
connect_identity (CoordCall *call, GError **error)
{
  return coord_identity_service_connect (
    call->db, call->caller, call->services->config, call->body, call->now_us, error);
}

static void
identity_connected (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiIdentity) identity = result;

  if (identity != NULL)
    coord_request_reply (request, 201, &ent_api_identity_struct, identity);
  else
    refuse_verifier (request);
}

static void
begin_connect (CoordRequest *request, gpointer data)
{
  coord_request_work (request, TRUE, connect_identity, (GDestroyNotify) ent_api_identity_free,
    identity_connected, NULL, NULL);
}

static gpointer
list_identities (CoordCall *call, GError **error)
{
  return coord_identity_service_list (call->db, call->caller, call->services->config, error);
}

static gpointer
remove_identity (CoordCall *call, GError **error)
{
  coord_identity_service_remove (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), call->now_us, error);
  return NULL;
}

static const CoordRoute routes[] = {
  { "GET", "/api/auth/providers", COORD_CALLER_NONE, COORD_LIMIT_GENERAL, .handler = show_providers,
    .answer = &ent_api_provider_list_struct },
  { "GET", "/api/auth/oidc/{provider}/start", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN,
    .handler = start, .query = "redirect_uri code_challenge code_challenge_method state purpose",
    .status = 302, .refuse = refuse_with_page },
  { "GET", "/api/auth/oidc/{provider}/callback", COORD_CALLER_NONE, COORD_LIMIT_GENERAL,
    .handler = come_back, .query = "code state iss error", .takes_other_words = TRUE, .status = 302,
    .refuse = refuse_with_page },
  { "POST", "/api/auth/oidc/token", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .handler = begin_change,
    .body = &ent_api_provider_code_struct, .answer = &ent_api_tokens_struct },
  { "GET", "/api/me/identities", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_identities,
    .answer = &ent_api_identity_list_struct },
  { "POST", "/api/me/identities", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .handler = begin_connect,
    .body = &ent_api_connect_struct, .answer = &ent_api_identity_struct, .status = 201 },
  { "DELETE", "/api/me/identities/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = remove_identity, .work = COORD_WORK_WRITE },
};

void
coord_routes_add_providers (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
