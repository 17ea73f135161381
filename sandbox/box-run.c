#include "box-run.h"

#include "box-diagnostics.h"
#include "box-error.h"

struct _BoxRun {
  BoxPool *pool;
  const BoxLanguage *language;
  BoxJob *job;
  const BoxRunEvents *events;
  gpointer user_data;

  BoxLimits limits; /* of the run */
  BoxLimits compile_limits;
  BoxSlot *slot; /* of the phase that goes on */
  char *key; /* of the build; NULL: it is kept for nobody */
  BoxBuild *build; /* NULL: not compiled */
  guint rows; /* of the terminal; 0: none */
  guint columns;
  guint test; /* the one that goes on, or is next */
  BoxSupervisor *supervisor;
  guint waiter;
  guint start_source;
  gboolean is_compiling;
  gboolean is_stopped;
  GByteArray *out;
  GByteArray *err;
  BoxReport *report;
};

static void take_box (BoxRun *run);

/* The end */

static void
run_free (BoxRun *run)
{
  g_clear_handle_id (&run->start_source, g_source_remove);
  if (run->waiter != 0)
    box_pool_forget (run->pool, run->waiter);
  g_clear_pointer (&run->supervisor, box_supervisor_free);
  if (run->slot != NULL)
    box_pool_give_back (run->pool, run->slot);
  if (run->build != NULL)
    box_build_unref (run->build);
  g_free (run->key);
  box_job_free (run->job);
  g_byte_array_unref (run->out);
  g_byte_array_unref (run->err);
  g_clear_pointer (&run->report, box_report_free);
  g_free (run);
}

/* Moves what was printed into the report. */
static void
take_output (BoxRun *run)
{
  g_autoptr (GBytes) out = g_byte_array_free_to_bytes (g_steal_pointer (&run->out));
  g_autoptr (GBytes) err = g_byte_array_free_to_bytes (g_steal_pointer (&run->err));

  run->out = g_byte_array_new ();
  run->err = g_byte_array_new ();
  box_report_set_output (run->report, out, err);
}

/* The program of a test has ended, or could not be started. */
static void
end_test (BoxRun *run)
{
  const BoxTestReport *test;

  take_output (run);
  test = box_report_end_test (run->report);
  if (run->events->tested != NULL)
    run->events->tested (test, run->test, run->user_data);
  run->test++;
}

static void
finish (BoxRun *run)
{
  take_output (run);
  if (run->report->tests != NULL)
    box_report_sum_tests (run->report);
  run->report->limited = box_pool_has_groups (run->pool);
  if (!run->report->limited)
    run->report->note = g_strdup (BOX_RUN_INSECURE_NOTE);
  run->events->done (g_steal_pointer (&run->report), run->user_data);
  run_free (run);
}

/* Ends a run that has no program going: stopped while it waited, or something of ours failed. */
static void
finish_early (BoxRun *run, const char *trouble)
{
  g_auto (BoxOutcome)
    outcome = { .trouble = g_strdup (trouble), .stopped = trouble == NULL, .ended = FALSE };

  box_report_set_outcome (run->report, &outcome);
  if (run->report->tests != NULL)
    end_test (run);
  finish (run);
}

/* Ends a run whose compiler made what cannot be used: too much, or no plain files. That is the
 * program's fault; any other error is ours. */
static void
finish_without_build (BoxRun *run, const GError *error)
{
  if (!g_error_matches (error, BOX_ERROR, BOX_ERROR_INVALID)) {
    finish_early (run, error->message);
    return;
  }
  run->report->compile->verdict = ENT_VERDICT_COMPILE_ERROR;
  run->report->verdict = ENT_VERDICT_COMPILE_ERROR;
  run->report->message = g_strdup (error->message);
  run->report->exit_code = -1;
  finish (run);
}

static void
collect_files (BoxRun *run)
{
  GPtrArray *paths = box_job_get_collect (run->job);

  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (GError) error = NULL;
    BoxCollected *collected = box_collected_new ();

    collected->path = g_strdup (g_ptr_array_index (paths, i));
    collected->base64 = box_work_collect (
      box_slot_get_work (run->slot), collected->path, BOX_JOB_MAX_COLLECT_BYTES, &error);
    if (error != NULL)
      collected->missing = g_strdup (error->message);
    g_ptr_array_add (run->report->collected, collected);
  }
}

