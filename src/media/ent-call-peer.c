#include "media/ent-call-peer.h"

#include <gst/app/gstappsrc.h>

#include "media/ent-frame-private.h"
#include "media/ent-link-private.h"

#define PICTURE_LOST_US (2 * G_USEC_PER_SEC)

struct _EntCallPeer {
  gatomicrefcount refs;
  char *id;
  EntLinkMedia *media;
  const EntCallPeerFuncs *funcs;
  EntHop *hop;
  gboolean has_pictures;

  /* Of the main thread: the last report. */
  EntLinkMediaCounters reported;
  gint64 reported_at_us;

  GMutex lock; /* everything below */
  EntFrame *newest;
  gboolean is_picture_posted;
  gint64 last_picture_us;
  GstAppSrc *input;
  gboolean is_input_posted;
  EntCallPeerCounters counters;
};

static EntCallPeer *
ref_peer (EntCallPeer *peer)
{
  g_atomic_ref_count_inc (&peer->refs);
  return peer;
}

static void
unref_peer (gpointer data)
{
  EntCallPeer *peer = data;

  if (!g_atomic_ref_count_dec (&peer->refs))
    return;
  g_clear_pointer (&peer->newest, ent_frame_unref);
  gst_clear_object (&peer->input);
  ent_link_media_unref (peer->media);
  ent_hop_unref (peer->hop);
  g_mutex_clear (&peer->lock);
  g_free (peer->id);
  g_free (peer);
}

static void
post (EntCallPeer *peer, EntHopFunc func)
{
  ent_hop_post (peer->hop, func, ref_peer (peer), unref_peer);
}

/* The newest picture wins: at most one hop is under way, however late the main loop is. */
static void
take_video (gpointer data, GstSample *sample)
{
  EntCallPeer *peer = data;
  g_autoptr (EntFrame) old = NULL;
  EntFrame *frame = peer->has_pictures ? ent_frame_new_from_sample (sample) : NULL;
  gint64 now = g_get_monotonic_time ();
  gboolean is_first;
  gboolean posts;

  g_mutex_lock (&peer->lock);
  old = peer->newest;
  peer->newest = frame;
  peer->counters.frames_decoded++;
  is_first = now - peer->last_picture_us > PICTURE_LOST_US;
  peer->last_picture_us = now;
  posts = (frame != NULL || is_first) && !peer->is_picture_posted;
  peer->is_picture_posted |= posts;
  g_mutex_unlock (&peer->lock);
  if (posts)
    post (peer, peer->funcs->picture_came);
}

static double
find_peak (GstBuffer *buffer)
{
  g_auto (GstBufferMapInfo) map = GST_MAP_INFO_INIT;
  const gint16 *samples;
  int peak = 0;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return 0;
  samples = (const gint16 *) map.data;
  for (gsize i = 0; i < map.size / sizeof *samples; i++)
    peak = MAX (peak, ABS (samples[i]));
  return peak / 32768.0;
}

static void
take_audio (gpointer data, GstSample *sample)
{
  EntCallPeer *peer = data;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  double peak = find_peak (buffer);
  g_autoptr (GstAppSrc) input = NULL;
  gboolean posts;

  g_mutex_lock (&peer->lock);
  peer->counters.audio_buffers_decoded++;
  peer->counters.audio_peak = peak;
  if (peer->input != NULL)
    input = gst_object_ref (peer->input);
  posts = input == NULL && !peer->is_input_posted;
  peer->is_input_posted |= posts;
  g_mutex_unlock (&peer->lock);
  if (input != NULL)
    gst_app_src_push_buffer (input, gst_buffer_copy (buffer));
  if (posts)
    post (peer, peer->funcs->input_wanted);
}

static void
ask_for_key (gpointer data)
{
  EntCallPeer *peer = data;

  post (peer, peer->funcs->key_wanted);
}

static const EntLinkMediaFuncs media_funcs = { take_video, take_audio, ask_for_key };

