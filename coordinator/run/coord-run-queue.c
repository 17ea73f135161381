#include "run/coord-run-queue.h"

#include "base/ent-id.h"
#include "coord-log.h"
#include "protocol/ent-limits.h"
#include "run/coord-utf8-cut.h"

#include <string.h>

#define STOP_MS (10 * 1000) /* a runner answers a cancel within this */
#define MAX_STARTS 2
/* A runner cuts output off itself, well before these. */
#define MAX_OUTPUT (4 * ENT_MAX_OUTPUT)
#define MAX_LONG_OUTPUT (20 * ENT_MAX_OUTPUT) /* of a terminal, or of many tests */

#define LOST_TEXT \
  "The runner was lost while the program ran. Nothing is wrong with the program: run it again."

struct _CoordRunQueue {
  EntClock *clock;
  GQueue waiting; /* CoordRun */
  GHashTable *runs; /* id -> CoordRun, owned */
  GPtrArray *runners; /* CoordRunner */
  GPtrArray *languages; /* EntMsgLanguage */
  gint64 last_fence;
  guint64 n_ended;
  gsize round; /* that of the last run that was started */
  GHashTable *last_rounds; /* turn -> the last of its runs, when not long over */
  guint dispatch_id;
  GFunc changed;
  gpointer changed_data;
};

struct _CoordRun {
  CoordRunQueue *queue;
  char *id;
  gsize round; /* no run of a later one goes before it */
  CoordRunRequest *request;
  const CoordRunEvents *events; /* NULL: abandoned */
  gpointer data;
  gint64 fence;
  CoordRunner *runner; /* NULL: it waits */
  guint starts;
  gboolean has_begun; /* the runner has said so of this start */
  guint n_tested; /* of this start */
  gsize output_bytes; /* of this start */
  guint32 n_inputs; /* frames of input, of this start */
  gint64 input_us; /* when all that was typed has had its time */
  guint place; /* as told last; G_MAXUINT: never */
  gboolean is_stopping;
  guint timeout_id; /* lease, or waiting for a runner */
  GByteArray *held[ENT_STREAM_COMPILE + 1]; /* the beginning of a character */
};

struct _CoordRunner {
  CoordRunQueue *queue;
  char *name;
  EntMsgRunnerHello *hello;
  const CoordRunnerEvents *events;
  gpointer data;
  GHashTable *jobs; /* ids of the runs it works at, those taken from it included */
  guint n_kept; /* those taken from it, which it has not let go of; as of the last dispatch */
  gboolean is_draining; /* it gets no new ones */
};

void
coord_run_request_free (CoordRunRequest *request)
{
  g_free (request->language);
  g_free (request->entry);
  g_free (request->scope);
  g_free (request->turn);
  g_clear_pointer (&request->stdin_bytes, g_bytes_unref);
  g_clear_pointer (&request->files, g_ptr_array_unref);
  g_clear_pointer (&request->tests, g_ptr_array_unref);
  g_free (request);
}

CoordRunQueue *
coord_run_queue_new (EntClock *clock)
{
  CoordRunQueue *queue = g_new0 (CoordRunQueue, 1);

  queue->clock = ent_clock_ref (clock);
  g_queue_init (&queue->waiting);
  queue->runs = g_hash_table_new (g_str_hash, g_str_equal);
  queue->last_rounds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  queue->runners = g_ptr_array_new ();
  queue->languages = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_language_free);
  /* Later than what a process before this one gave out. */
  queue->last_fence = ent_clock_get_wall_us (clock);
  return queue;
}

void
coord_run_queue_set_changed (CoordRunQueue *queue, GFunc func, gpointer data)
{
  queue->changed = func;
  queue->changed_data = data;
}

GPtrArray *
coord_run_queue_get_languages (CoordRunQueue *queue)
{
  return queue->languages;
}

guint
coord_run_queue_count_waiting (CoordRunQueue *queue)
{
  return queue->waiting.length;
}

guint
coord_run_queue_count_runners (CoordRunQueue *queue)
{
  return queue->runners->len;
}

guint64
coord_run_queue_count_ended (CoordRunQueue *queue)
{
  return queue->n_ended;
}

static gboolean
has_language (GPtrArray *languages, const char *id)
{
  for (guint i = 0; languages != NULL && i < languages->len; i++)
    if (g_str_equal (((EntMsgLanguage *) g_ptr_array_index (languages, i))->id, id))
      return TRUE;
  return FALSE;
}