static gboolean
has_tests (BoxRun *run)
{
  return box_job_get_tests (run->job)->len > 0;
}

/* Another box for the next phase or test. The old one is given back when the new one is at work,
 * since the pool then makes one in its place, which takes a while. */
static void
go_on (BoxRun *run)
{
  BoxPool *pool = run->pool;
  BoxSlot *used = g_steal_pointer (&run->slot);

  g_clear_pointer (&run->supervisor, box_supervisor_free);
  take_box (run); /* the run may be gone after it */
  box_pool_give_back (pool, used);
}

static void
program_ended_cb (const BoxOutcome *outcome, gpointer data)
{
  BoxRun *run = data;

  box_report_set_outcome (run->report, outcome);
  collect_files (run);
  if (!has_tests (run)) {
    finish (run);
    return;
  }
  end_test (run);
  if (run->test < box_job_get_tests (run->job)->len && !run->is_stopped &&
      run->report->verdict != ENT_VERDICT_INTERNAL_ERROR)
    go_on (run);
  else
    finish (run);
}

/* Compiling */

static void
use_build (BoxRun *run, BoxBuild *build)
{
  run->build = build;
  run->is_compiling = FALSE;
}

/* The compiler's outcome is the job's, unless it is good. */
static void
compiler_ended_cb (const BoxOutcome *outcome, gpointer data)
{
  BoxRun *run = data;
  BoxCompileReport *compile = box_compile_report_new ();
  const char *said = run->out->len > 0 ? (const char *) run->out->data : "";
  g_autoptr (GError) error = NULL;
  BoxBuild *build;

  run->report->compile = compile;
  box_compile_report_set_outcome (compile, outcome);
  compile->errors = box_diagnostics_parse (run->language->diagnostics, said, run->out->len);
  compile->output = g_utf8_make_valid (said, run->out->len);
  g_byte_array_set_size (run->out, 0);
  if (compile->verdict != ENT_VERDICT_OK) {
    run->report->verdict = compile->verdict;
    run->report->message = box_report_describe (outcome, TRUE);
    run->report->exit_code = -1;
    finish (run);
    return;
  }
  build = box_cache_add (
    box_pool_get_cache (run->pool), run->key, box_slot_get_work (run->slot), compile, &error);
  if (build == NULL) {
    finish_without_build (run, error);
    return;
  }
  use_build (run, build);
  go_on (run);
}

/* A build of before, where there is one. */
static void
look_for_build (BoxRun *run)
{
  BoxBuild *build;

  run->key = box_cache_make_key (run->language, run->job);
  build = run->key != NULL ? box_cache_find (box_pool_get_cache (run->pool), run->key) : NULL;
  if (build == NULL)
    return;
  run->report->compile = ent_struct_copy (&box_compile_report_struct, box_build_get_report (build));
  run->report->compile->cached = TRUE;
  use_build (run, build);
}

/* Starting a phase */

static void
output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  BoxRun *run = user_data;
  gboolean is_err = stream == ENT_STREAM_STDERR && !run->is_compiling;

  if (run->is_compiling || !run->events->streams_only)
    g_byte_array_append (is_err ? run->err : run->out, data, size);
  if (run->events->output != NULL)
    run->events->output (
      run->is_compiling ? ENT_STREAM_COMPILE : stream, data, size, run->user_data);
}

static gboolean
fill_work (BoxRun *run, const BoxLimits *limits, GError **error)
{
  BoxWork *work = box_slot_get_work (run->slot);

  if (!box_work_set_size (work, limits->disk_bytes, error) ||
      !box_work_add_files (work, box_job_get_files (run->job), error))
    return FALSE;
  return !run->is_compiling || box_work_add_folder (work, BOX_JOB_BUILD_FOLDER, error);
}

static GBytes *
get_input (BoxRun *run)
{
  if (run->is_compiling)
    return NULL;
  return has_tests (run) ? g_ptr_array_index (box_job_get_tests (run->job), run->test)
                         : box_job_get_stdin (run->job);
}

