#include "media/ent-call.h"

#include <glib/gi18n-lib.h>

#include "media/ent-call-camera.h"
#include "media/ent-call-peer.h"
#include "media/ent-call-rate.h"
#include "media/ent-call-sound.h"
#include "media/ent-devices.h"
#include "media/ent-media.h"

#define KEY_FRAME_INTERVAL_MS 500 /* at most one key frame in this time */
#define TICK_MS 1000
#define DEVICE_RETRY_MS 3000 /* after a device broke, it is looked for once more */

struct _EntCall {
  GObject parent_instance;

  EntCallSource source;
  EntClock *clock;
  EntHop *hop;
  EntCallFan *fan;
  EntCallRate *rate;
  GHashTable *peers; /* peer id to EntCallPeer */
  GHashTable *shown; /* ids of peers whose picture is shown */
  GHashTable
    *widths; /* peer id to how wide its picture is shown, of peers that may come later too */
  guint own_width;
  gboolean is_started;
  gboolean is_muted;
  gboolean is_camera_on;
  gboolean shows_pictures;

  gboolean has_microphone;
  gboolean has_camera;
  gboolean has_sound_output;
  gboolean knows_devices; /* the first look is over */
  GstDevice *camera_device; /* NULL for the test picture */
  char *problem;

  EntCallCamera *camera; /* NULL while off */
  EntCallSound *sound; /* from the first look to stop */

  gint64 last_key_us; /* 0: none yet */
  guint key_timer; /* a key frame was asked for too early */
  guint tick_id;
  guint retry_id;
};

enum {
  PROP_0,
  PROP_SOURCE,
  PROP_MUTED,
  PROP_CAMERA_ON,
  PROP_HAS_MICROPHONE,
  PROP_HAS_CAMERA,
  PROP_HAS_SOUND_OUTPUT,
  PROP_PROBLEM,
  PROP_SHOW_PICTURES,
  N_PROPS
};

enum { SIGNAL_FRAME, SIGNAL_PICTURE_CHANGED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ENUM_TYPE (EntCallSource,
  ent_call_source,
  G_DEFINE_ENUM_VALUE (ENT_CALL_SOURCE_DEVICES, "devices"),
  G_DEFINE_ENUM_VALUE (ENT_CALL_SOURCE_TEST, "test"),
  G_DEFINE_ENUM_VALUE (ENT_CALL_SOURCE_NONE, "none"))

G_DEFINE_FINAL_TYPE (EntCall, ent_call, G_TYPE_OBJECT)

static void update_camera (EntCall *call);
static void open_sound (EntCall *call);

static void
set_flag (EntCall *call, gboolean *flag, gboolean value, guint prop)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (call), props[prop]);
}

/* ---- key frames ---- */

static void ask_for_key_frame (EntCall *call);

static gboolean
key_interval_over_cb (gpointer data)
{
  EntCall *call = data;

  call->key_timer = 0;
  ask_for_key_frame (call);
  return G_SOURCE_REMOVE;
}

/* One that is asked for too early is served when the interval ends. */
static void
ask_for_key_frame (EntCall *call)
{
  gint64 now = ent_clock_get_monotonic_us (call->clock);
  gint64 wait_us = call->last_key_us + KEY_FRAME_INTERVAL_MS * 1000 - now;

  if (call->camera == NULL || call->key_timer != 0)
    return;
  if (call->last_key_us != 0 && wait_us > 0) {
    call->key_timer = ent_clock_add (call->clock, wait_us / 1000 + 1, key_interval_over_cb, call);
    return;
  }
  call->last_key_us = now;
  ent_call_camera_force_key_frame (call->camera);
}

static void
link_waits_for_key (gpointer object, gpointer data)
{
  ask_for_key_frame (object);
}

/* ---- who gets what ---- */

