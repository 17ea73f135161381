/* Accounts and sign-in. Hashing a password stands between two pieces of work in the database, so
 * these handlers go in steps; each step ends the request when it fails. */

#include <string.h>

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "service/coord-account-service.h"
#include "service/coord-org-invite-service.h"
#include "store/coord-error.h"

#define WINDOW_S (15 * 60)

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

/* The account where somebody has signed in to it before. */
static char *
get_own_subject (CoordRequest *request, const char *email)
{
  g_autofree char *lower = g_ascii_strdown (email, -1);

  return g_strconcat ("account:", lower, " ", coord_request_get_network (request), NULL);
}

/* Tries of the whole world count together, but those from where the owner has been are counted by
 * themselves: whoever tries passwords elsewhere does not keep the owner out. */
static char *
get_account_subject (CoordRequest *request, const char *email)
{
  g_autofree char *own = get_own_subject (request, email);
  g_autofree char *lower = g_ascii_strdown (email, -1);

  return coord_request_is_known (request, own) ? g_steal_pointer (&own)
                                               : g_strconcat ("account:", lower, NULL);
}

/* At most so many tries per account, and a growing wait after failures. FALSE: answered. */
static gboolean
check_account_rate (CoordRequest *request, const char *email)
{
  const CoordConfig *config = coord_request_get_services (request)->config;
  g_autofree char *subject = get_account_subject (request, email);

  return coord_request_check_wait (request, subject) &&
         coord_request_count (request, subject, config->signin_per_account, WINDOW_S);
}

/* Register: check, hash, store. */

static gpointer
store_account (CoordCall *call, GError **error)
{
  const EntApiRegister *body = call->body;

  if (call->services->config->registration == COORD_REGISTRATION_INVITED &&
      !coord_org_invite_service_check (call->db, body->invite, body->email, call->now_us, error))
    return NULL;
  return coord_account_service_register (call->db, body, call->extra, call->now_us, error);
}

static void
account_stored (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiUserAnswer) answer = result;

  coord_request_reply (request, 201, &ent_api_user_answer_struct, answer);
}

static void
account_hashed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CoordRequest) request = data;
  GError *error = NULL;
  char *hash = coord_passwords_hash_finish (result, &error);

  if (hash == NULL)
    coord_request_fail (request, error);
  else
    coord_request_work (request, TRUE, store_account, (GDestroyNotify) ent_api_user_answer_free,
      account_stored, hash, g_free);
}

static void
register_account (CoordRequest *request, gpointer data)
{
  const CoordServices *services = coord_request_get_services (request);
  const EntApiRegister *body = coord_request_get_body (request);
  const char *fault = coord_password_find_fault (body->password);
  GError *error = NULL;

  if (services->config->registration == COORD_REGISTRATION_INVITED && body->invite == NULL)
    fail (request, COORD_ERROR_REGISTRATION_CLOSED,
      "An account on this server needs an invitation. Ask the organisation for one.");
  else if (services->config->registration == COORD_REGISTRATION_CLOSED)
    fail (request, COORD_ERROR_REGISTRATION_CLOSED,
      "Registration is closed on this server. Ask its operator for an account.");
  else if (!coord_account_service_check (body->email, body->name, &error))
    coord_request_fail (request, error);
  else if (fault != NULL)
    fail (request, COORD_ERROR_INVALID, fault);
  else if (check_account_rate (request, body->email))
    coord_passwords_hash_async (services->passwords, COORD_TURN_STRANGER, body->password,
      account_hashed_cb, coord_request_ref (request));
}

/* Login: find the account, compare, start the session. */

typedef struct {
  CoordRequest *request; /* not owned by those who take the struct over: they hold it */
  CoordPerson *person; /* NULL: unknown address */
  char *stand_in; /* a hash to compare with where there is none */
  char *new_hash; /* in place of an old one; NULL: that stays */
} Login;

static void
login_free (gpointer data)
{
  Login *login = data;

  g_clear_pointer (&login->person, coord_person_free);
  g_free (login->stand_in);
  g_free (login->new_hash);
  g_free (login);
}

/* The same is read for an unknown address as for a known one. */
static gpointer
find_account (CoordCall *call, GError **error)
{
  const EntApiLogin *body = call->body;
  g_autoptr (GError) failure = NULL;
  Login *login = g_new0 (Login, 1);

  login->person = coord_account_service_find_for_login (call->db, body->email, &failure);
  if (failure == NULL)
    login->stand_in = coord_account_service_find_stand_in (
      call->db, call->services->secrets, body->email, &failure);
  if (failure == NULL)
    return login;
  g_propagate_error (error, g_steal_pointer (&failure));
  login_free (login);
  return NULL;
}

static gpointer
start_session (CoordCall *call, GError **error)
{
  const EntApiLogin *body = call->body;
  const Login *login = call->extra;

  return coord_account_service_sign_in (call->db, call->services->secrets, login->person->id,
    login->person->credential_version, body->device, login->new_hash, call->now_us, error);
}

