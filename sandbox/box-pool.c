#include "box-pool.h"

#include <unistd.h>

#include "box-error.h"
#include "box-filter.h"

/* While programs run, boxes are made only so that half of the wanted ones stand by: making one
 * takes as long as a short program, and both want the same processors. The rest follows when the
 * last program has ended, or after this time. */
#define REFILL_MS 100

typedef struct {
  guint id;
  BoxPoolFunc callback;
  gpointer data;
} Waiter;

struct _BoxPool {
  BoxSite site;
  BoxCache *cache;
  guint n_ready; /* wanted */
  guint serial;
  guint last_waiter;
  guint n_alive; /* not cleaned yet, whoever has them */
  guint n_taken; /* not given back yet */
  guint refill_source;
  GQueue making; /* BoxSlot */
  GQueue ready; /* BoxSlot */
  GQueue waiters; /* Waiter */
  gboolean is_closed;
};

static void box_event_cb (BoxSlot *slot, BoxSlotEvent event, gpointer data);

static gboolean
box_cleaned_cb (gpointer data)
{
  BoxPool *pool = data;

  pool->n_alive--;
  return G_SOURCE_REMOVE;
}

static void
end_box (BoxPool *pool, BoxSlot *slot)
{
  box_slot_release (slot, box_cleaned_cb, pool);
}

static gboolean
make_box (BoxPool *pool, GError **error)
{
  BoxSlot *slot = box_slot_start (
    &pool->site, ++pool->serial, pool->making.length >= pool->waiters.length, error);

  if (slot == NULL)
    return FALSE;
  pool->n_alive++;
  box_slot_watch (slot, box_event_cb, pool);
  g_queue_push_tail (&pool->making, slot);
  return TRUE;
}

static void
fail_first_waiter (BoxPool *pool, const GError *error)
{
  Waiter *waiter = g_queue_pop_head (&pool->waiters);

  if (waiter == NULL)
    return;
  waiter->callback (NULL, error, waiter->data);
  g_free (waiter);
}

/* As many as wait, and as many as shall stand by. */
static void
refill (BoxPool *pool, guint n_ready)
{
  while (
    !pool->is_closed && pool->making.length + pool->ready.length < pool->waiters.length + n_ready) {
    g_autoptr (GError) error = NULL;

    if (make_box (pool, &error))
      continue;
    if (pool->waiters.length == 0) {
      g_warning ("%s", error->message);
      return;
    }
    fail_first_waiter (pool, error);
  }
}

static gboolean
refill_cb (gpointer data)
{
  BoxPool *pool = data;

  pool->refill_source = 0;
  refill (pool, pool->n_ready);
  return G_SOURCE_REMOVE;
}

/* As many of the boxes that are being made as are waited for. */
static void
hurry (BoxPool *pool)
{
  guint n = pool->waiters.length;

  for (GList *link = pool->making.head; link != NULL && n > 0; link = link->next, n--)
    box_slot_hurry (link->data);
}

/* All that shall stand by when no program runs; half of them, and the rest later, while one does.
 */
static void
refill_gently (BoxPool *pool)
{
  refill (pool, pool->n_taken == 0 ? pool->n_ready : pool->n_ready / 2);
  if (pool->n_taken == 0)
    g_clear_handle_id (&pool->refill_source, g_source_remove);
  else if (pool->refill_source == 0 && !pool->is_closed)
    pool->refill_source = g_timeout_add (REFILL_MS, refill_cb, pool);
}

/* Its taker may give it back, or take another, before this returns. */
static void
hand_over (BoxPool *pool, BoxSlot *slot, BoxPoolFunc callback, gpointer data)
{
  pool->n_taken++;
  box_slot_watch (slot, NULL, NULL);
  callback (slot, NULL, data);
}

static void
serve_waiters (BoxPool *pool)
{
  while (pool->ready.length > 0 && pool->waiters.length > 0) {
    g_autofree Waiter *waiter = g_queue_pop_head (&pool->waiters);
    BoxSlot *slot = g_queue_pop_head (&pool->ready);

    hand_over (pool, slot, waiter->callback, waiter->data);
  }
}

/* A box failed while it was made, or while it stood by (somebody killed it). It is not replaced
 * before somebody needs one, so that a broken host does not spin. */
static void
drop_box (BoxPool *pool, BoxSlot *slot)
{
  g_autoptr (GError) error = NULL;
  const char *reason = box_slot_get_failure (slot);

  g_queue_remove (&pool->making, slot);
  g_queue_remove (&pool->ready, slot);
  error = g_error_new_literal (
    BOX_ERROR, BOX_ERROR_INTERNAL, reason != NULL ? reason : "A box ended before it was used");
  end_box (pool, slot);
  if (pool->making.length < pool->waiters.length)
    fail_first_waiter (pool, error);
}