static void
update_sending (EntCall *call)
{
  GHashTableIter iter;
  gpointer id;
  gpointer peer;
  gboolean anybody = FALSE;

  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, &id, &peer)) {
    gboolean video = call->camera != NULL && ent_call_rate_gives_video (call->rate, id);

    anybody |= video;
    ent_link_media_set_sending (ent_call_peer_get_media (peer), video, !call->is_muted);
  }
  if (call->camera == NULL)
    return;
  ent_call_camera_set_use (call->camera, anybody, call->shows_pictures);
  ent_call_camera_set_kbit (call->camera, ent_call_rate_get_kbit (call->rate));
  ent_call_camera_set_divisor (call->camera, ent_call_rate_get_divisor (call->rate));
}

/* ---- devices ---- */

static void
update_problem (EntCall *call)
{
  g_autofree char *problem = NULL;

  if (call->source == ENT_CALL_SOURCE_DEVICES && call->knows_devices)
    problem =
      ent_devices_describe_missing (call->has_camera, call->has_microphone, call->has_sound_output);
  if (g_strcmp0 (problem, call->problem) == 0)
    return;
  g_free (call->problem);
  call->problem = g_steal_pointer (&problem);
  g_object_notify_by_pspec (G_OBJECT (call), props[PROP_PROBLEM]);
}

static void
devices_found (gpointer object, gpointer data)
{
  EntCall *call = object;
  EntDevices *devices = data;

  if (!call->is_started)
    return;
  call->knows_devices = TRUE;
  if (!call->has_camera) {
    gst_object_replace ((GstObject **) &call->camera_device, (GstObject *) devices->camera);
    set_flag (call, &call->has_camera, devices->camera != NULL, PROP_HAS_CAMERA);
  }
  set_flag (call, &call->has_microphone, devices->has_microphone, PROP_HAS_MICROPHONE);
  set_flag (call, &call->has_sound_output, devices->has_sound_output, PROP_HAS_SOUND_OUTPUT);
  update_problem (call);
  open_sound (call);
  update_camera (call);
}

static gboolean
look_again_cb (gpointer data)
{
  EntCall *call = data;

  call->retry_id = 0;
  ent_devices_look (call->hop, devices_found);
  return G_SOURCE_REMOVE;
}

static void
look_again_later (EntCall *call)
{
  if (call->retry_id == 0)
    call->retry_id = ent_clock_add (call->clock, DEVICE_RETRY_MS, look_again_cb, call);
}

static void
camera_failed (gpointer object, gpointer data)
{
  EntCall *call = object;
  const GError *error = data;

  if (call->camera == NULL)
    return;
  g_debug ("Camera: %s", error->message);
  gst_clear_object (&call->camera_device);
  set_flag (call, &call->has_camera, FALSE, PROP_HAS_CAMERA);
  update_camera (call);
  update_problem (call);
}

static void
show_own_picture (gpointer object, gpointer data)
{
  EntCall *call = object;

  if (call->camera != NULL)
    g_signal_emit (call, signals[SIGNAL_FRAME], 0, NULL, data);
}

/* Off means closed: the camera's light must go out. */
static void
update_camera (EntCall *call)
{
  gboolean is_wanted = call->is_started && call->is_camera_on && call->has_camera;
  g_autoptr (GError) error = NULL;

  if (!is_wanted) {
    g_clear_pointer (&call->camera, ent_call_camera_free);
  } else if (call->camera == NULL) {
    call->camera = ent_call_camera_new (
      call->camera_device, call->fan, call->hop, camera_failed, show_own_picture, &error);
    if (call->camera != NULL) {
      ent_call_camera_set_picture_width (call->camera, call->own_width);
    } else {
      g_debug ("Camera: %s", error->message);
      set_flag (call, &call->has_camera, FALSE, PROP_HAS_CAMERA);
      update_problem (call);
    }
  }
  update_sending (call);
}

static void
drop_input (EntCall *call, EntCallPeer *peer)
{
  g_autoptr (GstElement) input = ent_call_peer_steal_input (peer);

  if (input != NULL && call->sound != NULL)
    ent_call_sound_remove_input (call->sound, input);
}

