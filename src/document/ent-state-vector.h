#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a replica knows: for each client the number of units seen without a gap.
 *
 * Clients are kept sorted. n is their number. */
typedef struct _EntStateVector EntStateVector;

typedef enum {
  ENT_STATE_EQUAL,
  ENT_STATE_AHEAD, /* the first knows all of the second and more */
  ENT_STATE_BEHIND, /* the second knows all of the first and more */
  ENT_STATE_DIVERGED, /* each knows something that the other does not */
} EntStateOrder;

/* A new one is O(1), a copy and freeing O(n). Caller owns them. */
EntStateVector *ent_state_vector_new (void);
EntStateVector *ent_state_vector_copy (const EntStateVector *vector);
void ent_state_vector_free (EntStateVector *vector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntStateVector, ent_state_vector_free)

/* Reads the wire form; the caller owns the result. Refuses bytes left over, more than
 * ENT_DOC_MAX_CLIENTS clients and clocks over 2^32-1. A client named twice counts with its higher
 * clock. O(n log n). */
EntStateVector *ent_state_vector_decode (const guint8 *data, gsize size, GError **error);

/* The wire form, clients in descending order. O(n). */
GBytes *ent_state_vector_encode (const EntStateVector *vector);

/* Reading a clock is O(log n), setting one too, O(n) for a new client. */
guint32 ent_state_vector_get (const EntStateVector *vector, guint64 client); /* 0 when unknown */
void ent_state_vector_set (EntStateVector *vector, guint64 client, guint32 clock);

/* The clients in ascending order: entry index, below ent_state_vector_get_length(). O(1). */
guint ent_state_vector_get_length (const EntStateVector *vector);
void ent_state_vector_get_nth (const EntStateVector *vector,
  guint index,
  guint64 *client,
  guint32 *clock);

/* Whether vector knows everything that other knows; and which of both knows more. O(n). */
gboolean ent_state_vector_covers (const EntStateVector *vector, const EntStateVector *other);
EntStateOrder ent_state_vector_compare (const EntStateVector *a, const EntStateVector *b);

/* Raises each client of vector to at least what other knows. O(n). */
void ent_state_vector_merge (EntStateVector *vector, const EntStateVector *other);

/* How many units of client vector has above base: own units not yet durable are the "kept edits".
 * O(log n). */
guint32 ent_state_vector_count_above (const EntStateVector *vector,
  const EntStateVector *base,
  guint64 client);

G_END_DECLS
