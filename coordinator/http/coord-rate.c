#include "http/coord-rate.h"

#define MAX_SUBJECTS 100000
#define FREE_FAILURES 5
#define MAX_WAIT_S 900
#define KNOWN_US (30 * G_TIME_SPAN_DAY)

typedef struct {
  guint count;
  gint64 until_us; /* no try before */
} Failures;

struct _CoordRate {
  guint n_shares;
  GHashTable *times; /* subject -> gint64: when it will be empty again */
  gint64 swept_us; /* when who is over was taken out of it last */
  GHashTable *failures; /* subject -> Failures */
  GHashTable *known; /* subject -> gint64: until when */
};

CoordRate *
coord_rate_new (void)
{
  CoordRate *rate = g_new0 (CoordRate, 1);

  rate->n_shares = 1;
  rate->times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  rate->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  rate->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return rate;
}

void
coord_rate_free (CoordRate *rate)
{
  g_hash_table_unref (rate->times);
  g_hash_table_unref (rate->failures);
  g_hash_table_unref (rate->known);
  g_free (rate);
}

void
coord_rate_set_shares (CoordRate *rate, guint n_shares)
{
  rate->n_shares = MAX (n_shares, 1);
}

static gboolean
is_over_cb (gpointer subject, gpointer time, gpointer now)
{
  return *(gint64 *) time <= *(gint64 *) now;
}

/* A full table is looked through once a second, since that takes some milliseconds. */
static gboolean
make_room (CoordRate *rate, gint64 now_us)
{
  if (g_hash_table_size (rate->times) < MAX_SUBJECTS)
    return TRUE;
  if (rate->swept_us != 0 && now_us - rate->swept_us < G_USEC_PER_SEC)
    return FALSE;
  rate->swept_us = now_us;
  g_hash_table_foreach_remove (rate->times, is_over_cb, &now_us);
  return g_hash_table_size (rate->times) < MAX_SUBJECTS;
}

static gboolean
is_forgotten_cb (gpointer subject, gpointer failures, gpointer now)
{
  return ((Failures *) failures)->until_us + MAX_WAIT_S * G_USEC_PER_SEC <= *(gint64 *) now;
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
  gint64 *known = g_hash_table_lookup (rate->times, subject);
  gint64 time_us = known != NULL ? MAX (*known, now_us) : now_us;
  gint64 next_us = time_us + step_us;
  gboolean is_allowed = next_us - now_us <= window_us;

  is_allowed = is_allowed && (known != NULL || make_room (rate, now_us));
  if (is_allowed && known != NULL)
    *known = next_us;
  else if (is_allowed)
    g_hash_table_insert (rate->times, g_strdup (subject), g_memdup2 (&next_us, sizeof next_us));
  if (is_allowed)
    time_us = next_us;
  state->limit = own;
  state->remaining = MAX (0, (window_us - (time_us - now_us)) / step_us);
  state->reset_s = (time_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  state->retry_s = is_allowed ? 0 : MAX (1, (next_us - now_us - window_us) / G_USEC_PER_SEC + 1);
  return is_allowed;
}

void
coord_rate_fail (CoordRate *rate, const char *subject, gint64 now_us)
{
  Failures *failures = g_hash_table_lookup (rate->failures, subject);
  guint n_free = MAX (FREE_FAILURES / rate->n_shares, 1);

  if (failures == NULL) {
    if (g_hash_table_size (rate->failures) >= MAX_SUBJECTS)
      g_hash_table_foreach_remove (rate->failures, is_forgotten_cb, &now_us);
    if (g_hash_table_size (rate->failures) >= MAX_SUBJECTS)
      g_hash_table_remove_all (rate->failures);
    failures = g_new0 (Failures, 1);
    g_hash_table_insert (rate->failures, g_strdup (subject), failures);
  }
  failures->count++;
  failures->until_us = now_us;
  if (failures->count > n_free)
    failures->until_us += MIN ((gint64) 1 << MIN (failures->count - n_free - 1, 20), MAX_WAIT_S) *
                          rate->n_shares * G_USEC_PER_SEC;
}

void
coord_rate_succeed (CoordRate *rate, const char *subject)
{
  g_hash_table_remove (rate->failures, subject);
}

gint64
coord_rate_get_wait_s (CoordRate *rate, const char *subject, gint64 now_us)
{
  const Failures *failures = g_hash_table_lookup (rate->failures, subject);

  if (failures == NULL || failures->until_us <= now_us)
    return 0;
  return (failures->until_us - now_us) / G_USEC_PER_SEC + 1;
}

void
coord_rate_know (CoordRate *rate, const char *subject, gint64 now_us)
{
  gint64 until_us = now_us + KNOWN_US;

  if (g_hash_table_size (rate->known) >= MAX_SUBJECTS)
    g_hash_table_foreach_remove (rate->known, is_over_cb, &now_us);
  if (g_hash_table_size (rate->known) < MAX_SUBJECTS ||
      g_hash_table_contains (rate->known, subject))
    g_hash_table_replace (rate->known, g_strdup (subject), g_memdup2 (&until_us, sizeof until_us));
}

gboolean
coord_rate_is_known (CoordRate *rate, const char *subject, gint64 now_us)
{
  const gint64 *until_us = g_hash_table_lookup (rate->known, subject);

  return until_us != NULL && *until_us > now_us;
}
