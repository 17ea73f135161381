#pragma once

#include "protocol/ent-api-people.h"
#include "service/coord-caller.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Organisations and their members. */

/* Site administrators; everybody when is_open. The caller becomes its administrator. */
EntApiOrg *coord_org_service_create (CoordDb *db,
  const CoordCaller *caller,
  const EntApiOrg *request,
  gboolean is_open,
  gint64 now_us,
  GError **error);

/* Those of the caller. */
EntApiOrgList *coord_org_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  GError **error);

/* Members see their organisation; A changes its name and zone. */
EntApiOrg *
coord_org_service_show (CoordDb *db, const CoordCaller *caller, const char *org_id, GError **error);
EntApiOrg *coord_org_service_change (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiOrgChange *request,
  gint64 version,
  gint64 now_us,
  GError **error);

/* A and H; only A makes administrators or changes one. The person must have an account. */
EntApiMember *coord_org_service_set_member (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiMember *request,
  gint64 now_us,
  GError **error);

/* As above. Nobody takes their own administration away, so that there is always an administrator.
 */
gboolean coord_org_service_remove_member (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  gint64 now_us,
  GError **error);

/* A and H. */
EntApiMemberList *coord_org_service_list_members (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error);

/* Whose appointments the caller may offer: I themselves, L their team, H and A everybody. */
EntApiColleagueList *coord_org_service_list_colleagues (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error);

/* NULL, or the sentence why this is no time zone. */
const char *coord_zone_find_fault (const char *zone);

G_END_DECLS
