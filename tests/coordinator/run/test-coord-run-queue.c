#include "run/coord-run-queue.h"

#include "protocol/ent-limits.h"

#include <string.h>

/* A runner that notes what it was asked; the queue's other side, spoken to by its interface. */
typedef struct {
  CoordRunner *runner;
  GString *log;
  char *job; /* the last one's id */
  gint64 fence;
} TestRunner;

/* What the listener of a run heard. */
typedef struct {
  GString *log;
  EntVerdict verdict;
  guint ended;
} Heard;

typedef struct {
  EntClock *clock;
  CoordRunQueue *queue;
  Heard heard[3]; /* outlive the queue, which ends what is left when it is freed */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->clock = ent_clock_new_test (1000);
  f->queue = coord_run_queue_new (f->clock);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_run_queue_free (f->queue);
  for (guint i = 0; i < G_N_ELEMENTS (f->heard); i++)
    if (f->heard[i].log != NULL)
      g_string_free (f->heard[i].log, TRUE);
  ent_clock_unref (f->clock);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
runner_start (const EntMsgJob *job, const CoordRunRequest *request, gpointer data)
{
  TestRunner *runner = data;

  g_string_append_printf (runner->log, "start %s;", job->entry);
  g_assert_cmpuint (job->files->len, ==, request->files->len);
  g_free (runner->job);
  runner->job = g_strdup (job->id);
  runner->fence = job->fence;
}

static void
runner_cancel (const char *run_id, gpointer data)
{
  TestRunner *runner = data;

  g_assert_cmpstr (run_id, ==, runner->job);
  g_string_append (runner->log, "cancel;");
}

static void
runner_input (const char *run_id, guint32 index, GBytes *bytes, gpointer data)
{
  g_string_append_printf (((TestRunner *) data)->log, "input %u %.*s;", index,
    (int) MIN (g_bytes_get_size (bytes), 20), (const char *) g_bytes_get_data (bytes, NULL));
}

static void
runner_resize (const EntMsgJobResize *resize, gpointer data)
{
  g_string_append_printf (
    ((TestRunner *) data)->log, "resize %d %d;", (int) resize->rows, (int) resize->columns);
}

static const CoordRunnerEvents runner_events = { runner_start, runner_cancel, runner_input,
  runner_resize };

static TestRunner *
add_runner (Fixture *f, const char *name, guint slots, const char *language)
{
  TestRunner *runner = g_new0 (TestRunner, 1);
  g_autoptr (EntMsgRunnerHello) hello = ent_msg_runner_hello_new ();
  EntMsgLanguage *known = ent_msg_language_new ();

  known->id = g_strdup (language);
  known->name = g_strdup (language);
  known->version = g_strdup ("1");
  hello->slots = slots;
  hello->languages = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_language_free);
  g_ptr_array_add (hello->languages, known);
  runner->log = g_string_new (NULL);
  runner->runner = coord_run_queue_add_runner (f->queue, name, hello, &runner_events, runner);
  settle ();
  return runner;
}

static void
remove_runner (TestRunner *runner)
{
  if (runner->runner != NULL)
    coord_runner_remove (runner->runner);
  g_string_free (runner->log, TRUE);
  g_free (runner->job);
  g_free (runner);
  settle ();
}

static void
run_queued (CoordRun *run, guint place, const char *note, gpointer data)
{
  g_string_append_printf (((Heard *) data)->log, "queued %u;", place);
}

