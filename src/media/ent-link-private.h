#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include <nice/agent.h>

#include "media/ent-hop.h"
#include "media/ent-link-media.h"
#include "media/ent-link.h"

G_BEGIN_DECLS

/* The inside of EntLink for its parts: ent-link.c (states), -negotiation.c (descriptions and
 * candidates), -channels.c (data channels), -verify.c (certificate), -ice.c (servers and path). */

typedef struct {
  GstWebRTCDataChannel *channel; /* NULL until made or come */
  gboolean is_open;
  gboolean is_announced; /* channel-open was emitted */
} EntLinkPort;

struct _EntLink {
  GObject parent_instance;

  EntLinkKind kind;
  EntLinkRole role;
  char *id;
  EntIceConfig *ice;
  EntClock *clock;
  EntHop *hop;
  EntLinkState state;
  gint64 started_at_us;
  guint timeout_id; /* connecting and unverified */

  /* From start to failed or closed: */
  GstElement *pipeline;
  GstElement *webrtc;
  GObject *ice_object; /* webrtcbin's, whose thread runs the agent */
  NiceAgent *agent; /* NULL with a webrtcbin that has another one */

  /* Negotiation */
  gboolean has_caps; /* every sink pad has caps with an ssrc */
  char *remote_sdp; /* accepted; waits for caps, then applied */
  gboolean is_local_set; /* webrtcbin has its own description: it can take an answer */
  gboolean is_remote_applied;
  GPtrArray *candidates; /* char*, waiting for the remote description */
  guint n_candidates; /* all that were taken */
  char *local_fingerprint;
  char *remote_fingerprint;
  char *short_code;

  /* Path */
  gboolean has_path;
  EntLinkPath path;
  char *remote_address; /* "<ip> <port>" of the selected pair */
  GHashTable *relay_addresses; /* char*, the same of the peer's relayed candidates */

  /* Data links */
  EntLinkPort ports[ENT_LINK_N_CHANNELS];
  gint *waiting_bytes; /* atomic, counted box: messages on their way from GStreamer's threads */
  GQueue early; /* EntLinkMessage, until verified */
  gsize early_bytes;
  EntLinkStats stats;

  /* Call links */
  EntLinkMedia *media;
};

/* ent-link.c */
gboolean ent_link_is_live (EntLink *link);
gboolean ent_link_set_state (EntLink *link, EntLinkState state);
void ent_link_fail (EntLink *link, int code, const char *message);
void ent_link_emit_description (EntLink *link, gboolean is_offer, const char *sdp);
void ent_link_emit_candidate (EntLink *link, const char *candidate);
void ent_link_emit_channel_open (EntLink *link, EntLinkChannel channel);
void ent_link_emit_message (EntLink *link, EntLinkChannel channel, GBytes *bytes);

/* The media of a call link, NULL for others; from construction on. Borrowed. */
EntLinkMedia *ent_link_get_media (EntLink *link);

/* ent-link-negotiation.c */
void ent_link_negotiation_connect (EntLink *link);
void ent_link_negotiation_begin (EntLink *link);

/* ent-link-channels.c */
void ent_link_channels_connect (EntLink *link);
void ent_link_channels_announce (EntLink *link);
void ent_link_channels_clear (EntLink *link);

/* ent-link-ice.c; _end ends the pipeline too */
gboolean ent_link_ice_connect (EntLink *link, GError **error);
void ent_link_ice_end (EntLink *link);

/* ent-link-verify.c */
void ent_link_verify_connect (EntLink *link);
void ent_link_verify (EntLink *link);

G_END_DECLS
