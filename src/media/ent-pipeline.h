#pragma once

#include <gst/gst.h>

#include "media/ent-hop.h"

G_BEGIN_DECLS

/* What all pipelines of this library have in common: one clock and one base time, a watched bus,
 * and an end in a thread of its own. */

/* A new pipeline on the common time, so that a time stamp means the same in all of them and buffers
 * go from one to another unchanged. The caller owns it. */
GstElement *ent_pipeline_new (const char *name);

/* Gives a pipeline made elsewhere the common time. */
void ent_pipeline_use_common_time (GstElement *pipeline);

/* The common running time now. */
GstClockTime ent_pipeline_get_time (void);

/* Called with the hop's object and a GError (borrowed) when an element of the pipeline failed. */
void ent_pipeline_watch (GstElement *pipeline, EntHop *hop, EntHopFunc failed);

/* Starts a pipeline in a thread, since opening a device can take long. Failures come by the watch.
 */
void ent_pipeline_play_in_thread (GstElement *pipeline);

/* Ends a pipeline and drops this reference in a thread, since that can take long or hang. Any
 * thread; no bus message is handled any more. first, if given, runs in that thread while the
 * pipeline is still there as it was. */
void ent_pipeline_tear_down (GstElement *pipeline, GThreadFunc first, gpointer data);

/* Runs func in a counted thread, the same as tear-downs use. */
void ent_pipeline_run_in_thread (const char *name, GThreadFunc func, gpointer data);

/* Waits until every counted thread has ended; FALSE when timeout_ms ran out before. */
gboolean ent_pipeline_wait_for_threads (guint timeout_ms);

G_END_DECLS