static void
close_sound (EntCall *call)
{
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    drop_input (call, peer);
  g_clear_pointer (&call->sound, ent_call_sound_free);
}

/* The call goes on without sound, and the devices are looked for once more. */
static void
sound_failed (gpointer object, gpointer data)
{
  EntCall *call = object;
  const GError *error = data;

  if (call->sound == NULL || (!call->has_microphone && !call->has_sound_output))
    return;
  g_debug ("Sound: %s", error->message);
  set_flag (call, &call->has_microphone, FALSE, PROP_HAS_MICROPHONE);
  set_flag (call, &call->has_sound_output, FALSE, PROP_HAS_SOUND_OUTPUT);
  update_problem (call);
  open_sound (call);
  if (call->source == ENT_CALL_SOURCE_DEVICES)
    look_again_later (call);
}

static void
open_sound (EntCall *call)
{
  EntCallInput input = !call->has_microphone                  ? ENT_CALL_INPUT_NONE
                       : call->source == ENT_CALL_SOURCE_TEST ? ENT_CALL_INPUT_TEST
                                                              : ENT_CALL_INPUT_DEVICE;
  g_autoptr (GError) error = NULL;

  close_sound (call);
  call->sound =
    ent_call_sound_new (input, call->has_sound_output, call->fan, call->hop, sound_failed, &error);
  if (call->sound == NULL)
    g_debug ("Sound: %s", error->message);
}

/* ---- peers ---- */

/* Hops may come after a peer was removed or replaced. */
static gboolean
is_current (EntCall *call, EntCallPeer *peer)
{
  return g_hash_table_lookup (call->peers, ent_call_peer_get_id (peer)) == peer;
}

static void
set_shown (EntCall *call, const char *id, gboolean is_shown)
{
  gboolean was_shown = g_hash_table_contains (call->shown, id);

  if (is_shown == was_shown)
    return;
  if (is_shown)
    g_hash_table_add (call->shown, g_strdup (id));
  else
    g_hash_table_remove (call->shown, id);
  g_signal_emit (call, signals[SIGNAL_PICTURE_CHANGED], 0, id, is_shown);
}

static void
picture_came (gpointer object, gpointer data)
{
  EntCall *call = object;
  EntCallPeer *peer = data;
  g_autoptr (EntFrame) frame = ent_call_peer_take_frame (peer);

  if (!is_current (call, peer))
    return;
  set_shown (call, ent_call_peer_get_id (peer), TRUE);
  if (frame != NULL && is_current (call, peer))
    g_signal_emit (call, signals[SIGNAL_FRAME], 0, ent_call_peer_get_id (peer), frame);
}

static void
input_wanted (gpointer object, gpointer data)
{
  EntCall *call = object;
  EntCallPeer *peer = data;

  if (is_current (call, peer) && call->sound != NULL)
    ent_call_peer_set_input (peer, ent_call_sound_add_input (call->sound));
}

static void
peer_asks_for_key (gpointer object, gpointer data)
{
  ask_for_key_frame (object);
}

static const EntCallPeerFuncs peer_funcs = { picture_came, input_wanted, peer_asks_for_key };

static gboolean
tick_cb (gpointer data)
{
  EntCall *call = data;
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (call->shown, NULL);
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; ids[i] != NULL; i++) {
    EntCallPeer *peer = g_hash_table_lookup (call->peers, ids[i]);

    if (peer == NULL || !ent_call_peer_has_picture (peer))
      g_ptr_array_add (lost, g_strdup (ids[i]));
  }
  for (guint i = 0; i < lost->len; i++)
    set_shown (call, g_ptr_array_index (lost, i), FALSE);
  return G_SOURCE_CONTINUE;
}

