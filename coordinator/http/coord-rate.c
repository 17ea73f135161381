#include "http/coord-rate.h"

#include "http/coord-subjects.h"

#define MAX_SUBJECTS 100000
#define FREE_FAILURES 5
#define MAX_WAIT_S 900
#define KNOWN_US (30 * G_TIME_SPAN_DAY)

struct _CoordRate {
  guint n_shares;
  CoordSubjects *times; /* over when they are empty again; a kind for each limit */
  CoordSubjects *failures; /* how many in a row; over when the wait after them is */
  CoordSubjects *known;
};

CoordRate *
coord_rate_new (void)
{
  CoordRate *rate = g_new0 (CoordRate, 1);

  rate->n_shares = 1;
  rate->times = coord_subjects_new (MAX_SUBJECTS);
  rate->failures = coord_subjects_new (MAX_SUBJECTS);
  rate->known = coord_subjects_new (MAX_SUBJECTS);
  return rate;
}

void
coord_rate_free (CoordRate *rate)
{
  coord_subjects_free (rate->times);
  coord_subjects_free (rate->failures);
  coord_subjects_free (rate->known);
  g_free (rate);
}

void
coord_rate_set_shares (CoordRate *rate, guint n_shares)
{
  rate->n_shares = MAX (n_shares, 1);
}

gboolean
coord_rate_take (CoordRate *rate,
  const char *subject,
  gint64 count,
  gint64 window_s,
  gint64 now_us,
  CoordRateState *state)
{
  gint64 own = MAX (count / rate->n_shares, 1);
  gint64 window_us = window_s * G_USEC_PER_SEC, step_us = window_us / own;
  guint64 kind = (guint64) window_s << 32 ^ (guint64) count;
  CoordSubject *known = coord_subjects_ensure (rate->times, kind, subject, now_us);
  gint64 time_us = MAX (coord_subject_get_over_us (known), now_us);
  gint64 next_us = time_us + step_us;
  gboolean is_allowed = next_us - now_us <= window_us;

  if (is_allowed) {
    coord_subject_set_over_us (known, next_us);
    time_us = next_us;
  }
  state->limit = own;
  state->remaining = MAX (0, (window_us - (time_us - now_us)) / step_us);
  state->reset_s = (time_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  state->retry_s = is_allowed ? 0 : MAX (1, (next_us - now_us - window_us) / G_USEC_PER_SEC + 1);
  return is_allowed;
}

void
coord_rate_fail (CoordRate *rate, const char *subject, gint64 now_us)
{
  CoordSubject *failures = coord_subjects_ensure (rate->failures, 0, subject, now_us);
  guint count = coord_subject_get_count (failures) + 1;
  guint n_free = MAX (FREE_FAILURES / rate->n_shares, 1);
  gint64 until_us = now_us;

  if (count > n_free)
    until_us += MIN ((gint64) 1 << MIN (count - n_free - 1, 20), MAX_WAIT_S) * rate->n_shares *
                G_USEC_PER_SEC;
  coord_subject_set_count (failures, count);
  coord_subject_set_over_us (failures, until_us);
}

void
coord_rate_succeed (CoordRate *rate, const char *subject)
{
  coord_subjects_remove (rate->failures, subject);
}

gint64
coord_rate_get_wait_s (CoordRate *rate, const char *subject, gint64 now_us)
{
  const CoordSubject *failures = coord_subjects_find (rate->failures, subject);

  if (failures == NULL || coord_subject_get_over_us (failures) <= now_us)
    return 0;
  return (coord_subject_get_over_us (failures) - now_us) / G_USEC_PER_SEC + 1;
}

void
coord_rate_know (CoordRate *rate, const char *subject, gint64 now_us)
{
  coord_subject_set_over_us (
    coord_subjects_ensure (rate->known, 0, subject, now_us), now_us + KNOWN_US);
}

gboolean
coord_rate_is_known (CoordRate *rate, const char *subject, gint64 now_us)
{
  const CoordSubject *known = coord_subjects_find (rate->known, subject);

  return known != NULL && coord_subject_get_over_us (known) > now_us;
}