EntCallPeer *
ent_call_peer_new (const char *id,
  EntLink *link,
  gboolean has_pictures,
  const EntCallPeerFuncs *funcs,
  EntHop *hop)
{
  EntCallPeer *peer = g_new0 (EntCallPeer, 1);

  g_atomic_ref_count_init (&peer->refs);
  g_mutex_init (&peer->lock);
  peer->id = g_strdup (id);
  peer->media = ent_link_media_ref (ent_link_get_media (link));
  peer->has_pictures = has_pictures;
  peer->funcs = funcs;
  peer->hop = ent_hop_ref (hop);
  peer->reported_at_us = g_get_monotonic_time ();
  peer->last_picture_us = -PICTURE_LOST_US;
  ent_link_media_get_counters (peer->media, &peer->reported);
  ent_link_media_set_receiver (
    peer->media, &media_funcs, ref_peer (peer), unref_peer, has_pictures);
  return peer;
}

void
ent_call_peer_free (EntCallPeer *peer)
{
  ent_link_media_set_sending (peer->media, FALSE, FALSE);
  ent_link_media_set_receiver (peer->media, NULL, NULL, NULL, FALSE);
  unref_peer (peer);
}

const char *
ent_call_peer_get_id (EntCallPeer *peer)
{
  return peer->id;
}

EntLinkMedia *
ent_call_peer_get_media (EntCallPeer *peer)
{
  return peer->media;
}

EntFrame *
ent_call_peer_take_frame (EntCallPeer *peer)
{
  EntFrame *frame;

  g_mutex_lock (&peer->lock);
  frame = g_steal_pointer (&peer->newest);
  peer->is_picture_posted = FALSE;
  g_mutex_unlock (&peer->lock);
  return frame;
}

gboolean
ent_call_peer_has_picture (EntCallPeer *peer)
{
  gboolean has_picture;

  g_mutex_lock (&peer->lock);
  has_picture = peer->counters.frames_decoded > 0 &&
                g_get_monotonic_time () - peer->last_picture_us <= PICTURE_LOST_US;
  g_mutex_unlock (&peer->lock);
  return has_picture;
}

void
ent_call_peer_set_input (EntCallPeer *peer, GstElement *input)
{
  g_mutex_lock (&peer->lock);
  peer->input = GST_APP_SRC (input);
  peer->is_input_posted = FALSE;
  g_mutex_unlock (&peer->lock);
}

GstElement *
ent_call_peer_steal_input (EntCallPeer *peer)
{
  GstAppSrc *input;

  g_mutex_lock (&peer->lock);
  input = g_steal_pointer (&peer->input);
  peer->is_input_posted = FALSE;
  g_mutex_unlock (&peer->lock);
  return input != NULL ? GST_ELEMENT (input) : NULL;
}

void
ent_call_peer_get_counters (EntCallPeer *peer, EntCallPeerCounters *counters)
{
  g_mutex_lock (&peer->lock);
  *counters = peer->counters;
  g_mutex_unlock (&peer->lock);
}

void
ent_call_peer_make_report (EntCallPeer *peer, double *loss, guint *kbit)
{
  gint64 now = g_get_monotonic_time ();
  gint64 elapsed_ms = MAX ((now - peer->reported_at_us) / 1000, 1);
  EntLinkMediaCounters counters;
  guint64 received;
  guint64 lost;

  ent_link_media_get_counters (peer->media, &counters);
  received = counters.video_packets_received - peer->reported.video_packets_received;
  /* The jitter buffer counts a late packet as lost at first and takes that back. */
  lost = counters.video_packets_lost > peer->reported.video_packets_lost
           ? counters.video_packets_lost - peer->reported.video_packets_lost
           : 0;
  *loss = received + lost > 0 ? (double) lost / (received + lost) : 0;
  *kbit = (counters.video_bytes_received - peer->reported.video_bytes_received) * 8 / elapsed_ms;
  peer->reported = counters;
  peer->reported_at_us = now;
}