static void
run_output (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data)
{
  Heard *heard = data;

  g_string_append_printf (heard->log, "%s ", ent_stream_nicks[stream]);
  g_string_append_len (heard->log, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_string_append_c (heard->log, ';');
}

static void
run_ended (CoordRun *run, const EntMsgJobResult *result, gpointer data)
{
  Heard *heard = data;

  heard->ended++;
  heard->verdict = result->verdict;
}

static void
run_tested (CoordRun *run, const EntMsgJobTested *tested, gpointer data)
{
  g_string_append_printf (((Heard *) data)->log, "tested %d;", (int) tested->number);
}

static const CoordRunEvents run_events = { run_queued, run_output, run_tested, run_ended };

static CoordRunRequest *
new_request (const char *entry)
{
  CoordRunRequest *request = g_new0 (CoordRunRequest, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  request->language = g_strdup ("python");
  request->entry = g_strdup (entry);
  request->stdin_bytes = g_bytes_new_static ("", 0);
  request->files = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_run_file_free);
  request->profile = "room";
  g_ptr_array_add (request->files, coord_run_file_new ("1", entry, bytes));
  return request;
}

static CoordRun *
add_request (Fixture *f, CoordRunRequest *request, Heard *heard, GError **error)
{
  CoordRun *run;

  heard->log = g_string_new (NULL);
  run = coord_run_queue_add (f->queue, request, &run_events, heard, error);
  settle ();
  return run;
}

static CoordRun *
add_run (Fixture *f, const char *entry, Heard *heard, GError **error)
{
  return add_request (f, new_request (entry), heard, error);
}

static CoordRun *
add_terminal (Fixture *f, Heard *heard)
{
  CoordRunRequest *request = new_request ("main.py");

  request->rows = 24;
  request->columns = 80;
  return add_request (f, request, heard, NULL);
}

static void
give_result (TestRunner *runner, const char *job, gint64 fence, EntVerdict verdict)
{
  const EntMsgJobResult result = { .id = (char *) job, .fence = fence, .verdict = verdict };

  coord_runner_take_result (runner->runner, &result);
  settle ();
}

static void
give_output (TestRunner *runner, const char *job, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  coord_runner_take_output (runner->runner, job, ENT_STREAM_STDOUT, 0, bytes);
}

static void
test_runs (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  Heard *heard = f->heard;

  g_assert_true (coord_run_queue_has_language (f->queue, "python"));
  g_assert_nonnull (add_run (f, "main.py", heard, NULL));
  g_assert_cmpstr (runner->log->str, ==, "start main.py;");
  give_output (runner, runner->job, "a\xe2\x82");
  give_output (runner, runner->job, "\xac\xe2");
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (heard->log->str, ==, "queued 0;stdout a;stdout €;stdout \xe2;");
  g_assert_cmpuint (heard->ended, ==, 1);
  g_assert_cmpint (heard->verdict, ==, ENT_VERDICT_OK);
  remove_runner (runner);
}

/* A result of another attempt does not make its runner forget what it holds. */
static void
test_wrong_fence (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  TestRunner *other;
  Heard *heard = f->heard;

  add_run (f, "main.py", heard, NULL);
  give_result (runner, runner->job, runner->fence + 1, ENT_VERDICT_OK);
  g_assert_cmpuint (heard->ended, ==, 0);
  other = add_runner (f, "b", 1, "python");
  coord_runner_remove (g_steal_pointer (&runner->runner));
  settle ();
  g_assert_cmpstr (other->log->str, ==, "start main.py;");
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS);
  settle ();
  g_assert_cmpuint (heard->ended, ==, 1);
  remove_runner (runner);
  remove_runner (other);
}

/* What only runners are sent is no output, when one of them sends it back. */
static void
test_other_streams (Fixture *f, gconstpointer data)
{
  static const EntStream streams[] = { ENT_STREAM_STDIN, ENT_STREAM_SOURCE, ENT_STREAM_TEST };
  TestRunner *runner = add_runner (f, "a", 1, "python");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xe2\x82", 2);
  Heard *heard = f->heard;

  add_run (f, "main.py", heard, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    coord_runner_take_output (runner->runner, runner->job, streams[i], 0, bytes);
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (heard->log->str, ==, "queued 0;");
  remove_runner (runner);
}

static void
test_no_runner (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "ruby");
  g_autoptr (GError) error = NULL;
  Heard *heard = f->heard;

  g_assert_null (add_run (f, "main.py", heard, &error));
  g_assert_error (error, COORD_RUN_ERROR, COORD_RUN_ERROR_NO_RUNNER);
  remove_runner (runner);
}

