#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A source of time and of timeouts that tests turn by hand.
 *
 * The real clock uses the thread's default main context. A test clock stands still until
 * ent_clock_advance() moves it, and then runs what became due, in order of due time. */
typedef struct _EntClock EntClock;

EntClock *ent_clock_new_real (void);
EntClock *ent_clock_new_test (gint64 wall_us);
EntClock *ent_clock_ref (EntClock *clock);
void ent_clock_unref (EntClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntClock, ent_clock_unref)

/* Monotonic microseconds, for durations. */
gint64 ent_clock_get_monotonic_us (EntClock *clock);

/* Microseconds since 1970 in UTC, for what is stored and shown. */
gint64 ent_clock_get_wall_us (EntClock *clock);

/* Calls callback after timeout_ms and again while it returns G_SOURCE_CONTINUE. The returned id is
 * never 0. */
guint ent_clock_add (EntClock *clock, guint timeout_ms, GSourceFunc callback, gpointer data);

/* Removes a timeout; 0 is ignored. Must not be called for one that has ended by itself. */
void ent_clock_remove (EntClock *clock, guint id);

/* Test clocks only: moves both times forward and runs what is due. */
void ent_clock_advance (EntClock *clock, guint ms);

/* Test clocks only: somebody sets the host's clock so much ahead, or back. */
void ent_clock_turn (EntClock *clock, gint64 by_us);

G_END_DECLS
