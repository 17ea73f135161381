/* Programs over HTTP, with a runner that never ends them; with a real one: test_execute.py. */

#include "http/coord-routes-code.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/ent-api.h"
#include "support/coord-test-server.h"

#define KEYS 26 /* of which each may run two at once */

typedef struct {
  CoordTestServer *server;
  CoordRunQueue *runs;
  CoordRunner *runner;
  CoordCodeRoutes *routes;
  char *ada; /* an access token */
  char *keys[KEYS];
  int waiting[COORD_CODE_MAX_WAITED_FOR];
  char *job; /* that the runner was given last */
  gint64 fence;
  char *cancelled; /* that it was told last to stop */
} Fixture;

static void
start_cb (const EntMsgJob *job, const CoordRunRequest *request, gpointer data)
{
  Fixture *f = data;

  g_free (f->job);
  f->job = g_strdup (job->id);
  f->fence = job->fence;
}

static void
cancel_cb (const char *run_id, gpointer data)
{
  Fixture *f = data;

  g_free (f->cancelled);
  f->cancelled = g_strdup (run_id);
}

static void
input_cb (const char *run_id, guint32 index, GBytes *bytes, gpointer data)
{
}

static void
resize_cb (const EntMsgJobResize *resize, gpointer data)
{
}

static const CoordRunnerEvents runner_events = { start_cb, cancel_cb, input_cb, resize_cb };

static CoordRunner *
add_runner (Fixture *f)
{
  g_autoptr (EntMsgRunnerHello) hello = ent_msg_runner_hello_new ();
  EntMsgLanguage *language = ent_msg_language_new ();

  language->id = g_strdup ("python");
  language->name = g_strdup ("Python");
  language->version = g_strdup ("3");
  hello->slots = 1;
  hello->languages = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_language_free);
  g_ptr_array_add (hello->languages, language);
  return coord_run_queue_add_runner (f->runs, "never", hello, &runner_events, f);
}

/* The named text member of an answer. */
static char *
make (Fixture *f, const char *path, const char *body, const char *name)
{
  g_autofree char *text = NULL;
  g_autofree char *start = g_strdup_printf ("\"%s\":\"", name);
  const char *at;
  guint status = coord_test_server_ask (f->server, "POST", path, f->ada, body, &text);

  g_assert_true (status == 200 || status == 201);
  at = strstr (text, start);
  g_assert_nonnull (at);
  at += strlen (start);
  return g_strndup (at, strcspn (at, "\""));
}

#define ADA "{\"email\":\"ada@example.org\",\"password\":\"long enough\",\"name\":\"Ada\"}"

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *org = NULL;
  g_autofree char *body = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (f->waiting); i++)
    f->waiting[i] = -1;
  f->server = coord_test_server_new (NULL);
  f->runs = coord_run_queue_new (f->server->services.clock);
  f->runner = add_runner (f);
  f->routes = coord_code_routes_new (f->server->services.pool, f->runs, f->server->services.clock);
  coord_code_routes_add (f->routes, f->server->router);
  g_assert_cmpuint (
    coord_test_server_ask (f->server, "POST", "/api/auth/register", NULL, ADA, NULL), ==, 201);
  f->ada = make (
    f, "/api/auth/login", "{\"email\":\"ada@example.org\",\"password\":\"long enough\"}", "access");
  org = make (f, "/api/orgs", "{\"name\":\"Acme\"}", "id");
  body = g_strdup_printf ("{\"org\":\"%s\",\"name\":\"CI\",\"scopes\":[\"execute\"]}", org);
  for (guint i = 0; i < KEYS; i++)
    f->keys[i] = make (f, "/api/keys", body, "key");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_runner_remove (f->runner);
  coord_run_queue_free (f->runs); /* answers who waits */
  for (guint i = 0; i < G_N_ELEMENTS (f->waiting); i++)
    if (f->waiting[i] >= 0)
      close (f->waiting[i]);
  while (coord_listener_count (f->server->listener) > 0)
    g_main_context_iteration (NULL, TRUE);
  coord_test_server_free (f->server);
  coord_code_routes_free (f->routes);
  for (guint i = 0; i < KEYS; i++)
    g_free (f->keys[i]);
  g_free (f->ada);
  g_free (f->job);
  g_free (f->cancelled);
}

#define PROGRAM "{\"code\":\"\",\"language\":\"python\"}"

static int
begin (Fixture *f, const char *key)
{
  g_autofree char *request =
    g_strdup_printf ("POST /api/code/execute HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n"
                     "Content-Type: application/json\r\nIdempotency-Key: once\r\n"
                     "Content-Length: %zu\r\n\r\n" PROGRAM,
      key, strlen (PROGRAM));

  return coord_test_server_dial (f->server, request);
}

/* Those who wait for their programs hold places that all requests of a proxy share. There is an end
 * of them, and everybody else is answered. */
static void
test_many_waited_for (Fixture *f, gconstpointer data)
{
  const char *key = f->keys[KEYS - 1];
  g_autofree char *text = NULL;

  G_STATIC_ASSERT (COORD_CODE_MAX_WAITED_FOR <= 2 * (KEYS - 1));
  for (guint i = 0; i < G_N_ELEMENTS (f->waiting); i++)
    f->waiting[i] = begin (f, f->keys[i / 2]);
  while (coord_run_queue_count_waiting (f->runs) + 1 < COORD_CODE_MAX_WAITED_FOR)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (
    coord_test_server_ask (f->server, "POST", "/api/code/execute", key, PROGRAM, &text), ==, 503);
  g_assert_nonnull (strstr (text, "\"code\":\"unavailable\""));
  g_assert_cmpuint (
    coord_test_server_ask (f->server, "GET", "/api/me", f->ada, NULL, NULL), ==, 200);
  g_assert_cmpuint (
    coord_test_server_ask (f->server, "POST", "/api/code/execute?async=1", key, PROGRAM, NULL), ==,
    202);
}

