#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* A moment of a document: what was known (a state vector) and what of it was deleted.
 *
 * It is small, holds no content, and brings a moment back from any document that still has the
 * content: one that was made with ENT_DOC_KEEP_DELETED and has at least all that the snapshot
 * names. Bytes are those of yjs 13 (snapshot format v1: encodeSnapshot, decodeSnapshot). For
 * documents that collect, see ent-doc-replay.h. */
typedef struct _EntSnapshot EntSnapshot;

/* The present moment of doc; outside a transaction. What waits in it does not count. Caller owns
 * the result. O(n). */
EntSnapshot *ent_snapshot_new (EntDoc *doc);
EntSnapshot *ent_snapshot_copy (const EntSnapshot *snapshot);
void ent_snapshot_free (EntSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntSnapshot, ent_snapshot_free)

/* Reads the wire form: MALFORMED, or TOO_LARGE over the limits of an update. Ranges may come in any
 * order and overlap. Caller owns the result. O(size log size). */
EntSnapshot *ent_snapshot_decode (const guint8 *data, gsize size, GError **error);

/* The wire form, clients in descending order. Caller owns the bytes. O(size). */
GBytes *ent_snapshot_encode (const EntSnapshot *snapshot);
gboolean ent_snapshot_equal (const EntSnapshot *a, const EntSnapshot *b); /* O(size) */

/* What was known; lent. O(1). */
const EntStateVector *ent_snapshot_get_state_vector (const EntSnapshot *snapshot);

/* Whether the unit was there and not deleted. O(log size). */
gboolean ent_snapshot_shows (const EntSnapshot *snapshot, guint64 client, guint32 clock);

/* Whether the moment already had all that the update brings, deletes included. FALSE for an update
 * that cannot be read. O(size of the update log size). */
gboolean ent_snapshot_covers_update (const EntSnapshot *snapshot, GBytes *update);

/* The document as it was, as one update; caller owns the bytes. Errors: RANGE when doc does not
 * hold all that the snapshot names, GONE when something that showed then was collected since. O(n
 * log size). */
GBytes *ent_snapshot_encode_state (const EntSnapshot *snapshot, EntDoc *doc, GError **error);

/* The same as a document of its own, for reading text and authors; client_id and flags are as for
 * ent_doc_new(). Errors besides: RANGE for a state vector that no replica ever had, one with a
 * struct and without what that was put beside. Costs that and applying the update. Caller owns the
 * result. */
EntDoc *ent_snapshot_restore (const EntSnapshot *snapshot,
  EntDoc *doc,
  guint64 client_id,
  EntDocFlags flags,
  GError **error);

G_END_DECLS
