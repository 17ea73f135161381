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

static const CoordRunnerEvents runner_events = { runner_start, runner_cancel };

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

static const CoordRunEvents run_events = { run_queued, run_output, run_ended };

static CoordRun *
add_run (Fixture *f, const char *entry, Heard *heard, GError **error)
{
  CoordRunRequest *request = g_new0 (CoordRunRequest, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  CoordRun *run;

  request->language = g_strdup ("python");
  request->entry = g_strdup (entry);
  request->stdin_bytes = g_bytes_new_static ("", 0);
  request->files = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_run_file_free);
  request->profile = "room";
  g_ptr_array_add (request->files, coord_run_file_new ("1", entry, bytes));
  heard->log = g_string_new (NULL);
  run = coord_run_queue_add (f->queue, request, &run_events, heard, error);
  settle ();
  return run;
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

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/run-queue/runs", test_runs);
  ADD ("/run-queue/no-runner", test_no_runner);
  ADD ("/run-queue/places", test_places);
  ADD ("/run-queue/lost-runner", test_lost_runner);
  ADD ("/run-queue/lease", test_lease);
  ADD ("/run-queue/no-runner-left", test_no_runner_left);
  ADD ("/run-queue/stop", test_stop);
  ADD ("/run-queue/endless-output", test_endless_output);
  ADD ("/run-queue/abandon", test_abandon);
  return g_test_run ();
}