static void
start_phase (BoxRun *run)
{
  g_auto (GStrv) command = run->is_compiling ? box_language_build_compile (run->language, run->job)
                                             : box_language_build_run (run->language, run->job);
  g_auto (GStrv) environment =
    box_language_build_environment (run->language, run->rows > 0 && !run->is_compiling);
  g_autoptr (GError) error = NULL;
  BoxPhase phase = {
    .command = command,
    .environment = environment,
    .limits = run->is_compiling ? &run->compile_limits : &run->limits,
    .input = get_input (run),
    .input_fd = run->is_compiling ? -1 : box_job_get_stdin_fd (run->job),
    .rows = run->is_compiling ? 0 : run->rows,
    .columns = run->columns,
    .reads_work = run->is_compiling || box_job_get_collect (run->job)->len > 0,
  };

  if (!fill_work (run, phase.limits, &error)) {
    finish_early (run, error->message);
    return;
  }
  if (run->build != NULL && !box_build_copy_to (run->build, box_slot_get_work (run->slot),
                              phase.limits->disk_bytes, &error)) {
    finish_without_build (run, error);
    return;
  }
  run->supervisor = box_supervisor_start (run->slot, box_pool_get_inner_filter (run->pool), &phase,
    output_cb, run->is_compiling ? compiler_ended_cb : program_ended_cb, run);
}

static void
box_taken_cb (BoxSlot *slot, const GError *error, gpointer data)
{
  BoxRun *run = data;

  run->waiter = 0;
  if (slot == NULL) {
    finish_early (run, error->message);
    return;
  }
  run->slot = slot;
  start_phase (run);
}

static void
take_box (BoxRun *run)
{
  guint waiter;

  if (run->is_stopped) {
    finish_early (run, NULL);
    return;
  }
  waiter = box_pool_take (run->pool, box_taken_cb, run);
  if (waiter != 0)
    run->waiter = waiter; /* else the callback has been, and the run may be gone */
}

static gboolean
start_cb (gpointer data)
{
  BoxRun *run = data;

  run->start_source = 0;
  if (run->is_compiling && run->key == NULL && !run->is_stopped)
    look_for_build (run);
  take_box (run);
  return G_SOURCE_REMOVE;
}

BoxRun *
box_run_start (BoxPool *pool,
  const BoxLanguage *language,
  BoxJob *job,
  const BoxRunEvents *events,
  gpointer user_data)
{
  BoxRun *run = g_new0 (BoxRun, 1);

  run->pool = pool;
  run->language = language;
  run->job = job;
  run->events = events;
  run->user_data = user_data;
  run->compile_limits = language->compile_limits;
  box_limits_clamp (&run->compile_limits, box_job_get_compile_limits (job));
  run->limits = *box_job_get_limits (job);
  box_limits_clamp (&run->limits, &language->run_limits);
  run->rows = box_job_get_rows (job);
  run->columns = box_job_get_columns (job);
  run->is_compiling = language->compile != NULL;
  run->out = g_byte_array_new ();
  run->err = g_byte_array_new ();
  run->report = box_report_new ();
  run->report->collected = g_ptr_array_new_with_free_func ((GDestroyNotify) box_collected_free);
  run->start_source = g_idle_add_full (G_PRIORITY_DEFAULT, start_cb, run, NULL);
  return run;
}

gboolean
box_run_feed (BoxRun *run, const guint8 *data, gsize size)
{
  return run->rows > 0 && !run->is_compiling && run->supervisor != NULL &&
         box_supervisor_feed (run->supervisor, data, size);
}

void
box_run_resize (BoxRun *run, guint rows, guint columns)
{
  if (run->rows == 0)
    return;
  run->rows = rows;
  run->columns = columns;
  if (run->supervisor != NULL)
    box_supervisor_resize (run->supervisor, rows, columns);
}

void
box_run_stop (BoxRun *run)
{
  run->is_stopped = TRUE;
  if (run->supervisor != NULL) {
    box_supervisor_stop (run->supervisor);
  } else if (run->waiter != 0 && run->start_source == 0) {
    box_pool_forget (run->pool, run->waiter);
    run->waiter = 0;
    run->start_source = g_idle_add_full (G_PRIORITY_DEFAULT, start_cb, run, NULL);
  }
}