gboolean
coord_run_queue_has_language (CoordRunQueue *queue, const char *language)
{
  return has_language (queue->languages, language);
}

static int
compare_languages (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(EntMsgLanguage *const *) a)->id, (*(EntMsgLanguage *const *) b)->id);
}

static void
collect_languages (CoordRunQueue *queue)
{
  g_ptr_array_set_size (queue->languages, 0);
  for (guint i = 0; i < queue->runners->len; i++) {
    const CoordRunner *runner = g_ptr_array_index (queue->runners, i);
    GPtrArray *own = runner->is_draining ? NULL : runner->hello->languages;

    for (guint n = 0; own != NULL && n < own->len; n++) {
      const EntMsgLanguage *language = g_ptr_array_index (own, n);

      if (!has_language (queue->languages, language->id))
        g_ptr_array_add (queue->languages, ent_struct_copy (&ent_msg_language_struct, language));
    }
  }
  g_ptr_array_sort (queue->languages, compare_languages);
  if (queue->changed != NULL)
    queue->changed (queue, queue->changed_data);
}

/* Runs. */

const char *
coord_run_get_id (CoordRun *run)
{
  return run->id;
}

const CoordRunRequest *
coord_run_get_request (CoordRun *run)
{
  return run->request;
}

guint
coord_run_get_attempt (CoordRun *run)
{
  return run->runner != NULL ? run->starts : run->starts + 1;
}

guint
coord_run_get_place (CoordRun *run)
{
  return run->place;
}

static gboolean
has_terminal (const CoordRun *run)
{
  return run->request->rows > 0;
}

static void
clear_timeout (CoordRun *run)
{
  ent_clock_remove (run->queue->clock, run->timeout_id);
  run->timeout_id = 0;
}

static void
run_free (CoordRun *run)
{
  clear_timeout (run);
  g_queue_remove (&run->queue->waiting, run);
  g_hash_table_remove (run->queue->runs, run->id);
  for (guint i = 0; i < G_N_ELEMENTS (run->held); i++)
    g_clear_pointer (&run->held[i], g_byte_array_unref);
  coord_run_request_free (run->request);
  g_free (run->id);
  g_free (run);
}

static void
flush_held (CoordRun *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (run->held); i++) {
    g_autoptr (GBytes) rest = NULL;

    if (run->held[i] == NULL)
      continue;
    rest = g_byte_array_free_to_bytes (g_steal_pointer (&run->held[i]));
    if (g_bytes_get_size (rest) > 0)
      run->events->output (run, i, rest, run->data);
  }
}

static void schedule (CoordRunQueue *queue);

static void
end_run (CoordRun *run, const EntMsgJobResult *result)
{
  CoordRunQueue *queue = run->queue;

  queue->n_ended++;
  if (run->events != NULL) {
    flush_held (run);
    run->events->ended (run, result, run->data);
  }
  run_free (run);
  schedule (queue);
}

static void
end_run_as (CoordRun *run, EntVerdict verdict, const char *message)
{
  const EntMsgJobResult result = {
    .id = run->id,
    .fence = run->fence,
    .verdict = verdict,
    .message = (char *) message,
  };

  end_run (run, &result);
}

static gboolean
waited_cb (gpointer data)
{
  CoordRun *run = data;

  run->timeout_id = 0;
  end_run_as (run, ENT_VERDICT_INTERNAL_ERROR,
    "The runner was lost and no other one is free. Run it again in a moment.");
  return G_SOURCE_REMOVE;
}

/* The runner is gone or too slow: the run goes to another one, once. */
static void
give_back (CoordRun *run)
{
  gboolean is_over = run->starts >= MAX_STARTS || (has_terminal (run) && run->has_begun);

  run->runner = NULL;
  clear_timeout (run);
  for (guint i = 0; i < G_N_ELEMENTS (run->held); i++)
    g_clear_pointer (&run->held[i], g_byte_array_unref);
  if (run->events == NULL)
    run_free (run);
  else if (run->is_stopping)
    end_run_as (run, ENT_VERDICT_STOPPED, NULL);
  else if (is_over)
    end_run_as (run, ENT_VERDICT_INTERNAL_ERROR, LOST_TEXT);
  else {
    g_queue_push_head (&run->queue->waiting, run);
    schedule (run->queue);
  }
}

