#include "media/ent-call-fan.h"

struct _EntCallFan {
  gatomicrefcount refs;
  EntHop *hop;
  EntHopFunc key_wanted;

  GMutex lock; /* everything below */
  GPtrArray *medias; /* EntLinkMedia */
  EntCallFanCounters counters;
};

EntCallFan *
ent_call_fan_new (EntHop *hop, EntHopFunc key_wanted)
{
  EntCallFan *fan = g_new0 (EntCallFan, 1);

  g_atomic_ref_count_init (&fan->refs);
  fan->hop = ent_hop_ref (hop);
  fan->key_wanted = key_wanted;
  g_mutex_init (&fan->lock);
  fan->medias = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_link_media_unref);
  return fan;
}

EntCallFan *
ent_call_fan_ref (EntCallFan *fan)
{
  g_atomic_ref_count_inc (&fan->refs);
  return fan;
}

void
ent_call_fan_unref (EntCallFan *fan)
{
  if (!g_atomic_ref_count_dec (&fan->refs))
    return;
  g_ptr_array_unref (fan->medias);
  g_mutex_clear (&fan->lock);
  ent_hop_unref (fan->hop);
  g_free (fan);
}

void
ent_call_fan_add (EntCallFan *fan, EntLinkMedia *media)
{
  g_mutex_lock (&fan->lock);
  g_ptr_array_add (fan->medias, ent_link_media_ref (media));
  g_mutex_unlock (&fan->lock);
}

void
ent_call_fan_remove (EntCallFan *fan, EntLinkMedia *media)
{
  g_mutex_lock (&fan->lock);
  g_ptr_array_remove (fan->medias, media);
  g_mutex_unlock (&fan->lock);
}

void
ent_call_fan_push_video (EntCallFan *fan, GstBuffer *buffer)
{
  gboolean is_key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gboolean wants_key = FALSE;

  g_mutex_lock (&fan->lock);
  fan->counters.frames++;
  if (is_key)
    fan->counters.key_frames++;
  for (guint i = 0; i < fan->medias->len; i++)
    if (ent_link_media_push_video (g_ptr_array_index (fan->medias, i), buffer))
      wants_key = TRUE;
  g_mutex_unlock (&fan->lock);
  if (wants_key)
    ent_hop_post (fan->hop, fan->key_wanted, NULL, NULL);
}

void
ent_call_fan_push_audio (EntCallFan *fan, GstBuffer *buffer)
{
  g_mutex_lock (&fan->lock);
  for (guint i = 0; i < fan->medias->len; i++)
    ent_link_media_push_audio (g_ptr_array_index (fan->medias, i), buffer);
  g_mutex_unlock (&fan->lock);
}

void
ent_call_fan_get_counters (EntCallFan *fan, EntCallFanCounters *counters)
{
  g_mutex_lock (&fan->lock);
  *counters = fan->counters;
  g_mutex_unlock (&fan->lock);
}