gboolean
ent_call_add_peer (EntCall *call, const char *peer_id, EntLink *link, GError **error)
{
  EntCallPeer *peer;

  g_return_val_if_fail (ENT_IS_CALL (call), FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);
  g_return_val_if_fail (ENT_IS_LINK (link) && ent_link_get_kind (link) == ENT_LINK_CALL, FALSE);
  ent_call_remove_peer (call, peer_id);
  if (g_hash_table_size (call->peers) >= ENT_CALL_MAX_PEERS) {
    g_set_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_LIMIT,
      _ ("The call is full (%d people). You can edit and chat."), ENT_CALL_MAX_PEERS + 1);
    return FALSE;
  }
  peer = ent_call_peer_new (peer_id, link, call->shows_pictures, &peer_funcs, call->hop);
  g_hash_table_insert (call->peers, g_strdup (peer_id), peer);
  ent_link_media_set_picture_width (
    ent_call_peer_get_media (peer), GPOINTER_TO_UINT (g_hash_table_lookup (call->widths, peer_id)));
  ent_call_rate_add (call->rate, peer_id);
  ent_call_fan_add (call->fan, ent_call_peer_get_media (peer));
  if (call->tick_id == 0)
    call->tick_id = ent_clock_add (call->clock, TICK_MS, tick_cb, call);
  update_sending (call);
  return TRUE;
}

void
ent_call_remove_peer (EntCall *call, const char *peer_id)
{
  EntCallPeer *peer;
  g_autofree char *id = NULL;

  g_return_if_fail (ENT_IS_CALL (call));
  peer = g_hash_table_lookup (call->peers, peer_id);
  if (peer == NULL)
    return;
  id = g_strdup (peer_id);
  g_hash_table_remove (call->peers, id);
  ent_call_fan_remove (call->fan, ent_call_peer_get_media (peer));
  ent_call_rate_remove (call->rate, id);
  drop_input (call, peer);
  ent_call_peer_free (peer);
  if (g_hash_table_size (call->peers) == 0) {
    ent_clock_remove (call->clock, call->tick_id);
    call->tick_id = 0;
  }
  update_sending (call);
  set_shown (call, id, FALSE);
}

/* ---- life ---- */

void
ent_call_start (EntCall *call)
{
  g_return_if_fail (ENT_IS_CALL (call));
  if (call->is_started)
    return;
  call->is_started = TRUE;
  if (call->source == ENT_CALL_SOURCE_DEVICES) {
    ent_devices_look (call->hop, devices_found);
    return;
  }
  set_flag (call, &call->has_microphone, call->source == ENT_CALL_SOURCE_TEST, PROP_HAS_MICROPHONE);
  set_flag (call, &call->has_camera, call->source == ENT_CALL_SOURCE_TEST, PROP_HAS_CAMERA);
  open_sound (call);
  update_camera (call);
}

void
ent_call_stop (EntCall *call)
{
  g_autofree gpointer *ids = NULL;
  guint n_ids = 0;

  g_return_if_fail (ENT_IS_CALL (call));
  ids = g_hash_table_get_keys_as_array (call->peers, &n_ids);
  for (guint i = 0; i < n_ids; i++)
    ent_call_remove_peer (call, ids[i]);
  call->is_started = FALSE;
  call->knows_devices = FALSE;
  ent_clock_remove (call->clock, call->key_timer);
  ent_clock_remove (call->clock, call->retry_id);
  call->key_timer = call->retry_id = 0;
  close_sound (call);
  update_camera (call);
  gst_clear_object (&call->camera_device);
  set_flag (call, &call->has_microphone, FALSE, PROP_HAS_MICROPHONE);
  set_flag (call, &call->has_camera, FALSE, PROP_HAS_CAMERA);
  set_flag (call, &call->has_sound_output, FALSE, PROP_HAS_SOUND_OUTPUT);
  update_problem (call);
}

gboolean
ent_call_get_muted (EntCall *call)
{
  g_return_val_if_fail (ENT_IS_CALL (call), FALSE);
  return call->is_muted;
}

