#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A recorded editing session, as the public collection "editing-traces" writes them: gzipped JSON
 * with transactions of patches, sequential (one writer) or concurrent (several, each transaction
 * naming the ones its writer had seen). It is kept in flat arrays, so that replaying it reads
 * memory from front to end. */
typedef struct {
  guint32 at; /* characters */
  guint32 n_deleted; /* characters */
  const char *text; /* what is inserted, in EntTrace's own memory */
  guint32 text_bytes;
} EntTracePatch;

typedef struct {
  guint32 agent;
  guint32 first_patch;
  guint32 n_patches;
  guint32 first_parent;
  guint32 n_parents;
} EntTraceTxn;

typedef struct {
  gboolean is_concurrent;
  guint32 n_agents; /* at least 1 */
  char *start_content;
  char *end_content;
  EntTraceTxn *txns;
  guint32 n_txns;
  EntTracePatch *patches;
  guint32 n_patches;
  guint32 *parents; /* numbers of earlier transactions */
  guint32 n_parents;
  GStringChunk *texts;
} EntTrace;

/* Reads a trace, gzipped or not; O(size). Fails with a sentence that names the place. Caller owns
 * the result. */
EntTrace *ent_trace_load (const char *path, GError **error);

/* The same from memory. */
EntTrace *ent_trace_parse (const char *json, gsize size, GError **error);
void ent_trace_free (EntTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntTrace, ent_trace_free)

/* Keeps the first n_txns transactions only; end_content is then NULL. */
void ent_trace_cut (EntTrace *trace, guint32 n_txns);

G_END_DECLS
