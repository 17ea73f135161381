#pragma once

#include "media/ent-ice-config.h"

G_BEGIN_DECLS

/* Looks at session descriptions and candidates from outside before GStreamer does. Pure functions:
 * text in, verdict out; no GStreamer inside. */

typedef enum {
  ENT_LINK_DATA, /* the channels "sync" and "presence" */
  ENT_LINK_CALL, /* one camera picture and one microphone each way */
} EntLinkKind;

#define ENT_SDP_MAX_BYTES (64 * 1024)
#define ENT_SDP_MAX_LINES 1000
#define ENT_SDP_MAX_SSRCS 16 /* of one m-line */
#define ENT_CANDIDATE_MAX_BYTES 512

/* Whether a description may be given to webrtcbin: its size and characters, exactly the m-lines of
 * its kind in order (data: one application; call: video, then audio, VP8 and Opus), a=ssrc for
 * every m-line that sends (webrtcbin crashes without), one SHA-256 fingerprint for all, and
 * acceptable candidates. Fails with ENT_MEDIA_ERROR_DESCRIPTION. */
gboolean ent_sdp_check (const char *sdp, EntLinkKind kind, EntIcePolicy policy, GError **error);

/* Whether one candidate, written "<m-line index> candidate:...", may be used: length, characters,
 * an IP address and no name, and a relayed one where policy says so. Empty candidates ("0 ": no
 * more will come) are fine. Fails with ENT_MEDIA_ERROR_CANDIDATE. */
gboolean ent_sdp_check_candidate (const char *candidate, EntIcePolicy policy, GError **error);

/* The SHA-256 fingerprint of a description, "AA:BB:..." in upper case (95 characters); NULL when
 * there is none or when there are different ones. The caller owns it. */
char *ent_sdp_dup_fingerprint (const char *sdp);

/* The same for a certificate in PEM; NULL when there is no certificate in the text. */
char *ent_sdp_dup_certificate_fingerprint (const char *pem);

/* Twelve digits in groups of three ("482 913 075 661") that both ends of a link get from the two
 * fingerprints, in either order, to be compared by voice. SHA-256 is repeated ENT_SHORT_CODE_ROUNDS
 * times (tens of milliseconds), so that nobody in the middle can try enough certificates while the
 * link is being made. The caller owns it. */
#define ENT_SHORT_CODE_ROUNDS 32768
char *ent_sdp_new_short_code (const char *fingerprint_a, const char *fingerprint_b);

G_END_DECLS
