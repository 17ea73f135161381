#pragma once

#include "base/ent-clock.h"

G_BEGIN_DECLS

/* Looks each second whether the host's clock has gone with the time that has passed. When it was
 * turned by over two seconds, or the host slept, the log says so; the server goes by it all the
 * same, but what would be removed for its age is kept until ten minutes have gone by without. So it
 * is when the server starts more than a day after the newest thing it has: either nobody used it,
 * or the clock is ahead. Main thread only. */
typedef struct _CoordClockWatch CoordClockWatch;

#define COORD_CLOCK_APART_US (2 * G_USEC_PER_SEC)
#define COORD_CLOCK_STABLE_MS (10 * 60 * 1000)

/* No Entrevue is as old as this: 1 January 2025. */
#define COORD_CLOCK_FLOOR_US (G_GINT64_CONSTANT (1735689600) * G_USEC_PER_SEC)

/* Says in the log at once when the clock cannot be right. newest_us is when the newest thing in the
 * database happened, as it says; 0: unknown. */
CoordClockWatch *coord_clock_watch_new (EntClock *clock, gint64 newest_us);
void coord_clock_watch_free (CoordClockWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordClockWatch, coord_clock_watch_free)

/* Whether the time is one that cannot be. */
gboolean coord_clock_watch_is_wrong (const CoordClockWatch *watch);

/* Whether it may be believed that something is as old as it seems: it is not wrong, and was not
 * turned or doubted within the last ten minutes. */
gboolean coord_clock_watch_is_stable (const CoordClockWatch *watch);

guint coord_clock_watch_count_turns (const CoordClockWatch *watch);

G_END_DECLS
