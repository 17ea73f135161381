#include "media/ent-link-media.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <string.h>

#include "media/ent-frame-private.h"
#include "media/ent-media.h"
#include "media/ent-vp8.h"

#include <gst/webrtc/webrtc.h>

#define TRANSPORT_CC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/* The appsrc keeps these caps for ever, so that nothing is renegotiated. The valve's default mode
 * would drop caps too. Payload types stand far apart, since webrtcbin takes the next number for
 * retransmissions. */
#define VIDEO_BRANCH \
  "appsrc name=video-source is-live=true format=time leaky-type=downstream max-buffers=60 " \
  "max-bytes=0 caps=video/x-vp8 " \
  "! valve name=video-valve drop=true drop-mode=forward-sticky-events " \
  "! rtpvp8pay picture-id-mode=15-bit mtu=1200 " \
  "! application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000," \
  "extmap-5=(string)" TRANSPORT_CC ",rtcp-fb-transport-cc=(boolean)true ! queue"
#define AUDIO_BRANCH \
  "appsrc name=audio-source is-live=true format=time leaky-type=downstream max-buffers=100 " \
  "max-bytes=0 caps=audio/x-opus,rate=48000,channels=1,channel-mapping-family=0 " \
  "! valve name=audio-valve drop=true drop-mode=forward-sticky-events " \
  "! rtpopuspay " \
  "! application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000," \
  "extmap-5=(string)" TRANSPORT_CC ",rtcp-fb-transport-cc=(boolean)true ! queue"

/* Waiting for a key frame after each loss freezes the picture for seconds; the damage until then is
 * small. */
#define VIDEO_RECEIVER \
  "rtpvp8depay name=depay request-keyframe=true wait-for-keyframe=false ! vp8dec threads=1 " \
  "! queue max-size-buffers=30 max-size-bytes=0 max-size-time=0 ! %s" \
  "appsink name=out sync=false async=false max-buffers=2 drop=true"
#define AUDIO_RECEIVER \
  "rtpopusdepay name=depay ! opusdec use-inband-fec=true plc=true ! audioconvert ! audioresample " \
  "! audio/x-raw,format=S16LE,rate=48000,channels=1 " \
  "! appsink name=out sync=false async=false max-buffers=50 drop=true"

/* A picture that a peer may make this computer decode. */
#define MAX_WIDTH 1920
#define MAX_HEIGHT 1200

#define MAX_JITTER_BUFFERS 4

struct _EntLinkMedia {
  gatomicrefcount refs;

  GMutex lock; /* everything below, except what is marked */
  gboolean is_verified;
  gboolean sends_video;
  gboolean sends_audio;
  gboolean needs_key_frame; /* leave out pictures that need earlier ones */
  GstAppSrc *video_source; /* NULL before build and after close */
  GstAppSrc *audio_source;
  GstElement *video_valve;
  GstElement *audio_valve;
  GArray *sources; /* guint32 */
  gboolean has_pictures;
  guint picture_width; /* 0: as wide as they come */
  GstElement *shape; /* NULL before pictures come */
  gboolean has_video_pad; /* one stream of each kind is received, further ones are dropped */
  gboolean has_audio_pad;
  guint32 video_source_id;
  GstElement *jitter_buffers[MAX_JITTER_BUFFERS];
  guint32 jitter_sources[MAX_JITTER_BUFFERS];
  guint n_jitter_buffers;
  EntLinkMediaCounters counters;

  /* The decoding thread's only: an oversized key frame was refused. */
  gboolean drops_picture;

  /* Held while the receiver is called, so that set_receiver() waits for a running call. */
  GRWLock receiver_lock;
  const EntLinkMediaFuncs *funcs; /* static */
  gpointer data;
  GDestroyNotify destroy;
};

EntLinkMedia *
ent_link_media_new (void)
{
  EntLinkMedia *media = g_new0 (EntLinkMedia, 1);

  g_atomic_ref_count_init (&media->refs);
  g_mutex_init (&media->lock);
  g_rw_lock_init (&media->receiver_lock);
  media->sources = g_array_new (FALSE, FALSE, sizeof (guint32));
  return media;
}

EntLinkMedia *
ent_link_media_ref (EntLinkMedia *media)
{
  g_atomic_ref_count_inc (&media->refs);
  return media;
}

