#include "http/coord-routes-code.h"

#include <string.h>

#include "base/ent-id.h"
#include "http/coord-code-jobs.h"
#include "http/coord-execution.h"
#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "service/coord-code-service.h"
#include "store/coord-error.h"

#define AT_ONCE 2 /* of one person or key */
#define PROFILE "api"

struct _CoordCodeRoutes {
  CoordRunQueue *runs;
  EntClock *clock;
  CoordCodeJobs *jobs;
  GHashTable *busy; /* subject -> number of runs */
  guint n_waited_for;
};

/* One request that waits for its program. */
typedef struct {
  CoordCodeRoutes *routes;
  CoordRequest *request;
  CoordExecution *execution; /* until it has ended */
  char *subject;
} Waiting;

static guint
count_busy (CoordCodeRoutes *routes, const char *subject)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (routes->busy, subject));
}

static void
change_busy (CoordCodeRoutes *routes, const char *subject, int by)
{
  guint count = count_busy (routes, subject) + by;

  if (count == 0)
    g_hash_table_remove (routes->busy, subject);
  else
    g_hash_table_replace (routes->busy, g_strdup (subject), GUINT_TO_POINTER (count));
}

static void
job_ended_cb (const char *subject, gpointer data)
{
  change_busy (data, subject, -1);
}

CoordCodeRoutes *
coord_code_routes_new (CoordDbPool *pool, CoordRunQueue *runs, EntClock *clock)
{
  CoordCodeRoutes *routes = g_new0 (CoordCodeRoutes, 1);

  routes->runs = runs;
  routes->clock = ent_clock_ref (clock);
  routes->jobs = coord_code_jobs_new (pool, runs, clock, job_ended_cb, routes);
  routes->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return routes;
}

void
coord_code_routes_free (CoordCodeRoutes *routes)
{
  coord_code_jobs_free (routes->jobs);
  g_hash_table_unref (routes->busy);
  ent_clock_unref (routes->clock);
  g_free (routes);
}

static void
waiting_free (Waiting *waiting)
{
  coord_request_unref (waiting->request);
  g_free (waiting->subject);
  g_free (waiting);
}

/* Who waits for the answer does not ask for its place in the queue. */
static void
placed_cb (guint place, gpointer data)
{
}

static void
ended_cb (const EntApiExecuted *answer, gpointer data)
{
  Waiting *waiting = data;

  change_busy (waiting->routes, waiting->subject, -1);
  waiting->routes->n_waited_for--;
  coord_request_reply (waiting->request, 200, &ent_api_executed_struct, answer);
  waiting_free (waiting);
}

/* Nobody is left to read the answer. */
static void
client_left_cb (gpointer data)
{
  coord_execution_stop (((Waiting *) data)->execution);
}

static const CoordExecutionEvents execution_events = { placed_cb, ended_cb };

/* Taking the request. */

static const EntMsgLanguage *
find_language (CoordRunQueue *runs, const char *id)
{
  GPtrArray *languages = coord_run_queue_get_languages (runs);

  for (guint i = 0; i < languages->len; i++) {
    const EntMsgLanguage *language = languages->pdata[i];

    if (strcmp (language->id, id) == 0)
      return language;
  }
  return NULL;
}

static void
add_file (GPtrArray *files, const char *path, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_ptr_array_add (files, coord_run_file_new (NULL, path, bytes));
}

/* NULL: no tests were asked for. */
static GPtrArray *
list_tests (const EntApiExecute *body)
{
  GPtrArray *tests;

  if (body->tests == NULL || body->tests->len == 0)
    return NULL;
  tests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < body->tests->len; i++) {
    const EntApiCodeTest *test = body->tests->pdata[i];
    const char *input = test->stdin_text != NULL ? test->stdin_text : "";

    g_ptr_array_add (tests, g_bytes_new (input, strlen (input)));
  }
  return tests;
}

static CoordRunRequest *
make_run (const EntApiExecute *body,
  const EntMsgLanguage *language,
  const char *scope,
  GError **error)
{
  g_autoptr (CoordRunRequest) run = g_new0 (CoordRunRequest, 1);
  const char *stdin_text = body->stdin_text != NULL ? body->stdin_text : "";

  run->language = g_strdup (body->language);
  run->entry = g_strdup (language->file != NULL ? language->file : "main");
  run->stdin_bytes = g_bytes_new (stdin_text, strlen (stdin_text));
  run->profile = PROFILE;
  run->scope = g_strdup (scope);
  run->turn = g_strdup (scope);
  run->tests = list_tests (body);
  run->files = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_run_file_free);
  add_file (run->files, run->entry, body->code);
  for (guint i = 0; body->files != NULL && i < body->files->len; i++) {
    const EntApiCodeFile *file = body->files->pdata[i];

    add_file (run->files, file->path, file->content);
  }
  return coord_run_files_check (run->files, run->entry, error) ? g_steal_pointer (&run) : NULL;
}

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

