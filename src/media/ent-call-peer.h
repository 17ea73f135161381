#pragma once

#include "media/ent-call-sound.h"
#include "media/ent-frame.h"
#include "media/ent-link.h"

G_BEGIN_DECLS

/* One other person in a call: takes the decoded pictures and sound of one link. Made and used in
 * the main thread; GStreamer's threads hold references while they call it. */
typedef struct _EntCallPeer EntCallPeer;

typedef struct {
  guint64 frames_decoded;
  guint64 audio_buffers_decoded;
  double audio_peak;
} EntCallPeerCounters;

/* What a peer asks for, in the hop's context; data is the peer (borrowed). It may have been removed
 * from its call meanwhile. */
typedef struct {
  EntHopFunc picture_came; /* ent_call_peer_take_frame() has one, or pictures begin */
  EntHopFunc input_wanted; /* sound came and there is no input for it */
  EntHopFunc key_wanted; /* the peer asks for a complete picture */
} EntCallPeerFuncs;

/* Becomes the receiver of the link's media. funcs must be static. */
EntCallPeer *ent_call_peer_new (const char *id,
  EntLink *link,
  gboolean has_pictures,
  const EntCallPeerFuncs *funcs,
  EntHop *hop);

/* Stops receiving and drops this reference; the mixer's input must have been taken before. */
void ent_call_peer_free (EntCallPeer *peer);

const char *ent_call_peer_get_id (EntCallPeer *peer);
EntLinkMedia *ent_call_peer_get_media (EntCallPeer *peer);

/* The newest picture, or NULL; the caller owns it. */
EntFrame *ent_call_peer_take_frame (EntCallPeer *peer);

/* Whether a picture came within the last 2 s. */
gboolean ent_call_peer_has_picture (EntCallPeer *peer);

/* Where its sound goes; the peer takes the reference. */
void ent_call_peer_set_input (EntCallPeer *peer, GstElement *input);

/* The same back, for its removal; NULL when there is none. A new one is asked for after that. */
GstElement *ent_call_peer_steal_input (EntCallPeer *peer);

void ent_call_peer_get_counters (EntCallPeer *peer, EntCallPeerCounters *counters);

/* Loss and rate since the last call. */
void ent_call_peer_make_report (EntCallPeer *peer, double *loss, guint *kbit);

G_END_DECLS
