#include "media/ent-link.h"

#include "media/ent-link-private.h"
#include "media/ent-media.h"
#include "media/ent-pipeline.h"

G_DEFINE_ENUM_TYPE (EntLinkKind,
  ent_link_kind,
  G_DEFINE_ENUM_VALUE (ENT_LINK_DATA, "data"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_CALL, "call"))

G_DEFINE_ENUM_TYPE (EntLinkRole,
  ent_link_role,
  G_DEFINE_ENUM_VALUE (ENT_LINK_OFFERER, "offerer"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_ANSWERER, "answerer"))

G_DEFINE_ENUM_TYPE (EntLinkState,
  ent_link_state,
  G_DEFINE_ENUM_VALUE (ENT_LINK_STATE_NEW, "new"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_STATE_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_STATE_UNVERIFIED, "unverified"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_STATE_VERIFIED, "verified"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_STATE_FAILED, "failed"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_STATE_CLOSED, "closed"))

G_DEFINE_ENUM_TYPE (EntLinkChannel,
  ent_link_channel,
  G_DEFINE_ENUM_VALUE (ENT_LINK_SYNC, "sync"),
  G_DEFINE_ENUM_VALUE (ENT_LINK_PRESENCE, "presence"))

#define BIT(state) (1u << ENT_LINK_STATE_##state)

/* From each state the ones that may follow. */
static const guint transitions[] = {
  [ENT_LINK_STATE_NEW] = BIT (CONNECTING) | BIT (CLOSED),
  [ENT_LINK_STATE_CONNECTING] = BIT (UNVERIFIED) | BIT (FAILED) | BIT (CLOSED),
  [ENT_LINK_STATE_UNVERIFIED] = BIT (VERIFIED) | BIT (FAILED) | BIT (CLOSED),
  [ENT_LINK_STATE_VERIFIED] = BIT (FAILED) | BIT (CLOSED),
  [ENT_LINK_STATE_FAILED] = BIT (CLOSED),
  [ENT_LINK_STATE_CLOSED] = 0,
};

enum { PROP_0, PROP_KIND, PROP_ID, PROP_ROLE, PROP_STATE, N_PROPS };

enum {
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_VERIFIED,
  SIGNAL_FAILED,
  SIGNAL_CHANNEL_OPEN,
  SIGNAL_MESSAGE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EntLink, ent_link, G_TYPE_OBJECT)

/* Whether callbacks of the pipeline still count. */
gboolean
ent_link_is_live (EntLink *link)
{
  return link->pipeline != NULL;
}

static void
drop_pipeline (EntLink *link)
{
  ent_clock_remove (link->clock, link->timeout_id);
  link->timeout_id = 0;
  ent_link_channels_clear (link);
  if (link->media != NULL)
    ent_link_media_close (link->media);
  gst_clear_object (&link->webrtc);
  if (link->pipeline != NULL)
    ent_link_ice_end (link);
}

/* Returns whether the link is in that state when all who watch it have been told. */
gboolean
ent_link_set_state (EntLink *link, EntLinkState state)
{
  g_return_val_if_fail ((transitions[link->state] & 1u << state) != 0, FALSE);
  g_debug ("Link %s: state %d", link->id, state);
  link->state = state;
  if (state == ENT_LINK_STATE_VERIFIED) {
    ent_clock_remove (link->clock, link->timeout_id);
    link->timeout_id = 0;
    link->stats.connect_us = ent_clock_get_monotonic_us (link->clock) - link->started_at_us;
  }
  if (state == ENT_LINK_STATE_FAILED || state == ENT_LINK_STATE_CLOSED)
    drop_pipeline (link);
  g_object_notify_by_pspec (G_OBJECT (link), props[PROP_STATE]);
  return link->state == state;
}

void
ent_link_fail (EntLink *link, int code, const char *message)
{
  g_autoptr (EntLink) keep = g_object_ref (link);
  g_autoptr (GError) error = g_error_new_literal (ENT_MEDIA_ERROR, code, message);

  if ((transitions[link->state] & BIT (FAILED)) == 0)
    return;
  if (ent_link_set_state (link, ENT_LINK_STATE_FAILED))
    g_signal_emit (link, signals[SIGNAL_FAILED], 0, error);
}

