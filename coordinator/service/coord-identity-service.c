#include "service/coord-identity-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "service/coord-account-service.h"
#include "service/coord-org-invite-service.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"

#define CHALLENGE_CHARS 43
#define MIN_VERIFIER 43
#define MAX_REDIRECT 200

static gboolean
has_only (const char *text, const char *others)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (others, *c) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
coord_identity_service_is_challenge (const char *text)
{
  return strlen (text) == CHALLENGE_CHARS && has_only (text, "-_");
}

/* By hand, as what a parser forgives must not be what the browser understands otherwise. */
gboolean
coord_identity_service_is_loopback (const char *redirect_uri)
{
  static const char *const starts[] = { "http://127.0.0.1:", "http://[::1]:" };
  const char *rest = NULL;
  gsize digits;

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (redirect_uri, starts[i]))
      rest = redirect_uri + strlen (starts[i]);
  if (rest == NULL || strlen (redirect_uri) > MAX_REDIRECT)
    return FALSE;
  digits = strspn (rest, "0123456789");
  if (digits == 0 || digits > 5 || *rest == '0' || g_ascii_strtoull (rest, NULL, 10) > 65535)
    return FALSE;
  return rest[digits] == '/' && has_only (rest + digits, "/-_");
}

static char *
make_challenge (const char *verifier)
{
  GChecksum *checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_checksum_free (checksum);
  return ent_secret_base64url (digest, size);
}

char *
coord_identity_service_derive (const CoordSecrets *secrets, const char *purpose, const char *state)
{
  g_autofree char *text = g_strdup_printf ("provider:%s:%s", purpose, state);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secrets->refresh_key, sizeof secrets->refresh_key);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  return ent_secret_base64url (digest, size);
}

gboolean
coord_identity_service_begin (CoordDb *db,
  const char *state,
  const CoordAttempt *attempt,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (state);
  gint64 n_open = coord_attempt_store_count (db, now_us, error);

  if (n_open < 0)
    return FALSE;
  if (n_open >= COORD_MAX_ATTEMPTS) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "Too many people sign in at this moment. Try again in some minutes.");
    return FALSE;
  }
  return coord_attempt_store_add (
    db, hash, attempt, now_us + COORD_ATTEMPT_SECONDS * G_TIME_SPAN_SECOND, error);
}

static void
set_ended (GError **error)
{
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_SIGN_IN_ENDED,
    "This sign-in does not go on any more: it was used already, is too old, or was begun "
    "elsewhere. Begin again.");
}

CoordAttempt *
coord_identity_service_come_back (CoordDb *db,
  const char *state,
  const char *provider,
  const char *browser,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (state);
  g_autofree char *browser_hash = ent_secret_hash (browser != NULL ? browser : "");
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordAttempt) attempt = coord_attempt_store_take (db, hash, now_us, &failure);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (attempt == NULL || strcmp (attempt->provider, provider) != 0 ||
           !ent_secret_equal (attempt->browser, browser_hash))
    set_ended (error);
  else
    return g_steal_pointer (&attempt);
  return NULL;
}

/* Who is new comes with an address that the provider has seen to be theirs. */
static gboolean
check_address (const char *email, gboolean is_verified, GError **error)
{
  if (is_verified && email != NULL && coord_account_service_check (email, "-", NULL))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_ADDRESS_UNVERIFIED,
    "The service that you signed in with does not say that your mail address is yours. Confirm it "
    "there, and try again.");
  return FALSE;
}

char *
coord_identity_service_grant (CoordDb *db,
  const CoordAttempt *attempt,
  const CoordIdClaims *claims,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordIdentity) identity =
    coord_identity_store_find (db, claims->issuer, claims->subject, &failure);
  const CoordGrant grant = { claims->issuer, claims->subject,
    claims->email != NULL ? claims->email : (char *) "", claims->is_email_verified,
    claims->name != NULL ? claims->name : (char *) "", attempt->challenge };
  g_autofree char *hash = NULL;
  char *code;

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (identity == NULL && !attempt->connects &&
      !check_address (claims->email, claims->is_email_verified, error))
    return NULL;
  code = ent_secret_new_token ();
  hash = ent_secret_hash (code);
  if (coord_grant_store_add (
        db, hash, &grant, now_us + COORD_GRANT_SECONDS * G_TIME_SPAN_SECOND, error))
    return code;
  ent_secret_free (code);
  return NULL;
}

