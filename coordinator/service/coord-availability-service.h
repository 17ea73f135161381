#pragma once

#include "protocol/ent-api-schedule.h"
#include "service/coord-caller.h"
#include "store/coord-availability-store.h"

G_BEGIN_DECLS

/* When people can be met. */

/* Own; L of the team; H, A. The person must be able to interview in the organisation. */
EntApiAvailability *coord_availability_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  GError **error);
EntApiAvailability *coord_availability_service_set (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  const EntApiAvailability *request,
  gint64 version,
  gint64 now_us,
  GError **error);

/* Members, for people who interview in the organisation: the times at which all of them can be met,
 * or (is_any) one of them. interviewers are ids. At most limit. */
typedef struct {
  char **interviewers;
  gboolean is_any;
  gint64 from_us;
  gint64 until_us;
  guint limit;
} CoordSearch;

EntApiOpenings *coord_availability_service_search (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordSearch *search,
  gint64 now_us,
  GError **error);

/* The rest checks no caller. */

/* The same as GPtrArray of EntApiOpening, owned. */
GPtrArray *coord_availability_service_find (CoordDb *db,
  const CoordSearch *search,
  gint64 now_us,
  GError **error);

/* When an appointment with all of them that starts then ends (us); 0 when it cannot start then, -1
 * on an error. */
gint64 coord_availability_service_check (CoordDb *db,
  char **interviewers,
  gint64 starts_at_us,
  gint64 now_us,
  GError **error);

/* Whether these can interview in the organisation; COORD_ERROR_NOT_FOUND. Nobody twice, at least
 * one. */
gboolean coord_availability_service_check_people (CoordDb *db,
  const char *org_id,
  char **interviewers,
  GError **error);

G_END_DECLS
