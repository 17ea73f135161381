#include "media/ent-call-sound.h"

#include <gst/app/gstappsink.h>

#include "media/ent-pipeline.h"

#define RAW "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

/* Both sinks need async=false: else a microphone without data holds up playing too. */
#define MIX \
  "audiotestsrc is-live=true wave=silence samplesperbuffer=480 " \
  "timestamp-offset=%" G_GUINT64_FORMAT " ! " RAW " ! mix. " \
  "audiomixer name=mix min-upstream-latency=%" G_GUINT64_FORMAT \
  " output-buffer-duration=10000000 ! " RAW " ! webrtcechoprobe name=%s ! %s "
#define CAPTURE \
  "%s ! audioconvert ! audioresample ! " RAW \
  " ! webrtcdsp probe=%s noise-suppression-level=moderate ! queue " \
  "! opusenc bitrate=32000 inband-fec=true packet-loss-percentage=5 audio-type=voice " \
  "! appsink name=encoded sync=false async=false max-buffers=50"
#define TEST_INPUT \
  "audiotestsrc is-live=true freq=440 volume=0.2 samplesperbuffer=480 " \
  "timestamp-offset=%" G_GUINT64_FORMAT
#define DEVICE_INPUT "pulsesrc buffer-time=60000 latency-time=10000 client-name=Entrevue"
#define LOUDSPEAKER \
  "audioconvert ! audioresample " \
  "! pulsesink async=false buffer-time=80000 latency-time=10000 client-name=Entrevue"
#define NO_LOUDSPEAKER "fakesink sync=true async=false"

struct _EntCallSound {
  GstElement *pipeline;
  GstElement *mix;
};

static GstFlowReturn
encoded_cb (GstAppSink *sink, gpointer data)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  ent_call_fan_push_audio (data, gst_sample_get_buffer (sample));
  return GST_FLOW_OK;
}

/* The canceller finds its probe by name in the whole process, so each call has its own. */
static char *
describe (EntCallInput input, gboolean plays)
{
  static gint n_probes;
  g_autofree char *probe = g_strdup_printf ("echo-%d", g_atomic_int_add (&n_probes, 1));
  GstClockTime now = ent_pipeline_get_time ();
  g_autofree char *mix = g_strdup_printf (MIX, now,
    (guint64) ENT_LINK_MEDIA_LATENCY_MS * GST_MSECOND, probe, plays ? LOUDSPEAKER : NO_LOUDSPEAKER);
  g_autofree char *test = g_strdup_printf (TEST_INPUT, now);
  g_autofree char *capture =
    g_strdup_printf (CAPTURE, input == ENT_CALL_INPUT_TEST ? test : DEVICE_INPUT, probe);

  return input == ENT_CALL_INPUT_NONE ? g_steal_pointer (&mix) : g_strconcat (mix, capture, NULL);
}

EntCallSound *
ent_call_sound_new (EntCallInput input,
  gboolean plays,
  EntCallFan *fan,
  EntHop *hop,
  EntHopFunc failed,
  GError **error)
{
  g_autofree char *description = describe (input, plays);
  GstElement *pipeline = gst_parse_launch (description, error);
  g_autoptr (GstElement) encoded = NULL;
  GstAppSinkCallbacks callbacks = { .new_sample = encoded_cb };
  EntCallSound *sound;

  if (pipeline == NULL)
    return NULL;
  sound = g_new0 (EntCallSound, 1);
  sound->pipeline = gst_object_ref_sink (pipeline);
  sound->mix = gst_bin_get_by_name (GST_BIN (pipeline), "mix");
  ent_pipeline_use_common_time (pipeline);
  encoded = gst_bin_get_by_name (GST_BIN (pipeline), "encoded");
  if (encoded != NULL)
    gst_app_sink_set_callbacks (GST_APP_SINK (encoded), &callbacks, ent_call_fan_ref (fan),
      (GDestroyNotify) ent_call_fan_unref);
  ent_pipeline_watch (pipeline, hop, failed);
  ent_pipeline_play_in_thread (pipeline);
  return sound;
}

void
ent_call_sound_free (EntCallSound *sound)
{
  gst_object_unref (sound->mix);
  ent_pipeline_tear_down (sound->pipeline, NULL, NULL);
  g_free (sound);
}

GstElement *
ent_call_sound_add_input (EntCallSound *sound)
{
  g_autofree char *description = g_strdup_printf (
    "appsrc is-live=true format=time leaky-type=downstream max-buffers=50 max-bytes=0 "
    "min-latency=%" G_GUINT64_FORMAT " caps=" RAW,
    (guint64) ENT_LINK_MEDIA_LATENCY_MS * GST_MSECOND);
  GstElement *input = gst_parse_launch (description, NULL);
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (sound->mix, "sink_%u");
  g_autoptr (GstPad) src = NULL;

  g_return_val_if_fail (input != NULL && sink != NULL, NULL);
  gst_object_ref_sink (input);
  gst_bin_add (GST_BIN (sound->pipeline), input);
  src = gst_element_get_static_pad (input, "src");
  gst_pad_link (src, sink);
  gst_element_sync_state_with_parent (input);
  return input;
}

/* The mixer's pad goes first: then the input cannot be waiting in it. */
void
ent_call_sound_remove_input (EntCallSound *sound, GstElement *input)
{
  g_autoptr (GstPad) src = gst_element_get_static_pad (input, "src");
  g_autoptr (GstPad) sink = gst_pad_get_peer (src);

  gst_element_set_locked_state (input, TRUE);
  if (sink != NULL)
    gst_element_release_request_pad (sound->mix, sink);
  gst_element_set_state (input, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (sound->pipeline), input);
}