static void
test_places (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  Heard *heard = f->heard;

  add_run (f, "1.py", &heard[0], NULL);
  add_run (f, "2.py", &heard[1], NULL);
  add_run (f, "3.py", &heard[2], NULL);
  g_assert_cmpuint (coord_run_queue_count_waiting (f->queue), ==, 2);
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (heard[0].log->str, ==, "queued 0;");
  g_assert_cmpstr (heard[1].log->str, ==, "queued 1;queued 0;");
  g_assert_cmpstr (heard[2].log->str, ==, "queued 2;queued 1;queued 0;");
  g_assert_cmpstr (runner->log->str, ==, "start 1.py;start 2.py;start 3.py;");

  remove_runner (runner);
}

/* A lost runner's run goes once to another one; what the first still says is dropped. */
static void
test_lost_runner (Fixture *f, gconstpointer data)
{
  TestRunner *first = add_runner (f, "a", 1, "python");
  TestRunner *second;
  TestRunner *third;
  Heard *heard = f->heard;

  add_run (f, "main.py", heard, NULL);
  second = add_runner (f, "b", 1, "python");
  coord_runner_remove (g_steal_pointer (&first->runner));
  settle ();
  g_assert_cmpstr (second->log->str, ==, "start main.py;");
  g_assert_cmpint (second->fence, >, first->fence);
  g_assert_cmpuint (heard->ended, ==, 0);
  third = add_runner (f, "c", 1, "python");
  coord_runner_remove (g_steal_pointer (&second->runner));
  settle ();
  g_assert_cmpstr (third->log->str, ==, "");
  g_assert_cmpuint (heard->ended, ==, 1);
  g_assert_cmpint (heard->verdict, ==, ENT_VERDICT_INTERNAL_ERROR);
  remove_runner (first);
  remove_runner (second);
  remove_runner (third);
}

