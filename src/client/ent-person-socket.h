#pragma once

#include "base/ent-clock.h"
#include "client/ent-client.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* What a server tells a signed-in person at once, over /api/me/socket, for as long as it runs.
 *
 * It comes back by itself: 1 to 2 s after a loss, doubled up to a minute while it fails, and at
 * once when the network is back. It renews its access token before it ends. What was told
 * meanwhile is in the list of the server: ask for that when the socket opens.
 *
 * Property is-open (gboolean, read-only): what is told from now on comes.
 * Signal notice (const EntApiNotification *): one that was told; it may come more than once. */
#define ENT_TYPE_PERSON_SOCKET (ent_person_socket_get_type ())
G_DECLARE_FINAL_TYPE (EntPersonSocket, ent_person_socket, ENT, PERSON_SOCKET, GObject)

/* clock: NULL for the real one. Begins at once, and ends with its last reference. */
EntPersonSocket *ent_person_socket_new (EntClient *client, EntClock *clock);

gboolean ent_person_socket_is_open (EntPersonSocket *socket);

G_END_DECLS
