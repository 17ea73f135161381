#pragma once

#include "service/coord-caller.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Invitations of guests: personal, bound to the first device that uses them. */

/* Those who lead the interview, H and A. origin is what links start with. */
EntApiInvitation *coord_invitation_service_create (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const EntApiNewInvitation *request,
  const char *origin,
  gint64 grace_us,
  gint64 now_us,
  GError **error);

EntApiInvitationList *coord_invitation_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const CoordPage *page,
  GError **error);

/* Ends an invitation, and the guest's stay with it. Appends its events. */
gboolean coord_invitation_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const char *id,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* For operators, and behind create: adds the guest and the invitation. No caller is checked here.
 */
EntApiInvitation *coord_invitation_service_make (CoordDb *db,
  const char *room_id,
  const char *name,
  EntRole role,
  gint64 expires_at_us,
  const char *origin,
  const char *created_by,
  gint64 now_us,
  GError **error);

G_END_DECLS
