#pragma once

#include "service/coord-booking-service.h"

G_BEGIN_DECLS

/* What becomes of an interview. Candidates move and cancel until times->change_us before its start;
 * its interviewers, L of the team, H and A until its end. Events for the room are appended. */

/* To another slot of the organisation, or another time in the hours of the same people, in one
 * transaction. COORD_ERROR_SLOT_TAKEN with the next free times, and nothing is changed. */
EntApiInterviewAnswer *coord_interview_service_move (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const EntApiReschedule *request,
  gint64 version,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);

/* Cancelling what is cancelled gives the same answer. */
EntApiInterviewAnswer *coord_interview_service_cancel (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const char *reason,
  gint64 version,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);

/* That nobody came; from its start on. */
EntApiInterviewAnswer *coord_interview_service_set_no_show (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const char *reason,
  gint64 version,
  const CoordTimes *times,
  GError **error);

/* Who changed what when, for those who may see the interview. */
EntApiHistory *coord_interview_service_list_history (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  GError **error);

/* The same without a caller, for a guest who has been let in by a token: actor is written into the
 * history. */
gboolean coord_interview_service_move_in_hours (CoordDb *db,
  const CoordInterview *interview,
  gint64 starts_at_us,
  const char *actor,
  const char *reason,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error);
gboolean coord_interview_service_apply_cancel (CoordDb *db,
  const CoordInterview *interview,
  const char *actor,
  const char *reason,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* Whether candidates may still change it; COORD_ERROR_DENIED with the time until which they could.
 */
gboolean coord_interview_service_check_notice (const CoordInterview *interview,
  const CoordTimes *times,
  GError **error);

G_END_DECLS
