#include "media/ent-hop.h"

struct _EntHop {
  gatomicrefcount refs;
  GWeakRef object;
  GMainContext *context;
};

typedef struct {
  EntHop *hop;
  EntHopFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Post;

EntHop *
ent_hop_new (gpointer object)
{
  EntHop *hop = g_new0 (EntHop, 1);

  g_atomic_ref_count_init (&hop->refs);
  g_weak_ref_init (&hop->object, object);
  hop->context = g_main_context_ref_thread_default ();
  return hop;
}

EntHop *
ent_hop_ref (EntHop *hop)
{
  g_atomic_ref_count_inc (&hop->refs);
  return hop;
}

void
ent_hop_unref (EntHop *hop)
{
  if (!g_atomic_ref_count_dec (&hop->refs))
    return;
  g_weak_ref_clear (&hop->object);
  g_main_context_unref (hop->context);
  g_free (hop);
}

static gboolean
post_due_cb (gpointer data)
{
  Post *post = data;
  g_autoptr (GObject) object = g_weak_ref_get (&post->hop->object);

  if (object != NULL)
    post->func (object, post->data);
  return G_SOURCE_REMOVE;
}

static void
free_post (gpointer data)
{
  Post *post = data;

  if (post->free_data != NULL)
    post->free_data (post->data);
  ent_hop_unref (post->hop);
  g_free (post);
}

void
ent_hop_post (EntHop *hop, EntHopFunc func, gpointer data, GDestroyNotify free_data)
{
  Post *post = g_new0 (Post, 1);
  GSource *source = g_idle_source_new ();

  post->hop = ent_hop_ref (hop);
  post->func = func;
  post->data = data;
  post->free_data = free_data;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, post_due_cb, post, free_post);
  g_source_attach (source, hop->context);
  g_source_unref (source);
}
