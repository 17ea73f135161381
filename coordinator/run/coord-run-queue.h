#pragma once

#include "base/ent-clock.h"
#include "protocol/ent-msg-runner.h"
#include "run/coord-run-error.h"
#include "run/coord-run-files.h"

G_BEGIN_DECLS

/* Runs that wait for a runner, and runners that wait for runs. Main thread only.
 *
 * Each run is given to one runner at a time, under a fence number that its result must carry. A
 * runner that is lost, or keeps a run beyond its lease, loses it: the run goes once to another one,
 * and what the first may still say of it is dropped. So a run ends exactly once. A terminal that
 * somebody may have typed into is not begun anew: it ends with its runner.
 *
 * They go in the order of their coming, but that nobody has a second one before all others who
 * wait have had one: neither a room nor an organisation waits for the thousand of another. */
typedef struct _CoordRunQueue CoordRunQueue;
typedef struct _CoordRun CoordRun;

#define COORD_RUN_MAX_WAITING 200
#define COORD_RUN_MAX_OWN_WAITING 100 /* those of them of one turn */
#define COORD_RUN_MAX_MORE_WAITING 150 /* of whom one waits already */
#define COORD_RUN_LEASE_MS (120 * 1000) /* of one run, or of each of its tests */
#define COORD_RUN_TERMINAL_LEASE_MS (31 * 60 * 1000) /* a terminal ends by itself after 30 min */
#define COORD_RUN_INPUT_PER_S (64 * 1024) /* bytes typed into one terminal; more is refused */
#define COORD_RUN_WAIT_MS (15 * 1000) /* how long a run waits when no runner is left to take it */

typedef struct {
  char *language;
  char *entry;
  GBytes *stdin_bytes;
  GPtrArray *files; /* CoordRunFile */
  GPtrArray *tests; /* GBytes, the inputs; NULL: one run with stdin_bytes */
  guint rows; /* of a terminal; 0: none */
  guint columns;
  const char *profile; /* "room", "api" or "terminal"; a constant */
  char *scope; /* builds are kept and shared within one; NULL: with nobody */
  char *turn; /* whose it is: each has one run before any has its second; NULL: nobody's */
  EntMsgJobLimits limits; /* 0: the profile's own */
} CoordRunRequest;

void coord_run_request_free (CoordRunRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunRequest, coord_run_request_free)

/* queued: its place changed; 0 = it has been given to a runner, which may happen twice: when its
 * attempt is a higher one all that was said before is void.
 * output: bytes of one stream; for text they are cut between characters.
 * tested: the next test has ended, the output since the one before was its; may be NULL.
 * ended: once, last of all. The run is gone after it. */
typedef struct {
  void (*queued) (CoordRun *run, guint place, const char *note, gpointer data);
  void (*output) (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data);
  void (*tested) (CoordRun *run, const EntMsgJobTested *tested, gpointer data);
  void (*ended) (CoordRun *run, const EntMsgJobResult *result, gpointer data);
} CoordRunEvents;

CoordRunQueue *coord_run_queue_new (EntClock *clock);

/* Runs that are left end as internal_error; runners must have been removed. */
void coord_run_queue_free (CoordRunQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunQueue, coord_run_queue_free)

/* Called whenever the languages change; only one may listen. */
void coord_run_queue_set_changed (CoordRunQueue *queue, GFunc func, gpointer data);

/* What can be run now: EntMsgLanguage of all runners, each once, by id. Lent. */
GPtrArray *coord_run_queue_get_languages (CoordRunQueue *queue);
gboolean coord_run_queue_has_language (CoordRunQueue *queue, const char *language);
guint coord_run_queue_count_waiting (CoordRunQueue *queue);
guint coord_run_queue_count_runners (CoordRunQueue *queue);
guint64 coord_run_queue_count_ended (CoordRunQueue *queue); /* since the start */

/* Takes the request. Returns a run that is valid until its ended; NULL when no runner has the
 * language or the queue is full. events must be static; nothing is
 * called back from within. */
CoordRun *coord_run_queue_add (CoordRunQueue *queue,
  CoordRunRequest *request,
  const CoordRunEvents *events,
  gpointer data,
  GError **error);

const char *coord_run_get_id (CoordRun *run);
const CoordRunRequest *coord_run_get_request (CoordRun *run);
guint coord_run_get_attempt (CoordRun *run); /* from 1 */
guint coord_run_get_place (CoordRun *run); /* as told last; 0: it has been given to a runner */

/* Types into the terminal of a run. FALSE when that was too much within a second: it is dropped.
 * What comes before the program takes input is dropped as well. */
gboolean coord_run_feed (CoordRun *run, GBytes *bytes);

/* Sets the size of a run's terminal, now or as soon as there is one; both are at least 1. */
void coord_run_resize (CoordRun *run, guint rows, guint columns);

/* Stops it; ended follows with the verdict `stopped`. */
void coord_run_stop (CoordRun *run);

/* Nobody listens any more: stops it silently. */
void coord_run_abandon (CoordRun *run);

/* The other side: a runner, behind whatever it is reached by. */
typedef struct _CoordRunner CoordRunner;
typedef struct {
  void (*start) (const EntMsgJob *job, const CoordRunRequest *request, gpointer data);
  void (*cancel) (const char *run_id, gpointer data);
  void (*input) (const char *run_id, guint32 index, GBytes *bytes, gpointer data);
  void (*resize) (const EntMsgJobResize *resize, gpointer data);
} CoordRunnerEvents;

CoordRunner *coord_run_queue_add_runner (CoordRunQueue *queue,
  const char *name,
  const EntMsgRunnerHello *hello,
  const CoordRunnerEvents *events,
  gpointer data);

/* It gets no new runs, and nobody is told that its languages can be run; what it holds goes on. */
void coord_runner_set_draining (CoordRunner *runner, gboolean is_draining);

/* Tells of each runner that is here, in the order of their coming: how many boxes are busy with
 * runs of this queue. name and hello are lent. */
typedef void (
  *CoordRunnerFunc) (const char *name, const EntMsgRunnerHello *hello, guint n_busy, gpointer data);
void coord_run_queue_foreach_runner (CoordRunQueue *queue, CoordRunnerFunc func, gpointer data);

/* It is gone; its runs go on elsewhere. Frees the runner. */
void coord_runner_remove (CoordRunner *runner);

void coord_runner_take_started (CoordRunner *runner, const char *run_id);
void coord_runner_take_tested (CoordRunner *runner, const EntMsgJobTested *tested);
void coord_runner_take_output (CoordRunner *runner,
  const char *run_id,
  EntStream stream,
  guint32 index,
  GBytes *bytes);
void coord_runner_take_result (CoordRunner *runner, const EntMsgJobResult *result);

G_END_DECLS