static void
box_event_cb (BoxSlot *slot, BoxSlotEvent event, gpointer data)
{
  BoxPool *pool = data;

  switch (event) {
  case BOX_SLOT_READY:
    g_queue_remove (&pool->making, slot);
    g_queue_push_tail (&pool->ready, slot);
    serve_waiters (pool);
    return;
  case BOX_SLOT_TERMINAL:
  case BOX_SLOT_FAILED:
  case BOX_SLOT_ENDED:
  case BOX_SLOT_GONE:
    drop_box (pool, slot);
    return;
  }
}

/* All that the languages must see, each once. */
static char **
gather_paths (GPtrArray *languages)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < languages->len; i++) {
    const BoxLanguage *language = g_ptr_array_index (languages, i);

    for (char **path = language->paths; path != NULL && *path != NULL; path++)
      if (g_hash_table_add (seen, *path))
        g_strv_builder_add (builder, *path);
  }
  return g_strv_builder_end (builder);
}

BoxPool *
box_pool_new (BoxHost *host, GPtrArray *languages, guint n_ready, GError **error)
{
  g_autoptr (BoxPool) pool = g_new0 (BoxPool, 1);

  pool->site.host = host;
  pool->site.reaper = box_reaper_new ();
  pool->site.view =
    (BoxView){ host->bwrap, host->base, host->prepared, host->image, gather_paths (languages) };
  box_mask_init (&pool->site.mask);
  pool->site.inner_filter = -1;
  pool->site.outer_filter = box_filter_build (BOX_FILTER_OUTER, error);
  if (pool->site.outer_filter < 0)
    return NULL;
  pool->site.inner_filter = box_filter_build (BOX_FILTER_INNER, error);
  if (pool->site.inner_filter < 0)
    return NULL;
  if (!box_builder_lay_out (&pool->site.view, error))
    return NULL;
  pool->cache = box_cache_new (host->base, error);
  if (pool->cache == NULL)
    return NULL;
  pool->n_ready = n_ready;
  refill (pool, n_ready);
  return g_steal_pointer (&pool);
}

void
box_pool_close (BoxPool *pool)
{
  BoxSlot *slot;

  pool->is_closed = TRUE;
  g_clear_handle_id (&pool->refill_source, g_source_remove);
  while ((slot = g_queue_pop_head (&pool->making)) != NULL)
    end_box (pool, slot);
  while ((slot = g_queue_pop_head (&pool->ready)) != NULL)
    end_box (pool, slot);
}

gboolean
box_pool_is_empty (BoxPool *pool)
{
  return pool->n_alive == 0;
}

void
box_pool_free (BoxPool *pool)
{
  if (pool == NULL)
    return;
  g_warn_if_fail (pool->n_alive == 0);
  g_clear_handle_id (&pool->refill_source, g_source_remove);
  g_queue_clear_full (&pool->waiters, g_free);
  g_clear_pointer (&pool->cache, box_cache_free);
  g_clear_pointer (&pool->site.reaper, box_reaper_free);
  g_strfreev (pool->site.view.paths);
  box_mask_clear (&pool->site.mask);
  if (pool->site.outer_filter >= 0)
    close (pool->site.outer_filter);
  if (pool->site.inner_filter >= 0)
    close (pool->site.inner_filter);
  g_free (pool);
}

guint
box_pool_count_ready (BoxPool *pool)
{
  return pool->ready.length;
}

const BoxHost *
box_pool_get_host (BoxPool *pool)
{
  return pool->site.host;
}

gboolean
box_pool_has_groups (BoxPool *pool)
{
  return pool->site.host->groups != NULL;
}

int
box_pool_get_inner_filter (BoxPool *pool)
{
  return pool->site.inner_filter;
}

BoxCache *
box_pool_get_cache (BoxPool *pool)
{
  return pool->cache;
}

guint
box_pool_take (BoxPool *pool, BoxPoolFunc callback, gpointer data)
{
  BoxSlot *slot = pool->waiters.length == 0 ? g_queue_pop_head (&pool->ready) : NULL;
  Waiter *waiter;

  if (slot != NULL) {
    hand_over (pool, slot, callback, data);
    refill_gently (pool);
    return 0;
  }
  waiter = g_new0 (Waiter, 1);
  waiter->id = ++pool->last_waiter;
  waiter->callback = callback;
  waiter->data = data;
  g_queue_push_tail (&pool->waiters, waiter);
  hurry (pool);
  refill (pool, pool->n_ready / 2);
  /* Making may have failed at once, and then the waiter has been told. */
  return g_queue_find (&pool->waiters, waiter) != NULL ? pool->last_waiter : 0;
}

void
box_pool_forget (BoxPool *pool, guint id)
{
  for (GList *link = pool->waiters.head; link != NULL; link = link->next) {
    Waiter *waiter = link->data;

    if (waiter->id == id) {
      g_free (waiter);
      g_queue_delete_link (&pool->waiters, link);
      return;
    }
  }
}

void
box_pool_give_back (BoxPool *pool, BoxSlot *slot)
{
  pool->n_taken--;
  end_box (pool, slot);
  refill_gently (pool);
}
