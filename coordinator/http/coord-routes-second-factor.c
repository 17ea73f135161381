/* Codes of a device. What takes one's password compares it between two pieces of work. */

#include "http/coord-routes.h"
#include "protocol/ent-api-account.h"
#include "service/coord-account-service.h"
#include "service/coord-second-factor-service.h"
#include "store/coord-error.h"

#define WINDOW_S (15 * 60)

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

static gpointer
show (CoordCall *call, GError **error)
{
  return coord_second_factor_service_show (call->db, call->caller, error);
}

static gpointer
confirm (CoordCall *call, GError **error)
{
  const EntApiCode *body = call->body;

  return coord_second_factor_service_confirm (
    call->db, call->caller, call->services->secrets, body->code, call->now_us, error);
}

/* What is done when the password was right: find the account, compare, do. */

typedef struct {
  CoordRequest *request; /* owned while the password is compared */
  const char *(*get_password) (gconstpointer body);
  CoordServiceFunc func;
  GDestroyNotify result_free;
  CoordWorkDone done;
} Deed;

static char *
get_subject (CoordRequest *request)
{
  return g_strconcat ("password:", coord_request_get_user (request), NULL);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Deed *deed = data;
  g_autoptr (CoordRequest) request = deed->request;
  g_autofree char *subject = get_subject (request);
  GError *error = NULL;

  if (coord_passwords_verify_finish (result, &error)) {
    coord_request_forget_failures (request, subject);
    coord_request_work (request, TRUE, deed->func, deed->result_free, deed->done, NULL, NULL);
    return;
  }
  if (error == NULL) {
    coord_request_count_failure (request, subject);
    fail (request, COORD_ERROR_WRONG_PASSWORD, "The password is not right.");
  } else
    coord_request_fail (request, error);
}

static gpointer
find_me (CoordCall *call, GError **error)
{
  return coord_account_store_find (call->db, call->caller->user_id, error);
}

static void
me_found (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (CoordPerson) person = result;
  const Deed *wanted = extra;
  Deed *deed = g_memdup2 (wanted, sizeof *deed);

  deed->request = coord_request_ref (request);
  coord_passwords_verify_async (coord_request_get_services (request)->passwords,
    wanted->get_password (coord_request_get_body (request)), person->password, compared_cb, deed);
}

static void
begin (CoordRequest *request, const Deed *deed)
{
  g_autofree char *subject = get_subject (request);

  if (coord_request_check_wait (request, subject) &&
      coord_request_count (request, subject,
        coord_request_get_services (request)->config->signin_per_account, WINDOW_S))
    coord_request_work (
      request, FALSE, find_me, (GDestroyNotify) coord_person_free, me_found, (gpointer) deed, NULL);
}

static const char *
get_enrol_password (gconstpointer body)
{
  return ((const EntApiPassword *) body)->password;
}

static const char *
get_change_password (gconstpointer body)
{
  return ((const EntApiTotpChange *) body)->password;
}

static gpointer
enrol (CoordCall *call, GError **error)
{
  return coord_second_factor_service_enrol (call->db, call->caller, call->services->secrets, error);
}

static void
enrolled (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiTotpSecret) secret = result;

  coord_request_reply (request, 200, &ent_api_totp_secret_struct, secret);
}

static void
begin_enrol (CoordRequest *request, gpointer data)
{
  static const Deed deed = { .get_password = get_enrol_password,
    .func = enrol,
    .result_free = (GDestroyNotify) ent_api_totp_secret_free,
    .done = enrolled };

  begin (request, &deed);
}

static gpointer
disable (CoordCall *call, GError **error)
{
  const EntApiTotpChange *body = call->body;

  coord_second_factor_service_disable (
    call->db, call->caller, call->services->secrets, body->code, call->now_us, error);
  return NULL;
}

static void
disabled (CoordRequest *request, gpointer result, gpointer extra)
{
  coord_request_reply (request, 204, NULL, NULL);
}

static void
begin_disable (CoordRequest *request, gpointer data)
{
  static const Deed deed = {
    .get_password = get_change_password, .func = disable, .done = disabled
  };

  begin (request, &deed);
}

static gpointer
renew_codes (CoordCall *call, GError **error)
{
  const EntApiTotpChange *body = call->body;

  return coord_second_factor_service_renew_codes (
    call->db, call->caller, call->services->secrets, body->code, call->now_us, error);
}

static void
codes_renewed (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiRecoveryCodes) codes = result;

  coord_request_reply (request, 200, &ent_api_recovery_codes_struct, codes);
}

static void
begin_renew_codes (CoordRequest *request, gpointer data)
{
  static const Deed deed = {
    .get_password = get_change_password,
    .func = renew_codes,
    .result_free = (GDestroyNotify) ent_api_recovery_codes_free,
    .done = codes_renewed,
  };

  begin (request, &deed);
}

/* The second step of signing in. */

static gpointer
sign_in (CoordCall *call, GError **error)
{
  const EntApiSecondFactor *body = call->body;

  return coord_second_factor_service_sign_in (
    call->db, call->services->secrets, body->ticket, body->code, call->now_us, error);
}

static void
signed_in (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiTokens) tokens = result;

  if (tokens != NULL)
    coord_request_reply (request, 200, &ent_api_tokens_struct, tokens);
  else
    fail (request, COORD_ERROR_WRONG_CODE,
      "This code is not right, or was used already. Wait for the next one and try again.");
}

static void
begin_sign_in (CoordRequest *request, gpointer data)
{
  coord_request_work (
    request, TRUE, sign_in, (GDestroyNotify) ent_api_tokens_free, signed_in, NULL, NULL);
}

static const CoordRoute routes[] = {
  { "GET", "/api/auth/totp", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = show,
    .answer = &ent_api_totp_struct },
  { "POST", "/api/auth/totp", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .handler = begin_enrol,
    .body = &ent_api_password_struct, .answer = &ent_api_totp_secret_struct },
  { "POST", "/api/auth/totp/confirm", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .service = confirm,
    .work = COORD_WORK_WRITE, .body = &ent_api_code_struct,
    .answer = &ent_api_recovery_codes_struct },
  { "POST", "/api/auth/totp/disable", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN,
    .handler = begin_disable, .body = &ent_api_totp_change_struct, .status = 204 },
  { "POST", "/api/auth/totp/codes", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN,
    .handler = begin_renew_codes, .body = &ent_api_totp_change_struct,
    .answer = &ent_api_recovery_codes_struct },
  { "POST", "/api/auth/second-factor", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN,
    .handler = begin_sign_in, .body = &ent_api_second_factor_struct,
    .answer = &ent_api_tokens_struct },
};

void
coord_routes_add_second_factor (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