void
ent_call_set_muted (EntCall *call, gboolean muted)
{
  g_return_if_fail (ENT_IS_CALL (call));
  set_flag (call, &call->is_muted, muted, PROP_MUTED);
  update_sending (call);
}

gboolean
ent_call_get_camera_on (EntCall *call)
{
  g_return_val_if_fail (ENT_IS_CALL (call), FALSE);
  return call->is_camera_on;
}

void
ent_call_set_camera_on (EntCall *call, gboolean camera_on)
{
  g_return_if_fail (ENT_IS_CALL (call));
  set_flag (call, &call->is_camera_on, camera_on, PROP_CAMERA_ON);
  update_camera (call);
}

void
ent_call_set_picture_width (EntCall *call, const char *peer_id, guint width)
{
  EntCallPeer *peer;

  g_return_if_fail (ENT_IS_CALL (call));
  if (peer_id == NULL) {
    call->own_width = width;
    if (call->camera != NULL)
      ent_call_camera_set_picture_width (call->camera, width);
    return;
  }
  if (width > 0)
    g_hash_table_replace (call->widths, g_strdup (peer_id), GUINT_TO_POINTER (width));
  else
    g_hash_table_remove (call->widths, peer_id);
  peer = g_hash_table_lookup (call->peers, peer_id);
  if (peer != NULL)
    ent_link_media_set_picture_width (ent_call_peer_get_media (peer), width);
}

gboolean
ent_call_make_report (EntCall *call, const char *peer_id, double *loss, guint *kbit)
{
  EntCallPeer *peer;

  g_return_val_if_fail (ENT_IS_CALL (call), FALSE);
  peer = g_hash_table_lookup (call->peers, peer_id);
  if (peer == NULL)
    return FALSE;
  ent_call_peer_make_report (peer, loss, kbit);
  return TRUE;
}

void
ent_call_take_report (EntCall *call, const char *peer_id, double loss, guint kbit)
{
  g_return_if_fail (ENT_IS_CALL (call));
  ent_call_rate_report (call->rate, peer_id, loss, kbit);
  update_sending (call);
}

gboolean
ent_call_get_peer_stats (EntCall *call, const char *peer_id, EntCallPeerStats *stats)
{
  EntCallPeer *peer;
  EntCallPeerCounters decoded;
  EntLinkMediaCounters counters;

  g_return_val_if_fail (ENT_IS_CALL (call), FALSE);
  peer = g_hash_table_lookup (call->peers, peer_id);
  if (peer == NULL)
    return FALSE;
  ent_call_peer_get_counters (peer, &decoded);
  ent_link_media_get_counters (ent_call_peer_get_media (peer), &counters);
  *stats = (EntCallPeerStats){
    .frames_sent = counters.frames_sent,
    .frames_decoded = decoded.frames_decoded,
    .width = counters.width,
    .height = counters.height,
    .video_bytes_sent = counters.video_bytes_sent,
    .video_bytes_received = counters.video_bytes_received,
    .audio_bytes_sent = counters.audio_bytes_sent,
    .audio_bytes_received = counters.audio_bytes_received,
    .audio_buffers_decoded = decoded.audio_buffers_decoded,
    .audio_peak = decoded.audio_peak,
    .packets_lost = counters.video_packets_lost,
    .receives_video = ent_call_rate_gives_video (call->rate, peer_id),
  };
  return TRUE;
}

void
ent_call_get_stats (EntCall *call, EntCallStats *stats)
{
  EntCallFanCounters counters;

  g_return_if_fail (ENT_IS_CALL (call));
  ent_call_fan_get_counters (call->fan, &counters);
  *stats = (EntCallStats){
    .frames_encoded = counters.frames,
    .key_frames = counters.key_frames,
    .target_kbit = ent_call_rate_get_kbit (call->rate),
    .fps = ENT_CALL_RATE_FULL_FPS / ent_call_rate_get_divisor (call->rate),
  };
}