void
ent_link_media_unref (EntLinkMedia *media)
{
  if (!g_atomic_ref_count_dec (&media->refs))
    return;
  ent_link_media_close (media);
  ent_link_media_set_receiver (media, NULL, NULL, NULL, FALSE);
  g_array_unref (media->sources);
  g_mutex_clear (&media->lock);
  g_rw_lock_clear (&media->receiver_lock);
  g_free (media);
}

static void
unref_closure (gpointer data, GClosure *closure)
{
  ent_link_media_unref (data);
}

/* ---- sending ---- */

static GstPadProbeReturn
upstream_event_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  EntLinkMedia *media = data;
  gboolean is_wanted;

  if (!gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&media->lock);
  is_wanted = media->is_verified && media->sends_video;
  g_mutex_unlock (&media->lock);
  g_rw_lock_reader_lock (&media->receiver_lock);
  if (is_wanted && media->funcs != NULL)
    media->funcs->key_frame_wanted (media->data);
  g_rw_lock_reader_unlock (&media->receiver_lock);
  return GST_PAD_PROBE_OK;
}

static void
set_direction (GstPad *sink)
{
  g_autoptr (GObject) transceiver = NULL;

  g_object_get (sink, "transceiver", &transceiver, NULL);
  if (transceiver != NULL)
    g_object_set (transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV, NULL);
}

/* The order of calls is the order of m-lines. */
static gboolean
add_sender (GstElement *pipeline, GstElement *webrtc, const char *branch, GError **error)
{
  GstElement *bin = gst_parse_bin_from_description (branch, TRUE, error);
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  if (bin == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (pipeline), bin);
  sink = gst_element_request_pad_simple (webrtc, "sink_%u");
  src = gst_element_get_static_pad (bin, "src");
  if (sink == NULL || gst_pad_link (src, sink) != GST_PAD_LINK_OK) {
    g_set_error_literal (
      error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FAILED, "a sending branch cannot be linked");
    return FALSE;
  }
  set_direction (sink);
  return TRUE;
}

static void
update_valves (EntLinkMedia *media)
{
  if (media->video_valve == NULL)
    return;
  g_object_set (media->video_valve, "drop", !(media->is_verified && media->sends_video), NULL);
  g_object_set (media->audio_valve, "drop", !(media->is_verified && media->sends_audio), NULL);
}

void
ent_link_media_set_sending (EntLinkMedia *media, gboolean video, gboolean audio)
{
  g_mutex_lock (&media->lock);
  if (video && !media->sends_video)
    media->needs_key_frame = TRUE;
  media->sends_video = video;
  media->sends_audio = audio;
  update_valves (media);
  g_mutex_unlock (&media->lock);
}

void
ent_link_media_set_verified (EntLinkMedia *media)
{
  g_mutex_lock (&media->lock);
  media->is_verified = TRUE;
  media->needs_key_frame = TRUE;
  update_valves (media);
  g_mutex_unlock (&media->lock);
}

/* The copy shares the memory. Time stamps mean the same in every pipeline and stay. */
static void
push_copy (GstAppSrc *source, GstBuffer *buffer)
{
  gst_app_src_push_buffer (source, gst_buffer_copy (buffer));
}

gboolean
ent_link_media_push_video (EntLinkMedia *media, GstBuffer *buffer)
{
  gboolean is_delta = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  g_autoptr (GstAppSrc) source = NULL;
  gboolean wants_key = FALSE;

  g_mutex_lock (&media->lock);
  if (media->video_source != NULL && media->is_verified && media->sends_video) {
    if (!is_delta)
      media->needs_key_frame = FALSE;
    wants_key = media->needs_key_frame;
    if (!wants_key) {
      source = gst_object_ref (media->video_source);
      media->counters.frames_sent++;
      media->counters.video_bytes_sent += gst_buffer_get_size (buffer);
    }
  }
  g_mutex_unlock (&media->lock);
  if (source != NULL)
    push_copy (source, buffer);
  return wants_key;
}

void
ent_link_media_push_audio (EntLinkMedia *media, GstBuffer *buffer)
{
  g_autoptr (GstAppSrc) source = NULL;

  g_mutex_lock (&media->lock);
  if (media->audio_source != NULL && media->is_verified && media->sends_audio) {
    source = gst_object_ref (media->audio_source);
    media->counters.audio_bytes_sent += gst_buffer_get_size (buffer);
  }
  g_mutex_unlock (&media->lock);
  if (source != NULL)
    push_copy (source, buffer);
}

