#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The media half of a call link: what goes into its webrtcbin and what comes out. Unlike the link
 * it is used by GStreamer's threads, so it is counted, locked, and knows no main context. */
typedef struct _EntLinkMedia EntLinkMedia;

/* Called on GStreamer's threads, for verified links only. */
typedef struct {
  void (*video) (gpointer data, GstSample *sample); /* decoded */
  void (*audio) (gpointer data, GstSample *sample); /* 16 bit, 48 kHz, one channel */
  void (*key_frame_wanted) (gpointer data);
} EntLinkMediaFuncs;

typedef struct {
  guint64 frames_sent;
  guint64 video_bytes_sent;
  guint64 video_bytes_received;
  guint64 audio_bytes_sent;
  guint64 audio_bytes_received;
  guint64 video_packets_received;
  guint64 video_packets_lost;
  guint width; /* of the pictures that come in, before they are made smaller to be shown */
  guint height;
} EntLinkMediaCounters;

/* Time a packet waits for earlier ones, and the mixer for a peer's sound. */
#define ENT_LINK_MEDIA_LATENCY_MS 80

EntLinkMedia *ent_link_media_new (void);
EntLinkMedia *ent_link_media_ref (EntLinkMedia *media);
void ent_link_media_unref (EntLinkMedia *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntLinkMedia, ent_link_media_unref)

/* Makes the two sending branches, video then audio, and prepares for receiving. Once. */
gboolean ent_link_media_build (EntLinkMedia *media,
  GstElement *pipeline,
  GstElement *webrtc,
  GError **error);

/* The sources (a=ssrc) that the peer's description names; packets of others are dropped:
 * webrtcbin 1.22 and 1.26 can crash on a stream that no description names. */
void ent_link_media_set_sources (EntLinkMedia *media, const guint32 *sources, gsize n);

/* Opens the gates: the peer's certificate is right. */
void ent_link_media_set_verified (EntLinkMedia *media);

/* Ends the use of the pipeline's elements; the counters stay. */
void ent_link_media_close (EntLinkMedia *media);

/* Who gets the decoded media; funcs NULL: nobody. has_pictures: whether video comes as RGB, as wide
 * as it is shown, or as the decoder gives it; takes effect for streams that start later. Returns
 * when the former receiver is not called any more. */
void ent_link_media_set_receiver (EntLinkMedia *media,
  const EntLinkMediaFuncs *funcs,
  gpointer data,
  GDestroyNotify destroy,
  gboolean has_pictures);

/* How wide pictures are shown at most; 0, as at first: as wide as they come. */
void ent_link_media_set_picture_width (EntLinkMedia *media, guint width);

/* What may be sent; nothing is before the link is verified. */
void ent_link_media_set_sending (EntLinkMedia *media, gboolean video, gboolean audio);

/* Encoded buffers (not taken), any thread. Pictures that need earlier ones are left out until a
 * complete one comes by; the return value says whether a complete one is needed. */
gboolean ent_link_media_push_video (EntLinkMedia *media, GstBuffer *buffer);
void ent_link_media_push_audio (EntLinkMedia *media, GstBuffer *buffer);

void ent_link_media_get_counters (EntLinkMedia *media, EntLinkMediaCounters *counters);

G_END_DECLS
