#pragma once

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers about organisations and the people in them. */

/* GET /api/permissions: who may do what, a row for each action. own is what is one's own, team that
 * and what is of a member of one's team, all the whole organisation. */
extern const char *const ent_api_reach_nicks[]; /* none own team all */

typedef struct {
  char *action; /* "slots.offer" */
  int candidate; /* index into the nicks above, as all */
  int interviewer;
  int lead;
  int hr;
  int admin;
  int site_admin;
} EntApiPermission;
ENT_STRUCT_DECLARE (EntApiPermission, ent_api_permission)

typedef struct {
  GPtrArray *items; /* EntApiPermission */
} EntApiPermissionList;
ENT_STRUCT_DECLARE (EntApiPermissionList, ent_api_permission_list)

/* PATCH /api/orgs/{id}: what is absent stays. */
typedef struct {
  char *name;
  char *zone;
  gint64 record_days; /* from now on, records of interviews are kept so long */
  gboolean standard_records; /* as the server is configured */
} EntApiOrgChange;
ENT_STRUCT_DECLARE (EntApiOrgChange, ent_api_org_change)

/* POST and PATCH take the name alone. */
typedef struct {
  char *name;
} EntApiNewTeam;
ENT_STRUCT_DECLARE (EntApiNewTeam, ent_api_new_team)

typedef struct {
  char *id;
  char *name;
  gint64 members; /* count */
  gint64 version;
} EntApiTeam;
ENT_STRUCT_DECLARE (EntApiTeam, ent_api_team)

typedef struct {
  GPtrArray *items; /* EntApiTeam */
  char *next;
} EntApiTeamList;
ENT_STRUCT_DECLARE (EntApiTeamList, ent_api_team_list)

/* GET /api/orgs/{id}/colleagues: whose appointments the caller may offer, in order of id. */
typedef struct {
  char *user; /* id */
  char *name;
  int role; /* EntOrgRole */
} EntApiColleague;
ENT_STRUCT_DECLARE (EntApiColleague, ent_api_colleague)

typedef struct {
  GPtrArray *items; /* EntApiColleague */
  char *next;
} EntApiColleagueList;
ENT_STRUCT_DECLARE (EntApiColleagueList, ent_api_colleague_list)

/* POST /api/orgs/{id}/invites */
typedef struct {
  char *email;
  int role; /* EntOrgRole */
  char *team; /* id */
} EntApiNewOrgInvite;
ENT_STRUCT_DECLARE (EntApiNewOrgInvite, ent_api_new_org_invite)

typedef struct {
  char *id;
  char *email;
  int role; /* EntOrgRole */
  char *team; /* id */
  gint64 expires;
  char *token; /* once, in the answer that made it */
  char *link; /* a page that says what to do with it; likewise */
} EntApiOrgInvite;
ENT_STRUCT_DECLARE (EntApiOrgInvite, ent_api_org_invite)

typedef struct {
  GPtrArray *items; /* EntApiOrgInvite */
  char *next;
} EntApiOrgInviteList;
ENT_STRUCT_DECLARE (EntApiOrgInviteList, ent_api_org_invite_list)

/* POST /api/invites/accept */
typedef struct {
  char *token;
} EntApiToken;
ENT_STRUCT_DECLARE (EntApiToken, ent_api_token)

G_END_DECLS
