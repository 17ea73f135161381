#pragma once

#include "document/ent-doc-update.h"
#include "store/coord-room-store.h"

G_BEGIN_DECLS

/* Whose client IDs are whose in one room, and what may be written under them.
 *
 * An ID of a block that was given out belongs to the block's participant. Any other ID from
 * COORD_CLIENT_RESERVED up belongs to the participant over whose connection it was first seen: as a
 * witnessed record when that person wrote or pointed with it, as an unwitnessed one when it came
 * inside a sync answer, which may carry other people's edits. IDs below that are kept for blocks
 * not given out yet. A person has at most half of ENT_MAX_PEER_CLIENTS of the latter, and as many
 * in blocks; a room has at most ENT_MAX_ROOM_CLIENTS, which makes its state vector
 * ENT_MAX_STATE_VECTOR at most. Lookups are O(1). Pure; main thread only. */
typedef struct _CoordRoomClients CoordRoomClients;

/* Unknown IDs below this are refused: somebody may still be given them. A stock Yjs client, which
 * draws 32 random bits, falls below it once in 65 536 times. */
#define COORD_CLIENT_RESERVED (1u << 16)

CoordRoomClients *coord_room_clients_new (void);
void coord_room_clients_free (CoordRoomClients *clients);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRoomClients, coord_room_clients_free)

/* Adds a block; FALSE when it is known. */
gboolean coord_room_clients_add_block (CoordRoomClients *clients,
  guint32 first_client,
  const char *participant_id);

/* Adds a record as the store has it. */
void coord_room_clients_add_record (CoordRoomClients *clients, const CoordRoomClient *record);

/* The owner, lent, or NULL. */
const char *coord_room_clients_get_owner (CoordRoomClients *clients, guint64 client);

typedef enum {
  COORD_CLAIM_OLD, /* it is the participant's and known as such */
  COORD_CLAIM_NEW, /* it became the participant's, or became witnessed: record and announce it */
  COORD_CLAIM_FOREIGN, /* it is somebody else's */
  COORD_CLAIM_REFUSED, /* it is reserved or out of range */
  COORD_CLAIM_TOO_MANY, /* the participant has too many, or the room */
} CoordClaim;

/* The participant writes, or points, under client over an own connection. */
CoordClaim
coord_room_clients_claim (CoordRoomClients *clients, const char *participant_id, guint64 client);

/* Whether a sync answer of the participant may bring something new under client: not under the
 * coordinator's own IDs, those that are kept for blocks to come, or too many unknown ones. n_new:
 * how many of those came in the answer until now, counted on; each client is asked for once. */
gboolean coord_room_clients_may_notice (CoordRoomClients *clients,
  const char *participant_id,
  guint64 client,
  guint *n_new);

/* A sync answer of the participant holds structs of client: TRUE when a new unwitnessed record has
 * to be stored. */
gboolean
coord_room_clients_notice (CoordRoomClients *clients, const char *participant_id, guint64 client);

/* IDs of a person as gint64: all, and those that nobody witnessed. The caller owns the arrays. */
GArray *coord_room_clients_list (CoordRoomClients *clients,
  const char *participant_id,
  gboolean only_unwitnessed);

G_END_DECLS
