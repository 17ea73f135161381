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