void
ent_link_emit_description (EntLink *link, gboolean is_offer, const char *sdp)
{
  g_signal_emit (link, signals[SIGNAL_DESCRIPTION], 0, is_offer, sdp);
}

void
ent_link_emit_candidate (EntLink *link, const char *candidate)
{
  g_signal_emit (link, signals[SIGNAL_CANDIDATE], 0, candidate);
}

void
ent_link_emit_channel_open (EntLink *link, EntLinkChannel channel)
{
  g_signal_emit (link, signals[SIGNAL_CHANNEL_OPEN], 0, channel);
}

void
ent_link_emit_message (EntLink *link, EntLinkChannel channel, GBytes *bytes)
{
  g_signal_emit (link, signals[SIGNAL_MESSAGE], 0, channel, bytes);
}

static void
pipeline_failed_cb (gpointer object, gpointer data)
{
  EntLink *link = object;
  const GError *why = data;
  g_autofree char *message =
    g_strdup_printf ("The connection to the other person was lost: %s", why->message);

  if (ent_link_is_live (link))
    ent_link_fail (link, ENT_MEDIA_ERROR_FAILED, message);
}

static gboolean
connect_timed_out_cb (gpointer data)
{
  EntLink *link = data;

  link->timeout_id = 0;
  ent_link_fail (
    link, ENT_MEDIA_ERROR_TIMEOUT, "The connection to the other person could not be made in time.");
  return G_SOURCE_REMOVE;
}

static gboolean
build (EntLink *link, GError **error)
{
  link->pipeline = ent_pipeline_new (NULL);
  link->webrtc = gst_element_factory_make ("webrtcbin", NULL);
  if (link->webrtc == NULL) {
    g_set_error_literal (
      error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_MISSING, "webrtcbin cannot be made");
    return FALSE;
  }
  gst_object_ref_sink (link->webrtc);
  gst_bin_add (GST_BIN (link->pipeline), link->webrtc);
  g_object_set (link->webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency",
    ENT_LINK_MEDIA_LATENCY_MS, NULL);
  if (!ent_link_ice_connect (link, error))
    return FALSE;
  ent_pipeline_watch (link->pipeline, link->hop, pipeline_failed_cb);
  ent_link_verify_connect (link);
  if (link->media != NULL &&
      !ent_link_media_build (link->media, link->pipeline, link->webrtc, error))
    return FALSE;
  ent_link_negotiation_connect (link);
  gst_element_set_state (link->pipeline, GST_STATE_READY);
  if (link->kind == ENT_LINK_DATA)
    ent_link_channels_connect (link);
  if (gst_element_set_state (link->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error_literal (
      error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FAILED, "its pipeline does not start");
    return FALSE;
  }
  return TRUE;
}

void
ent_link_start (EntLink *link)
{
  g_autoptr (EntLink) keep = g_object_ref (link);
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ENT_IS_LINK (link));
  g_return_if_fail (link->state == ENT_LINK_STATE_NEW);
  link->started_at_us = ent_clock_get_monotonic_us (link->clock);
  link->timeout_id =
    ent_clock_add (link->clock, ENT_LINK_CONNECT_TIMEOUT_MS, connect_timed_out_cb, link);
  if (!ent_link_set_state (link, ENT_LINK_STATE_CONNECTING))
    return;
  if (!build (link, &error)) {
    g_prefix_error (&error, "The connection to the other person could not be prepared: ");
    ent_link_fail (link, error->code, error->message);
    return;
  }
  ent_link_negotiation_begin (link);
}

void
ent_link_close (EntLink *link)
{
  g_return_if_fail (ENT_IS_LINK (link));
  if (link->state != ENT_LINK_STATE_CLOSED)
    ent_link_set_state (link, ENT_LINK_STATE_CLOSED);
}

EntLink *
ent_link_new (EntLinkKind kind,
  const char *id,
  EntLinkRole role,
  EntIceConfig *ice,
  EntClock *clock)
{
  EntLink *link;

  g_return_val_if_fail (id != NULL, NULL);
  link = g_object_new (ENT_TYPE_LINK, "kind", kind, "id", id, "role", role, NULL);
  link->ice = ice != NULL ? ent_ice_config_ref (ice) : NULL;
  link->clock = clock != NULL ? ent_clock_ref (clock) : ent_clock_new_real ();
  return link;
}