static void
execute_now (CoordCodeRoutes *routes, CoordRequest *request, CoordRunRequest *run)
{
  Waiting *waiting;
  g_autoptr (GError) error = NULL;

  if (routes->n_waited_for >= COORD_CODE_MAX_WAITED_FOR) {
    coord_run_request_free (run);
    fail (request, COORD_ERROR_UNAVAILABLE,
      "Too many programs are waited for. Try again in a moment, or with ?async=1.");
    return;
  }
  waiting = g_new0 (Waiting, 1);
  waiting->routes = routes;
  waiting->request = coord_request_ref (request);
  waiting->subject = g_strdup (coord_request_get_subject (request));
  waiting->execution =
    coord_execution_start (routes->runs, routes->clock, run, &execution_events, waiting, &error);
  if (waiting->execution != NULL) {
    coord_request_watch_client (request, client_left_cb, waiting);
    change_busy (routes, waiting->subject, 1);
    routes->n_waited_for++;
    return;
  }
  fail (request, COORD_ERROR_UNAVAILABLE, error->message);
  waiting_free (waiting);
}

/* Answered later: the job is stored, then begun. */

typedef struct {
  CoordCodeRoutes *routes;
  CoordRunRequest *run; /* NULL: it was begun */
  char *subject;
  char *owner;
  char *id;
  guint place;
  gint64 created_us;
} Later;

static void
later_free (gpointer data)
{
  Later *later = data;

  if (later->run != NULL) {
    change_busy (later->routes, later->subject, -1);
    coord_run_request_free (later->run);
  }
  g_free (later->subject);
  g_free (later->owner);
  g_free (later->id);
  g_free (later);
}

static gpointer
store_job (CoordCall *call, GError **error)
{
  const Later *later = call->extra;
  const CoordCodeJobKey key = { later->subject, later->owner, later->id };

  coord_code_job_store_add (call->db, &key, later->place, AT_ONCE, later->created_us, error);
  return NULL;
}

static void
job_stored (CoordRequest *request, gpointer result, gpointer extra)
{
  Later *later = extra;
  EntApiCodeJob shown = { .id = later->id, .place = later->place, .created = later->created_us };

  coord_code_jobs_start (
    later->routes->jobs, later->subject, later->id, g_steal_pointer (&later->run));
  coord_code_jobs_update (later->routes->jobs, &shown);
  coord_request_reply (request, 202, &ent_api_code_job_struct, &shown);
}

static void
execute_later (CoordCodeRoutes *routes, CoordRequest *request, CoordRunRequest *run)
{
  Later *later = g_new0 (Later, 1);

  later->routes = routes;
  later->run = run;
  later->subject = g_strdup (coord_request_get_subject (request));
  later->owner = g_strdup (coord_code_jobs_get_owner (routes->jobs));
  later->id = ent_id_new ();
  later->place = coord_code_jobs_count_waiting (routes->jobs) + 1;
  later->created_us = ent_clock_get_wall_us (routes->clock);
  change_busy (routes, later->subject, 1);
  coord_request_work (request, TRUE, store_job, NULL, job_stored, later, later_free);
}

/* By the query, or by the header of RFC 7240. */
static gboolean
wants_later (CoordRequest *request)
{
  const char *query = coord_request_get_query (request, "async");
  const char *prefer = coord_request_get_header (request, "Prefer");

  return g_strcmp0 (query, "1") == 0 ||
         (prefer != NULL && strstr (prefer, "respond-async") != NULL);
}

static void
execute_allowed (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autofree char *scope = result;
  CoordCodeRoutes *routes = extra;
  const EntApiExecute *body = coord_request_get_body (request);
  const EntMsgLanguage *language = find_language (routes->runs, body->language);
  g_autoptr (GError) error = NULL;
  CoordRunRequest *run;

  if (coord_run_queue_get_languages (routes->runs)->len == 0)
    fail (request, COORD_ERROR_NO_RUNNER,
      "No runner is connected to this server. Tell its operator, or try again in a minute.");
  else if (language == NULL)
    fail (request, COORD_ERROR_INVALID,
      "This language cannot be run here; GET /api/code/languages has those that can.");
  else if (count_busy (routes, coord_request_get_subject (request)) >= AT_ONCE)
    fail (request, COORD_ERROR_TOO_FAST, "Two of your programs run already. Wait for one to end.");
  else if ((run = make_run (body, language, scope, &error)) == NULL)
    fail (request, COORD_ERROR_INVALID, error->message);
  else if (wants_later (request))
    execute_later (routes, request, run);
  else
    execute_now (routes, request, run);
}

static gpointer
get_scope (CoordCall *call, GError **error)
{
  return coord_code_service_get_scope (call->db, call->caller, call->now_us, error);
}

