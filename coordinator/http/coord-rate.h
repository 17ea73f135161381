#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rate limits in memory: per subject a burst of `count`, which fills again evenly over the window
 * (GCRA). At most 100 000 subjects are kept of each of the three tables here, and a newcomer always
 * has its own rate: CoordSubjects says which one is forgotten for it. */
typedef struct _CoordRate CoordRate;

CoordRate *coord_rate_new (void);
void coord_rate_free (CoordRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRate, coord_rate_free)

/* How many processes answer the same people, this one among them (at the start: 1). Each lets its
 * part of a limit through, one at least, and waits as many times longer after failures: all
 * together stay within the limits, whoever is asked. */
void coord_rate_set_shares (CoordRate *rate, guint n_shares);

typedef struct {
  gint64 limit; /* of this process */
  gint64 remaining;
  gint64 reset_s; /* until everything is free again */
  gint64 retry_s; /* 0: allowed now */
} CoordRateState;

/* Counts one use by a subject; FALSE when it is over its limit, and then nothing is counted. Those
 * with the same limit are of one kind, and there are few limits. */
gboolean coord_rate_take (CoordRate *rate,
  const char *subject,
  gint64 count,
  gint64 window_s,
  gint64 now_us,
  CoordRateState *state);

/* Failures of a subject in a row: from the sixth on, each doubles the wait before the next try, 15
 * minutes at most. A success forgets them. When they are too many, those go first who need not
 * wait, the oldest of them before others. */
void coord_rate_fail (CoordRate *rate, const char *subject, gint64 now_us);
void coord_rate_succeed (CoordRate *rate, const char *subject);
gint64 coord_rate_get_wait_s (CoordRate *rate, const char *subject, gint64 now_us);

/* Subjects that have shown once who they are, for 30 days. */
void coord_rate_know (CoordRate *rate, const char *subject, gint64 now_us);
gboolean coord_rate_is_known (CoordRate *rate, const char *subject, gint64 now_us);

G_END_DECLS
