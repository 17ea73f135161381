#include "protocol/ent-api-admin.h"

#include "protocol/ent-limits.h"

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)
#define FLAG(Type, member) ENT_FIELD (Type, member, ENT_FIELD_BOOL, ENT_REQUIRED, 0)
#define COUNT(member) ENT_FIELD (EntApiOverview, member, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64)

static const EntField ent_api_account_fields[] = {
  ENT_FIELD (EntApiAccount, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  STRING (EntApiAccount, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  STRING (EntApiAccount, name, ENT_REQUIRED, ENT_MAX_NAME),
  FLAG (EntApiAccount, site_admin),
  FLAG (EntApiAccount, active),
  FLAG (EntApiAccount, verified),
};
ENT_STRUCT_DEFINE (EntApiAccount, ent_api_account)

static const EntField ent_api_account_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiAccountList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_api_account_struct),
  STRING (EntApiAccountList, next, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiAccountList, ent_api_account_list)

static const EntField ent_api_account_change_fields[] = {
  FLAG (EntApiAccountChange, active),
};
ENT_STRUCT_DEFINE (EntApiAccountChange, ent_api_account_change)

static const EntField ent_api_overview_fields[] = {
  COUNT (people),
  COUNT (blocked),
  COUNT (organisations),
  COUNT (interviews),
  COUNT (slots),
  COUNT (sessions),
  COUNT (mails_waiting),
  COUNT (mails_failed),
  COUNT (jobs_failing),
};
ENT_STRUCT_DEFINE (EntApiOverview, ent_api_overview)

#define NUMBER(member) ENT_FIELD (EntApiRunner, member, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64)

static const EntField ent_api_runner_fields[] = {
  ENT_FIELD (EntApiRunner, id, ENT_FIELD_ID, ENT_OPTIONAL, 0),
  STRING (EntApiRunner, name, ENT_REQUIRED, ENT_MAX_NAME),
  FLAG (EntApiRunner, connected),
  FLAG (EntApiRunner, draining),
  FLAG (EntApiRunner, drained),
  NUMBER (busy),
  NUMBER (slots),
  STRING (EntApiRunner, version, ENT_OPTIONAL, 64),
  STRING (EntApiRunner, note, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntApiRunner, seen, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
  ENT_FIELD_STRUCT_OF (EntApiRunner,
    languages,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    100,
    &ent_msg_language_struct),
};
ENT_STRUCT_DEFINE (EntApiRunner, ent_api_runner)

static const EntField ent_api_runner_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiRunnerList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_api_runner_struct),
  STRING (EntApiRunnerList, next, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiRunnerList, ent_api_runner_list)

static const EntField ent_api_image_fields[] = {
  STRING (EntApiImage, language, ENT_REQUIRED, 32),
  STRING (EntApiImage, name, ENT_REQUIRED, 64),
  STRING (EntApiImage, version, ENT_OPTIONAL, 200),
  ENT_FIELD (EntApiImage, runners, ENT_FIELD_STRINGS, ENT_REQUIRED, G_MAXINT),
  ENT_FIELD (EntApiImage, missing, ENT_FIELD_STRINGS, ENT_REQUIRED, G_MAXINT),
};
ENT_STRUCT_DEFINE (EntApiImage, ent_api_image)

static const EntField ent_api_image_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiImageList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    G_MAXINT,
    &ent_api_image_struct),
};
ENT_STRUCT_DEFINE (EntApiImageList, ent_api_image_list)

const char *const ent_api_admin_job_nicks[] = { "running", "done", "failed", "removed", NULL };

static const EntField ent_api_admin_job_fields[] = {
  ENT_FIELD (EntApiAdminJob, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  STRING (EntApiAdminJob, kind, ENT_REQUIRED, 32),
  ENT_FIELD_ENUM_OF (EntApiAdminJob, state, ENT_REQUIRED, ent_api_admin_job_nicks),
  ENT_FIELD (EntApiAdminJob, percent, ENT_FIELD_INT, ENT_REQUIRED, 100),
  ENT_FIELD (EntApiAdminJob, rows, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
  ENT_FIELD (EntApiAdminJob, bytes, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
  STRING (EntApiAdminJob, folder, ENT_REQUIRED, 4096),
  STRING (EntApiAdminJob, message, ENT_OPTIONAL, 3 * 4096),
  STRING (EntApiAdminJob, by, ENT_REQUIRED, 64),
  STRING (EntApiAdminJob, name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD (EntApiAdminJob, asked, ENT_FIELD_TIME, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiAdminJob, ended, ENT_FIELD_TIME, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntApiAdminJob, ent_api_admin_job)

static const EntField ent_api_backup_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiBackupList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_api_admin_job_struct),
  STRING (EntApiBackupList, next, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiBackupList, ent_api_backup_list)

static const EntField ent_api_admin_job_begun_fields[] = {
  ENT_FIELD (EntApiAdminJobBegun, job, ENT_FIELD_ID, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntApiAdminJobBegun, ent_api_admin_job_begun)
