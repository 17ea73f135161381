#pragma once

#include "document/ent-doc.h"
#include "protocol/ent-msg-session.h"

G_BEGIN_DECLS

/* Who may write what into the room's document, decided before anything is applied. Pure. */

typedef enum {
  ENT_POLICY_ACCEPT,
  ENT_POLICY_DROP_ROLE, /* an observer, somebody removed, in the lobby or unknown */
  ENT_POLICY_DROP_ENDED, /* the interview has ended */
  ENT_POLICY_DROP_CLIENT, /* a live update with structs of somebody else */
  ENT_POLICY_DROP_SIZE, /* over the limit of its kind */
  ENT_POLICY_DROP_MALFORMED,
} EntPolicyVerdict;

/* Client IDs from here on are made by devices that had none left; nobody handed them out. */
#define ENT_POLICY_FIRST_RANDOM_CLIENT (G_GUINT64_CONSTANT (1) << 31)

/* Client IDs below this are only written under when the coordinator gave them out, or by itself. */
#define ENT_POLICY_RESERVED_CLIENTS (1u << 16)

/* Whose a client ID is: a participant's id, or NULL when nobody's is known. */
typedef const char *(*EntPolicyFindOwner) (guint64 client, gpointer data);

typedef struct {
  const char *participant; /* id; NULL: not in the roster */
  EntRole role;
  EntPeerState state;
  gboolean room_ended;
} EntPolicySender;

/* What a peer sent: a sync step 2 (is_live FALSE) or a live update. A live update may create
 * structs under the sender's client IDs, or under random ones that belong to nobody. */
EntPolicyVerdict ent_room_policy_check_update (EntDoc *doc,
  GBytes *update,
  gboolean is_live,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  gpointer data);

/* Whether what is written under client comes here by itself: over a living link to its owner, or by
 * the coordinator. */
typedef gboolean (*EntPolicyIsHeard) (guint64 client, gpointer data);

/* A sync step 2 may carry what others wrote while they are away; what those who are heard wrote
 * they say themselves, and so nobody can speak for them. The step 2 without the structs of clients
 * that are heard and not the sender's; deletions stay. Caller owns. */
GBytes *ent_room_policy_trim_step2 (GBytes *update,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  EntPolicyIsHeard is_heard,
  gpointer data);

/* What a peer says about carets: only of its own client IDs, or random ones of nobody. */
gboolean ent_room_policy_check_awareness (GBytes *update,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  gpointer data);

/* Why somebody of this role cannot edit now, as a sentence; NULL when they can. */
const char *
ent_room_policy_get_edit_refusal (EntRole role, gboolean edit_locked, gboolean room_ended);

G_END_DECLS