static gboolean
lease_over_cb (gpointer data)
{
  CoordRun *run = data;
  CoordRunner *runner = run->runner;

  run->timeout_id = 0;
  coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUN, run->id, "Runner %s kept it beyond its lease",
    runner->name);
  runner->events->cancel (run->id, runner->data);
  give_back (run);
  return G_SOURCE_REMOVE;
}

/* Giving runs to runners. */

static gboolean
is_fit (const CoordRunner *runner, const CoordRun *run)
{
  return !runner->is_draining && has_language (runner->hello->languages, run->request->language) &&
         !g_hash_table_contains (runner->jobs, run->id);
}

static gboolean
can_take (const CoordRunner *runner, const CoordRun *run)
{
  return g_hash_table_size (runner->jobs) < (guint) runner->hello->slots && is_fit (runner, run);
}

/* The least busy one. */
static CoordRunner *
find_runner (CoordRun *run)
{
  CoordRunner *found = NULL;

  for (guint i = 0; i < run->queue->runners->len; i++) {
    CoordRunner *runner = g_ptr_array_index (run->queue->runners, i);

    if (can_take (runner, run) &&
        (found == NULL || g_hash_table_size (runner->jobs) < g_hash_table_size (found->jobs)))
      found = runner;
  }
  return found;
}

static GPtrArray *
list_job_files (const CoordRunRequest *request)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_job_file_free);

  for (guint i = 0; i < request->files->len; i++) {
    const CoordRunFile *file = g_ptr_array_index (request->files, i);
    EntMsgJobFile *job_file = ent_msg_job_file_new ();

    job_file->path = g_strdup (file->path);
    job_file->size = g_bytes_get_size (file->bytes);
    g_ptr_array_add (list, job_file);
  }
  return list;
}

/* NULL: no tests. */
static GPtrArray *
list_job_tests (const CoordRunRequest *request)
{
  GPtrArray *list;

  if (request->tests == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_job_test_free);
  for (guint i = 0; i < request->tests->len; i++) {
    EntMsgJobTest *test = ent_msg_job_test_new ();

    test->size = g_bytes_get_size (g_ptr_array_index (request->tests, i));
    g_ptr_array_add (list, test);
  }
  return list;
}

static void
begin_lease (CoordRun *run)
{
  guint lease_ms = has_terminal (run) ? COORD_RUN_TERMINAL_LEASE_MS : COORD_RUN_LEASE_MS;

  clear_timeout (run);
  run->timeout_id = ent_clock_add (run->queue->clock, lease_ms, lease_over_cb, run);
}

/* Whose turn it is: each run has a number of the round that it goes in, one more than the last of
 * the same `turn`, and not before the round that is going on. */

static void
forget_rounds_before (CoordRunQueue *queue)
{
  GHashTableIter iter;
  gpointer round;

  g_hash_table_iter_init (&iter, queue->last_rounds);
  while (g_hash_table_iter_next (&iter, NULL, &round))
    if (GPOINTER_TO_SIZE (round) < queue->round)
      g_hash_table_iter_remove (&iter);
}

static gsize
choose_round (CoordRunQueue *queue, const char *turn)
{
  gsize last = GPOINTER_TO_SIZE (g_hash_table_lookup (queue->last_rounds, turn));
  gsize round = MAX (queue->round, last + 1);

  g_hash_table_replace (queue->last_rounds, g_strdup (turn), GSIZE_TO_POINTER (round));
  return round;
}

static void
join_waiting (CoordRunQueue *queue, CoordRun *run)
{
  const char *turn = run->request->turn;
  GList *l = queue->waiting.tail;

  run->round = turn != NULL ? choose_round (queue, turn) : queue->round;
  while (l != NULL && ((CoordRun *) l->data)->round > run->round)
    l = l->prev;
  g_queue_insert_after (&queue->waiting, l, run);
}

static void
begin_round (CoordRunQueue *queue, gsize round)
{
  if (round <= queue->round)
    return;
  queue->round = round;
  forget_rounds_before (queue);
}

