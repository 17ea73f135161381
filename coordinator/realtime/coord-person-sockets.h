#pragma once

#include "base/ent-clock.h"
#include "coord-secrets.h"
#include "net/coord-socket.h"
#include "service/coord-caller.h"
#include "service/coord-event.h"

G_BEGIN_DECLS

/* The sockets of people outside of rooms: what somebody is told in the app leaves on all of theirs
 * when it is durable. A socket lives as long as the sign-in that opened it: it is asked for before
 * each notice, and of all sockets in turn, COORD_PERSON_LOOK_SOCKETS a second. Main thread only. */
typedef struct _CoordPersonSockets CoordPersonSockets;

#define COORD_PERSON_MAX_SOCKETS 8 /* of one person */
#define COORD_PERSON_LOOK_MS 1000
#define COORD_PERSON_LOOK_SOCKETS 200

/* A client says little and must take what it is told: 64 KiB of notices are hundreds. */
extern const CoordSocketLimits coord_person_socket_limits;

/* All are borrowed and must live longer. */
CoordPersonSockets *coord_person_sockets_new (CoordDbPool *pool,
  CoordEvents *events,
  EntClock *clock,
  const CoordSecrets *secrets);

/* After the hub, which closes the sockets that are left. */
void coord_person_sockets_free (CoordPersonSockets *sockets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordPersonSockets, coord_person_sockets_free)

/* Takes over a socket that has just been opened, and the caller, who is a person and was checked.
 * One more than a person may have is closed with 1013. */
void
coord_person_sockets_add (CoordPersonSockets *sockets, CoordCaller *caller, CoordSocket *socket);

guint coord_person_sockets_count (CoordPersonSockets *sockets);

G_END_DECLS
