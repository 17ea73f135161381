#pragma once

#include "coord-config.h"
#include "coord-secrets.h"
#include "protocol/ent-msg-session.h"

G_BEGIN_DECLS

/* The STUN and TURN servers for one participant (GPtrArray of EntMsgIceServer, owned): the relay's
 * credentials are its shared secret's, valid until expires_at_us. */
GPtrArray *coord_ice_servers (const CoordConfig *config,
  const CoordSecrets *secrets,
  const char *participant_id,
  gint64 expires_at_us);

G_END_DECLS