/* A runner that stalls loses the run to another one; its late result changes nothing. */
static void
test_lease (Fixture *f, gconstpointer data)
{
  TestRunner *slow = add_runner (f, "a", 1, "python");
  TestRunner *quick;
  g_autofree char *job = NULL;
  Heard *heard = f->heard;

  add_run (f, "main.py", heard, NULL);
  job = g_strdup (slow->job);
  quick = add_runner (f, "b", 1, "python");
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS);
  settle ();
  g_assert_cmpstr (slow->log->str, ==, "start main.py;cancel;");
  g_assert_cmpstr (quick->log->str, ==, "start main.py;");
  give_output (slow, job, "late");
  give_result (slow, job, slow->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (heard->ended, ==, 0);
  give_result (quick, quick->job, slow->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (heard->ended, ==, 0);
  g_assert_cmpstr (heard->log->str, ==, "queued 0;queued 0;");
  remove_runner (slow);
  remove_runner (quick);
}

static void
count_busy_cb (const char *name, const EntMsgRunnerHello *hello, guint n_busy, gpointer data)
{
  g_string_append_printf (data, "%s %d of %d;", name, (int) n_busy, (int) hello->slots);
}

/* It finishes what it holds. What waits goes to another one, or finds after a while that there is
 * none. */
static void
test_draining (Fixture *f, gconstpointer data)
{
  TestRunner *first = add_runner (f, "a", 1, "python");
  TestRunner *second = add_runner (f, "b", 1, "python");
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Heard *heard = f->heard;

  add_run (f, "1.py", &heard[0], NULL);
  coord_runner_set_draining (first->runner, TRUE);
  add_run (f, "2.py", &heard[1], NULL);
  add_run (f, "3.py", &heard[2], NULL);
  give_result (first, first->job, first->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (heard[0].ended, ==, 1);
  g_assert_cmpstr (first->log->str, ==, "start 1.py;");
  g_assert_cmpstr (second->log->str, ==, "start 2.py;");
  coord_run_queue_foreach_runner (f->queue, count_busy_cb, seen);
  g_assert_cmpstr (seen->str, ==, "a 0 of 1;b 1 of 1;");
  coord_runner_set_draining (second->runner, TRUE);
  g_assert_false (coord_run_queue_has_language (f->queue, "python"));
  coord_runner_set_draining (first->runner, FALSE);
  settle ();
  g_assert_cmpstr (first->log->str, ==, "start 1.py;start 3.py;");
  g_assert_true (coord_run_queue_has_language (f->queue, "python"));
  coord_runner_set_draining (first->runner, TRUE);
  settle ();
  g_string_free (g_steal_pointer (&heard[0].log), TRUE);
  g_assert_null (add_run (f, "4.py", &heard[0], &error));
  g_assert_error (error, COORD_RUN_ERROR, COORD_RUN_ERROR_NO_RUNNER);
  give_result (first, first->job, first->fence, ENT_VERDICT_OK);
  give_result (second, second->job, second->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (heard[1].ended + heard[2].ended, ==, 2);
  remove_runner (first);
  remove_runner (second);
}

static void
test_no_runner_left (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  Heard *heard = f->heard;

  add_run (f, "main.py", heard, NULL);
  remove_runner (runner);
  ent_clock_advance (f->clock, COORD_RUN_WAIT_MS);
  settle ();
  g_assert_cmpuint (heard->ended, ==, 1);
  g_assert_cmpint (heard->verdict, ==, ENT_VERDICT_INTERNAL_ERROR);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  Heard *heard = f->heard;
  CoordRun *first = add_run (f, "1.py", &heard[0], NULL);
  CoordRun *second = add_run (f, "2.py", &heard[1], NULL);

  coord_run_stop (second);
  settle ();
  g_assert_cmpint (heard[1].verdict, ==, ENT_VERDICT_STOPPED);
  g_assert_cmpuint (heard[1].ended, ==, 1);
  coord_run_stop (first);
  coord_run_stop (first);
  g_assert_cmpstr (runner->log->str, ==, "start 1.py;cancel;");
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_STOPPED);
  g_assert_cmpuint (heard[0].ended, ==, 1);

  remove_runner (runner);
}

/* A runner that never ends a run's output fills nobody's disk: the run is stopped. */
static void
test_endless_output (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  Heard *heard = f->heard;
  g_autofree char *chunk = g_strnfill (ENT_MAX_OUTPUT, 'x');

  add_run (f, "1.py", heard, NULL);
  for (guint i = 0; i < 8; i++)
    give_output (runner, runner->job, chunk);
  g_assert_cmpuint (heard->log->len, <, 5 * ENT_MAX_OUTPUT);
  g_assert_cmpstr (runner->log->str, ==, "start 1.py;cancel;");
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_STOPPED);
  g_assert_cmpuint (heard->ended, ==, 1);
  remove_runner (runner);
}

/* An abandoned run leaves its slot only when the runner has said so. */
static void
test_abandon (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  Heard *heard = f->heard;
  g_autofree char *job = NULL;

  coord_run_abandon (add_run (f, "1.py", &heard[0], NULL));
  job = g_strdup (runner->job);
  add_run (f, "2.py", &heard[1], NULL);
  g_assert_cmpstr (runner->log->str, ==, "start 1.py;cancel;");
  give_result (runner, job, runner->fence, ENT_VERDICT_STOPPED);
  g_assert_cmpstr (runner->log->str, ==, "start 1.py;cancel;start 2.py;");
  g_assert_cmpuint (heard[0].ended, ==, 0);

  remove_runner (runner);
}

/* The attempt changes with the runner, not with the place. */
static void
test_attempts (Fixture *f, gconstpointer data)
{
  TestRunner *first = add_runner (f, "a", 1, "python");
  TestRunner *second;
  CoordRun *busy = add_run (f, "0.py", &f->heard[0], NULL);
  CoordRun *run = add_run (f, "1.py", &f->heard[1], NULL);

  g_assert_cmpuint (coord_run_get_attempt (busy), ==, 1);
  g_assert_cmpuint (coord_run_get_attempt (run), ==, 1);
  give_result (first, first->job, first->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (coord_run_get_attempt (run), ==, 1);
  give_output (first, first->job, "void \xe2\x82"); /* with the beginning of a character */
  coord_runner_remove (g_steal_pointer (&first->runner));
  settle ();
  g_assert_cmpuint (coord_run_get_attempt (run), ==, 2);
  second = add_runner (f, "b", 1, "python");
  g_assert_cmpuint (coord_run_get_attempt (run), ==, 2);
  give_output (second, second->job, "good");
  give_result (second, second->job, second->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (
    f->heard[1].log->str, ==, "queued 1;queued 0;stdout void ;queued 1;queued 0;stdout good;");
  remove_runner (first);
  remove_runner (second);
}

static void
give_started (TestRunner *runner)
{
  coord_runner_take_started (runner->runner, runner->job);
}

static gboolean
feed (CoordRun *run, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return coord_run_feed (run, bytes);
}

/* Input counts on, a size that changed before the terminal was there is told with its beginning. */
static void
test_terminal (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  CoordRun *run = add_terminal (f, f->heard);

  g_assert_true (feed (run, "early")); /* and lost, as nothing reads yet */
  coord_run_resize (run, 30, 90);
  give_started (runner);
  g_assert_true (feed (run, "a"));
  g_assert_true (feed (run, "b"));
  coord_run_resize (run, 30, 90);
  coord_run_resize (run, 31, 90);
  g_assert_cmpstr (
    runner->log->str, ==, "start main.py;resize 30 90;input 0 a;input 1 b;resize 31 90;");
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS);
  settle ();
  g_assert_cmpuint (f->heard->ended, ==, 0);
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (f->heard->ended, ==, 1);
  remove_runner (runner);
}

/* Nobody can fill a runner's memory by typing. */
static void
test_too_much_input (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  CoordRun *run = add_terminal (f, f->heard);
  g_autofree char *half = g_strnfill (COORD_RUN_INPUT_PER_S / 2, 'x');

  give_started (runner);
  g_assert_true (feed (run, half));
  g_assert_true (feed (run, half));
  g_assert_false (feed (run, half));
  ent_clock_advance (f->clock, 500);
  g_assert_true (feed (run, half));
  g_assert_false (feed (run, "x"));
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  remove_runner (runner);
}

/* What was typed cannot be typed again: a terminal ends with its runner, unless it had not begun.
 */
static void
test_lost_terminal (Fixture *f, gconstpointer data)
{
  TestRunner *first = add_runner (f, "a", 1, "python");
  TestRunner *second, *third;

  add_terminal (f, f->heard);
  second = add_runner (f, "b", 1, "python");
  coord_runner_remove (g_steal_pointer (&first->runner));
  settle ();
  g_assert_cmpstr (second->log->str, ==, "start main.py;");
  give_result (second, second->job, second->fence, ENT_VERDICT_OK);

  add_terminal (f, &f->heard[1]);
  give_started (second);
  third = add_runner (f, "c", 1, "python");
  coord_runner_remove (g_steal_pointer (&second->runner));
  settle ();
  g_assert_cmpstr (third->log->str, ==, "");
  g_assert_cmpint (f->heard[1].verdict, ==, ENT_VERDICT_INTERNAL_ERROR);
  g_assert_cmpuint (f->heard[1].ended, ==, 1);
  remove_runner (first);
  remove_runner (second);
  remove_runner (third);
}

static void
give_tested (TestRunner *runner, guint number)
{
  const EntMsgJobTested tested = {
    .id = runner->job, .fence = runner->fence, .number = number, .verdict = ENT_VERDICT_OK
  };

  coord_runner_take_tested (runner->runner, &tested);
}

/* Each test in its turn, once; the lease counts from the last one. */
static void
test_tests (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  CoordRunRequest *request = new_request ("main.py");

  request->tests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (request->tests, g_bytes_new_static ("1", 1));
  g_ptr_array_add (request->tests, g_bytes_new_static ("22", 2));
  add_request (f, request, f->heard, NULL);
  give_tested (runner, 1);
  give_output (runner, runner->job, "one\xe2");
  give_tested (runner, 0);
  give_tested (runner, 0);
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS - 1);
  give_output (runner, runner->job, "two");
  give_tested (runner, 1);
  give_tested (runner, 2);
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS - 1);
  settle ();
  give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (
    f->heard->log->str, ==, "queued 0;stdout one;stdout \xe2;tested 0;stdout two;tested 1;");
  g_assert_cmpuint (f->heard->ended, ==, 1);
  remove_runner (runner);
}

