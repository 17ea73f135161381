#pragma once

#include <glib.h>

#include "box-link.h"
#include "box-pool.h"

G_BEGIN_DECLS

/* Runs the jobs of one coordinator: messages in, boxes, messages out. When the connection is lost
 * the jobs are stopped and forgotten: the coordinator gives them out again under a higher fence. */
typedef struct _BoxServe BoxServe;

/* All borrowed; they outlive it. languages: those that can be run. */
BoxServe *box_serve_new (BoxLink *link, BoxPool *pool, GPtrArray *languages, guint n_slots);

/* Stops all jobs; wait for box_serve_is_idle() before freeing. */
void box_serve_stop (BoxServe *serve);
gboolean box_serve_is_idle (BoxServe *serve);
void box_serve_free (BoxServe *serve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxServe, box_serve_free)

G_END_DECLS
