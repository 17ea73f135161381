#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a replica knows: for each client the number of units seen without a gap.
 *
 * Clients are kept sorted: a lookup costs O(log n), setting a new client O(n), everything that
 * reads two vectors or the whole of one O(n), for n clients. */
typedef struct _EntStateVector EntStateVector;

typedef enum {
  ENT_STATE_EQUAL,
  ENT_STATE_AHEAD, /* the first knows all of the second and more */
  ENT_STATE_BEHIND, /* the second knows all of the first and more */
  ENT_STATE_DIVERGED, /* each knows something that the other does not */
} EntStateOrder;

EntStateVector *ent_state_vector_new (void);
EntStateVector *ent_state_vector_copy (const EntStateVector *vector);
void ent_state_vector_free (EntStateVector *vector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntStateVector, ent_state_vector_free)

/* Reads the wire form; the caller owns the result. Refuses bytes left over, more than
 * ENT_DOC_MAX_CLIENTS clients and clocks over 2^32-1. A client named twice counts with its higher
 * clock. */
EntStateVector *ent_state_vector_decode (const guint8 *data, gsize size, GError **error);

/* The wire form, clients in descending order. */
GBytes *ent_state_vector_encode (const EntStateVector *vector);

guint32 ent_state_vector_get (const EntStateVector *vector, guint64 client); /* 0 when unknown */
void ent_state_vector_set (EntStateVector *vector, guint64 client, guint32 clock);

/* The clients in ascending order: entry index, below ent_state_vector_get_length(). */
guint ent_state_vector_get_length (const EntStateVector *vector);
void ent_state_vector_get_nth (const EntStateVector *vector,
  guint index,
  guint64 *client,
  guint32 *clock);

/* Whether vector knows everything that other knows. */
gboolean ent_state_vector_covers (const EntStateVector *vector, const EntStateVector *other);
EntStateOrder ent_state_vector_compare (const EntStateVector *a, const EntStateVector *b);

/* Raises each client of vector to at least what other knows. */
void ent_state_vector_merge (EntStateVector *vector, const EntStateVector *other);

/* How many units of client vector has above base: own units not yet durable are the "kept edits".
 */
guint32 ent_state_vector_count_above (const EntStateVector *vector,
  const EntStateVector *base,
  guint64 client);

G_END_DECLS
