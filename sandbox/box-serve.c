#include "config.h"

#include "box-serve.h"

#include <string.h>

#include "box-intake.h"
#include "box-output.h"
#include "box-run.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-session.h"

struct _BoxTurns {
  guint n_slots;
  guint n_running;
  GQueue waiting; /* Job; theirs */
};

struct _BoxServe {
  BoxLink *link;
  BoxPool *pool;
  GPtrArray *languages; /* BoxLanguage */
  BoxTurns *turns;
  GHashTable *jobs; /* id -> Job: arriving or running, and wanted */
  guint n_running; /* with those that nobody wants any more */
};

typedef struct {
  BoxServe *serve;
  char *id;
  gint64 fence;
  const BoxLanguage *language;
  BoxIntake *intake; /* NULL once it runs */
  gboolean is_waiting; /* for its turn */
  BoxRun *run;
  BoxOutput *output;
  guint32 n_frames;
  gboolean is_forgotten; /* nobody wants the result */
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->intake, box_intake_free);
  g_clear_pointer (&job->output, box_output_free);
  g_free (job->id);
  g_free (job);
}

static void
send (BoxServe *serve, EntRunnerKind kind, gconstpointer data)
{
  g_autofree char *text = ent_runner_message_encode (kind, 0, 0, data);

  box_link_send_text (serve->link, text);
}

/* Results */

static void
send_result (Job *job, const BoxReport *report)
{
  EntMsgJobResult result = {
    .id = job->id,
    .fence = job->fence,
    .verdict = report->verdict,
    .exit_code = report->exit_code,
    .signal = report->signal,
    .cpu_ms = report->cpu_ms,
    .wall_ms = report->wall_ms,
    .memory_kb = report->memory_kib,
    .truncated = report->stdout_truncated || report->stderr_truncated,
    .message = report->message,
    .note = report->note,
  };

  if (report->compile != NULL) {
    result.truncated |= report->compile->output_truncated;
    result.compile_errors = report->compile->errors;
  }
  send (job->serve, ENT_RUNNER_RESULT, &result);
}

/* The result of a job that never ran. */
static void
send_refusal (BoxServe *serve,
  const char *id,
  gint64 fence,
  EntVerdict verdict,
  const char *message)
{
  EntMsgJobResult result = {
    .id = (char *) id,
    .fence = fence,
    .verdict = verdict,
    .exit_code = -1,
    .message = (char *) message,
  };

  send (serve, ENT_RUNNER_RESULT, &result);
}

/* Running */

static void
send_output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GBytes) frame = ent_frame_build (job->id, stream, job->n_frames++, data, size);

  box_link_send_binary (job->serve->link, frame);
}

static void
output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  Job *job = user_data;

  if (!job->is_forgotten)
    box_output_add (job->output, stream, data, size);
}

static void start_job (Job *job);

static void
done_cb (BoxReport *report, gpointer user_data)
{
  Job *job = user_data;
  BoxServe *serve = job->serve;
  BoxTurns *turns = serve->turns;
  Job *next;

  serve->n_running--;
  turns->n_running--;
  if (!job->is_forgotten) {
    box_output_flush (job->output);
    send_result (job, report);
    g_hash_table_remove (serve->jobs, job->id);
  }
  job_free (job);
  box_report_free (report);
  while (turns->n_running < turns->n_slots && (next = g_queue_pop_head (&turns->waiting)) != NULL) {
    next->is_waiting = FALSE;
    start_job (next);
  }
}

/* What was printed before this is the test's. */
static void
tested_cb (const BoxTestReport *test, guint number, gpointer user_data)
{
  Job *job = user_data;
  EntMsgJobTested tested = {
    .id = job->id,
    .fence = job->fence,
    .number = number,
    .verdict = test->verdict,
    .exit_code = test->exit_code,
    .signal = test->signal,
    .cpu_ms = test->cpu_ms,
    .wall_ms = test->wall_ms,
    .memory_kb = test->memory_kib,
    .truncated = test->stdout_truncated || test->stderr_truncated,
    .message = test->message,
  };

  if (job->is_forgotten)
    return;
  box_output_flush (job->output);
  send (job->serve, ENT_RUNNER_TESTED, &tested);
}

static const BoxRunEvents run_events = { output_cb, tested_cb, done_cb, TRUE };

