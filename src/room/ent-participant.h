#pragma once

#include <glib-object.h>

#include "protocol/ent-msg-session.h"

G_BEGIN_DECLS

/* How document and presence reach a participant from here, or this room as a whole. */
typedef enum {
  ENT_CONNECTION_NONE, /* oneself, or somebody who is not here */
  ENT_CONNECTION_OFFLINE, /* no way at the moment; edits are kept */
  ENT_CONNECTION_COORDINATOR, /* only through the coordinator */
  ENT_CONNECTION_RELAYED, /* peer to peer, by a TURN server */
  ENT_CONNECTION_DIRECT, /* peer to peer */
} EntConnection;

#define ENT_TYPE_CONNECTION (ent_connection_get_type ())
GType ent_connection_get_type (void);

/* "direct", "relayed", "coordinator", "offline", "none". */
const char *ent_connection_get_nick (EntConnection connection);

/* One person in a room, as the roster says. Lives in the roster list of EntRoom and is only read by
 * others. A participant who came back is the same object.
 *
 * Properties (all read-only): id, name, role (EntRole as int), state (EntPeerState as int), seat,
 * colour, is-me, connection, reconnecting, muted, camera, short-code, round-trip-us. */
#define ENT_TYPE_PARTICIPANT (ent_participant_get_type ())
G_DECLARE_FINAL_TYPE (EntParticipant, ent_participant, ENT, PARTICIPANT, GObject)

#define ENT_PARTICIPANT_N_COLOURS 8

const char *ent_participant_get_id (EntParticipant *person);
const char *ent_participant_get_name (EntParticipant *person);
EntRole ent_participant_get_role (EntParticipant *person);
EntPeerState ent_participant_get_state (EntParticipant *person);

/* Whether this person has one of the four link seats, and so takes part in the call. */
gboolean ent_participant_get_seat (EntParticipant *person);

/* Which of the ENT_PARTICIPANT_N_COLOURS this person is drawn in; the coordinator says it, so it is
 * the same for everybody. Oneself has 0 until the coordinator was heard. */
guint ent_participant_get_colour (EntParticipant *person);
gboolean ent_participant_is_me (EntParticipant *person);

EntConnection ent_participant_get_connection (EntParticipant *person);

/* Nothing was heard over the peer link for 3 s; it is waited for or built anew. */
gboolean ent_participant_get_reconnecting (EntParticipant *person);

/* As the person's heartbeat says; of oneself, what one chose. */
gboolean ent_participant_get_muted (EntParticipant *person);
gboolean ent_participant_get_camera (EntParticipant *person);

/* Twelve digits to compare by voice; NULL without a verified link. Borrowed. */
const char *ent_participant_get_short_code (EntParticipant *person);

/* Of the heartbeat; 0: unknown. */
gint64 ent_participant_get_round_trip_us (EntParticipant *person);

/* Whether client is one of this person's client IDs in the document. */
gboolean ent_participant_has_client (EntParticipant *person, guint64 client);

G_END_DECLS
