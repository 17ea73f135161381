#pragma once

#include "service/coord-room-service.h"

G_BEGIN_DECLS

/* The lobby of a room: who comes and does not lead waits there, without anything of the room, until
 * somebody who leads lets them in. In the writer, by hosts and co-interviewers alone
 * (COORD_ERROR_DENIED); each appends its events. */

/* Switches it. On: who is here (ids of participants) stays, everybody else waits when they come
 * again. Off: who waits is let in. */
gboolean coord_lobby_service_set (CoordDb *db,
  const CoordSeat *seat,
  gboolean is_on,
  const char *const *here,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* Lets somebody in who waits. COORD_ERROR_NOT_FOUND for a stranger, COORD_ERROR_CONFLICT for who
 * does not wait. */
gboolean coord_lobby_service_admit (CoordDb *db,
  const CoordSeat *seat,
  const char *participant_id,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* Sends somebody back who is in, and ends their room tokens. The same errors; COORD_ERROR_CONFLICT
 * too while the lobby is off, and COORD_ERROR_DENIED for who leads. */
gboolean coord_lobby_service_return (CoordDb *db,
  const CoordSeat *seat,
  const char *participant_id,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

G_END_DECLS
