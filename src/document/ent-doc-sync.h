#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* The sync protocol and its framing, as y-protocols and y-websocket have them: one binary message
 * is one of these. Building is pure bytes; parsing checks everything and owns nothing. */

typedef enum {
  ENT_SYNC_STEP1, /* body: a state vector */
  ENT_SYNC_STEP2, /* body: an update, what the sender of step 1 lacks */
  ENT_SYNC_UPDATE, /* body: an update */
  ENT_SYNC_AWARENESS, /* body: an awareness update */
  ENT_SYNC_DENIED, /* body: reason, UTF-8; from the server only */
  ENT_SYNC_QUERY_AWARENESS, /* no body; answer with all awareness states */
  ENT_SYNC_UNKNOWN, /* another message type: ignore it */
} EntSyncKind;

typedef struct {
  EntSyncKind kind;
  const guint8 *body; /* inside the parsed bytes */
  gsize body_size;
} EntSyncMessage;

/* Largest message: one update and its frame. */
#define ENT_SYNC_MAX_BYTES (ENT_DOC_MAX_UPDATE_BYTES + 64)

/* Reads one message. An unknown outer type is ENT_SYNC_UNKNOWN; an unknown sync message, bytes left
 * over, or a body that runs past the end is MALFORMED. The body itself is not looked into. O(1),
 * for ENT_SYNC_DENIED O(length). */
gboolean ent_sync_parse (const guint8 *data, gsize size, EntSyncMessage *message, GError **error);

/* Builds messages; caller owns the bytes. Step 1 costs as ent_doc_dup_state_vector(), step 2 as
 * ent_doc_encode_diff(), the others O(size). */
GBytes *ent_sync_new_step1 (EntDoc *doc);
GBytes *ent_sync_new_step2 (EntDoc *doc, const EntStateVector *known);
GBytes *ent_sync_new_update (GBytes *update);
GBytes *ent_sync_new_awareness (GBytes *awareness_update);
GBytes *ent_sync_new_denied (const char *reason);
GBytes *ent_sync_new_query_awareness (void);

/* Does what a message of kind step 1, step 2 or update asks of doc. For step 1 *reply becomes the
 * step 2 to send back (caller owns), else NULL. Other kinds are left to the caller: TRUE, no reply.
 * Errors and cost as ent_doc_encode_diff() for step 1, else as ent_doc_apply_update(). */
gboolean ent_sync_handle (EntDoc *doc,
  const EntSyncMessage *message,
  gconstpointer origin,
  GBytes **reply,
  GError **error);

G_END_DECLS
