#include "base/ent-clock.h"

typedef struct {
  guint id;
  guint interval_ms;
  gint64 due_us;
  GSourceFunc callback;
  gpointer data;
} Timeout;

struct _EntClock {
  gatomicrefcount refs;
  gboolean is_test;
  gint64 monotonic_us; /* test clocks only */
  gint64 wall_us; /* test clocks only */
  guint last_id;
  GList *timeouts; /* Timeout; test clocks only */
};

EntClock *
ent_clock_new_real (void)
{
  EntClock *clock = g_new0 (EntClock, 1);

  g_atomic_ref_count_init (&clock->refs);
  return clock;
}

EntClock *
ent_clock_new_test (gint64 wall_us)
{
  EntClock *clock = ent_clock_new_real ();

  clock->is_test = TRUE;
  clock->wall_us = wall_us;
  return clock;
}

EntClock *
ent_clock_ref (EntClock *clock)
{
  g_atomic_ref_count_inc (&clock->refs);
  return clock;
}

void
ent_clock_unref (EntClock *clock)
{
  if (!g_atomic_ref_count_dec (&clock->refs))
    return;
  g_list_free_full (clock->timeouts, g_free);
  g_free (clock);
}

gint64
ent_clock_get_monotonic_us (EntClock *clock)
{
  return clock->is_test ? clock->monotonic_us : g_get_monotonic_time ();
}

gint64
ent_clock_get_wall_us (EntClock *clock)
{
  return clock->is_test ? clock->wall_us : g_get_real_time ();
}

guint
ent_clock_add (EntClock *clock, guint timeout_ms, GSourceFunc callback, gpointer data)
{
  Timeout *timeout;
  GSource *source;
  guint id;

  if (clock->is_test) {
    timeout = g_new0 (Timeout, 1);
    timeout->id = ++clock->last_id;
    timeout->interval_ms = timeout_ms;
    timeout->due_us = clock->monotonic_us + (gint64) timeout_ms * 1000;
    timeout->callback = callback;
    timeout->data = data;
    clock->timeouts = g_list_append (clock->timeouts, timeout);
    return timeout->id;
  }
  source = g_timeout_source_new (timeout_ms);
  g_source_set_callback (source, callback, data, NULL);
  id = g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
  return id;
}

void
ent_clock_remove (EntClock *clock, guint id)
{
  if (id == 0)
    return;
  if (!clock->is_test) {
    GMainContext *context = g_main_context_get_thread_default ();
    GSource *source = g_main_context_find_source_by_id (context, id);

    g_return_if_fail (source != NULL);
    g_source_destroy (source);
    return;
  }
  for (GList *l = clock->timeouts; l != NULL; l = l->next)
    if (((Timeout *) l->data)->id == id) {
      g_free (l->data);
      clock->timeouts = g_list_delete_link (clock->timeouts, l);
      return;
    }
  g_return_if_reached ();
}

static Timeout *
find_next_due (EntClock *clock, gint64 until_us)
{
  Timeout *next = NULL;

  for (GList *l = clock->timeouts; l != NULL; l = l->next) {
    Timeout *timeout = l->data;

    if (timeout->due_us <= until_us && (next == NULL || timeout->due_us < next->due_us))
      next = timeout;
  }
  return next;
}

static Timeout *
find_timeout (EntClock *clock, guint id)
{
  for (GList *l = clock->timeouts; l != NULL; l = l->next)
    if (((Timeout *) l->data)->id == id)
      return l->data;
  return NULL;
}

void
ent_clock_advance (EntClock *clock, guint ms)
{
  gint64 until_us = clock->monotonic_us + (gint64) ms * 1000;
  Timeout *timeout;

  g_return_if_fail (clock->is_test);
  ent_clock_ref (clock);
  while ((timeout = find_next_due (clock, until_us)) != NULL) {
    guint id = timeout->id;
    gint64 step_us = timeout->due_us - clock->monotonic_us;

    clock->monotonic_us += step_us;
    clock->wall_us += step_us;
    timeout->due_us += (gint64) MAX (timeout->interval_ms, 1) * 1000;
    if (timeout->callback (timeout->data) == G_SOURCE_REMOVE && find_timeout (clock, id) != NULL)
      ent_clock_remove (clock, id);
  }
  clock->wall_us += until_us - clock->monotonic_us;
  clock->monotonic_us = until_us;
  ent_clock_unref (clock);
}

void
ent_clock_turn (EntClock *clock, gint64 by_us)
{
  g_return_if_fail (clock->is_test);
  clock->wall_us += by_us;
}
