#include "protocol/ent-api-people.h"

#include "protocol/ent-limits.h"

const char *const ent_api_reach_nicks[] = { "none", "own", "team", "all", NULL };

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)
#define ID(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_ID, flags, 0)
#define TIME(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_TIME, flags, 0)
#define INT(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_INT, flags, G_MAXINT32)
#define ITEMS(Type, of) \
  ENT_FIELD_STRUCT_OF (Type, items, ENT_FIELD_LIST, ENT_REQUIRED, ENT_MAX_LIST, of), \
    STRING (Type, next, ENT_OPTIONAL, ENT_MAX_TOKEN)
#define ROLE(Type) ENT_FIELD_ENUM_OF (Type, role, ENT_REQUIRED, ent_org_role_nicks)
#define REACH(member) \
  ENT_FIELD_ENUM_OF (EntApiPermission, member, ENT_REQUIRED, ent_api_reach_nicks)

static const EntField ent_api_permission_fields[] = {
  STRING (EntApiPermission, action, ENT_REQUIRED, 64),
  REACH (candidate),
  REACH (interviewer),
  REACH (lead),
  REACH (hr),
  REACH (admin),
  REACH (site_admin),
};
ENT_STRUCT_DEFINE (EntApiPermission, ent_api_permission)

static const EntField ent_api_permission_list_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiPermissionList,
    items,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_api_permission_struct),
};
ENT_STRUCT_DEFINE (EntApiPermissionList, ent_api_permission_list)

static const EntField ent_api_org_change_fields[] = {
  STRING (EntApiOrgChange, name, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiOrgChange, zone, ENT_OPTIONAL, 64),
  ENT_FIELD (EntApiOrgChange, record_days, ENT_FIELD_INT, ENT_OPTIONAL, ENT_MAX_RECORD_DAYS),
  ENT_FIELD (EntApiOrgChange, standard_records, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntApiOrgChange, ent_api_org_change)

static const EntField ent_api_new_team_fields[] = {
  STRING (EntApiNewTeam, name, ENT_REQUIRED, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntApiNewTeam, ent_api_new_team)

static const EntField ent_api_team_fields[] = {
  ID (EntApiTeam, id, ENT_REQUIRED),
  STRING (EntApiTeam, name, ENT_REQUIRED, ENT_MAX_NAME),
  INT (EntApiTeam, members, ENT_REQUIRED),
  INT (EntApiTeam, version, ENT_REQUIRED),
};
ENT_STRUCT_DEFINE (EntApiTeam, ent_api_team)

static const EntField ent_api_team_list_fields[] = { ITEMS (EntApiTeamList, &ent_api_team_struct) };
ENT_STRUCT_DEFINE (EntApiTeamList, ent_api_team_list)

static const EntField ent_api_colleague_fields[] = {
  ID (EntApiColleague, user, ENT_REQUIRED),
  STRING (EntApiColleague, name, ENT_REQUIRED, ENT_MAX_NAME),
  ROLE (EntApiColleague),
};
ENT_STRUCT_DEFINE (EntApiColleague, ent_api_colleague)

static const EntField ent_api_colleague_list_fields[] = {
  ITEMS (EntApiColleagueList, &ent_api_colleague_struct),
};
ENT_STRUCT_DEFINE (EntApiColleagueList, ent_api_colleague_list)

static const EntField ent_api_new_org_invite_fields[] = {
  STRING (EntApiNewOrgInvite, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  ROLE (EntApiNewOrgInvite),
  ID (EntApiNewOrgInvite, team, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiNewOrgInvite, ent_api_new_org_invite)

static const EntField ent_api_org_invite_fields[] = {
  ID (EntApiOrgInvite, id, ENT_REQUIRED),
  STRING (EntApiOrgInvite, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  ROLE (EntApiOrgInvite),
  ID (EntApiOrgInvite, team, ENT_OPTIONAL),
  TIME (EntApiOrgInvite, expires, ENT_REQUIRED),
  STRING (EntApiOrgInvite, token, ENT_OPTIONAL, ENT_MAX_TOKEN),
  STRING (EntApiOrgInvite, link, ENT_OPTIONAL, ENT_MAX_URL),
};
ENT_STRUCT_DEFINE (EntApiOrgInvite, ent_api_org_invite)

static const EntField ent_api_org_invite_list_fields[] = {
  ITEMS (EntApiOrgInviteList, &ent_api_org_invite_struct),
};
ENT_STRUCT_DEFINE (EntApiOrgInviteList, ent_api_org_invite_list)

static const EntField ent_api_token_fields[] = {
  STRING (EntApiToken, token, ENT_REQUIRED, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiToken, ent_api_token)
