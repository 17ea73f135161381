#include "protocol/ent-api-privacy.h"

#include "protocol/ent-limits.h"

#define STRING(Type, member, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, ENT_OPTIONAL, max)
#define NUMBER(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_INT, flags, G_MAXINT64)
#define TIME(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_TIME, flags, 0)

static const EntField ent_api_confirm_fields[] = {
  STRING (EntApiConfirm, password, ENT_MAX_PASSWORD),
  STRING (EntApiConfirm, code, 64),
};
ENT_STRUCT_DEFINE (EntApiConfirm, ent_api_confirm)

const char *const ent_api_export_nicks[] = { "preparing", "ready", NULL };

static const EntField ent_api_export_fields[] = {
  ENT_FIELD_ENUM_OF (EntApiExport, state, ENT_REQUIRED, ent_api_export_nicks),
  TIME (EntApiExport, requested, ENT_REQUIRED),
  TIME (EntApiExport, ready, ENT_OPTIONAL),
  TIME (EntApiExport, expires, ENT_OPTIONAL),
  NUMBER (EntApiExport, bytes, ENT_OPTIONAL),
  STRING (EntApiExport, sha256, 64),
};
ENT_STRUCT_DEFINE (EntApiExport, ent_api_export)

static const EntField ent_api_erasure_fields[] = {
  NUMBER (EntApiErasure, cancelled, ENT_REQUIRED),
  NUMBER (EntApiErasure, records, ENT_REQUIRED),
  ENT_FIELD (EntApiErasure, hand_over, ENT_FIELD_STRINGS, ENT_REQUIRED, G_MAXINT),
};
ENT_STRUCT_DEFINE (EntApiErasure, ent_api_erasure)
