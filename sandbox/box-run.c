#include "box-run.h"

#include "box-diagnostics.h"
#include "box-error.h"

struct _BoxRun {
  BoxPool *pool;
  const BoxLanguage *language;
  BoxJob *job;
  BoxOutputFunc output;
  BoxRunFunc done;
  gpointer user_data;

  BoxLimits limits; /* of the run */
  BoxSlot *slot; /* of the phase that goes on */
  BoxSlot *compiled; /* the dead box of the compiler, until its files are taken */
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
  if (run->compiled != NULL)
    box_pool_give_back (run->pool, run->compiled);
  box_job_free (run->job);
  g_byte_array_unref (run->out);
  g_byte_array_unref (run->err);
  g_clear_pointer (&run->report, box_report_free);
  g_free (run);
}

static void
finish (BoxRun *run)
{
  g_autoptr (GBytes) out = g_byte_array_free_to_bytes (g_steal_pointer (&run->out));
  g_autoptr (GBytes) err = g_byte_array_free_to_bytes (g_steal_pointer (&run->err));

  run->out = g_byte_array_new ();
  run->err = g_byte_array_new ();
  box_report_set_output (run->report, out, err);
  run->report->limited = box_pool_has_groups (run->pool);
  if (!run->report->limited)
    run->report->note = g_strdup (BOX_RUN_INSECURE_NOTE);
  run->done (g_steal_pointer (&run->report), run->user_data);
  run_free (run);
}

/* Ends a run that has no program going: stopped while it waited, or something of ours failed. */
static void
finish_early (BoxRun *run, const char *trouble)
{
  g_auto (BoxOutcome)
    outcome = { .trouble = g_strdup (trouble), .stopped = trouble == NULL, .ended = FALSE };

  box_report_set_outcome (run->report, &outcome);
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

static void
program_ended_cb (const BoxOutcome *outcome, gpointer data)
{
  BoxRun *run = data;

  box_report_set_outcome (run->report, outcome);
  collect_files (run);
  finish (run);
}

/* Compiling */

/* The compiler's outcome is the job's, unless it is good. */
static void
compiler_ended_cb (const BoxOutcome *outcome, gpointer data)
{
  BoxRun *run = data;
  BoxCompileReport *compile = box_compile_report_new ();
  const char *said = run->out->len > 0 ? (const char *) run->out->data : "";

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
  g_clear_pointer (&run->supervisor, box_supervisor_free);
  run->compiled = g_steal_pointer (&run->slot);
  run->is_compiling = FALSE;
  take_box (run);
}

/* Starting a phase */

static void
output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  BoxRun *run = user_data;
  gboolean is_err = stream == ENT_STREAM_STDERR && !run->is_compiling;

  g_byte_array_append (is_err ? run->err : run->out, data, size);
  if (run->output != NULL)
    run->output (run->is_compiling ? ENT_STREAM_COMPILE : stream, data, size, run->user_data);
}

static gboolean
fill_work (BoxRun *run, const BoxLimits *limits, GError **error)
{
  BoxWork *work = box_slot_get_work (run->slot);

  if (!box_work_set_size (work, limits->disk_bytes, error) ||
      !box_work_add_files (work, box_job_get_files (run->job), error))
    return FALSE;
  if (run->is_compiling)
    return box_work_add_folder (work, BOX_JOB_BUILD_FOLDER, error);
  return run->compiled == NULL || box_work_copy_folder (box_slot_get_work (run->compiled), work,
                                    BOX_JOB_BUILD_FOLDER, limits->disk_bytes, error);
}

static void
start_phase (BoxRun *run)
{
  g_auto (GStrv) command = run->is_compiling ? box_language_build_compile (run->language, run->job)
                                             : box_language_build_run (run->language, run->job);
  g_auto (GStrv) environment = box_language_build_environment (run->language);
  g_autoptr (GError) error = NULL;
  BoxPhase phase = {
    .command = command,
    .environment = environment,
    .limits = run->is_compiling ? &run->language->compile_limits : &run->limits,
    .input = run->is_compiling ? NULL : box_job_get_stdin (run->job),
  };

  if (!fill_work (run, phase.limits, &error)) {
    finish_early (run, error->message);
    return;
  }
  if (run->compiled != NULL)
    box_pool_give_back (run->pool, g_steal_pointer (&run->compiled));
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
  take_box (run);
  return G_SOURCE_REMOVE;
}

BoxRun *
box_run_start (BoxPool *pool,
  const BoxLanguage *language,
  BoxJob *job,
  BoxOutputFunc output,
  BoxRunFunc done,
  gpointer user_data)
{
  BoxRun *run = g_new0 (BoxRun, 1);

  run->pool = pool;
  run->language = language;
  run->job = job;
  run->output = output;
  run->done = done;
  run->user_data = user_data;
  run->limits = *box_job_get_limits (job);
  box_limits_clamp (&run->limits, &language->run_limits);
  run->is_compiling = language->compile != NULL;
  run->out = g_byte_array_new ();
  run->err = g_byte_array_new ();
  run->report = box_report_new ();
  run->report->collected = g_ptr_array_new_with_free_func ((GDestroyNotify) box_collected_free);
  run->start_source = g_idle_add_full (G_PRIORITY_DEFAULT, start_cb, run, NULL);
  return run;
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