EntLinkKind
ent_link_get_kind (EntLink *link)
{
  g_return_val_if_fail (ENT_IS_LINK (link), ENT_LINK_DATA);
  return link->kind;
}

const char *
ent_link_get_id (EntLink *link)
{
  g_return_val_if_fail (ENT_IS_LINK (link), NULL);
  return link->id;
}

EntLinkState
ent_link_get_state (EntLink *link)
{
  g_return_val_if_fail (ENT_IS_LINK (link), ENT_LINK_STATE_CLOSED);
  return link->state;
}

EntLinkMedia *
ent_link_get_media (EntLink *link)
{
  return link->media;
}

void
ent_link_get_stats (EntLink *link, EntLinkStats *stats)
{
  g_return_if_fail (ENT_IS_LINK (link));
  *stats = link->stats;
}

static void
ent_link_constructed (GObject *object)
{
  EntLink *link = ENT_LINK (object);

  G_OBJECT_CLASS (ent_link_parent_class)->constructed (object);
  link->hop = ent_hop_new (link);
  if (link->kind == ENT_LINK_CALL)
    link->media = ent_link_media_new ();
}

static void
ent_link_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntLink *link = ENT_LINK (object);

  switch (id) {
  case PROP_KIND:
    g_value_set_enum (value, link->kind);
    break;
  case PROP_ID:
    g_value_set_string (value, link->id);
    break;
  case PROP_ROLE:
    g_value_set_enum (value, link->role);
    break;
  case PROP_STATE:
    g_value_set_enum (value, link->state);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_link_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EntLink *link = ENT_LINK (object);

  switch (id) {
  case PROP_KIND:
    link->kind = g_value_get_enum (value);
    break;
  case PROP_ID:
    link->id = g_value_dup_string (value);
    break;
  case PROP_ROLE:
    link->role = g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_link_dispose (GObject *object)
{
  ent_link_close (ENT_LINK (object));
  G_OBJECT_CLASS (ent_link_parent_class)->dispose (object);
}

static void
ent_link_finalize (GObject *object)
{
  EntLink *link = ENT_LINK (object);

  g_free (link->id);
  g_free (link->remote_sdp);
  g_free (link->local_fingerprint);
  g_free (link->remote_fingerprint);
  g_free (link->short_code);
  g_free (link->remote_address);
  g_ptr_array_unref (link->candidates);
  g_hash_table_unref (link->relay_addresses);
  g_atomic_rc_box_release (link->waiting_bytes);
  g_clear_pointer (&link->media, ent_link_media_unref);
  g_clear_pointer (&link->ice, ent_ice_config_unref);
  g_clear_pointer (&link->clock, ent_clock_unref);
  ent_hop_unref (link->hop);
  G_OBJECT_CLASS (ent_link_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  signals[SIGNAL_DESCRIPTION] = g_signal_new ("description", ENT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING);
  signals[SIGNAL_CANDIDATE] = g_signal_new ("candidate", ENT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_VERIFIED] = g_signal_new (
    "verified", ENT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new (
    "failed", ENT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_CHANNEL_OPEN] = g_signal_new ("channel-open", ENT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, ENT_TYPE_LINK_CHANNEL);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", ENT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 2, ENT_TYPE_LINK_CHANNEL, G_TYPE_BYTES);
}

static void
ent_link_class_init (EntLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags construct_only = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = ent_link_constructed;
  object_class->get_property = ent_link_get_property;
  object_class->set_property = ent_link_set_property;
  object_class->dispose = ent_link_dispose;
  object_class->finalize = ent_link_finalize;

  props[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ENT_TYPE_LINK_KIND, ENT_LINK_DATA, construct_only);
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, construct_only);
  props[PROP_ROLE] =
    g_param_spec_enum ("role", NULL, NULL, ENT_TYPE_LINK_ROLE, ENT_LINK_OFFERER, construct_only);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ENT_TYPE_LINK_STATE,
    ENT_LINK_STATE_NEW, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  install_signals ();
}

static void
ent_link_init (EntLink *link)
{
  link->candidates = g_ptr_array_new_with_free_func (g_free);
  link->relay_addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  link->waiting_bytes = g_atomic_rc_box_new0 (gint);
  g_queue_init (&link->early);
}
