#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Watches how long the main loop works between two looks at its descriptors: nothing else is served
 * meanwhile. What counts is the thread's own time on a processor, so that a busy machine is no
 * fault of ours. One for each context; of the thread that runs it. */

#define COORD_LOOP_SLOW_US 5000

typedef struct {
  guint64 n_slow; /* turns over COORD_LOOP_SLOW_US */
  gint64 longest_us;
} CoordLoopCounts;

/* Starts watching. A slow turn is told in the log, at most once a minute. */
void coord_loop_watch_start (GMainContext *context);

/* Stops, and forgets the counts. */
void coord_loop_watch_stop (GMainContext *context);

/* Lent, and valid for ever. */
const CoordLoopCounts *coord_loop_watch_get_counts (void);

G_END_DECLS
