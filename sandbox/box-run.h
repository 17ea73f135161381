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

/* The report is the callee's to keep; the run is freed afterwards. */
typedef void (*BoxRunFunc) (BoxReport *report, gpointer user_data);

/* Takes the job. language and pool are borrowed and outlive the run. output may be NULL; it gets
 * ENT_STREAM_STDOUT, ENT_STREAM_STDERR, and ENT_STREAM_COMPILE for what the compiler says. `done`
 * comes exactly once and never before this returns. Whatever goes wrong is in the report. */
BoxRun *box_run_start (BoxPool *pool,
  const BoxLanguage *language,
  BoxJob *job,
  BoxOutputFunc output,
  BoxRunFunc done,
  gpointer user_data);

/* Stops it; `done` follows with the verdict "stopped", or with the real one if it just ended. */
void box_run_stop (BoxRun *run);

G_END_DECLS