static void
execute (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, get_scope, g_free, execute_allowed, data, NULL);
}

/* The caller is looked up in the database first. */
static gpointer
allow (CoordCall *call, GError **error)
{
  return NULL;
}

/* Jobs: of any coordinator on the database. */

typedef struct {
  CoordCodeRoutes *routes;
  char *subject;
  char *owner;
  gboolean is_lost; /* its process is gone: set by the worker */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->subject);
  g_free (asked->owner);
  g_free (asked);
}

static CoordCodeJobKey
make_key (const CoordCall *call)
{
  const Asked *asked = call->extra;

  return (CoordCodeJobKey){ asked->subject, asked->owner,
    coord_request_get_parameter (call->request, "id") };
}

static gpointer
find_job (CoordCall *call, GError **error)
{
  const CoordCodeJobKey key = make_key (call);
  Asked *asked = call->extra;

  return coord_code_job_store_find (call->db, &key, &asked->is_lost, error);
}

static gpointer
end_lost_job (CoordCall *call, GError **error)
{
  const CoordCodeJobKey key = make_key (call);

  return coord_code_job_store_end_lost (call->db, &key, error) ? find_job (call, error) : NULL;
}

static gpointer
stop_job (CoordCall *call, GError **error)
{
  const CoordCodeJobKey key = make_key (call);

  return coord_code_job_store_cancel (call->db, &key, error) ? find_job (call, error) : NULL;
}

static void
ask_for_job (CoordCodeRoutes *routes,
  CoordRequest *request,
  gboolean is_write,
  CoordServiceFunc func,
  CoordWorkDone done)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->routes = routes;
  asked->subject = g_strdup (coord_request_get_subject (request));
  asked->owner = g_strdup (coord_code_jobs_get_owner (routes->jobs));
  coord_request_work (
    request, is_write, func, (GDestroyNotify) ent_api_code_job_free, done, asked, asked_free);
}

static void
job_found (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiCodeJob) job = result;
  const Asked *asked = extra;

  if (asked->is_lost) {
    ask_for_job (asked->routes, request, TRUE, end_lost_job, job_found);
    return;
  }
  coord_code_jobs_update (asked->routes->jobs, job);
  coord_request_reply (request, 200, &ent_api_code_job_struct, job);
}

static void
show_job (CoordRequest *request, gpointer data)
{
  ask_for_job (data, request, FALSE, find_job, job_found);
}

static void
job_stopped (CoordRequest *request, gpointer result, gpointer extra)
{
  const Asked *asked = extra;

  coord_code_jobs_cancel (
    asked->routes->jobs, asked->subject, coord_request_get_parameter (request, "id"));
  job_found (request, result, extra);
}

static void
cancel_job (CoordRequest *request, gpointer data)
{
  ask_for_job (data, request, TRUE, stop_job, job_stopped);
}

/* Languages. */

static void
languages_allowed (CoordRequest *request, gpointer result, gpointer extra)
{
  CoordCodeRoutes *routes = extra;
  const GPtrArray *all = coord_run_queue_get_languages (routes->runs);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  EntApiLanguageList list = { .items = items };
  GError *error = NULL;
  CoordPage page;

  if (!coord_routes_read_page (request, &page, &error)) {
    coord_request_fail (request, error);
    return;
  }
  for (guint i = 0; i < all->len && items->len < page.limit; i++)
    if (strcmp (((EntMsgLanguage *) all->pdata[i])->id, page.after) > 0)
      g_ptr_array_add (items, all->pdata[i]);
  list.next = coord_page_get_next (&page, items, G_STRUCT_OFFSET (EntMsgLanguage, id));
  coord_request_reply (request, 200, &ent_api_language_list_struct, &list);
  g_free (list.next);
}

static void
list_languages (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, allow, NULL, languages_allowed, data, NULL);
}

static const CoordRoute code_routes[] = {
  { "POST", "/api/code/execute", COORD_CALLER_ANY, COORD_LIMIT_EXECUTE, .handler = execute,
    .body = &ent_api_execute_struct, .answer = &ent_api_executed_struct, .query = "async",
    .later = &ent_api_code_job_struct, .scope = "execute" },
  { "GET", "/api/code/languages", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = list_languages,
    .answer = &ent_api_language_list_struct, .scope = "execute" },
  { "GET", "/api/jobs/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = show_job,
    .answer = &ent_api_code_job_struct, .scope = "execute" },
  { "DELETE", "/api/jobs/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = cancel_job,
    .answer = &ent_api_code_job_struct, .scope = "execute" },
};

void
coord_code_routes_add (CoordCodeRoutes *routes, CoordRouter *router)
{
  coord_router_add (router, code_routes, G_N_ELEMENTS (code_routes), routes);
}
