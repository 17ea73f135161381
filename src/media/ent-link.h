#pragma once

#include <gio/gio.h>

#include "base/ent-clock.h"
#include "media/ent-ice-config.h"
#include "media/ent-sdp.h"

G_BEGIN_DECLS

/* One connection to one peer: a webrtcbin that is negotiated once and never again. A link that is
 * lost is replaced by a fresh one with another id.
 *
 *   NEW --start--> CONNECTING --> UNVERIFIED --> VERIFIED
 *    any of these --> FAILED;  any state --close--> CLOSED
 *
 * CONNECTING covers making the offer or waiting for it, and looking for a path. UNVERIFIED is
 * connected, but the peer's certificate is not yet compared with the fingerprint in its
 * description: nothing is shown, sent or delivered until VERIFIED.
 *
 * Signals, all in the main context that was the default when the link was made:
 *   description (gboolean is_offer, const char *sdp)     to be taken to the peer, once
 *   candidate (const char *candidate)                    to be taken to the peer, after it
 *   verified ()
 *   failed (GError *error)                               after it only CLOSED follows
 *   channel-open (EntLinkChannel channel)                after verified; from now on send works
 *   message (EntLinkChannel channel, GBytes *bytes)      after verified
 * Properties: state, kind, id, role (all readable, the last three construct-only). */

typedef enum {
  ENT_LINK_OFFERER,
  ENT_LINK_ANSWERER,
} EntLinkRole;

typedef enum {
  ENT_LINK_STATE_NEW,
  ENT_LINK_STATE_CONNECTING,
  ENT_LINK_STATE_UNVERIFIED,
  ENT_LINK_STATE_VERIFIED,
  ENT_LINK_STATE_FAILED,
  ENT_LINK_STATE_CLOSED,
} EntLinkState;

typedef enum {
  ENT_LINK_SYNC, /* ordered and reliable */
  ENT_LINK_PRESENCE, /* unordered, never sent twice */
} EntLinkChannel;

#define ENT_LINK_N_CHANNELS 2

typedef enum {
  ENT_CANDIDATE_UNKNOWN,
  ENT_CANDIDATE_HOST, /* the computer's own address */
  ENT_CANDIDATE_REFLEXIVE, /* as seen from outside */
  ENT_CANDIDATE_RELAYED, /* by a TURN server */
} EntCandidateType;

typedef struct {
  EntCandidateType local;
  EntCandidateType remote;
} EntLinkPath;

typedef struct {
  guint64 bytes_sent; /* payload of both channels; 0 for calls, see ent-call.h */
  guint64 bytes_received;
  guint64 messages_sent;
  guint64 messages_received;
  gint64 connect_us; /* from start to verified; 0 before */
} EntLinkStats;

#define ENT_LINK_MAX_MESSAGE_BYTES (64 * 1024)
#define ENT_LINK_MAX_EARLY_BYTES (256 * 1024) /* kept until verified */
#define ENT_LINK_MAX_WAITING_BYTES (8 * 1024 * 1024) /* arrived, not yet delivered */
#define ENT_LINK_MAX_CANDIDATES 128
#define ENT_LINK_CONNECT_TIMEOUT_MS 30000 /* start to verified */

#define ENT_TYPE_LINK (ent_link_get_type ())
#define ENT_TYPE_LINK_STATE (ent_link_state_get_type ())
#define ENT_TYPE_LINK_KIND (ent_link_kind_get_type ())
#define ENT_TYPE_LINK_ROLE (ent_link_role_get_type ())
#define ENT_TYPE_LINK_CHANNEL (ent_link_channel_get_type ())
G_DECLARE_FINAL_TYPE (EntLink, ent_link, ENT, LINK, GObject)
GType ent_link_state_get_type (void);
GType ent_link_kind_get_type (void);
GType ent_link_role_get_type (void);
GType ent_link_channel_get_type (void);

/* id is the text that both peers use for this link. ice NULL: no servers, any path. clock NULL: the
 * real one. ent_media_init() must have succeeded. */
EntLink *ent_link_new (EntLinkKind kind,
  const char *id,
  EntLinkRole role,
  EntIceConfig *ice,
  EntClock *clock);

EntLinkKind ent_link_get_kind (EntLink *link);
const char *ent_link_get_id (EntLink *link);
EntLinkState ent_link_get_state (EntLink *link);

/* NEW only. Failures come by the signal. */
void ent_link_start (EntLink *link);

/* The peer's offer (answerers) or answer (offerers), once, after start. A refused description
 * (ENT_MEDIA_ERROR_DESCRIPTION, or _STATE when it comes at a wrong moment) changes nothing: the
 * caller decides whether to drop the peer. */
gboolean ent_link_take_description (EntLink *link, const char *sdp, GError **error);

/* A candidate as the peer's signal gave it; waits inside until the description is applied. */
gboolean ent_link_take_candidate (EntLink *link, const char *candidate, GError **error);

/* Data links. Sends one message of at most ENT_LINK_MAX_MESSAGE_BYTES; never blocks. Fails with
 * ENT_MEDIA_ERROR_STATE before the channel is open and verified. */
gboolean ent_link_send (EntLink *link, EntLinkChannel channel, GBytes *bytes, GError **error);
gboolean ent_link_is_channel_open (EntLink *link, EntLinkChannel channel);

/* Bytes handed to the channel that the network has not taken yet; not a limit, see the README. */
guint64 ent_link_get_buffered_amount (EntLink *link, EntLinkChannel channel);

/* Ends the link and everything it holds, in a thread; returns at once. No signal follows except
 * notify::state. Disposing does the same. */
void ent_link_close (EntLink *link);

/* FALSE while there is no path. Relayed when either end is ENT_CANDIDATE_RELAYED. */
gboolean ent_link_get_path (EntLink *link, EntLinkPath *path);
gboolean ent_link_path_is_relayed (const EntLinkPath *path);

void ent_link_get_stats (EntLink *link, EntLinkStats *stats);

/* The code to compare by voice (ent_sdp_new_short_code()); made at the first call, NULL before
 * VERIFIED. Borrowed. */
const char *ent_link_get_short_code (EntLink *link);

G_END_DECLS