/* ---- receiving ---- */

/* Nothing of an unverified peer gets past webrtcbin. */
static GstPadProbeReturn
gate (EntLinkMedia *media, GstPadProbeInfo *info, gboolean is_video)
{
  gsize size = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  gboolean passes;

  g_mutex_lock (&media->lock);
  passes = media->is_verified;
  if (is_video) {
    media->counters.video_packets_received++;
    media->counters.video_bytes_received += size;
  } else {
    media->counters.audio_bytes_received += size;
  }
  g_mutex_unlock (&media->lock);
  return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
video_packet_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return gate (data, info, TRUE);
}

static GstPadProbeReturn
audio_packet_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return gate (data, info, FALSE);
}

static void
note_size (EntLinkMedia *media, guint width, guint height)
{
  g_mutex_lock (&media->lock);
  media->counters.width = width;
  media->counters.height = height;
  g_mutex_unlock (&media->lock);
}

/* Before the decoder: a few bytes could make it allocate hundreds of megabytes. What follows a
 * refused key frame goes with it. */
static GstPadProbeReturn
picture_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  EntLinkMedia *media = data;
  guint8 head[ENT_VP8_HEAD_BYTES];
  gsize size = gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, head, sizeof head);
  guint width = 0;
  guint height = 0;

  if (ent_vp8_is_key_frame (head, size)) {
    media->drops_picture =
      !ent_vp8_get_size (head, size, &width, &height) || width > MAX_WIDTH || height > MAX_HEIGHT;
    note_size (media, width, height);
  }
  return media->drops_picture ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstFlowReturn
take_sample (EntLinkMedia *media, GstAppSink *sink, gboolean is_video)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  g_rw_lock_reader_lock (&media->receiver_lock);
  if (media->funcs != NULL && is_video)
    media->funcs->video (media->data, sample);
  else if (media->funcs != NULL)
    media->funcs->audio (media->data, sample);
  g_rw_lock_reader_unlock (&media->receiver_lock);
  return GST_FLOW_OK;
}

static GstFlowReturn
video_sample_cb (GstAppSink *sink, gpointer data)
{
  return take_sample (data, sink, TRUE);
}

static GstFlowReturn
audio_sample_cb (GstAppSink *sink, gpointer data)
{
  return take_sample (data, sink, FALSE);
}

/* Takes the reference; a link that was closed meanwhile wants none. */
static void
take_shape (EntLinkMedia *media, GstElement *shape)
{
  g_autoptr (GstElement) other = shape;

  g_mutex_lock (&media->lock);
  ent_frame_set_max_width (shape, media->picture_width);
  if (media->video_source != NULL && media->shape == NULL)
    media->shape = g_steal_pointer (&other);
  g_mutex_unlock (&media->lock);
}

void
ent_link_media_set_picture_width (EntLinkMedia *media, guint width)
{
  g_mutex_lock (&media->lock);
  if (media->shape != NULL && media->picture_width != width)
    ent_frame_set_max_width (media->shape, width);
  media->picture_width = width;
  g_mutex_unlock (&media->lock);
}

static GstElement *
make_receiver (EntLinkMedia *media, gboolean is_video, gboolean has_pictures)
{
  GstAppSinkCallbacks callbacks = { .new_sample = is_video ? video_sample_cb : audio_sample_cb };
  g_autofree char *video =
    g_strdup_printf (VIDEO_RECEIVER, has_pictures ? ENT_FRAME_MAKER ("") "! " : "");
  GstElement *bin = gst_parse_bin_from_description (is_video ? video : AUDIO_RECEIVER, TRUE, NULL);
  g_autoptr (GstElement) depay = NULL;
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstPad) src = NULL;

  g_return_val_if_fail (bin != NULL, NULL);
  out = gst_bin_get_by_name (GST_BIN (bin), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (out), &callbacks, ent_link_media_ref (media),
    (GDestroyNotify) ent_link_media_unref);
  depay = gst_bin_get_by_name (GST_BIN (bin), "depay");
  src = gst_element_get_static_pad (depay, "src");
  if (is_video)
    gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, picture_cb, ent_link_media_ref (media),
      (GDestroyNotify) ent_link_media_unref);
  if (is_video && has_pictures)
    take_shape (media, gst_bin_get_by_name (GST_BIN (bin), "shape"));
  return bin;
}