/* A late result while another runner has the run frees the place in its own runner. */
static void
test_late_result_frees (Fixture *f, gconstpointer data)
{
  TestRunner *slow = add_runner (f, "a", 1, "python");
  TestRunner *quick;

  add_run (f, "1.py", &f->heard[0], NULL);
  quick = add_runner (f, "b", 1, "python");
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS);
  settle ();
  g_assert_cmpstr (quick->log->str, ==, "start 1.py;");
  give_result (slow, slow->job, slow->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (f->heard[0].ended, ==, 0);
  add_run (f, "2.py", &f->heard[1], NULL);
  g_assert_cmpstr (slow->log->str, ==, "start 1.py;cancel;start 2.py;");
  give_result (slow, slow->job, slow->fence, ENT_VERDICT_OK);
  give_result (quick, quick->job, quick->fence, ENT_VERDICT_OK);
  g_assert_cmpuint (f->heard[0].ended + f->heard[1].ended, ==, 2);
  remove_runner (slow);
  remove_runner (quick);
}

/* Where all who know the language keep what was taken from them, nobody waits for them for ever. */
static void
test_stuck_runner (Fixture *f, gconstpointer data)
{
  TestRunner *stuck = add_runner (f, "a", 1, "python");

  add_run (f, "1.py", &f->heard[0], NULL);
  ent_clock_advance (f->clock, COORD_RUN_LEASE_MS);
  settle ();
  ent_clock_advance (f->clock, COORD_RUN_WAIT_MS);
  settle ();
  g_assert_cmpint (f->heard[0].verdict, ==, ENT_VERDICT_INTERNAL_ERROR);
  add_run (f, "2.py", &f->heard[1], NULL);
  ent_clock_advance (f->clock, COORD_RUN_WAIT_MS);
  settle ();
  g_assert_cmpuint (f->heard[1].ended, ==, 1);
  g_assert_cmpint (f->heard[1].verdict, ==, ENT_VERDICT_INTERNAL_ERROR);
  remove_runner (stuck);
}

