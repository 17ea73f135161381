#include "media/ent-call-camera.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include "media/ent-call-rate.h"
#include "media/ent-frame-private.h"
#include "media/ent-pipeline.h"

#define TEST_SOURCE \
  "videotestsrc is-live=true horizontal-speed=3 timestamp-offset=%" G_GUINT64_FORMAT \
  " ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! identity name=source"

/* Sizes in the order of preference; cameras that only send JPEG are not used. */
#define DEVICE_SOURCE \
  "capsfilter name=device caps=\"video/x-raw,width=640,height=360; " \
  "video/x-raw,width=640,height=480; video/x-raw\" " \
  "! videoconvert ! videoscale add-borders=true ! videorate " \
  "! video/x-raw,format=I420,width=640,height=360,framerate=30/1,pixel-aspect-ratio=1/1 " \
  "! identity name=source"

/* Without dropframe-threshold the target is no limit: 314 kbit/s were seen at 150. */
#define REST \
  " ! tee name=tee " \
  "tee. ! valve name=encode-valve drop=true drop-mode=forward-sticky-events " \
  "! queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 " \
  "! vp8enc name=encoder deadline=1 cpu-used=8 threads=1 end-usage=cbr keyframe-max-dist=3000 " \
  "lag-in-frames=0 error-resilient=default dropframe-threshold=30 " \
  "! appsink name=encoded sync=false async=false max-buffers=30 " \
  "tee. ! valve name=preview-valve drop=true drop-mode=forward-sticky-events " \
  "! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 " \
  "! " ENT_FRAME_MAKER ( \
    "videoflip video-direction=horiz ! ") "! appsink name=preview sync=false async=false " \
                                          "max-buffers=1 drop=true"

/* What the streaming threads hold. */
typedef struct {
  gatomicrefcount refs;
  EntCallFan *fan;
  EntHop *hop;
  EntHopFunc preview;
  gint divisor; /* atomic */
  gint n_waiting; /* atomic: previews posted and not yet shown */
  guint n_pictures; /* of the source, its thread only */
  guint n_previews; /* the same */
} Stream;

typedef struct {
  Stream *stream;
  EntFrame *frame;
} Preview;

struct _EntCallCamera {
  GstElement *pipeline;
  GstElement *encoder;
  GstElement *encoded;
  GstElement *encode_valve;
  GstElement *preview_valve;
  GstElement *preview_shape;
  Stream *stream;
};

static void
unref_stream (gpointer data)
{
  Stream *stream = data;

  if (!g_atomic_ref_count_dec (&stream->refs))
    return;
  ent_call_fan_unref (stream->fan);
  ent_hop_unref (stream->hop);
  g_free (stream);
}

static Stream *
ref_stream (Stream *stream)
{
  g_atomic_ref_count_inc (&stream->refs);
  return stream;
}

static void
free_preview (gpointer data)
{
  Preview *preview = data;

  g_atomic_int_set (&preview->stream->n_waiting, 0);
  ent_frame_unref (preview->frame);
  unref_stream (preview->stream);
  g_free (preview);
}

static GstPadProbeReturn
source_picture_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Stream *stream = data;
  guint divisor = g_atomic_int_get (&stream->divisor);

  return stream->n_pictures++ % divisor == 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* Oneself at half the rate is smooth enough. Leaving pictures out here spares their way to the
 * screen. */
static GstPadProbeReturn
preview_picture_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Stream *stream = data;

  if (g_atomic_int_get (&stream->divisor) > 1)
    return GST_PAD_PROBE_OK;
  return stream->n_previews++ % 2 == 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstFlowReturn
encoded_cb (GstAppSink *sink, gpointer data)
{
  Stream *stream = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  ent_call_fan_push_video (stream->fan, gst_sample_get_buffer (sample));
  return GST_FLOW_OK;
}

static void
show_preview (gpointer object, gpointer data)
{
  Preview *preview = data;

  preview->stream->preview (object, preview->frame);
}

static GstFlowReturn
preview_cb (GstAppSink *sink, gpointer data)
{
  Stream *stream = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  EntFrame *frame;
  Preview *preview;

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (!g_atomic_int_compare_and_exchange (&stream->n_waiting, 0, 1))
    return GST_FLOW_OK;
  frame = ent_frame_new_from_sample (sample);
  if (frame == NULL) {
    g_atomic_int_set (&stream->n_waiting, 0);
    return GST_FLOW_OK;
  }
  preview = g_new0 (Preview, 1);
  preview->stream = ref_stream (stream);
  preview->frame = frame;
  ent_hop_post (stream->hop, show_preview, preview, free_preview);
  return GST_FLOW_OK;
}

