#pragma once

#include <glib.h>

#include "document/ent-state-vector.h"

G_BEGIN_DECLS

/* Updates (format v1) without a document: merge, cut, look inside.
 *
 * All functions read the whole input first and refuse what is malformed or over a limit of
 * ent-doc.h with ENT_DOC_ERROR. n is the number of structs. */

/* One update that says what all of them say, with Skip structs where units are missing. Clients
 * and ranges come out in the order yjs writes; a single update comes out as it is. Caller owns the
 * bytes. O(n log n). */
GBytes *ent_update_merge (GBytes *const *updates, gsize n_updates, GError **error);

/* What update holds beyond known: structs cut at the known clock, the delete set whole. Caller owns
 * the bytes. O(n log n). */
GBytes *ent_update_diff (GBytes *update, const EntStateVector *known, GError **error);

/* The state a fresh document has after the update: a client stops at its first hole. Caller owns
 * it. O(n log n). */
EntStateVector *ent_update_dup_state_vector (GBytes *update, GError **error);

typedef struct {
  guint64 client;
  guint32 clock;
  guint32 length;
} EntClockRange;

/* One root type that an update names. Only structs without a neighbour name their root, so what
 * continues text known before does not appear here: ent_doc_inspect() resolves those too. */
typedef struct {
  GPtrArray *roots; /* char *, names in order of appearance, each once */
  gboolean all_resolved; /* whether the root of every struct is known */
  GArray *created; /* EntClockRange, by client, merged; what it inserts or fills */
  GArray *deleted; /* EntClockRange, by client, merged; what it deletes */
  guint n_structs;
  guint n_skips;
  gsize text_bytes; /* UTF-8 text in it */
  gsize content_bytes; /* all content in it, text included */
  guint n_deleted_units;
} EntUpdateInfo;

/* O(roots). */
void ent_update_info_free (EntUpdateInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntUpdateInfo, ent_update_info_free)

/* Looks into an update without a document. Rights are decided from it. Caller owns the result.
 * O(n log n). */
EntUpdateInfo *ent_update_inspect (GBytes *update, GError **error);

/* An update without structs that deletes these, which are by client as in EntUpdateInfo. Caller
 * owns the bytes. O(ranges). */
GBytes *ent_update_new_deletions (const EntClockRange *ranges, guint n_ranges);

/* Whether every created range belongs to client. O(ranges). */
gboolean ent_update_info_only_creates (const EntUpdateInfo *info, guint64 client);

/* Whether the update carries nothing at all. O(n). */
gboolean ent_update_is_empty (GBytes *update);

G_END_DECLS