static void
wait_for_job (Fixture *f)
{
  while (f->job == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
end_job (Fixture *f, EntVerdict verdict)
{
  EntMsgJobResult result = { .id = f->job, .fence = f->fence, .verdict = verdict };

  coord_runner_take_result (f->runner, &result);
  g_clear_pointer (&f->job, g_free);
}

static void
wait_for_ended (Fixture *f, guint64 n)
{
  while (coord_run_queue_count_ended (f->runs) < n)
    g_main_context_iteration (NULL, TRUE);
}

/* Whose client has gone is stopped, on the runner and in the queue; those beside it go on, and the
 * same request again is another run, whatever key it carries. */
static void
test_client_leaves (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *answer = NULL;
  int stays;

  f->waiting[0] = begin (f, f->keys[0]);
  wait_for_job (f);
  first = g_strdup (f->job);
  f->waiting[1] = begin (f, f->keys[1]);
  stays = begin (f, f->keys[2]);
  while (coord_run_queue_count_waiting (f->runs) < 2)
    g_main_context_iteration (NULL, TRUE);
  close (f->waiting[1]);
  f->waiting[1] = -1;
  wait_for_ended (f, 1);
  g_assert_cmpuint (coord_run_queue_count_waiting (f->runs), ==, 1);
  g_assert_null (f->cancelled);
  close (f->waiting[0]);
  while (f->cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->cancelled, ==, first);
  end_job (f, ENT_VERDICT_STOPPED);
  wait_for_job (f);
  end_job (f, ENT_VERDICT_OK);
  answer = coord_test_read_until (stays, NULL);
  g_assert_nonnull (strstr (answer, "\"verdict\":\"ok\""));
  close (stays);
  f->waiting[0] = begin (f, f->keys[0]);
  wait_for_job (f);
  g_assert_cmpstr (f->job, !=, first);
  end_job (f, ENT_VERDICT_OK);
  g_clear_pointer (&answer, g_free);
  answer = coord_test_read_until (f->waiting[0], NULL);
  g_assert_nonnull (strstr (answer, "\"verdict\":\"ok\""));
}

/* Who has only ended its own side cannot be told from who has gone; but it is answered. */
static void
test_client_ends_its_side (Fixture *f, gconstpointer data)
{
  g_autofree char *answer = NULL;

  f->waiting[0] = begin (f, f->keys[0]);
  wait_for_job (f);
  shutdown (f->waiting[0], SHUT_WR);
  while (f->cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);
  end_job (f, ENT_VERDICT_STOPPED);
  answer = coord_test_read_until (f->waiting[0], NULL);
  g_assert_nonnull (strstr (answer, "\"verdict\":\"stopped\""));
}

/* It has gone before its program is in the queue. */
static void
test_client_leaves_at_once (Fixture *f, gconstpointer data)
{
  close (begin (f, f->keys[0]));
  wait_for_ended (f, 1);
  g_assert_cmpuint (coord_run_queue_count_waiting (f->runs), ==, 0);
}

#define TESTS \
  "{\"code\":\"\",\"language\":\"python\",\"tests\":[{\"stdin\":\"1\"},{\"stdin\":\"2\"}]}"

/* A runner that says that all is well and tells of one test of two. */
static void
test_tests_not_told (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  EntMsgJobTested tested = { .number = 0, .verdict = ENT_VERDICT_OK };
  EntMsgJobResult result = { .verdict = ENT_VERDICT_OK };

  g_assert_cmpuint (
    coord_test_server_ask (f->server, "POST", "/api/code/execute?async=1", f->ada, TESTS, &text),
    ==, 202);
  wait_for_job (f);
  tested.id = result.id = f->job;
  tested.fence = result.fence = f->fence;
  coord_runner_take_tested (f->runner, &tested);
  coord_runner_take_result (f->runner, &result);
  path = g_strdup_printf ("/api/jobs/%.36s", strstr (text, "\"id\":\"") + 6);
  do {
    g_clear_pointer (&text, g_free);
    g_assert_cmpuint (coord_test_server_ask (f->server, "GET", path, f->ada, NULL, &text), ==, 200);
  } while (strstr (text, "\"result\"") == NULL);
  g_assert_nonnull (strstr (text, "\"state\":\"failed\""));
  g_assert_nonnull (strstr (text, "\"verdict\":\"internal_error\""));
  g_assert_null (strstr (text, "\"success\":true,\"verdict"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add (
    "/routes-code/many-waited-for", Fixture, NULL, set_up, test_many_waited_for, tear_down);
  g_test_add ("/routes-code/client-leaves", Fixture, NULL, set_up, test_client_leaves, tear_down);
  g_test_add ("/routes-code/client-ends-its-side", Fixture, NULL, set_up, test_client_ends_its_side,
    tear_down);
  g_test_add ("/routes-code/client-leaves-at-once", Fixture, NULL, set_up,
    test_client_leaves_at_once, tear_down);
  g_test_add ("/routes-code/tests-not-told", Fixture, NULL, set_up, test_tests_not_told, tear_down);
  return g_test_run ();
}