static void
start_run (CoordRun *run, CoordRunner *runner)
{
  CoordRunRequest *request = run->request;
  g_autoptr (GPtrArray) files = list_job_files (request);
  g_autoptr (GPtrArray) tests = list_job_tests (request);
  EntMsgTerminal terminal = { request->rows, request->columns };
  EntMsgJob job = {
    .id = run->id,
    .fence = ++run->queue->last_fence,
    .language = request->language,
    .profile = (char *) request->profile,
    .entry = request->entry,
    .limits = &request->limits,
    .stdin_size = g_bytes_get_size (request->stdin_bytes),
    .files = files,
    .tests = tests,
    .terminal = has_terminal (run) ? &terminal : NULL,
    .scope = request->scope,
  };

  run->fence = job.fence;
  run->runner = runner;
  run->starts++;
  run->has_begun = FALSE;
  run->n_tested = 0;
  run->output_bytes = 0;
  run->n_inputs = 0;
  run->place = 0;
  begin_round (run->queue, run->round);
  g_hash_table_add (runner->jobs, g_strdup (run->id));
  begin_lease (run);
  run->events->queued (run, 0, runner->hello->note, run->data);
  runner->events->start (&job, request, runner->data);
}

/* Waiting. */

static void
count_kept (CoordRunner *runner)
{
  GHashTableIter iter;
  gpointer key;

  runner->n_kept = 0;
  g_hash_table_iter_init (&iter, runner->jobs);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const CoordRun *run = g_hash_table_lookup (runner->queue->runs, key);

    if (run == NULL || run->runner != runner)
      runner->n_kept++;
  }
}

/* Whether some runner will take it as soon as it has time. One that has let go of nothing that was
 * taken from it may never have time again. */
static gboolean
has_taker (const CoordRun *run)
{
  for (guint i = 0; i < run->queue->runners->len; i++) {
    const CoordRunner *runner = g_ptr_array_index (run->queue->runners, i);

    if (is_fit (runner, run) && runner->n_kept < (guint) runner->hello->slots)
      return TRUE;
  }
  return FALSE;
}

static void
watch_wait (CoordRun *run)
{
  if (has_taker (run))
    clear_timeout (run);
  else if (run->timeout_id == 0)
    run->timeout_id = ent_clock_add (run->queue->clock, COORD_RUN_WAIT_MS, waited_cb, run);
}

/* Tells those who wait how many stand before them (from 1), when that has changed. */
static void
tell_places (CoordRunQueue *queue)
{
  guint place = 1;

  for (guint i = 0; i < queue->runners->len; i++)
    count_kept (g_ptr_array_index (queue->runners, i));
  for (GList *l = queue->waiting.head; l != NULL; l = l->next, place++) {
    CoordRun *run = l->data;

    watch_wait (run);
    if (run->place != place)
      run->events->queued (run, place, NULL, run->data);
    run->place = place;
  }
}

static void
dispatch_cb (gpointer data)
{
  CoordRunQueue *queue = data;
  GList *next;

  queue->dispatch_id = 0;
  for (GList *l = queue->waiting.head; l != NULL; l = next) {
    CoordRun *run = l->data;
    CoordRunner *runner = find_runner (run);

    next = l->next;
    if (run->is_stopping) {
      g_queue_delete_link (&queue->waiting, l);
      end_run_as (run, ENT_VERDICT_STOPPED, NULL);
    } else if (runner != NULL) {
      g_queue_delete_link (&queue->waiting, l);
      start_run (run, runner);
    }
  }
  tell_places (queue);
}

static void
schedule (CoordRunQueue *queue)
{
  if (queue->dispatch_id == 0)
    queue->dispatch_id = g_idle_add_once (dispatch_cb, queue);
}

/* The last places are for those of whom none waits yet. */
static gboolean
is_full (CoordRunQueue *queue, const char *turn)
{
  guint own = 0;

  for (GList *l = queue->waiting.head; turn != NULL && l != NULL; l = l->next)
    own += g_strcmp0 (((CoordRun *) l->data)->request->turn, turn) == 0;
  return own >= COORD_RUN_MAX_OWN_WAITING || queue->waiting.length >= COORD_RUN_MAX_WAITING ||
         (own > 0 && queue->waiting.length >= COORD_RUN_MAX_MORE_WAITING);
}