/* The grant of a code. NULL without an error for a wrong verifier: the code is gone then. */
static CoordGrant *
open_grant (CoordDb *db, const char *hash, const char *verifier, gint64 now_us, GError **error)
{
  g_autofree char *challenge = make_challenge (verifier);
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordGrant) grant = coord_grant_store_find (db, hash, now_us, &failure);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (grant == NULL)
    set_ended (error);
  else if (strlen (verifier) >= MIN_VERIFIER && ent_secret_equal (challenge, grant->challenge))
    return g_steal_pointer (&grant);
  else if (coord_grant_store_remove (db, hash, error))
    coord_audit_store_add (
      db, NULL, "unknown", "session.wrong-verifier", grant->issuer, "", now_us, error);
  return NULL;
}

static gboolean
add_identity (CoordDb *db,
  const CoordGrant *grant,
  const char *person_id,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  const CoordIdentity identity = { id, grant->issuer, grant->subject, (char *) person_id,
    grant->email, now_us, now_us };

  return coord_identity_store_add (db, &identity, error) &&
         coord_audit_store_add (
           db, NULL, person_id, "account.connect", id, grant->issuer, now_us, error);
}

/* Somebody's name, or what stands before the @ of their address; the caller owns it. */
static char *
make_name (const CoordGrant *grant)
{
  g_autofree char *name = g_strstrip (g_strdup (grant->name));
  const char *end;

  if (*name == '\0')
    return g_strndup (grant->email, strcspn (grant->email, "@"));
  if (strlen (name) <= ENT_MAX_NAME)
    return g_steal_pointer (&name);
  end = name + ENT_MAX_NAME;
  g_utf8_validate_len (name, ENT_MAX_NAME, &end);
  return g_strndup (name, end - name);
}

static gboolean
may_register (CoordDb *db,
  const CoordConfig *config,
  const CoordGrant *grant,
  const char *invite,
  gint64 now_us,
  GError **error)
{
  if (config->registration == COORD_REGISTRATION_OPEN)
    return TRUE;
  if (config->registration == COORD_REGISTRATION_INVITED && invite != NULL)
    return coord_org_invite_service_check (db, invite, grant->email, now_us, error);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_REGISTRATION_CLOSED,
    config->registration == COORD_REGISTRATION_INVITED
      ? "An account on this server needs an invitation. Ask the organisation for one."
      : "Registration is closed on this server. Ask its operator for an account.");
  return FALSE;
}

static char *
add_account (CoordDb *db,
  const CoordGrant *grant,
  const EntApiProviderCode *request,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *name = make_name (grant);
  const CoordPerson person = { .id = id,
    .email = grant->email,
    .name = name,
    .password = (char *) "",
    .locale = request->locale,
    .zone = request->zone };

  if (!coord_account_store_add (db, &person, now_us, error) ||
      !coord_account_store_verify (db, id, now_us, error) ||
      !coord_audit_store_add (
        db, NULL, id, "account.register", "account", grant->issuer, now_us, error) ||
      !add_identity (db, grant, id, now_us, error))
    return NULL;
  return g_steal_pointer (&id);
}

/* Somebody whom no account is connected with. */
static char *
welcome (CoordDb *db,
  const CoordConfig *config,
  const CoordGrant *grant,
  const EntApiProviderCode *request,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) known = NULL;

  if (!check_address (grant->email, grant->is_verified, error))
    return NULL;
  known = coord_account_service_find_for_login (db, grant->email, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (known != NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_LINK_NEEDED,
      "There is an account with this mail address already. Sign in with your password once, to "
      "connect it.");
    return NULL;
  }
  return may_register (db, config, grant, request->invite, now_us, error)
           ? add_account (db, grant, request, now_us, error)
           : NULL;
}

