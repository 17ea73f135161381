#include "service/coord-account-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "service/coord-account-link-service.h"
#include "service/coord-second-factor-service.h"
#include "service/coord-token.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "store/coord-second-factor-store.h"

static gboolean
is_email (const char *text)
{
  const char *at = strchr (text, '@');

  if (at == NULL || at == text || strchr (at + 1, '@') != NULL || strchr (at + 1, '.') == at + 1 ||
      at[1] == '\0' || strlen (text) > ENT_MAX_EMAIL)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c))
      return FALSE;
  return TRUE;
}

gboolean
coord_account_service_check (const char *email, const char *name, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (name));

  if (!is_email (email)) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "'%s' is not a mail address, such as ada@example.org.", email);
    return FALSE;
  }
  if (*trimmed != '\0' && strlen (name) <= ENT_MAX_NAME)
    return TRUE;
  if (*trimmed == '\0')
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, "A name is needed.");
  else
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INVALID, "A name has at most %d bytes.", ENT_MAX_NAME);
  return FALSE;
}

static EntApiUser *
describe (const CoordPerson *person)
{
  EntApiUser *user = ent_api_user_new ();

  user->id = g_strdup (person->id);
  user->name = g_strdup (person->name);
  user->email = g_strdup (person->email);
  user->locale = g_strdup (person->locale);
  user->zone = g_strdup (person->zone);
  user->verified = person->verified_at_us != 0;
  user->version = person->version;
  return user;
}

EntApiUserAnswer *
coord_account_service_register (CoordDb *db,
  const EntApiRegister *request,
  const char *password_hash,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *email = g_ascii_strdown (request->email, -1);
  CoordPerson person = { .id = id,
    .email = email,
    .name = request->name,
    .password = (char *) password_hash,
    .locale = request->locale,
    .zone = request->zone };
  g_autoptr (GError) failure = NULL;
  EntApiUserAnswer *answer;

  if (!coord_account_store_add (db, &person, now_us, &failure) &&
      !g_error_matches (failure, COORD_ERROR, COORD_ERROR_CONFLICT)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (!coord_audit_store_add (db, NULL, failure == NULL ? id : "unknown",
        failure == NULL ? "account.register" : "account.register-again", "account", "", now_us,
        error) ||
      !coord_account_link_service_ask (
        db, failure == NULL ? COORD_LINK_VERIFY : COORD_LINK_KNOWN, email, now_us, error))
    return NULL;
  answer = ent_api_user_answer_new ();
  answer->user = describe (&person);
  return answer;
}

char *
coord_account_service_add (CoordDb *db,
  const char *email,
  const char *name,
  const char *password_hash,
  gboolean is_site_admin,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  CoordPerson person = { .id = id,
    .email = (char *) email,
    .name = (char *) name,
    .password = (char *) password_hash,
    .is_site_admin = is_site_admin };

  if (!coord_account_service_check (email, name, error))
    return NULL;
  if (!coord_account_store_add (db, &person, now_us, error)) {
    g_prefix_error (error, "The account '%s': ", email);
    return NULL;
  }
  if (!coord_audit_store_add (db, NULL, "operator", "account.add", id, "", now_us, error))
    return NULL;
  return g_steal_pointer (&id);
}

gboolean
coord_account_service_set_password (CoordDb *db,
  const char *email,
  const char *password_hash,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find_by_email (db, email, error);

  return person != NULL &&
         coord_account_store_set_password (db, person->id, password_hash, error) &&
         coord_account_store_end_families_of (db, person->id, now_us, error) &&
         coord_audit_store_add (
           db, NULL, "operator", "account.password", person->id, "", now_us, error);
}

gboolean
coord_account_service_set_active (CoordDb *db,
  const char *actor,
  const CoordPerson *person,
  gboolean is_active,
  gint64 now_us,
  GError **error)
{
  return coord_account_store_set_active (db, person->id, is_active, error) &&
         coord_account_store_end_families_of (db, person->id, now_us, error) &&
         coord_audit_store_add (db, NULL, actor, is_active ? "account.unblock" : "account.block",
           person->id, "", now_us, error);
}

char *
coord_account_service_find_stand_in (CoordDb *db,
  const CoordSecrets *secrets,
  const char *email,
  GError **error)
{
  g_autofree char *text = g_ascii_strdown (email, -1);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secrets->refresh_key, sizeof secrets->refresh_key);
  guint8 digest[32];
  gsize size = sizeof digest;
  char letters[9] = "";

  g_hmac_update (hmac, (const guchar *) "stand-in:", -1);
  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  for (guint i = 0; i < sizeof letters - 1; i++)
    letters[i] = 'a' + digest[i] % 26;
  return coord_account_store_find_stand_in (db, letters, error);
}

