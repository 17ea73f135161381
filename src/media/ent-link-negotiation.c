#include <gst/sdp/sdp.h>

#include "media/ent-link-private.h"
#include "media/ent-media.h"

/* Steps of an offerer: caps -> create_description -> description_made_cb (webrtcbin's thread) ->
 * description_ready (here) ... local_set and the answer, in either order -> apply_remote ->
 * remote_applied.
 * Of an answerer: caps and the offer -> apply_remote -> remote_applied -> create_description -> the
 * same two. Candidates of the peer wait for remote_applied. */

typedef struct {
  EntHop *hop;
  GstElement *webrtc;
  gboolean is_offer;
} Making;

static void
free_making (gpointer data)
{
  Making *making = data;

  ent_hop_unref (making->hop);
  gst_object_unref (making->webrtc);
  g_free (making);
}

static void apply_remote (EntLink *link);

static EntIcePolicy
get_policy (EntLink *link)
{
  return link->ice != NULL ? ent_ice_config_get_policy (link->ice) : ENT_ICE_POLICY_ALL;
}

static void
description_ready (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (!ent_link_is_live (link))
    return;
  link->local_fingerprint = ent_sdp_dup_fingerprint (data);
  ent_link_emit_description (link, link->role == ENT_LINK_OFFERER, data);
}

static void
making_failed (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (ent_link_is_live (link))
    ent_link_fail (
      link, ENT_MEDIA_ERROR_FAILED, "The connection to the other person could not be described.");
}

static void
local_set (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (!ent_link_is_live (link))
    return;
  link->is_local_set = TRUE;
  if (link->role == ENT_LINK_OFFERER && link->remote_sdp != NULL)
    apply_remote (link);
}

/* On webrtcbin's thread. */
static void
signaling_state_cb (GstElement *webrtc, GParamSpec *pspec, gpointer data)
{
  GstWebRTCSignalingState state;

  g_object_get (webrtc, "signaling-state", &state, NULL);
  if (state == GST_WEBRTC_SIGNALING_STATE_HAVE_LOCAL_OFFER)
    ent_hop_post (data, local_set, NULL, NULL);
}

/* On webrtcbin's thread. The post comes before set-local-description, so that the description is
 * out before the first candidate. A quick answer can therefore be here before webrtcbin has the
 * offer, and it refuses one then: apply_remote waits for local_set. */
static void
description_made_cb (GstPromise *promise, gpointer data)
{
  Making *making = data;
  const GstStructure *reply = gst_promise_get_reply (promise);
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  g_autoptr (GstPromise) answer = NULL;

  if (reply != NULL)
    gst_structure_get (reply, making->is_offer ? "offer" : "answer",
      GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  if (description == NULL) {
    ent_hop_post (making->hop, making_failed, NULL, NULL);
  } else {
    ent_hop_post (
      making->hop, description_ready, gst_sdp_message_as_text (description->sdp), g_free);
    /* Without a promise webrtcbin loses the memory of its answer. */
    answer = gst_promise_new ();
    g_signal_emit_by_name (making->webrtc, "set-local-description", description, answer);
  }
  gst_promise_unref (promise);
}

static void
create_description (EntLink *link)
{
  Making *making = g_new0 (Making, 1);

  making->hop = ent_hop_ref (link->hop);
  making->webrtc = gst_object_ref (link->webrtc);
  making->is_offer = link->role == ENT_LINK_OFFERER;
  g_signal_emit_by_name (link->webrtc, making->is_offer ? "create-offer" : "create-answer", NULL,
    gst_promise_new_with_change_func (description_made_cb, making, free_making));
}

static void
add_candidate (EntLink *link, const char *candidate)
{
  char *text;
  guint64 m_line = g_ascii_strtoull (candidate, &text, 10);

  if (text[0] == ' ' && text[1] != '\0')
    g_signal_emit_by_name (link->webrtc, "add-ice-candidate", (guint) m_line, text + 1);
}

static void
remote_applied (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (!ent_link_is_live (link))
    return;
  link->is_remote_applied = TRUE;
  for (guint i = 0; i < link->candidates->len; i++)
    add_candidate (link, g_ptr_array_index (link->candidates, i));
  g_ptr_array_set_size (link->candidates, 0);
  if (link->role == ENT_LINK_ANSWERER)
    create_description (link);
}

static void
remote_refused (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (ent_link_is_live (link))
    ent_link_fail (link, ENT_MEDIA_ERROR_DESCRIPTION,
      "The connection was refused: the other side's description does not fit.");
}

static void
remote_set_cb (GstPromise *promise, gpointer data)
{
  const GstStructure *reply = gst_promise_get_reply (promise);
  gboolean is_refused = gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED ||
                        (reply != NULL && gst_structure_has_field (reply, "error"));
  g_autoptr (GError) error = NULL;

  if (is_refused && reply != NULL && gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL))
    g_debug ("webrtcbin refuses a description: %s", error->message);
  ent_hop_post (data, is_refused ? remote_refused : remote_applied, NULL, NULL);
  gst_promise_unref (promise);
}

static void
tell_media_sources (EntLink *link, const GstSDPMessage *message)
{
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < gst_sdp_message_medias_len (message); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (message, i);
    const char *value;

    for (guint k = 0; (value = gst_sdp_media_get_attribute_val_n (media, "ssrc", k)) != NULL; k++) {
      guint32 source = g_ascii_strtoull (value, NULL, 10);

      g_array_append_val (sources, source);
    }
  }
  ent_link_media_set_sources (link->media, (guint32 *) sources->data, sources->len);
}

