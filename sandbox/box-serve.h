#pragma once

#include <glib.h>

#include "box-link.h"
#include "box-pool.h"

G_BEGIN_DECLS

/* How many jobs run at once, whichever coordinator they are of; the others wait here for their
 * turn, the oldest first. */
typedef struct _BoxTurns BoxTurns;

BoxTurns *box_turns_new (guint n_slots);
void box_turns_free (BoxTurns *turns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxTurns, box_turns_free)

/* Runs the jobs of one coordinator: messages in, boxes, messages out. When the connection is lost
 * the jobs are stopped and forgotten: the coordinator gives them out again under a higher fence. */
typedef struct _BoxServe BoxServe;

/* All borrowed; they outlive it. languages: those that can be run. */
BoxServe *box_serve_new (BoxLink *link, BoxPool *pool, GPtrArray *languages, BoxTurns *turns);

/* Stops all jobs; wait for box_serve_is_idle() before freeing. */
void box_serve_stop (BoxServe *serve);
gboolean box_serve_is_idle (BoxServe *serve);
void box_serve_free (BoxServe *serve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxServe, box_serve_free)

G_END_DECLS