CoordRun *
coord_run_queue_add (CoordRunQueue *queue,
  CoordRunRequest *request,
  const CoordRunEvents *events,
  gpointer data,
  GError **error)
{
  g_autoptr (CoordRunRequest) taken = request;
  CoordRun *run;

  if (!coord_run_queue_has_language (queue, request->language)) {
    g_set_error_literal (error, COORD_RUN_ERROR, COORD_RUN_ERROR_NO_RUNNER,
      "Programs cannot be run right now: no runner for this language is connected.");
    return NULL;
  }
  if (is_full (queue, request->turn)) {
    g_set_error_literal (error, COORD_RUN_ERROR, COORD_RUN_ERROR_BUSY,
      "Too many programs are waiting to be run. Try again in a moment.");
    return NULL;
  }
  run = g_new0 (CoordRun, 1);
  run->queue = queue;
  run->id = ent_id_new ();
  run->request = g_steal_pointer (&taken);
  run->events = events;
  run->data = data;
  run->place = G_MAXUINT;
  g_hash_table_insert (queue->runs, run->id, run);
  join_waiting (queue, run);
  schedule (queue);
  return run;
}

/* A bucket that holds a second's worth. */
static gboolean
count_input (CoordRun *run, gsize size)
{
  gint64 now_us = ent_clock_get_monotonic_us (run->queue->clock);
  gint64 takes_us = (gint64) size * G_USEC_PER_SEC / COORD_RUN_INPUT_PER_S;

  run->input_us = MAX (run->input_us, now_us);
  if (run->input_us + takes_us - now_us > G_USEC_PER_SEC)
    return FALSE;
  run->input_us += takes_us;
  return TRUE;
}

gboolean
coord_run_feed (CoordRun *run, GBytes *bytes)
{
  if (!has_terminal (run) || run->runner == NULL || !run->has_begun)
    return TRUE;
  if (!count_input (run, g_bytes_get_size (bytes)))
    return FALSE;
  run->runner->events->input (run->id, run->n_inputs++, bytes, run->runner->data);
  return TRUE;
}

void
coord_run_resize (CoordRun *run, guint rows, guint columns)
{
  const EntMsgJobResize resize = { run->id, rows, columns };

  if (!has_terminal (run) || (run->request->rows == rows && run->request->columns == columns))
    return;
  run->request->rows = rows;
  run->request->columns = columns;
  if (run->runner != NULL && run->has_begun)
    run->runner->events->resize (&resize, run->runner->data);
}

void
coord_run_stop (CoordRun *run)
{
  if (run->is_stopping)
    return;
  run->is_stopping = TRUE;
  if (run->runner == NULL) {
    schedule (run->queue);
    return;
  }
  clear_timeout (run);
  run->timeout_id = ent_clock_add (run->queue->clock, STOP_MS, lease_over_cb, run);
  run->runner->events->cancel (run->id, run->runner->data);
}

void
coord_run_abandon (CoordRun *run)
{
  if (run->runner != NULL)
    run->runner->events->cancel (run->id, run->runner->data);
  run->events = NULL;
  run_free (run);
}

/* Runners. */

CoordRunner *
coord_run_queue_add_runner (CoordRunQueue *queue,
  const char *name,
  const EntMsgRunnerHello *hello,
  const CoordRunnerEvents *events,
  gpointer data)
{
  CoordRunner *runner = g_new0 (CoordRunner, 1);

  runner->queue = queue;
  runner->name = g_strdup (name);
  runner->hello = ent_struct_copy (&ent_msg_runner_hello_struct, hello);
  runner->events = events;
  runner->data = data;
  runner->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (queue->runners, runner);
  collect_languages (queue);
  schedule (queue);
  return runner;
}

void
coord_runner_set_draining (CoordRunner *runner, gboolean is_draining)
{
  if (runner->is_draining == is_draining)
    return;
  runner->is_draining = is_draining;
  collect_languages (runner->queue);
  schedule (runner->queue);
}

void
coord_run_queue_foreach_runner (CoordRunQueue *queue, CoordRunnerFunc func, gpointer data)
{
  for (guint i = 0; i < queue->runners->len; i++) {
    const CoordRunner *runner = g_ptr_array_index (queue->runners, i);

    func (runner->name, runner->hello, g_hash_table_size (runner->jobs), data);
  }
}

void
coord_runner_remove (CoordRunner *runner)
{
  CoordRunQueue *queue = runner->queue;
  GHashTableIter iter;
  gpointer key;

  g_ptr_array_remove (queue->runners, runner);
  g_hash_table_iter_init (&iter, runner->jobs);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    CoordRun *run = g_hash_table_lookup (queue->runs, key);

    if (run != NULL && run->runner == runner)
      give_back (run);
  }
  collect_languages (queue);
  ent_msg_runner_hello_free (runner->hello);
  g_hash_table_unref (runner->jobs);
  g_free (runner->name);
  g_free (runner);
}

