#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The STUN and TURN servers of a room and whether peers may connect directly. Filled once, then
 * shared and not changed any more. */

typedef enum {
  ENT_ICE_POLICY_ALL, /* any path */
  ENT_ICE_POLICY_RELAY, /* by a TURN server only; addresses are not told to the peer */
} EntIcePolicy;

#define ENT_TYPE_ICE_CONFIG (ent_ice_config_get_type ())
#define ENT_ICE_MAX_URLS 16

typedef struct _EntIceConfig EntIceConfig;

GType ent_ice_config_get_type (void);
EntIceConfig *ent_ice_config_new (EntIcePolicy policy);
EntIceConfig *ent_ice_config_ref (EntIceConfig *config);
void ent_ice_config_unref (EntIceConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntIceConfig, ent_ice_config_unref)

/* Adds one server with its addresses ("stun:host:port", "turn:host:port?transport=udp",
 * "turns:host"; RFC 7064 and 7065). username and credential are plain text, needed by turn and
 * turns only. expires_at_us is wall time, 0 for never. Fails with G_IO_ERROR_INVALID_ARGUMENT and
 * adds nothing when a URL or a credential is not acceptable. */
gboolean ent_ice_config_add_server (EntIceConfig *config,
  const char *const *urls,
  const char *username,
  const char *credential,
  gint64 expires_at_us,
  GError **error);

EntIcePolicy ent_ice_config_get_policy (EntIceConfig *config);

/* When the first credential runs out, wall time in microseconds; 0 for never. */
gint64 ent_ice_config_get_expires_at_us (EntIceConfig *config);

/* What webrtcbin takes: the first STUN server ("stun://host:port") or NULL, and all TURN servers
 * with percent-encoded credentials ("turn://user:secret@host:port?transport=udp"). Borrowed. The
 * texts hold secrets: never log them. */
const char *ent_ice_config_get_stun_uri (EntIceConfig *config);
const char *const *ent_ice_config_get_turn_uris (EntIceConfig *config);

G_END_DECLS
