/* Codes of a device. */

#include "http/coord-confirm.h"
#include "http/coord-routes.h"
#include "protocol/ent-api-account.h"
#include "service/coord-account-service.h"
#include "service/coord-second-factor-service.h"
#include "store/coord-error.h"

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
  static const CoordDeed deed = {
    .func = enrol, .result_free = (GDestroyNotify) ent_api_totp_secret_free, .done = enrolled
  };
  const EntApiPassword *body = coord_request_get_body (request);

  coord_confirm (request, body->password, &deed);
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
  static const CoordDeed deed = { .func = disable, .done = disabled };
  const EntApiTotpChange *body = coord_request_get_body (request);

  coord_confirm (request, body->password, &deed);
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
  static const CoordDeed deed = {
    .func = renew_codes,
    .result_free = (GDestroyNotify) ent_api_recovery_codes_free,
    .done = codes_renewed,
  };
  const EntApiTotpChange *body = coord_request_get_body (request);

  coord_confirm (request, body->password, &deed);
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