CoordPerson *
coord_account_service_find_for_login (CoordDb *db, const char *email, GError **error)
{
  g_autoptr (GError) failure = NULL;
  CoordPerson *person = coord_account_store_find_by_email (db, email, &failure);

  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&failure));
  return person;
}

static EntApiTokens *
make_tokens (const CoordSecrets *secrets,
  const CoordPerson *person,
  const char *family_id,
  const char *refresh,
  gint64 now_us)
{
  const CoordCaller caller = { .user_id = person->id,
    .family_id = (char *) family_id,
    .credential_version = person->credential_version };
  EntApiTokens *tokens = ent_api_tokens_new ();

  tokens->access = coord_token_sign (secrets, &caller, now_us);
  tokens->expires_in = COORD_ACCESS_SECONDS;
  tokens->refresh = g_strdup (refresh);
  tokens->user = describe (person);
  return tokens;
}

EntApiTokens *
coord_account_service_start_session (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  const char *device,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  g_autofree char *family_id = ent_id_new ();
  g_autofree char *refresh = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (refresh);
  gint64 expires_at_us = now_us + (gint64) COORD_SESSION_SECONDS * G_USEC_PER_SEC;

  if (person == NULL)
    return NULL;
  if (!person->is_active) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_DENIED, "This account has been switched off.");
    return NULL;
  }
  if (!coord_account_store_add_family (
        db, family_id, person_id, device != NULL ? device : "", now_us, expires_at_us, error) ||
      !coord_account_store_add_refresh (db, hash, family_id, expires_at_us, error) ||
      !coord_audit_store_add (db, NULL, person_id, "session.start", family_id, "", now_us, error))
    return NULL;
  return make_tokens (secrets, person, family_id, refresh, now_us);
}

static EntApiTokens *
make_ticket (CoordDb *db,
  const CoordPerson *person,
  const char *device,
  gint64 now_us,
  GError **error)
{
  const CoordTicket ticket = { .person_id = person->id,
    .device = (char *) (device != NULL ? device : ""),
    .credential_version = person->credential_version };
  g_autoptr (EntApiTokens) answer = ent_api_tokens_new ();
  g_autofree char *hash = NULL;

  answer->second_factor = TRUE;
  answer->ticket = ent_secret_new_token ();
  hash = ent_secret_hash (answer->ticket);
  return coord_ticket_store_add (
           db, hash, &ticket, now_us + COORD_TICKET_SECONDS * G_USEC_PER_SEC, error)
           ? g_steal_pointer (&answer)
           : NULL;
}

EntApiTokens *
coord_account_service_sign_in (CoordDb *db,
  const CoordSecrets *secrets,
  const char *person_id,
  gint64 version,
  const char *device,
  const char *new_hash,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  g_autoptr (CoordSecondFactor) factor = NULL;

  if (person == NULL)
    return NULL;
  /* Who came in with the old password while it was changed would stay. */
  if (version >= 0 && person->credential_version != version) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_WRONG_PASSWORD,
      "The account has changed at this moment. Sign in again.");
    return NULL;
  }
  if (new_hash != NULL &&
      !coord_account_store_set_hash (db, person_id, person->password, new_hash, error))
    return NULL;
  factor = coord_second_factor_store_find (db, person_id, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  return factor != NULL && factor->is_confirmed && person->is_active
           ? make_ticket (db, person, device, now_us, error)
           : coord_account_service_start_session (db, secrets, person_id, device, now_us, error);
}

/* The one successor of a token: it needs the secret key, the row's salt and the token itself, so
 * that it can be given again and yet is stored nowhere. */
static char *
derive_successor (const CoordSecrets *secrets, const char *refresh, const char *salt)
{
  g_autofree char *text = g_strdup_printf ("refresh:%s:%s", salt, refresh);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secrets->refresh_key, sizeof secrets->refresh_key);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  return ent_secret_base64url (digest, sizeof digest);
}

