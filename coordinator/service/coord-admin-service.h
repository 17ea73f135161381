#pragma once

#include "protocol/ent-api-admin.h"
#include "service/coord-caller.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* What site administrators see of the whole installation and do to accounts; anybody else is
 * refused with COORD_ERROR_DENIED. Nothing of an interview is shown. */

/* Whether the caller is a site administrator: COORD_ERROR_DENIED. Services of what belongs to the
 * whole installation begin with it. */
gboolean coord_admin_service_check (CoordDb *db, const CoordCaller *caller, GError **error);

/* Those whose address or name has the text in it, whatever its case (NULL: all); erased ones are
 * left out. */
EntApiAccountList *coord_admin_service_list_accounts (CoordDb *db,
  const CoordCaller *caller,
  const char *search,
  const CoordPage *page,
  GError **error);

/* Shuts somebody out of their account, or lets them in: all their sessions end.
 * COORD_ERROR_CONFLICT for the caller's own, COORD_ERROR_NOT_FOUND. */
EntApiAccount *coord_admin_service_set_active (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  gboolean is_active,
  gint64 now_us,
  GError **error);

EntApiOverview *coord_admin_service_get_overview (CoordDb *db,
  const CoordCaller *caller,
  gint64 now_us,
  GError **error);

G_END_DECLS
