#pragma once

#include "protocol/ent-api-people.h"
#include "service/coord-caller.h"

G_BEGIN_DECLS

/* The one table of who may do what in an organisation. It stands in coord-permission.c, made to be
 * read; services ask it, GET /api/permissions shows it. */
typedef enum {
  COORD_ACTION_ORG_CREATE,
  COORD_ACTION_ORG_CHANGE,
  COORD_ACTION_MEMBERS_LIST,
  COORD_ACTION_MEMBERS_CHANGE,
  COORD_ACTION_ADMINS_CHANGE,
  COORD_ACTION_TEAMS_LIST,
  COORD_ACTION_TEAMS_CHANGE,
  COORD_ACTION_KEYS,
  COORD_ACTION_AUDIT,
  COORD_ACTION_AVAILABILITY_SHOW,
  COORD_ACTION_AVAILABILITY_CHANGE,
  COORD_ACTION_SLOTS_OFFER,
  COORD_ACTION_SLOTS_CHANGE,
  COORD_ACTION_BOOKING_LINKS,
  COORD_ACTION_BOOK_SELF,
  COORD_ACTION_BOOK_OTHERS,
  COORD_ACTION_INTERVIEW_SHOW,
  COORD_ACTION_INTERVIEW_LIST,
  COORD_ACTION_INTERVIEW_CHANGE,
  COORD_ACTION_INTERVIEW_NO_SHOW,
  COORD_ACTION_INTERVIEW_INVITE,
  COORD_N_ACTIONS,
} CoordAction;

/* How far a right goes, from least to most. */
typedef enum {
  COORD_REACH_NONE,
  COORD_REACH_OWN, /* what is one's own: see the table */
  COORD_REACH_TEAM, /* and what is of a member of one's own team */
  COORD_REACH_ALL, /* the whole organisation */
} CoordReach;

/* Roles as columns: those of an organisation, then the site administrator. */
#define COORD_SITE_ADMIN (ENT_ORG_ADMIN + 1)
#define COORD_N_ROLES (COORD_SITE_ADMIN + 1)

/* A lent text: who may, for a refusal. role is an EntOrgRole or COORD_SITE_ADMIN. */
const char *coord_permission_get_refusal (CoordAction action);
CoordReach coord_permission_get_reach (CoordAction action, guint role);

/* What something is done to. */
typedef struct {
  const char *org_id;
  const char *owner_id; /* whose it is; NULL: the organisation's */
  gboolean is_own; /* the caller's own, whoever is named as owner */
  gboolean is_known; /* the caller knows that it exists, member or not */
  const char *not_found; /* the sentence for those who must not learn that it exists */
} CoordTarget;

/* Whether the caller may do this. COORD_ERROR_NOT_FOUND with the target's sentence for those
 * outside of the organisation to whom it is not their own either; COORD_ERROR_DENIED with the
 * action's. */
gboolean coord_permission_check (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const CoordTarget *target,
  GError **error);

/* The same for the organisation as a whole, when nothing in it belongs to a person. */
gboolean coord_permission_check_org (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const char *org_id,
  GError **error);

/* The same for several people at once: whoever gives away the time of a panel must have the right
 * to each of them, however the first one is their own. The rest of target is as it is. */
gboolean coord_permission_check_people (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const CoordTarget *target,
  char **people,
  GError **error);

/* The table, for the app. */
EntApiPermissionList *coord_permission_list (void);

G_END_DECLS
