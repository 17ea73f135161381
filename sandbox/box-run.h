#pragma once

#include <glib.h>

#include "box-pool.h"
#include "box-report.h"
#include "box-supervise.h"

G_BEGIN_DECLS

/* A whole job: compiled in one box where the language wants it, run in another. */
typedef struct _BoxRun BoxRun;

/* The note of every result that was made without control groups. */
#define BOX_RUN_INSECURE_NOTE \
  "Not for strangers: this runner has no control groups, so programs are not held to memory and " \
  "process limits as a whole."

/* output may be NULL; it gets ENT_STREAM_STDOUT, ENT_STREAM_STDERR, and ENT_STREAM_COMPILE for what
 * the compiler says. tested may be NULL; it comes after the output of each test of a job that has
 * some. done comes exactly once, last of all; the report is the callee's to keep, and the run is
 * freed afterwards. With streams_only the report carries no output of programs. */
typedef struct {
  BoxOutputFunc output;
  void (*tested) (const BoxTestReport *test, guint number, gpointer user_data);
  void (*done) (BoxReport *report, gpointer user_data);
  gboolean streams_only;
} BoxRunEvents;

/* Takes the job. events must be static; language and pool are borrowed and outlive the run. Nothing
 * is called before this returns. Whatever goes wrong is in the report. */
BoxRun *box_run_start (BoxPool *pool,
  const BoxLanguage *language,
  BoxJob *job,
  const BoxRunEvents *events,
  gpointer user_data);

/* Input and size of a job's terminal. What comes while there is none (it waits for a box, or is
 * being compiled) is dropped; FALSE when input is, or when the program is too far behind. */
gboolean box_run_feed (BoxRun *run, const guint8 *data, gsize size);
void box_run_resize (BoxRun *run, guint rows, guint columns);

/* Stops it; `done` follows with the verdict "stopped", or with the real one if it just ended. */
void box_run_stop (BoxRun *run);

G_END_DECLS
