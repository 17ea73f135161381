#pragma once

#include <glib.h>

#include "box-pool.h"

G_BEGIN_DECLS

/* What makes a language quick and is the same for everybody, such as a precompiled header: made
 * once on a host, in a box, by the language file's own command, and shown to all boxes at
 * /prepared/ID. Nobody's program has a part in it. Without it the same commands work, slower. */
typedef struct _BoxPrepare BoxPrepare;

/* failure: a sentence for the operator about the last language that failed; NULL when all is
 * there. */
typedef void (*BoxPrepareFunc) (const char *failure, gpointer user_data);

/* Makes what is missing or of another version, one language after the other. All are borrowed and
 * outlive it; languages must have been probed. done comes once, never before this returns, and not
 * after box_prepare_stop(). */
BoxPrepare *
box_prepare_start (BoxPool *pool, GPtrArray *languages, BoxPrepareFunc done, gpointer user_data);

/* Stops it, if it still goes on, and frees it. */
void box_prepare_stop (BoxPrepare *prepare);

/* Whether everything is there. */
gboolean box_prepare_is_needed (const BoxHost *host, GPtrArray *languages);

G_END_DECLS
