#include "media/ent-media.h"

#include <glib/gi18n-lib.h>
#include <gst/gst.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "media/ent-pipeline.h"

G_DEFINE_QUARK (ent_media_error, ent_media_error)

typedef struct {
  const char *element;
  const char *package; /* in Debian */
} Needed;

static const Needed needed[] = {
  { "webrtcbin", "gstreamer1.0-plugins-bad" },
  { "dtlsdec", "gstreamer1.0-plugins-bad" },
  { "srtpenc", "gstreamer1.0-plugins-bad" },
  { "sctpenc", "gstreamer1.0-plugins-bad" },
  { "webrtcdsp", "gstreamer1.0-plugins-bad" },
  { "webrtcechoprobe", "gstreamer1.0-plugins-bad" },
  { "nicesrc", "gstreamer1.0-nice" },
  { "nicesink", "gstreamer1.0-nice" },
  { "rtpbin", "gstreamer1.0-plugins-good" },
  { "rtpvp8pay", "gstreamer1.0-plugins-good" },
  { "rtpopuspay", "gstreamer1.0-plugins-good" },
  { "vp8enc", "gstreamer1.0-plugins-good" },
  { "vp8dec", "gstreamer1.0-plugins-good" },
  { "opusenc", "gstreamer1.0-plugins-base" },
  { "opusdec", "gstreamer1.0-plugins-base" },
  { "appsrc", "gstreamer1.0-plugins-base" },
  { "audiomixer", "gstreamer1.0-plugins-base" },
  { "audioconvert", "gstreamer1.0-plugins-base" },
  { "audioresample", "gstreamer1.0-plugins-base" },
  { "audiotestsrc", "gstreamer1.0-plugins-base" },
  { "videotestsrc", "gstreamer1.0-plugins-base" },
  { "videoconvert", "gstreamer1.0-plugins-base" },
  { "videoscale", "gstreamer1.0-plugins-base" },
  { "videorate", "gstreamer1.0-plugins-base" },
  { "valve", "libgstreamer1.0-0" },
};

/* Element versions are not asked for: those of libnice count differently from GStreamer's. */
static gboolean
check_elements (GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (needed[i].element);

    if (factory == NULL) {
      g_set_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_MISSING,
        _ ("Calls do not work on this computer: the GStreamer element “%s” is missing. Install the "
           "package %s and start Entrevue again; editing and chat work without."),
        needed[i].element, needed[i].package);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
ent_media_init (GError **error)
{
  /* Without it each streaming thread that ever lived leaves its arena behind: 225 MB instead of
   * 118 MB after twenty links. */
  mallopt (M_ARENA_MAX, 2);
  if (!gst_init_check (NULL, NULL, error)) {
    g_prefix_error (error, "%s ", _ ("Calls do not work on this computer:"));
    return FALSE;
  }
  return check_elements (error);
}

/* Runs in a thread of its own. */
static gpointer
make_one_connection (gpointer data)
{
  GstElement *pipeline = ent_pipeline_new (NULL);
  GstElement *webrtc = gst_element_factory_make ("webrtcbin", NULL);
  g_autoptr (GObject) channel = NULL;
  g_autoptr (GstPromise) promise = gst_promise_new ();

  gst_bin_add (GST_BIN (pipeline), webrtc);
  gst_element_set_state (pipeline, GST_STATE_READY);
  g_signal_emit_by_name (webrtc, "create-data-channel", "warm-up", NULL, &channel);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (webrtc, "create-offer", NULL, promise);
  gst_promise_wait (promise);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return NULL;
}

void
ent_media_warm_up (void)
{
  ent_pipeline_run_in_thread ("ent-warm-up", make_one_connection, NULL);
}

gboolean
ent_media_finish (guint timeout_ms)
{
  return ent_pipeline_wait_for_threads (timeout_ms);
}

void
ent_media_exit (int status, guint timeout_ms)
{
  if (ent_media_finish (timeout_ms))
    exit (status);
  g_debug ("A pipeline did not end in %u ms; the program ends without it", timeout_ms);
  fflush (NULL);
  _exit (status);
}
