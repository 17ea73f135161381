#pragma once

#include "protocol/ent-api-privacy.h"
#include "service/coord-caller.h"
#include "store/coord-account-store.h"

G_BEGIN_DECLS

/* Erasing a person: nothing that names them stays, see store/coord-person-store.h. What others need
 * stays under the id, which names nobody any more: that an interview was held and when, and the
 * audit. It is done at once and for good, in one transaction.
 *
 *   - Sessions, tokens and places in rooms end, sockets close.
 *   - Interviews to come as interviewer or candidate are cancelled, and the others told by mail;
 *     whoever was beside the interviewer or watched leaves the rest. Appointments are offered no
 *     more, links to them end.
 *   - What was written in interviews as candidate goes, with what others wrote there. What somebody
 *     wrote who led an interview belongs to the record of the candidate and stays with it.
 *   - The last administrator of an organisation with other members hands over first. */

/* What it would do to the caller. */
EntApiErasure *
coord_erasure_service_show (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error);

/* Whether the caller may erase this person: oneself, and site administrators everybody.
 * COORD_ERROR_NOT_FOUND for all others, and for whom there is not, or not any more. */
gboolean coord_erasure_service_check (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  GError **error);

/* actor is who does it: a person, or "operator". COORD_ERROR_CONFLICT when somebody has to hand
 * over first. To events (CoordEvent) is added what live sockets must hear of. */
gboolean coord_erasure_service_erase (CoordDb *db,
  const char *person_id,
  const char *actor,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

/* For operators: what is kept of the address of somebody who was booked without an account;
 * COORD_ERROR_NOT_FOUND when that is nothing. */
gboolean coord_erasure_service_erase_address (CoordDb *db,
  const char *email,
  gint64 now_us,
  GPtrArray *events,
  GError **error);

G_END_DECLS