static void
apply_remote (EntLink *link)
{
  GstWebRTCSDPType type =
    link->role == ENT_LINK_OFFERER ? GST_WEBRTC_SDP_TYPE_ANSWER : GST_WEBRTC_SDP_TYPE_OFFER;
  GstSDPMessage *message = NULL;
  g_autoptr (GstWebRTCSessionDescription) description = NULL;

  if (gst_sdp_message_new_from_text (link->remote_sdp, &message) != GST_SDP_OK) {
    remote_refused (link, NULL);
    return;
  }
  if (link->media != NULL)
    tell_media_sources (link, message);
  description = gst_webrtc_session_description_new (type, message);
  g_signal_emit_by_name (link->webrtc, "set-remote-description", description,
    gst_promise_new_with_change_func (
      remote_set_cb, ent_hop_ref (link->hop), (GDestroyNotify) ent_hop_unref));
}

static gboolean
have_all_caps (EntLink *link)
{
  for (GList *l = link->webrtc->sinkpads; l != NULL; l = l->next) {
    g_autoptr (GstCaps) caps = gst_pad_get_current_caps (l->data);

    if (caps == NULL || !gst_structure_has_field (gst_caps_get_structure (caps, 0), "ssrc"))
      return FALSE;
  }
  return TRUE;
}

/* Descriptions made before every sink pad has caps name no sources, and crash the peer. */
static void
caps_changed (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (!ent_link_is_live (link) || link->has_caps || !have_all_caps (link))
    return;
  link->has_caps = TRUE;
  if (link->role == ENT_LINK_OFFERER)
    create_description (link);
  else if (link->remote_sdp != NULL)
    apply_remote (link);
}

static void
pad_caps_changed_cb (GstPad *pad, GParamSpec *pspec, gpointer data)
{
  ent_hop_post (data, caps_changed, NULL, NULL);
}

static void
candidate_ready (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (ent_link_is_live (link) && ent_sdp_check_candidate (data, get_policy (link), NULL))
    ent_link_emit_candidate (link, data);
}

static void
ice_candidate_cb (GstElement *webrtc, guint m_line, const char *candidate, gpointer data)
{
  ent_hop_post (data, candidate_ready,
    g_strdup_printf ("%u %s", m_line, candidate != NULL ? candidate : ""), g_free);
}

static void
unref_hop (gpointer data, GClosure *closure)
{
  ent_hop_unref (data);
}

void
ent_link_negotiation_connect (EntLink *link)
{
  g_signal_connect_data (link->webrtc, "on-ice-candidate", G_CALLBACK (ice_candidate_cb),
    ent_hop_ref (link->hop), unref_hop, 0);
  g_signal_connect_data (link->webrtc, "notify::signaling-state", G_CALLBACK (signaling_state_cb),
    ent_hop_ref (link->hop), unref_hop, 0);
  for (GList *l = link->webrtc->sinkpads; l != NULL; l = l->next)
    g_signal_connect_data (l->data, "notify::caps", G_CALLBACK (pad_caps_changed_cb),
      ent_hop_ref (link->hop), unref_hop, 0);
}

void
ent_link_negotiation_begin (EntLink *link)
{
  caps_changed (link, NULL);
}

gboolean
ent_link_take_description (EntLink *link, const char *sdp, GError **error)
{
  g_return_val_if_fail (ENT_IS_LINK (link), FALSE);
  g_return_val_if_fail (sdp != NULL, FALSE);
  if (link->state != ENT_LINK_STATE_CONNECTING || link->remote_sdp != NULL ||
      (link->role == ENT_LINK_OFFERER && link->local_fingerprint == NULL)) {
    g_set_error_literal (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_STATE,
      "A description of the other side came when none was expected.");
    return FALSE;
  }
  if (!ent_sdp_check (sdp, link->kind, get_policy (link), error))
    return FALSE;
  link->remote_sdp = g_strdup (sdp);
  link->remote_fingerprint = ent_sdp_dup_fingerprint (sdp);
  if (link->role == ENT_LINK_OFFERER ? link->is_local_set : link->has_caps)
    apply_remote (link);
  return TRUE;
}

/* "<m-line> candidate:<foundation> <component> <transport> <priority> <ip> <port> typ relay ..." */
static void
note_relay_address (EntLink *link, const char *candidate)
{
  g_auto (GStrv) fields = g_strsplit (candidate, " ", 10);

  if (g_strv_length (fields) >= 9 && g_ascii_strcasecmp (fields[8], "relay") == 0)
    g_hash_table_add (link->relay_addresses, g_strdup_printf ("%s %s", fields[5], fields[6]));
}

gboolean
ent_link_take_candidate (EntLink *link, const char *candidate, GError **error)
{
  guint n_m_lines;

  g_return_val_if_fail (ENT_IS_LINK (link), FALSE);
  g_return_val_if_fail (candidate != NULL, FALSE);
  n_m_lines = link->kind == ENT_LINK_CALL ? 2 : 1;
  if (!ent_link_is_live (link)) {
    g_set_error_literal (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_STATE,
      "A network address of the other side came when none was expected.");
    return FALSE;
  }
  if (!ent_sdp_check_candidate (candidate, get_policy (link), error))
    return FALSE;
  if (g_ascii_strtoull (candidate, NULL, 10) >= n_m_lines) {
    g_set_error_literal (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_CANDIDATE,
      "A network address of the other side was refused: there is no such stream.");
    return FALSE;
  }
  if (++link->n_candidates > ENT_LINK_MAX_CANDIDATES) {
    g_set_error_literal (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_LIMIT,
      "A network address of the other side was refused: there are too many.");
    return FALSE;
  }
  note_relay_address (link, candidate);
  if (link->is_remote_applied)
    add_candidate (link, candidate);
  else
    g_ptr_array_add (link->candidates, g_strdup (candidate));
  return TRUE;
}
