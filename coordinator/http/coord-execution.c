#include "http/coord-execution.h"

#include "protocol/ent-limits.h"

#define N_STREAMS (ENT_STREAM_COMPILE + 1)

struct _CoordExecution {
  EntClock *clock;
  CoordRun *run;
  const CoordExecutionEvents *events;
  gpointer data;
  GByteArray *streams[N_STREAMS]; /* with tests: of the one that runs */
  gboolean is_cut; /* something printed found no room in them */
  GPtrArray *tests; /* EntApiTested; NULL: one run */
  guint n_asked; /* of them */
  gsize tested_bytes;
  guint timeout_id; /* of all tests together */
  gboolean is_over_time;
};

static void
execution_free (CoordExecution *execution)
{
  ent_clock_remove (execution->clock, execution->timeout_id);
  for (guint i = 0; i < N_STREAMS; i++)
    g_byte_array_unref (execution->streams[i]);
  g_clear_pointer (&execution->tests, g_ptr_array_unref);
  ent_clock_unref (execution->clock);
  g_free (execution);
}

static void
forget_output (CoordExecution *execution)
{
  g_byte_array_set_size (execution->streams[ENT_STREAM_STDOUT], 0);
  g_byte_array_set_size (execution->streams[ENT_STREAM_STDERR], 0);
  execution->is_cut = FALSE;
}

static char *
dup_stream (CoordExecution *execution, EntStream stream)
{
  const GByteArray *bytes = execution->streams[stream];

  return g_utf8_make_valid (bytes->len > 0 ? (const char *) bytes->data : "", bytes->len);
}

static char *
dup_error (CoordExecution *execution, int verdict)
{
  return dup_stream (
    execution, verdict == ENT_VERDICT_COMPILE_ERROR ? ENT_STREAM_COMPILE : ENT_STREAM_STDERR);
}

/* What the run says. */

static gboolean
over_time_cb (gpointer data)
{
  CoordExecution *execution = data;

  execution->timeout_id = 0;
  execution->is_over_time = TRUE;
  coord_run_stop (execution->run);
  return G_SOURCE_REMOVE;
}

/* Given to a runner, perhaps not the first: what was printed on a lost one is void. */
static void
begin (CoordExecution *execution)
{
  forget_output (execution);
  g_byte_array_set_size (execution->streams[ENT_STREAM_COMPILE], 0);
  if (execution->tests == NULL)
    return;
  g_ptr_array_set_size (execution->tests, 0);
  execution->tested_bytes = 0;
  ent_clock_remove (execution->clock, execution->timeout_id);
  execution->timeout_id =
    ent_clock_add (execution->clock, COORD_EXECUTION_TESTS_MS, over_time_cb, execution);
}

static void
queued_cb (CoordRun *run, guint place, const char *note, gpointer data)
{
  CoordExecution *execution = data;

  if (place == 0)
    begin (execution);
  execution->events->placed (place, execution->data);
}

static void
output_cb (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data)
{
  CoordExecution *execution = data;
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  GByteArray *kept = execution->streams[stream];
  gsize room = ENT_MAX_OUTPUT - MIN (kept->len, ENT_MAX_OUTPUT);

  if (execution->tests != NULL && stream != ENT_STREAM_COMPILE) {
    room = MIN (room, COORD_EXECUTION_MAX_TESTED - execution->tested_bytes);
    execution->tested_bytes += MIN (size, room);
  }
  execution->is_cut |= size > room;
  g_byte_array_append (kept, start, MIN (size, room));
}

static void
tested_cb (CoordRun *run, const EntMsgJobTested *tested, gpointer data)
{
  CoordExecution *execution = data;
  EntApiTested *answer = ent_api_tested_new ();

  answer->output = dup_stream (execution, ENT_STREAM_STDOUT);
  answer->error = dup_stream (execution, ENT_STREAM_STDERR);
  answer->executionTime = tested->wall_ms;
  answer->success = tested->verdict == ENT_VERDICT_OK;
  answer->timedOut = tested->verdict == ENT_VERDICT_TIME_LIMIT;
  answer->exit_code = tested->exit_code;
  answer->signal = tested->signal;
  answer->memory_kb = tested->memory_kb;
  answer->truncated = tested->truncated || execution->is_cut;
  answer->verdict = tested->verdict;
  answer->message = g_strdup (tested->message);
  g_ptr_array_add (execution->tests, answer);
  forget_output (execution);
}

/* A runner that passes tests which it has not told of is not believed. */
static int
judge (const CoordExecution *execution, const EntMsgJobResult *result)
{
  gboolean is_whole = execution->tests == NULL || execution->tests->len == execution->n_asked;

  return result->verdict == ENT_VERDICT_OK && !is_whole ? ENT_VERDICT_INTERNAL_ERROR
                                                        : result->verdict;
}

static const char *
get_message (const CoordExecution *execution, const EntMsgJobResult *result)
{
  if (execution->is_over_time)
    return "The tests took over two minutes together.";
  if (judge (execution, result) != result->verdict)
    return "The runner did not tell of all tests. Nothing is wrong with the program: run it again.";
  return result->message;
}

static void
ended_cb (CoordRun *run, const EntMsgJobResult *result, gpointer data)
{
  CoordExecution *execution = data;
  int verdict = judge (execution, result);
  g_autofree char *output = dup_stream (execution, ENT_STREAM_STDOUT);
  g_autofree char *error = dup_error (execution, verdict);
  const EntApiExecuted answer = {
    .output = output,
    .error = error,
    .executionTime = result->wall_ms,
    .success = verdict == ENT_VERDICT_OK,
    .timedOut = verdict == ENT_VERDICT_TIME_LIMIT,
    .exit_code = result->exit_code,
    .signal = result->signal,
    .memory_kb = result->memory_kb,
    .truncated = result->truncated || execution->is_cut,
    .verdict = verdict,
    .message = (char *) get_message (execution, result),
    .note = result->note,
    .compile_errors = result->compile_errors,
    .tests = execution->tests,
  };

  execution->events->ended (&answer, execution->data);
  execution_free (execution);
}

static const CoordRunEvents run_events = {
  .queued = queued_cb,
  .output = output_cb,
  .tested = tested_cb,
  .ended = ended_cb,
};

CoordExecution *
coord_execution_start (CoordRunQueue *runs,
  EntClock *clock,
  CoordRunRequest *request,
  const CoordExecutionEvents *events,
  gpointer data,
  GError **error)
{
  CoordExecution *execution = g_new0 (CoordExecution, 1);

  execution->clock = ent_clock_ref (clock);
  execution->events = events;
  execution->data = data;
  for (guint i = 0; i < N_STREAMS; i++)
    execution->streams[i] = g_byte_array_new ();
  if (request->tests != NULL) {
    execution->n_asked = request->tests->len;
    execution->tests = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_tested_free);
  }
  execution->run = coord_run_queue_add (runs, request, &run_events, execution, error);
  if (execution->run != NULL)
    return execution;
  execution_free (execution);
  return NULL;
}

void
coord_execution_stop (CoordExecution *execution)
{
  coord_run_stop (execution->run);
}
