#pragma once

#include "base/ent-clock.h"
#include "protocol/ent-api.h"
#include "run/coord-run-queue.h"

G_BEGIN_DECLS

/* One run without a room, gathered into the answer that its caller gets. */
typedef struct _CoordExecution CoordExecution;

#define COORD_EXECUTION_TESTS_MS (120 * 1000) /* all tests of a run; then it is stopped */
#define COORD_EXECUTION_MAX_TESTED (2 * 1024 * 1024) /* bytes that all tests together may print */

/* placed: its place in the queue, from 1; 0: it runs. ended: once; the answer is lent, and the
 * execution is gone after it. */
typedef struct {
  void (*placed) (guint place, gpointer data);
  void (*ended) (const EntApiExecuted *answer, gpointer data);
} CoordExecutionEvents;

/* Takes the request. NULL when it cannot be run (COORD_RUN_ERROR). events must be static; nothing
 * is called back from within. */
CoordExecution *coord_execution_start (CoordRunQueue *runs,
  EntClock *clock,
  CoordRunRequest *request,
  const CoordExecutionEvents *events,
  gpointer data,
  GError **error);

/* Ended follows, with the verdict `stopped`. */
void coord_execution_stop (CoordExecution *execution);

G_END_DECLS