static void
add_probe (EntCallCamera *camera, const char *name, const char *pad_name, GstPadProbeCallback func)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (camera->pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (
    pad, GST_PAD_PROBE_TYPE_BUFFER, func, ref_stream (camera->stream), unref_stream);
}

static GstElement *
make_source (GstDevice *device, GError **error)
{
  g_autofree char *test = g_strdup_printf (TEST_SOURCE REST, ent_pipeline_get_time ());
  GstElement *pipeline = gst_parse_launch (device == NULL ? test : DEVICE_SOURCE REST, error);
  g_autoptr (GstElement) first = NULL;
  GstElement *source;

  if (pipeline == NULL)
    return NULL;
  gst_object_ref_sink (pipeline);
  ent_pipeline_use_common_time (pipeline);
  if (device == NULL)
    return pipeline;
  source = gst_device_create_element (device, NULL);
  first = gst_bin_get_by_name (GST_BIN (pipeline), "device");
  if (source != NULL && gst_bin_add (GST_BIN (pipeline), source) &&
      gst_element_link (source, first))
    return pipeline;
  g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "The camera cannot be used.");
  gst_object_unref (pipeline);
  return NULL;
}

static void
connect_sink (EntCallCamera *camera,
  const char *name,
  GstFlowReturn (*func) (GstAppSink *, gpointer))
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (camera->pipeline), name);
  GstAppSinkCallbacks callbacks = { .new_sample = func };

  gst_app_sink_set_callbacks (
    GST_APP_SINK (sink), &callbacks, ref_stream (camera->stream), unref_stream);
}

EntCallCamera *
ent_call_camera_new (GstDevice *device,
  EntCallFan *fan,
  EntHop *hop,
  EntHopFunc failed,
  EntHopFunc preview,
  GError **error)
{
  GstElement *pipeline = make_source (device, error);
  EntCallCamera *camera;

  if (pipeline == NULL)
    return NULL;
  camera = g_new0 (EntCallCamera, 1);
  camera->pipeline = pipeline;
  camera->encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  camera->encoded = gst_bin_get_by_name (GST_BIN (pipeline), "encoded");
  camera->encode_valve = gst_bin_get_by_name (GST_BIN (pipeline), "encode-valve");
  camera->preview_valve = gst_bin_get_by_name (GST_BIN (pipeline), "preview-valve");
  camera->preview_shape = gst_bin_get_by_name (GST_BIN (pipeline), "shape");
  camera->stream = g_new0 (Stream, 1);
  g_atomic_ref_count_init (&camera->stream->refs);
  camera->stream->fan = ent_call_fan_ref (fan);
  camera->stream->hop = ent_hop_ref (hop);
  camera->stream->preview = preview;
  camera->stream->divisor = 1;
  add_probe (camera, "source", "src", source_picture_cb);
  add_probe (camera, "preview-valve", "sink", preview_picture_cb);
  connect_sink (camera, "encoded", encoded_cb);
  connect_sink (camera, "preview", preview_cb);
  ent_call_camera_set_kbit (camera, ENT_CALL_RATE_START_KBIT);
  ent_pipeline_watch (pipeline, hop, failed);
  ent_pipeline_play_in_thread (pipeline);
  return camera;
}

void
ent_call_camera_free (EntCallCamera *camera)
{
  gst_object_unref (camera->encoder);
  gst_object_unref (camera->encoded);
  gst_object_unref (camera->encode_valve);
  gst_object_unref (camera->preview_valve);
  gst_object_unref (camera->preview_shape);
  unref_stream (camera->stream);
  ent_pipeline_tear_down (camera->pipeline, NULL, NULL);
  g_free (camera);
}

void
ent_call_camera_set_kbit (EntCallCamera *camera, guint kbit)
{
  g_object_set (camera->encoder, "target-bitrate", (gint) kbit * 1000, NULL);
}

void
ent_call_camera_set_divisor (EntCallCamera *camera, guint divisor)
{
  g_atomic_int_set (&camera->stream->divisor, divisor);
}

void
ent_call_camera_set_use (EntCallCamera *camera, gboolean is_sent, gboolean is_shown)
{
  g_object_set (camera->encode_valve, "drop", !is_sent, NULL);
  g_object_set (camera->preview_valve, "drop", !is_shown, NULL);
}

void
ent_call_camera_set_picture_width (EntCallCamera *camera, guint width)
{
  ent_frame_set_max_width (camera->preview_shape, width);
}

void
ent_call_camera_force_key_frame (EntCallCamera *camera)
{
  gst_element_send_event (
    camera->encoded, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}
