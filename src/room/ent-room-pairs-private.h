#pragma once

/* The inside of a pair of links with one peer, shared by ent-room-pairs.c (the data link) and
 * ent-room-pair-call.c (the call link). */

#include "room/ent-room-private.h"

G_BEGIN_DECLS

#define ENT_PAIR_MAX_EARLY_CANDIDATES 64
#define ENT_PAIR_FIRST_RETRY_MS 1000 /* doubled up to 16 s */

/* One data link on its way, or in use. */
typedef struct {
  EntRoomPair *pair;
  EntLink *link;
  EntRoomLink *protocol; /* from verified on */
  gboolean is_up; /* both channels are open */
} EntRoomLeg;

typedef struct {
  char *link;
  char *text;
} EntEarlyCandidate;

struct _EntRoomPair {
  EntRoom *room; /* not referenced: it owns the pair */
  EntParticipant *person;
  gboolean offers;
  EntRoomLeg *current; /* up; NULL: none */
  EntRoomLeg *fresh; /* NULL: none */
  EntStateVector *theirs; /* of their last step 1 */
  gboolean was_dropped; /* something came that the roster did not explain yet */
  guint64 n_walked; /* structs that their updates had to walk over */
  gint64 copy_us; /* monotonic: when their copy was last looked at */
  gint64 differs_us; /* monotonic: since when it differs; 0: it does not */
  guint retry_id;
  guint n_failures;
  guint drop_id;
  gint64 seatless_us; /* since when; 0: has a seat */
  GPtrArray *early; /* EntEarlyCandidate */

  EntLink *call;
  guint call_retry_id;
  guint n_call_failures;
};

/* "0 candidate:..." as a link says it; the number and the text travel apart. */
const char *ent_room_pair_split_candidate (const char *candidate, gint64 *mline);

/* Gives a candidate to link when it is the one of that id, else keeps it: candidates may overtake
 * the description that they belong to. link may be NULL. */
void ent_room_pair_take_candidate (EntRoomPair *pair,
  EntLink *link,
  const char *id,
  gint64 mline,
  const char *candidate);

/* Gives link the candidates that came before it. */
void ent_room_pair_take_early_candidates (EntRoomPair *pair, EntLink *link);
void ent_early_candidate_free (gpointer data);

/* The call link: built by the side that offers when the data link is up, over it. */
void ent_room_pair_start_call (EntRoomPair *pair);
void ent_room_pair_drop_call (EntRoomPair *pair);
void ent_room_pair_take_call_message (EntRoomPair *pair, const EntMessage *message);

G_END_DECLS
