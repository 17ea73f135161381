#pragma once

#include "protocol/ent-api-account.h"
#include "service/coord-caller.h"

G_BEGIN_DECLS

/* How somebody is called, in which language and zone they are told things, and what they look like.
 */

/* COORD_ERROR_CHANGED when it is not the version that was seen. */
EntApiUserAnswer *coord_profile_service_change (CoordDb *db,
  const CoordCaller *caller,
  const EntApiProfileChange *change,
  gint64 version,
  gint64 now_us,
  GError **error);

/* data NULL takes it away. */
gboolean coord_profile_service_set_picture (CoordDb *db,
  const CoordCaller *caller,
  GBytes *data,
  GError **error);

/* Of oneself, of people of the same interviews, and, for who is more than a candidate, of people of
 * the same organisations; COORD_ERROR_NOT_FOUND. */
EntApiPicture *coord_profile_service_show_picture (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  GError **error);

G_END_DECLS
