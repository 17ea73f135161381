#pragma once

#include "document/ent-doc-update.h"

G_BEGIN_DECLS

/* What is on the coordinator's disk, as its `durable` messages tell: the state vector of what was
 * written, and the deletions, which have no clock. Pure. */
typedef struct _EntDurable EntDurable;

EntDurable *ent_durable_new (void);
void ent_durable_free (EntDurable *durable);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntDurable, ent_durable_free)

/* A message came: sv replaces what was told before, deleted (an update without structs, or NULL)
 * adds to it. What cannot be read changes nothing. O(ranges) of the clients it speaks of. */
void ent_durable_take (EntDurable *durable, GBytes *sv, GBytes *deleted);

/* Whether all that the update makes and deletes is there. O(n log n) in its structs. */
gboolean ent_durable_covers_update (EntDurable *durable, GBytes *update);

/* Whether everything is there that vector tells of; deletions aside. */
gboolean ent_durable_covers_vector (EntDurable *durable, const EntStateVector *vector);

G_END_DECLS