EntApiTokens *
coord_identity_service_sign_in (CoordDb *db,
  const CoordConfig *config,
  const CoordSecrets *secrets,
  const EntApiProviderCode *request,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (request->code);
  g_autoptr (CoordGrant) grant = open_grant (db, hash, request->verifier, now_us, error);
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordIdentity) identity = NULL;
  g_autofree char *person_id = NULL;

  if (grant == NULL)
    return NULL;
  identity = coord_identity_store_find (db, grant->issuer, grant->subject, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  person_id = identity != NULL ? g_strdup (identity->person_id)
                               : welcome (db, config, grant, request, now_us, error);
  if (person_id == NULL || !coord_grant_store_remove (db, hash, error) ||
      (identity != NULL &&
        !coord_identity_store_note_use (db, identity->id, grant->email, now_us, error)))
    return NULL;
  return coord_account_service_sign_in (
    db, secrets, person_id, -1, request->device, NULL, now_us, error);
}

static EntApiIdentity *
describe (const CoordIdentity *identity, const CoordConfig *config)
{
  EntApiIdentity *answer = ent_api_identity_new ();
  const CoordProviderConfig *provider = NULL;

  for (guint i = 0; i < config->providers->len && provider == NULL; i++)
    if (strcmp (coord_provider_config_get_issuer (config->providers->pdata[i]), identity->issuer) ==
        0)
      provider = config->providers->pdata[i];
  answer->id = g_strdup (identity->id);
  answer->provider = provider != NULL ? g_strdup (provider->name) : NULL;
  answer->title =
    g_strdup (provider != NULL ? coord_provider_config_get_title (provider) : identity->issuer);
  answer->email = *identity->email != '\0' ? g_strdup (identity->email) : NULL;
  answer->connected = identity->created_at_us;
  answer->used = identity->used_at_us;
  return answer;
}

/* Room for one more, and the caller's own address confirmed when it is the same. */
static gboolean
connect_new (CoordDb *db,
  const CoordCaller *caller,
  const CoordGrant *grant,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  g_autoptr (GPtrArray) all =
    person != NULL ? coord_identity_store_list (db, person->id, error) : NULL;

  if (all == NULL)
    return FALSE;
  if (all->len >= COORD_MAX_IDENTITIES) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "At most %d sign-ins can be connected with an account. Remove one first.",
      COORD_MAX_IDENTITIES);
    return FALSE;
  }
  return add_identity (db, grant, person->id, now_us, error) &&
         (!grant->is_verified || g_ascii_strcasecmp (grant->email, person->email) != 0 ||
           coord_account_store_verify (db, person->id, now_us, error));
}

EntApiIdentity *
coord_identity_service_connect (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const EntApiConnect *request,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (request->code);
  g_autoptr (CoordGrant) grant = open_grant (db, hash, request->verifier, now_us, error);
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordIdentity) known = NULL;
  g_autoptr (CoordIdentity) made = NULL;

  if (grant == NULL)
    return NULL;
  known = coord_identity_store_find (db, grant->issuer, grant->subject, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (known != NULL && strcmp (known->person_id, caller->user_id) != 0) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "This sign-in is connected with another account. Remove it there first.");
    return NULL;
  }
  if (!coord_grant_store_remove (db, hash, error) ||
      (known == NULL && !connect_new (db, caller, grant, now_us, error)))
    return NULL;
  made = coord_identity_store_find (db, grant->issuer, grant->subject, error);
  return made != NULL ? describe (made, config) : NULL;
}

EntApiIdentityList *
coord_identity_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  GError **error)
{
  g_autoptr (GPtrArray) all = coord_identity_store_list (db, caller->user_id, error);
  EntApiIdentityList *list;

  if (all == NULL)
    return NULL;
  list = ent_api_identity_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_identity_free);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (list->items, describe (all->pdata[i], config));
  return list;
}

gboolean
coord_identity_service_remove (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  g_autoptr (GPtrArray) all = NULL;

  if (person == NULL || !coord_identity_store_remove (db, id, person->id, error) ||
      (all = coord_identity_store_list (db, person->id, error)) == NULL)
    return FALSE;
  if (all->len == 0 && *person->password == '\0') {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "This is the only way in which you can sign in. Set a password first: ask for one by mail.");
    return FALSE;
  }
  return coord_audit_store_add (db, NULL, person->id, "account.disconnect", id, "", now_us, error);
}
