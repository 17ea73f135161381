#include "media/ent-pipeline.h"

/* A tear-down that takes longer is logged: the thread may then stay for ever, and nothing else
 * waits for it. */
#define WATCHDOG_US (3 * G_USEC_PER_SEC)

static GMutex threads_lock;
static GCond threads_cond;
static guint n_threads;

typedef struct {
  GThreadFunc func;
  gpointer data;
} Job;

static GstClock *
get_clock (void)
{
  static gsize made;

  if (g_once_init_enter (&made))
    g_once_init_leave (&made, (gsize) gst_system_clock_obtain ());
  return (GstClock *) made;
}

static GstClockTime
get_base_time (void)
{
  static gsize base;

  if (g_once_init_enter (&base))
    g_once_init_leave (&base, MAX (gst_clock_get_time (get_clock ()), 1));
  return base;
}

GstClockTime
ent_pipeline_get_time (void)
{
  GstClockTime base = get_base_time ();

  return gst_clock_get_time (get_clock ()) - base;
}

void
ent_pipeline_use_common_time (GstElement *pipeline)
{
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), get_clock ());
  gst_element_set_start_time (pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (pipeline, get_base_time ());
}

GstElement *
ent_pipeline_new (const char *name)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (name));

  ent_pipeline_use_common_time (pipeline);
  return pipeline;
}

typedef struct {
  EntHop *hop;
  EntHopFunc failed;
} Watch;

static void
free_watch (gpointer data)
{
  Watch *watch = data;

  ent_hop_unref (watch->hop);
  g_free (watch);
}

/* Each message goes to the object by a hop of its own, so that a watch never calls an object that
 * is being disposed. */
static void
post_error (Watch *watch, GstMessage *message)
{
  GError *error = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  g_debug ("%s: %s (%s)", GST_OBJECT_NAME (message->src), error->message, debug);
  ent_hop_post (watch->hop, watch->failed, error, (GDestroyNotify) g_error_free);
}

static void
recalculate_latency (GstObject *source)
{
  g_autoptr (GstObject) top = gst_object_ref (source);

  for (GstObject *parent; (parent = gst_object_get_parent (top)) != NULL;) {
    gst_object_unref (top);
    top = parent;
  }
  if (GST_IS_BIN (top))
    gst_bin_recalculate_latency (GST_BIN (top));
}

static gboolean
bus_message_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    post_error (data, message);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    recalculate_latency (message->src);
  return G_SOURCE_CONTINUE;
}

void
ent_pipeline_watch (GstElement *pipeline, EntHop *hop, EntHopFunc failed)
{
  g_autoptr (GstBus) bus = gst_pipeline_get_bus (GST_PIPELINE (pipeline));
  Watch *watch = g_new0 (Watch, 1);

  watch->hop = ent_hop_ref (hop);
  watch->failed = failed;
  gst_bus_add_watch_full (bus, G_PRIORITY_DEFAULT, bus_message_cb, watch, free_watch);
}

static gpointer
run_job (gpointer data)
{
  Job *job = data;

  job->func (job->data);
  g_free (job);
  g_mutex_lock (&threads_lock);
  n_threads--;
  g_cond_broadcast (&threads_cond);
  g_mutex_unlock (&threads_lock);
  return NULL;
}

void
ent_pipeline_run_in_thread (const char *name, GThreadFunc func, gpointer data)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->data = data;
  g_mutex_lock (&threads_lock);
  n_threads++;
  g_mutex_unlock (&threads_lock);
  g_thread_unref (g_thread_new (name, run_job, job));
}

gboolean
ent_pipeline_wait_for_threads (guint timeout_ms)
{
  gint64 until_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean ended;

  g_mutex_lock (&threads_lock);
  while (n_threads > 0 && g_cond_wait_until (&threads_cond, &threads_lock, until_us))
    continue;
  ended = n_threads == 0;
  g_mutex_unlock (&threads_lock);
  return ended;
}

/* A pipeline may be told to end while it is still being started: whoever comes last ends it. */
static const char ended_key[] = "ent-pipeline-ended";

static gpointer
play_pipeline (gpointer data)
{
  GstElement *pipeline = data;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  if (g_object_get_data (G_OBJECT (pipeline), ended_key) != NULL)
    gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return NULL;
}

void
ent_pipeline_play_in_thread (GstElement *pipeline)
{
  ent_pipeline_run_in_thread ("ent-play", play_pipeline, gst_object_ref (pipeline));
}

typedef struct {
  GstElement *pipeline;
  GThreadFunc first;
  gpointer data;
} Ending;

static gpointer
end_pipeline (gpointer data)
{
  Ending *ending = data;
  gint64 start_us;

  if (ending->first != NULL)
    ending->first (ending->data);
  start_us = g_get_monotonic_time ();
  gst_element_set_state (ending->pipeline, GST_STATE_NULL);
  if (g_get_monotonic_time () - start_us > WATCHDOG_US)
    g_debug ("A pipeline took %" G_GINT64_FORMAT " ms to end",
      (g_get_monotonic_time () - start_us) / 1000);
  gst_object_unref (ending->pipeline);
  g_free (ending);
  return NULL;
}

void
ent_pipeline_tear_down (GstElement *pipeline, GThreadFunc first, gpointer data)
{
  g_autoptr (GstBus) bus = gst_pipeline_get_bus (GST_PIPELINE (pipeline));
  Ending *ending = g_new0 (Ending, 1);

  g_object_set_data (G_OBJECT (pipeline), ended_key, pipeline);
  gst_bus_remove_watch (bus);
  gst_bus_set_flushing (bus, TRUE);
  ending->pipeline = pipeline;
  ending->first = first;
  ending->data = data;
  ent_pipeline_run_in_thread ("ent-tear-down", end_pipeline, ending);
}
