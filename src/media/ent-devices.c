#include "media/ent-devices.h"

#include <glib/gi18n-lib.h>

#include "media/ent-pipeline.h"

typedef struct {
  EntHop *hop;
  EntHopFunc found;
} Look;

void
ent_devices_free (EntDevices *devices)
{
  gst_clear_object (&devices->camera);
  g_free (devices);
}

/* READY is where an element opens its device or finds its server. */
static gboolean
can_open (const char *name)
{
  GstElement *element = gst_element_factory_make (name, NULL);
  gboolean is_open;

  if (element == NULL)
    return FALSE;
  gst_object_ref_sink (element);
  is_open = gst_element_set_state (element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
  return is_open;
}

static GstDevice *
find_camera (void)
{
  g_autoptr (GstDeviceMonitor) monitor = gst_device_monitor_new ();
  GList *devices;
  GstDevice *camera = NULL;

  gst_device_monitor_add_filter (monitor, "Video/Source", NULL);
  if (!gst_device_monitor_start (monitor))
    return NULL;
  devices = gst_device_monitor_get_devices (monitor);
  if (devices != NULL)
    camera = gst_object_ref (devices->data);
  g_list_free_full (devices, gst_object_unref);
  gst_device_monitor_stop (monitor);
  return camera;
}

static gpointer
look (gpointer data)
{
  Look *job = data;
  EntDevices *devices = g_new0 (EntDevices, 1);

  devices->has_microphone = can_open ("pulsesrc");
  devices->has_sound_output = can_open ("pulsesink");
  devices->camera = find_camera ();
  ent_hop_post (job->hop, job->found, devices, (GDestroyNotify) ent_devices_free);
  ent_hop_unref (job->hop);
  g_free (job);
  return NULL;
}

void
ent_devices_look (EntHop *hop, EntHopFunc found)
{
  Look *job = g_new0 (Look, 1);

  job->hop = ent_hop_ref (hop);
  job->found = found;
  ent_pipeline_run_in_thread ("ent-devices", look, job);
}

char *
ent_devices_describe_missing (gboolean has_camera,
  gboolean has_microphone,
  gboolean has_sound_output)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new ();

  if (!has_camera && !has_microphone && !has_sound_output)
    return g_strdup (_ ("No camera, microphone or sound output was found. You can read, write and "
                        "chat. To talk, connect them and join again."));
  if (!has_camera)
    g_ptr_array_add (sentences, (gpointer) _ ("No camera was found: the others cannot see you."));
  if (!has_microphone)
    g_ptr_array_add (
      sentences, (gpointer) _ ("No microphone was found: the others cannot hear you."));
  if (!has_sound_output)
    g_ptr_array_add (
      sentences, (gpointer) _ ("No sound output was found: you cannot hear the others."));
  if (sentences->len == 0)
    return NULL;
  g_ptr_array_add (
    sentences, (gpointer) _ ("Everything else works. Connect what is missing and join again."));
  g_ptr_array_add (sentences, NULL);
  return g_strjoinv (" ", (char **) sentences->pdata);
}
