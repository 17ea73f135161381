#pragma once

#include "media/ent-frame.h"
#include "media/ent-link.h"

G_BEGIN_DECLS

/* This person's side of a call: microphone and camera in, encoded once for everybody; loudspeaker
 * and pictures out. Links of kind ENT_LINK_CALL are added as peers; a missing device is no error,
 * the call goes on with what there is and a sentence says what is missing.
 *
 * Signals, in the main context that was the default when the call was made:
 *   frame (const char *peer_id, EntFrame *frame)          a picture; peer_id NULL: one's own,
 *                                                         mirrored, every second one.
 *                                                         Newest wins: pictures are left out when
 *                                                         the main loop is late
 *   picture-changed (const char *peer_id, gboolean shown) a peer's picture came or, 2 s without
 *                                                         one, went
 *
 * Properties:
 *   muted (rw), camera-on (rw)               the person's wish; kept also without a device
 *   has-microphone, has-camera, has-sound-output (r)
 *   problem (r)                              a sentence about what is missing, or NULL
 *   show-pictures (rw)                       FALSE: peers' pictures are decoded and counted only */

typedef enum {
  ENT_CALL_SOURCE_DEVICES, /* the default camera, microphone and loudspeaker */
  ENT_CALL_SOURCE_TEST, /* a moving test picture and a tone; nothing is played aloud */
  ENT_CALL_SOURCE_NONE, /* sends nothing, plays nothing aloud */
} EntCallSource;

typedef struct {
  guint64 frames_sent;
  guint64 frames_decoded;
  guint width; /* of the pictures that the peer sends */
  guint height;
  guint64 video_bytes_sent;
  guint64 video_bytes_received;
  guint64 audio_bytes_sent;
  guint64 audio_bytes_received;
  guint64 audio_buffers_decoded;
  double audio_peak; /* of the last decoded buffer, 0 to 1 */
  guint64 packets_lost; /* video, as this side sees it */
  gboolean receives_video; /* whether the path is good enough to send pictures to this peer */
} EntCallPeerStats;

typedef struct {
  guint64 frames_encoded;
  guint64 key_frames;
  guint target_kbit; /* of the video encoder now */
  guint fps; /* aimed at now */
} EntCallStats;

#define ENT_CALL_MAX_PEERS 3

#define ENT_TYPE_CALL (ent_call_get_type ())
#define ENT_TYPE_CALL_SOURCE (ent_call_source_get_type ())
G_DECLARE_FINAL_TYPE (EntCall, ent_call, ENT, CALL, GObject)
GType ent_call_source_get_type (void);

/* clock NULL: the real one. muted is FALSE and camera-on TRUE at first. */
EntCall *ent_call_new (EntCallSource source, EntClock *clock);

/* Opens the devices in a thread; has-microphone and the others change when that is known. */
void ent_call_start (EntCall *call);

/* Closes the devices and forgets all peers (their links stay open). Disposing does the same. */
void ent_call_stop (EntCall *call);

/* Gives a peer's call link to the call, before or after the link is connected; before
 * ent_call_start() is fine too. A second link for the same peer replaces the first. Media flows
 * while the link is verified. Fails with ENT_MEDIA_ERROR_LIMIT when the call is full. */
gboolean ent_call_add_peer (EntCall *call, const char *peer_id, EntLink *link, GError **error);

/* Forgets a peer; unknown ones are ignored. Closing the link is the caller's. */
void ent_call_remove_peer (EntCall *call, const char *peer_id);

gboolean ent_call_get_muted (EntCall *call);
void ent_call_set_muted (EntCall *call, gboolean muted);
gboolean ent_call_get_camera_on (EntCall *call);
void ent_call_set_camera_on (EntCall *call, gboolean camera_on);

/* How wide the picture of a peer (NULL: one's own) is shown, in pixels of the screen: frames come
 * no wider, so that showing them costs less. 0 forgets it. Peers that are not there yet are fine.
 */
void ent_call_set_picture_width (EntCall *call, const char *peer_id, guint width);

/* What this side received from the peer since the last call of this function: loss of video packets
 * from 0 to 1, and rate. For the heartbeat, once a second. FALSE for an unknown peer. */
gboolean ent_call_make_report (EntCall *call, const char *peer_id, double *loss, guint *kbit);

/* The report that came from the peer in its heartbeat: what it received from us. Sets the bit rate
 * for everybody by the worst receiver; a peer under 100 kbit/s gets sound only. Values out of range
 * are clamped. */
void ent_call_take_report (EntCall *call, const char *peer_id, double loss, guint kbit);

gboolean ent_call_get_peer_stats (EntCall *call, const char *peer_id, EntCallPeerStats *stats);
void ent_call_get_stats (EntCall *call, EntCallStats *stats);

G_END_DECLS