/* The job stays in the table until it is done; without a run it goes at once. */
static void
start_job (Job *job)
{
  BoxServe *serve = job->serve;
  BoxTurns *turns = serve->turns;
  g_autoptr (GError) error = NULL;
  BoxJob *taken = box_intake_finish (job->intake, &error);
  EntMsgJobStarted started = { .id = job->id };

  g_clear_pointer (&job->intake, box_intake_free);
  if (taken == NULL) {
    send_refusal (serve, job->id, job->fence, ENT_VERDICT_INTERNAL_ERROR, error->message);
    g_hash_table_remove (serve->jobs, job->id);
    job_free (job);
    return;
  }
  serve->n_running++;
  turns->n_running++;
  job->output = box_output_new (send_output_cb, job);
  job->run = box_run_start (serve->pool, job->language, taken, &run_events, job);
  send (serve, ENT_RUNNER_STARTED, &started);
}

static void
start_in_turn (Job *job)
{
  BoxTurns *turns = job->serve->turns;

  if (turns->n_running < turns->n_slots) {
    start_job (job);
    return;
  }
  job->is_waiting = TRUE;
  g_queue_push_tail (&turns->waiting, job);
}

/* Takes a job out of the table; its run, if any, goes on only to be stopped. */
static void
forget_job (Job *job)
{
  g_hash_table_remove (job->serve->jobs, job->id);
  job->is_forgotten = TRUE;
  if (job->is_waiting)
    g_queue_remove (&job->serve->turns->waiting, job);
  if (job->run != NULL)
    box_run_stop (job->run);
  else
    job_free (job);
}

static void
forget_all (BoxServe *serve)
{
  g_autoptr (GList) jobs = g_hash_table_get_values (serve->jobs);

  for (GList *link = jobs; link != NULL; link = link->next)
    forget_job (link->data);
}

/* Messages */

static void
say_hello (BoxServe *serve)
{
  g_autoptr (GPtrArray) shown =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_language_free);
  EntMsgRunnerHello hello = {
    .version = (char *) ENT_VERSION,
    .slots = serve->turns->n_slots,
    .languages = shown,
    .note = box_pool_has_groups (serve->pool) ? NULL : (char *) BOX_RUN_INSECURE_NOTE,
  };

  for (guint i = 0; i < serve->languages->len; i++) {
    const BoxLanguage *language = g_ptr_array_index (serve->languages, i);
    EntMsgLanguage *entry = ent_msg_language_new ();

    entry->id = g_strdup (language->id);
    entry->name = g_strdup (language->name);
    entry->version = g_strdup (language->version);
    entry->file = g_strdup (language->file);
    g_ptr_array_add (shown, entry);
  }
  send (serve, ENT_RUNNER_HELLO, &hello);
}

static void
take_job (BoxServe *serve, const EntMsgJob *message)
{
  const BoxLanguage *language = box_language_find (serve->languages, message->language);
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  Job *earlier = g_hash_table_lookup (serve->jobs, message->id);
  BoxIntake *intake = NULL;
  Job *job;

  if (earlier != NULL)
    forget_job (earlier); /* given out again: the new fence counts */
  if (language == NULL)
    reason = g_strdup_printf ("This runner has no language \"%s\".", message->language);
  else if (g_hash_table_size (serve->jobs) >= serve->turns->n_slots)
    reason = g_strdup ("This runner is busy with as many programs as it may run at once.");
  else if ((intake = box_intake_new (message, &error)) == NULL)
    reason = g_strdup (error->message);
  if (reason != NULL) {
    send_refusal (serve, message->id, message->fence, ENT_VERDICT_INTERNAL_ERROR, reason);
    return;
  }
  job = g_new0 (Job, 1);
  job->serve = serve;
  job->id = g_strdup (message->id);
  job->fence = message->fence;
  job->language = language;
  job->intake = intake;
  g_hash_table_insert (serve->jobs, job->id, job);
  if (box_intake_is_complete (job->intake))
    start_in_turn (job);
}

static void
cancel_job (BoxServe *serve, const char *id)
{
  Job *job = g_hash_table_lookup (serve->jobs, id);

  if (job == NULL)
    return; /* it has ended meanwhile */
  if (job->run != NULL) {
    box_run_stop (job->run);
    return;
  }
  send_refusal (serve, job->id, job->fence, ENT_VERDICT_STOPPED, "The program was stopped.");
  forget_job (job);
}

static void
resize_terminal (BoxServe *serve, const EntMsgJobResize *resize)
{
  Job *job = g_hash_table_lookup (serve->jobs, resize->id);

  if (job != NULL && job->run != NULL && resize->rows > 0 && resize->columns > 0)
    box_run_resize (job->run, resize->rows, resize->columns);
}