/* What was lost with its runner waits for one that is only busy, as long as it takes. */
static void
test_waits_for_busy (Fixture *f, gconstpointer data)
{
  TestRunner *lost = add_runner (f, "a", 1, "python");
  TestRunner *busy;

  add_run (f, "1.py", &f->heard[0], NULL);
  busy = add_runner (f, "b", 1, "python");
  add_run (f, "2.py", &f->heard[1], NULL);
  remove_runner (lost);
  ent_clock_advance (f->clock, COORD_RUN_WAIT_MS * 2);
  settle ();
  g_assert_cmpuint (f->heard[0].ended, ==, 0);
  give_result (busy, busy->job, busy->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (busy->log->str, ==, "start 2.py;start 1.py;");
  give_result (busy, busy->job, busy->fence, ENT_VERDICT_OK);
  g_assert_cmpint (f->heard[0].verdict, ==, ENT_VERDICT_OK);
  remove_runner (busy);
}

static CoordRun *
add_of_scope (Fixture *f, const char *entry, const char *scope, Heard *heard, GError **error)
{
  CoordRunRequest *request = new_request (entry);

  request->scope = g_strdup (scope);
  request->turn = g_strdup (scope);
  return coord_run_queue_add (f->queue, request, &run_events, heard, error);
}

/* One scope that asks for a hundred has some of them wait; another one, and a room, wait for one
 * program and not for them. */
static void
test_turns (Fixture *f, gconstpointer data)
{
  TestRunner *runner = add_runner (f, "a", 1, "python");
  g_autoptr (GError) error = NULL;
  guint waiting = 0;
  char scope[8];

  for (guint i = 0; i < 3; i++)
    f->heard[i].log = g_string_new (NULL);
  g_assert_nonnull (add_of_scope (f, "first", "many", &f->heard[0], NULL));
  settle ();
  while (add_of_scope (f, "many", "many", &f->heard[0], &error) != NULL)
    waiting++;
  g_assert_error (error, COORD_RUN_ERROR, COORD_RUN_ERROR_BUSY);
  g_assert_cmpuint (waiting, ==, COORD_RUN_MAX_OWN_WAITING);
  g_assert_nonnull (add_of_scope (f, "other", "other", &f->heard[1], NULL));
  g_assert_nonnull (add_of_scope (f, "again", "other", &f->heard[1], NULL));
  g_assert_nonnull (add_of_scope (f, "room", "room", &f->heard[2], NULL));
  for (guint i = 0; i < 5; i++)
    give_result (runner, runner->job, runner->fence, ENT_VERDICT_OK);
  g_assert_cmpstr (
    runner->log->str, ==, "start first;start other;start room;start many;start again;start many;");
  g_assert_cmpuint (f->heard[2].ended, ==, 1);

  for (guint i = 0; coord_run_queue_count_waiting (f->queue) < COORD_RUN_MAX_MORE_WAITING; i++) {
    g_snprintf (scope, sizeof scope, "s%u", i % 5);
    g_assert_nonnull (add_of_scope (f, "more", scope, &f->heard[0], NULL));
  }
  g_assert_null (add_of_scope (f, "more", "s1", &f->heard[0], NULL));
  g_assert_nonnull (add_of_scope (f, "room", "room", &f->heard[2], NULL));
  remove_runner (runner);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/run-queue/runs", test_runs);
  ADD ("/run-queue/other-streams", test_other_streams);
  ADD ("/run-queue/wrong-fence", test_wrong_fence);
  ADD ("/run-queue/no-runner", test_no_runner);
  ADD ("/run-queue/places", test_places);
  ADD ("/run-queue/lost-runner", test_lost_runner);
  ADD ("/run-queue/lease", test_lease);
  ADD ("/run-queue/draining", test_draining);
  ADD ("/run-queue/no-runner-left", test_no_runner_left);
  ADD ("/run-queue/stop", test_stop);
  ADD ("/run-queue/endless-output", test_endless_output);
  ADD ("/run-queue/abandon", test_abandon);
  ADD ("/run-queue/attempts", test_attempts);
  ADD ("/run-queue/terminal", test_terminal);
  ADD ("/run-queue/too-much-input", test_too_much_input);
  ADD ("/run-queue/lost-terminal", test_lost_terminal);
  ADD ("/run-queue/tests", test_tests);
  ADD ("/run-queue/late-result-frees", test_late_result_frees);
  ADD ("/run-queue/stuck-runner", test_stuck_runner);
  ADD ("/run-queue/waits-for-busy", test_waits_for_busy);
  ADD ("/run-queue/turns", test_turns);
  return g_test_run ();
}
