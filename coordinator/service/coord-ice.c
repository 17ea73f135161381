#include "service/coord-ice.h"

#include <string.h>

/* As coturn's use-auth-secret wants it: the name is "expiry:user", the password is the base64 of
 * its HMAC-SHA1 with the shared secret. */
static void
set_credentials (EntMsgIceServer *server,
  const char *secret,
  const char *participant_id,
  gint64 expires_at_us)
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) secret, strlen (secret));
  guint8 digest[20];
  gsize size = sizeof digest;

  server->username =
    g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expires_at_us / G_USEC_PER_SEC, participant_id);
  g_hmac_update (hmac, (const guchar *) server->username, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  server->credential = g_base64_encode (digest, sizeof digest);
}

GPtrArray *
coord_ice_servers (const CoordConfig *config,
  const CoordSecrets *secrets,
  const char *participant_id,
  gint64 expires_at_us)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_ice_server_free);
  EntMsgIceServer *server;

  if (config->stun_urls[0] != NULL && config->ice_policy == COORD_ICE_ALL) {
    server = ent_msg_ice_server_new ();
    server->urls = g_strdupv (config->stun_urls);
    g_ptr_array_add (servers, server);
  }
  if (config->turn_urls[0] != NULL) {
    server = ent_msg_ice_server_new ();
    server->urls = g_strdupv (config->turn_urls);
    set_credentials (server, secrets->turn_secret, participant_id, expires_at_us);
    g_ptr_array_add (servers, server);
  }
  return servers;
}
