#include "media/ent-link-private.h"

#include <glib/gi18n-lib.h>
#include "media/ent-media.h"

/* webrtcbin before 1.28.5 never compares the peer's DTLS certificate with the fingerprint in its
 * description: without this file anyone on the way could answer. */

static char *
dup_transport_certificate (GObject *holder)
{
  g_autoptr (GObject) transport = NULL;
  char *pem = NULL;

  g_object_get (holder, "transport", &transport, NULL);
  if (transport != NULL)
    g_object_get (transport, "remote-certificate", &pem, NULL);
  return pem;
}

static char *
dup_media_certificate (GstElement *webrtc)
{
  g_autoptr (GArray) transceivers = NULL;
  char *pem = NULL;

  g_signal_emit_by_name (webrtc, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers != NULL && i < transceivers->len && pem == NULL; i++) {
    g_autoptr (GObject) receiver = NULL;

    g_object_get (g_array_index (transceivers, GObject *, i), "receiver", &receiver, NULL);
    if (receiver != NULL)
      pem = dup_transport_certificate (receiver);
  }
  return pem;
}

/* All m-lines are bundled, so there is one transport and one certificate. */
static char *
dup_remote_certificate (EntLink *link)
{
  g_autoptr (GObject) sctp = NULL;

  if (link->kind == ENT_LINK_CALL)
    return dup_media_certificate (link->webrtc);
  g_object_get (link->webrtc, "sctp-transport", &sctp, NULL);
  return sctp != NULL ? dup_transport_certificate (sctp) : NULL;
}

/* Compares as soon as the certificate can be read; called when the connection stands and again when
 * a channel opens. A certificate that never comes ends in the connect timeout. */
void
ent_link_verify (EntLink *link)
{
  g_autofree char *pem = NULL;
  g_autofree char *fingerprint = NULL;

  if (link->state != ENT_LINK_STATE_UNVERIFIED || link->remote_fingerprint == NULL)
    return;
  pem = dup_remote_certificate (link);
  if (pem == NULL)
    return;
  fingerprint = ent_sdp_dup_certificate_fingerprint (pem);
  if (g_strcmp0 (fingerprint, link->remote_fingerprint) != 0) {
    ent_link_fail (link, ENT_MEDIA_ERROR_FINGERPRINT,
      _ ("The connection was ended: the other side did not prove who it is. Somebody may be "
         "listening in on the network."));
    return;
  }
  if (link->media != NULL)
    ent_link_media_set_verified (link->media);
  if (!ent_link_set_state (link, ENT_LINK_STATE_VERIFIED))
    return;
  g_signal_emit_by_name (link, "verified");
  ent_link_channels_announce (link);
}

static void
connection_changed (gpointer object, gpointer data)
{
  EntLink *link = object;
  GstWebRTCPeerConnectionState state = GPOINTER_TO_UINT (data);

  if (!ent_link_is_live (link))
    return;
  switch (state) {
  case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
    if (link->state == ENT_LINK_STATE_CONNECTING &&
        ent_link_set_state (link, ENT_LINK_STATE_UNVERIFIED))
      ent_link_verify (link);
    break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
    ent_link_fail (link, ENT_MEDIA_ERROR_NO_PATH,
      "No network path to the other person was found. A firewall may be in the way.");
    break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
  case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
  case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
  case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
    break;
  }
}

static void
connection_state_cb (GObject *webrtc, GParamSpec *pspec, gpointer data)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (webrtc, "connection-state", &state, NULL);
  ent_hop_post (data, connection_changed, GUINT_TO_POINTER (state), NULL);
}

static void
unref_hop (gpointer data, GClosure *closure)
{
  ent_hop_unref (data);
}

void
ent_link_verify_connect (EntLink *link)
{
  g_signal_connect_data (link->webrtc, "notify::connection-state", G_CALLBACK (connection_state_cb),
    ent_hop_ref (link->hop), unref_hop, 0);
}

const char *
ent_link_get_short_code (EntLink *link)
{
  g_return_val_if_fail (ENT_IS_LINK (link), NULL);
  if (link->state != ENT_LINK_STATE_VERIFIED || link->local_fingerprint == NULL)
    return NULL;
  if (link->short_code == NULL)
    link->short_code = ent_sdp_new_short_code (link->local_fingerprint, link->remote_fingerprint);
  return link->short_code;
}
