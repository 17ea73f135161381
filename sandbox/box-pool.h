#pragma once

#include <glib.h>

#include "box-cache.h"
#include "box-language.h"
#include "box-slot.h"

G_BEGIN_DECLS

/* Boxes made ahead of need, each used once. */
typedef struct _BoxPool BoxPool;

/* Keeps n_ready boxes standing by. host is borrowed and outlives the pool; languages tell what
 * boxes must show. */
BoxPool *box_pool_new (BoxHost *host, GPtrArray *languages, guint n_ready, GError **error);

/* Kills all boxes that nobody took, and those given back; wait for box_pool_is_empty() before
 * freeing. */
void box_pool_close (BoxPool *pool);
gboolean box_pool_is_empty (BoxPool *pool);
void box_pool_free (BoxPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxPool, box_pool_free)

/* How many boxes stand by. */
guint box_pool_count_ready (BoxPool *pool);

const BoxHost *box_pool_get_host (BoxPool *pool);
gboolean box_pool_has_groups (BoxPool *pool);
int box_pool_get_inner_filter (BoxPool *pool);
BoxCache *box_pool_get_cache (BoxPool *pool);

/* slot is a ready box that now belongs to the taker; NULL when none could be made, with the reason.
 */
typedef void (*BoxPoolFunc) (BoxSlot *slot, const GError *error, gpointer data);

/* Gives a ready box, at once when there is one (before this returns). An id for box_pool_forget(),
 * or 0 when the callback was called already. */
guint box_pool_take (BoxPool *pool, BoxPoolFunc callback, gpointer data);
void box_pool_forget (BoxPool *pool, guint id);

/* Ends a box and makes another in its place when the pool is short of them. */
void box_pool_give_back (BoxPool *pool, BoxSlot *slot);

G_END_DECLS