static EntApiTokens *
rotate (CoordDb *db,
  const CoordSecrets *secrets,
  const CoordRefreshToken *token,
  const char *refresh,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, token->person_id, error);
  g_autofree char *salt = token->spent_at_us > 0 ? g_strdup (token->salt) : ent_secret_new_token ();
  g_autofree char *successor = derive_successor (secrets, refresh, salt);
  g_autofree char *hash = ent_secret_hash (successor);

  if (person == NULL)
    return NULL;
  if (token->spent_at_us == 0 &&
      (!coord_account_store_add_refresh (db, hash, token->family_id,
         now_us + (gint64) COORD_SESSION_SECONDS * G_USEC_PER_SEC, error) ||
        !coord_account_store_spend_refresh (db, token->hash, salt, hash, now_us, error)))
    return NULL;
  return make_tokens (secrets, person, token->family_id, successor, now_us);
}

EntApiTokens *
coord_account_service_refresh (CoordDb *db,
  const CoordSecrets *secrets,
  const char *refresh,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (refresh);
  g_autoptr (CoordRefreshToken) token = coord_account_store_find_refresh (db, hash, error);
  gboolean is_lost_answer;

  if (token == NULL)
    return NULL;
  if (token->is_family_ended) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You have been signed out. Sign in again.");
    return NULL;
  }
  if (token->expires_at_us <= now_us) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_TOKEN_EXPIRED,
      "You have been away for too long. Sign in again.");
    return NULL;
  }
  is_lost_answer = token->spent_at_us > 0 && !token->is_successor_spent &&
                   now_us - token->spent_at_us <= COORD_REFRESH_GRACE_SECONDS * G_USEC_PER_SEC;
  if (token->spent_at_us == 0 || is_lost_answer)
    return rotate (db, secrets, token, refresh, now_us, error);
  if (coord_account_store_end_family (db, token->family_id, now_us, error))
    coord_audit_store_add (db, NULL, token->person_id, "session.reuse", token->family_id,
      "a spent refresh token was used", now_us, error);
  return NULL;
}

gboolean
coord_account_service_sign_out (CoordDb *db,
  const CoordCaller *caller,
  gboolean is_all,
  gint64 now_us,
  GError **error)
{
  gboolean is_done = is_all
                       ? coord_account_store_end_families_of (db, caller->user_id, now_us, error)
                       : coord_account_store_end_family (db, caller->family_id, now_us, error);

  return is_done &&
         coord_audit_store_add (db, NULL, caller->user_id,
           is_all ? "session.end-all" : "session.end", caller->family_id, "", now_us, error);
}

EntApiSessionList *
coord_account_service_list_sessions (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GPtrArray) families =
    coord_account_store_list_families (db, caller->user_id, page, now_us, error);
  EntApiSessionList *list;

  if (families == NULL)
    return NULL;
  list = ent_api_session_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_session_free);
  for (guint i = 0; i < families->len; i++) {
    const CoordFamily *family = families->pdata[i];
    EntApiSession *session = ent_api_session_new ();

    session->id = g_strdup (family->id);
    session->device = g_strdup (family->device);
    session->created = family->created_at_us;
    session->used = family->used_at_us;
    session->current = strcmp (family->id, caller->family_id) == 0;
    g_ptr_array_add (list->items, session);
  }
  list->next = coord_page_get_next (page, list->items, G_STRUCT_OFFSET (EntApiSession, id));
  return list;
}

gboolean
coord_account_service_end_session (CoordDb *db,
  const CoordCaller *caller,
  const char *session_id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!coord_account_store_check_family (db, session_id, caller->user_id, &failure)) {
    if (g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN))
      g_set_error_literal (
        error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "This session has ended, or is not yours.");
    else
      g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  return coord_account_store_end_family (db, session_id, now_us, error) &&
         coord_audit_store_add (
           db, NULL, caller->user_id, "session.end", session_id, "", now_us, error);
}

gboolean
coord_account_service_change_password (CoordDb *db,
  const CoordCaller *caller,
  const char *password_hash,
  gint64 now_us,
  GError **error)
{
  return coord_account_store_set_password (db, caller->user_id, password_hash, error) &&
         coord_account_store_end_other_families (
           db, caller->user_id, caller->family_id, now_us, error) &&
         coord_audit_store_add (
           db, NULL, caller->user_id, "account.password", caller->user_id, "", now_us, error);
}

EntApiMe *
coord_account_service_show_me (CoordDb *db, const CoordCaller *caller, GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  GPtrArray *memberships;
  EntApiMe *me;

  if (person == NULL ||
      (memberships = coord_org_store_list_memberships (db, caller->user_id, error)) == NULL)
    return NULL;
  me = ent_api_me_new ();
  me->user = describe (person);
  me->version = person->version;
  me->memberships = memberships;
  return me;
}