static void
session_started (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiTokens) tokens = result;

  coord_request_reply (request, 200, &ent_api_tokens_struct, tokens);
}

/* What is known only now and here: the password, which an old hash is replaced with. */
static void
rehashed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Login *login = data;
  g_autoptr (CoordRequest) request = login->request;

  login->new_hash = coord_passwords_hash_finish (result, NULL);
  coord_request_work (request, TRUE, start_session, (GDestroyNotify) ent_api_tokens_free,
    session_started, login, login_free);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Login *login = data;
  g_autoptr (CoordRequest) request = login->request;
  const EntApiLogin *body = coord_request_get_body (request);
  g_autofree char *subject = get_account_subject (request, body->email);
  g_autofree char *own = get_own_subject (request, body->email);
  GError *error = NULL;
  gboolean is_right = coord_passwords_verify_finish (result, &error);

  if (error != NULL) {
    coord_request_fail (request, error);
    login_free (login);
    return;
  }
  if (!is_right) {
    coord_request_count_failure (request, subject);
    fail (request, COORD_ERROR_WRONG_PASSWORD, "The mail address or the password is not right.");
    login_free (login);
    return;
  }
  coord_request_forget_failures (request, subject);
  coord_request_know (request, own);
  if (coord_password_is_old (login->person->password)) {
    login->request = coord_request_ref (request);
    coord_passwords_hash_async (coord_request_get_services (request)->passwords, COORD_TURN_KNOWN,
      body->password, rehashed_cb, login);
  } else
    coord_request_work (request, TRUE, start_session, (GDestroyNotify) ent_api_tokens_free,
      session_started, login, login_free);
}

/* The same work for an unknown address as for a known one. */
static void
account_found (CoordRequest *request, gpointer result, gpointer extra)
{
  const CoordServices *services = coord_request_get_services (request);
  const EntApiLogin *body = coord_request_get_body (request);
  g_autofree char *own = get_own_subject (request, body->email);
  CoordTurn turn = coord_request_is_known (request, own) ? COORD_TURN_KNOWN : COORD_TURN_STRANGER;
  Login *login = result;

  login->request = coord_request_ref (request);
  if (login->person != NULL && *login->person->password != '\0')
    coord_passwords_verify_async (
      services->passwords, turn, body->password, login->person->password, compared_cb, login);
  else
    coord_passwords_pretend_async (
      services->passwords, turn, body->password, login->stand_in, compared_cb, login);
}

static void
log_in (CoordRequest *request, gpointer data)
{
  const EntApiLogin *body = coord_request_get_body (request);

  if (check_account_rate (request, body->email))
    coord_request_work (request, FALSE, find_account, login_free, account_found, NULL, NULL);
}

/* Refresh. */

static gpointer
rotate_refresh (CoordCall *call, GError **error)
{
  const EntApiRefresh *body = call->body;

  return coord_account_service_refresh (
    call->db, call->services->secrets, body->refresh, call->now_us, error);
}

static void
refresh_rotated (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiTokens) tokens = result;

  if (tokens != NULL)
    coord_request_reply (request, 200, &ent_api_tokens_struct, tokens);
  else
    fail (request, COORD_ERROR_NOT_SIGNED_IN,
      "This sign-in was used twice and has been ended, to be safe. Sign in again.");
}

static void
refresh (CoordRequest *request, gpointer data)
{
  coord_request_work (request, TRUE, rotate_refresh, (GDestroyNotify) ent_api_tokens_free,
    refresh_rotated, NULL, NULL);
}

static gpointer
log_out (CoordCall *call, GError **error)
{
  const EntApiLogout *body = call->body;

  coord_account_service_sign_out (call->db, call->caller, body->all, call->now_us, error);
  return NULL;
}

static gpointer
show_me (CoordCall *call, GError **error)
{
  return coord_account_service_show_me (call->db, call->caller, error);
}

#define REGISTER \
  COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .handler = register_account, \
                                         .body = &ent_api_register_struct, \
                                         .answer = &ent_api_user_answer_struct, .status = 201
#define REFRESH \
  COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .handler = refresh, .body = &ent_api_refresh_struct, \
                                         .answer = &ent_api_tokens_struct
#define ME COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = show_me, .answer = &ent_api_me_struct

static const CoordRoute routes[] = {
  { "POST", "/api/auth/register", REGISTER },
  { "POST", "/api/users", REGISTER },
  { "POST", "/api/auth/login", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .handler = log_in,
    .body = &ent_api_login_struct, .answer = &ent_api_tokens_struct },
  { "POST", "/api/auth/refresh", REFRESH },
  { "POST", "/api/auth/token", REFRESH },
  { "POST", "/api/auth/logout", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = log_out,
    .work = COORD_WORK_WRITE, .body = &ent_api_logout_struct },
  { "GET", "/api/me", ME },
  { "GET", "/api/users/me", ME },
};

void
coord_routes_add_accounts (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
