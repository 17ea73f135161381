#include "protocol/ent-api-provider.h"

#include "protocol/ent-limits.h"

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)

static const EntField ent_api_provider_fields[] = {
  STRING (EntApiProvider, name, ENT_REQUIRED, 64),
  STRING (EntApiProvider, title, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiProvider, kind, ENT_REQUIRED, 16),
};
ENT_STRUCT_DEFINE (EntApiProvider, ent_api_provider)

static const EntField ent_api_provider_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiProviderList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    100,
    &ent_api_provider_struct),
  STRING (EntApiProviderList, registration, ENT_OPTIONAL, 16),
  ENT_FIELD (EntApiProviderList, mail, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntApiProviderList, ent_api_provider_list)

static const EntField ent_api_provider_code_fields[] = {
  STRING (EntApiProviderCode, code, ENT_REQUIRED, ENT_MAX_TOKEN),
  STRING (EntApiProviderCode, verifier, ENT_REQUIRED, 128),
  STRING (EntApiProviderCode, device, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiProviderCode, locale, ENT_OPTIONAL, 35),
  STRING (EntApiProviderCode, zone, ENT_OPTIONAL, 64),
  STRING (EntApiProviderCode, invite, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiProviderCode, ent_api_provider_code)

static const EntField ent_api_connect_fields[] = {
  STRING (EntApiConnect, code, ENT_REQUIRED, ENT_MAX_TOKEN),
  STRING (EntApiConnect, verifier, ENT_REQUIRED, 128),
};
ENT_STRUCT_DEFINE (EntApiConnect, ent_api_connect)

static const EntField ent_api_identity_fields[] = {
  ENT_FIELD (EntApiIdentity, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  STRING (EntApiIdentity, provider, ENT_OPTIONAL, 64),
  STRING (EntApiIdentity, title, ENT_REQUIRED, ENT_MAX_URL),
  STRING (EntApiIdentity, email, ENT_OPTIONAL, ENT_MAX_EMAIL),
  ENT_FIELD (EntApiIdentity, connected, ENT_FIELD_TIME, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiIdentity, used, ENT_FIELD_TIME, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntApiIdentity, ent_api_identity)

static const EntField ent_api_identity_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiIdentityList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    100,
    &ent_api_identity_struct),
};
ENT_STRUCT_DEFINE (EntApiIdentityList, ent_api_identity_list)
