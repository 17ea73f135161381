#include "protocol/ent-api-account.h"

#include "protocol/ent-limits.h"

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)

static const EntField ent_api_forgot_fields[] = {
  STRING (EntApiForgot, email, ENT_REQUIRED, ENT_MAX_EMAIL),
};
ENT_STRUCT_DEFINE (EntApiForgot, ent_api_forgot)

static const EntField ent_api_reset_fields[] = {
  STRING (EntApiReset, token, ENT_REQUIRED, ENT_MAX_TOKEN),
  STRING (EntApiReset, password, ENT_REQUIRED, ENT_MAX_PASSWORD),
};
ENT_STRUCT_DEFINE (EntApiReset, ent_api_reset)

static const EntField ent_api_reset_form_fields[] = {
  STRING (EntApiResetForm, token, ENT_REQUIRED, ENT_MAX_TOKEN),
  STRING (EntApiResetForm, password, ENT_REQUIRED, ENT_MAX_PASSWORD),
  STRING (EntApiResetForm, again, ENT_REQUIRED, ENT_MAX_PASSWORD),
};
ENT_STRUCT_DEFINE (EntApiResetForm, ent_api_reset_form)

static const EntField ent_api_profile_change_fields[] = {
  STRING (EntApiProfileChange, name, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiProfileChange, locale, ENT_OPTIONAL, 35),
  STRING (EntApiProfileChange, zone, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (EntApiProfileChange, ent_api_profile_change)

static const EntField ent_api_picture_fields[] = {
  ENT_FIELD (EntApiPicture, data, ENT_FIELD_BYTES, ENT_REQUIRED, ENT_MAX_PICTURE),
};
ENT_STRUCT_DEFINE (EntApiPicture, ent_api_picture)

static const EntField ent_api_totp_fields[] = {
  ENT_FIELD (EntApiTotp, enabled, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiTotp, codes_left, ENT_FIELD_INT, ENT_OPTIONAL, 100),
};
ENT_STRUCT_DEFINE (EntApiTotp, ent_api_totp)

static const EntField ent_api_password_fields[] = {
  STRING (EntApiPassword, password, ENT_REQUIRED, ENT_MAX_PASSWORD),
};
ENT_STRUCT_DEFINE (EntApiPassword, ent_api_password)

static const EntField ent_api_totp_change_fields[] = {
  STRING (EntApiTotpChange, password, ENT_REQUIRED, ENT_MAX_PASSWORD),
  STRING (EntApiTotpChange, code, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (EntApiTotpChange, ent_api_totp_change)

static const EntField ent_api_totp_secret_fields[] = {
  STRING (EntApiTotpSecret, secret, ENT_REQUIRED, 64),
  STRING (EntApiTotpSecret, uri, ENT_REQUIRED, ENT_MAX_URL),
};
ENT_STRUCT_DEFINE (EntApiTotpSecret, ent_api_totp_secret)

static const EntField ent_api_code_fields[] = {
  STRING (EntApiCode, code, ENT_REQUIRED, 64),
};
ENT_STRUCT_DEFINE (EntApiCode, ent_api_code)

static const EntField ent_api_recovery_codes_fields[] = {
  ENT_FIELD (EntApiRecoveryCodes, codes, ENT_FIELD_STRINGS, ENT_REQUIRED, 100),
};
ENT_STRUCT_DEFINE (EntApiRecoveryCodes, ent_api_recovery_codes)

static const EntField ent_api_second_factor_fields[] = {
  STRING (EntApiSecondFactor, ticket, ENT_REQUIRED, ENT_MAX_TOKEN),
  STRING (EntApiSecondFactor, code, ENT_REQUIRED, 64),
};
ENT_STRUCT_DEFINE (EntApiSecondFactor, ent_api_second_factor)