/* What kind of stream a pad of webrtcbin brings, and whether it is the first of its kind. */
static gboolean
claim_pad (EntLinkMedia *media, GstPad *pad, gboolean *is_video, gboolean *has_pictures)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *form = caps != NULL ? gst_caps_get_structure (caps, 0) : NULL;
  const char *kind = form != NULL ? gst_structure_get_string (form, "media") : NULL;
  gboolean *has_pad;
  gboolean is_first;

  *is_video = g_strcmp0 (kind, "video") == 0;
  if (!*is_video && g_strcmp0 (kind, "audio") != 0)
    return FALSE;
  g_mutex_lock (&media->lock);
  has_pad = *is_video ? &media->has_video_pad : &media->has_audio_pad;
  is_first = !*has_pad;
  *has_pad = TRUE;
  *has_pictures = media->has_pictures;
  if (*is_video && is_first)
    gst_structure_get_uint (form, "ssrc", &media->video_source_id);
  g_mutex_unlock (&media->lock);
  return is_first;
}

/* On a GStreamer thread, with the first packet of a stream. */
static void
pad_added_cb (GstElement *webrtc, GstPad *pad, gpointer data)
{
  EntLinkMedia *media = data;
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (webrtc));
  g_autoptr (GstPad) sink = NULL;
  GstElement *bin;
  gboolean is_video = FALSE;
  gboolean has_pictures = FALSE;
  gboolean is_wanted;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC || pipeline == NULL)
    return;
  is_wanted = claim_pad (media, pad, &is_video, &has_pictures);
  bin = is_wanted ? make_receiver (media, is_video, has_pictures)
                  : gst_parse_bin_from_description ("fakesink sync=false async=false", TRUE, NULL);
  g_return_if_fail (bin != NULL);
  if (is_wanted)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, is_video ? video_packet_cb : audio_packet_cb,
      ent_link_media_ref (media), (GDestroyNotify) ent_link_media_unref);
  gst_bin_add (GST_BIN (pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  sink = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, sink);
}

/* ---- inside webrtcbin ---- */

static gboolean
is_known_source (EntLinkMedia *media, GstBuffer *buffer)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean is_known = FALSE;
  guint32 source;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return FALSE;
  source = gst_rtp_buffer_get_ssrc (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  g_mutex_lock (&media->lock);
  for (guint i = 0; i < media->sources->len && !is_known; i++)
    is_known = g_array_index (media->sources, guint32, i) == source;
  g_mutex_unlock (&media->lock);
  return is_known;
}

static GstPadProbeReturn
incoming_packet_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBufferList *list;

  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) != 0)
    return is_known_source (data, GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_OK
                                                                    : GST_PAD_PROBE_DROP;
  list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    if (!is_known_source (data, gst_buffer_list_get (list, i)))
      return GST_PAD_PROBE_DROP;
  return GST_PAD_PROBE_OK;
}

