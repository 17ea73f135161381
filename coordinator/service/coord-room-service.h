#pragma once

#include "service/coord-booking-service.h"
#include "service/coord-ice.h"
#include "store/coord-room-store.h"

G_BEGIN_DECLS

/* Who sits on a socket: what a room token stands for. */
typedef struct {
  char *room_id;
  char *participant_id;
  char *device_hash; /* tells a person's devices apart; never sent to anybody */
  char *name;
  EntRole role;
  gint64 expires_at_us; /* close with 4401 then */
  gboolean waits; /* in the lobby: for nothing but waiting there */
  GPtrArray *blocks; /* CoordClientBlock: the person's own; NULL in copies */
} CoordSeat;

void coord_seat_free (CoordSeat *seat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSeat, coord_seat_free)

/* Checks a room token for a room: COORD_ERROR_NOT_SIGNED_IN (4401) for an unknown or revoked token,
 * or one of somebody who was let in or sent back to the lobby since it was given;
 * COORD_ERROR_TOKEN_EXPIRED (4401), COORD_ERROR_DENIED (4403) for a token of another room,
 * whether this one exists or not, COORD_ERROR_REMOVED (4403), COORD_ERROR_NOT_FOUND (4404),
 * COORD_ERROR_ROOM_ENDED (4410). Only reads. */
CoordSeat *coord_room_service_admit (CoordDb *db,
  const char *room_id,
  const char *token,
  gint64 now_us,
  GError **error);

/* Whether somebody is in the lobby, and not in the room. */
gboolean coord_room_service_must_wait (const CoordParticipant *participant);

/* Whether who sits there may lead; COORD_ERROR_DENIED, COORD_ERROR_REMOVED. */
gboolean coord_room_service_check_leads (CoordDb *db, const CoordSeat *seat, GError **error);

/* Writes down what who leads has done. */
gboolean coord_room_service_audit (CoordDb *db,
  const CoordRoom *room,
  const CoordSeat *seat,
  const char *action,
  const char *subject,
  gint64 now_us,
  GError **error);

/* Ends a room: hosts and co-interviewers only. seal is the hash over the log, in hex, or NULL.
 * Tokens of the room are revoked. Appends its events. Ending an ended room succeeds and changes
 * nothing. */
gboolean coord_room_service_end (CoordDb *db,
  const CoordSeat *seat,
  const char *seal,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* Likewise by the server, when nobody has ended the room in time: its interview, which is over by
 * its plan, stays as it is, so that it can still be noted that nobody came. */
gboolean coord_room_service_end_overdue (CoordDb *db,
  const char *room_id,
  const char *seal,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* Sets the locks: hosts and co-interviewers only. */
gboolean coord_room_service_lock (CoordDb *db,
  const CoordSeat *seat,
  gboolean is_edit_locked,
  gboolean is_run_locked,
  GPtrArray *events,
  GError **error);

/* Removes a person: hosts and co-interviewers only, never a host. Their tokens and invitations end.
 */
gboolean coord_room_service_remove (CoordDb *db,
  const CoordSeat *seat,
  const char *participant_id,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* Gives a place in a room: to a guest with an invitation, or to a signed-in caller (else NULL) who
 * has a place there. Binds the invitation to the first device; a signed-in person's newer device
 * takes the place over. Errors: COORD_ERROR_INVITATION_WRONG, _EXPIRED, _CLOSED, _OTHER_DEVICE;
 * COORD_ERROR_REMOVED, _ROOM_ENDED, _ROOM_NOT_OPEN, _ROOM_FULL, _NOT_FOUND, _DENIED. Who has to
 * wait in the lobby gets a token for that and nothing of the room. Appends its events. */
EntApiJoined *coord_room_service_join (CoordDb *db,
  const CoordCaller *caller,
  const char *room_id,
  const EntApiJoin *request,
  const CoordConfig *config,
  const CoordSecrets *secrets,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* What is told of a room to those in it. The caller owns it. */
EntMsgRoom *coord_room_service_describe (const CoordRoom *room);

G_END_DECLS
