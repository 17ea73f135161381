#pragma once

#include "protocol/ent-api-people.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Organisations and who is what in them. */

gboolean coord_org_store_add (CoordDb *db,
  const char *id,
  const char *name,
  const char *zone,
  gint64 now_us,
  GError **error);

/* By id, or by exact name when there is just one; COORD_ERROR_NOT_FOUND. For operators. */
EntApiOrg *coord_org_store_find (CoordDb *db, const char *id_or_name, GError **error);

/* The organisations of a person (GPtrArray of EntApiMembership, owned), oldest first. */
GPtrArray *coord_org_store_list_memberships (CoordDb *db, const char *person_id, GError **error);

/* The same as a list by pages, of EntApiOrg, in the order of their ids. */
GPtrArray *
coord_org_store_list_of (CoordDb *db, const char *person_id, const CoordPage *page, GError **error);

/* All of them, in the order of their names: GPtrArray of EntApiOrg, owned. For operators. */
GPtrArray *coord_org_store_list (CoordDb *db, GError **error);

/* Sets *role; FALSE without an error when the person is no member. */
gboolean coord_org_store_find_role (CoordDb *db,
  const char *org_id,
  const char *person_id,
  EntOrgRole *role,
  GError **error);

/* Adds a member, or changes role and team of one. team_id may be NULL. */
gboolean coord_org_store_set_member (CoordDb *db,
  const char *org_id,
  const char *person_id,
  EntOrgRole role,
  const char *team_id,
  gint64 now_us,
  GError **error);

gboolean coord_org_store_remove_member (CoordDb *db,
  const char *org_id,
  const char *person_id,
  GError **error);

/* The id of a member's team; NULL without an error when there is none. */
char *coord_org_store_find_team_of (CoordDb *db,
  const char *org_id,
  const char *person_id,
  GError **error);

/* NULL and 0 leave a value as it is; record_days below 0: as the server is configured. */
gboolean coord_org_store_change (CoordDb *db,
  const char *id,
  const char *name,
  const char *zone,
  gint64 record_days,
  GError **error);

/* Members in the order of the people's ids (GPtrArray of EntApiMember, owned). */
GPtrArray *coord_org_store_list_members (CoordDb *db,
  const char *org_id,
  const CoordPage *page,
  GError **error);

/* In the same order those who interview (GPtrArray of EntApiColleague, owned): all of them, or of a
 * person's team and the person, or the person alone. */
typedef enum {
  COORD_COLLEAGUES_SELF,
  COORD_COLLEAGUES_TEAM,
  COORD_COLLEAGUES_ALL,
} CoordColleagues;

GPtrArray *coord_org_store_list_colleagues (CoordDb *db,
  const char *org_id,
  const char *person_id,
  CoordColleagues which,
  const CoordPage *page,
  GError **error);

G_END_DECLS