static void
inner_pad_added_cb (GstElement *rtpbin, GstPad *pad, gpointer data)
{
  if (g_str_has_prefix (GST_PAD_NAME (pad), "recv_rtp_sink_"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      incoming_packet_cb, ent_link_media_ref (data), (GDestroyNotify) ent_link_media_unref);
}

/* Kept for their counts of lost packets: webrtcbin's own figures mix up the streams of a bundle. */
static void
jitter_buffer_cb (GstElement *rtpbin,
  GstElement *jitter_buffer,
  guint session,
  guint source,
  gpointer data)
{
  EntLinkMedia *media = data;

  g_mutex_lock (&media->lock);
  if (media->video_valve != NULL && media->n_jitter_buffers < MAX_JITTER_BUFFERS) {
    media->jitter_sources[media->n_jitter_buffers] = source;
    media->jitter_buffers[media->n_jitter_buffers++] = gst_object_ref (jitter_buffer);
  }
  g_mutex_unlock (&media->lock);
}

static void
connect_media (EntLinkMedia *media, GObject *object, const char *signal, GCallback callback)
{
  g_signal_connect_data (object, signal, callback, ent_link_media_ref (media), unref_closure, 0);
}

gboolean
ent_link_media_build (EntLinkMedia *media, GstElement *pipeline, GstElement *webrtc, GError **error)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (webrtc), "rtpbin");
  g_autoptr (GstPad) src = NULL;

  if (rtpbin == NULL) {
    g_set_error_literal (
      error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FAILED, "webrtcbin is not as expected");
    return FALSE;
  }
  connect_media (media, G_OBJECT (rtpbin), "pad-added", G_CALLBACK (inner_pad_added_cb));
  connect_media (media, G_OBJECT (rtpbin), "new-jitterbuffer", G_CALLBACK (jitter_buffer_cb));
  connect_media (media, G_OBJECT (webrtc), "pad-added", G_CALLBACK (pad_added_cb));
  if (!add_sender (pipeline, webrtc, VIDEO_BRANCH, error) ||
      !add_sender (pipeline, webrtc, AUDIO_BRANCH, error))
    return FALSE;
  g_mutex_lock (&media->lock);
  media->video_source = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (pipeline), "video-source"));
  media->audio_source = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (pipeline), "audio-source"));
  media->video_valve = gst_bin_get_by_name (GST_BIN (pipeline), "video-valve");
  media->audio_valve = gst_bin_get_by_name (GST_BIN (pipeline), "audio-valve");
  g_mutex_unlock (&media->lock);
  src = gst_element_get_static_pad (GST_ELEMENT (media->video_source), "src");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, upstream_event_cb,
    ent_link_media_ref (media), (GDestroyNotify) ent_link_media_unref);
  return TRUE;
}

void
ent_link_media_set_sources (EntLinkMedia *media, const guint32 *sources, gsize n)
{
  g_mutex_lock (&media->lock);
  g_array_set_size (media->sources, 0);
  g_array_append_vals (media->sources, sources, n);
  g_mutex_unlock (&media->lock);
}

/* Loss as far as the video's jitter buffer tells. */
static void
read_loss (EntLinkMedia *media)
{
  g_autoptr (GstElement) jitter_buffer = NULL;
  g_autoptr (GstStructure) stats = NULL;
  guint64 lost = 0;

  g_mutex_lock (&media->lock);
  for (guint i = 0; i < media->n_jitter_buffers && jitter_buffer == NULL; i++)
    if (media->has_video_pad && media->jitter_sources[i] == media->video_source_id)
      jitter_buffer = gst_object_ref (media->jitter_buffers[i]);
  g_mutex_unlock (&media->lock);
  if (jitter_buffer == NULL)
    return;
  g_object_get (jitter_buffer, "stats", &stats, NULL);
  if (stats == NULL || !gst_structure_get_uint64 (stats, "num-lost", &lost))
    return;
  g_mutex_lock (&media->lock);
  media->counters.video_packets_lost = lost;
  g_mutex_unlock (&media->lock);
}

void
ent_link_media_get_counters (EntLinkMedia *media, EntLinkMediaCounters *counters)
{
  read_loss (media);
  g_mutex_lock (&media->lock);
  *counters = media->counters;
  g_mutex_unlock (&media->lock);
}

void
ent_link_media_close (EntLinkMedia *media)
{
  read_loss (media);
  g_mutex_lock (&media->lock);
  media->is_verified = FALSE;
  gst_clear_object (&media->video_source);
  gst_clear_object (&media->audio_source);
  gst_clear_object (&media->video_valve);
  gst_clear_object (&media->audio_valve);
  gst_clear_object (&media->shape);
  for (guint i = 0; i < media->n_jitter_buffers; i++)
    gst_clear_object (&media->jitter_buffers[i]);
  media->n_jitter_buffers = 0;
  g_mutex_unlock (&media->lock);
}

void
ent_link_media_set_receiver (EntLinkMedia *media,
  const EntLinkMediaFuncs *funcs,
  gpointer data,
  GDestroyNotify destroy,
  gboolean has_pictures)
{
  gpointer old_data;
  GDestroyNotify old_destroy;

  g_rw_lock_writer_lock (&media->receiver_lock);
  old_data = media->data;
  old_destroy = media->destroy;
  media->funcs = funcs;
  media->data = data;
  media->destroy = destroy;
  g_rw_lock_writer_unlock (&media->receiver_lock);
  g_mutex_lock (&media->lock);
  media->has_pictures = has_pictures;
  g_mutex_unlock (&media->lock);
  if (old_destroy != NULL)
    old_destroy (old_data);
}