EntCall *
ent_call_new (EntCallSource source, EntClock *clock)
{
  EntCall *call = g_object_new (ENT_TYPE_CALL, "source", source, NULL);

  call->clock = clock != NULL ? ent_clock_ref (clock) : ent_clock_new_real ();
  return call;
}

static void
ent_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntCall *call = ENT_CALL (object);

  switch (id) {
  case PROP_SOURCE:
    g_value_set_enum (value, call->source);
    break;
  case PROP_MUTED:
    g_value_set_boolean (value, call->is_muted);
    break;
  case PROP_CAMERA_ON:
    g_value_set_boolean (value, call->is_camera_on);
    break;
  case PROP_HAS_MICROPHONE:
    g_value_set_boolean (value, call->has_microphone);
    break;
  case PROP_HAS_CAMERA:
    g_value_set_boolean (value, call->has_camera);
    break;
  case PROP_HAS_SOUND_OUTPUT:
    g_value_set_boolean (value, call->has_sound_output);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, call->problem);
    break;
  case PROP_SHOW_PICTURES:
    g_value_set_boolean (value, call->shows_pictures);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_call_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EntCall *call = ENT_CALL (object);

  switch (id) {
  case PROP_SOURCE:
    call->source = g_value_get_enum (value);
    break;
  case PROP_MUTED:
    ent_call_set_muted (call, g_value_get_boolean (value));
    break;
  case PROP_CAMERA_ON:
    ent_call_set_camera_on (call, g_value_get_boolean (value));
    break;
  case PROP_SHOW_PICTURES:
    set_flag (call, &call->shows_pictures, g_value_get_boolean (value), PROP_SHOW_PICTURES);
    update_sending (call);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_call_dispose (GObject *object)
{
  ent_call_stop (ENT_CALL (object));
  G_OBJECT_CLASS (ent_call_parent_class)->dispose (object);
}

static void
ent_call_finalize (GObject *object)
{
  EntCall *call = ENT_CALL (object);

  g_hash_table_unref (call->peers);
  g_hash_table_unref (call->shown);
  g_hash_table_unref (call->widths);
  ent_call_rate_free (call->rate);
  ent_call_fan_unref (call->fan);
  ent_hop_unref (call->hop);
  ent_clock_unref (call->clock);
  g_free (call->problem);
  G_OBJECT_CLASS (ent_call_parent_class)->finalize (object);
}

static void
ent_call_class_init (EntCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = ent_call_get_property;
  object_class->set_property = ent_call_set_property;
  object_class->dispose = ent_call_dispose;
  object_class->finalize = ent_call_finalize;

  props[PROP_SOURCE] = g_param_spec_enum ("source", NULL, NULL, ENT_TYPE_CALL_SOURCE,
    ENT_CALL_SOURCE_NONE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  props[PROP_CAMERA_ON] = g_param_spec_boolean ("camera-on", NULL, NULL, TRUE, writable);
  props[PROP_HAS_MICROPHONE] = g_param_spec_boolean ("has-microphone", NULL, NULL, FALSE, readable);
  props[PROP_HAS_CAMERA] = g_param_spec_boolean ("has-camera", NULL, NULL, FALSE, readable);
  props[PROP_HAS_SOUND_OUTPUT] =
    g_param_spec_boolean ("has-sound-output", NULL, NULL, FALSE, readable);
  props[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, readable);
  props[PROP_SHOW_PICTURES] = g_param_spec_boolean ("show-pictures", NULL, NULL, TRUE, writable);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_FRAME] = g_signal_new ("frame", ENT_TYPE_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, ENT_TYPE_FRAME);
  signals[SIGNAL_PICTURE_CHANGED] = g_signal_new ("picture-changed", ENT_TYPE_CALL,
    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
ent_call_init (EntCall *call)
{
  call->is_camera_on = TRUE;
  call->shows_pictures = TRUE;
  call->hop = ent_hop_new (call);
  call->fan = ent_call_fan_new (call->hop, link_waits_for_key);
  call->rate = ent_call_rate_new ();
  call->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  call->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  call->widths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
