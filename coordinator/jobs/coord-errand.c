#include "jobs/coord-errand.h"

struct _CoordErrand {
  gatomicrefcount refs; /* the caller's, and the thread's until it ends */
  CoordErrandFunc func;
  gpointer data;
  GDestroyNotify data_free;
  GMutex lock;
  GCond ended;
  gboolean is_done; /* under the lock */
};

static void
errand_unref (CoordErrand *errand)
{
  if (!g_atomic_ref_count_dec (&errand->refs))
    return;
  errand->data_free (errand->data);
  g_mutex_clear (&errand->lock);
  g_cond_clear (&errand->ended);
  g_free (errand);
}

static gpointer
thread_cb (gpointer data)
{
  CoordErrand *errand = data;

  errand->func (errand->data);
  g_mutex_lock (&errand->lock);
  errand->is_done = TRUE;
  g_cond_signal (&errand->ended);
  g_mutex_unlock (&errand->lock);
  errand_unref (errand);
  return NULL;
}

CoordErrand *
coord_errand_start (const char *name,
  CoordErrandFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GError **error)
{
  CoordErrand *errand = g_new0 (CoordErrand, 1);
  GThread *thread;

  g_atomic_ref_count_init (&errand->refs);
  g_mutex_init (&errand->lock);
  g_cond_init (&errand->ended);
  errand->func = func;
  errand->data = data;
  errand->data_free = data_free;
  g_atomic_ref_count_inc (&errand->refs);
  thread = g_thread_try_new (name, thread_cb, errand, error);
  if (thread != NULL) {
    g_thread_unref (thread);
    return errand;
  }
  errand_unref (errand);
  errand_unref (errand);
  return NULL;
}

gboolean
coord_errand_is_done (CoordErrand *errand)
{
  return coord_errand_wait (errand, 0);
}

gboolean
coord_errand_wait (CoordErrand *errand, guint timeout_ms)
{
  gint64 until_us = g_get_monotonic_time () + timeout_ms * 1000LL;
  gboolean is_done;

  g_mutex_lock (&errand->lock);
  while (!errand->is_done && timeout_ms > 0 &&
         g_cond_wait_until (&errand->ended, &errand->lock, until_us))
    continue;
  is_done = errand->is_done;
  g_mutex_unlock (&errand->lock);
  return is_done;
}

gpointer
coord_errand_get_data (CoordErrand *errand)
{
  return errand->data;
}

void
coord_errand_free (CoordErrand *errand)
{
  errand_unref (errand);
}