static void
opened_cb (BoxLink *link, gpointer data)
{
  say_hello (data);
}

static void
text_cb (BoxLink *link, const char *text, gulong size, gpointer data)
{
  BoxServe *serve = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_runner_message_decode (text, size, &error);

  if (message == NULL) {
    box_link_reject (link, "a message cannot be read");
    return;
  }
  switch ((EntRunnerKind) message->kind) {
  case ENT_RUNNER_WELCOME:
    box_link_confirm (link);
    g_message ("Signed on to the coordinator with %u slots.", serve->turns->n_slots);
    return;
  case ENT_RUNNER_JOB:
    take_job (serve, message->data);
    return;
  case ENT_RUNNER_CANCEL:
    cancel_job (serve, ((const EntMsgJobCancel *) message->data)->id);
    return;
  case ENT_RUNNER_RESIZE:
    resize_terminal (serve, message->data);
    return;
  case ENT_RUNNER_ERROR:
    g_warning ("The coordinator says: %s", ((const EntMsgError *) message->data)->detail);
    return;
  case ENT_RUNNER_HELLO:
  case ENT_RUNNER_STARTED:
  case ENT_RUNNER_RESULT:
  case ENT_RUNNER_TESTED:
    box_link_reject (link, "a message of the wrong direction came");
    return;
  case ENT_RUNNER_UNKNOWN:
    return;
  }
}

static void
binary_cb (BoxLink *link, GBytes *frame, gpointer data)
{
  BoxServe *serve = data;
  g_autofree char *id = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  EntStream stream;
  guint32 index;
  Job *job;

  if (!ent_frame_parse (frame, &id, &stream, &index, &payload)) {
    box_link_reject (link, "a frame cannot be read");
    return;
  }
  job = g_hash_table_lookup (serve->jobs, id);
  if (job == NULL || job->is_waiting)
    return; /* of a job that was refused or cancelled; typed before there is a program */
  if (job->intake == NULL) {
    gsize size;
    const guint8 *bytes = g_bytes_get_data (payload, &size);

    /* Typed into the terminal; what a program does not read in time is lost, as on any other. */
    if (stream == ENT_STREAM_STDIN && !box_run_feed (job->run, bytes, size))
      g_debug ("%" G_GSIZE_FORMAT " bytes of input found no room", size);
    return;
  }
  if (!box_intake_add (job->intake, stream, index, payload, &error)) {
    send_refusal (serve, job->id, job->fence, ENT_VERDICT_INTERNAL_ERROR, error->message);
    forget_job (job);
  } else if (box_intake_is_complete (job->intake)) {
    start_in_turn (job);
  }
}

static void
closed_cb (BoxLink *link, const char *reason, gpointer data)
{
  g_message ("No connection to the coordinator: %s.", reason);
  forget_all (data);
}

BoxTurns *
box_turns_new (guint n_slots)
{
  BoxTurns *turns = g_new0 (BoxTurns, 1);

  turns->n_slots = n_slots;
  return turns;
}

void
box_turns_free (BoxTurns *turns)
{
  g_free (turns);
}

BoxServe *
box_serve_new (BoxLink *link, BoxPool *pool, GPtrArray *languages, BoxTurns *turns)
{
  BoxServe *serve = g_new0 (BoxServe, 1);

  serve->link = link;
  serve->pool = pool;
  serve->languages = languages;
  serve->turns = turns;
  serve->jobs = g_hash_table_new (g_str_hash, g_str_equal);
  g_signal_connect (link, "opened", G_CALLBACK (opened_cb), serve);
  g_signal_connect (link, "text", G_CALLBACK (text_cb), serve);
  g_signal_connect (link, "binary", G_CALLBACK (binary_cb), serve);
  g_signal_connect (link, "closed", G_CALLBACK (closed_cb), serve);
  return serve;
}

void
box_serve_stop (BoxServe *serve)
{
  forget_all (serve);
}

gboolean
box_serve_is_idle (BoxServe *serve)
{
  return serve->n_running == 0;
}

void
box_serve_free (BoxServe *serve)
{
  if (serve == NULL)
    return;
  g_warn_if_fail (box_serve_is_idle (serve));
  g_signal_handlers_disconnect_by_data (serve->link, serve);
  g_hash_table_unref (serve->jobs);
  g_free (serve);
}