/* The run, when it is still this runner's. */
static CoordRun *
find_own_run (CoordRunner *runner, const char *run_id)
{
  CoordRun *run = g_hash_table_lookup (runner->queue->runs, run_id);

  return run != NULL && run->runner == runner ? run : NULL;
}

/* The size may have changed since the job was given out. */
void
coord_runner_take_started (CoordRunner *runner, const char *run_id)
{
  CoordRun *run = find_own_run (runner, run_id);
  EntMsgJobResize resize = { 0 };

  if (run == NULL || run->has_begun)
    return;
  run->has_begun = TRUE;
  if (!has_terminal (run))
    return;
  resize.id = run->id;
  resize.rows = run->request->rows;
  resize.columns = run->request->columns;
  runner->events->resize (&resize, runner->data);
}

void
coord_runner_take_tested (CoordRunner *runner, const EntMsgJobTested *tested)
{
  CoordRun *run = find_own_run (runner, tested->id);

  if (run == NULL || run->fence != tested->fence || run->request->tests == NULL ||
      tested->number != run->n_tested || run->n_tested >= run->request->tests->len)
    return;
  run->n_tested++;
  flush_held (run);
  if (!run->is_stopping)
    begin_lease (run);
  if (run->events->tested != NULL)
    run->events->tested (run, tested, run->data);
}

/* The others go to runners only, whatever one of them sends. */
static gboolean
is_output (EntStream stream)
{
  return stream == ENT_STREAM_STDOUT || stream == ENT_STREAM_STDERR || stream == ENT_STREAM_COMPILE;
}

void
coord_runner_take_output (CoordRunner *runner,
  const char *run_id,
  EntStream stream,
  guint32 index,
  GBytes *bytes)
{
  CoordRun *run = find_own_run (runner, run_id);
  g_autoptr (GBytes) whole = NULL;
  GByteArray *held;
  gsize cut, limit;

  if (run == NULL || !is_output (stream))
    return;
  run->output_bytes += g_bytes_get_size (bytes);
  limit = has_terminal (run) || run->request->tests != NULL ? MAX_LONG_OUTPUT : MAX_OUTPUT;
  if (run->output_bytes > limit) {
    if (!run->is_stopping)
      coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUN, run->id,
        "Runner %s sends without end: stopped", runner->name);
    coord_run_stop (run);
    return;
  }
  if (run->held[stream] == NULL)
    run->held[stream] = g_byte_array_new ();
  held = run->held[stream];
  g_byte_array_append (held, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  cut = coord_utf8_cut (held->data, held->len);
  if (cut == 0)
    return;
  whole = g_bytes_new (held->data, cut);
  g_byte_array_remove_range (held, 0, cut);
  run->events->output (run, stream, whole, run->data);
}

void
coord_runner_take_result (CoordRunner *runner, const EntMsgJobResult *result)
{
  CoordRun *run = find_own_run (runner, result->id);

  if (run != NULL && run->fence == result->fence) {
    g_hash_table_remove (runner->jobs, result->id);
    run->runner = NULL;
    end_run (run, result);
    return;
  }
  coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUN, result->id, "Dropped a stale result of runner %s",
    runner->name);
  if (run != NULL && run->runner == runner) /* still at it, whatever it says of another attempt */
    return;
  g_hash_table_remove (runner->jobs, result->id);
  schedule (runner->queue);
}

void
coord_run_queue_free (CoordRunQueue *queue)
{
  GHashTableIter iter;
  gpointer value;

  queue->changed = NULL;
  for (;;) {
    g_hash_table_iter_init (&iter, queue->runs);
    if (!g_hash_table_iter_next (&iter, NULL, &value))
      break;
    end_run_as (value, ENT_VERDICT_INTERNAL_ERROR, "The server is going down.");
  }
  g_clear_handle_id (&queue->dispatch_id, g_source_remove);
  g_hash_table_unref (queue->last_rounds);
  g_ptr_array_unref (queue->runners);
  g_ptr_array_unref (queue->languages);
  g_hash_table_unref (queue->runs);
  ent_clock_unref (queue->clock);
  g_free (queue);
}
